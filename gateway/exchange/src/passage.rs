//! From what is held of a child to what one recipient gets of it: the way of a translation, from a store instead of a
//! document.
//!
//! Who is carried, what is restricted and what is projected is decided by the same code as in the pipeline, so that a
//! delivery and a translation cannot differ.

use std::sync::Arc;

use kit::{
    adapter::{Dossier, Protection, Unheard},
    report::Findings,
};
use schemas::{
    date::Date,
    diagnostic::Place,
    document::content_hash,
    identifier::Identifier,
    record::{Record, Restriction, Source, Statement, Subject},
    said::Said,
};

use crate::{
    carried::{LeftOut, protection},
    holding::Holding,
    project::Projecting,
    recipient::Recipient,
    view::View,
};

/// Everything that is held of a child.
#[derive(Clone, Copy)]
pub struct ChildHeld<'h> {
    /// What each source says; where two speak of the child alike, the earlier in this list is told.
    pub holdings: &'h [Holding],
    /// What other sources say that decides whether the child is carried and what is withheld, and is not told: a school
    /// does not know who is looked after, and where.
    pub beside: &'h [Holding],
    /// The child lives in the place of a protected child (views, section 7.7).
    pub shares_place: bool,
    /// Restrictions set in the house, which no source says.
    pub restrictions: &'h [Restriction],
}

/// To whom, and how much of it.
#[derive(Clone, Copy)]
pub struct Destination<'d> {
    /// What the recipient may see, and which children it gets.
    pub view: &'d View,
    /// Who it is, as consents and restrictions name it.
    pub recipient: &'d Recipient,
    /// The day of "looked after" and of ages.
    pub as_at: Option<Date>,
    /// Whether the place of a child whom nobody has traced goes out.
    pub untraced: Untraced,
    /// Whether a restriction that no record states is put into words: everywhere but in an authority's own software.
    pub labels: bool,
    /// How many diagnostics are kept; all are counted.
    pub diagnostics_max: usize,
}

/// What becomes of the place of a child of whom nobody has traced whether the NHS restricts it (views, section 7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Untraced {
    /// It stays in the house.
    #[default]
    Withhold,
    /// It goes out: two persons have said so for this recipient.
    Send,
}

/// What the recipient gets.
pub enum Passage {
    /// Nothing, and why.
    LeftOut(LeftOut),
    /// This.
    Through(Through),
}

/// What passes to a recipient.
pub struct Through {
    /// Whom it is about, with the identifiers that are let out.
    pub subject: Arc<Subject>,
    /// What is said, as far as it is let out.
    pub records: Vec<Record>,
    /// What protects the child, whatever is let out of it.
    pub protection: Protection,
    /// What was said and no longer is, as far as it would be let out today: only to take it back.
    pub former: Vec<Record>,
    /// What was withheld by an override, counted.
    pub findings: Findings,
}

impl ChildHeld<'_> {
    /// What all sources say of the child, as one document would. What two sources say alike is said once.
    ///
    /// An unreadable guard of any source holds for all; one that has traced the NHS number has done so for all.
    #[must_use]
    pub fn dossier(&self) -> Dossier {
        self.dossier_of(self.holdings.iter())
    }

    /// The same with what decides beside it.
    fn deciding(&self) -> Dossier {
        self.dossier_of(self.holdings.iter().chain(self.beside))
    }

    fn dossier_of<'s>(&self, holdings: impl Iterator<Item = &'s Holding>) -> Dossier {
        let mut dossier = Dossier { subject: self.subject(), ..Dossier::default() };
        let mut said: Vec<[u8; 32]> = Vec::new();
        for holding in holdings {
            dossier.guard_unreadable |= holding.guard_unreadable;
            dossier.traced |= holding.traced;
            let before = said.len();
            for record in holding.records.iter().map(|record| holding.told(record)) {
                let hash = content_hash(&record.statement);
                if !said[..before].contains(&hash) {
                    said.push(hash);
                    dossier.records.push(record);
                }
            }
        }
        if let Some(subject) = &dossier.subject {
            dossier.records.iter_mut().for_each(|record| record.subject = Arc::clone(subject));
        }
        dossier
    }

    /// The same with the restrictions that were set in the house: what protects the child towards others.
    #[must_use]
    pub fn protection(&self) -> Dossier {
        let mut dossier = self.dossier();
        // Nobody has spoken of a child yet who is only known by its identifier: what is set holds all the same.
        let nobody = || Arc::new(Subject::child(Vec::new(), None));
        let subject = dossier.subject.get_or_insert_with(nobody).clone();
        extend_by(&mut dossier, &subject, self.restrictions);
        dossier
    }

    /// The child by the identifiers of all sources; of two different NHS numbers the first, as two are never joined.
    fn subject(&self) -> Option<Arc<Subject>> {
        let mut subjects = self.holdings.iter().filter_map(|holding| holding.subject.as_ref());
        let first = subjects.next()?;
        let mut all: Subject = (**first).clone();
        for other in subjects {
            all.authority = all.authority.or(other.authority);
            for identifier in &other.identifiers {
                let has_nhs_number = all.identifiers.iter().any(|known| matches!(known, Identifier::Nhs(_)));
                let is_second = matches!(identifier, Identifier::Nhs(_)) && has_nhs_number;
                if !is_second && !all.identifiers.contains(identifier) {
                    all.identifiers.push(*identifier);
                }
            }
        }
        if all == **first {
            return Some(Arc::clone(first));
        }
        all.identifiers.sort_by_key(Identifier::rank);
        Some(Arc::new(all))
    }
}

