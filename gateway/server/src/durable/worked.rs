//! The children that one commit works on: those of whom something is said, and those whom it touches.

use std::collections::{BTreeSet, HashMap};

use exchange::identity::{Known, evidence};
use kit::adapter::Dossier;
use schemas::date::Date;
use schemas::identifier::Identifier;
use schemas::record::Record;
use serde_json::json;
use store::identity::{BlindIdentifier, NewProposal};
use store::subject::{PlaceKey, SubjectId};
use store::{Micros, StoreFault};
use uuid::Uuid;

use super::Durable;
use super::blind::blind;
use super::held::Child;
use super::likeness::grounds;
use super::merging::identifiers_of;

/// The children that are worked on.
#[derive(Default)]
pub(crate) struct Worked {
    pub(crate) children: HashMap<SubjectId, Child>,
    /// In the order in which they were first spoken of.
    pub(crate) order: Vec<SubjectId>,
    /// Those of whom the document speaks.
    pub(super) spoken: BTreeSet<SubjectId>,
    /// Those of whom something else is said than before.
    pub(crate) changed: BTreeSet<SubjectId>,
    /// In which records of the document a school says whether it has a child as in care.
    pub(super) beliefs: Vec<(SubjectId, Record)>,
    pub(super) by_identifier: HashMap<BlindIdentifier, SubjectId>,
    /// Those of whom it speaks though they were erased: nothing of it is taken in.
    pub(super) erased: BTreeSet<SubjectId>,
    /// Ranks of the systems of which the document names an identifier of anybody.
    pub(super) systems: BTreeSet<u8>,
}

impl Worked {
    pub(crate) fn note(&mut self, id: SubjectId) {
        if self.spoken.insert(id) && !self.order.contains(&id) {
            self.order.push(id);
        }
    }

    pub(super) fn is_erased(&self, id: SubjectId) -> bool {
        self.children.get(&id).is_some_and(Child::is_erased)
    }

    pub(super) fn known(&self, id: SubjectId, partner: &str) -> Option<Known> {
        let child = self.children.get(&id)?;
        let own = child.holdings.get(partner).and_then(|holding| holding.subject.as_ref());
        let numbers = child.holdings.values().filter_map(|holding| holding.subject.as_ref()).flat_map(|subject| {
            subject.identifiers.iter().filter_map(|identifier| match identifier {
                Identifier::Nhs(number) => Some(*number),
                _ => None,
            })
        });
        Some(Known {
            id: id.into_bytes(),
            sender_key: own.and_then(|own| own.identifiers.iter().min_by_key(|identifier| identifier.rank()).copied()),
            nhs_number: { numbers }.next(),
            closed_by_adoption: child.standing.closed_by_adoption,
        })
    }

    pub(super) fn proposal(&self, keeps: SubjectId, other: SubjectId, dossier: &Dossier, at: Micros) -> NewProposal {
        let theirs = self.children.get(&other).map(Child::dossier).unwrap_or_default();
        let known_by = [self.children.get(&keeps), self.children.get(&other)];
        let known_by = known_by.into_iter().flatten().flat_map(identifiers_of).chain(blind(dossier));
        let compared = evidence(dossier.statements(), theirs.statements().collect::<Vec<_>>());
        let names =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(of, field)| format!("{of}.{field}")).collect::<Vec<_>>();
        let evidence =
            json!({ "by": "identifier", "agree": names(&compared.agree), "differ": names(&compared.differ) });
        let evidence = evidence.to_string().into_bytes();
        NewProposal { id: Uuid::now_v7(), keeps, other, evidence, grounds: grounds(known_by), made_at: at }
    }
}

impl Durable {
    /// Whom else a change of protection touches: those who share a place with a child whose protection changed.
    pub(crate) fn spread(&self, worked: &mut Worked, today: Date) -> Result<(), StoreFault> {
        let changed: Vec<&Child> = worked.children.values().filter(|child| child.rises() || child.seen == 0).collect();
        let mut places: Vec<PlaceKey> = Vec::new();
        for child in changed.iter().filter(|child| child.standing.protects_places || child.seen > 0) {
            places.extend(child.places(today));
            places.extend(child.looks_for(today));
        }
        if places.is_empty() {
            return Ok(());
        }
        let neighbours = self.store.subjects_at(&places)?;
        let (known, unknown): (Vec<SubjectId>, Vec<SubjectId>) =
            neighbours.into_iter().partition(|id| worked.children.contains_key(id));
        for id in known {
            if let Some(child) = worked.children.get_mut(&id).filter(|child| child.seen > 0) {
                child.raise_epoch();
            }
            worked.note(id);
        }
        for mut child in self.open_children(&unknown)? {
            child.raise_epoch();
            worked.note(child.id);
            worked.children.insert(child.id, child);
        }
        Ok(())
    }
}
