//! Canaries: a child in whose record every field of every statement holds a valid, otherwise unused value.

use exchange::view::matrix;
use schemas::{
    code::{
        Code, ConsentDecision, ConsentGivenBy, ConsentScope, NameUse, Regulator, RestrictionKind, VoiceShare,
        VoiceWhose,
    },
    date::{AcademicYear, ClockTime, Date, DateTime},
    decimal::Decimal,
    identifier::{
        Identifier, LaChildId, LaPersonId, Laestab, NhsNumber, OfstedUrn, PermanenceAuthority, ProviderUrn,
        ReferralRef, SchoolUrn, Uln, Upn, WorkerId,
    },
    money::Pence,
    postcode::{Postcode, PostcodeRead},
    record::{Consent, Restriction, STATEMENTS, Statement, Subject, SubjectKind, Voice, unsaid},
    reflect::{Field, Kind, Value},
    said::Said,
};

use super::spelling::{Spelt, spellings};
use crate::{
    made::Child,
    support::{authority, day, year},
};

/// What is true of a child besides what every child says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Plain,
    NhsRestricted,
    Location,
    Adopted,
    Adult,
    Refused,
    GuardUnreadable,
    Untraced,
    /// Every other condition at once.
    All,
}

impl Condition {
    pub(crate) const ALL: [Self; 9] = [
        Self::Plain,
        Self::NhsRestricted,
        Self::Location,
        Self::Adopted,
        Self::Adult,
        Self::Refused,
        Self::GuardUnreadable,
        Self::Untraced,
        Self::All,
    ];

    /// Whether this is true of the child too.
    pub(crate) fn holds(self, other: Self) -> bool {
        self == other || (self == Self::All && other != Self::Plain)
    }

    fn restrictions(self) -> impl Iterator<Item = RestrictionKind> {
        [
            (Self::NhsRestricted, RestrictionKind::NhsRestricted),
            (Self::Location, RestrictionKind::AuthorityRestricted),
            (Self::Adopted, RestrictionKind::Adopted),
        ]
        .into_iter()
        .filter_map(move |(condition, kind)| self.holds(condition).then_some(kind))
    }
}

/// A value that stands in one field only, with all the ways to spell it.
pub(crate) struct Canary {
    /// The statement, or `Identifier`.
    pub(crate) statement: &'static str,
    /// The field, or the type of the identifier.
    pub(crate) field: &'static str,
    pub(crate) spelt: Vec<Spelt>,
}

/// A child with every field filled.
pub(crate) fn child(condition: Condition) -> Child {
    let mut numbers = Numbers { values: 0, days: 0, authorities: 0, postcodes: 0 };
    let mut statements: Vec<Statement> = Vec::new();
    for of in STATEMENTS.iter().filter(|of| of.about == SubjectKind::Child) {
        let mut statement = unsaid(of.name).unwrap();
        for field in of.fields {
            let mut value = special(of.name, field, condition).unwrap_or_else(|| numbers.value(field.kind));
            if let ("names", Value::List(names), Kind::List(name)) = (field.name, &mut value, field.kind) {
                names.push(former(numbers.value(*name)));
            }
            // An order, or a day on which the adoption plan has not ended, makes another child of it.
            if (of.name, field.name) == ("Adoption", "order_date") && !condition.holds(Condition::Adopted) {
                continue;
            }
            assert!(field.set(&mut statement, Said::Is(value)), "{}.{}", of.name, field.name);
        }
        if let Statement::Restriction(restriction) = &statement {
            statements.extend(condition.restrictions().map(|kind| {
                let kind = Said::Is(kind);
                Statement::from(Restriction { kind, ..restriction.clone() })
            }));
            continue;
        }
        statements.push(statement);
    }
    if condition.holds(Condition::Refused) {
        statements.push(refusal());
    }
    statements.extend((0..).zip(&CASES).map(|(n, case)| of_case(case, n, &mut numbers)));
    statements.push(
        Voice {
            whose: Said::Is(VoiceWhose::Parent),
            share: Said::Is(VoiceShare::Everybody),
            words: Said::Is(text(9_001).into()),
            ..Voice::default()
        }
        .into(),
    );
    Child {
        subject: Subject::child(identifiers(), Some(authority(330))),
        statements,
        guard_unreadable: condition.holds(Condition::GuardUnreadable),
        traced: !condition.holds(Condition::Untraced),
    }
}

