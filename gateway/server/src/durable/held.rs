//! What is held of a child, opened: what each source says, what the house has set, and what recipients were told.
//!
//! **Format** of a holding in the store (encrypted there): a byte of form, a byte of flags (1: a guard is unreadable,
//! 2: traced, 4: what was unreadable is released), then the records, the former records and the subject, each as
//! canonical JSON behind its length in four bytes, big-endian. It is read by us alone; whatever else is there is a fault
//! of the store, told and never guessed.

use std::collections::BTreeMap;
use std::sync::Arc;

use exchange::carried::{guard_is_unreadable, is_adopted};
use exchange::eligibility::owed_until;
use exchange::holding::Holding;
use exchange::likeness::Likeness;
use exchange::passage::ChildHeld;
use exchange::planned::Planned;
use exchange::restrict::{looked_for_keys, place_keys, protects_others};
use kit::adapter::Dossier;
use schemas::date::Date;
use schemas::document::{read_records, read_subject, write_records, write_subject};
use schemas::record::{Restriction, Statement};
use store::delivery::Target;
use store::identity::BlindIdentifier;
use store::subject::{
    Begun, DemographicKey, HandedOver, PlaceKey, Sent, Standing, SubjectChange, SubjectId, SubjectState, TwoPersons,
};
use store::{Micros, Store, StoreFault};
use uuid::Uuid;

use super::moment::micros_of;
use super::way::Way;

const FORM: u8 = 1;
const GUARD_UNREADABLE: u8 = 1;
const TRACED: u8 = 2;
const GUARDS_RELEASED: u8 = 4;

/// A child and everything that is held of it.
#[derive(Clone)]
pub(crate) struct Child {
    pub(crate) id: SubjectId,
    /// The version that was seen; 0 for a child that is new.
    pub(crate) seen: u64,
    /// The epoch under which what is planned now is planned.
    pub(crate) epoch: u64,
    pub(crate) standing: Standing,
    /// What each partner says.
    pub(crate) holdings: BTreeMap<String, Holding>,
    /// Restrictions that were set in the house and not lifted.
    pub(crate) restrictions: Vec<Restriction>,
    pub(crate) sent: Vec<Sent>,
    /// The ids of its resources, once somebody has looked.
    resources: Option<Vec<Uuid>>,
    /// What has to be written back.
    changed: Changed,
}

#[derive(Clone, Default)]
struct Changed {
    holdings: Vec<String>,
    identifiers: Vec<BlindIdentifier>,
    forgotten: Vec<BlindIdentifier>,
    places: bool,
    standing: bool,
    epoch: bool,
    planned: Vec<(Target, Vec<u8>)>,
}

impl Child {
    /// A child that nobody has spoken of before.
    pub(crate) fn new(id: SubjectId) -> Self {
        Self {
            id,
            seen: 0,
            epoch: 1,
            standing: Standing::default(),
            holdings: BTreeMap::new(),
            restrictions: Vec::new(),
            sent: Vec::new(),
            resources: None,
            changed: Changed::default(),
        }
    }

    /// Opens what the store has of a child.
    ///
    /// # Errors
    /// [`StoreFault::Corrupt`] for what we have not written.
    pub(crate) fn open(state: SubjectState, store: &dyn Store) -> Result<Self, StoreFault> {
        let mut holdings = BTreeMap::new();
        for (partner, bytes) in state.holdings {
            holdings.insert(partner, read_holding(&bytes)?);
        }
        let set = store.restrictions(Some(state.id))?;
        let in_force = set.into_iter().filter(|restriction| restriction.lifted_at.is_none());
        let restrictions = in_force.map(|restriction| read_restriction(&restriction.body)).collect::<Result<_, _>>()?;
        Ok(Self {
            id: state.id,
            seen: state.version,
            epoch: state.epoch,
            standing: state.standing,
            holdings,
            restrictions,
            sent: state.sent,
            resources: None,
            changed: Changed::default(),
        })
    }

    /// What all sources say, as the pure floor takes it; the sources in the order of their names.
    pub(crate) fn sources(&self) -> Vec<Holding> {
        self.holdings.values().cloned().collect()
    }

