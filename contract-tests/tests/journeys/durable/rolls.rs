//! A roll every morning, from an authority's return and what its schools say: all of it to the authority's own virtual
//! school, once two people have said so, and to whoever collects attendance what it needs to call, of nobody who must not
//! be found.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, thread,
    time::Duration,
};

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{House, Return, SCOPES, cast, partner, wait_until};
use crate::program::{Scratch, names};

const SEND: &str = "/v1/routes/roll/messages";

/// The targets of the roll, as the store names them, and the folder of each.
const TARGETS: [&str; 3] = ["roll/virtual-school/0", "roll/collector/1", "roll/second/2"];
const FOLDERS: [&str; 3] = ["school", "out", "second"];

/// What schools send comes on a route of its own, which nobody approves here.
const PLANS: &str = "[[route]]\nname = \"plans\"\nfrom = { partner = \"virtual-school\", format = \"pep-csv\" }\n\
    to = [{ partner = \"lcs\", format = \"pep-csv\", transport = \"directory\", path = \"case\", name = \"{delivery}.csv\" }]\n";

/// The columns marked for whoever collects attendance (ePEP formats, section 3).
const COLLECTORS: [&str; 28] = [
    "as_at",
    "la_code",
    "la_child_id",
    "upn",
    "surname",
    "forename",
    "known_as",
    "date_of_birth",
    "nc_year",
    "nc_year_basis",
    "school_urn",
    "school_laestab",
    "school_name",
    "setting_type",
    "enrol_status",
    "enrol_start",
    "enrol_end",
    "school_phone",
    "designated_teacher_email",
    "collect_attendance",
    "call_mode",
    "end_date",
    "carer_name",
    "carer_phone",
    "social_worker_name",
    "social_worker_phone",
    "social_worker_email",
    "alert_to",
];

fn routes() -> String {
    let target = |partner: &str, folder: &str, more: &str| {
        format!(
            "{{ partner = \"{partner}\", format = \"roll-csv\", batch = \"schedule\", transport = \"directory\", \
             path = \"{folder}\", name = \"{{delivery}}.csv\"{more} }}"
        )
    };
    let to = [
        target("virtual-school", "school", ", roll = \"full\""),
        target("collector", "out", ", options = { left_care_rows_days = \"29\" }"),
        target("second", "second", ", options = { left_care_rows_days = \"28\" }"),
    ];
    format!(
        "[[route]]\nname = \"roll\"\nschedule = {{ every = \"day\", at = \"00:00\" }}\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"current\" }}\nto = [{}]\n",
        to.join(", ")
    )
}

/// The cast, the authority's virtual school, and two who collect attendance.
fn partners() -> String {
    let of = |name: &str, view: &str, more: &str| partner(name, &format!("view = \"{view}\"\n{more}scopes = {SCOPES}"));
    [
        cast(),
        of("virtual-school", "virtual-school", "authority = \"330\"\n"),
        of("collector", "attendance-collector", ""),
        of("second", "attendance-collector", ""),
    ]
    .join("\n")
}

fn house() -> House {
    let folders = ["school", "second", "case"].map(|name| (name, ""));
    House::beside(&partners(), &format!("{}{PLANS}", routes()), "info", &folders)
}

fn today() -> Date {
    jiff::Timestamp::now().in_tz("Europe/London").unwrap().date()
}

/// The day so many days ago.
fn days_ago(days: i32) -> Date {
    today().checked_sub(days.days()).unwrap()
}

/// A text in which `{7}` is the day a week ago as software writes it, and `{7/}` as a return does.
fn dated(text: &str) -> String {
    let mut pieces = text.split('{');
    let mut whole = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (days, rest) = piece.split_once('}').unwrap();
        let day = days_ago(days.trim_end_matches('/').parse().unwrap());
        let spelt = if days.ends_with('/') { day.strftime("%d/%m/%Y").to_string() } else { day.to_string() };
        whole.push_str(&spelt);
        whole.push_str(rest);
    }
    whole
}

