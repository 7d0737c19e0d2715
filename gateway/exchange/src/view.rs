//! Views: allow-lists by recipient, compiled from the matrix of statements and fields (views, sections 1 to 4).
//!
//! A field that no row of the matrix names, or names with a word we do not know, is withheld. The columns of every
//! recipient are data already; a view is offered once the rules of whom it carries are built.

use std::{
    mem::{Discriminant, discriminant},
    sync::LazyLock,
};

use schemas::{
    date::Date,
    identifier::{Identifier, IdentifierKind},
    record::{STATEMENTS, Statement, Subject, unsaid},
    reflect::{Field, Kind, StatementType},
    said::Said,
};

use crate::precision::{Change, Precision};

/// The matrix as it is published.
static CHILD: &str = include_str!("../views/child.csv");

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
    /// The field's name; one entry of a list of groups is written `names[former]`.
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
    CHILD.lines().skip(1).filter_map(|line| {
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
    /// Analysts, under pseudonyms.
    Statistics,
}

/// What one kind of recipient may see.
#[derive(Debug)]
pub struct View {
    name: &'static str,
    audience: Audience,
    authority: bool,
    identifiers: [bool; IdentifierKind::ALL.len()],
    projections: Vec<Projection>,
}

/// What a view does to one type of statement.
#[derive(Debug)]
struct Projection {
    of: Discriminant<Statement>,
    name: &'static str,
    precisions: Vec<(&'static Field, Precision)>,
    /// The fields that are not let out as they are.
    changes: Vec<(&'static Field, Change)>,
    /// The fields of which something may be let out, those first that are quickly looked at.
    kept: Vec<&'static Field>,
}

static OFFERED: LazyLock<[View; 3]> = LazyLock::new(|| {
    [
        View::compile("local-authority", Audience::Authority),
        View::compile("health", Audience::Health),
        View::compile("statistics", Audience::Statistics),
    ]
});

impl View {
    /// The shipped view of that name; `None` for one that does not exist or is not offered yet.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static Self> {
        OFFERED.iter().find(|view| view.name == name)
    }

    /// The views that are offered.
    pub fn offered() -> impl Iterator<Item = &'static Self> {
        OFFERED.iter()
    }

    /// Whether the matrix has a column of that name for which no view is offered yet.
    #[must_use]
    pub fn known_later(name: &str) -> bool {
        NAMES.contains(&name) && Self::shipped(name).is_none()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whom it is for.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Whether it is for another organisation than the authority whose record it is: guards and overrides hold.
    #[must_use]
    pub fn is_for_others(&self) -> bool {
        self.audience != Audience::Authority
    }

    /// Whether subjects leave it under pseudonyms, which need a key.
    #[must_use]
    pub fn needs_pseudonyms(&self) -> bool {
        self.audience == Audience::Statistics
    }

    /// Whether the identifier that the case system gives is let out: ids under the published key then tell no more.
    #[must_use]
    pub fn lets_out_anchor(&self) -> bool {
        self.identifiers[IdentifierKind::LaChild as usize]
    }

    /// How precisely a field is let out; withheld where nothing names it.
    #[must_use]
    pub fn precision(&self, statement: &str, field: &str) -> Precision {
        self.projections
            .iter()
            .find(|projection| projection.name == statement)
            .and_then(|projection| projection.precisions.iter().find(|(known, _)| known.name == field))
            .map_or(Precision::Withheld, |(_, precision)| *precision)
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
        if projection.changes.is_empty() || projection.kept.is_empty() {
            return !projection.kept.is_empty();
        }
        for (field, change) in &projection.changes {
            let answer = match change {
                Change::Withhold => Said::NotAsked,
                change => change.apply(field.get(statement), field, as_at),
            };
            field.set(statement, answer);
        }
        projection.leaves_something(statement)
    }

    /// Whether anything is left of a statement that was reduced further.
    pub(crate) fn says_something(&self, statement: &Statement) -> bool {
        self.projection(statement).is_some_and(|projection| projection.leaves_something(statement))
    }

    fn projection(&self, statement: &Statement) -> Option<&Projection> {
        let of = discriminant(statement);
        self.projections.iter().find(|projection| projection.of == of)
    }

    fn compile(name: &'static str, audience: Audience) -> Self {
        let column = NAMES.iter().position(|known| *known == name);
        let precision_of = |statement: &str, field: &str| {
            let rows = matrix().filter(|row| row.statement == statement && row.whole_field() == field);
            rows.map(|row| column.and_then(|column| row.precisions[column]).unwrap_or(Precision::Withheld))
                .reduce(stricter)
                .unwrap_or(Precision::Withheld)
        };
        Self {
            name,
            audience,
            authority: precision_of("Subject", "authority") == Precision::Full,
            identifiers: IdentifierKind::ALL.map(|kind| {
                matches!(precision_of("Identifier", identifier_row(kind)), Precision::Full | Precision::Reference)
            }),
            projections: STATEMENTS
                .iter()
                .filter_map(|statement_type| Projection::compile(statement_type, precision_of))
                .collect(),
        }
    }
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
            kept: Vec::new(),
        };
        for field in statement_type.fields {
            let precision = precision_of(statement_type.name, field.name);
            let change = Change::of(field, precision);
            projection.precisions.push((field, precision));
            projection.changes.extend(change.map(|change| (field, change)));
            projection.kept.extend((change != Some(Change::Withhold)).then_some(field));
        }
        projection.kept.sort_by_key(|field| matches!(field.kind, Kind::Text | Kind::List(_) | Kind::Item(_)));
        Some(projection)
    }
}

/// Of two precisions of one field the stricter; where neither lies below the other, nothing is let out.
fn stricter(left: Precision, right: Precision) -> Precision {
    match (left, right) {
        (left, right) if left == right => left,
        (Precision::Full, other) | (other, Precision::Full) => other,
        _ => Precision::Withheld,
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
    }
}