    /// What goes on a way: what its sender says, guarded by what all others say that protects the child. On a roll
    /// stands besides what schools say of themselves and of the child; of several persons the later is heard, which is the
    /// sender's.
    pub(crate) fn for_way(&self, way: &Way) -> Vec<Holding> {
        let sender = &way.route.from.partner;
        let of_schools = |partner: &String| way.schools.contains(partner);
        let (schools, others): (Vec<_>, Vec<_>) = self
            .holdings
            .iter()
            .filter(|(partner, _)| *partner != sender)
            .partition(|(partner, _)| of_schools(partner));
        let schools = schools.into_iter().map(|(_, holding)| only(holding, is_for_a_roll));
        let own = self.holdings.get(sender).cloned();
        schools.chain(own).chain(others.into_iter().map(|(_, holding)| only(holding, protects))).collect()
    }

    /// Of what the others say, what decides whether a child is carried on this sender's routes and what is withheld there.
    pub(crate) fn beside_sender(&self, sender: &str) -> Vec<Holding> {
        let others = self.holdings.iter().filter(|(partner, _)| *partner != sender);
        others.map(|(_, holding)| only(holding, decides)).collect()
    }

    /// Replaces what a partner says.
    pub(crate) fn hold(&mut self, partner: &str, holding: Holding) {
        self.holdings.insert(partner.to_owned(), holding);
        if !self.changed.holdings.iter().any(|known| known == partner) {
            self.changed.holdings.push(partner.to_owned());
        }
    }

    /// From now on it is found by the ids of these resources too.
    pub(crate) fn index(&mut self, resources: Vec<Uuid>) {
        self.resources = Some(resources);
    }

    /// Whether what is said of it is written back.
    pub(crate) fn has_news(&self) -> bool {
        !self.changed.holdings.is_empty()
    }

    /// From now on it is known by these identifiers too.
    pub(crate) fn attach(&mut self, identifiers: impl IntoIterator<Item = BlindIdentifier>) {
        self.changed.identifiers.extend(identifiers);
    }

    /// From now on it is no longer known by these identifiers.
    pub(crate) fn forget(&mut self, identifiers: impl IntoIterator<Item = BlindIdentifier>) {
        self.changed.forgotten.extend(identifiers);
    }

    /// Takes a new look at what protects the child; what changed raises its epoch.
    pub(crate) fn look_again(&mut self, as_at: Date, authority: Option<String>) {
        let dossier = self.dossier();
        let guard_hold = guard_is_unreadable(&dossier);
        let eligible_until = owed_until(&dossier, as_at).map(micros_of);
        let standing = Standing {
            authority: authority.or_else(|| self.standing.authority.clone()),
            protects_places: protects_others(&dossier, Some(as_at)),
            guard_hold,
            closed_by_adoption: is_adopted(&dossier),
            merged_into: self.standing.merged_into,
            eligible_until,
            // A word about another end is none about this one.
            handed_over: self.standing.handed_over.filter(|_| eligible_until == self.standing.eligible_until),
            erased_at: self.standing.erased_at,
            // Nothing is left to be released.
            begun: self.standing.begun.clone().filter(|begun| guard_hold || begun.act != TwoPersons::Release),
        };
        let (eligible_until, handed_over) = (standing.eligible_until, standing.handed_over);
        let as_protected = Standing { eligible_until, handed_over, ..self.standing.clone() };
        self.changed.epoch |= standing != as_protected && self.seen > 0;
        self.changed.standing |= standing != self.standing;
        self.standing = standing;
        self.changed.places = true;
    }

    /// What could not be read of it holds it back no longer.
    pub(crate) fn release_guards(&mut self) {
        for partner in self.holdings.keys().cloned().collect::<Vec<_>>() {
            let Some(mut holding) = self.holdings.get(&partner).cloned() else { continue };
            holding.release_guards();
            self.hold(&partner, holding);
        }
    }

    /// A person has given its word about handing over what is held.
    pub(crate) fn hand_over(&mut self, said: HandedOver) {
        self.changed.standing |= self.standing.handed_over != Some(said);
        self.standing.handed_over = Some(said);
    }

    /// Nothing is held of it any more.
    pub(crate) fn erase(&mut self, at: Micros) {
        self.holdings.clear();
        self.restrictions.clear();
        self.changed.standing = true;
        self.standing = Standing {
            authority: self.standing.authority.take(),
            handed_over: self.standing.handed_over,
            closed_by_adoption: self.standing.closed_by_adoption,
            erased_at: Some(at),
            ..Standing::default()
        };
    }

    /// Whether everything held of it was erased.
    pub(crate) fn is_erased(&self) -> bool {
        self.standing.erased_at.is_some()
    }

    /// An act that somebody has begun is not begun any more.
    pub(crate) fn take_back(&mut self, act: TwoPersons) {
        if self.standing.begun.as_ref().is_some_and(|begun| begun.act == act) {
            self.begin(None);
        }
    }