/// Who stands in the return, each for one reason to be told or not to be told.
fn document() -> Return {
    let document = Return(Scratch::new());
    let write = |name: &str, text: &str| fs::write(document.0.path().join(name), dated(text)).unwrap();
    write(
        "header.csv",
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n\
         101,F,{3800/},WBRI,J330999925001,0,\n\
         102,M,{3700/},WBRI,W330999924017,,\n\
         103,M,{3700/},WBRI,UN1,,\n\
         104,F,{1900/},WBRI,UN1,0,\n\
         105,M,{3800/},WBRI,UN1,,\n\
         106,M,{1300/},WBRI,UN1,,\n\
         107,F,{6800/},WBRI,UN1,0,\n\
         108,F,{1900/},WBRI,UN1,0,\n\
         109,F,{3700/},WBRI,UN1,0,\n\
         110,M,{3700/},WBRI,UN1,,\n\
         111,F,{3700/},WBRI,UN1,0,\n\
         112,F,{3700/},WBRI,UN1,0,\n\
         113,M,{3700/},WBRI,UN1,,\n\
         114,M,{3700/},WBRI,UN1,,\n\
         115,F,{5600/},WBRI,UN1,0,\n",
    );
    write(
        "episodes.csv",
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n\
         101,{400/},S,C1,N1,U6,PR1,{200/},X1,,B99 1AA,B99 1AB,SC123401\n\
         101,{200/},L,C2,N1,U6,PR1,,,,B99 1AA,B99 1AB,SC123401\n\
         102,{300/},S,C2,N1,U6,PR1,,,,B99 2AA,B99 2AB,SC123402\n\
         103,{310/},S,C2,N1,U6,PR1,,,,B99 3AA,B99 3AB,SC123403\n\
         104,{320/},S,E1,N1,A5,PR1,,,,B99 4AA,B99 4AB,SC123404\n\
         105,{330/},S,C2,N1,U6,PR1,,,,B99 5AA,B99 5AB,SC123405\n\
         106,{340/},S,C2,N1,U6,PR1,,,,B99 6AA,B99 6AB,SC123406\n\
         107,{350/},S,C2,N1,U6,PR1,,,,B99 7AA,B99 7AB,SC123407\n\
         108,{360/},S,E1,N1,A5,PR1,{60/},E11,,B99 8AA,B99 8AB,SC123408\n\
         109,{370/},S,V3,N1,U6,PR1,,,,B99 9AA,B99 9AB,SC123409\n\
         110,{300/},S,C2,N1,U6,PR1,,,,B99 2BA,B99 2AB,SC123402\n\
         111,{380/},S,C2,N1,U6,PR1,,,,B98 1AA,B98 1AB,SC123411\n\
         112,{390/},S,C2,N1,U6,PR1,,,,B98 2AA,B98 2AB,SC123412\n\
         113,{395/},S,C2,N1,U6,PR1,,,,B98 3AA,B98 3AB,SC123413\n\
         114,{396/},S,C2,N1,ZZ,PR1,,,,B98 4AA,B98 4AB,SC123414\n\
         115,{397/},S,C2,N1,U6,PR1,,,,B98 5AA,B98 5AB,SC123415\n",
    );
    let link = |n: u32| {
        let (upn, uln) = match n {
            101 => ("J330999925001", "1000000043"),
            115 => ("", "1234567899"),
            _ => ("", ""),
        };
        format!("330,{n},,{upn},{uln},Surname{n},Forename{n},,authority-record,\n")
    };
    let links: String = (101..=115).map(link).collect();
    write(
        "links.csv",
        &format!("la_code,la_child_id,nhs_number,upn,uln,surname,forename,date_of_birth,source,verified_on\n{links}"),
    );
    write(
        "restriction.csv",
        "la_code,la_child_id,kind,since,until,review_on,set_by_role,recipients\n\
         330,102,location,{100},,,service manager,\n",
    );
    write(
        "consent.csv",
        "la_code,la_child_id,scope,decision,given_by,recipients,start_date,end_date\n\
         330,103,INFORMATION_SHARING,DENY,PARENT,,{50},\n",
    );
    document
}

/// What the virtual school says: a plan that is complete and one to come of the first child, and where each learns.
fn plans() -> String {
    let heading = "la_code,la_child_id,surname,forename,pep_ref,nc_year,school_urn,school_laestab,school_name,\
                   setting_type,enrol_status,enrol_start,designated_teacher_email,status,meeting_date,completed_date,\
                   due_date,sen_provision,sen_needs\n";
    let school = "999999,3309999,Invented Primary School,school,C,2024-09-02,dt@school.example";
    let at_school = |n: u32| format!("330,{n},,,P{n},4,{school},planned,,,{{-30}},,\n");
    let at_home = "330,115,,,P115,10,,,,home-educated,,,,planned,,,{-30},,\n";
    let first = format!(
        "330,101,OtherSurname,OtherForename,P101,4,{school},complete,{{80}},{{70}},{{75}},K,SEMH;SLCN\n\
         330,101,OtherSurname,OtherForename,P101-2,4,{school},planned,,,{{-40}},K,SEMH;SLCN\n"
    );
    let others: String = [102, 103, 104, 106, 107, 108, 109, 110, 111, 112, 113, 114].map(at_school).concat();
    dated(&format!("{heading}{first}{others}{at_home}"))
}

