//! What a partner states over FHIR: it becomes a message of its own, read like every other, and what stands after it is
//! told by the ids of its resources.
//!
//! **Its own.** A partner adds, replaces and takes back what it says itself; what others say of the child stays. **Whole.**
//! What is stated of something replaces all that the partner said of it before. **First looked at, then kept.** A document
//! with an error is refused before anything is kept; one that is kept has been read before it is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use kit::adapter::Dossier;
use kit::document::{Document, Part};
use kit::report::Findings;
use schemas::diagnostic::{Diagnostic, Place, Severity};
use schemas::record::Record;
use serde::Deserialize;
use store::StoreFault;
use store::subject::SubjectId;
use uuid::Uuid;

use super::Durable;
use super::blind::blind;
use super::held::Child;
use super::replay::Overrides;
use super::shown::{Reader, Resource};
use super::terms::Terms;
use crate::config::{Intake, KnownFormat, Route, RowErrors, Scope, Source};

/// What stands before a partner's name in the name of the route that what it states over FHIR comes on. No route of a
/// configuration has a name with this sign.
const OF_FHIR: &str = "fhir:";

/// The format of what is stated.
const FORMAT: &str = "fhir-json";

/// Diagnostics that are told of one document.
const DIAGNOSTICS_MAX: usize = 100;

/// What anybody who may write may say of a child; all else is for the authority that is responsible.
const OF_HEALTH: [&str; 14] = [
    "Person",
    "Address",
    "Relationship",
    "Restriction",
    "Disability",
    "HealthCheck",
    "AnnualHealth",
    "SdqScore",
    "Immunisation",
    "Allergy",
    "Condition",
    "Medication",
    "Measurement",
    "SubstanceMisuse",
];

/// A document of statements that was looked at.
pub(crate) struct LookedAt {
    /// What is wrong with it, and what of it is not held.
    pub(crate) told: Vec<Diagnostic>,
    /// What each entry of the Bundle says.
    entries: BTreeMap<usize, Said>,
}

/// What an entry says of a child.
struct Said {
    dossier: usize,
    records: Vec<Record>,
    whose: Vec<store::identity::BlindIdentifier>,
}

/// A Patient by its identifiers.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    identifier: Vec<Identified>,
}

#[derive(Deserialize)]
struct Identified {
    system: String,
    value: String,
}

/// A resource that an entry is from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) child: SubjectId,
    pub(crate) id: Uuid,
}

impl LookedAt {
    /// Whether anything is wrong.
    pub(crate) fn has_errors(&self) -> bool {
        self.told.iter().any(|diagnostic| diagnostic.rule.severity == Severity::Error)
    }

    /// Whether anything at all is said.
    pub(crate) fn says_anything(&self) -> bool {
        self.entries.values().any(|said| !said.records.is_empty())
    }

    /// Two entries that say the same thing of one child, if there are any.
    pub(crate) fn twice(&self) -> Option<(usize, usize)> {
        let all: Vec<(usize, &Said)> = self.entries.iter().map(|(entry, said)| (*entry, said)).collect();
        let same = |left: &Said, right: &Said| {
            let mut pairs = left.records.iter().flat_map(|left| right.records.iter().map(move |right| (left, right)));
            left.dossier == right.dossier && pairs.any(|(left, right)| left.statement.same_key(&right.statement))
        };
        for (n, (first, left)) in all.iter().enumerate() {
            if let Some((second, _)) = all[n + 1..].iter().find(|(_, right)| same(left, right)) {
                return Some((*first, *second));
            }
        }
        None
    }

    /// The entries that say what only the authority may say that is responsible.
    pub(crate) fn of_the_authority(&self) -> impl Iterator<Item = usize> + '_ {
        let is_care = |record: &Record| !OF_HEALTH.contains(&record.statement.statement_type().name);
        self.entries.iter().filter(move |(_, said)| said.records.iter().any(is_care)).map(|(entry, _)| *entry)
    }
}

impl Durable {
    /// The route on which a partner's statements over FHIR come, if it may make any.
    pub(super) fn route_of_fhir(&self, name: &str) -> Option<Route> {
        let partner = self.config.partner(name.strip_prefix(OF_FHIR)?)?;
        let format = KnownFormat::named(FORMAT)?;
        partner.scopes.contains(Scope::FhirWrite).then(|| Route {
            name: name.to_owned(),
            from: Source {
                partner: partner.name.clone(),
                format,
                dialect: None,
                year: None,
                options: Vec::new(),
                transport: Intake::Https,
            },
            to: Vec::new(),
            errors: RowErrors::Fail,
            errors_max: 0,
            complete: false,
            subjects_missing_percent_max: 0,
            subjects_missing_max: 0,
            children: exchange::children::Children::default(),
            schedule: None,
            idempotency_required: false,
            enabled: true,
        })
    }