/// What some statements of a type are let out less than others by: the statement, the field that decides it, the code
/// that does, and the word of the matrix.
const CASES: [(&str, &str, &str, &str); 6] = [
    ("Address", "type", "HOME", "elsewhere"),
    ("Relationship", "role", "MOTHER", "family"),
    ("Relationship", "role", "SIBLING", "sibling"),
    ("Relationship", "role", "DESIGNATED_TEACHER", "teacher"),
    ("Relationship", "role", "SOCIAL_WORKER", "worker"),
    ("Measurement", "kind", "BIRTH_WEIGHT", "birth"),
];

/// A statement of a case with every field filled.
fn of_case((statement, decider, code, _): &(&str, &str, &str, &str), n: i16, numbers: &mut Numbers) -> Statement {
    let mut said = unsaid(statement).unwrap();
    for field in said.statement_type().fields {
        let value = match field.kind {
            Kind::Code(list) if field.name == *decider => Value::Code(list.find(code).unwrap()),
            _ if (*statement, field.name) == ("Measurement", "unit") => Value::Text("kg".into()),
            // Whoever no longer belongs to the child is told by fewer formats than who still does.
            _ if (*statement, field.name) == ("Relationship", "end_date") => {
                // Days of no common month and day: their beginnings in Base64 differ too.
                let nth = u8::try_from(n).unwrap();
                Value::Date(Date::new(2140 + n, 3 + nth, 11 + nth).unwrap())
            }
            kind => numbers.value(kind),
        };
        assert!(field.set(&mut said, Said::Is(value)), "{statement}.{}", field.name);
    }
    said
}

/// The word of the matrix for the case that a statement is of.
fn case_of(statement: &Statement) -> Option<&'static str> {
    let of = statement.statement_type();
    let is_it = |(name, decider, code, _): &&(&str, &str, &str, &str)| {
        let Some(field) = of.field(decider).filter(|_| of.name == *name) else { return false };
        let (Said::Is(Value::Code(index)), Kind::Code(list)) = (field.get(statement), field.kind) else { return false };
        list.entries[usize::from(index)].code == *code
    };
    CASES.iter().find(is_it).map(|(.., word)| *word)
}

/// The field as the matrix names it in a case; where it has no row of its own for the case, that of the whole field holds.
fn in_case(statement: &str, field: &'static str, case: Option<&'static str>) -> &'static str {
    let Some(case) = case else { return field };
    let name = format!("{field}[{case}]");
    matrix().find(|row| row.statement == statement && row.field == name).map_or(field, |row| row.field)
}

/// Whether a field holds a word that stands elsewhere too: a unit is one of few.
fn is_common(statement: &str, field: &str) -> bool {
    (statement, field) == ("Measurement", "unit")
}

/// A provider with every field of its own and of a vacancy filled.
pub(crate) fn place() -> Child {
    // Beyond all that a child has.
    let mut numbers = Numbers { values: 2_000, days: 190, authorities: 8, postcodes: 60 };
    let statements = STATEMENTS.iter().filter(|of| of.about == SubjectKind::Place).map(|of| {
        let mut statement = unsaid(of.name).unwrap();
        for field in of.fields {
            assert!(field.set(&mut statement, Said::Is(numbers.value(field.kind))), "{}.{}", of.name, field.name);
        }
        statement
    });
    let urn = ProviderUrn::read(Regulator::Ofsted, b"SC889977").unwrap();
    Child {
        statements: statements.collect(),
        subject: Subject::place(vec![Identifier::Provider(urn)]),
        guard_unreadable: false,
        traced: true,
    }
}

/// A child in the same place from the same day on, of whom nothing else is said but the condition.
pub(crate) fn neighbour(condition: Condition) -> Child {
    let whole = child(condition);
    let is_needed = |statement: &&Statement| match statement {
        Statement::CareEpisode(_) | Statement::Restriction(_) => true,
        Statement::Person(_) => condition.holds(Condition::Adult),
        Statement::Consent(consent) => consent.scope == Said::Is(ConsentScope::InformationSharing),
        _ => false,
    };
    let other = LaChildId::read(b"ZQ5550001").unwrap().0;
    Child {
        subject: Subject::child(vec![Identifier::LaChild(other)], Some(authority(330))),
        statements: whole.statements.iter().filter(is_needed).cloned().collect(),
        ..whole
    }
}