/// A row of a roll: the cells that are not empty, by their heading.
type Row = BTreeMap<String, String>;

/// A roll as it was delivered.
struct Roll {
    rows: Vec<Row>,
}

impl Roll {
    fn read(text: &str) -> Self {
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let heading = lines.next().unwrap();
        assert_eq!(heading.len(), 41, "all columns are always there");
        let row = |cells: Vec<String>| -> Row {
            assert_eq!(cells.len(), heading.len());
            heading.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty()).collect()
        };
        Self { rows: lines.map(row).collect() }
    }

    fn children(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row["la_child_id"].as_str()).collect()
    }

    fn of(&self, child: &str) -> &Row {
        let mut own = self.rows.iter().filter(|row| row["la_child_id"] == child);
        let row = own.next().unwrap_or_else(|| panic!("{child} has a row"));
        assert!(own.next().is_none(), "{child} has one row");
        row
    }

    /// The headings under which anything stands.
    fn told(&self) -> BTreeSet<&str> {
        self.rows.iter().flat_map(Row::keys).map(String::as_str).collect()
    }
}

fn row(cells: &[(&str, &str)]) -> Row {
    cells.iter().map(|(heading, cell)| ((*heading).to_owned(), dated(cell))).collect()
}

impl House {
    fn rolls(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder)).into_iter().filter(|name| !name.starts_with('.')).collect()
    }

    /// The roll in a folder that was not among these, once it is there.
    fn new_roll(&self, folder: &str, before: &[String]) -> Roll {
        let new = wait_until("a roll", || {
            let mut new: Vec<String> = self.rolls(folder).into_iter().filter(|name| !before.contains(name)).collect();
            assert!(new.len() <= 1, "one more in {folder}: {new:?}");
            new.pop()
        });
        Roll::read(&fs::read_to_string(self.path(folder).join(new)).unwrap())
    }

    fn send_plans(&self) {
        let headers = [("Content-Type", "text/csv"), ("Prefer", "wait=20")];
        let school = self.by("virtual-school");
        let sent = school.send("POST", "/v1/routes/plans/messages", &headers, plans().as_bytes()).with_status(202);
        let message = self.until_read_of("virtual-school", sent.json()["id"].as_str().unwrap());
        assert_eq!(message["counts"]["errors"], 0, "{message}");
        assert_eq!((&message["counts"]["childrenNew"], &message["counts"]["proposals"]), (&json!(0), &json!(0)));
    }

    /// The rolls that there are, folder by folder.
    fn all_rolls(&self) -> [Vec<String>; 3] {
        FOLDERS.map(|folder| self.rolls(folder))
    }

    /// The first morning: everything was said, two people have approved, and one roll lies in each folder.
    fn first_morning() -> (Self, Return) {
        let (mut house, document) = (house(), document());
        house.send(SEND, &document.zip());
        house.send_plans();
        house.approve_all(&routes());
        house.comes_back_after_two_days_to(&TARGETS);
        FOLDERS.iter().for_each(|folder| drop(house.new_roll(folder, &[])));
        house.settled();
        (house, document)
    }

    fn restrict(&self, child: &str, kind: &str) -> Value {
        let body = json!({ "child": { "system": "la-child", "value": child }, "kind": kind, "since": "2026-01-01",
                           "reviewOn": "2030-01-01", "setByRole": "service manager" });
        self.by("lcs").post("/v1/identity/restrictions", &body.to_string()).with_status(201).json()
    }

    /// The targets of the route as its preview tells them.
    fn previewed(&self) -> Vec<Value> {
        let preview = self.by("a.one").get("/v1/routes/roll/preview").with_status(200).json();
        preview["targets"].as_array().unwrap().clone()
    }

    /// Nothing comes, though there is time for it.
    fn stays_quiet(&self, before: &[Vec<String>; 3]) {
        thread::sleep(Duration::from_secs(3));
        assert_eq!(&self.all_rolls(), before);
    }
}

