//! Plans and attendance in JSON: what they say, what they break, the flat lists of others, and that they come back.

use epep::{
    ATTENDANCE_CSV, PEP_CSV,
    json::{ATTENDANCE_JSON, PEP_JSON},
};
use kit::{
    adapter::{Format, Options},
    dialect::Dialect,
};
use proptest::prelude::*;
use schemas::{
    code::{AttendanceCode, EnrolStatus, SchoolSession, VoiceWhose},
    record::Statement,
    said::Said,
};

use crate::{
    ctf::{day, options},
    support::{Read, read, written},
};

const PLAN: &str = r#"{"child": {"identifiers": [
        {"system": "urn:homeward:id:la-child:330", "value": "1029384"},
        {"system": "urn:homeward:id:upn", "value": "J330999925001"},
        {"system": "urn:homeward:id:upn", "value": "W33099992502A", "use": "old"}],
      "surname": "Invented", "forename": "Person", "knownAs": "Pers", "dateOfBirth": "2016-11-20", "sex": "F"},
    "pepRef": "PEP-88121", "academicYear": "2025/26", "term": "autumn",
    "pepType": "review", "form": "KS2", "ncYear": "4", "status": "complete",
    "dueDate": "2025-12-19", "meetingDate": "2025-11-12", "completedDate": "2025-11-20",
    "nextPepDate": "2026-02-25", "inTimescale": true,
    "attendedBy": ["child", "carer", "social-worker", "designated-teacher"],
    "setting": {"urn": "999999", "laestab": "3309999", "name": "Invented Primary School",
      "type": "school", "onRoll": true, "enrolStatus": "C", "startDate": "2024-09-02",
      "designatedTeacher": {"name": "A. Teacher", "email": "dt@school.example"}},
    "sen": {"provision": "K", "needs": [{"rank": 2, "type": "SLCN"}, {"rank": 1, "type": "SEMH"}], "since": "2024-09-02"},
    "attendance": {"percent": 92.9, "reducedTimetable": false},
    "attainment": [{"assessedOn": "2025-11-05", "stage": "KS2", "subject": "MAT",
       "basis": "teacher-assessment", "scale": "ta-ks2", "result": "WTS", "onTrack": "below"}],
    "targets": [{"targetNo": 1, "area": "reading", "target": "Read aloud to an adult three times a week; really",
       "strategy": "1:1 tuition, Mondays", "ownerRole": "designated-teacher",
       "dueDate": "2026-02-12", "outcome": "not-reviewed", "ppCostPence": 32000},
      {"targetNo": 2, "target": "Write", "ppCostPence": 5}],
    "pupilPremium": {"requestedPence": 65000, "agreedPence": 60000, "spentPence": 42000, "purpose": "Reading tuition"},
    "voice": [{"who": "child", "how": "written", "topic": "aspirations", "words": "I want to be a \"vet\"",
       "saidOn": "2025-11-10", "share": "professionals"}],
    "quality": {"scheme": "rag", "rating": "green", "ratedOn": "2025-11-27",
      "sections": [{"name": "voice", "rating": "green"}, {"name": "targets", "rating": "amber"}]}}"#;

const CHILD: &str = r#"{"child": {"identifiers": [{"system": "urn:homeward:id:upn", "value": "J330999925001"}],
      "surname": "Invented", "forename": "Person", "dateOfBirth": "2016-11-20"},
    "schools": [{"urn": "999999", "laestab": "3309999", "name": "Invented Primary School", "enrolStatus": "C",
      "marks": [
        {"date": "2026-01-12", "session": "AM", "code": "/", "recordedAt": "2026-01-12T09:41:00+00:00"},
        {"date": "2026-01-12", "session": "PM", "code": "M"},
        {"date": "2026-01-13", "session": "AM", "code": "L", "minutesLate": 12},
        {"date": "2026-01-13", "session": "PM", "action": "delete"}],
      "summaries": [{"academicYear": "2025/26", "periodStart": "2025-09-01", "periodEnd": "2026-01-30",
         "possible": 140, "attended": 130, "authorised": 6, "unauthorised": 4, "late": 3, "excluded": 0}],
      "suspensions": [{"startDate": "2025-11-20", "endDate": "2025-11-21", "sessions": 4, "category": "SUSP",
         "reasons": ["PP", "DB"], "senProvision": "K", "withdrawn": false}]}]}"#;

