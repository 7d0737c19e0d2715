//! `[[view]]` and `[views]`: what is taken, what it comes to, and every fault with its rule and place.

use std::fs;

use exchange::{children::Statuses, precision::Precision};
use server::config::{Config, ConfigFaults, Environment, ReleaseDays};

const HEAD: &str =
    "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n[ids]\nkey_file = \"ids.key\"\n";

/// How many lines stand before what a test adds.
const HEAD_LINES: usize = 5;

fn parse(rest: &str) -> Result<Config, ConfigFaults> {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("ids.key");
    fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    Config::parse(&folder.path().join("homeward.toml"), &format!("{HEAD}{rest}"), &Environment::default())
}

fn view(lines: &str) -> String {
    format!("[[view]]\nname = \"own\"\nbase = \"health\"\n{lines}")
}

#[test]
fn a_configured_view_is_found_by_its_name_beside_the_shipped_ones() {
    let config = parse(
        "[[view]]\nname = \"narrowest\"\nbase = \"coventry-epep\"\nallow = [\"Person.birth_date\"]\nbasis = \"a ground\"\n\
         [[view]]\nname = \"coventry-epep\"\nbase = \"virtual-school\"\nwithhold = [\"Person.ethnicity\", \"SdqScore.*\"]\n\
         reduce = { \"Person.birth_date\" = \"month\" }\n\
         children = { authority = [\"331\"], age_min = 4, age_max = 18, status = [\"looked-after\", \"care-leaver\"],\n\
         placement_authority = [\"331\"], placement_area = [\"CV1\", \"cv2\"], short_breaks = true }\n",
    )
    .unwrap();
    let (base, epep) = (config.views.get("virtual-school").unwrap(), config.views.get("coventry-epep").unwrap());
    assert_eq!(epep.precision("Person", "birth_date"), Precision::Month);
    assert_eq!(epep.precision("Person", "ethnicity"), Precision::Withheld);
    assert_eq!(epep.precision("SdqScore", "score"), Precision::Withheld);
    assert_eq!(epep.precision("Person", "sex"), base.precision("Person", "sex"));
    assert!(epep.digest().starts_with("coventry-epep@"));
    let children = epep.children();
    assert_eq!((children.age_min, children.age_max, children.short_breaks), (Some(4), Some(18), Some(true)));
    assert_eq!(children.statuses, Some(Statuses { looked_after: true, care_leaver: true }));
    assert_eq!(children.placement_areas.as_ref().map(|areas| areas.len()), Some(2));
    let narrowest = config.views.get("narrowest").unwrap();
    assert_eq!(narrowest.precision("Person", "birth_date"), Precision::Month);
    assert_eq!(narrowest.precision("Person", "sex"), Precision::Withheld);
    assert_eq!(narrowest.children(), children);
    assert!(config.views.get("nobody").is_none());
}

#[test]
fn numbers_and_times_of_views_are_taken_where_they_are_stricter() {
    let config = parse("").unwrap();
    assert_eq!(config.release_days, ReleaseDays { placement_days_after_max: 28, accepted_days_max: 14 });
    assert_eq!(config.views.get("statistics").unwrap().group_children_min(), 6);
    let stricter = "[views]\nstatistics_children_min = 10\nplacement_days_after_max = 0\naccepted_days_max = 7\n\
         [[view]]\nname = \"own\"\nbase = \"statistics\"\n";
    let config = parse(stricter).unwrap();
    assert_eq!(config.release_days, ReleaseDays { placement_days_after_max: 0, accepted_days_max: 7 });
    for name in ["statistics", "own"] {
        assert_eq!(config.views.get(name).unwrap().group_children_min(), 10);
    }
}

