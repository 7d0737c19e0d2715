//! The Common Transfer File: what it says of a pupil, what it breaks, and that it comes back.

use epep::ctf::CTF_XML;
use kit::{adapter::Options, dialect::Dialect};
use schemas::{
    code::{AssessmentBasis, AttendanceCode, Gender, NameUse, SchoolSession, SenProvisionKind, Sex, UpnUnknown},
    date::{AcademicYear, Date},
    identifier::{Identifier, LaCode, Upn},
    record::{CareEpisode, Record, Statement},
    reflect::Open,
    said::Said,
};

use crate::support::{Read, read, written};

pub(crate) fn options() -> Options {
    Options { authority: LaCode::new(330), as_at: day("2026-01-12"), ..Options::plain() }
}

pub(crate) fn day(text: &str) -> Option<Date> {
    Date::parse_iso(text.as_bytes())
}

fn text(said: &Said<Box<str>>) -> &str {
    match said {
        Said::Is(text) => text,
        _ => "",
    }
}

/// A file of a school with these pupils.
pub(crate) fn file(pupils: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CTfile><Header><DocumentName>Common Transfer File</DocumentName>\
         <CTFversion>25.0</CTFversion><DateTime>2026-01-12T09:15:00</DateTime><SourceSchool><LEA>330</LEA>\
         <Estab>9999</Estab><URN>999999</URN><SchoolName>Invented Primary School</SchoolName></SourceSchool></Header>\
         <CTFpupilData>{pupils}</CTFpupilData></CTfile>"
    )
}

/// A pupil with all that the record can hold.
pub(crate) const PUPIL: &str = "<Pupil><UPN>J330999925001</UPN><UniqueLearnerNumber>1000000043</UniqueLearnerNumber>\
    <Surname>INVENTED</Surname><Forename>PERSON</Forename><DOB>2016-11-20</DOB><Sex>F</Sex>\
    <BasicDetails><FormerUPN>W33099992502A</FormerUPN><PreferredForename>Pers</PreferredForename>\
    <FormerSurname>Before</FormerSurname><MiddleNames>Made Up</MiddleNames><NCyearActual>4</NCyearActual>\
    <Ethnicity>WBRI</Ethnicity><EthnicitySource>C</EthnicitySource>\
    <Languages><Type>ENG</Type><Type>POL</Type></Languages><EnrolStatus>C</EnrolStatus></BasicDetails>\
    <LookedAfter><InCare>true</InCare><CareAuthority>331</CareAuthority></LookedAfter>\
    <SENhistory><SEN><StartDate>2022-09-05</StartDate><EndDate>2024-09-01</EndDate><SENprovision>N</SENprovision></SEN>\
    <SEN><StartDate>2024-09-02</StartDate><SENprovision>K</SENprovision></SEN>\
    <SENneeds><SENneed><SENtypeRank>1</SENtypeRank><SENtype>SEMH</SENtype></SENneed>\
    <SENneed><SENtypeRank>2</SENtypeRank><SENtype>SLCN</SENtype></SENneed></SENneeds></SENhistory>\
    <Phones><Phone><TelephoneType>M</TelephoneType><PhoneNo>07700 900123</PhoneNo></Phone></Phones>\
    <Email>pers@pupil.example</Email>\
    <Attendance><YearData><Year>2025</Year><LEA>330</LEA><Estab>9999</Estab><SchoolName>Invented Primary School</SchoolName>\
    <SessionsPossible>140</SessionsPossible><SessionsAuthorised>6</SessionsAuthorised>\
    <SessionsAttended>130</SessionsAttended><SessionsUnauthorised>4</SessionsUnauthorised>\
    <AttendSessions><AttendanceStartDate>2025-09-01</AttendanceStartDate><AttendanceMarks>/\\L\\--I#</AttendanceMarks>\
    </AttendSessions></YearData></Attendance>\
    <StageAssessments><KeyStage><StageAssessment><Locale>ENG</Locale><Year>2026</Year><Subject>MAT</Subject>\
    <Method>TT</Method><Component>MTC</Component><ResultStatus>R</ResultStatus><ResultQualifier>MT</ResultQualifier>\
    <Result>21</Result><ResultDate>2025-11-05</ResultDate></StageAssessment><Stage>KS2</Stage></KeyStage></StageAssessments>\
    <SchoolHistory><School><LEA>330</LEA><Estab>9998</Estab><SchoolName>Former Invented School</SchoolName>\
    <EntryDate>2021-09-06</EntryDate><LeavingDate>2025-07-18</LeavingDate><LeavingReason>M</LeavingReason></School>\
    <School><LEA>330</LEA><Estab>9999</Estab><EntryDate>2025-09-01</EntryDate><LastSchool>true</LastSchool></School>\
    </SchoolHistory></Pupil>";

