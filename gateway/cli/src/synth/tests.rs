//! The authority read by the return's own decoder, looked over by rules of several rows, and with every planted fault.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kit::{
    adapter::{Dossier, Format, Options},
    document::{Document, Part},
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place, Severity},
    identifier::NhsNumber,
};

use super::*;

const YEARS: [u16; 5] = [2018, 2024, 2025, 2026, 2027];

fn order(children: u32, seed: u64, faults: u32, year: u16) -> Order {
    let (year, authority) = (CollectionYear::new(year).unwrap(), LaCode::new(330).unwrap());
    Order { children, seed, faults, year, authority }
}

/// Files by name, in order, and what was made.
fn made(order: &Order) -> (Vec<(String, String)>, Made) {
    let mut files: Vec<(String, String)> = Vec::new();
    let made = write(order, &mut |name, bytes| {
        let bytes = std::str::from_utf8(bytes).unwrap();
        match files.last_mut().filter(|(last, _)| last == name) {
            Some((_, text)) => text.push_str(bytes),
            None => {
                assert!(files.iter().all(|(earlier, _)| earlier != name), "{name} comes back");
                files.push((name.to_owned(), bytes.to_owned()));
            }
        }
        Ok(())
    });
    (files, made.unwrap())
}

fn format() -> &'static Format {
    roster::format("ssda903-csv").unwrap().1
}

/// Rule, severity, part, line and column of everything that reading tells.
type Finding = (&'static str, Severity, String, u64, Option<u16>);

fn check(files: &[(String, String)], order: &Order) -> Vec<Finding> {
    let parts = files.iter().filter(|(name, _)| name != "faults.csv");
    let document =
        Document::new(parts.map(|(name, text)| Part::new(name.as_str(), text.clone().into_bytes())).collect());
    let options = Options { year: Some(order.year), authority: Some(order.authority), ..Options::plain() };
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = format().decode.unwrap().open(&document, &options, std::num::NonZeroUsize::MIN, &mut told);
    let (mut reader, mut dossier) = (subjects.reader(), Dossier::default());
    for n in 0..subjects.len() {
        reader.read(n, &mut dossier, &mut told);
    }
    assert!(!subjects.closed_to_others());
    let labels = subjects.labels();
    let finding = |diagnostic: Diagnostic| match diagnostic.place {
        Place::Cell { part, line, column, .. } => {
            let rule = diagnostic.rule;
            (rule.code, rule.severity, labels[usize::from(part.0)].to_string(), line, column)
        }
        other => panic!("{} at {other:?}", diagnostic.rule.code),
    };
    told.into_iter().map(finding).collect()
}

/// The rows of a file as cells by heading.
fn table<'f>(files: &'f [(String, String)], name: &str) -> Vec<HashMap<&'f str, &'f str>> {
    let Some((_, text)) = files.iter().find(|(known, _)| known == name) else { return Vec::new() };
    let mut lines = text.lines();
    let heading: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &'f str| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), heading.len(), "{name}");
        heading.iter().copied().zip(cells).collect()
    };
    lines.map(row).collect()
}

fn day(text: &str) -> Date {
    Date::parse_british(text.as_bytes()).or_else(|| Date::parse_iso(text.as_bytes())).unwrap()
}

/// The rows of each child of a file, in order.
fn by_child<'f>(files: &'f [(String, String)], name: &str) -> BTreeMap<&'f str, Vec<HashMap<&'f str, &'f str>>> {
    let mut children: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for row in table(files, name) {
        children.entry(row.get("CHILD").or_else(|| row.get("la_child_id")).unwrap()).or_default().push(row);
    }
    children
}

#[test]
fn without_faults_nothing_is_found() {
    for year in YEARS {
        for (seed, children) in [(1, 1), (1, 3), (1, 500), (2, 700), (u64::MAX, 2_000)] {
            let order = order(children, seed, 0, year);
            let (files, made) = made(&order);
            assert_eq!(check(&files, &order), [], "{year} {seed} {children}");
            assert_eq!((made.children, made.planted.len()), (children, 0));
            assert_eq!(made.rows, files.iter().map(|(_, text)| text.lines().count() as u64 - 1).sum::<u64>());
        }
    }
}