fn plans(items: &str) -> String {
    format!(
        "{{\"format\": \"homeward/pep\", \"version\": \"1\",\n  \"asAt\": \"2025-12-01\", \"authority\": \"330\", \
             \"sentBy\": \"Invented Virtual School\", \"peps\": [{items}]}}"
    )
}

fn attendance(items: &str) -> String {
    format!(
        "{{\"format\": \"homeward/attendance\", \"version\": \"1\", \"asAt\": \"2026-01-30\", \"authority\": \"330\", \
             \"children\": [{items}]}}"
    )
}

fn reads(format: &Format, document: &str) -> Read {
    read(format, document.as_bytes(), &options())
}

fn types(read: &Read) -> Vec<Vec<&'static str>> {
    let names = |records: &Vec<schemas::record::Record>| {
        records.iter().map(|record| record.statement.statement_type().name).collect()
    };
    read.children.iter().map(names).collect()
}

#[test]
fn a_plan_says_what_its_tables_say() {
    let read = reads(&PEP_JSON, &plans(PLAN));
    assert_eq!(read.places(), Vec::<String>::new());
    let said = ["Person", "Enrolment", "SenProvision", "EducationPlan", "Attainment", "Voice"];
    assert_eq!(types(&read), [said]);
    assert_eq!(read.children[0][0].subject.identifiers.len(), 3);
    for record in &read.children[0] {
        match &record.statement {
            Statement::Enrolment(it) => {
                assert_eq!(
                    (it.status, it.entry_date),
                    (Said::Is(EnrolStatus::Current), Said::Is(day("2024-09-02").unwrap()))
                );
                assert!(it.on_roll == Said::Is(true) && it.more.as_ref().unwrap().designated_teacher.has_value());
            }
            Statement::SenProvision(it) => {
                let needs: Vec<_> =
                    it.needs.as_ref().is().unwrap().iter().map(|need| need.r#type.is().unwrap()).collect();
                assert_eq!(needs[0], schemas::code::Code::from_code(b"SEMH").unwrap());
                assert_eq!((needs.len(), it.start_date), (2, Said::Is(day("2024-09-02").unwrap())));
            }
            Statement::EducationPlan(it) => {
                let more = it.more.as_ref().unwrap();
                let targets = more.targets.as_ref().is().unwrap();
                let costs: Vec<u32> = targets.iter().map(|target| target.cost.is().unwrap().number()).collect();
                assert_eq!(costs, [32_000, 5]);
                assert_eq!(more.premium.as_ref().is().unwrap().requested.is().unwrap().number(), 65_000);
                assert_eq!(more.quality.as_ref().is().unwrap().sections.as_ref().is().unwrap().len(), 2);
                assert_eq!(more.attended_by.as_ref().is().unwrap().len(), 4);
                assert!(it.told_in_timescale == Said::Is(true) && more.reduced_timetable == Said::Is(false));
            }
            Statement::Voice(it) => assert_eq!(it.whose, Said::Is(VoiceWhose::Child)),
            _ => {}
        }
    }
}

#[test]
fn attendance_says_what_its_tables_say() {
    let read = reads(&ATTENDANCE_JSON, &attendance(CHILD));
    assert_eq!(read.places(), Vec::<String>::new());
    let marks = ["AttendanceMark"; 4];
    let said = [&["Person", "Enrolment", "Suspension"][..], &marks, &["AttendanceSummary"]].concat();
    assert_eq!(types(&read), [said]);
    let marks: Vec<_> = read.children[0]
        .iter()
        .filter_map(|record| match &record.statement {
            Statement::AttendanceMark(mark) => Some((mark, record.source.retracts)),
            _ => None,
        })
        .collect();
    assert!(
        marks[1].0.code == Said::Is(AttendanceCode::MedicalOrDental)
            && marks[1].0.session == Said::Is(SchoolSession::Afternoon)
    );
    assert!(marks[2].0.minutes_late.is().is_some_and(|minutes| minutes.get() == 12) && !marks[2].1);
    assert!(marks[3].1, "a mark that is deleted is taken back");
}

#[test]
fn what_we_wrote_says_the_same_when_it_is_read_again() {
    let other = |item: &str| item.replace("J330999925001", "W330999924017").replace("1029384", "1029385");
    for (format, document) in [
        (&PEP_JSON, plans(&format!("{PLAN},{}", other(PLAN)))),
        (&ATTENDANCE_JSON, attendance(&format!("{CHILD},{}", other(CHILD)))),
    ] {
        let options = Options { as_at: day("2026-01-30"), ..options() };
        let reads = |format: &Format, document: &str| read(format, document.as_bytes(), &options);
        let first = reads(format, &document);
        let (text, told) = written(format, &first.children, &options);
        assert_eq!(told, Vec::<&str>::new(), "{}", format.name);
        let again = reads(format, &text);
        assert_eq!(again.codes(), Vec::<&str>::new(), "{}", format.name);
        assert_eq!(again.children.len(), 2);
        for (wrote, told) in first.statements().iter().flatten().zip(again.statements().iter().flatten()) {
            for field in wrote.statement_type().fields {
                let name = format!("{}.{}", wrote.statement_type().name, field.name);
                assert!(field.get(wrote) == field.get(told), "{} {name}", format.name);
            }
        }
        assert_eq!(types(&first), types(&again));
        assert_eq!(first.children[0][0].subject, again.children[0][0].subject);
        assert_eq!(written(format, &again.children, &options).0, text, "and is written the same again");
    }
}

#[test]
fn csv_and_json_say_the_same() {
    let plan = "la_code,la_child_id,academic_year,term,status,meeting_date,completed_date,school_urn,pp_requested,sen_needs,qa_sections,qa_scheme,qa_rating\n\
                330,1029384,2025/26,autumn,complete,2025-11-12,2025-11-20,999999,650.00,SEMH;SLCN,voice=green,rag,green\n";
    let item = r#"{"child":{"identifiers":[{"system":"urn:homeward:id:la-child:330","value":"1029384"}]},"academicYear":"2025/26",
        "term":"autumn","status":"complete","meetingDate":"2025-11-12","completedDate":"2025-11-20","setting":{"urn":"999999"},
        "pupilPremium":{"requestedPence":65000},"sen":{"needs":[{"rank":1,"type":"SEMH"},{"rank":2,"type":"SLCN"}]},
        "quality":{"scheme":"rag","rating":"green","sections":[{"name":"voice","rating":"green"}]}}"#;
    let (csv, json) = (reads(&PEP_CSV, plan), reads(&PEP_JSON, &plans(item)));
    assert!(csv.statements() == json.statements() && !csv.statements().is_empty());
    let marks = "upn,school_urn,date,session,code\nJ330999925001,999999,2026-01-12,AM,/\n";
    let item = r#"{"child":{"identifiers":[{"system":"urn:homeward:id:upn","value":"J330999925001"}]},
        "schools":[{"urn":"999999","marks":[{"date":"2026-01-12","session":"AM","code":"/"}]}]}"#;
    let (csv, json) = (reads(&ATTENDANCE_CSV, marks), reads(&ATTENDANCE_JSON, &attendance(item)));
    assert!(csv.statements() == json.statements() && !csv.statements().is_empty());
}

