//! What a virtual school sends of plans and attendance comes to the authority's case system as files that an import takes
//! as they are: one table a file, its own children alone, what was corrected again and nothing twice.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use super::{House, SCOPES, cast, partner, wait_until};
use crate::{
    output::zipped,
    program::{Scratch, names},
    recipient::Recipient,
};

/// The folder of each table, by the option that asks for it.
const FOLDERS: [&str; 4] = ["pep", "pep_target", "attendance_mark", "attendance_summary"];

fn routes(port: u16) -> String {
    let folder = |format: &str, table: &str| {
        format!(
            "{{ partner = \"lcs\", format = \"{format}\", options = {{ table = \"{table}\" }}, \
             transport = \"directory\", path = \"{table}\", name = \"{table}_{{delivery}}.csv\" }}"
        )
    };
    let posted = format!(
        "{{ partner = \"lcs\", format = \"attendance-csv\", options = {{ table = \"suspension\" }}, \
         url = \"http://127.0.0.1:{port}/in\", private_network = true }}"
    );
    let route = |name: &str, format: &str, to: &[String]| {
        format!(
            "[[route]]\nname = \"{name}\"\nfrom = {{ partner = \"virtual-school\", format = \"{format}\" }}\n\
             to = [{}]\n",
            to.join(", ")
        )
    };
    let plans = [folder("pep-csv", "pep"), folder("pep-csv", "pep_target")];
    let attendance =
        [folder("attendance-csv", "attendance_mark"), folder("attendance-csv", "attendance_summary"), posted];
    format!("{}{}", route("plans", "pep-csv", &plans), route("attendance", "attendance-csv", &attendance))
}

fn house(recipient: &Recipient) -> House {
    let school =
        partner("virtual-school", &format!("view = \"virtual-school\"\nauthority = \"330\"\nscopes = {SCOPES}"));
    let routes = routes(recipient.port);
    let house = House::beside(&format!("{}\n{school}", cast()), &routes, "info", &FOLDERS.map(|name| (name, "")));
    house.approve_all(&routes);
    house
}

/// The rows of a table as an import reads them: cells that are not empty, by heading.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let heading = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), heading.len(), "{text}");
            heading.iter().copied().zip(cells).filter(|(_, cell)| !cell.is_empty()).collect()
        })
        .collect()
}

fn heading(text: &str) -> &str {
    text.lines().next().unwrap()
}

