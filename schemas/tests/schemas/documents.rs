//! Records as documents: what is written reads back, equal records are equal bytes, and no bytes make the reader panic.

use std::sync::Arc;

use proptest::prelude::*;
use schemas::{
    code::Regulator,
    date::{AcademicYear, ClockTime, CollectionYear, Date, DateTime},
    decimal::Decimal,
    diagnostic::{PartId, Place},
    document::{FaultReason, content_hash, natural_key, read_records, subject_hash, write_record, write_records},
    identifier::{
        Identifier, LaChildId, LaCode, LaPersonId, Laestab, NhsNumber, OfstedUrn, PermanenceAuthority, ProviderUrn,
        Pseudonym, ReferralRef, SchoolUrn, Uln, Upn, WorkerId,
    },
    money::Pence,
    postcode::{Postcode, PostcodeRead},
    record::{
        Allergy, CareEpisode, Coding, Immunisation, Person, Record, Review, STATEMENTS, Source, Statement, Subject,
        SubjectKind, unsaid,
    },
    reflect::{Kind, Value},
    said::{Coarse, Reduction, Said},
};

/// Numbers from which anything is made, so that proptest can shrink it.
struct Draws(std::iter::Cycle<std::vec::IntoIter<u64>>);

impl Draws {
    fn below(&mut self, most: usize) -> usize {
        let number = self.0.next().unwrap_or_default();
        usize::try_from(number % most as u64).unwrap()
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn answer(&mut self, kind: Kind) -> Said<Value> {
        match self.below(12) {
            0 => Said::NotAsked,
            1 => Said::Blank,
            2 => Said::Unknown,
            3 => Said::Refused,
            4 => Said::NotApplicable,
            5 => Said::Unreadable,
            6 => Said::Reduced(match self.below(3) {
                0 => Reduction::Age(u8::try_from(self.below(256)).unwrap()),
                1 => Reduction::Coarse(self.one_of(Coarse::ALL)),
                _ => Reduction::Flag(self.below(2) == 1),
            }),
            _ => Said::Is(self.value(kind)),
        }
    }

    fn value(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Date => {
                Value::Date(Date::new(2000, 1, 1).unwrap().add_days(self.below(20_000) as i32 - 10_000).unwrap())
            }
            Kind::ClockTime => Value::ClockTime(ClockTime::new(self.below(24) as u8, self.below(60) as u8).unwrap()),
            Kind::DateTime => Value::DateTime(
                DateTime::read(
                    self.one_of(&[b"2026-01-12T09:41:00+00:00".as_slice(), b"1999-12-31T23:59:59.250-05:30"]),
                )
                .unwrap(),
            ),
            Kind::Flag => Value::Flag(self.below(2) == 1),
            Kind::Number { most } => Value::Number(self.below(most as usize + 1) as u32),
            Kind::Year => Value::Year(CollectionYear::new(2018 + self.below(10) as u16).unwrap()),
            Kind::AcademicYear => Value::AcademicYear(AcademicYear::new(1990 + self.below(60) as u16).unwrap()),
            Kind::Pence => Value::Pence(Pence::new(self.below(1_000_000_000) as u32).unwrap()),
            Kind::Text => Value::Text(
                self.one_of(&[
                    "",
                    "said",
                    "O\u{2019}Neill \"x\" \\ /",
                    "\u{0}\u{8}\t\n\u{c}\r\u{1f}\u{7f}",
                    "名 \u{1f9d2}",
                ])
                .into(),
            ),
            Kind::Decimal => Value::Decimal(Decimal::read(self.one_of(&[b"19.10".as_slice(), b"-3", b"007"])).unwrap()),
            Kind::Postcode => {
                match Postcode::read(self.one_of(&[b"B99 1AA".as_slice(), b"M1 1", b"M1", b"EC1A 1BB"])) {
                    PostcodeRead::Is(postcode) => Value::Postcode(postcode),
                    other => panic!("{other:?}"),
                }
            }
            Kind::OfstedUrn => Value::OfstedUrn(
                OfstedUrn::read(self.one_of(&[b"SC000001".as_slice(), b"0000001", b"XXXXXXX"])).unwrap(),
            ),
            Kind::SchoolUrn => {
                Value::SchoolUrn(SchoolUrn::read(self.one_of(&[b"999999".as_slice(), b"000001"])).unwrap())
            }
            Kind::Laestab => Value::Laestab(Laestab::read(self.one_of(&[b"3309999".as_slice(), b"1000000"])).unwrap()),
            Kind::Authority => Value::Authority(LaCode::new(100 + self.below(900) as u16).unwrap()),
            Kind::PermanenceAuthority => Value::PermanenceAuthority(
                PermanenceAuthority::read(self.one_of(&[b"330".as_slice(), b"NIR", b"NUK", b"SCO", b"WAL"])).unwrap(),
            ),
            Kind::WorkerId => {
                Value::WorkerId(WorkerId::read(self.one_of(&[b"SW1".as_slice(), b"\"x\\", b"a b"])).unwrap())
            }
            Kind::Code(list) => Value::Code(self.below(list.entries.len()) as u8),
            Kind::OpenCode(list) => match self.below(2) {
                0 => Value::Code(self.below(list.entries.len()) as u8),
                _ => Value::Text("a word of their own".into()),
            },
            Kind::List(of) => Value::List((0..self.below(4)).map(|_| self.value(*of)).collect()),
            Kind::Item(shape) => Value::Item(shape.members.iter().map(|member| self.answer(member.kind)).collect()),
        }
    }