#[test]
fn two_people_let_the_roll_go_and_each_reader_gets_whom_and_what_it_may() {
    let (mut house, document) = (house(), document());
    house.send(SEND, &document.zip());
    house.send_plans();
    house.comes_back_after_two_days_to(&TARGETS);
    let nothing = [vec![], vec![], vec![]];
    house.stays_quiet(&nothing);
    let previewed = house.previewed();
    let told: Vec<_> = previewed.iter().map(|target| (&target["roll"], &target["personsNeeded"])).collect();
    let (full, collector, two) = (json!("full"), json!("collector"), json!(2));
    assert_eq!(told, [(&full, &two), (&collector, &two), (&collector, &two)]);
    house.approve("a.one", "roll").with_status(200);
    house.stays_quiet(&nothing);
    assert!(house.deliveries().is_empty(), "one person alone lets nothing go");
    house.approve("b.two", "roll").with_status(200);

    // The authority's own virtual school.
    let school = house.new_roll("school", &[]);
    assert_eq!(school.children(), ["101", "102", "104", "105", "106", "110", "111", "112", "113", "115"]);
    let at_school = [
        ("nc_year", "4"),
        ("nc_year_basis", "told"),
        ("school_urn", "999999"),
        ("school_laestab", "3309999"),
        ("school_name", "Invented Primary School"),
        ("setting_type", "school"),
        ("enrol_status", "C"),
        ("enrol_start", "2024-09-02"),
        ("designated_teacher_email", "dt@school.example"),
    ];
    let called = [("collect_attendance", "Y"), ("call_mode", "daily"), ("alert_to", "carer-then-social-worker")];
    let named = [
        ("as_at", "{0}"),
        ("la_code", "330"),
        ("la_child_id", "101"),
        ("upn", "J330999925001"),
        ("surname", "Surname101"),
        ("forename", "Forename101"),
        ("date_of_birth", "{3800}"),
    ];
    let of_care = [
        ("sex", "F"),
        ("ethnicity", "WBRI"),
        ("care_start", "{400}"),
        ("legal_status_group", "full-order"),
        ("placement_start", "{400}"),
        ("placement_kind", "foster"),
        ("sen_provision", "K"),
        ("sen_primary_need", "SEMH"),
        ("pep_due", "{-40}"),
        ("pep_last_completed", "{70}"),
    ];
    let whole = [&named[..], &at_school, &called, &of_care].concat();
    assert_eq!(
        school.of("101"),
        &row(&whole),
        "named by the authority, and at the school that the virtual school tells"
    );
    assert_eq!(school.of("115")["uln"], "1234567899", "from the age of 14");
    let asked = |roll: &Roll, child: &str| {
        ["collect_attendance", "call_mode", "alert_to"].map(|heading| roll.of(child)[heading].clone())
    };
    for (child, why) in [("105", "no school"), ("106", "too young"), ("115", "taught at home")] {
        assert_eq!(asked(&school, child), ["N", "none", "carer-then-social-worker"], "{why}");
    }
    assert!(!school.of("105").contains_key("school_urn") && school.of("105")["nc_year_basis"] == "by-age");
    // Whoever must not be found keeps the school there, and nobody calls.
    for (child, why) in
        [("102", "restricted"), ("104", "placed for adoption"), ("110", "lives with one who is restricted")]
    {
        assert_eq!(asked(&school, child), ["N", "none", "social-worker-only"], "{why}");
        assert_eq!(school.of(child)["school_urn"], "999999", "{why}");
        assert!(!school.of(child).contains_key("placement_in_area"), "{why}");
    }

    // Whoever collects attendance: no row of anybody who must not be found, and no cell that is not marked for it.
    for folder in ["out", "second"] {
        let collector = house.new_roll(folder, &[]);
        assert_eq!(collector.children(), ["101", "105", "106", "111", "112", "113", "115"]);
        assert_eq!(collector.of("101"), &row(&[&named[..], &at_school, &called].concat()));
        let not_theirs: Vec<&str> = collector.told().into_iter().filter(|told| !COLLECTORS.contains(told)).collect();
        assert!(not_theirs.is_empty(), "{not_theirs:?}");
        for of_school in &collector.rows {
            let own = school.of(&of_school["la_child_id"]);
            assert!(of_school.iter().all(|(heading, cell)| own[heading] == *cell), "nothing but a part of the whole");
        }
    }

    // How many are left out and why stands in the chain.
    house.settled();
    let runs: Vec<Value> = house.audit().into_iter().filter(|line| line["action"] == "run").collect();
    let of = |recipient: &str| runs.iter().find(|line| line["recipient"] == recipient).unwrap()["statements"].clone();
    let shared =
        json!({ "adopted": 1, "adult-without-consent": 1, "consent": 1, "guard-unreadable": 1, "not-looked-after": 1 });
    for (recipient, carried, restricted) in [("virtual-school", 10, None), ("collector", 7, Some(3))] {
        let mut expected = shared.clone();
        expected["carried"] = json!(carried);
        if let Some(restricted) = restricted {
            expected["restricted"] = json!(restricted);
        }
        assert_eq!(of(recipient), expected, "{recipient}");
    }
}

