//! What an adapter is made of: static data with two capabilities a format, reading and writing.
//!
//! The unit of flow is everything that one document says of one subject, a [`Dossier`]; what of it one recipient may
//! know is a [`Disclosure`]. Subjects are independent of each other, so that several workers can share the work.

use std::{io, num::NonZeroUsize, sync::Arc};

use schemas::{
    code::local_authority_name,
    date::{CollectionYear, Date},
    diagnostic::{Diagnostic, PartId, Report, Rule},
    identifier::LaCode,
    record::{Photo, Record, Statement, Subject, SubjectKind},
    said::Said,
};

use crate::{
    dialect::Dialect,
    document::{Document, Part, ReadAt},
    figures::Summarise,
    ids::{IdKey, SubjectIds},
    limits::ReadingLimits,
    nested::Branch,
    pep::PepSettings,
    photograph::Photograph,
    sheaf::{PartName, Sheaf},
    table::Table,
};

/// One party's software and the formats it speaks.
pub struct Adapter {
    /// Its name, as in the folder.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Its formats.
    pub formats: &'static [&'static Format],
    /// Which of its formats are one standard in two notations.
    pub conversions: &'static [Conversion],
}

/// Two notations of one standard: a document goes from the one to the other whole, without records and without a view.
pub struct Conversion {
    /// The format read.
    pub from: &'static Format,
    /// The format written.
    pub to: &'static Format,
    /// How.
    pub convert: &'static dyn Convert,
}

/// Writes a document in another notation.
pub trait Convert: Send + Sync {
    /// Writes one part in the other notation, and tells what is wrong with it. What was written is of no use when an
    /// error was told.
    ///
    /// # Errors
    /// When the part cannot be read or the other notation not be written.
    fn convert(
        &self,
        part: (PartId, &dyn ReadAt),
        limits: &ReadingLimits,
        out: &mut dyn io::Write,
        report: &mut dyn Report,
    ) -> io::Result<()>;
}

/// One format of an adapter.
pub struct Format {
    /// Its name: `ssda903-csv`.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Media types, the first the one it is written in.
    pub media_types: &'static [&'static str],
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    /// One stream, or several named parts.
    pub parts: Parts,
    /// Whether it depends on the collection year.
    pub needs_year: bool,
    /// Whether it depends on the responsible authority when written.
    pub needs_authority: bool,
    /// It belongs to an authority's own case management.
    pub case_management: bool,
    /// Its field tables, where it has any.
    pub tables: &'static [&'static Table],
    /// Every rule it can raise.
    pub rules: &'static [&'static [&'static Rule]],
    /// Its options.
    pub settings: &'static [Setting],
    /// What it cannot say, by statement and field.
    pub losses: &'static [DeclaredLoss],
    /// Types of statement that it can only write all of a child at once, because it joins or derives across them: when
    /// one of them changes, a delivery of what changed has all of them. Whom it is about, where it lives and what
    /// restricts it (`Person`, `Address`, `Restriction`) always goes and need not be named.
    pub together: &'static [&'static str],
    /// How it is read; `None` when that direction does not exist.
    pub decode: Option<&'static dyn Decode>,
    /// How it is written; `None` when that direction does not exist.
    pub encode: Option<&'static dyn Encode>,
}

impl Format {
    /// Whether its documents begin as an archive does and are none: a workbook is packed alike.
    #[must_use]
    pub fn is_packed_itself(&self) -> bool {
        self.extensions.contains(&"xlsx")
    }

    /// Whether it can be written as one file of all that a recipient may have, in which what is not there is gone:
    /// tables of everybody, and not a document or a part for each child.
    #[must_use]
    pub fn is_whole_file(&self) -> bool {
        self.encode.is_some() && !self.tables.is_empty() && self.parts != Parts::EachChild
    }
}

/// How a format is laid out when written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// One stream.
    One,
    /// Several parts with names of the format's own.
    Named,
    /// One part a child, named by running number.
    EachChild,
}

/// An option of a format, given as `--option name=value`.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is not given.
    pub default: &'static str,
    /// What it may be; none is any text.
    pub values: &'static [&'static str],
}

/// Something that a format cannot say.
#[derive(Debug)]
pub struct DeclaredLoss {
    /// `Statement` or `Statement.field`.
    pub field: &'static str,
    /// Why.
    pub why: &'static str,
}

/// Reads a format.
pub trait Decode: Send + Sync {
    /// Opens a document into its subjects. Never fails: any bytes give subjects and diagnostics. So many workers may
    /// share what opening costs; what comes of it does not depend on their number.
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        workers: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd>;

    /// Whether a part is a document of this format, where that is told by something else than the heading row of a table
    /// in text; `None` where it is not.
    fn recognises(&self, _: PartId, _: &Part, _: &Dialect) -> Option<bool> {
        None
    }

