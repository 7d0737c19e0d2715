//! Views: allow-lists by recipient, compiled from the matrix of statements and fields (views, sections 1 to 4).
//!
//! A field that no row of the matrix names, or names with a word we do not know, is withheld. A shipped view is a column
//! of the matrix; every other one is made from it by taking away.

use std::{
    fmt::Write,
    mem::{Discriminant, discriminant},
    sync::{Arc, LazyLock},
};

use schemas::{
    code::{VoiceShare, VoiceWhose},
    date::Date,
    identifier::{Identifier, IdentifierKind},
    record::{STATEMENTS, Statement, Subject, unsaid},
    reflect::{Field, Kind, StatementType},
    said::Said,
};
use sha2::{Digest, Sha256};

use crate::{
    case::Case,
    children::Children,
    precision::{Change, Precision},
    statistics::STATISTICS_CHILDREN_MIN,
};

/// The matrix as it is published: what is said of children, and of places.
static CHILD: &str = include_str!("../views/child.csv");
static PLACE: &str = include_str!("../views/place.csv");

/// How many recipients the matrix has columns for.
pub const RECIPIENTS: usize = 7;

/// The names of the views, in the order of the matrix's columns.
pub const NAMES: [&str; RECIPIENTS] =
    ["local-authority", "health", "virtual-school", "referral", "provider", "carer", "statistics"];

/// One row of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The statement's name; `Subject` and `Identifier` for what records hang on.
    pub statement: &'static str,
    /// The field's name. One entry of a list of groups is written `names[former]`, and lets out no more than the list; so
    /// is a field of some statements only, `postcode[elsewhere]`.
    pub field: &'static str,
    /// A precision a recipient, in the order of [`NAMES`]; `None` for a word that is none.
    pub precisions: [Option<Precision>; RECIPIENTS],
    /// Why.
    pub reason: &'static str,
}

impl Row {
    /// The field without the entry that the row speaks of.
    #[must_use]
    pub fn whole_field(&self) -> &'static str {
        self.field.split_once('[').map_or(self.field, |(field, _)| field)
    }
}

/// The rows of the matrix, in its order.
pub fn matrix() -> impl Iterator<Item = Row> {
    [CHILD, PLACE].into_iter().flat_map(|matrix| matrix.lines().skip(1)).filter_map(|line| {
        let mut cells = line.splitn(RECIPIENTS + 3, ',');
        let (statement, field) = (cells.next()?, cells.next()?);
        let precisions = std::array::from_fn(|_| cells.next().and_then(Precision::of_word));
        Some(Row { statement, field, precisions, reason: cells.next().unwrap_or_default() })
    })
}

/// Whom a view is for: which children it carries and which overrides it is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The responsible authority, getting back its own.
    Authority,
    /// NHS teams for children in care.
    Health,
    /// Virtual school heads and designated teachers.
    VirtualSchool,
    /// Providers asked for a home.
    Referral,
    /// The provider whose offer was accepted.
    Provider,
    /// A foster carer with delegated authority.
    Carer,
    /// Analysts, under pseudonyms.
    Statistics,
}

impl Audience {
    /// Every audience, in the order of [`NAMES`].
    const ALL: [Self; RECIPIENTS] = [
        Self::Authority,
        Self::Health,
        Self::VirtualSchool,
        Self::Referral,
        Self::Provider,
        Self::Carer,
        Self::Statistics,
    ];

    /// Those who deal with a child by profession.
    const PROFESSIONALS: &[Self] = &[Self::Authority, Self::Health, Self::VirtualSchool, Self::Provider];
}

/// The audiences whose rules a view is under, all of them; several where views for different recipients were met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Audiences(u8);