/// The canaries of a child, by its own fields.
pub(crate) fn canaries(child: &Child) -> Vec<Canary> {
    let mut canaries = Vec::new();
    for statement in &child.statements {
        let of = statement.statement_type();
        for field in of.fields {
            let Said::Is(value) = field.get(statement) else { continue };
            if is_common(of.name, field.name) {
                continue;
            }
            let entries = match (field.name, value) {
                ("names", Value::List(mut names)) => {
                    let former = names.pop().map(|former| ("names[former]", former));
                    former.into_iter().chain([("names", Value::List(names))]).collect()
                }
                ("words", value) if !is_the_childs(statement) => vec![("words[another]", value)],
                (name, value) => vec![(in_case(of.name, name, case_of(statement)), value)],
            };
            for (field, value) in entries {
                let mut spelt = Vec::new();
                spellings(&value, &mut spelt);
                if !spelt.is_empty() {
                    canaries.push(Canary { statement: of.name, field, spelt });
                }
            }
        }
    }
    for identifier in &child.subject.identifiers {
        let field = exchange::view::identifier_row(identifier.kind());
        let mut spelt = super::spelling::of_identifier(identifier, child.subject.authority);
        spelt.sort_by(|left, right| left.bytes.cmp(&right.bytes));
        canaries.push(Canary { statement: "Identifier", field, spelt });
    }
    canaries
}

fn is_the_childs(statement: &Statement) -> bool {
    matches!(statement, Statement::Voice(voice) if voice.whose == Said::Is(VoiceWhose::Child))
}

/// Another valid value for a field: for what cannot be unique.
pub(crate) fn another(kind: Kind, old: &Value) -> Option<Value> {
    let mut numbers = Numbers { values: 700, days: 185, authorities: 0, postcodes: 80 };
    let other = match (kind, old) {
        (Kind::Flag, Value::Flag(flag)) => Value::Flag(!flag),
        (Kind::Number { .. }, Value::Number(number)) => Value::Number(number.checked_sub(1)?),
        (Kind::Year, _) => Value::Year(year(2019)),
        (Kind::Code(list) | Kind::OpenCode(list), Value::Code(index)) => {
            let next = (usize::from(*index) + 1) % list.entries.len();
            Value::Code(u8::try_from(next).ok()?)
        }
        _ => numbers.value(kind),
    };
    (other != *old).then_some(other)
}

/// Where what the record means decides what a field can hold.
fn special(statement: &str, field: &Field, condition: Condition) -> Option<Value> {
    let date = |text: &str| Some(Value::Date(day(text)));
    let code = |code: &str| match field.kind {
        Kind::Code(list) | Kind::OpenCode(list) => list.find(code).map(Value::Code),
        _ => None,
    };
    match (statement, field.name) {
        ("Person", "birth_date") if condition.holds(Condition::Adult) => date("2007-09-17"),
        ("Person", "birth_date") => date("2015-06-14"),
        ("CareEpisode", "start_date") => date("2019-11-23"),
        ("CareEpisode", "period_start") => date("2018-10-12"),
        ("CareEpisode", "end_date") => date("2131-05-17"),
        ("CareEpisode", "legal_status") => code("C2"),
        ("CareEpisode", "placement_type") => code("U6"),
        ("CareEpisode", "end_reason") => code("E4A"),
        ("CareEpisode", "ordinal") => Some(Value::Number(0)),
        ("SocialWorker", "start_date") => date("2020-08-19"),
        ("SocialWorker", "end_date") => date("2134-09-21"),
        ("Address", "type") => code("PLACEMENT"),
        ("Relationship", "role") => code("FOSTER_CARER"),
        ("Disability", "code") => code("MOB"),
        ("Relationship", "end_date") => date("2136-05-19"),
        ("CarePlan", "end_date") => date("2137-06-21"),
        ("Medication", "end") => date("2138-08-23"),
        ("Allergy", "status") => code("RESOLVED"),
        ("Condition", "clinical_status") => code("RESOLVED"),
        ("Measurement", "unit") => Some(Value::Text("cm".into())),
        ("AnnualHealth", "year") => Some(Value::Year(year(2026))),
        ("SdqScore", "year") => Some(Value::Year(year(2023))),
        ("PreviousPermanence", "kind") => code("P2"),
        ("Enrolment", "care_authority") => Some(Value::Authority(authority(873))),
        ("SenProvision", "ehcp_la") => Some(Value::Authority(authority(874))),
        // A refusal that is not about sharing goes out, but for the names of its recipients.
        ("Consent", "scope") => code("TREATMENT"),
        ("Consent", "decision") => code("DENY"),
        ("Consent", "given_by") => code("PARENT"),
        _ => None,
    }
}

/// The same name as a former one: its use is its first member.
fn former(name: Value) -> Value {
    let Value::Item(mut members) = name else { return name };
    if let Some(r#use) = members.first_mut() {
        *r#use = Said::Is(Value::Code(NameUse::Former.index()));
    }
    Value::Item(members)
}

fn refusal() -> Statement {
    Consent {
        scope: Said::Is(ConsentScope::InformationSharing),
        decision: Said::Is(ConsentDecision::Deny),
        given_by: Said::Is(ConsentGivenBy::Oneself),
        ..Consent::default()
    }
    .into()
}