    fn subject(&mut self) -> Subject {
        let upn = Upn::read(b"J330999925001").unwrap();
        let all = [
            Identifier::LaChild(LaChildId::read(b"\"0012\\").unwrap().0),
            Identifier::Nhs(NhsNumber::read(b"9000000009").unwrap()),
            Identifier::Upn { upn, former: false },
            Identifier::Upn { upn, former: true },
            Identifier::Uln(Uln::read(b"1000000043").unwrap()),
            Identifier::Referral(ReferralRef::read(b"R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P").unwrap()),
            Identifier::LaPerson(LaPersonId::read(b"88").unwrap()),
            Identifier::Pseudonym(Pseudonym::new([7; 16])),
            Identifier::Provider(ProviderUrn::read(Regulator::Unregistered, b"\"U 1\\").unwrap()),
        ];
        let identifiers = all.into_iter().filter(|_| self.below(2) == 1).collect();
        let authority = (self.below(2) == 1).then(|| LaCode::new(330).unwrap());
        Subject { kind: self.one_of(&[SubjectKind::Child, SubjectKind::Place]), identifiers, authority }
    }

    fn place(&mut self) -> Place {
        let part = PartId(self.below(65_536) as u16);
        let byte = self.0.next().unwrap_or_default();
        match self.below(5) {
            0 => Place::Document,
            1 => Place::Part(part),
            2 => Place::Cell { part, line: byte, column: Some(self.below(65_536) as u16), byte },
            3 => Place::Cell { part, line: 2, column: None, byte },
            _ => Place::Node { part, path: "Child[2]/\"Name".into(), byte },
        }
    }

    fn record(&mut self, subject: Arc<Subject>) -> Record {
        let of = self.one_of(STATEMENTS);
        let mut statement = unsaid(of.name).unwrap();
        for field in of.fields {
            assert!(field.set(&mut statement, self.answer(field.kind)), "{}.{}", of.name, field.name);
        }
        Record { subject, statement, source: Source { place: self.place(), retracts: self.below(2) == 1 } }
    }
}

fn some_records() -> impl Strategy<Value = Vec<Record>> {
    (prop::collection::vec(any::<u64>(), 1..200), 0..5usize).prop_map(|(numbers, records)| {
        let mut draws = Draws(numbers.into_iter().cycle());
        let subject = Arc::new(draws.subject());
        (0..records).map(|_| draws.record(Arc::clone(&subject))).collect()
    })
}