/// What of a child goes to a recipient.
///
/// Statistics are never about one child: under such a view nothing passes here.
#[must_use]
pub fn passage(child: &ChildHeld<'_>, to: &Destination<'_>) -> Passage {
    let mut dossier = child.dossier();
    let Some(subject) = dossier.subject.clone().filter(|_| !to.view.needs_pseudonyms()) else {
        return Passage::LeftOut(LeftOut::WithoutIdentifier);
    };
    let mut deciding = child.deciding();
    for dossier in [&mut dossier, &mut deciding] {
        add_restrictions(dossier, &subject, child.restrictions, to.view);
        dossier.traced |= to.untraced == Untraced::Send;
    }
    let projecting = Projecting {
        view: to.view,
        recipient: to.recipient,
        as_at: to.as_at,
        labels: to.labels,
        of_one_provider: false,
    };
    let as_restricted = || projecting.left_out_as_restricted(projecting.restricted(&deciding, child.shares_place));
    if let Some(reason) = projecting.left_out(&deciding).or_else(as_restricted) {
        return Passage::LeftOut(reason);
    }
    Passage::Through(project(child, projecting, dossier, &deciding, subject, to.diagnostics_max))
}

/// What of a child who is left out would have gone to a recipient, had it to be let through, all of its place withheld.
/// It may not be sent: it is what a farewell is cut from.
pub(crate) fn as_if_carried(child: &ChildHeld<'_>, to: &Destination<'_>) -> Option<Through> {
    let mut dossier = child.dossier();
    let subject = dossier.subject.clone().filter(|_| !to.view.needs_pseudonyms())?;
    let mut deciding = child.deciding();
    for dossier in [&mut dossier, &mut deciding] {
        add_restrictions(dossier, &subject, child.restrictions, to.view);
        dossier.traced = false;
    }
    let projecting = Projecting {
        view: to.view,
        recipient: to.recipient,
        as_at: to.as_at,
        labels: to.labels,
        of_one_provider: false,
    };
    Some(project(child, projecting, dossier, &deciding, subject, 0))
}

/// Whether the child was in care as any source tells it, and every episode has ended by the day.
pub(crate) fn care_has_ended(child: &ChildHeld<'_>, as_at: Option<Date>) -> bool {
    let deciding = child.deciding();
    let mut ends = deciding.statements().filter_map(|statement| match statement {
        Statement::CareEpisode(episode) => Some(episode.end_date),
        _ => None,
    });
    let ended = |end: Said<Date>| matches!((end, as_at), (Said::Is(end), Some(day)) if end <= day);
    ends.next().is_some_and(|first| ended(first) && ends.all(ended))
}

fn project(
    child: &ChildHeld<'_>,
    projecting: Projecting<'_>,
    mut dossier: Dossier,
    deciding: &Dossier,
    subject: Arc<Subject>,
    diagnostics_max: usize,
) -> Through {
    let restricted = projecting.restricted(deciding, child.shares_place);
    let mut former = Dossier {
        subject: Some(Arc::clone(&subject)),
        records: child.holdings.iter().flat_map(|holding| &holding.former).cloned().collect(),
        guard_unreadable: dossier.guard_unreadable,
        traced: dossier.traced,
        as_at: dossier.as_at,
        ..Dossier::default()
    };
    let mut findings = Findings::new(diagnostics_max);
    projecting.project(&mut dossier, restricted, &mut findings);
    Projecting { labels: false, ..projecting }.project(&mut former, restricted, &mut Unheard);
    Through {
        subject: dossier.subject.unwrap_or(subject),
        records: dossier.records,
        protection: protection(deciding),
        former: former.records,
        findings,
    }
}

/// Restrictions of the house hold towards others; an authority gets its own statements back unchanged.
fn add_restrictions(dossier: &mut Dossier, subject: &Arc<Subject>, restrictions: &[Restriction], view: &View) {
    if view.is_for_others() {
        extend_by(dossier, subject, restrictions);
    }
}

fn extend_by(dossier: &mut Dossier, subject: &Arc<Subject>, restrictions: &[Restriction]) {
    dossier.records.extend(restrictions.iter().map(|restriction| Record {
        subject: Arc::clone(subject),
        statement: restriction.clone().into(),
        source: Source::at(Place::Document),
    }));
}