fn identifiers() -> Vec<Identifier> {
    vec![
        Identifier::LaChild(LaChildId::read(b"ZQ4017735").unwrap().0),
        Identifier::Nhs(NhsNumber::read(b"9000000068").unwrap()),
        Identifier::Upn { upn: Upn::read(b"J330999925001").unwrap(), former: false },
        Identifier::Upn { upn: Upn::read(b"P207000016049").unwrap(), former: true },
        Identifier::Uln(Uln::read(b"1234567899").unwrap()),
        Identifier::Referral(ReferralRef::read(b"zqr-77190-referral").unwrap()),
        Identifier::LaPerson(LaPersonId::read(b"zqp-55120-person").unwrap()),
    ]
}

/// Gives every value a number of its own, and every day a year of its own.
struct Numbers {
    values: u32,
    days: u32,
    authorities: u16,
    postcodes: u32,
}

impl Numbers {
    fn value(&mut self, kind: Kind) -> Value {
        self.values += 1;
        let n = self.values;
        match kind {
            // No first of a month and no January, so that what is coarser is spelt in another way.
            Kind::Date => Value::Date(self.day()),
            Kind::ClockTime => Value::ClockTime(ClockTime::new((n % 24) as u8, 13 + (n % 45) as u8).unwrap()),
            Kind::DateTime => {
                let text = format!("{}T04:{:02}:07+00:00", self.day(), 13 + n % 45);
                Value::DateTime(DateTime::read(text.as_bytes()).unwrap())
            }
            Kind::Flag => Value::Flag(true),
            // No year that a date of another field lies in.
            Kind::AcademicYear => Value::AcademicYear(AcademicYear::new(2040 + (n % 50) as u16).unwrap()),
            Kind::Pence => Value::Pence(Pence::new(77_100_003 + n * 100).unwrap()),
            Kind::Number { most } => Value::Number(most.min(13)),
            Kind::Year => Value::Year(year(2022)),
            Kind::Text => Value::Text(text(n).into()),
            Kind::Decimal => Value::Decimal(Decimal::read(format!("{}.7", 100 + n % 800).as_bytes()).unwrap()),
            // A district of its own, as a view may leave no more of it.
            Kind::Postcode => {
                self.postcodes += 1;
                assert!(self.postcodes < 90);
                Value::Postcode(postcode(&format!("QX{} {}ZQ", 9 + self.postcodes, n % 10)))
            }
            Kind::OfstedUrn => Value::OfstedUrn(OfstedUrn::read(format!("SC{}", 770_000 + n).as_bytes()).unwrap()),
            Kind::SchoolUrn => Value::SchoolUrn(SchoolUrn::read(format!("{}", 880_000 + n).as_bytes()).unwrap()),
            // The first digits tell them apart too: of a disguised text its beginning is looked for.
            Kind::Laestab => Value::Laestab(Laestab::read(format!("{}{:04}", 100 + n % 800, n).as_bytes()).unwrap()),
            Kind::Authority => {
                self.authorities += 1;
                Value::Authority(authority(861 + 10 * self.authorities))
            }
            Kind::PermanenceAuthority => Value::PermanenceAuthority(PermanenceAuthority::read(b"872").unwrap()),
            Kind::WorkerId => Value::WorkerId(WorkerId::read(format!("ZQW{}", 7_700_000 + n).as_bytes()).unwrap()),
            Kind::Code(_) => Value::Code(0),
            Kind::OpenCode(_) => Value::Text(text(n).into()),
            Kind::List(item) => Value::List(vec![self.value(*item)]),
            Kind::Item(shape) => {
                Value::Item(shape.members.iter().map(|member| Said::Is(self.value(member.kind))).collect())
            }
        }
    }
}

impl Numbers {
    fn day(&mut self) -> Date {
        self.days += 1;
        let n = self.days;
        // The days of 1900 to 1902 are numbers of three digits in a spreadsheet, and such numbers stand everywhere.
        let year = match 1801 + (n % 190) as i16 {
            year if year < 1900 => year,
            year => year + 3,
        };
        Date::new(year, 2 + (n % 11) as u8, 2 + (n % 27) as u8).unwrap()
    }
}

/// `zqX` and ten letters that no other text has.
fn text(n: u32) -> String {
    let mut rest = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let letters = (0..10).map(|_| {
        rest = rest.rotate_left(11).wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(u64::from(n));
        char::from(b'a' + ((rest >> 40) % 26) as u8)
    });
    format!("zqX{}", letters.collect::<String>())
}

fn postcode(text: &str) -> Postcode {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(postcode) => postcode,
        _ => panic!("no postcode"),
    }
}