#[test]
fn an_authority_of_some_size_has_every_file_of_its_year() {
    for year in YEARS {
        let (files, _) = made(&order(2_000, 1, 0, year));
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let expected = FILES.iter().filter(|file| match file.part {
            "social-worker" => year >= 2024,
            "dolo" => year >= 2027,
            _ => true,
        });
        assert_eq!(names, expected.map(|file| file.name).collect::<Vec<_>>());
    }
}

#[test]
fn equal_orders_give_equal_bytes_and_other_seeds_others() {
    let order_of = |seed| order(400, seed, 30, 2026);
    assert_eq!(made(&order_of(5)), made(&order_of(5)));
    assert_ne!(made(&order_of(5)).0, made(&order_of(6)).0);
}

#[test]
fn three_children_of_seed_one() {
    let (files, _) = made(&order(3, 1, 0, 2026));
    assert_eq!(
        files[0].1,
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n\
         1000001,M,10/01/2018,WBRI,R330000000000,,\n\
         1000002,F,30/11/2011,BAFR,F330000000001,0,\n\
         1000003,F,10/03/2008,WBRI,V330000000002,,\n"
    );
}

#[test]
fn a_child_is_the_same_in_a_larger_authority() {
    let (few, _) = made(&order(50, 9, 0, 2025));
    let (many, _) = made(&order(500, 9, 0, 2025));
    for name in ["header.csv", "episodes.csv", "oc2.csv", "social-worker.csv", "links.csv"] {
        let of = |files: &[(String, String)]| files.iter().find(|(known, _)| known == name).unwrap().1.clone();
        assert!(of(&many).starts_with(&of(&few)), "{name}");
    }
}

#[test]
fn every_planted_fault_is_found_and_nothing_else() {
    for (year, seed, faults) in [(2018, 1, 20), (2024, 2, 41), (2025, 3, 123), (2026, 4, 300), (2027, 5, 1)] {
        let order = order(600, seed, faults, year);
        let (files, made) = made(&order);
        assert_eq!(made.planted.len(), faults as usize);
        let findings = check(&files, &order);
        let places: HashSet<(&str, u64)> = made.planted.iter().map(|fault| (fault.part, fault.line)).collect();
        assert_eq!(places.len(), made.planted.len(), "one fault a row");
        let mut planted: BTreeSet<(&str, String, u64, Option<u16>)> = made
            .planted
            .iter()
            .map(|fault| (fault.rule, fault.part.to_owned(), fault.line, Some(fault.column)))
            .collect();
        for (rule, severity, part, line, column) in findings {
            if rule == "view/guard-unreadable" {
                assert!(places.contains(&(part.as_str(), line)), "{part} {line}");
                continue;
            }
            assert_eq!(severity, Severity::Error, "{rule} {part} {line}");
            assert!(
                planted.remove(&(rule, part.clone(), line, column)),
                "not planted: {rule} {part} {line} {column:?}"
            );
        }
        assert_eq!(planted, BTreeSet::new(), "not found");
    }
}

#[test]
fn every_kind_is_planted_and_is_a_rule_of_the_format() {
    let (_, made) = made(&order(3_000, 1, 2 * faults::KINDS.len() as u32, 2026));
    for kind in faults::KINDS {
        assert_eq!(made.planted.iter().filter(|fault| fault.rule == kind.rule).count(), 2, "{}", kind.rule);
        assert!(format().rules.iter().flat_map(|rules| rules.iter()).any(|rule| rule.code == kind.rule));
    }
}