#[test]
fn a_document_says_what_it_is_or_is_bare() {
    for (from, to, told) in [
        ("homeward/pep", "homeward/attendance", vec!["epep/json-format"]),
        ("\"format\": \"homeward/pep\",", "", vec!["epep/json-format"]),
        ("\"version\": \"1\"", "\"version\": \"1.4\"", vec![]),
        ("\"version\": \"1\"", "\"version\": \"2\"", vec!["epep/json-version"]),
        ("\"version\": \"1\"", "\"version\": 1", vec![]),
        ("\"version\": \"1\",", "", vec!["epep/json-version"]),
        ("\"version\": \"1\"", "\"version\": \"1\", \"extra\": {\"a\": 1}", vec!["epep/unknown-member"]),
    ] {
        let read = reads(&PEP_JSON, &plans(PLAN).replace(from, to));
        assert_eq!(read.codes(), told, "{to}");
        assert_eq!(read.children.len(), usize::from(!told.iter().any(|code| code.starts_with("epep/json"))), "{to}");
    }
    let two = PLAN.replace("1029384", "1029385").replace("J330999925001", "W330999924017");
    let whole = reads(&PEP_JSON, &plans(&format!("{PLAN},{two}"))).statements();
    assert_eq!(reads(&PEP_JSON, &format!("[{PLAN},{two}]")).statements(), whole);
    assert_eq!(
        reads(&PEP_JSON, &format!("{}\n{}\n", PLAN.replace('\n', " "), two.replace('\n', " "))).statements(),
        whole
    );
    assert_eq!(reads(&PEP_JSON, PLAN).statements(), whole[..1]);
}

