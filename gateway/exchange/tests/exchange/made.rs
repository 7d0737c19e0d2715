//! Made-up children, a format that reads them, and one that writes down whatever it is given.

use std::{
    io,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use exchange::{
    pipeline::{Errors, Order, Outcome, Output, Watch, translate},
    view::View,
};
use kit::{
    adapter::{
        Decode, Disclosure, Dossier, Encode, Encoder, Format, Options, PartLabel, Parts, SubjectReader, Subjects,
    },
    document::Document,
    sheaf::{PartName, Sheaf},
};
use schemas::{
    code::{
        ConsentDecision, ConsentGivenBy, ConsentScope, EpisodeEndReason, LegalStatus, PlacementLocation, PlacementType,
        RestrictionKind, Sex,
    },
    date::Date,
    diagnostic::{Diagnostic, PartId, Place, Report, Rule, Severity},
    identifier::{Identifier, LaChildId, LaCode, NhsNumber, OfstedUrn, Upn},
    postcode::{Postcode, PostcodeRead},
    record::{CareEpisode, Consent, Person, Record, Restriction, Source, Statement, Subject},
    reflect::{Kind, Value},
    said::{Reduction, Said},
};

/// The day of every test.
pub(crate) const AS_AT: &str = "2026-03-31";

pub(crate) static WRONG: Rule =
    Rule { code: "made/wrong", severity: Severity::Error, message: "Wrong", help: "Mend it.", source: "made up" };
pub(crate) static UNSAYABLE: Rule =
    Rule { code: "made/unsayable", severity: Severity::Loss, message: "No word", help: "None.", source: "made up" };

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn is_day(text: &str) -> Said<Date> {
    Said::Is(day(text))
}

pub(crate) fn postcode(text: &str) -> Said<Postcode> {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(postcode) => Said::Is(postcode),
        _ => panic!("no postcode"),
    }
}

pub(crate) fn urn(text: &str) -> Said<OfstedUrn> {
    Said::Is(OfstedUrn::read(text.as_bytes()).unwrap())
}

pub(crate) fn authority(text: &str) -> LaCode {
    LaCode::read(text.as_bytes()).unwrap()
}

/// An episode that began on a day, has not ended, under a full care order in a foster home.
pub(crate) fn episode(start: &str) -> CareEpisode {
    CareEpisode {
        start_date: is_day(start),
        legal_status: Said::Is(LegalStatus::FullCareOrder),
        placement_type: Said::Is(PlacementType::FosterOtherCarerOther),
        placement_urn: urn("SC123456"),
        placement_postcode: postcode("B99 1AA"),
        placement_la: Said::Is(authority("330")),
        placement_location: Said::Is(PlacementLocation::InsideAuthority),
        end_date: Said::Blank,
        ..CareEpisode::default()
    }
}

pub(crate) fn ended(start: &str, end: &str, reason: EpisodeEndReason) -> CareEpisode {
    CareEpisode { end_date: is_day(end), end_reason: Said::Is(reason), ..episode(start) }
}

pub(crate) fn person(born: &str) -> Person {
    Person { birth_date: is_day(born), sex: Said::Is(Sex::Female), ..Person::default() }
}

pub(crate) fn restriction(kind: RestrictionKind) -> Restriction {
    Restriction { kind: Said::Is(kind), since: is_day("2020-01-01"), ..Restriction::default() }
}

pub(crate) fn consent(decision: ConsentDecision, given_by: ConsentGivenBy) -> Consent {
    Consent {
        scope: Said::Is(ConsentScope::InformationSharing),
        decision: Said::Is(decision),
        given_by: Said::Is(given_by),
        start_date: is_day("2026-01-01"),
        end_date: Said::Blank,
        recipients: Said::Blank,
        ..Consent::default()
    }
}

/// A child of a made-up document.
#[derive(Clone, Default)]
pub(crate) struct Child {
    pub(crate) identifiers: Vec<Identifier>,
    pub(crate) authority: Option<LaCode>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) retracted: Vec<usize>,
    pub(crate) guard_unreadable: bool,
    pub(crate) traced: bool,
    pub(crate) errors: u16,
}