impl House {
    /// Sends what a school's system says, and waits until what follows has been delivered.
    fn school_sends(&self, route: &str, media_type: &str, body: &[u8]) -> Value {
        let headers = [("Content-Type", media_type), ("Prefer", "wait=20")];
        let target = format!("/v1/routes/{route}/messages");
        let sent = self.by("virtual-school").send("POST", &target, &headers, body).with_status(202).json();
        let message = self.until_read_of("virtual-school", sent["id"].as_str().unwrap());
        wait_until("what a school told settles", || {
            let all = self.by("virtual-school").get("/v1/deliveries?limit=200").with_status(200).json();
            let mut states = all["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap());
            states.all(|state| state == "delivered").then_some(())
        });
        message
    }

    /// The files of a table that have come since, by the order of their names; what was seen before is gone on with.
    fn arrived(&self, table: &str, seen: &mut Vec<String>) -> Vec<String> {
        let folder = self.path(table);
        let new: Vec<String> = names(&folder).into_iter().filter(|name| !seen.contains(name)).collect();
        seen.extend(new.iter().cloned());
        new.into_iter().map(|name| fs::read_to_string(folder.join(name)).unwrap()).collect()
    }
}

const PEP: &str = "la_code,la_child_id,upn,surname,forename,date_of_birth,pep_ref,academic_year,term,pep_type,nc_year,\
                   school_urn,school_name,setting_type,status,meeting_date,completed_date,due_date,qa_scheme,qa_rating,\
                   pp_requested,sen_provision,sen_needs\n";
const FIRST_PLAN: &str = "330,101,J330999925001,Ashdown,Ada,2016-11-20,PEP-1,2025/26,autumn,review,Year 4,999999,\
                          Invented Primary School,school,Draft,12/11/2025,,19/12/2025,,,\u{a3}650.00,SEN Support,SEMH;SLCN\n";
const OTHERS: &str = "330,102,,Brook,Ben,2014-02-01,PEP-2,2025/26,autumn,review,6,999999,Invented Primary School,school,\
                      planned,,,19/12/2025,,,,,\n\
                      331,201,W330999924017,Crane,Cleo,2014-03-01,PEP-3,2025/26,autumn,review,6,999998,Another School,\
                      school,planned,,,19/12/2025,,,,,\n";
const TARGETS: &str = "la_code,la_child_id,pep_ref,target_no,area,target,owner_role,due_date,outcome,pp_cost\n\
                       330,101,PEP-1,1,reading,Read aloud three times a week,designated-teacher,2026-02-12,not-reviewed,320\n";

#[test]
fn plans_come_to_the_case_system_as_a_file_a_table_and_a_correction_replaces_them() {
    let recipient = Recipient::answering(200);
    let (house, mut seen) = (house(&recipient), BTreeMap::<&str, Vec<String>>::new());
    let mut arrived = |table: &'static str| house.arrived(table, seen.entry(table).or_default());
    let folder = Scratch::new();
    folder.write("pep.csv", format!("{PEP}{FIRST_PLAN}{OTHERS}"));
    folder.write("pep_target.csv", TARGETS);
    let message = house.school_sends("plans", "application/zip", &zipped(folder.path()));
    assert_eq!((&message["counts"]["errors"], &message["counts"]["children"]), (&json!(0), &json!(3)), "{message}");

    let files = arrived("pep");
    assert_eq!(files.len(), 1, "one file of everybody: {files:?}");
    let described = crate::program::run(["template", "pep-csv", "--part", "pep"]).ended(0).text();
    assert_eq!(heading(&files[0]), described.trim_end(), "the headings of the table, all of them");
    let told = rows(&files[0]);
    assert_eq!(told.len(), 2, "its own children alone: {}", files[0]);
    let first: BTreeMap<&str, &str> = [
        ("la_code", "330"),
        ("la_child_id", "101"),
        ("upn", "J330999925001"),
        ("surname", "Ashdown"),
        ("forename", "Ada"),
        ("date_of_birth", "2016-11-20"),
        ("pep_ref", "PEP-1"),
        ("academic_year", "2025/26"),
        ("term", "autumn"),
        ("pep_type", "review"),
        ("nc_year", "4"),
        ("school_urn", "999999"),
        ("school_name", "Invented Primary School"),
        ("setting_type", "school"),
        ("status", "in-progress"),
        ("meeting_date", "2025-11-12"),
        ("due_date", "2025-12-19"),
        ("pp_requested", "650.00"),
        ("sen_provision", "K"),
        ("sen_needs", "SEMH;SLCN"),
    ]
    .into();
    assert_eq!(told[0], first, "as the format spells it, whoever wrote it");
    assert_eq!((told[1]["la_child_id"], told[1]["status"]), ("102", "planned"));
    let targets = arrived("pep_target");
    assert_eq!(targets.len(), 1, "{targets:?}");
    let told = rows(&targets[0]);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0]["pep_ref"], told[0]["target_no"], told[0]["pp_cost"]), ("PEP-1", "1", "320.00"));

    // Corrected: the plan is told again whole under its reference, and nobody else's.
    let done =
        FIRST_PLAN.replace("Draft,12/11/2025,,19/12/2025,,,", "complete,12/11/2025,20/11/2025,19/12/2025,rag,green,");
    let corrected = format!("{PEP}{done}{OTHERS}");
    let message = house.school_sends("plans", "text/csv", corrected.as_bytes());
    assert_eq!(message["counts"]["childrenChanged"], 1, "{message}");
    let files = arrived("pep");
    assert_eq!(files.len(), 1, "{files:?}");
    let mut expected = first;
    expected.extend([
        ("status", "complete"),
        ("completed_date", "2025-11-20"),
        ("qa_scheme", "rag"),
        ("qa_rating", "green"),
    ]);
    assert_eq!(rows(&files[0]), [expected]);

    // Said again, nothing leaves.
    let again = format!("{corrected}\n");
    assert_eq!(house.school_sends("plans", "text/csv", again.as_bytes())["counts"]["childrenChanged"], 0);
    assert!(arrived("pep").is_empty() && recipient.requests().is_empty());
}

const MARKS: &str =
    "la_code,la_child_id,upn,school_urn,date,session,code,minutes_late,action,recorded_at,recorded_by\n";
const SUMS: &str = "la_code,la_child_id,school_urn,academic_year,period_start,period_end,possible,attended,authorised,\
                    unauthorised\n";
const SUSPENSIONS: &str = "la_code,la_child_id,school_urn,start_date,end_date,sessions,category,reasons,withdrawn,\
                           suspension_ref\n";