#[test]
fn items_of_one_child_are_one_subject_and_nobody_s_are_told() {
    let spring = PLAN
        .replace("PEP-88121", "PEP-2")
        .replace("autumn", "spring")
        .replace("2025-11-12", "2026-01-10")
        .replace("2025-11-20", "2026-01-11");
    let nobody = r#"{"child": {"surname": "A"}, "status": "planned", "academicYear": "2025/26", "term": "autumn"}"#;
    let read = reads(
        &PEP_JSON,
        &plans(&format!("{PLAN},{nobody},{spring}")).replace("\"asAt\": \"2025-12-01\"", "\"asAt\": \"2026-02-01\""),
    );
    assert_eq!(read.children.len(), 1);
    let plans = types(&read)[0].iter().filter(|name| **name == "EducationPlan").count();
    assert_eq!(plans, 2);
    assert!(read.places().contains(&"epep/no-subject peps[1]".to_owned()), "{:?}", read.places());
}

#[test]
fn what_is_wrong_is_told_at_its_path_and_costs_itself() {
    for (from, to, told) in [
        ("\"2025-11-12\"", "\"12 November\"", "table/cell peps[0].meetingDate"),
        ("\"status\": \"complete\"", "\"status\": \"Overdue\"", "epep/derived-status peps[0].status"),
        ("\"ppCostPence\": 5", "\"ppCostPence\": -5", "epep/money-negative peps[0].targets[1].ppCostPence"),
        ("\"ppCostPence\": 5", "\"ppCostPence\": 5.5", "table/cell peps[0].targets[1].ppCostPence"),
        ("\"completedDate\": \"2025-11-20\",", "", "epep/pep-complete-undated peps[0].completedDate"),
        ("J330999925001", "A330999925001", "epep/upn-check-letter peps[0].child[0].identifiers[1]"),
        ("urn:homeward:id:la-child:330", "urn:other", "epep/identifier-system peps[0].child[0].identifiers[0]"),
        ("\"setting\": {", "\"setting\": \"here\", \"x\": {", "json/shape peps[0].setting"),
        ("\"sex\": \"F\"", "\"sex\": \"F\", \"nhs\": 1", "epep/unknown-member peps.child.*[7]"),
        ("\"term\": \"autumn\"", "\"term\": \"autumn\", \"term\": \"spring\"", "json/duplicate-member peps[0]"),
        ("\"scheme\": \"rag\"", "\"scheme\": \"stars\"", "epep/qa-unknown peps[0].quality.scheme"),
    ] {
        assert!(PLAN.contains(from), "{from}");
        let read = reads(&PEP_JSON, &plans(&PLAN.replacen(from, to, 1)));
        assert!(read.places().contains(&told.to_owned()), "{to}: {:?}", read.places());
        assert!(types(&read)[0].contains(&"EducationPlan"), "{to}");
    }
    for (from, to, told) in [
        ("\"code\": \"M\"", "\"code\": \"Q9\"", "epep/code-unknown children[0].schools[0].marks[1].code"),
        (
            "\"code\": \"M\"",
            "\"code\": \"M\", \"comment\": \"dentist\"",
            "epep/free-text-not-carried children[0].schools[0].marks[1].comment",
        ),
        ("\"code\": \"M\"", "\"code\": \"/\"", "epep/present-slash children[0].schools[0].marks[1].code"),
        (
            "\"possible\": 140",
            "\"possible\": 141",
            "epep/summary-does-not-add-up children[0].schools[0].summaries[0].possible",
        ),
        ("\"minutesLate\": 12", "\"minutesLate\": 241", "table/cell children[0].schools[0].marks[2].minutesLate"),
    ] {
        let read = reads(&ATTENDANCE_JSON, &attendance(&CHILD.replacen(from, to, 1)));
        assert!(read.places().contains(&told.to_owned()), "{to}: {:?}", read.places());
    }
}

#[test]
fn results_and_words_of_a_child_without_a_plan_are_carried() {
    let item = r#"{"child":{"identifiers":[{"system":"urn:homeward:id:la-child:330","value":"1"}]},
        "attainment":[{"assessedOn":"2025-11-05","stage":"KS2","subject":"MAT","basis":"test","result":"5"}]}"#;
    let read = reads(&PEP_JSON, &plans(item));
    assert_eq!((types(&read), read.codes()), (vec![vec!["Attainment"]], vec![]));
    let (text, told) = written(&PEP_JSON, &read.children, &options());
    assert_eq!((reads(&PEP_JSON, &text).statements(), told), (read.statements(), vec![]));
}

