//! Children who may be one though no identifier says so: proposed to a person, by names and birth date, and never more.
//!
//! **Limits.** A name and a date that many have tell nobody apart: of more than [`ALIKE_MAX`] children none is proposed by
//! it. One child is proposed with at most [`PROPOSALS_MAX`] others at once, those most alike.

use std::collections::BTreeSet;

use exchange::identity::evidence;
use exchange::likeness::{Alike, Likeness};
use serde_json::json;
use store::StoreFault;
use store::identity::{BlindIdentifier, NewProposal, Proposal};
use store::subject::{DemographicKey, SubjectId};
use uuid::Uuid;

use super::Durable;
use super::held::Child;
use super::merging::{identifiers_of, nhs_numbers};
use super::planning::Thought;
use super::protect::Whose;
use super::worked::Worked;

/// Children that a birth date and half of a name may lead to.
const ALIKE_MAX: usize = 20;

/// Others with whom one child is proposed at once.
const PROPOSALS_MAX: usize = 5;

/// Open proposals that a look-up by name tells, of each child.
const TOLD_MAX: u32 = 20;

impl Durable {
    /// Proposes each child of whom something new is said with those whom it is alike.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn propose_alike(&self, worked: &Worked, thought: &mut Thought<'_>) -> Result<(), StoreFault> {
        for child in worked.changed.iter().filter_map(|id| worked.children.get(id)) {
            let Some(likeness) = child.likeness() else { continue };
            let ids: Vec<SubjectId> = self.alike(&likeness)?.into_iter().filter(|id| *id != child.id).collect();
            let unopened: Vec<SubjectId> = ids.iter().copied().filter(|id| !worked.children.contains_key(id)).collect();
            let opened = self.open_children(&unopened)?;
            let others = ids.iter().filter_map(|id| worked.children.get(id)).chain(&opened);
            let mut alike: Vec<(Alike, &Child)> = others
                .filter(|other| may_be_one(child, other))
                .filter_map(|other| Some((likeness.compare(&other.likeness()?)?, other)))
                .collect();
            alike.sort_by_key(|(alike, other)| (std::cmp::Reverse(alike.score), other.id));
            let already = |other: &Child| {
                thought
                    .batch
                    .proposals
                    .iter()
                    .any(|new| [(new.keeps, new.other), (new.other, new.keeps)].contains(&(child.id, other.id)))
            };
            let new: Vec<NewProposal> = alike
                .iter()
                .filter(|(_, other)| !already(other))
                .take(PROPOSALS_MAX)
                .map(|(alike, other)| proposal(child, other, alike, thought.at))
                .collect();
            thought.batch.proposals.extend(new);
        }
        Ok(())
    }

    /// What is proposed of children of a name and birth date, of these alone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn proposed_of(&self, asked: &Likeness, whose: &Whose) -> Result<Vec<Proposal>, StoreFault> {
        let ids: Vec<SubjectId> = self.alike(asked)?.into_iter().collect();
        let mut proposals: Vec<Proposal> = Vec::new();
        for child in self.open_children(&ids)? {
            let is_alike = child.likeness().is_some_and(|likeness| asked.compare(&likeness).is_some());
            if !is_alike || !whose.take_in(&child) {
                continue;
            }
            for proposal in self.store.proposals_of(child.id, TOLD_MAX)? {
                if !proposals.iter().any(|known| known.id == proposal.id) {
                    proposals.push(proposal);
                }
            }
        }
        Ok(proposals)
    }

    /// Those whom the keys lead to; none by a key that leads to too many.
    fn alike(&self, likeness: &Likeness) -> Result<BTreeSet<SubjectId>, StoreFault> {
        let keys: Vec<DemographicKey> = likeness.keys().into_iter().map(DemographicKey).collect();
        let found = self.store.alike(&keys, ALIKE_MAX + 1)?;
        Ok(found.into_iter().filter(|ids| ids.len() <= ALIKE_MAX).flatten().collect())
    }
}

/// Whether anybody may be asked about two children: not where one source tells them apart by its own keys, not where
/// their NHS numbers differ.
fn may_be_one(one: &Child, other: &Child) -> bool {
    let numbers: BTreeSet<Vec<u8>> = [one, other].into_iter().flat_map(nhs_numbers).collect();
    let told_apart = one.holdings.iter().any(|(partner, holding)| {
        let speaks = |held: &exchange::holding::Holding| !held.records.is_empty();
        speaks(holding) && other.holdings.get(partner).is_some_and(speaks)
    });
    numbers.len() <= 1 && !told_apart
}

/// The one that was known before stays: its ids are in force elsewhere.
fn proposal(child: &Child, known: &Child, alike: &Alike, made_at: store::Micros) -> NewProposal {
    let (ours, theirs) = (child.dossier(), known.dossier());
    let mut compared = evidence(ours.statements(), theirs.statements().collect::<Vec<_>>());
    let more = [(&mut compared.agree, &alike.evidence.agree), (&mut compared.differ, &alike.evidence.differ)];
    let fields: Vec<(&str, &str)> = alike.evidence.agree.iter().chain(&alike.evidence.differ).copied().collect();
    for (fields_of_all, of_names) in more {
        // Names are told by their halves.
        fields_of_all.retain(|field| *field != ("Person", "names") && !fields.contains(field));
        fields_of_all.splice(0..0, of_names.iter().copied());
    }
    let names = |pairs: &[(&str, &str)]| pairs.iter().map(|(of, field)| format!("{of}.{field}")).collect::<Vec<_>>();
    let evidence = json!({
        "by": "names",
        "score": alike.score,
        "agree": names(&compared.agree),
        "differ": names(&compared.differ),
    });
    NewProposal {
        id: Uuid::now_v7(),
        keeps: known.id,
        other: child.id,
        evidence: evidence.to_string().into_bytes(),
        grounds: grounds([child, known].into_iter().flat_map(identifiers_of)),
        made_at,
    }
}

/// What a pair is proposed on: all that both are known by, in one order.
pub(super) fn grounds(known_by: impl IntoIterator<Item = BlindIdentifier>) -> Vec<u8> {
    let all: BTreeSet<String> =
        known_by.into_iter().map(|known| format!("{}\n{}\0", known.system, known.value)).collect();
    all.into_iter().collect::<String>().into_bytes()
}