    /// Adds up what a document's subjects come to, for the report of whoever sent it; `None` where nothing is counted.
    fn summarise(&self) -> Option<&dyn Summarise> {
        None
    }

    /// Where its tables stand in a nested document of JSON, the document itself first; none where documents are files
    /// of tables, or another standard's.
    fn branches(&self) -> Vec<Branch> {
        Vec::new()
    }

    /// Names that may stand in every object of such a document, and say nothing.
    fn passed_over(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The subjects of an opened document.
pub trait Subjects: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows or entries the document holds.
    fn rows(&self) -> u64;

    /// What each part is, by [`PartId`].
    fn labels(&self) -> &[PartLabel];

    /// A reader of the subjects; each worker has its own.
    fn reader(&self) -> Box<dyn SubjectReader + '_>;

    /// The document's restrictions or consents have errors: nothing may leave with it to another organisation.
    fn closed_to_others(&self) -> bool {
        false
    }

    /// The document says of itself that it is everything that its providers have: what it does not name is no more.
    fn is_everything(&self) -> bool {
        false
    }
}

/// Reads subjects one at a time, in any order.
pub trait SubjectReader {
    /// Reads the n-th subject's records into an emptied dossier.
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report);

    /// Reads at least what protects the n-th subject and whoever shares its place: restrictions, consents, episodes,
    /// adoptions, and guards that cannot be read. Nothing is told; a format that can leave the rest unread is quicker.
    fn read_protection(&mut self, n: usize, dossier: &mut Dossier) {
        self.read(n, dossier, &mut Unheard);
    }
}

/// Hears what is told elsewhere, or is no one's to hear.
pub struct Unheard;

impl Report for Unheard {
    fn raise(&mut self, _: Diagnostic) {}
}

/// Everything that one document says of one subject.
#[derive(Default)]
pub struct Dossier {
    /// Whom it is about; `None` until something was read.
    pub subject: Option<Arc<Subject>>,
    /// What is said, in the order of the format.
    pub records: Vec<Record>,
    /// A field that guards the child could not be read, or stood in a row that was lost.
    pub guard_unreadable: bool,
    /// The NHS number was traced against the national demographics service.
    pub traced: bool,
    /// The day that it is true for, where the document or the options tell one and the format asks.
    pub as_at: Option<Date>,
    /// The photographs that records name by their SHA-256.
    pub photographs: Vec<Photograph>,
}

impl Dossier {
    /// Empties it for the next subject, keeping its room.
    pub fn clear(&mut self) {
        self.subject = None;
        self.records.clear();
        self.guard_unreadable = false;
        self.traced = false;
        self.as_at = None;
        self.photographs.clear();
    }

    /// Forgets the photographs that no record names any more: what a view withholds is in no encoder's hands.
    pub fn keep_named_photographs(&mut self) {
        if self.photographs.is_empty() {
            return;
        }
        let records = &self.records;
        let named = records.iter().flat_map(|record| photos_of(&record.statement));
        let named: Vec<&str> = named.filter_map(|photo| photo.sha256.as_ref().is().map(|hash| &**hash)).collect();
        self.photographs.retain(|photograph| named.contains(&photograph.sha256()));
    }

    /// What is said, without the places.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.records.iter().map(|record| &record.statement)
    }
}

/// Joins two statements of one type: field by field, what the later says replaces what the earlier said; a blank
/// replaces nothing.
pub fn later_wins(earlier: &mut Statement, later: &Statement) {
    for field in later.statement_type().fields {
        let answer = field.get(later);
        if !matches!(answer, Said::NotAsked | Said::Blank) {
            field.set(earlier, answer);
        }
    }
}

/// The photographs that a statement names.
pub fn photos_of(statement: &Statement) -> impl Iterator<Item = &Photo> {
    let vacancy = if let Statement::Vacancy(vacancy) = statement { Some(vacancy) } else { None };
    let profile = vacancy.and_then(|vacancy| vacancy.more.as_deref()?.for_the_child.as_ref().is());
    profile.and_then(|profile| profile.photos.as_ref().is()).into_iter().flatten()
}

/// What a part is, in the words of the format: reports name parts so, never by their file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartLabel {
    /// A table, and which of several parts of it, from 1.
    Table(&'static str, u16),
    /// A part that fits no table, by its order from 1.
    Unknown(u16),
}

impl PartLabel {
    /// Labels for parts that are no tables.
    #[must_use]
    pub fn unknown(part: PartId) -> Self {
        Self::Unknown(part.0.saturating_add(1))
    }
}

impl std::fmt::Display for PartLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(name, 1) => f.write_str(name),
            Self::Table(name, nth) => write!(f, "{name}#{nth}"),
            Self::Unknown(nth) => write!(f, "part-{nth}"),
        }
    }
}