    /// Notes who has begun an act that takes two persons, or that none is begun.
    pub(crate) fn begin(&mut self, begun: Option<Begun>) {
        self.changed.standing |= self.standing.begun != begun;
        self.standing.begun = begun;
    }

    /// What protects the child has changed: what was planned before is not to leave as it is.
    pub(crate) fn raise_epoch(&mut self) {
        self.changed.epoch = true;
    }

    /// The epoch under which what is planned in this commit stands.
    pub(crate) fn epoch_from_now_on(&self) -> u64 {
        self.epoch + u64::from(self.changed.epoch)
    }

    /// Whether its epoch rises with this commit.
    pub(crate) fn rises(&self) -> bool {
        self.changed.epoch
    }

    /// What all sources say and the house has set.
    pub(crate) fn dossier(&self) -> Dossier {
        let sources = self.sources();
        ChildHeld { holdings: &sources, beside: &[], shares_place: false, restrictions: &self.restrictions }
            .protection()
    }

    /// Where it lives, as those who share it are found.
    pub(crate) fn places(&self, as_at: Date) -> Vec<PlaceKey> {
        place_keys(&self.dossier(), Some(as_at)).into_iter().map(PlaceKey).collect()
    }

    /// What it is looked for by, where no identifier says who it is: nothing of whoever must not be found by name.
    pub(crate) fn demographics(&self) -> Vec<DemographicKey> {
        self.likeness().map(|likeness| likeness.keys().into_iter().map(DemographicKey).collect()).unwrap_or_default()
    }

    /// Whom it may be alike, by names and birth date; `None` where that must not be asked.
    pub(crate) fn likeness(&self) -> Option<Likeness> {
        let closed = self.standing.closed_by_adoption || self.standing.merged_into.is_some();
        if closed { None } else { Likeness::of(&self.dossier()) }
    }

    /// Places of which any that is protected protects it too.
    pub(crate) fn looks_for(&self, as_at: Date) -> Vec<PlaceKey> {
        looked_for_keys(&self.dossier(), Some(as_at)).into_iter().map(PlaceKey).collect()
    }

    /// What a target was told once everything planned is delivered, and what it has now.
    pub(crate) fn told(&self, target: &str) -> (Planned, Planned) {
        let sent = self.sent.iter().find(|sent| sent.target == target);
        // What cannot be read is a plan of another version of ours: then everything is told again.
        let read = |bytes: &[u8]| Planned::read(bytes).unwrap_or_default();
        sent.map_or_else(Default::default, |sent| (read(&sent.planned), read(&sent.delivered)))
    }

    /// From now on this is what a target will have been told.
    pub(crate) fn plan(&mut self, target: &str, planned: Vec<u8>) {
        self.changed.planned.retain(|(known, _)| known != target);
        self.changed.planned.push((target.to_owned(), planned));
    }

    /// Whether anything has to be written back.
    pub(crate) fn is_changed(&self) -> bool {
        self.seen == 0
            || self.changed.epoch
            || self.changed.standing
            || !self.changed.holdings.is_empty()
            || !self.changed.identifiers.is_empty()
            || !self.changed.forgotten.is_empty()
            || !self.changed.planned.is_empty()
    }

    /// What the store has to write.
    pub(crate) fn change(&self, as_at: Date) -> SubjectChange {
        let holdings = self.changed.holdings.iter().filter_map(|partner| {
            let holding = self.holdings.get(partner)?;
            Some((partner.clone(), write_holding(holding)))
        });
        SubjectChange {
            id: self.id,
            seen: self.seen,
            standing: self.standing.clone(),
            raise_epoch: self.changed.epoch,
            holdings: holdings.collect(),
            identifiers: self.changed.identifiers.clone(),
            forgotten: self.changed.forgotten.clone(),
            places: self.changed.places.then(|| self.places(as_at)),
            demographics: self.changed.places.then(|| self.demographics()),
            planned: self.changed.planned.clone(),
            resources: self.resources.clone(),
        }
    }
}

/// What protects the child: another's route is held by it, and carries nothing else of what this source says.
fn protects(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Restriction(_) | Statement::Consent(_) | Statement::Adoption(_) | Statement::PlacedForAdoption(_)
    )
}

/// What a school says that stands on a roll: who the child is and where it learns, and what protects it.
fn is_for_a_roll(statement: &Statement) -> bool {
    let of_school =
        matches!(statement, Statement::Enrolment(_) | Statement::EducationPlan(_) | Statement::SenProvision(_));
    of_school || matches!(statement, Statement::Person(_)) || protects(statement)
}