impl Child {
    /// A traced child of authority 330 with an id.
    pub(crate) fn new(id: &str) -> Self {
        let id = LaChildId::read(id.as_bytes()).unwrap().0;
        Self {
            identifiers: vec![Identifier::LaChild(id)],
            authority: Some(authority("330")),
            traced: true,
            ..Self::default()
        }
    }

    /// The same, born in 2015 and looked after since 2020.
    pub(crate) fn in_care(id: &str) -> Self {
        Self::new(id).says(person("2015-06-15")).says(episode("2020-05-01"))
    }

    pub(crate) fn says(mut self, statement: impl Into<Statement>) -> Self {
        self.statements.push(statement.into());
        self
    }

    pub(crate) fn retracts(mut self, statement: impl Into<Statement>) -> Self {
        self.retracted.push(self.statements.len());
        self.says(statement)
    }

    pub(crate) fn untraced(self) -> Self {
        Self { traced: false, ..self }
    }

    pub(crate) fn guard_unreadable(self) -> Self {
        Self { guard_unreadable: true, ..self }
    }

    pub(crate) fn with_nhs_number_and_upn(mut self) -> Self {
        self.identifiers.push(Identifier::Nhs(NhsNumber::read(b"9000000009").unwrap()));
        self.identifiers.push(Identifier::Upn { upn: Upn::read(b"J330999925001").unwrap(), former: false });
        self
    }

    pub(crate) fn dossier(&self, n: usize) -> Dossier {
        let mut dossier = Dossier::default();
        self.read(n, &mut dossier, &mut Nobody);
        dossier
    }

    fn read(&self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        let subject = Arc::new(Subject::child(self.identifiers.clone(), self.authority));
        for (line, statement) in self.statements.iter().enumerate() {
            let place =
                Place::Cell { part: PartId(0), line: line as u64 + 2, column: None, byte: (n * 1000 + line) as u64 };
            dossier.records.push(Record {
                subject: Arc::clone(&subject),
                statement: statement.clone(),
                source: Source { place, retracts: self.retracted.contains(&line) },
            });
        }
        dossier.subject = Some(subject);
        dossier.guard_unreadable = self.guard_unreadable;
        dossier.traced = self.traced;
        for _ in 0..self.errors {
            report.raise(Diagnostic::new(
                &WRONG,
                Place::Cell { part: PartId(0), line: n as u64, column: None, byte: n as u64 },
            ));
        }
    }
}

struct Nobody;

impl Report for Nobody {
    fn raise(&mut self, _: Diagnostic) {}
}

/// A document of children.
pub(crate) struct Made {
    pub(crate) children: Vec<Child>,
    pub(crate) closed_to_others: bool,
    pub(crate) errors_at_open: u16,
}

impl Decode for Made {
    fn open<'d>(
        &self,
        _: &'d Document,
        _: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        for _ in 0..self.errors_at_open {
            report.raise(Diagnostic::new(&WRONG, Place::Document));
        }
        Box::new(Opened { children: self.children.clone(), closed_to_others: self.closed_to_others })
    }
}

struct Opened {
    children: Vec<Child>,
    closed_to_others: bool,
}

impl Subjects for Opened {
    fn len(&self) -> usize {
        self.children.len()
    }

    fn rows(&self) -> u64 {
        self.children.iter().map(|child| child.statements.len() as u64).sum()
    }

    fn labels(&self) -> &[PartLabel] {
        &[PartLabel::Table("made", 1)]
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(Reader(&self.children))
    }

    fn closed_to_others(&self) -> bool {
        self.closed_to_others
    }
}

struct Reader<'c>(&'c [Child]);

impl SubjectReader for Reader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        self.0[n].read(n, dossier, report);
    }
}

/// The id of a child whom the format has no words for.
pub(crate) const UNWRITABLE: &str = "UNWRITABLE";

/// Writes down everything that it is given.
struct WriteDown(Parts);

impl Encode for WriteDown {
    fn begin<'o>(&self, _: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(WritingDown(self.0))
    }
}

struct WritingDown(Parts);