/// Writes a format.
pub trait Encode: Send + Sync {
    /// Begins a document.
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o>;

    /// A blank document to fill in, where it is another than the heading rows of its tables.
    fn template(&self) -> Option<Vec<u8>> {
        None
    }

    /// Where a subject stands in a whole file: subjects are written in the order of these bytes. It is asked of the
    /// subject as the view lets it out, so that an order tells nothing that is withheld. By default that of the first
    /// identifier, the authority's own id before all others.
    fn order(&self, subject: &Subject) -> Vec<u8> {
        let mut order = Vec::new();
        if let Some(first) = subject.identifiers.iter().min_by_key(|identifier| identifier.rank()) {
            order.push(first.rank());
            first.write_value(&mut order);
        }
        order
    }
}

/// Writes subjects, by any worker in any order; whoever joins the sheaves keeps the order of the subjects.
pub trait Encoder: Sync {
    /// What sort of subject it writes; it is given no other.
    fn about(&self) -> SubjectKind {
        SubjectKind::Child
    }

    /// What comes before the first subject.
    fn head(&self, _sheaf: &mut Sheaf) {}

    /// What stands at the top of a part that no head began: asked for once, before its first bytes.
    fn heading(&self, _part: PartName, _out: &mut Vec<u8>) {}

    /// What one recipient may know of one subject.
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report);

    /// What comes after the last subject.
    fn tail(&self, _sheaf: &mut Sheaf) {}
}

/// What one recipient may know of one subject: an encoder never had the rest, so it cannot leak it.
pub struct Disclosure<'d> {
    /// Whom it is about, with the identifiers that the view lets out.
    pub subject: &'d Subject,
    /// What is said, as far as the view lets it out. What a source has taken back, or what the recipient was told and is
    /// no more so, is marked in its [`Source`](schemas::record::Source); where it and a statement that stands are named
    /// alike, the one that stands is written.
    pub records: &'d [Record],
    /// Makes resource ids under the subject's anchor without telling the anchor.
    pub ids: &'d SubjectIds,
    /// What protects the child, whatever the view lets out of it.
    pub protection: Protection,
    /// The photographs that these records name by their SHA-256, and no others.
    pub photographs: &'d [Photograph],
}

/// What protects a child: an encoder may only write less by it, and a narrower view cannot take it away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Protection {
    /// The child was adopted (views, section 7.2).
    pub adopted: bool,
    /// A restriction stands (views, section 7.1).
    pub restricted: bool,
}

/// What reading and writing take into account. Time is always given, never read from a clock.
pub struct Options {
    /// Collection year, named by its end.
    pub year: Option<CollectionYear>,
    /// Responsible authority.
    pub authority: Option<LaCode>,
    /// The day of "looked after", of ages and of what is overdue.
    pub as_at: Option<Date>,
    /// When the output was made, RFC 3339, where a format writes it.
    pub recorded_at: Option<Box<str>>,
    /// The sender's own words.
    pub dialect: Dialect,
    /// The key of resource ids.
    pub id_key: IdKey,
    /// The authority as FHIR shows it.
    pub organisation: Organisation,
    /// What the authority works to with personal education plans, and its terms.
    pub pep: PepSettings,
    /// Options of the formats, by name.
    pub settings: Vec<(Box<str>, Box<str>)>,
    /// Limits of reading.
    pub limits: ReadingLimits,
}

impl Options {
    /// Options that say nothing, under the published constant id key.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            year: None,
            authority: None,
            as_at: None,
            recorded_at: None,
            dialect: Dialect::default(),
            id_key: IdKey::published(),
            organisation: Organisation::default(),
            pep: PepSettings::default(),
            settings: Vec::new(),
            limits: ReadingLimits::default(),
        }
    }

    /// An option of a format, or what holds when it was not given.
    #[must_use]
    pub fn setting(&self, setting: &Setting) -> &str {
        self.settings.iter().rev().find(|(name, _)| **name == *setting.name).map_or(setting.default, |(_, value)| value)
    }

    /// The day of "looked after": as given, else the end of the collection year.
    #[must_use]
    pub fn as_at_day(&self) -> Option<Date> {
        self.as_at.or_else(|| self.year.map(CollectionYear::ends))
    }
}

/// The authority as FHIR shows it; from configuration.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    /// Its ODS code.
    pub ods_code: Option<Box<str>>,
    /// Telephone in office hours.
    pub office_phone: Option<Box<str>>,
    /// Telephone of the emergency duty team.
    pub duty_phone: Option<Box<str>>,
}

/// What an authority is called; its code where no list knows it.
#[must_use]
pub fn authority_name(authority: LaCode) -> String {
    local_authority_name(authority.number()).map_or_else(|| format!("Local authority {authority}"), str::to_owned)
}