#[test]
fn a_child_who_is_protected_later_is_out_of_the_next_roll_at_once() {
    let (house, document) = House::first_morning();
    let before = house.all_rolls();
    let set = house.restrict("112", "location");
    let holders: BTreeSet<&str> =
        set["holders"].as_array().unwrap().iter().map(|holder| holder["recipient"].as_str().unwrap()).collect();
    assert_eq!(holders, BTreeSet::from(["collector", "second", "virtual-school"]));
    let collector = house.new_roll("out", &before[1]);
    assert_eq!(collector.children(), ["101", "105", "106", "111", "113", "115"]);
    let school = house.new_roll("school", &before[0]);
    assert_eq!(school.of("112")["alert_to"], "social-worker-only");
    house.new_roll("second", &before[2]);
    house.settled();

    // Placed for adoption, as the next return tells: nobody has to say it twice.
    let before = house.all_rolls();
    document.rewrite("episodes.csv", |line| {
        let placed = "{395/},S,C2,N1,U6,PR1,{20/},X1,OTHER,B98 3AA,B98 3AB,SC123413\n\
                      113,{20/},P,C2,N1,A5,PR1,,,,B98 3AA,B98 3AC,SC123419";
        Some(if line.starts_with("113,") { format!("113,{}", dated(placed)) } else { line.to_owned() })
    });
    let message = house.send(SEND, &document.zip());
    assert_eq!(message["counts"]["childrenChanged"], 1, "{message}");
    let collector = house.new_roll("out", &before[1]);
    assert_eq!(collector.children(), ["101", "105", "106", "111", "115"]);
    assert_eq!(house.new_roll("school", &before[0]).of("113")["alert_to"], "social-worker-only");
    house.new_roll("second", &before[2]);
    house.settled();

    // Adopted: in no roll, and nothing says why.
    let before = house.all_rolls();
    house.restrict("111", "adopted");
    assert_eq!(house.new_roll("out", &before[1]).children(), ["101", "105", "106", "115"]);
    assert!(!house.new_roll("school", &before[0]).children().contains(&"111"));
    let alerts = house.by("b.two").get("/v1/alerts?state=open").with_status(200).json();
    let late = alerts["items"].as_array().unwrap().iter().filter(|alert| alert["kind"] == "late-restriction").count();
    assert_eq!(late, 3, "a person speaks to whoever has the earlier rolls: {alerts}");
}

#[test]
fn whoever_leaves_care_is_told_to_have_left_for_so_many_days_and_then_no_longer() {
    let (mut house, document) = House::first_morning();
    let before = house.all_rolls();
    // Two leave: one whom anybody may find, and one who is restricted.
    document.rewrite("episodes.csv", |line| {
        let leaves = line.starts_with("111,") || line.starts_with("102,");
        Some(if leaves { line.replace(",PR1,,,,", &dated(",PR1,{29/},E8,,")) } else { line.to_owned() })
    });
    let message = house.send(SEND, &document.zip());
    assert_eq!(message["counts"]["childrenChanged"], 2, "{message}");
    house.stays_quiet(&before);
    house.comes_back_after_two_days_to(&TARGETS);
    let left = row(&[
        ("as_at", "{0}"),
        ("la_code", "330"),
        ("la_child_id", "111"),
        ("surname", "Surname111"),
        ("forename", "Forename111"),
        ("end_date", "{29}"),
        // So that nobody calls on.
        ("collect_attendance", "N"),
        ("call_mode", "none"),
    ]);
    for (folder, before) in FOLDERS.iter().zip(&before).take(2) {
        let roll = house.new_roll(folder, before);
        assert_eq!(roll.of("111"), &left, "{folder}: ids, names and the day, on the last day that it is told");
        assert!(!roll.children().contains(&"102"), "{folder}: of one who is restricted not even that");
    }
    let gone = house.new_roll("second", &before[2]);
    assert!(!gone.children().contains(&"111"), "a day after the last");
    assert!(gone.children().contains(&"112"), "and the others are called on");
}