fn reads(pupils: &str) -> Read {
    read(&CTF_XML, file(pupils).as_bytes(), &options())
}

fn all<'r, T>(read: &'r Read, pick: impl Fn(&'r Statement) -> Option<&'r T>) -> Vec<&'r T> {
    read.children.iter().flatten().filter_map(|record| pick(&record.statement)).collect()
}

macro_rules! all {
    ($read:expr, $statement:ident) => {
        all($read, |statement| match statement {
            Statement::$statement(it) => Some(it),
            _ => None,
        })
    };
}

#[test]
fn a_pupil_says_all_that_the_record_holds() {
    let read = reads(PUPIL);
    assert_eq!(read.places(), ["ctf/marks-not-expanded /CTfile/CTFpupilData/Pupil[1]/Attendance/YearData[1]"]);
    assert_eq!(read.children.len(), 1);
    let subject = &read.children[0][0].subject;
    let upn = |text: &[u8], former| Identifier::Upn { upn: Upn::read(text).unwrap(), former };
    assert_eq!(subject.identifiers[..2], [upn(b"J330999925001", false), upn(b"W33099992502A", true)]);
    assert!(matches!(subject.identifiers[2], Identifier::Uln(_)));

    let person = all!(&read, Person)[0];
    assert!(person.birth_date == Said::Is(day("2016-11-20").unwrap()) && person.sex == Said::Is(Sex::Female));
    let more = person.more.as_ref().unwrap();
    let names: Vec<_> = more.names.as_ref().is().unwrap().iter().collect();
    let name = |n: usize| (names[n].r#use, text(&names[n].forename), text(&names[n].middle), text(&names[n].surname));
    assert_eq!(name(0), (Said::Is(NameUse::Usual), "PERSON", "Made Up", "INVENTED"));
    assert_eq!(name(1), (Said::Is(NameUse::Preferred), "Pers", "", ""));
    assert_eq!(name(2), (Said::Is(NameUse::Former), "", "", "Before"));
    let languages = more.languages.as_ref().is().unwrap();
    assert_eq!(languages.iter().map(|language| text(&language.code)).collect::<Vec<_>>(), ["ENG", "POL"]);
    assert_eq!(more.telecom.as_ref().is().unwrap().len(), 2);

    let enrolments = all!(&read, Enrolment);
    assert_eq!(enrolments.len(), 2);
    assert_eq!(text(&enrolments[0].school_name), "Former Invented School");
    assert_eq!(enrolments[0].leaving_date, Said::Is(day("2025-07-18").unwrap()));
    let present = enrolments[1];
    assert!(present.entry_date == Said::Is(day("2025-09-01").unwrap()) && present.leaving_date == Said::Blank);
    assert!(present.school_urn.has_value() && present.nc_year.has_value() && present.status.has_value());
    let told = present.more.as_ref().unwrap();
    assert_eq!((told.told_looked_after, told.care_authority), (Said::Is(true), Said::Is(LaCode::new(331).unwrap())));

    let sen = all!(&read, SenProvision);
    assert_eq!(sen.len(), 2);
    assert!(!sen[0].needs.has_value() && sen[1].provision == Said::Is(SenProvisionKind::SenSupport));
    assert_eq!(sen[1].needs.as_ref().is().unwrap().len(), 2);

    let sums = all!(&read, AttendanceSummary)[0];
    assert_eq!(sums.academic_year, Said::Is(AcademicYear::new(2025).unwrap()));
    assert_eq!(sums.period_start, Said::Is(day("2025-09-01").unwrap()));
    assert_eq!(sums.period_end, Said::Is(day("2026-01-12").unwrap()), "to the day of the file");
    let more = sums.more.as_ref().unwrap();
    assert_eq!((text(&more.marks_text), more.marks_from), ("/\\L\\--I#", Said::Is(day("2025-09-01").unwrap())));

    let result = all!(&read, Attainment)[0];
    assert_eq!(result.academic_year, Said::Is(AcademicYear::new(2025).unwrap()), "2026 is the end of 2025/26");
    assert!(result.stage.has_value() && result.basis == Said::Is(AssessmentBasis::Test));
    assert!(matches!(result.subject, Said::Is(Open::Listed(_))) && text(&result.result) == "21");
    let more = result.more.as_ref().unwrap();
    assert_eq!([text(&more.locale), text(&more.status), text(&more.qualifier)], ["ENG", "R", "MT"]);
    // What a school believes of care is no episode.
    assert_eq!(all!(&read, CareEpisode).len(), 0);
}

#[test]
fn what_we_wrote_says_the_same_when_it_is_read_again() {
    let first = reads(&format!("{PUPIL}{}", PUPIL.replace("J330999925001", "W330999924017").replace("Pers<", "Jo<")));
    let (text, told) = written(&CTF_XML, &first.children, &options());
    assert_eq!(told, Vec::<&str>::new());
    let again = read(&CTF_XML, text.as_bytes(), &options());
    assert_eq!(again.codes(), Vec::<&str>::new());
    let (mut wrote, told) = (first.statements(), again.statements());
    // What the format declares that it does not write.
    for statement in wrote.iter_mut().flatten() {
        for field in statement.statement_type().fields {
            let name = format!("{}.{}", statement.statement_type().name, field.name);
            let derived = name.starts_with("AttendanceSummary.period") || name == "AttendanceSummary.as_at";
            let kept = ["Attainment.basis"].contains(&name.as_str()) || derived;
            if !kept && CTF_XML.losses.iter().any(|loss| loss.field == name) {
                field.set(statement, Said::NotAsked);
            }
        }
    }
    for (wrote, told) in wrote.iter().zip(&told) {
        for (wrote, told) in wrote.iter().zip(told) {
            for field in wrote.statement_type().fields {
                assert!(field.get(wrote) == field.get(told), "{}.{}", wrote.statement_type().name, field.name);
            }
        }
        assert_eq!(wrote.len(), told.len());
    }
    assert_eq!(written(&CTF_XML, &again.children, &options()).0, text, "and is written the same again");
}

#[test]
fn the_versions_differ_in_the_name_of_sex() {
    let read = reads(PUPIL);
    let at = |version: &str| {
        let settings = vec![("ctf.version".into(), version.into())];
        written(&CTF_XML, &read.children, &Options { settings, ..options() }).0
    };
    assert!(at("25.0").contains("<Sex>F</Sex>") && at("26").contains("<Sex>F</Sex>"));
    assert!(at("24.0").contains("<Gender>F</Gender>") && !at("24.0").contains("<Sex>"));
    for (pupil, sex, gender, told) in [
        ("<Sex>F</Sex>", Said::Is(Sex::Female), Said::NotAsked, false),
        ("<Gender>M</Gender>", Said::Is(Sex::Male), Said::Is(Gender::Male), false),
        ("<Gender>2</Gender>", Said::Is(Sex::Female), Said::Is(Gender::Female), false),
        ("<Sex>F</Sex><Gender>F</Gender>", Said::Is(Sex::Female), Said::Is(Gender::Female), false),
        ("<Sex>F</Sex><Gender>M</Gender>", Said::Unreadable, Said::Unreadable, true),
    ] {
        let read = reads(&format!("<Pupil><UPN>J330999925001</UPN>{pupil}</Pupil>"));
        let person = all!(&read, Person)[0];
        let said = person.more.as_ref().map_or(Said::NotAsked, |more| more.gender);
        assert!((person.sex, said) == (sex, gender), "{pupil}");
        assert_eq!(read.codes().contains(&"ctf/sex-conflict"), told, "{pupil}");
    }
}

#[test]
fn a_version_that_is_not_known_is_told_once() {
    for (version, told) in [
        ("<CTFversion>17</CTFversion>", vec![]),
        ("<CTFVersion>25.0</CTFVersion>", vec![]),
        ("<ATFversion>25.0</ATFversion>", vec![]),
        ("<CTFversion>26.0</CTFversion>", vec!["ctf/version-newer"]),
        ("<CTFversion>16.0</CTFversion>", vec!["ctf/version-older"]),
        ("<CTFversion>x</CTFversion>", vec!["ctf/version-older"]),
        ("", vec!["ctf/version-older"]),
    ] {
        let document = file("<Pupil><UPN>J330999925001</UPN></Pupil>");
        let document = document.replace("<CTFversion>25.0</CTFversion>", version);
        assert_eq!(read(&CTF_XML, document.as_bytes(), &options()).codes(), told, "{version}");
    }
}

#[test]
fn an_admissions_file_and_other_spellings_are_read() {
    let document = file(PUPIL).replace("CTfile", "ATfile").replace("CTFpupilData", "ATFpupilData");
    let told = read(&CTF_XML, document.as_bytes(), &options());
    assert_eq!(told.codes()[0], "ctf/admissions-file");
    assert_eq!(told.statements(), reads(PUPIL).statements());
    let shouted = file(PUPIL).replace("<Surname>", "<SURNAME>").replace("</Surname>", "</SURNAME>");
    assert_eq!(read(&CTF_XML, shouted.as_bytes(), &options()).statements(), reads(PUPIL).statements());
}

#[test]
fn an_authority_that_sends_is_no_school() {
    let from_authority = file(PUPIL).replace("<Estab>9999</Estab><URN>999999</URN>", "<Estab>LLLL</Estab>");
    let read = read(&CTF_XML, from_authority.as_bytes(), &options());
    let enrolments = all!(&read, Enrolment);
    assert_eq!(enrolments.len(), 2, "the last school of the history is the present one");
    assert!(!enrolments[1].school_urn.has_value() && enrolments[1].nc_year.has_value());
}

#[test]
fn a_pupil_whom_nothing_names_is_lost_and_the_rest_is_read() {
    let nobody = "<Pupil><Surname>A</Surname><Forename>B</Forename></Pupil>";
    let named = "<Pupil><Surname>A</Surname><Forename>B</Forename><DOB>2016-11-20</DOB></Pupil>";
    let learner = "<Pupil><UPN/><UniqueLearnerNumber>1000000043</UniqueLearnerNumber></Pupil>";
    let former = "<Pupil><BasicDetails><FormerUPN>J330999925001</FormerUPN></BasicDetails></Pupil>";
    let nines = "<Pupil><UniqueLearnerNumber>9999999999</UniqueLearnerNumber></Pupil>";
    let read = reads(&[nobody, named, learner, former, nines].concat());
    let told = ["/CTfile/CTFpupilData/Pupil[1]", "/CTfile/CTFpupilData/Pupil[4]", "/CTfile/CTFpupilData/Pupil[5]"];
    let mut expected: Vec<String> = told.map(|path| format!("epep/no-subject {path}")).into();
    // Ten nines are no number, and said to be none.
    expected.push("epep/uln-check /CTfile/CTFpupilData/Pupil[5]/UniqueLearnerNumber".to_owned());
    assert_eq!(read.places(), expected);
    let people: Vec<usize> = read.children.iter().map(Vec::len).collect();
    assert_eq!(people, [0, 2, 2, 0, 0]);
}

#[test]
fn identifiers_are_checked() {
    for (pupil, told) in [
        ("<UPN>J330999925001</UPN>", vec![]),
        ("<UPN>A330999925001</UPN>", vec!["epep/upn-check-letter"]),
        ("<UPN>J33099992500</UPN><UniqueLearnerNumber>1000000043</UniqueLearnerNumber>", vec!["epep/upn-shape"]),
        ("<UPN>J330999925001</UPN><UniqueLearnerNumber>1000000063</UniqueLearnerNumber>", vec!["epep/uln-check"]),
        ("<UPN>J330999925001</UPN><DOB>2026-01-13</DOB>", vec!["epep/dob-implausible"]),
        ("<UPN>J330999925001</UPN><DOB>2026-01-12</DOB>", vec![]),
        ("<UPN>J330999925001</UPN><DOB>2001-01-12</DOB>", vec![]),
        ("<UPN>J330999925001</UPN><DOB>2001-01-11</DOB>", vec!["epep/dob-implausible"]),
        ("<UPN>J330999925001</UPN><DOB>2016-02-30</DOB>", vec!["table/cell"]),
    ] {
        assert_eq!(reads(&format!("<Pupil>{pupil}</Pupil>")).codes(), told, "{pupil}");
    }
    let read = reads("<Pupil><UPN>UN4</UPN><UniqueLearnerNumber>1000000043</UniqueLearnerNumber></Pupil>");
    assert_eq!(all!(&read, Person)[0].upn_unknown_reason, Said::Is(UpnUnknown::NewlyLookedAfter));
}

#[test]
fn one_pupil_that_comes_twice_is_one_subject() {
    let again = PUPIL.replace("<Result>21</Result>", "<Result>22</Result>");
    let read = reads(&format!("{PUPIL}<Pupil><UPN>W330999924017</UPN></Pupil>{again}"));
    assert_eq!(read.children.len(), 2);
    let codes = read.codes();
    let count = |code: &str| codes.iter().filter(|known| **known == code).count();
    assert_eq!((count("record/duplicate"), count("record/key-clash")), (6, 1));
    let results: Vec<_> = all!(&read, Attainment).iter().map(|result| text(&result.result)).collect();
    assert_eq!(results, ["22"], "of two that differ the later counts");
    assert_eq!(all!(&read, Person).len(), 2);
}

#[test]
fn marks_are_taken_apart_only_where_it_was_said_how() {
    let marks = |packing: &str, marks: &str| {
        let pupil = PUPIL
            .replace("/\\L\\--I#", marks)
            .replace("AttendanceStartDate>2025-09-01", "AttendanceStartDate>2025-09-05");
        let settings = vec![("ctf.marks".into(), packing.into())];
        let read = read(&CTF_XML, file(&pupil).as_bytes(), &Options { settings, ..options() });
        let told = read.codes().contains(&"ctf/marks-not-expanded");
        let kept = all!(&read, AttendanceSummary)[0].more.as_ref().is_some_and(|more| more.marks_text.has_value());
        assert_eq!(told, kept);
        all!(&read, AttendanceMark)
            .into_iter()
            .map(|mark| (mark.date.is().unwrap(), mark.session.is().unwrap(), mark.code.is().unwrap()))
            .collect::<Vec<_>>()
    };
    let (friday, saturday, monday) =
        (day("2025-09-05").unwrap(), day("2025-09-06").unwrap(), day("2025-09-08").unwrap());
    use AttendanceCode::{Illness, Late, PlannedClosure, PresentMorning};
    use SchoolSession::{Afternoon, Morning};
    assert_eq!(
        marks("weekdays-2", "L-I#"),
        [(friday, Morning, Late), (monday, Morning, Illness), (monday, Afternoon, PlannedClosure)]
    );
    assert_eq!(marks("all-days-2", "-L//")[..2], [(friday, Afternoon, Late), (saturday, Morning, PresentMorning)]);
    for (packing, text) in [
        ("opaque", "L-I#"),
        ("weekdays-2", "LC1/"),
        ("weekdays-2", "LY7/"),
        ("weekdays-2", "L?"),
        ("all-days-2", "L\u{e9}"),
    ] {
        assert_eq!(marks(packing, text), [], "{packing} {text}");
    }
}

#[test]
fn sums_and_provision_are_looked_at() {
    for (from, to, told) in [
        ("<SessionsPossible>140", "<SessionsPossible>139", "epep/summary-does-not-add-up"),
        ("<SessionsAttended>130", "<SessionsAttended>141", "epep/summary-negative"),
        ("<SENprovision>K", "<SENprovision>S", "epep/sen-historic"),
        ("<SENprovision>K", "<SENprovision>N", "epep/sen-need-without-provision"),
        ("<LEA>330</LEA><Estab>9998", "<LEA>33</LEA><Estab>9998", "epep/laestab-shape"),
        ("<LEA>330</LEA><Estab>9998", "<LEA>330</LEA><Estab>99", "epep/laestab-shape"),
    ] {
        assert!(PUPIL.contains(from));
        let codes = reads(&PUPIL.replace(from, to)).codes();
        assert_eq!(codes.iter().filter(|code| **code != "ctf/marks-not-expanded").collect::<Vec<_>>(), [&told], "{to}");
    }
    let urn = file(PUPIL).replace("<URN>999999", "<URN>SC99999");
    assert!(read(&CTF_XML, urn.as_bytes(), &options()).codes().contains(&"epep/school-urn-shape"));
}

#[test]
fn what_is_not_carried_is_told_by_its_path_and_never_by_its_name() {
    let pupil = "<Pupil><UPN>J330999925001</UPN><UCI>1</UCI><Pin>0000</Pin><BasicDetails><MedicalFlag>true</MedicalFlag>\
                 </BasicDetails><Address><Line>1 Way</Line></Address><Contacts><Contact><Surname>X</Surname></Contact></Contacts></Pupil>";
    let told = ["UCI", "BasicDetails/MedicalFlag", "Address", "Contacts"];
    let mut expected: Vec<String> =
        told.map(|name| format!("ctf/not-carried /CTfile/CTFpupilData/Pupil/{name}")).into();
    expected.insert(1, "ctf/unknown-element /CTfile/CTFpupilData/Pupil/*[3]".to_owned());
    assert_eq!(reads(pupil).places(), expected);
}

#[test]
fn a_child_in_care_on_the_day_is_told_to_be_so_and_no_other() {
    let read = reads("<Pupil><UPN>J330999925001</UPN></Pupil>");
    let episode = |start: &str, end: Said<Date>| {
        let episode = CareEpisode {
            start_date: day(start).map_or(Said::Blank, Said::Is),
            end_date: end,
            ..CareEpisode::default()
        };
        Record { statement: episode.into(), ..read.children[0][0].clone() }
    };
    let ended = |end: &str| day(end).map_or(Said::Blank, Said::Is);
    for (episodes, in_care) in [
        (vec![], false),
        (vec![episode("2025-01-01", Said::Blank)], true),
        (vec![episode("2026-01-13", Said::Blank)], false),
        (vec![episode("2025-01-01", ended("2026-01-12"))], false),
        (vec![episode("2025-01-01", ended("2026-01-13"))], true),
        // Whether it is open was not asked, or cannot be read.
        (vec![episode("2025-01-01", Said::NotAsked)], false),
        (vec![episode("2025-01-01", Said::Unreadable)], false),
        (vec![episode("2024-01-01", ended("2025-01-01")), episode("2025-01-01", Said::Blank)], true),
    ] {
        let records = [read.children[0].clone(), episodes.clone()].concat();
        let (text, _) = written(&CTF_XML, &[records], &options());
        let marked = text.contains("<InCare>true</InCare>") && text.contains("<CareAuthority>330</CareAuthority>");
        assert_eq!(marked, in_care, "{}", episodes.len());
        assert_eq!(text.contains("LookedAfter"), in_care);
    }
}

#[test]
fn a_dialect_gives_the_file_other_words() {
    let toml = "format = \"ctf-xml\"\n[headers]\n\"LocalDetails/BirthDate\" = \"DOB\"\n[dates]\nformats = [\"%d %b %Y\"]\n[codes.nc_year]\n\"Four\" = \"4\"\n";
    let (dialect, faults) = Dialect::read(toml, CTF_XML.tables);
    assert_eq!(faults, []);
    let pupil = "<Pupil><UPN>J330999925001</UPN><LocalDetails><BirthDate>20 Nov 2016</BirthDate></LocalDetails>\
                 <BasicDetails><NCyearActual>Four</NCyearActual></BasicDetails></Pupil>";
    let read = read(&CTF_XML, file(pupil).as_bytes(), &Options { dialect, ..options() });
    assert_eq!(read.codes(), Vec::<&str>::new());
    assert_eq!(all!(&read, Person)[0].birth_date, Said::Is(day("2016-11-20").unwrap()));
    assert!(all!(&read, Enrolment)[0].nc_year.has_value());
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the sample is a file")]
fn the_sample_is_read() {
    let samples = std::env::var_os("HOMEWARD_SAMPLES").map_or_else(
        || std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        std::path::PathBuf::from,
    );
    let Ok(bytes) = std::fs::read(samples.join("ctf/3309999_CTF_330LLLL_001.SYNTHETIC.xml")) else {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return;
    };
    let read = read(&CTF_XML, &bytes, &options());
    assert_eq!(read.places(), Vec::<String>::new());
    let types: Vec<&str> = read.children[0].iter().map(|record| record.statement.statement_type().name).collect();
    assert_eq!(types, ["Person", "Enrolment", "Enrolment", "SenProvision", "AttendanceSummary", "Attainment"]);
}
