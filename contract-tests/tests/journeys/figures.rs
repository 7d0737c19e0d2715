//! What schools send is checked, and the check says what it comes to: attendance, suspensions, plans in time.

use std::{collections::BTreeMap, fmt::Write, fs};

use serde_json::{Value, json};

use crate::program::{Scratch, run};

/// More children than a worker takes at once: half of them miss one session of twenty-four, each third all.
fn a_register(children: u32) -> String {
    let mut text = String::from("la_code,la_child_id,school_urn,date,session,code\n");
    for child in 0..children {
        for n in 0..24 {
            let (day, session) = (12 + n / 2 + 2 * (n / 10), if n % 2 == 0 { "AM" } else { "PM" });
            let absent = child.is_multiple_of(3) || (child % 2 == 1 && n == 3);
            let code = if absent { "I" } else { ["/", "\\"][n % 2] };
            let _ = writeln!(text, "330,SECRET{child},999999,2026-01-{day:02},{session},{code}");
        }
    }
    text
}

const SUSPENSIONS: &str = "la_code,la_child_id,school_urn,start_date,end_date,sessions,category,reasons
330,SECRET0,999999,2025-11-20,2025-11-21,4,SUSP,PP
330,SECRET1,999999,2025-11-20,,,PERM,PP
330,SECRET1,999999,2024-11-20,2024-11-21,4,SUSP,PP
";

const PLANS: &str = "la_code,la_child_id,pep_ref,academic_year,term,pep_type,status,due_date,completed_date
330,SECRET0,P1,2025/26,autumn,first,complete,2025-10-06,2025-10-03
330,SECRET1,P2,2025/26,autumn,first,complete,2025-10-06,2025-10-20
330,SECRET1,P3,2025/26,autumn,review,planned,,
";

/// What a check says: the sentences for people, and the report for machines.
fn checked(files: &[(&str, &str)], flags: &[&str]) -> (String, Value) {
    let scratch = Scratch::new();
    let folder = scratch.file("sent");
    fs::create_dir(&folder).unwrap();
    for (name, text) in files {
        fs::write(format!("{folder}/{name}"), text).unwrap();
    }
    let arguments = |last: &[&str]| -> Vec<String> {
        ["check", "--as-at", "2026-01-30"].iter().chain(flags).chain(last).map(|it| (*it).to_owned()).collect()
    };
    let people = run(arguments(&[&folder])).ended(0).text();
    let report = run(arguments(&["--json", &folder])).ended(0).report();
    (people, report)
}

#[test]
fn a_check_of_attendance_says_what_it_comes_to_whoever_works() {
    let register = a_register(1_203);
    let files = [("marks.csv", &*register), ("suspensions.csv", SUSPENSIONS)];
    let (people, report) = checked(&files, &["--from", "attendance-csv", "--workers", "1"]);
    // 401 children miss all, 401 of the others one session of 24: less than a tenth.
    let possible = 1_203 * 24;
    let attended = possible - 401 * 24 - 401;
    let attendance = json!({
        "children": 1203, "persistentlyAbsent": 401, "severelyAbsent": 401, "tooFewSessions": 0, "childrenBySums": 0,
        "sessionsAttended": attended, "sessionsPossible": possible,
    });
    assert_eq!(report["figures"]["attendanceOfYear"], attendance);
    assert_eq!(report["figures"]["attendanceOfTerm"], attendance);
    let suspensions = json!({
        "suspensions": 1, "sessions": 4, "lunchtimes": 0, "permanentExclusions": 1, "withdrawn": 0,
        "childrenSuspended": 1, "childrenExcluded": 1,
    });
    assert_eq!(report["figures"]["suspensions"], suspensions);
    for sentence in [
        "Attendance this school year: 65.3 % of 28,872 sessions; children: 1,203, persistently absent: 401, severely: 401, \
         too few sessions to say: 0.",
        "Suspensions this school year: 1, at lunchtime: 0, sessions: 4, children suspended: 1; permanent exclusions: 1; \
         withdrawn and not counted: 0.",
    ] {
        assert!(people.lines().any(|line| line == sentence), "{people}");
        assert!(report["summary"].as_array().unwrap().contains(&json!(sentence)), "{report}");
    }
    assert!(!report.to_string().contains("SECRET"), "a report names nobody: {report}");
    let (others, same) = checked(&files, &["--from", "attendance-csv", "--workers", "4"]);
    assert_eq!((others, same), (people, report));
}

#[test]
fn a_check_of_plans_says_which_were_in_time_by_the_terms_of_the_configuration() {
    let (people, report) = checked(&[("peps.csv", PLANS)], &["--from", "pep-csv"]);
    let of = |group: &str| -> BTreeMap<String, u64> {
        let figures = report["figures"][group].as_object().unwrap().iter();
        figures.filter(|(_, n)| **n != 0).map(|(name, n)| (name.clone(), n.as_u64().unwrap())).collect()
    };
    let first = [("inTime", 1), ("late", 1), ("startOfCareUnknown", 2)];
    assert_eq!(of("firstPlans"), first.map(|(name, n)| (name.to_owned(), n)).into());
    let terms = [("overdue", 1), ("approximate", 1)];
    assert_eq!(of("plansOfTerms"), terms.map(|(name, n)| (name.to_owned(), n)).into());
    assert!(
        people.contains(
            "\nFirst plans, due within 20 school days of the start of care: in time: 1, late: 1, overdue: 0, due: 0 (0 \
             within ten school days); none needed: 0.\n"
        ),
        "{people}"
    );
    assert!(people.contains("\nFirst plans held to the due date that the sender gives"), "{people}");
    assert!(!report.to_string().contains("SECRET"), "a report names nobody: {report}");
}

#[test]
fn a_json_document_is_counted_to_the_day_it_names_and_another_format_has_no_figures() {
    let document = json!({
        "format": "homeward/attendance", "version": "1", "asAt": "2026-01-13", "authority": "330",
        "children": [{
            "child": {"identifiers": [{"system": "urn:homeward:id:upn", "value": "J330999925001"}]},
            "schools": [{"urn": "999999", "marks": [
                {"date": "2026-01-12", "session": "AM", "code": "/"},
                {"date": "2026-01-13", "session": "AM", "code": "I"},
                {"date": "2026-01-14", "session": "AM", "code": "I"},
            ]}],
        }],
    });
    let (_, report) = checked(&[("marks.json", &document.to_string())], &["--from", "attendance-json"]);
    let year = &report["figures"]["attendanceOfYear"];
    assert_eq!((&year["sessionsPossible"], &year["tooFewSessions"]), (&json!(2), &json!(1)));
    let links = "la_code,la_child_id,nhs_number\n330,1,9000000009\n";
    let (_, report) = checked(&[("links.csv", links)], &["--from", "links-csv"]);
    assert!(report.get("figures").is_none(), "{report}");
}