#[test]
fn a_change_of_the_full_roll_takes_two_people_again_and_of_a_collectors_one() {
    let (mut house, _) = House::first_morning();
    let before = house.all_rolls();
    house.stop();
    let file = house.path("homeward.toml");
    let config = fs::read_to_string(&file).unwrap();
    let config = config.replace("roll = \"full\"", "roll = \"full\", options = { left_care_rows_days = \"7\" }");
    fs::write(&file, config.replace("\"29\"", "\"9\"")).unwrap();
    house.start();
    let standing = |house: &House| -> Vec<(Value, Value)> {
        let targets = house.previewed().into_iter();
        targets.map(|target| (target["approval"].clone(), target["personsNeeded"].clone())).collect()
    };
    let told = |pairs: [(&str, u8); 3]| pairs.map(|(approval, persons)| (json!(approval), json!(persons)));
    assert_eq!(standing(&house), told([("needed", 2), ("needed", 1), ("approved", 1)]));
    house.approve("a.one", "roll").with_status(200);
    assert_eq!(standing(&house), told([("one-of-two", 2), ("approved", 1), ("approved", 1)]));
    house.comes_back_after_two_days_to(&TARGETS);
    house.new_roll("out", &before[1]);
    house.new_roll("second", &before[2]);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(house.rolls("school"), before[0], "one of two");
    house.approve("b.two", "roll").with_status(200);
    assert_eq!(house.new_roll("school", &before[0]).children().len(), 10);
}

#[test]
fn a_collectors_roll_is_what_its_view_and_that_of_its_reader_both_let_out() {
    // Readers whose own views let out more, less, and something else.
    let narrow = "[[view]]\nname = \"narrow\"\nbase = \"attendance-collector\"\n\
                  withhold = [\"Person.birth_date\", \"Enrolment.designated_teacher\"]\nbasis = \"as agreed\"\n";
    let readers = [("wide", "virtual-school"), ("narrow", "narrow"), ("nurses", "health")];
    let target = |(partner, _): &(&str, &str)| {
        format!(
            "{{ partner = \"{partner}\", format = \"roll-csv\", transport = \"directory\", path = \"{partner}\", \
             name = \"{{delivery}}.csv\" }}"
        )
    };
    let route = format!(
        "[[route]]\nname = \"roll\"\nschedule = {{ every = \"day\", at = \"00:00\" }}\n\
         from = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"current\" }}\nto = [{}]\n",
        readers.iter().map(target).collect::<Vec<_>>().join(", ")
    );
    let partners = [
        cast(),
        partner("virtual-school", &format!("view = \"virtual-school\"\nauthority = \"330\"\nscopes = {SCOPES}")),
        partner("wide", &format!("view = \"virtual-school\"\nauthority = \"330\"\nscopes = {SCOPES}")),
        partner("narrow", &format!("view = \"narrow\"\nscopes = {SCOPES}")),
    ];
    let folders = ["wide", "narrow", "nurses", "case"].map(|name| (name, ""));
    let config = format!("{narrow}{route}{PLANS}");
    let mut house = House::beside(&partners.join("\n"), &config, "info", &folders);
    house.send(SEND, &document().zip());
    house.send_plans();
    house.approve_all(&route);
    house.comes_back_after_two_days_to(&["roll/wide/0", "roll/narrow/1", "roll/nurses/2"]);
    let [wide, narrow, nurses] = ["wide", "narrow", "nurses"].map(|reader| house.new_roll(reader, &[]));
    let told = |roll: &Roll| -> BTreeSet<String> { roll.told().into_iter().map(str::to_owned).collect() };
    assert!(told(&wide).iter().all(|heading| COLLECTORS.contains(&heading.as_str())), "{:?}", told(&wide));
    assert!(told(&wide).contains("designated_teacher_email") && told(&wide).contains("date_of_birth"));
    let withheld = |roll: &Roll| -> Vec<String> { told(&wide).difference(&told(roll)).cloned().collect() };
    assert_eq!(withheld(&narrow), ["date_of_birth", "designated_teacher_email"]);
    // Health may know more of a child than a collector, and less of its school.
    let of_schools = ["designated_teacher_email", "enrol_start", "enrol_status", "upn"];
    assert_eq!(withheld(&nurses), of_schools);
    for roll in [&narrow, &nurses] {
        assert!(told(roll).is_subset(&told(&wide)), "met, never joined");
        assert_eq!(roll.children(), wide.children(), "nobody who is restricted, whoever reads");
    }
    assert_eq!(wide.children(), ["101", "105", "106", "111", "112", "113", "115"]);
}
