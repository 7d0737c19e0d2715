//! Rules of documents in XML and JSON: for each an input that breaks it, and the nearest that does not.

use std::{collections::BTreeSet, fmt::Write, io, sync::Arc};

use kit::{
    adapter::Options,
    document::{Document, Part, ReadAt},
    limits::ReadingLimits,
};

use super::declared_by;
use crate::support::{authority, day, format, read, translated};

/// What is done with the input.
enum How {
    /// It is read.
    Read,
    /// It is read with an option of the format.
    With(&'static str, &'static str),
    /// It is read under limits.
    Within(fn(&mut ReadingLimits)),
    /// It is read and written in the same format.
    Written,
    /// It fails while it is read.
    Failing,
}

struct Case {
    rule: &'static str,
    format: &'static str,
    how: How,
    /// What of the sample is changed to break the rule, and what to stay near it.
    breaks: (&'static str, &'static str),
    nearest: (&'static str, &'static str),
}

const CTF: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><CTfile><Header><CTFversion>25.0</CTFversion></Header>\
    <CTFpupilData><Pupil><UPN>J330999925001</UPN><Surname>A</Surname><Sex>F</Sex></Pupil></CTFpupilData></CTfile>";
const PEP: &str = "{\"format\":\"homeward/pep\",\"version\":\"1\",\"peps\":[{\"child\":{\"identifiers\":[{\"system\":\
    \"urn:homeward:id:upn\",\"value\":\"J330999925001\"}],\"surname\":\"A\"},\"academicYear\":\"2025/26\",\
    \"term\":\"autumn\",\"status\":\"planned\"}]}";

const PLACEMENT: &str = r#"[{"@type":"Placement","childId":"C1","placementAvailability":{"neededBy":"Today",
"isPreferredLocationLocal":false,"outOfLAReason":"Court order"},"placementRequirements":{"communicationNeeds":"No",
"specificCommunicationRequirement":["None"],"culturalNeeds":"Not Required","livingCompanions":"No preference","pets":"No"},
"placementRecommendation":{"fosterCareSuitability":"Preferred","residentialCareSuitability":"Unsuitable",
"supportedAccommodationSuitability":"Unsuitable"},"riskAssessment":{"riskSelfHarm":"No known risk",
"riskCriminalExploitation":"No known risk","riskDrugAlcohol":"No known risk","riskEatingDisorder":"No known risk",
"riskMissing":"No known risk","riskSexualExploitation":"No known risk","riskToOthersPhysical":"No known risk",
"riskToOthersSexual":"No known risk","riskToOthersFire":"No known risk","riskToOthersAnimals":"No known risk",
"riskToOthersCriminal":"No known risk"},"qualityAssurance":{"referralDate":"2025-11-03","placementDate":"2025-11-10",
"placementOfficerName":"Officer Two","costDate":"2025-11-11"}}]"#;
const REASON: &str = "\"outOfLAReason\":\"Court order\"";
const FOSTER: &str = "\"fosterCareSuitability\":\"Preferred\"";

const fn nps(rule: &'static str, breaks: (&'static str, &'static str), nearest: (&'static str, &'static str)) -> Case {
    Case { rule, format: "placements-standard-jsonld", how: How::Read, breaks, nearest }
}

const fn nps_written(rule: &'static str, breaks: (&'static str, &'static str)) -> Case {
    Case { how: How::Written, ..nps(rule, breaks, AS_IT_IS) }
}

const fn ctf(rule: &'static str, breaks: (&'static str, &'static str), nearest: (&'static str, &'static str)) -> Case {
    Case { rule, format: "ctf-xml", how: How::Read, breaks, nearest }
}

const fn pep(rule: &'static str, breaks: (&'static str, &'static str), nearest: (&'static str, &'static str)) -> Case {
    Case { rule, format: "pep-json", how: How::Read, breaks, nearest }
}

const fn within(case: Case, limits: fn(&mut ReadingLimits)) -> Case {
    Case { how: How::Within(limits), ..case }
}

/// Nothing is changed.
const AS_IT_IS: (&str, &str) = ("", "");

const SURNAME: &str = "<Surname>A</Surname>";
const NAME: &str = "\"surname\":\"A\"";