impl Audiences {
    const fn of(audiences: &[Audience]) -> Self {
        let (mut bits, mut n) = (0, 0);
        while n < audiences.len() {
            bits |= 1 << audiences[n] as u8;
            n += 1;
        }
        Self(bits)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has_any(self, audiences: Self) -> bool {
        self.0 & audiences.0 != 0
    }

    fn are_among(self, audiences: Self) -> bool {
        self.0 & !audiences.0 == 0
    }

    /// Those besides the authority, which has no rules.
    fn others(self) -> Self {
        Self(self.0 & !Self::of(&[Audience::Authority]).0)
    }
}

/// What one kind of recipient may see.
///
/// There is no way to make a view but from the matrix and by [`View::narrow`] and [`View::meet`], and both take the
/// lesser of what they are given.
#[derive(Debug)]
pub struct View {
    name: Box<str>,
    audiences: Audiences,
    authority: bool,
    identifiers: [bool; IdentifierKind::ALL.len()],
    projections: Vec<Projection>,
    children: Children,
    group_children_min: u32,
    leaves_out_restricted: bool,
    basis: Option<Box<str>>,
    digest: Box<str>,
}

/// What a view is besides its matrix.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) name: Box<str>,
    pub(crate) audiences: Audiences,
    pub(crate) children: Children,
    pub(crate) group_children_min: u32,
    pub(crate) leaves_out_restricted: bool,
    pub(crate) basis: Option<Box<str>>,
}