impl Encoder for WritingDown {
    fn head(&self, sheaf: &mut Sheaf) {
        if self.0 == Parts::One {
            sheaf.part(PartName::Whole).extend_from_slice(b"begin\n");
        }
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let subject = disclosure.subject;
        if subject
            .identifiers
            .iter()
            .any(|identifier| matches!(identifier, Identifier::LaChild(id) if id.as_str() == UNWRITABLE))
        {
            return report.raise(Diagnostic::new(&WRONG, Place::Document));
        }
        let mut text = format!("child {}", subject.authority.map_or(0, |authority| authority.number()));
        for identifier in &subject.identifiers {
            let mut value = Vec::new();
            identifier.write_value(&mut value);
            text += &format!(" {}={}", identifier.kind().name(), String::from_utf8(value).unwrap());
        }
        let id = disclosure.ids.id("Patient", "", &[]).text();
        text += &format!(" id={}\n", str::from_utf8(&id).unwrap());
        for record in disclosure.records {
            assert_eq!(*record.subject, *subject, "records are of the subject as it is disclosed");
            text += &said_of(&record.statement);
            text.push('\n');
            report.raise(Diagnostic::new(&UNSAYABLE, record.source.place.clone()));
        }
        let part = match self.0 {
            Parts::One => PartName::Whole,
            // The second part of a child comes first in every other child, to show that order does not matter.
            Parts::Named if subject.identifiers.len() > 1 => PartName::Named("several.txt"),
            Parts::Named => PartName::Named("one.txt"),
            Parts::EachChild => PartName::Child { nth: sheaf.next_child(), split: 1, extension: "txt" },
        };
        sheaf.part(part).extend_from_slice(text.as_bytes());
        if let PartName::Child { nth, extension, .. } = part
            && disclosure.records.len() > 2
        {
            sheaf.part(PartName::Child { nth, split: 2, extension }).extend_from_slice(b"more\n");
        }
        sheaf.count("children", 1);
        sheaf.count("records", disclosure.records.len() as u64);
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        if self.0 == Parts::One {
            sheaf.part(PartName::Whole).extend_from_slice(b"end\n");
        }
    }
}

/// A statement with everything that it says.
pub(crate) fn said_of(statement: &Statement) -> String {
    let of = statement.statement_type();
    let fields = of.fields.iter().filter_map(|field| {
        let answer = field.get(statement);
        (!matches!(answer, Said::NotAsked)).then(|| format!(" {}={}", field.name, spelt(&answer, field.kind)))
    });
    of.name.to_owned() + &fields.collect::<String>()
}

fn spelt(answer: &Said<Value>, kind: Kind) -> String {
    let value = match answer {
        Said::Is(value) => value,
        Said::Reduced(Reduction::Age(years)) => return format!("age:{years}"),
        Said::Reduced(Reduction::Coarse(coarse)) => return format!("coarse:{}", coarse.word()),
        Said::Reduced(Reduction::Flag(flag)) => return format!("flag:{flag}"),
        other => return format!("{other:?}"),
    };
    let mut bytes = Vec::new();
    match (value, kind) {
        (Value::Date(date), _) => return date.to_string(),
        (Value::Flag(flag), _) => return flag.to_string(),
        (Value::Number(number), _) => return number.to_string(),
        (Value::Text(text), _) => return text.to_string(),
        (Value::Code(index), Kind::Code(list) | Kind::OpenCode(list)) => {
            return list.entries[usize::from(*index)].code.to_owned();
        }
        (Value::Postcode(postcode), _) => postcode.write_compact(&mut bytes),
        (Value::OfstedUrn(urn), _) => urn.write(&mut bytes),
        (Value::SchoolUrn(urn), _) => urn.write(&mut bytes),
        (Value::Laestab(number), _) => number.write(&mut bytes),
        (Value::AcademicYear(year), _) => year.write(&mut bytes),
        (Value::Authority(authority), _) => authority.write(&mut bytes),
        (Value::List(items), Kind::List(of)) => {
            let items: Vec<String> = items.iter().map(|item| spelt(&Said::Is(item.clone()), *of)).collect();
            return items.join("|");
        }
        (Value::Item(answers), Kind::Item(shape)) => {
            let said = shape.members.iter().zip(answers).filter(|(_, answer)| **answer != Said::NotAsked);
            return said.map(|(member, answer)| spelt(answer, member.kind)).collect::<Vec<_>>().join("+");
        }
        _ => return "value".to_owned(),
    }
    String::from_utf8(bytes).unwrap()
}