fn written(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    write_records(records, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_written_reads_back_to_the_last_answer(records in some_records()) {
        let bytes = written(&records);
        let read = read_records(&bytes).unwrap();
        prop_assert!(read == records, "{}", String::from_utf8_lossy(&bytes));
        prop_assert!(read.iter().map(|record| &record.source).eq(records.iter().map(|record| &record.source)));
        prop_assert!(read.windows(2).all(|pair| Arc::ptr_eq(&pair[0].subject, &pair[1].subject)));
        prop_assert_eq!(written(&read), bytes);
        for record in &records {
            let mut alone = Vec::new();
            write_record(record, &mut alone);
            prop_assert!(read_records(&alone).unwrap() == [record.clone()]);
        }
    }

    #[test]
    fn members_are_in_order_and_nothing_stands_between_them(records in some_records()) {
        let bytes = written(&records);
        // The map of serde_json keeps its members sorted and writes no blanks: its words are ours.
        let tree: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(String::from_utf8(serde_json::to_vec(&tree).unwrap()).unwrap(), String::from_utf8(bytes).unwrap());
    }

    #[test]
    fn reading_is_total(records in some_records(), cut in any::<prop::sample::Index>(), put in any::<u8>()) {
        let mut bytes = written(&records);
        let at = cut.index(bytes.len());
        let _ = read_records(&bytes[..at]);
        bytes[at] = put;
        let _ = read_records(&bytes);
    }

    #[test]
    fn any_bytes_at_all(bytes: Vec<u8>) {
        let _ = read_records(&bytes);
    }
}

#[test]
fn a_record_is_written_in_one_way_for_ever() {
    let subject = Subject::child(vec![Identifier::LaChild(LaChildId::read(b"4017").unwrap().0)], LaCode::read(b"330"));
    let statement =
        Review { date: Said::Is(Date::new(2026, 5, 1).unwrap()), cancelled: Said::Blank, ..Review::default() };
    let place = Place::Cell { part: PartId(3), line: 9, column: None, byte: 120 };
    let record = Record { subject: Arc::new(subject), statement: statement.into(), source: Source::at(place) };
    let mut out = Vec::new();
    write_record(&record, &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        concat!(
            r#"{"place":{"byte":120,"line":9,"part":3},"says":{"cancelled":null,"date":"2026-05-01"},"statement":"Review","#,
            r#""subject":{"authority":"330","identifiers":[{"system":"urn:homeward:id:la-child:330","value":"4017"}],"kind":"child"}}"#
        )
    );
}

#[test]
fn a_fault_names_its_place_and_no_value() {
    let subject = r#""subject":{"identifiers":[],"kind":"child"}"#;
    let record = |says: &str| format!(r#"{{"says":{says},"statement":"CareEpisode",{subject}}}"#);
    for (bytes, member, reason) in [
        (record(r#"{"legalStatus":"Z9secret"}"#), "legal_status", FaultReason::Unreadable),
        (record(r#"{"legalStatus":3}"#), "legal_status", FaultReason::Unreadable),
        (record(r#"{"legalStatus":{"said":"perhaps"}}"#), "legal_status", FaultReason::Unreadable),
        (record(r#"{"startDate":"2026-02-30"}"#), "start_date", FaultReason::Unreadable),
        (record(r#"{"ordinal":1000}"#), "ordinal", FaultReason::Unreadable),
        (record(r#"{"secret":1}"#), "says", FaultReason::Undeclared),
        (record("[]"), "says", FaultReason::Unreadable),
        (format!(r#"{{"statement":"Secret","says":{{}},{subject}}}"#), "statement", FaultReason::Unreadable),
        (format!(r#"{{"statement":"Review",{subject}}}"#), "says", FaultReason::Missing),
        (r#"{"statement":"Review","says":{}}"#.into(), "subject", FaultReason::Missing),
    ] {
        let fault = read_records(format!("[{},{bytes}]", record("{}")).as_bytes()).unwrap_err();
        assert_eq!((fault.record, fault.member, fault.reason), (Some(1), member, reason), "{bytes}");
        assert!(!fault.to_string().to_lowercase().contains("secret"), "{fault}");
    }
    let deep = [b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat();
    assert_eq!(read_records(&deep).unwrap_err().reason, FaultReason::NotJson);
}

#[test]
fn no_group_has_a_member_that_could_be_taken_for_an_answer() {
    fn judge(kind: Kind) {
        match kind {
            Kind::List(of) => judge(*of),
            Kind::Item(shape) => shape.members.iter().for_each(|member| {
                assert!(!matches!(member.name, "said" | "reduced"), "{}", shape.name);
                judge(member.kind);
            }),
            _ => {}
        }
    }
    STATEMENTS.iter().flat_map(|of| of.fields).for_each(|field| judge(field.kind));
    for (n, coarse) in Coarse::ALL.iter().enumerate() {
        assert!(Coarse::ALL[..n].iter().all(|other| other.name() != coarse.name()));
    }
}

#[test]
fn the_hash_is_of_what_is_said_and_of_nothing_else() {
    let mut draws = Draws(vec![7, 1, 9, 3, 11].into_iter().cycle());
    for of in STATEMENTS {
        let plain = unsaid(of.name).unwrap();
        let mut hashes = vec![content_hash(&plain)];
        for field in of.fields {
            let mut changed = plain.clone();
            assert!(field.set(&mut changed, Said::Is(draws.value(field.kind))));
            hashes.push(content_hash(&changed));
            assert!(field.set(&mut changed, Said::Blank));
            hashes.push(content_hash(&changed));
        }
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count, "{}", of.name);
    }
    let one = Subject::child(Vec::new(), None);
    assert_ne!(subject_hash(&one), subject_hash(&Subject { authority: LaCode::new(330), ..one.clone() }));
}

#[test]
fn a_natural_key_is_normalised_and_empty_where_nothing_is_said() {
    let key = |statement: Statement| String::from_utf8(natural_key(&statement)).unwrap();
    let of = |name: &str, field: &str, value: Value| {
        let mut statement = unsaid(name).unwrap();
        let lens = statement.statement_type().field(field).unwrap();
        assert!(lens.set(&mut statement, Said::Is(value)));
        key(statement)
    };
    assert_eq!(key(Person::default().into()), "[]");
    assert_eq!(key(CareEpisode::default().into()), r#"["",""]"#);
    assert_eq!(of("CareEpisode", "start_date", Value::Date(Date::new(2025, 3, 12).unwrap())), r#"["2025-03-12",""]"#);
    assert_eq!(of("CareEpisode", "ordinal", Value::Number(0)), r#"["","0"]"#);
    assert_eq!(of("AnnualHealth", "year", Value::Year(CollectionYear::new(2026).unwrap())), r#"["2026"]"#);
    assert_eq!(of("Delegation", "matter", Value::Text("  Hair\t CUTS ".into())), r#"["hair cuts"]"#);
    for of in STATEMENTS {
        let parts: Vec<String> = serde_json::from_str(&key(unsaid(of.name).unwrap())).unwrap();
        assert_eq!(parts.len(), of.key.parts.len(), "{}", of.name);
    }
}

fn coding(code: Option<&str>, text: &str) -> Coding {
    let code = code.map_or(Said::NotAsked, |code| Said::Is(code.into()));
    Coding { code, text: Said::Is(text.into()), ..Coding::default() }
}

#[test]
fn what_is_coded_is_named_by_its_code_and_else_by_its_words() {
    let allergy = |code, text| -> Statement {
        Allergy { substance: Said::Is(Box::new(coding(code, text))), ..Allergy::default() }.into()
    };
    let key = |statement: &Statement| String::from_utf8(natural_key(statement)).unwrap();
    let (peanut, nut) = (allergy(Some("91935009"), "Peanut"), allergy(Some("91935009"), "Nut of some kind"));
    assert_eq!(key(&peanut), r#"["91935009"]"#);
    assert!(peanut.same_key(&nut) && content_hash(&peanut) != content_hash(&nut));
    assert_eq!(key(&allergy(None, "  Bee\tSTINGS ")), r#"["bee stings"]"#);
    assert!(!peanut.same_key(&allergy(None, "Peanut")) && !peanut.same_key(&Allergy::default().into()));
}

#[test]
fn an_immunisation_is_named_by_its_day_and_by_its_diseases_in_any_order() {
    let given = |moment: &str, targets: [&str; 2]| -> Statement {
        let targets = targets.map(|code| coding(Some(code), "a disease")).to_vec();
        let date = Said::Is(DateTime::read(moment.as_bytes()).unwrap());
        Immunisation { date, targets: Said::Is(targets), dose_number: Said::Is("1".into()), ..Default::default() }
            .into()
    };
    let key = |statement: &Statement| String::from_utf8(natural_key(statement)).unwrap();
    let first = given("2017-05-14T09:10:00+01:00", ["36653000", "14189004"]);
    assert_eq!(key(&first), r#"["2017-05-14","14189004,36653000","1"]"#);
    assert_eq!(key(&given("2017-05-14T00:00:00+01:00", ["14189004", "36653000"])), key(&first));
    assert!(DateTime::read(b"2017-05-14T00:00:00+01:00").unwrap().is_midnight());
    assert!(!DateTime::read(b"2017-05-14T09:10:00+01:00").unwrap().is_midnight());
}

#[test]
fn that_no_allergy_is_known_is_an_answer() {
    let says = |code| {
        let substance = Said::Is(Box::new(coding(code, "No known allergy")));
        Allergy { substance, ..Allergy::default() }.is_negation()
    };
    assert!(says(Some("716186003")) && says(Some("409137002")));
    assert!(!says(Some("91935009")) && !says(None) && !Allergy::default().is_negation());
}