/// What a view does to one type of statement.
#[derive(Debug)]
struct Projection {
    of: Discriminant<Statement>,
    name: &'static str,
    /// By the name of the field, or of one entry of it.
    precisions: Vec<(&'static str, Precision)>,
    /// The fields that are not let out as they are.
    changes: Vec<(&'static Field, Change)>,
    /// What more is done where a case holds.
    cases: Vec<(Case, &'static Field, Change)>,
    /// The fields of which something may be let out, those first that are quickly looked at.
    kept: Vec<&'static Field>,
}

static SHIPPED: LazyLock<[Arc<View>; RECIPIENTS]> =
    LazyLock::new(|| Audience::ALL.map(|of| Arc::new(View::column(of))));

impl View {
    /// The shipped view of that name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static Self> {
        Self::offered().find(|view| view.name() == name)
    }

    /// The shipped view of that name, to be shared.
    pub fn shared(name: &str) -> Option<Arc<Self>> {
        SHIPPED.iter().find(|view| view.name() == name).cloned()
    }

    /// The shipped views, in the order of [`NAMES`].
    pub fn offered() -> impl Iterator<Item = &'static Self> {
        SHIPPED.iter().map(Arc::as_ref)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which children it carries.
    #[must_use]
    pub fn children(&self) -> &Children {
        &self.children
    }

    /// The ground in law of what it lets out, for the audit line.
    #[must_use]
    pub fn basis(&self) -> Option<&str> {
        self.basis.as_deref()
    }

    /// Fewer children than this who are alike lose what tells them apart, where subjects leave under pseudonyms.
    #[must_use]
    pub fn group_children_min(&self) -> u32 {
        self.group_children_min
    }

    /// Whether a child whose place is protected is not told of at all: in a list of somebody outside, a row of blanks is
    /// a mark (epep, section 3).
    #[must_use]
    pub fn leaves_out_restricted(&self) -> bool {
        self.leaves_out_restricted
    }

    /// The same view without the children whose place is protected.
    #[must_use]
    pub(crate) fn leaving_out_restricted(&self) -> Self {
        let frame = Frame { leaves_out_restricted: true, ..self.frame() };
        Self::compile(frame, |statement, field| self.precision(statement, field))
    }

    /// Its name with the SHA-256, in hex, of all that it does: `health@7c1e…`. Views that do the same differ in the
    /// name only.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether it is for another organisation than the authority whose record it is: guards and overrides hold.
    #[must_use]
    pub fn is_for_others(&self) -> bool {
        self.audiences.others() != Audiences::of(&[])
    }

    /// Whether it is, also, for an authority that gets back its own.
    #[must_use]
    pub fn is_for_an_authority(&self) -> bool {
        self.audiences.has_any(Audiences::of(&[Audience::Authority]))
    }

    /// Whether it is for this audience and, but for the authority, for no other.
    #[must_use]
    pub fn is_only_for(&self, audience: Audience) -> bool {
        self.audiences.others() == Audiences::of(&[audience]).others()
    }

    /// Whether it tells another organisation of single children by name: of those in its care, and under their consents.
    #[must_use]
    pub fn is_of_single_children(&self) -> bool {
        self.audiences.has_any(Audiences::of(&[
            Audience::Health,
            Audience::VirtualSchool,
            Audience::Referral,
            Audience::Provider,
            Audience::Carer,
        ]))
    }

    /// Whether which children it carries hangs on a referral or an offer, which no document shows. Of places it carries the
    /// recipient's own.
    #[must_use]
    pub fn carries_nobody(&self) -> bool {
        self.audiences.has_any(Audiences::of(&[Audience::Referral, Audience::Provider]))
    }

    /// Whether subjects leave it under pseudonyms, which need a key.
    #[must_use]
    pub fn needs_pseudonyms(&self) -> bool {
        self.audiences.has_any(Audiences::of(&[Audience::Statistics]))
    }

    /// Whether the identifier that the case system gives is let out: ids under the published key then tell no more.
    #[must_use]
    pub fn lets_out_anchor(&self) -> bool {
        self.identifiers[IdentifierKind::LaChild as usize]
    }

    /// How precisely a field is let out; withheld where nothing names it.
    #[must_use]
    pub fn precision(&self, statement: &str, field: &str) -> Precision {
        let either = |let_out| if let_out { Precision::Full } else { Precision::Withheld };
        match statement {
            "Subject" => either(self.authority && field == "authority"),
            "Identifier" => either(
                IdentifierKind::ALL
                    .iter()
                    .any(|kind| identifier_row(*kind) == field && self.identifiers[*kind as usize]),
            ),
            _ => self
                .projections
                .iter()
                .find(|projection| projection.name == statement)
                .and_then(|projection| projection.precisions.iter().find(|(known, _)| *known == field))
                .map_or(Precision::Withheld, |(_, precision)| *precision),
        }
    }

    /// What is let out, field by field, with the word of its precision.
    pub fn cells_let_out(&self) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> + '_ {
        cells().filter_map(|(statement, field)| {
            let precision = self.precision(statement, field);
            (precision != Precision::Withheld).then(|| (statement, field, precision.word()))
        })
    }

    /// Whether an identifier of this kind is let out.
    #[must_use]
    pub fn lets_out(&self, identifier: &Identifier) -> bool {
        self.lets_out_kind(identifier.kind())
    }

    /// Whether identifiers of this kind are let out.
    #[must_use]
    pub fn lets_out_kind(&self, kind: IdentifierKind) -> bool {
        self.identifiers[kind as usize]
    }

    /// The subject with the identifiers that are let out; `None` when that is all of it.
    pub(crate) fn subject(&self, subject: &Subject) -> Option<Subject> {
        let all = subject.identifiers.iter().all(|identifier| self.lets_out(identifier));
        if all && (self.authority || subject.authority.is_none()) {
            return None;
        }
        Some(Subject {
            kind: subject.kind,
            identifiers: subject.identifiers.iter().filter(|identifier| self.lets_out(identifier)).copied().collect(),
            authority: subject.authority.filter(|_| self.authority),
        })
    }

    /// Reduces a statement to what may be seen of it; false when nothing is left.
    pub fn project(&self, statement: &mut Statement, as_at: Option<Date>) -> bool {
        let Some(projection) = self.projection(statement) else { return false };
        if projection.changes.is_empty() && projection.cases.is_empty() || projection.kept.is_empty() {
            return !projection.kept.is_empty();
        }
        // What a case hangs on may be taken away itself.
        let of_cases: Vec<&(Case, &Field, Change)> =
            projection.cases.iter().filter(|(case, ..)| case.holds(statement)).collect();
        for (field, change) in &projection.changes {
            let answer = match change {
                Change::Withhold => Said::NotAsked,
                Change::ChildsOwnWords if !self.may_hear(statement) => Said::NotAsked,
                change => change.apply(field.get(statement), field, as_at),
            };
            field.set(statement, answer);
        }
        for (_, field, change) in of_cases {
            let answer = change.apply(field.get(statement), field, as_at);
            field.set(statement, answer);
        }
        projection.leaves_something(statement)
    }

    /// Whether words are the child's own, and the child lets them go to everybody whom this view is for.
    fn may_hear(&self, statement: &Statement) -> bool {
        let Statement::Voice(voice) = statement else { return false };
        let hearers: &[Audience] = match voice.share {
            Said::Is(VoiceShare::Everybody) => &Audience::ALL,
            Said::Is(VoiceShare::Professionals) => Audience::PROFESSIONALS,
            _ => &[Audience::VirtualSchool],
        };
        voice.whose == Said::Is(VoiceWhose::Child) && self.audiences.others().are_among(Audiences::of(hearers))
    }

    /// Whether anything is left of a statement that was reduced further.
    pub(crate) fn says_something(&self, statement: &Statement) -> bool {
        self.projection(statement).is_some_and(|projection| projection.leaves_something(statement))
    }

    fn projection(&self, statement: &Statement) -> Option<&Projection> {
        let of = discriminant(statement);
        self.projections.iter().find(|projection| projection.of == of)
    }

    /// The view of a column of the matrix.
    fn column(audience: Audience) -> Self {
        let column = audience as usize;
        let frame = Frame {
            name: NAMES[column].into(),
            audiences: Audiences::of(&[audience]),
            children: Children::default(),
            group_children_min: STATISTICS_CHILDREN_MIN,
            leaves_out_restricted: false,
            basis: None,
        };
        Self::compile(frame, |statement, field| {
            let rows = matrix().filter(|row| row.statement == statement && row.field == field);
            rows.map(|row| row.precisions[column].unwrap_or(Precision::Withheld))
                .reduce(Precision::meet)
                .unwrap_or(Precision::Withheld)
        })
    }

    pub(crate) fn frame(&self) -> Frame {
        Frame {
            name: self.name.clone(),
            audiences: self.audiences,
            children: self.children.clone(),
            group_children_min: self.group_children_min,
            leaves_out_restricted: self.leaves_out_restricted,
            basis: self.basis.clone(),
        }
    }

    /// A view that lets out each field as precisely as is said, and no more of it than can be done.
    pub(crate) fn compile(frame: Frame, precision_of: impl Fn(&str, &str) -> Precision) -> Self {
        let Frame { name, audiences, children, group_children_min, leaves_out_restricted, basis } = frame;
        let mut view = Self {
            name,
            audiences,
            authority: precision_of("Subject", "authority") == Precision::Full,
            identifiers: IdentifierKind::ALL.map(|kind| {
                matches!(precision_of("Identifier", identifier_row(kind)), Precision::Full | Precision::Reference)
            }),
            projections: STATEMENTS
                .iter()
                .filter_map(|statement_type| Projection::compile(statement_type, &precision_of))
                .collect(),
            children,
            group_children_min,
            leaves_out_restricted,
            basis,
            digest: Box::default(),
        };
        let digest: String = Sha256::digest(view.spelt()).iter().fold(String::new(), |mut text, byte| {
            // Writing into a text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        view.digest = format!("{}@{digest}", view.name).into();
        view
    }

    /// All that it does, in words of one spelling.
    fn spelt(&self) -> String {
        let mut out = format!("audiences={:#x} children_min={}\n", self.audiences.0, self.group_children_min);
        self.children.spell(&mut out);
        out.push('\n');
        if self.leaves_out_restricted {
            out.push_str("restricted=left-out\n");
        }
        for (statement, field) in cells() {
            let precision = self.precision(statement, field);
            if precision != Precision::Withheld {
                // Writing into a text does not fail.
                let _ = writeln!(out, "{statement}.{field}={}", precision.word());
            }
        }
        out
    }
}

/// Everything that a view judges: what a record hangs on, and every field of every statement.
pub fn cells() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_subject = std::iter::once(("Subject", "authority"));
    let identifiers = IdentifierKind::ALL.into_iter().map(|kind| ("Identifier", identifier_row(kind)));
    let fields = STATEMENTS.iter().flat_map(|of| of.fields.iter().map(|field| (of.name, field.name)));
    of_subject.chain(identifiers).chain(fields).chain(ENTRIES.iter().copied())
}

/// The rows of the matrix that speak of one entry of a list.
static ENTRIES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    matrix().filter(|row| row.field != row.whole_field()).map(|row| (row.statement, row.field)).collect()
});

