//! `[[framework]]` and `[registers]`: what is taken, what is refused, and where a fault of a file that they name stands.

use std::fs;

use exchange::market::framework::Framework;
use exchange::market::register::Standing;
use schemas::code::{Provision, Regulator};
use schemas::date::Date;
use schemas::identifier::ProviderUrn;
use schemas::postcode::{Postcode, PostcodeRead};
use server::config::{Config, ConfigFault, ConfigFaults};

use super::{Folder, HEAD, IDS};

const OUTCODES: &str = "outcode,easting,northing\nB13,407500,282300\nB14,407900,279700\n";
const OFSTED: &str =
    "A title,,\nURN,Provision type,Registration status\nSC999901,Independent Fostering Agency,Active\n";
const PRICES: &str = "framework,lot,age_from,age_to,weekly_fee,valid_from,valid_to\nwm-fostering,standard,,,900,,\n";

/// The files that the annotated example names.
pub(super) const FILES: [(&str, &str); 3] =
    [("outcodes.csv", OUTCODES), ("ofsted.csv", OFSTED), ("wm-prices.csv", PRICES)];

/// The shortest framework; its seven lines come after the eight of what every configuration has.
const SHORTEST: &str = "[[framework]]\nid = \"wm-fostering\"\nname = \"West Midlands IFA\"\nprovision = \"fostering\"\n\
                        lead = \"331\"\nmembers = [\"330\", \"331\"]\nlots = [\"standard\"]\nvalid_from = 2026-04-01\n";

fn urn(number: &str) -> ProviderUrn {
    ProviderUrn::read(Regulator::Ofsted, number.as_bytes()).unwrap()
}

fn parse(folder: &Folder, rest: &str) -> Result<Config, ConfigFaults> {
    folder.parse(&format!("{HEAD}{IDS}{rest}"))
}

fn the_one(folder: &Folder, rest: &str) -> Framework {
    let config = parse(folder, rest).unwrap_or_else(|faults| panic!("{faults}"));
    let [framework] = &config.frameworks[..] else { panic!("one framework") };
    framework.clone()
}

/// The only fault.
fn fault(folder: &Folder, rest: &str) -> ConfigFault {
    let faults = parse(folder, rest).expect_err(rest).0;
    let [fault] = &faults[..] else { panic!("one fault, not {faults:#?}\n{rest}") };
    fault.clone()
}

#[test]
fn the_shortest_framework_has_the_defaults_of_the_life_of_a_vacancy() {
    let framework = the_one(&Folder::new(), SHORTEST);
    assert_eq!((&*framework.id, &*framework.name), ("wm-fostering", "West Midlands IFA"));
    assert_eq!((framework.provision, framework.lead.number()), (Provision::Fostering, 331));
    assert_eq!((framework.fresh_days, framework.expire_days, framework.offer_hours), (7, 14, 72));
    assert_eq!((framework.valid_from, framework.valid_to), (Date::new(2026, 4, 1).unwrap(), None));
    assert!(framework.tiers.is_empty() && framework.in_house_urns.is_empty() && framework.prices.is_empty());
}

#[test]
fn everything_that_is_said_of_frameworks_and_registers_is_read() {
    let folder = Folder::new();
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let source = format!(
        "{SHORTEST}valid_to = 2030-03-31\nvacancy_fresh_days = 5\nvacancy_expire_days = 5\noffer_hours_default = 24\n\
         tiers = [[\"SC999901\"], [\"sc999902\", \"2999903\"]]\nin_house_urns = [\"SC999910\"]\n\
         prices_file = \"wm-prices.csv\"\n\
         {}\n[registers]\noutcodes_file = \"outcodes.csv\"\nproviders_file = \"ofsted.csv\"\nneighbours = [\"332\"]\n",
        SHORTEST.replace("wm-fostering", "wm-homes").replace("\"fostering\"", "\"residential\""),
    );
    let config = parse(&folder, &source).unwrap_or_else(|faults| panic!("{faults}"));
    let [fostering, homes] = &config.frameworks[..] else { panic!("two frameworks") };
    assert_eq!((fostering.fresh_days, fostering.expire_days, fostering.offer_hours), (5, 5, 24));
    assert_eq!((fostering.tier(urn("SC999902")), fostering.tier(urn("SC999910"))), (Some(2), None));
    assert!(fostering.is_in_house(urn("SC999910")));
    let price = fostering.price("standard", 9, Date::new(2026, 6, 1).unwrap());
    assert_eq!(price.map(|price| price.number()), Some(90_000));
    assert_eq!((homes.provision, homes.prices.is_empty()), (Provision::Residential, true));
    let postcode = |text: &str| match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(postcode) => postcode,
        other => panic!("{text}: {other:?}"),
    };
    let miles = config.registers.outcodes.miles(postcode("B13 9XX"), postcode("B14"));
    assert_eq!(miles.map(|miles| (miles * 10.0).round()), Some(16.0));
    let providers = config.registers.providers.as_ref().unwrap();
    assert_eq!(providers.standing(urn("SC999901")), Standing::Active);
    assert_eq!(config.registers.neighbours.iter().map(|code| code.number()).collect::<Vec<_>>(), [332]);
    let files = &config.origin.as_ref().unwrap().files.0;
    let keys: Vec<&str> = files.iter().map(|file| file.key.as_str()).filter(|key| !key.starts_with("ids")).collect();
    assert_eq!(keys, ["framework.1.prices_file", "registers.outcodes_file", "registers.providers_file"]);
    assert!(files.iter().all(|file| file.sha256.is_some() && file.is_secret() == file.key.starts_with("ids")));
}