    /// Whether a route is one of those.
    pub(crate) fn is_of_fhir(name: &str) -> bool {
        name.starts_with(OF_FHIR)
    }

    /// The name of the route on which a partner's statements over FHIR come.
    pub(crate) fn name_of_fhir(partner: &str) -> String {
        format!("{OF_FHIR}{partner}")
    }

    /// The terms of a statement over FHIR.
    pub(crate) fn terms_of_fhir() -> Terms {
        Terms { replaces: true, ..Terms::default() }
    }

    /// Looks at a Bundle of statements as it would be read.
    ///
    /// # Errors
    /// When it cannot be read at all, for a reason of ours.
    pub(crate) fn look_at(&self, partner: &str, bundle: &[u8]) -> Result<LookedAt, StoreFault> {
        let gone = |_| StoreFault::Failed("a route of FHIR is not there".to_owned());
        let how =
            self.how(&Self::name_of_fhir(partner), &Self::terms_of_fhir(), &Overrides::default()).map_err(gone)?;
        let Some(decode) = how.from.decode else {
            return Err(StoreFault::Failed("FHIR is not read".to_owned()));
        };
        let document = Document::new(vec![Part::new("document", bundle.to_vec())]);
        let mut findings = Findings::new(DIAGNOSTICS_MAX);
        let subjects = decode.open(&document, &how.options, NonZeroUsize::MIN, &mut findings);
        let mut reader = subjects.reader();
        let mut entries: BTreeMap<usize, Said> = BTreeMap::new();
        for n in 0..subjects.len() {
            let mut dossier = Dossier::default();
            reader.read(n, &mut dossier, &mut findings);
            let whose = blind(&dossier);
            for record in std::mem::take(&mut dossier.records) {
                let Some(entry) = entry_of(&record.source.place) else { continue };
                let said = Said { dossier: n, records: Vec::new(), whose: whose.clone() };
                let said = entries.entry(entry).or_insert(said);
                if said.dossier == n {
                    said.records.push(record);
                }
            }
        }
        Ok(LookedAt { told: findings.diagnostics().to_vec(), entries })
    }

    /// What the entries of a Bundle are, once it has been read: of which child, under which id. An entry whose child is
    /// not known yet is left out.
    ///
    /// # Errors
    /// When the store cannot be read, or a resource not be written.
    pub(crate) fn standing_of(
        &self,
        looked_at: &LookedAt,
        kinds: &BTreeMap<usize, String>,
    ) -> Result<BTreeMap<usize, Standing>, StoreFault> {
        let mut standing = BTreeMap::new();
        for (entry, said) in &looked_at.entries {
            let Some(kind) = kinds.get(entry) else { continue };
            let found = self.store.find(&said.whose)?.into_iter().flatten().next();
            let Some(child) = found.map(|id| self.open_children(&[id])).transpose()?.and_then(|mut all| all.pop())
            else {
                continue;
            };
            if kind == "Patient" {
                standing.insert(*entry, Standing { child: child.id, id: self.patient_id(child.id) });
                continue;
            }
            let written = self.as_resources(child.id, said.records.clone())?;
            if let Some(resource) = written.into_iter().find(|resource| resource.kind == *kind) {
                standing.insert(*entry, Standing { child: child.id, id: resource.id });
            }
        }
        Ok(standing)
    }