#[test]
fn attendance_comes_table_by_table_and_each_mark_as_it_was_recorded_last() {
    let recipient = Recipient::answering(200);
    let (house, mut seen) = (house(&recipient), BTreeMap::<&str, Vec<String>>::new());
    let mut arrived = |table: &'static str| house.arrived(table, seen.entry(table).or_default());
    let mark = |id: &str, session: &str, code: &str, action: &str, at: &str| {
        format!("{id},,999999,2026-01-12,{session},{code},,{action},2026-01-12T{at}:00+00:00,collector\n")
    };
    let first = [
        mark("330,101", "AM", "N", "", "09:30"),
        mark("330,101", "PM", "\\", "", "13:30"),
        mark("330,102", "AM", "/", "", "09:30"),
        mark("331,201", "AM", "/", "", "09:30"),
    ];
    let message = house.school_sends("attendance", "text/csv", format!("{MARKS}{}", first.concat()).as_bytes());
    assert_eq!((&message["counts"]["errors"], &message["counts"]["children"]), (&json!(0), &json!(3)), "{message}");
    let files = arrived("attendance_mark");
    assert_eq!(files.len(), 1, "{files:?}");
    let described = crate::program::run(["template", "attendance-csv", "--part", "attendance_mark"]).ended(0).text();
    assert_eq!(heading(&files[0]), described.trim_end());
    let key = |text: &str| -> Vec<[String; 4]> {
        let told = rows(text).into_iter();
        let cell = |row: &BTreeMap<&str, &str>, heading: &str| row.get(heading).unwrap_or(&"").to_string();
        told.map(|row| ["la_child_id", "session", "code", "action"].map(|heading| cell(&row, heading))).collect()
    };
    let expect = |cells: &[[&str; 4]]| -> Vec<[String; 4]> { cells.iter().map(|row| row.map(str::to_owned)).collect() };
    assert_eq!(key(&files[0]), expect(&[["101", "AM", "N", ""], ["101", "PM", "\\", ""], ["102", "AM", "/", ""]]));
    assert_eq!(rows(&files[0])[0]["recorded_at"], "2026-01-12T09:30:00+00:00");
    // A table of which nothing was said is no file.
    assert!(arrived("attendance_summary").is_empty() && recipient.requests().is_empty());

    // The school explains an absence and takes back a mark that was not its own: those two come, and no other.
    let corrected = [mark("330,101", "AM", "I", "", "11:00"), mark("330,102", "AM", "", "D", "11:05")];
    house.school_sends("attendance", "text/csv", format!("{MARKS}{}", corrected.concat()).as_bytes());
    let files = arrived("attendance_mark");
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(key(&files[0])[0], ["101", "AM", "I", ""].map(str::to_owned));
    assert_eq!(key(&files[0]).len(), 2, "{}", files[0]);
    assert_eq!(rows(&files[0])[1]["action"], "D");
    // Of two words on one mark the one that was recorded later stands, whichever comes last.
    let late = format!("{MARKS}{}", mark("330,101", "AM", "O", "", "10:00"));
    let message = house.school_sends("attendance", "text/csv", late.as_bytes());
    assert_eq!(message["counts"]["childrenChanged"], 0, "{message}");
    assert!(arrived("attendance_mark").is_empty());

    // Sums and suspensions, each where it belongs; the later word on the same period replaces the earlier.
    let sum = |attended: u32| format!("{SUMS}330,101,999999,2025/26,2025-09-01,2026-01-30,140,{attended},6,4\n");
    house.school_sends("attendance", "text/csv", sum(130).as_bytes());
    house.school_sends("attendance", "text/csv", sum(129).replace(",6,4", ",7,4").as_bytes());
    let files = arrived("attendance_summary");
    let told: Vec<_> = files.iter().map(|file| rows(file)).collect();
    assert!(told.iter().all(|rows| rows.len() == 1), "{files:?}");
    let sums: Vec<_> =
        told.iter().map(|rows| (rows[0]["period_end"], rows[0]["possible"], rows[0]["attended"])).collect();
    assert_eq!(sums, [("2026-01-30", "140", "130"), ("2026-01-30", "140", "129")]);
    assert!(arrived("attendance_mark").is_empty());

    let suspension = |withdrawn: &str| {
        format!(
            "{SUSPENSIONS}330,101,999999,2026-01-20,,,PERM,PP;DB,{withdrawn},EX-1\n331,201,999998,2026-01-20,,,PERM,DB,,EX-2\n"
        )
    };
    house.school_sends("attendance", "text/csv", suspension("N").as_bytes());
    house.school_sends("attendance", "text/csv", suspension("Y").as_bytes());
    let posted: Vec<String> =
        recipient.requests().iter().map(|request| String::from_utf8(request.body.clone()).unwrap()).collect();
    assert_eq!(posted.len(), 2, "{posted:?}");
    for (text, withdrawn) in posted.iter().zip(["N", "Y"]) {
        let told = rows(text);
        assert_eq!(told.len(), 1, "its own children alone: {text}");
        let cells =
            ["la_child_id", "category", "reasons", "withdrawn", "suspension_ref"].map(|heading| told[0][heading]);
        assert_eq!(cells, ["101", "PERM", "PP;DB", withdrawn, "EX-1"]);
    }
    assert!(arrived("attendance_mark").is_empty() && arrived("attendance_summary").is_empty());
}