// Two days of marks at a school that the pupil left on a day.
macro_rules! marked_until {
    ($leaving:literal) => {
        concat!(
            "<Attendance><YearData><Year>2025</Year><LEA>330</LEA><Estab>9999</Estab><AttendSessions>\
             <AttendanceStartDate>2026-01-05</AttendanceStartDate><AttendanceMarks>/\\/\\</AttendanceMarks>\
             </AttendSessions></YearData></Attendance><SchoolHistory><School><LEA>330</LEA><Estab>9999</Estab>\
             <EntryDate>2020-09-01</EntryDate><LeavingDate>",
            $leaving,
            "</LeavingDate></School></SchoolHistory>"
        )
    };
}

static CASES: &[Case] = &[
    nps("ifa/nps-required", (",\"pets\":\"No\"", ""), AS_IT_IS),
    nps(
        "ifa/nps-label",
        (FOSTER, "\"fosterCareSuitability\":\"Best\""),
        (FOSTER, "\"fosterCareSuitability\":\" preferred,\""),
    ),
    nps(
        "ifa/nps-other-without-text",
        (REASON, "\"outOfLAReason\":\"Other\""),
        (REASON, "\"outOfLAReason\":\"Other\",\"outOfLAReasonOther\":\"near kin\""),
    ),
    nps("ifa/nps-reason", (REASON, "\"siblingCount\":0"), AS_IT_IS),
    nps("ifa/nps-child-twice", ("[{", "[{\"childId\":\"C1\"},{"), ("[{", "[{\"childId\":\"C2\"},{")),
    nps(
        "ifa/nps-education-polarity",
        (",\"qualityAssurance\"", ",\"actualPlacement\":{\"isEducationContinuous\":true},\"qualityAssurance\""),
        (",\"qualityAssurance\"", ",\"actualPlacement\":{\"isLocationPreferred\":true},\"qualityAssurance\""),
    ),
    nps_written("ifa/nps-no-cse", ("\"riskSexualExploitation\":\"No known risk\",", "")),
    nps_written("ifa/nps-incomplete", (",\"pets\":\"No\"", "")),
    nps_written("ifa/nps-officer-withheld", ("\"placementOfficerName\":\"Officer Two\",", "")),
    ctf("xml/doctype", ("<CTfile>", "<!DOCTYPE CTfile><CTfile>"), ("<CTfile>", "<!-- DOCTYPE --><CTfile>")),
    ctf("xml/mismatched", (SURNAME, "<Surname>A</Forename>"), (SURNAME, "<Surname>A</Surname >")),
    ctf("xml/second-root", ("</CTfile>", "</CTfile><CTfile/>"), ("</CTfile>", "</CTfile><?again ?>")),
    ctf("xml/outside-root", ("</CTfile>", "</CTfile>x"), ("</CTfile>", "</CTfile>\n")),
    ctf("xml/entity", (SURNAME, "<Surname>A &nbsp; B</Surname>"), (SURNAME, "<Surname>A &#38; B</Surname>")),
    ctf("xml/unrecognised", ("CTfile", "Other"), AS_IT_IS),
    ctf("xml/malformed", (SURNAME, "<Surname a=1>A</Surname>"), (SURNAME, "<Surname a='1'>A</Surname>")),
    ctf("xml/unclosed", ("</CTfile>", ""), AS_IT_IS),
    ctf("xml/misplaced", ("<Header>", "<Header><Pupil/>"), ("<Header>", "<Header><Pupils/>")),
    ctf("xml/repeated", (SURNAME, "<Surname>A</Surname><Surname>B</Surname>"), AS_IT_IS),
    ctf("xml/shape", (SURNAME, "<Surname><A/></Surname>"), (SURNAME, "<Surname><!-- A --></Surname>")),
    ctf("xml/encoding", ("UTF-8", "EBCDIC"), ("UTF-8", "iso-8859-1")),
    within(
        ctf(
            "xml/too-many-attributes",
            (SURNAME, "<Surname a='1' b='2'>A</Surname>"),
            (SURNAME, "<Surname a='1'>A</Surname>"),
        ),
        |limits| limits.attributes_max = 1,
    ),
    within(
        ctf(
            "xml/too-deep",
            (SURNAME, "<BasicDetails><X><Y/></X></BasicDetails>"),
            (SURNAME, "<BasicDetails><X/></BasicDetails>"),
        ),
        |limits| limits.depth_max = 3,
    ),
    within(
        ctf(
            "xml/text-too-long",
            (SURNAME, "<Surname>12345678901234</Surname>"),
            (SURNAME, "<Surname>1234567890123</Surname>"),
        ),
        |limits| limits.text_bytes_max = 13,
    ),
    within(
        ctf(
            "xml/item-too-long",
            (
                SURNAME,
                "<Surname>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</Surname>",
            ),
            AS_IT_IS,
        ),
        |limits| limits.item_bytes_max = 180,
    ),
    within(ctf("xml/frame-too-long", ("25.0", "25.00000000000000000000000000000000000000000"), AS_IT_IS), |limits| {
        limits.item_bytes_max = 170
    }),
    within(ctf("xml/too-many-items", ("<Pupil>", "<Pupil/><Pupil>"), AS_IT_IS), |limits| limits.rows_max = 1),
    Case { rule: "xml/unreadable", format: "ctf-xml", how: How::Failing, breaks: AS_IT_IS, nearest: AS_IT_IS },
    ctf("ctf/version-newer", ("25.0", "26.0"), AS_IT_IS),
    ctf("ctf/version-older", ("25.0", "16.0"), ("25.0", "17.0")),
    ctf("ctf/admissions-file", ("CTfile", "ATfile"), AS_IT_IS),
    ctf("ctf/sex-conflict", ("<Sex>F", "<Gender>M</Gender><Sex>F"), ("<Sex>F", "<Gender>F</Gender><Sex>F")),
    ctf("ctf/unknown-element", (SURNAME, "<Hobby>A</Hobby>"), AS_IT_IS),
    ctf("ctf/not-carried", (SURNAME, "<UCI>A</UCI>"), AS_IT_IS),
    ctf(
        "ctf/marks-not-expanded",
        (
            SURNAME,
            "<Attendance><YearData><Year>2025</Year><AttendSessions><AttendanceMarks>/</AttendanceMarks>\
             </AttendSessions></YearData></Attendance>",
        ),
        (SURNAME, "<Attendance><YearData><Year>2025</Year></YearData></Attendance>"),
    ),
    // One mark on the day of leaving, one on the next: 5 and 6 January 2026.
    Case {
        rule: "epep/mark-after-leaving",
        format: "ctf-xml",
        how: How::With("ctf.marks", "weekdays-2"),
        breaks: (SURNAME, marked_until!("2026-01-05")),
        nearest: (SURNAME, marked_until!("2026-01-06")),
    },
    Case {
        rule: "ctf/not-expressible",
        format: "ctf-xml",
        how: How::Written,
        breaks: (
            "<Sex>F",
            "<StageAssessments><KeyStage><Stage>KS4</Stage><StageAssessment><Result>5</Result></StageAssessment></KeyStage></StageAssessments><Sex>F",
        ),
        nearest: (
            "<Sex>F",
            "<StageAssessments><KeyStage><Stage>KS3</Stage><StageAssessment><Result>5</Result></StageAssessment></KeyStage></StageAssessments><Sex>F",
        ),
    },
    pep("json/duplicate-member", (NAME, "\"surname\":\"A\",\"surname\":\"B\""), AS_IT_IS),
    pep("json/trailing", ("]}", "]} x"), ("]}", "]}\n")),
    pep("json/escape", (NAME, "\"surname\":\"\\ud800\""), (NAME, "\"surname\":\"\\ud83d\\ude00\"")),
    pep("json/unrecognised", ("{\"format", "x{\"format"), AS_IT_IS),
    pep("json/malformed", (NAME, "\"surname\":A"), (NAME, "\"surname\":null")),
    pep("json/unclosed", ("}]}", ""), AS_IT_IS),
    pep("json/repeated", (NAME, "\"surname\":[\"A\",\"B\"]"), (NAME, "\"surname\":[\"A\"]")),
    pep("json/shape", (NAME, "\"surname\":{\"x\":1}"), (NAME, "\"surname\":1")),
    Case {
        rule: "json/encoding",
        format: "pep-json",
        how: How::Read,
        breaks: (NAME, "\"surname\":\"\u{0}\""),
        nearest: (NAME, "\"surname\":\"é\""),
    },
    within(
        pep("json/too-many-members", (NAME, "\"a\":1,\"b\":1,\"c\":1,\"d\":1"), (NAME, "\"a\":1,\"b\":1,\"c\":1")),
        |limits| limits.columns_max = 4,
    ),
    within(pep("json/too-deep", (NAME, "\"x\":[[[1]]]"), (NAME, "\"x\":[[1]]")), |limits| limits.depth_max = 4),
    within(
        pep(
            "json/text-too-long",
            (NAME, "\"surname\":\"12345678901234567890\""),
            (NAME, "\"surname\":\"1234567890123456789\""),
        ),
        |limits| limits.text_bytes_max = 19,
    ),
    within(
        pep(
            "json/item-too-long",
            (NAME, "\"surname\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""),
            AS_IT_IS,
        ),
        |limits| limits.item_bytes_max = 180,
    ),
    within(
        pep(
            "json/frame-too-long",
            (
                "\"1\"",
                "\"1.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\"",
            ),
            AS_IT_IS,
        ),
        |limits| limits.item_bytes_max = 180,
    ),
    within(pep("json/too-many-items", ("\"peps\":[", "\"peps\":[{},"), AS_IT_IS), |limits| limits.rows_max = 1),
    Case { rule: "json/unreadable", format: "pep-json", how: How::Failing, breaks: AS_IT_IS, nearest: AS_IT_IS },
    pep("epep/json-format", ("homeward/pep", "homeward/other"), AS_IT_IS),
    pep("epep/json-version", ("\"1\"", "\"2\""), ("\"1\"", "\"1.9\"")),
    pep("epep/unknown-member", (NAME, "\"hobby\":1"), (NAME, "\"hobby\":null")),
    pep(
        "epep/identifier-system",
        ("[{\"system\"", "[{\"system\":\"urn:other\",\"value\":\"1\"},{\"system\""),
        AS_IT_IS,
    ),
];

/// The rules that have a case.
pub(super) fn rules<'r>() -> impl Iterator<Item = &'r str> {
    CASES.iter().map(|case| case.rule)
}

impl Case {
    fn told(&self, (from, to): (&str, &str), breaks: bool) -> BTreeSet<&'static str> {
        let sample = match self.format {
            "ctf-xml" => CTF,
            "placements-standard-jsonld" => PLACEMENT,
            _ => PEP,
        };
        assert!(sample.contains(from), "{}: {from} is not in the sample", self.rule);
        // A zero byte stands for one that is no UTF-8.
        let text = if from.is_empty() { sample.to_owned() } else { sample.replace(from, to) };
        let bytes: Vec<u8> = text.bytes().map(|byte| if byte == 0 { 0xeb } else { byte }).collect();
        let mut options =
            Options { authority: Some(authority(330)), as_at: Some(day("2026-01-30")), ..Options::plain() };
        match self.how {
            How::Within(limits) => limits(&mut options.limits),
            How::With(name, value) => options.settings.push((name.into(), value.into())),
            _ => {}
        }
        let part = match self.how {
            How::Failing if breaks => Part { name: "one".into(), bytes: Arc::new(Failing) },
            _ => Part::new("one", bytes),
        };
        let document = Document::new(vec![part]);
        let of = format(self.format);
        match self.how {
            How::Written => {
                let (outcome, _) = translated(&document, (of, of), "local-authority", &options);
                outcome.findings.counts().map(|count| count.rule.code).collect()
            }
            _ => read(of, &document, &options).told.iter().map(|told| told.rule.code).collect(),
        }
    }
}

/// A part whose disk fails.
struct Failing;

impl ReadAt for Failing {
    fn len(&self) -> u64 {
        1_000
    }

    fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk fails"))
    }
}

#[test]
fn every_rule_of_a_nested_document_is_broken_by_its_case_and_not_by_its_neighbour() {
    let mut wrong = String::new();
    for case in CASES {
        let (raised, near) = (case.told(case.breaks, true), case.told(case.nearest, false));
        if !raised.contains(case.rule) {
            writeln!(wrong, "{} is not raised: {raised:?}", case.rule).unwrap();
        }
        if near.contains(case.rule) {
            writeln!(wrong, "{} is raised by its neighbour", case.rule).unwrap();
        }
        let may: BTreeSet<&str> = declared_by(format(case.format)).collect();
        let undeclared: Vec<_> = raised.union(&near).filter(|code| !may.contains(*code)).collect();
        if !undeclared.is_empty() {
            writeln!(wrong, "{}: told and not declared: {undeclared:?}", case.rule).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