#[test]
fn each_fault_of_a_framework_has_its_place_and_never_the_value() {
    let folder = Folder::new();
    let with = |line: &str| format!("{SHORTEST}{line}\n");
    let instead = |old: &str, new: &str| {
        assert!(SHORTEST.contains(old), "{old}");
        SHORTEST.replace(old, new)
    };
    let without = |key: &str| {
        SHORTEST.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect::<String>()
    };
    let missing = ["id", "name", "provision", "lead", "members", "lots", "valid_from"];
    for key in missing {
        let fault = fault(&folder, &without(key));
        assert_eq!((fault.rule.code, fault.line), ("config/missing-key", 6), "{key}");
        assert_eq!(fault.detail, Some(format!("`{key}`")));
    }
    let cases: Vec<(String, &str, usize, usize, &str)> = vec![
        // source, rule, line, column, words that must be told
        (with("membres = []"), "config/unknown-key", 14, 1, "nearest: `members`"),
        (with("vacancy_fresh_dais = 1"), "config/unknown-key", 14, 1, "nearest: `vacancy_fresh_days`"),
        (instead("wm-fostering", "WM Canary"), "config/range", 7, 6, "a-z, 0-9"),
        (instead("\"fostering\"", "\"canary\""), "config/range", 9, 13, "one of fostering, residential, supported"),
        (instead("lead = \"331\"", "lead = \"332\""), "config/range", 10, 8, "one of `members`"),
        (instead("lead = \"331\"", "lead = \"999\""), "config/range", 10, 8, "authority in England"),
        (instead("lead = \"331\"", "lead = 331"), "config/type", 10, 8, "a text in quotes"),
        (instead("\"330\", ", "\"33\", "), "config/range", 11, 12, "authority in England"),
        (instead("\"330\", ", "\"331\", "), "config/duplicate", 11, 19, "named once"),
        (instead("[\"330\", \"331\"]", "[]"), "config/range", 11, 11, "at least 1"),
        (instead("[\"standard\"]", "[]"), "config/range", 12, 8, "at least 1"),
        (instead("[\"standard\"]", "[\"Canary\"]"), "config/range", 12, 9, "a-z, 0-9"),
        (instead("[\"standard\"]", "[\"a-b\", \"ab\"]"), "config/name-taken", 12, 16, ""),
        (instead("2026-04-01", "\"2026-04-01\""), "config/type", 13, 14, "without quotes"),
        (with("valid_to = 2026-03-31"), "config/range", 14, 12, "on or after `valid_from`"),
        (with("vacancy_expire_days = 6"), "config/range", 14, 23, "at or below `vacancy_expire_days`"),
        (with("vacancy_fresh_days = 15"), "config/range", 14, 22, "at or below `vacancy_expire_days`"),
        (with("vacancy_fresh_days = 0"), "config/range", 14, 22, "allowed 1 to 365"),
        (with("offer_hours_default = 673"), "config/range", 14, 23, "allowed 1 to 672"),
        (with("tiers = [\"SC999901\"]"), "config/type", 14, 10, "a list of lists"),
        (with("tiers = [[1]]"), "config/type", 14, 11, "texts in quotes only"),
        (with("tiers = [[\"123456\"]]"), "config/range", 14, 11, "SC and six digits"),
        (with("tiers = [[\"XXXXXXX\"]]"), "config/range", 14, 11, "SC and six digits"),
        (with("tiers = [[\"SC999901\"], [\"sc999901\"]]"), "config/duplicate", 14, 25, "one tier"),
        (with("tiers = [[\"SC999901\"]]\nin_house_urns = [\"SC999901\"]"), "config/duplicate", 15, 18, "one tier"),
        (with("prices_file = \"canary.csv\""), "config/file-missing", 14, 15, ""),
        (with("prices_file = \".\""), "config/file-unreadable", 14, 15, ""),
        (format!("{SHORTEST}{}", instead("wm-fostering", "wmfostering")), "config/name-taken", 15, 6, ""),
        ("[registers]\nneighbours = [\"000\"]\n".to_owned(), "config/range", 7, 15, "authority in England"),
        ("[registers]\noutcode_file = \"canary\"\n".to_owned(), "config/unknown-key", 7, 1, "nearest: `outcodes_file`"),
        ("[registers]\nschools_file = \"canary\"\n".to_owned(), "config/not-yet", 7, 1, "`schools_file`"),
        ("[registers]\noutcodes_file = \"canary\"\n".to_owned(), "config/file-missing", 7, 17, ""),
    ];
    for (source, rule, line, column, words) in cases {
        let fault = fault(&folder, &source);
        assert_eq!((fault.rule.code, fault.line, fault.column), (rule, line, column), "{source}");
        let told = fault.to_string();
        assert!(told.contains(words) && !told.to_lowercase().contains("canary"), "{words}\n{told}");
    }
}