    /// Whether what entries said is still what their writer says: nothing else was said of it since.
    ///
    /// # Errors
    /// As [`Durable::standing_of`].
    pub(crate) fn still_said(&self, looked_at: &LookedAt, partner: &str) -> Result<bool, StoreFault> {
        for said in looked_at.entries.values() {
            let found = self.store.find(&said.whose)?.into_iter().flatten().next();
            let Some(child) = found.map(|id| self.open_children(&[id])).transpose()?.and_then(|mut all| all.pop())
            else {
                return Ok(false);
            };
            let held = child.holdings.get(partner).map(|holding| holding.records.as_slice()).unwrap_or_default();
            let stands = |record: &Record| held.iter().any(|held| held.statement == record.statement);
            if said.records.iter().any(|record| stands(record) == record.source.retracts) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a reader is the authority that answers for a child.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn is_responsible(&self, reader: &Reader, child: SubjectId) -> Result<bool, StoreFault> {
        let Some(own) = reader.own_authority() else { return Ok(false) };
        let child = self.open_children(&[child])?.pop();
        Ok(child.is_some_and(|child| child.standing.authority.as_deref() == Some(own.as_str())))
    }

    /// Whether anything is said of a child of whom everything was erased: nothing of that is taken in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn names_erased(&self, looked_at: &LookedAt) -> Result<bool, StoreFault> {
        for said in looked_at.entries.values() {
            let known: Vec<SubjectId> = self.store.find(&said.whose)?.into_iter().flatten().collect();
            if self.open_children(&known)?.iter().any(Child::is_erased) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether what an entry says can be told as a resource of its type again, of whichever child it is.
    ///
    /// # Errors
    /// When a resource cannot be written.
    pub(crate) fn can_be_told(&self, looked_at: &LookedAt, entry: usize, kind: &str) -> Result<bool, StoreFault> {
        let Some(said) = looked_at.entries.get(&entry) else { return Ok(false) };
        Ok(self.as_resources(Uuid::nil(), said.records.clone())?.iter().any(|resource| resource.kind == kind))
    }

    /// What a partner itself says of a child, as resources; and the ids of those that it has taken back.
    ///
    /// # Errors
    /// When a resource cannot be written.
    pub(crate) fn own_resources(
        &self,
        id: SubjectId,
        partner: &str,
    ) -> Result<(Vec<Resource>, BTreeSet<Uuid>), StoreFault> {
        let Some(child) = self.open_children(&[id])?.pop() else { return Ok(Default::default()) };
        let Some(holding) = child.holdings.get(partner) else { return Ok(Default::default()) };
        let own = self.as_resources(child.id, holding.records.clone())?;
        let former = self.as_resources(child.id, holding.former.clone())?;
        Ok((own, former.into_iter().map(|resource| resource.id).collect()))
    }

    /// Whether a reader has taken back itself what had this id.
    ///
    /// # Errors
    /// As [`Durable::own_resources`].
    pub(crate) fn took_back(&self, id: Uuid, reader: &Reader) -> Result<bool, StoreFault> {
        let Some(child) = self.store.subjects_of_resources(&[id])?.pop().flatten() else { return Ok(false) };
        Ok(self.own_resources(child, &reader.partner)?.1.contains(&id))
    }

    /// What names the child whose Patient this is, as the reader is shown it, for what is stated of it to be read; `None`
    /// of whoever is not shown.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn names_of(&self, patient: Uuid, reader: &Reader) -> Result<Option<Vec<(String, String)>>, StoreFault> {
        let Some(id) = self.store.subjects_of_resources(&[patient])?.pop().flatten() else { return Ok(None) };
        let Some(shown) = self.shown(&[id], reader)?.pop() else { return Ok(None) };
        let Some(patient) = shown.resources.iter().find(|it| it.kind == "Patient" && it.id == patient) else {
            return Ok(None);
        };
        let named: Named =
            serde_json::from_slice(&patient.json).map_err(|_| StoreFault::Corrupt("a resource of ours is none"))?;
        // One name is enough, and the best of them is the NHS number: no former one becomes a present one by this.
        let names = named.identifier.into_iter().map(|it| (it.system, it.value));
        Ok(Some(names.min_by_key(|(system, _)| rank(system)).into_iter().collect()))
    }
}

/// How well a system names a child.
fn rank(system: &str) -> u8 {
    match system {
        "https://fhir.nhs.uk/Id/nhs-number" => 0,
        system if system.starts_with("urn:homeward:id:la-child:") => 1,
        _ => 2,
    }
}

/// Which entry of a Bundle a record was read from.
fn entry_of(place: &Place) -> Option<usize> {
    let Place::Node { path, .. } = place else { return None };
    path.strip_prefix("Bundle.entry[")?.split_once(']')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use schemas::diagnostic::PartId;

    use super::*;

    #[test]
    fn a_record_is_of_the_entry_that_its_place_names() {
        let of = |path: &str| entry_of(&Place::Node { part: PartId(0), path: path.into(), byte: 0 });
        assert_eq!(of("Bundle.entry[12].resource"), Some(12));
        assert_eq!(of("Bundle.entry[0].resource.name[1]"), Some(0));
        assert_eq!(of("Patient.name"), None);
        assert_eq!(entry_of(&Place::Document), None);
    }
}