/// What tells whether the child is looked after, an adult or a care leaver, and whether its place is withheld.
fn decides(statement: &Statement) -> bool {
    matches!(statement, Statement::CareEpisode(_) | Statement::CareLeaver(_) | Statement::Person(_))
}

/// Of what a source says only such statements.
fn only(holding: &Holding, wanted: fn(&Statement) -> bool) -> Holding {
    Holding {
        subject: holding.subject.clone(),
        records: holding.records.iter().filter(|record| wanted(&record.statement)).cloned().collect(),
        former: Vec::new(),
        guard_unreadable: holding.guard_unreadable,
        guards_released: holding.guards_released,
        traced: holding.traced,
    }
}

/// A holding as the store keeps it.
pub(crate) fn write_holding(holding: &Holding) -> Vec<u8> {
    let flags = [
        (holding.guard_unreadable, GUARD_UNREADABLE),
        (holding.traced, TRACED),
        (holding.guards_released, GUARDS_RELEASED),
    ];
    let flags = flags.into_iter().filter(|(set, _)| *set).fold(0, |flags, (_, flag)| flags | flag);
    let mut out = vec![FORM, flags];
    for records in [&holding.records, &holding.former] {
        framed(&mut out, |out| write_records(records, out));
    }
    framed(&mut out, |out| {
        if let Some(subject) = &holding.subject {
            write_subject(subject, out);
        }
    });
    out
}

fn framed(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out);
    // A message has a limit far below what four bytes can say.
    let length = u32::try_from(out.len() - at - 4).unwrap_or(u32::MAX);
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

/// Reads what [`write_holding`] wrote.
///
/// # Errors
/// [`StoreFault::Corrupt`] for anything else.
pub(crate) fn read_holding(bytes: &[u8]) -> Result<Holding, StoreFault> {
    const NOT_OURS: StoreFault = StoreFault::Corrupt("a holding is not what was written");
    let [FORM, flags, rest @ ..] = bytes else { return Err(NOT_OURS) };
    let mut rest = rest;
    let mut next = || -> Option<&[u8]> {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (piece, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        rest = after;
        Some(piece)
    };
    let (Some(records), Some(former), Some(subject)) = (next(), next(), next()) else { return Err(NOT_OURS) };
    let subject = match subject {
        [] => None,
        subject => Some(Arc::new(read_subject(subject).map_err(|_| NOT_OURS)?)),
    };
    Ok(Holding {
        subject,
        records: read_records(records).map_err(|_| NOT_OURS)?,
        former: read_records(former).map_err(|_| NOT_OURS)?,
        guard_unreadable: flags & GUARD_UNREADABLE != 0,
        guards_released: flags & GUARDS_RELEASED != 0,
        traced: flags & TRACED != 0,
    })
}

/// Reads a restriction that was set in the house.
///
/// # Errors
/// [`StoreFault::Corrupt`] when it is none.
pub(crate) fn read_restriction(body: &[u8]) -> Result<Restriction, StoreFault> {
    const NOT_OURS: StoreFault = StoreFault::Corrupt("a restriction is not what was written");
    let mut records = read_records(body).map_err(|_| NOT_OURS)?;
    match records.pop().map(|record| record.statement) {
        Some(Statement::Restriction(restriction)) if records.is_empty() => Ok(restriction),
        _ => Err(NOT_OURS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::record::{Subject, SubjectKind};

    #[test]
    fn a_holding_comes_back_as_it_was_written_and_nothing_shorter_or_longer_does() {
        let subject = Subject { kind: SubjectKind::Child, identifiers: Vec::new(), authority: None };
        for (guard_unreadable, guards_released, traced, subject) in [
            (false, false, false, None),
            (true, false, false, None),
            (false, true, false, None),
            (false, false, true, Some(Arc::new(subject))),
        ] {
            let holding = Holding { guard_unreadable, guards_released, traced, subject, ..Holding::default() };
            let bytes = write_holding(&holding);
            let read = read_holding(&bytes).unwrap();
            assert_eq!(
                (read.guard_unreadable, read.guards_released, read.traced),
                (guard_unreadable, guards_released, traced)
            );
            assert!(read.subject == holding.subject && read.records.is_empty() && read.former.is_empty());
            assert_eq!(write_holding(&read), bytes);
            for end in 0..bytes.len() {
                assert!(read_holding(&bytes[..end]).is_err(), "{end}");
            }
            let other_form = [&[FORM + 1], &bytes[1..]].concat();
            assert!(read_holding(&other_form).is_err());
        }
    }
}