#[test]
fn each_fault_is_in_a_child_of_its_own_and_listed() {
    let order = order(60, 3, 60, 2026);
    let (files, made) = made(&order);
    let children: HashSet<&str> = made
        .planted
        .iter()
        .map(|fault| {
            let file = FILES.iter().find(|file| file.part == fault.part).unwrap().name;
            let (_, text) = files.iter().find(|(name, _)| name == file).unwrap();
            let stray = fault.rule == "ssda903/INT03";
            // A stray row stands below the child's own.
            let line = text.lines().nth(usize::try_from(fault.line).unwrap() - 1 - usize::from(stray)).unwrap();
            line.split(',').find(|cell| cell.len() == 7 && cell.starts_with('1')).unwrap()
        })
        .collect();
    assert_eq!(children.len(), 60, "as many faults as children fit");
    let (name, list) = files.last().unwrap();
    assert_eq!((name.as_str(), list.lines().count()), ("faults.csv", 61));
    let Planted { rule, part, line, column } = &made.planted[0];
    assert_eq!(list.lines().nth(1).unwrap(), format!("{rule},{part},{line},{column}"));
}

#[test]
fn what_cannot_be_made_is_refused_before_anything_is_written() {
    let refused = [order(0, 1, 0, 2026), order(5, 1, 6, 2026), order(CHILDREN_MAX + 1, 1, 0, 2026)];
    for order in refused {
        let error = write(&order, &mut |name, _| panic!("{name}")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}

#[test]
fn a_full_disk_ends_the_work() {
    let mut calls = 0;
    let error = write(&order(10, 1, 0, 2026), &mut |_, _| {
        calls += 1;
        Err(io::ErrorKind::StorageFull.into())
    });
    assert_eq!((error.unwrap_err().kind(), calls), (io::ErrorKind::StorageFull, 1));
}

#[test]
fn episodes_follow_from_each_other() {
    for year in YEARS {
        let order = order(2_000, 11, 0, year);
        let (files, _) = made(&order);
        let born: HashMap<&str, Date> =
            table(&files, "header.csv").iter().map(|row| (row["CHILD"], day(row["DOB"]))).collect();
        for (child, episodes) in by_child(&files, "episodes.csv") {
            assert_eq!(episodes[0]["RNE"], "S");
            for (n, row) in episodes.iter().enumerate() {
                episode_holds(row, born[child], &order);
                assert_eq!(row["REC"] == "X1", n + 1 < episodes.len(), "only the last episode may end otherwise");
            }
            for pair in episodes.windows(2) {
                follows(&pair[0], &pair[1]);
            }
            for three in episodes.windows(3).filter(|three| three[1]["PLACE"].starts_with('T')) {
                let place = |row: &HashMap<&str, &str>| format!("{} {}", row["PLACE"], row["PL_POST"]);
                assert_eq!((place(&three[0]), three[2]["RNE"]), (place(&three[2]), "P"), "rule 383");
            }
        }
    }
}

fn episode_holds(row: &HashMap<&str, &str>, born: Date, order: &Order) {
    let (place, provider, urn, status) = (row["PLACE"], row["PLACE_PROVIDER"], row["URN"], row["LS"]);
    let decom = day(row["DECOM"]);
    let age = born.age_on(decom).expect("born before care");
    assert!(decom <= order.year.ends() && age < 18);
    assert_eq!(row["DEC"].is_empty(), row["REC"].is_empty(), "148");
    let last = if row["DEC"].is_empty() { order.year.ends() } else { day(row["DEC"]) };
    assert!(order.year.contains(last) && decom <= last && (row["DEC"].is_empty() || decom < last), "355, 356");
    assert!(born.add_years(18).unwrap() >= last, "no longer a child");
    let temporary = place.starts_with('T');
    let no_provider = temporary || place.starts_with('Z');
    assert_eq!(provider.is_empty(), no_provider, "213, 526: {place}");
    assert_eq!(provider == "PR0", place == "P1", "550");
    match provider {
        "PR1" | "PR2" => assert!(!matches!(place, "P1" | "R2" | "R5")),
        "PR3" => assert!(!matches!(place, "P1" | "K1" | "K2") && !place.starts_with(['A', 'U'])),
        _ => {}
    }
    let no_urn = no_provider || matches!(place, "P1" | "P3" | "R1" | "R2" | "R5" | "H5") || status == "V4";
    assert_eq!(urn.is_empty(), no_urn, "214, 218, 222: {place}");
    assert!(urn.is_empty() || urn.starts_with("SC9") && urn.len() == 8 || urn.starts_with('9') && urn.len() == 7);
    assert_eq!((row["PL_POST"].is_empty(), row["HOME_POST"].is_empty()), (status == "V4", status == "V4"), "214");
    assert!([row["PL_POST"], row["HOME_POST"]].iter().all(|post| post.is_empty() || post.starts_with(['Q', 'X'])));
    assert_eq!(row["PL_POST"] == row["HOME_POST"], place == "P1" || status == "V4", "392d");
    assert!(place != "P1" || matches!(status, "C1" | "C2"), "378");
    assert!(!status.starts_with('J') || age >= 10, "358");
    assert!(place != "K3" || age >= 16 && order.year.number() >= 2025, "371");
    assert!(place != "H5" || age >= 16 && order.year.number() <= 2023);
    let days = last.days_since(decom);
    let days_max = match (status, place) {
        ("L1", _) => 3,
        (_, "T4") => 7,
        (_, "T3") => 21,
        (_, "T1") => 42,
        _ => i32::MAX,
    };
    assert!(days <= days_max, "361, 375, 376, 379");
    assert!(!temporary || row["RNE"] == "P", "380");
    assert_eq!(matches!(place, "A5" | "A6"), place.starts_with('A') && status == "E1");
}

fn follows(before: &HashMap<&str, &str>, after: &HashMap<&str, &str>) {
    assert_eq!(before["DEC"], after["DECOM"], "433");
    assert_eq!((before["CIN"], before["HOME_POST"]), (after["CIN"], after["HOME_POST"]));
    let moved = ["PLACE", "PL_POST", "URN", "PLACE_PROVIDER"].iter().any(|column| before[column] != after[column]);
    let status = before["LS"] != after["LS"];
    let expected = match after["RNE"] {
        "L" => (true, false),
        "P" | "T" => (false, true),
        "B" | "U" => (true, true),
        other => panic!("{other}"),
    };
    assert_eq!((status, moved), expected, "434, 435, 436");
    let to_or_from_temporary = before["PLACE"].starts_with('T') || after["PLACE"].starts_with('T');
    assert_eq!(before["REASON_PLACE_CHANGE"].is_empty(), !moved || to_or_from_temporary, "225, 226");
}

#[test]
fn the_other_modules_agree_with_the_episodes() {
    for year in YEARS {
        let order = order(2_000, 12, 0, year);
        let (starts, ends) = (order.year.starts(), order.year.ends());
        let (files, _) = made(&order);
        let episodes = by_child(&files, "episodes.csv");
        let period = |child: &str| {
            let rows = &episodes[child];
            let last = rows[rows.len() - 1]["DEC"];
            (day(rows[0]["DECOM"]), if last.is_empty() { None } else { Some(day(last)) })
        };
        for row in table(&files, "reviews.csv") {
            let (born, held) = (day(row["DOB"]), day(row["REVIEW"]));
            let (first, last) = period(row["CHILD"]);
            assert!(first < held && held <= last.unwrap_or(ends) && held >= starts);
            assert_eq!(row["REVIEW_CODE"] == "PN0", born.age_on(held).unwrap() < 4, "440, 441");
        }
        let outcomes = by_child(&files, "oc2.csv");
        for (child, rows) in &episodes {
            let (first, last) = period(child);
            let short_breaks = rows.iter().any(|row| row["LS"] == "V4");
            let cohort = first <= starts && last.is_none() && !short_breaks;
            assert_eq!(outcomes.contains_key(child), cohort);
        }
        for row in outcomes.values().flatten() {
            let born = day(row["DOB"]);
            let asked = born.add_years(4).unwrap() <= starts && born.add_years(17).unwrap() > ends;
            assert_eq!(!row["SDQ_SCORE"].is_empty() || !row["SDQ_REASON"].is_empty(), asked, "186");
            assert_eq!(row["HEALTH_CHECK"].is_empty(), born.age_on(ends).unwrap() >= 5);
        }
        for row in table(&files, "missing.csv") {
            let (first, last) = period(row["CHILD"]);
            let start = day(row["MIS_START"]);
            let back = if row["MIS_END"].is_empty() { ends } else { day(row["MIS_END"]) };
            assert!(first <= start && start <= back && back <= last.unwrap_or(ends));
            assert!(!row["MIS_END"].is_empty() || last.is_none());
        }
        for (child, workers) in by_child(&files, "social-worker.csv") {
            let (first, last) = period(child);
            assert!(day(workers[0]["SW_DECOM"]) >= first);
            let succeeds = |pair: &[HashMap<&str, &str>]| {
                pair[0]["SW_DEC"] == pair[1]["SW_DECOM"] && pair[0]["SW_ID"] != pair[1]["SW_ID"]
            };
            assert!(workers.windows(2).all(succeeds), "SW08, SW10");
            let until = workers[workers.len() - 1]["SW_DEC"];
            assert_eq!(last, (!until.is_empty()).then(|| day(until)), "SW17");
        }
        for row in table(&files, "prev-perm.csv") {
            let (first, _) = period(row["CHILD"]);
            assert!(first >= starts && (row["DATE_PERM"].is_empty() || day(row["DATE_PERM"]) < first));
            assert_eq!((row["PREV_PERM"] == "Z1"), row["LA_PERM"].is_empty() && row["DATE_PERM"].is_empty(), "635");
        }
        for row in table(&files, "dolo.csv") {
            let end = row["DOLO_END"];
            assert!(end.is_empty() || day(row["DOLO_START"]) < day(end) && order.year.contains(day(end)), "702, 704");
        }
        for row in table(&files, "oc3.csv") {
            assert!(!episodes.contains_key(row["CHILD"]));
            assert_eq!(row["IN_TOUCH"] == "YES", row["ACTIV"] != "0" && row["ACCOM"] != "0", "344, 345");
            assert!((17..=21).contains(&day(row["DOB"]).age_on(ends).unwrap()));
        }
    }
}

#[test]
fn adoptions_are_whole() {
    let order = order(3_000, 13, 0, 2026);
    let (files, _) = made(&order);
    let (episodes, placed) = (by_child(&files, "episodes.csv"), by_child(&files, "placed-adoption.csv"));
    let adopted: BTreeSet<&str> = episodes
        .iter()
        .filter(|(_, rows)| matches!(rows[rows.len() - 1]["REC"], "E11" | "E12"))
        .map(|(child, _)| *child)
        .collect();
    let ad1 = by_child(&files, "ad1.csv");
    assert_eq!(adopted, ad1.keys().copied().collect());
    assert!((90..220).contains(&adopted.len()), "about one in twenty: {}", adopted.len());
    for (child, rows) in &placed {
        let (row, since) = (&rows[0], day(rows[0]["DATE_PLACED"]));
        let with_adopters = episodes[child].iter().find(|row| row["PLACE"].starts_with('A')).unwrap();
        assert_eq!(day(with_adopters["DECOM"]), since);
        let ceased = row["DATE_PLACED_CEASED"];
        assert!(ceased.is_empty() || ceased == with_adopters["DEC"]);
        if let Some(adoption) = ad1.get(child) {
            assert!(ceased.is_empty());
            assert!(day(adoption[0]["DATE_INT"]) <= day(adoption[0]["DATE_MATCH"]));
            assert!(day(adoption[0]["DATE_MATCH"]) <= since);
            assert_eq!(adoption[0]["FOSTER_CARE"] == "1", matches!(with_adopters["PLACE"], "A3" | "A5"));
        }
    }
    assert!(placed.values().flatten().any(|row| !row["DATE_PLACED_CEASED"].is_empty()));
    assert!(placed.keys().any(|child| episodes[child].last().unwrap()["DEC"].is_empty()));
    let closed = table(&files, "restrictions.csv");
    assert!(closed.iter().filter(|row| row["kind"] == "adopted").all(|row| adopted.contains(row["la_child_id"])));
    assert!(closed.iter().any(|row| row["kind"] == "adopted") && closed.iter().any(|row| row["kind"] == "location"));
}

#[test]
fn links_are_each_childs_own() {
    let order = order(20_000, 14, 0, 2026);
    let (files, _) = made(&order);
    let links = table(&files, "links.csv");
    assert_eq!(links.len(), 20_000);
    let numbers: Vec<&str> = links.iter().map(|row| row["nhs_number"]).filter(|number| !number.is_empty()).collect();
    assert!(numbers.iter().all(|number| number.starts_with("999") && NhsNumber::read(number.as_bytes()).is_ok()));
    assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
    let upns: Vec<&str> = links.iter().map(|row| row["upn"]).filter(|upn| !upn.is_empty()).collect();
    assert_eq!(upns.iter().collect::<HashSet<_>>().len(), upns.len());
    let traced = links.iter().filter(|row| row["source"] == "pds-trace").count();
    assert!((17_500..18_500).contains(&traced), "{traced}");
    assert!(links.iter().all(|row| (row["source"] == "pds-trace") != row["verified_on"].is_empty()));
}

#[test]
fn the_last_child_that_can_be_asked_for_has_a_number_too() {
    let order = order(CHILDREN_MAX, 1, 0, 2026);
    let mut seen = HashSet::new();
    for number in (0..CHILDREN_MAX).step_by(997).chain(CHILDREN_MAX - 50..CHILDREN_MAX) {
        let text = Child::of(&order, number).nhs_number().to_string();
        assert!(NhsNumber::read(text.as_bytes()).is_ok(), "{number}");
        seen.insert((number, text));
    }
    let texts: HashSet<&String> = seen.iter().map(|(_, text)| text).collect();
    assert_eq!(texts.len(), seen.len());
}

#[test]
fn the_shares_are_those_of_the_care_standard() {
    let order = order(10_000, 16, 0, 2026);
    let (files, _) = made(&order);
    let share = |part: usize, whole: usize| part * 1_000 / whole;
    let header = table(&files, "header.csv").len();
    let episodes = by_child(&files, "episodes.csv");
    assert!((40..60).contains(&share(table(&files, "uasc.csv").len(), header)));
    assert!((40..60).contains(&share(by_child(&files, "ad1.csv").len(), header)));
    assert!((40..60).contains(&share(by_child(&files, "missing.csv").len(), header)));
    let restricted = table(&files, "restrictions.csv").iter().filter(|row| row["kind"] == "location").count();
    let looked_after = episodes.values().filter(|rows| rows[rows.len() - 1]["DEC"].is_empty()).count();
    assert!((15..30).contains(&share(restricted, looked_after)));
    let changes: Vec<&str> = episodes.values().flatten().map(|row| row["RNE"]).filter(|rne| *rne != "S").collect();
    let of = |rne| share(changes.iter().filter(|change| **change == rne).count(), changes.len());
    assert!((550..700).contains(&of("P")) && (200..330).contains(&of("L")));
    assert!((70..130).contains(&of("T")) && (10..30).contains(&of("B")) && of("U") < 10);
    let places: HashSet<&str> = episodes.values().flatten().map(|row| row["PLACE"]).collect();
    for place in
        ["U1", "U3", "U4", "U5", "U6", "A3", "A4", "A5", "A6", "K1", "K2", "K3", "P1", "R1", "R2", "R3", "R5", "S1"]
    {
        assert!(places.contains(place), "{place}");
    }
    assert!(["T1", "T2", "T3", "T4", "Z11", "Z12", "Z13", "Z14"].iter().all(|place| places.contains(place)));
}

#[test]
fn consents_are_of_those_who_may_give_them() {
    let order = order(3_000, 15, 0, 2026);
    let (files, _) = made(&order);
    let born: HashMap<&str, Date> =
        table(&files, "header.csv").iter().map(|row| (row["CHILD"], day(row["DOB"]))).collect();
    let consents = table(&files, "consents.csv");
    for row in &consents {
        let age = born[row["la_child_id"]].age_on(day(row["start_date"])).unwrap();
        assert!(age >= if row["scope"] == "PASSPORT" { 16 } else { 18 });
    }
    for decision in ["PERMIT", "DENY"] {
        assert!(consents.iter().any(|row| row["decision"] == decision && row["scope"] == "INFORMATION_SHARING"));
    }
}