#[test]
fn each_fault_of_a_view_has_its_rule_and_its_place_and_never_the_value() {
    let of_views = |line: &str| format!("[views]\n{line}\n");
    let cases: Vec<(String, &str, usize, usize, &str)> = vec![
        // source after the head, rule, line and column there, words that must be told
        (view("reduce = { \"CareEpisode.home_postcode\" = \"outward\" }\n"), "config/view-widens", 4, 12, "withholds"),
        (view("[view.reduce]\n\"CareEpisode.category_of_need\" = \"full\"\n"), "config/view-widens", 5, 1, "as `code`"),
        (
            view("basis = \"b\"\nallow = [\"Person.sex\", \"Person.religion\"]\n"),
            "config/view-widens",
            5,
            24,
            "withholds",
        ),
        (view("withhold = [\"Person.birthdate\"]\n"), "config/view-no-such-field", 4, 13, "`Person.birth_date`"),
        (view("withhold = [\"Canary.*\"]\n"), "config/view-no-such-field", 4, 13, ""),
        (view("reduce = { \"Person.canary\" = \"year\" }\n"), "config/view-no-such-field", 4, 12, ""),
        (view("reduce = { \"Person.birth_date\" = \"outward\" }\n"), "config/view-chain", 4, 12, "month, year, age"),
        (view("reduce = { \"Person.birth_date\" = \"canary\" }\n"), "config/range", 4, 34, "one of full, month"),
        (view("allow = [\"Person.sex\"]\n"), "config/missing-key", 1, 1, "`basis`"),
        (view("witholds = []\n"), "config/unknown-key", 4, 1, "nearest: `withhold`"),
        (view("withhold = \"Person.sex\"\n"), "config/type", 4, 12, "a list of texts"),
        (view("withhold = [1]\n"), "config/type", 4, 13, "texts in quotes"),
        ("[[view]]\nname = \"own\"\n".to_owned(), "config/missing-key", 1, 1, "`base`"),
        ("[[view]]\nbase = \"health\"\n".to_owned(), "config/missing-key", 1, 1, "`name`"),
        ("[view]\nname = \"own\"\n".to_owned(), "config/type", 1, 1, "an array of tables"),
        ("[[view]]\nname = \"Canary!\"\nbase = \"health\"\n".to_owned(), "config/range", 2, 8, "small letters"),
        ("[[view]]\nname = \"health\"\nbase = \"carer\"\n".to_owned(), "config/range", 2, 8, "no other view"),
        ("[[view]]\nname = \"own\"\nbase = \"helth\"\n".to_owned(), "config/range", 3, 8, "nearest: `health`"),
        ("[[view]]\nname = \"own\"\nbase = \"own\"\n".to_owned(), "config/view-loop", 3, 8, ""),
        (
            "[[view]]\nname = \"a\"\nbase = \"b\"\n[[view]]\nname = \"b\"\nbase = \"a\"\n".to_owned(),
            "config/view-loop",
            3,
            8,
            "",
        ),
        (view("children = { age_min = 30 }\n"), "config/range", 4, 24, "allowed 0 to 25"),
        (view("children = { age_min = 9, age_max = 8 }\n"), "config/range", 4, 1, "at most `age_max`"),
        (view("children = { status = [\"canary\"] }\n"), "config/range", 4, 24, "looked-after, care-leaver"),
        (view("children = { authority = [\"33\"] }\n"), "config/range", 4, 27, "three digits"),
        (view("children = { placement_area = [\"B99 1AA\"] }\n"), "config/range", 4, 32, "outward"),
        (view("children = { ages = 9 }\n"), "config/unknown-key", 4, 14, ""),
        (of_views("statistics_children_min = 5"), "config/range", 2, 27, "allowed 6 to"),
        (of_views("placement_days_after_max = 29"), "config/range", 2, 28, "allowed 0 to 28"),
        (of_views("accepted_days_max = 15"), "config/range", 2, 21, "allowed 1 to 14"),
        (of_views("sensitive_list_file = \"canary\""), "config/not-yet", 2, 1, "sensitive_list_file"),
        (of_views("canary = 1"), "config/unknown-key", 2, 1, ""),
    ];
    for (rest, rule, line, column, words) in cases {
        let faults = parse(&rest).expect_err(&rest).0;
        let fault = faults.iter().find(|fault| fault.rule.code == rule);
        let fault = fault.unwrap_or_else(|| panic!("{rule} is not among {faults:#?}\n{rest}"));
        assert_eq!((fault.line - HEAD_LINES, fault.column), (line, column), "{rule}\n{rest}");
        let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        assert!(told.contains(words), "{words}\n{told}");
        assert!(!told.to_lowercase().contains("canary"), "{told}");
    }
}

#[test]
fn all_faults_of_all_views_come_at_once() {
    let rest = "[views]\naccepted_days_max = 99\n[[view]]\nname = \"a\"\nbase = \"a\"\n[[view]]\nname = \"b\"\nbase = \"health\"\n\
                withhold = [\"Persn.x\"]\nreduce = { \"Person.birth_date\" = \"sector\", \"Person.religion\" = \"full\" }\n";
    let faults = parse(rest).unwrap_err().0;
    let found: Vec<(&str, usize)> = faults.iter().map(|fault| (fault.rule.code, fault.line - HEAD_LINES)).collect();
    assert_eq!(
        found,
        [
            ("config/range", 2),
            ("config/view-loop", 5),
            ("config/view-no-such-field", 9),
            ("config/view-chain", 10),
            ("config/view-widens", 10),
        ]
    );
}