#[test]
fn flat_lists_of_others_are_read_through_a_dialect() {
    let toml = "format = \"attendance-json\"\ntable = \"attendance_mark\"\n[headers]\n\"student_id\" = \"la_child_id\"\n\
                \"attendance_code_id\" = \"code\"\n[codes.attendance]\n\"12847\" = \"M\"\n[constants]\nschool_urn = \"999999\"\n";
    let (dialect, faults) = Dialect::read(toml, ATTENDANCE_JSON.tables);
    assert_eq!(faults, []);
    let options = Options { dialect, ..options() };
    let row = |student: &str, session: &str| {
        format!(
            "{{\"student_id\":\"{student}\",\"date\":\"2026-01-12\",\"session\":\"{session}\",\"attendance_code_id\":12847,\"comment\":\"x\",\"minutes_late\":null}}"
        )
    };
    let rows = [row("A1", "AM"), row("A2", "AM"), row("A1", "PM")].join(",");
    for document in [
        format!("{{\"attendance\":[{rows}]}}"),
        format!("[{rows}]"),
        format!("{{\"meta\":{{\"page\":1}},\"attendance\":[{rows}]}}"),
    ] {
        let read = read(&ATTENDANCE_JSON, document.as_bytes(), &options);
        assert_eq!(
            types(&read),
            [vec!["Enrolment", "AttendanceMark", "AttendanceMark"], vec!["Enrolment", "AttendanceMark"]]
        );
        assert!(read.codes().iter().all(|code| *code == "epep/free-text-not-carried"), "{:?}", read.places());
    }
    let toml = "format = \"attendance-json\"\ntable = \"attendance_summary\"\n[headers]\n\"student.id\" = \"la_child_id\"\n\
                \"educationalInstitution.name\" = \"school_name\"\n\"attendanceStartDate\" = \"marks_from\"\n";
    let (dialect, faults) = Dialect::read(toml, ATTENDANCE_JSON.tables);
    assert_eq!(faults, []);
    let prior = r#"[{"student":{"id":"A1","href":"/x"},"educationalInstitution":{"name":"Invented Primary School"},"academicYear":"2025/26",
        "sessionsPossible":140,"sessionsAttended":130,"sessionsAuthorizedAbsence":6,"sessionsUnauthorizedAbsence":4,
        "attendanceStartDate":"2025-09-01","attendanceMarks":"/\\"}]"#;
    let read = read(&ATTENDANCE_JSON, prior.as_bytes(), &Options { dialect, ..options });
    assert_eq!(types(&read), [["Enrolment", "AttendanceSummary"]]);
    assert_eq!(read.places(), ["epep/unknown-member *[1]"]);
    let Statement::AttendanceSummary(sums) = &read.children[0][1].statement else { panic!("sums") };
    let numbers =
        [sums.possible, sums.attended, sums.authorised, sums.unauthorised].map(|number| number.is().unwrap().get());
    assert_eq!(numbers, [140, 130, 6, 4]);
    assert!(sums.more.as_ref().unwrap().marks_text.has_value());
}

#[test]
fn a_document_cut_anywhere_keeps_the_items_before() {
    let two = CHILD.replace("J330999925001", "W330999924017");
    let document = attendance(&format!("{CHILD},{two}"));
    let whole = reads(&ATTENDANCE_JSON, &document).statements();
    let first_ends = document.find(&two).unwrap() - 1;
    for bytes in 0..document.len() {
        let read = read(&ATTENDANCE_JSON, &document.as_bytes()[..bytes], &options());
        let said: Vec<_> = read.statements().into_iter().filter(|said| !said.is_empty()).collect();
        assert!(whole.starts_with(&said), "cut at {bytes}");
        assert!(bytes < first_ends || !said.is_empty(), "cut at {bytes}: the first is lost");
        assert!(!read.told.is_empty(), "cut at {bytes}: not told");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_document_is_read_twice_alike_and_told_inside(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
        of_plans in any::<bool>(),
    ) {
        let (format, text) = if of_plans { (&PEP_JSON, plans(PLAN)) } else { (&ATTENDANCE_JSON, attendance(CHILD)) };
        let mut bytes = text.into_bytes();
        for (at, byte, deed) in changes {
            let at = at.index(bytes.len());
            match deed {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let (first, again) = (read(format, &bytes, &options()), read(format, &bytes, &options()));
        prop_assert!(first.statements() == again.statements());
        prop_assert_eq!(&first.told, &again.told);
        for told in &first.told {
            prop_assert!(told.place.order().1 <= bytes.len() as u64 + 1);
        }
    }
}