/// Formats live as long as the program; those of tests are given away to it.
pub(crate) fn format(decode: Option<&'static dyn Decode>, parts: Parts, case_management: bool) -> &'static Format {
    Box::leak(Box::new(Format {
        name: "made",
        summary: "Made up",
        media_types: &["text/plain"],
        extensions: &["txt"],
        parts,
        needs_year: false,
        needs_authority: false,
        case_management,
        tables: &[],
        rules: &[],
        settings: &[],
        losses: &[],
        together: &[],
        decode,
        encode: Some(Box::leak(Box::new(WriteDown(parts)))),
    }))
}

/// One translation, and how a test wants it.
pub(crate) struct Trial {
    pub(crate) made: Made,
    pub(crate) view: &'static View,
    pub(crate) workers: usize,
    pub(crate) errors: Errors,
    pub(crate) errors_max: Option<u64>,
    pub(crate) diagnostics_max: usize,
    pub(crate) parts: Parts,
    pub(crate) case_management: bool,
    pub(crate) id_key_is_secret: bool,
    pub(crate) pseudonym_key: Option<[u8; 32]>,
    pub(crate) as_at: Option<Date>,
}

impl Trial {
    pub(crate) fn new(view: &'static str, children: Vec<Child>) -> Self {
        Self {
            made: Made { children, closed_to_others: false, errors_at_open: 0 },
            view: View::shipped(view).unwrap(),
            workers: 1,
            errors: Errors::Skip,
            errors_max: None,
            diagnostics_max: 1000,
            parts: Parts::One,
            case_management: false,
            id_key_is_secret: false,
            pseudonym_key: Some([7; 32]),
            as_at: Some(day(AS_AT)),
        }
    }

    /// Runs it into memory.
    pub(crate) fn run(self) -> (Outcome, Kept) {
        let mut kept = Kept::default();
        let outcome = self.run_into(&mut kept, &Silent).unwrap();
        (outcome, kept)
    }

    pub(crate) fn run_into(self, output: &mut dyn Output, watch: &dyn Watch) -> io::Result<Outcome> {
        let mut options = Options::plain();
        options.as_at = self.as_at;
        let document = Document::default();
        let order = Order {
            document: &document,
            from: format(Some(Box::leak(Box::new(self.made))), Parts::One, false),
            to: format(None, self.parts, self.case_management),
            view: self.view,
            options: &options,
            id_key_is_secret: self.id_key_is_secret,
            pseudonym_key: self.pseudonym_key,
            workers: NonZeroUsize::new(self.workers).unwrap(),
            errors: self.errors,
            errors_max: self.errors_max,
            diagnostics_max: self.diagnostics_max,
            watch,
        };
        translate(&order, output)
    }
}

/// The text that a view lets out of these children.
pub(crate) fn let_out(view: &'static str, children: Vec<Child>) -> String {
    Trial::new(view, children).run().1.text()
}

/// Nobody looks on.
pub(crate) struct Silent;

impl Watch for Silent {}

/// Output kept in memory, part by part.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Kept(pub(crate) Vec<(String, Vec<u8>)>);

impl Kept {
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|(_, bytes)| str::from_utf8(bytes).unwrap()).collect()
    }
}

impl Output for Kept {
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        match self.0.iter_mut().find(|(name, _)| name == part) {
            Some((_, held)) => held.extend_from_slice(bytes),
            None => self.0.push((part.to_owned(), bytes.to_vec())),
        }
        Ok(())
    }
}

/// A disk that is full after so many writes.
pub(crate) struct Full {
    pub(crate) writes: usize,
    pub(crate) seen: usize,
}

impl Output for Full {
    fn write(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        self.seen += 1;
        if self.seen > self.writes { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }
}

/// Stops when so many subjects are said to be done.
#[derive(Default)]
pub(crate) struct StopAfter {
    pub(crate) subjects: u64,
    pub(crate) stop: AtomicBool,
}

impl Watch for StopAfter {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn done(&self, subjects: u64, of: u64) {
        assert!(subjects <= of);
        if subjects >= self.subjects {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}