/// The entries of a field that a view may hold back.
fn entries_of(statement: &str, field: &str) -> impl Iterator<Item = &'static str> {
    let of_field = move |entry: &str| entry.split_once('[').is_some_and(|(whole, _)| whole == field);
    ENTRIES.iter().filter(move |(of, entry)| *of == statement && of_field(entry)).map(|(_, entry)| *entry)
}

impl Projection {
    fn leaves_something(&self, statement: &Statement) -> bool {
        self.kept.iter().any(|field| !matches!(field.get(statement), Said::NotAsked))
    }

    fn compile(statement_type: &'static StatementType, precision_of: impl Fn(&str, &str) -> Precision) -> Option<Self> {
        let mut projection = Self {
            of: discriminant(&unsaid(statement_type.name)?),
            name: statement_type.name,
            precisions: Vec::new(),
            changes: Vec::new(),
            cases: Vec::new(),
            kept: Vec::new(),
        };
        for field in statement_type.fields {
            let mut precision = precision_of(statement_type.name, field.name).for_field(field);
            let mut change = Change::of(field, precision);
            for entry in entries_of(statement_type.name, field.name) {
                let of_entry = precision_of(statement_type.name, entry);
                if let Some(case) = Case::of_entry(statement_type.name, entry) {
                    let of_case = of_entry.meet(precision).for_field(field);
                    projection.precisions.push((entry, of_case));
                    let change = if of_case == precision { None } else { Change::of(field, of_case) };
                    projection.cases.extend(change.map(|change| (case, field, change)));
                    continue;
                }
                projection.precisions.push((entry, of_entry.meet(precision)));
                // That there is a list must not tell that there is such an entry.
                if of_entry == Precision::Withheld {
                    change = Some(if precision == Precision::Full { Change::without(entry) } else { Change::Withhold });
                }
            }
            if change == Some(Change::Withhold) {
                precision = Precision::Withheld;
            }
            projection.precisions.push((field.name, precision));
            projection.changes.extend(change.map(|change| (field, change)));
            projection.kept.extend((change != Some(Change::Withhold)).then_some(field));
        }
        projection.kept.sort_by_key(|field| matches!(field.kind, Kind::Text | Kind::List(_) | Kind::Item(_)));
        Some(projection)
    }
}

/// What the matrix calls a kind of identifier: the name of its type.
#[must_use]
pub fn identifier_row(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::LaChild => "LaChildId",
        IdentifierKind::NhsNumber => "NhsNumber",
        IdentifierKind::Upn => "Upn",
        IdentifierKind::Uln => "Uln",
        IdentifierKind::Referral => "ReferralRef",
        IdentifierKind::LaPerson => "LaPersonId",
        IdentifierKind::Pseudonym => "Pseudonym",
        IdentifierKind::Provider => "ProviderUrn",
    }
}