#[test]
fn a_fault_of_a_file_is_told_in_that_file_by_line_and_column() {
    let folder = Folder::new();
    let path = folder.path().join("named.csv");
    let registers = |key: &str| format!("[registers]\n{key} = \"named.csv\"\n");
    let prices = format!("{SHORTEST}prices_file = \"named.csv\"\n");
    let outcodes = registers("outcodes_file");
    let cases: [(&str, &str, usize, usize, &[&str]); 7] = [
        (
            &outcodes,
            "outcode,easting,northing\r\nB13,407500,canary\r\n",
            2,
            12,
            &["table/cell", "`northing`: Metres north"],
        ),
        (&outcodes, "outcode,easting\nB13,1\n", 1, 1, &["reference/no-headings", "`outcode`, `easting`, `northing`"]),
        (&outcodes, "", 1, 1, &["reference/no-headings"]),
        (&outcodes, "outcode,easting,northing\nB13,1,1\nB14,1,1\nb13,1,1\n", 4, 1, &["reference/twice"]),
        (
            &registers("providers_file"),
            "T,,\nURN,Provision type,Registration status\nSC999901,Fostering \u{e9},canary\n",
            3,
            22,
            &["table/cell", "`Registration status`"],
        ),
        (
            &prices,
            "framework,lot,age_from,age_to,weekly_fee,valid_from,valid_to\nwm-fostering,canary,,,900,,\n",
            2,
            14,
            &["reference/no-such-lot", "`lot`"],
        ),
        (
            &prices,
            "framework,lot,age_from,age_to,weekly_fee,valid_from,valid_to\n\
             wm-fostering,standard,,,900,,\nwm-fostering,standard,,,901,,\n",
            3,
            25,
            &["reference/two-prices", "see line 2"],
        ),
    ];
    for (source, text, line, column, words) in cases {
        fs::write(&path, text).unwrap();
        let fault = fault(&folder, source);
        assert_eq!((fault.rule.code, &fault.file), ("config/reference", &path));
        assert_eq!((fault.line, fault.column), (line, column), "{text}");
        let told = fault.to_string();
        assert!(words.iter().all(|word| told.contains(word)) && !told.contains("canary"), "{told}");
    }
}

#[test]
fn one_price_list_may_be_of_several_frameworks() {
    let folder = Folder::new();
    fs::write(folder.path().join("prices.csv"), format!("{PRICES}wm-homes,standard,,,4500,,\n")).unwrap();
    let one = format!("{SHORTEST}prices_file = \"prices.csv\"\n");
    let both = format!("{one}{}", one.replace("wm-fostering", "wm-homes"));
    let config = parse(&folder, &both).unwrap_or_else(|faults| panic!("{faults}"));
    let prices = config
        .frameworks
        .iter()
        .map(|framework| framework.price("standard", 9, Date::new(2026, 6, 1).unwrap()).map(|price| price.number()));
    assert_eq!(prices.collect::<Vec<_>>(), [Some(90_000), Some(450_000)]);
    assert!(fault(&folder, &one).to_string().contains("reference/no-such-framework"), "the other is not configured");
}

#[test]
fn as_many_as_each_limit_are_taken_and_not_one_more() {
    let folder = Folder::new();
    let texts =
        |texts: &mut dyn Iterator<Item = String>| texts.map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(",");
    let numbers = |count| texts(&mut (0..count).map(|n| format!("{n:07}")));
    let lots = |count| SHORTEST.replace("\"standard\"", &texts(&mut (0..count).map(|n| format!("lot-{n}"))));
    let tiers = |count| format!("{SHORTEST}tiers = [{}]\n", vec!["[]"; count].join(","));
    let urns = |count| format!("{SHORTEST}tiers = [[{}]]\n", numbers(count));
    let in_house = |count| format!("{SHORTEST}in_house_urns = [{}]\n", numbers(count));
    let frameworks =
        |count| (0..count).map(|n| SHORTEST.replace("wm-fostering", &format!("wm{n}"))).collect::<String>();
    let authorities = (100..1000_u16).filter(|code| schemas::code::local_authority_name(*code).is_some());
    let authorities: Vec<String> = authorities.map(|code| code.to_string()).collect();
    let neighbours =
        |count| format!("[registers]\nneighbours = [{}]\n", texts(&mut authorities.iter().take(count).cloned()));
    let limits: [(&dyn Fn(usize) -> String, usize); 6] =
        [(&lots, 50), (&tiers, 20), (&urns, 2_000), (&in_house, 2_000), (&frameworks, 50), (&neighbours, 50)];
    for (source, most) in limits {
        assert!(parse(&folder, &source(most)).is_ok(), "{most}");
        assert_eq!(fault(&folder, &source(most + 1)).detail, Some(format!("at most {most}")));
    }
}
