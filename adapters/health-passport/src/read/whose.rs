//! Whose a resource is: references are followed within the document, identifiers join what is one child's.
//!
//! Limits: a reference of text a resource until the document is read. Format: a reference leads by the whole address of
//! an entry, relative to the address of its own entry, by the type and id of a Patient where only one has them, to a
//! contained Patient, or by an identifier beside it. Operations: a Patient, and a resource, as they come; then the children.

use std::collections::HashMap;

use schemas::{
    identifier::{Identifier, IdentifierKind, LaCode},
    record::Subject,
};

use crate::fhir::tree::Element;

const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// PDS names a Patient by the NHS number.
const PDS_BASE: &str = "/personal-demographics/FHIR/R4/Patient/";

/// A child by everything that names it.
#[derive(Default)]
pub(super) struct Named {
    /// Its identifiers, with the authority of those that mean something only beside one.
    identifiers: Vec<(Identifier, Option<LaCode>)>,
}

impl Named {
    /// Whom it is, with the authority that is responsible, as far as an id of its tells.
    pub(super) fn subject(self) -> Subject {
        let authority = self.identifiers.iter().find_map(|(_, authority)| *authority);
        Subject::child(self.identifiers.into_iter().map(|(identifier, _)| identifier).collect(), authority)
    }
}

/// What a resource says of whom it is about.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// Addresses that may lead to the Patient, the best first.
    addresses: Vec<Box<str>>,
    /// An identifier of the Patient.
    identifier: Option<(Identifier, Option<LaCode>)>,
}

/// The children of a document as they become known.
#[derive(Default)]
pub(super) struct Children {
    known: Vec<Named>,
    by_address: HashMap<Box<str>, usize>,
    /// `None` where several Patients have this type and id.
    by_type_and_id: HashMap<Box<str>, Option<usize>>,
    /// The ids of an authority beside it: those of another authority are other children's.
    by_identifier: HashMap<(Identifier, Option<LaCode>), usize>,
}

impl Children {
    /// Takes a Patient; gives the child.
    pub(super) fn patient(&mut self, patient: Element<'_>, full_url: Option<&str>) -> usize {
        let named = identifiers(patient);
        let child = self.child_of(&named, full_url);
        if let Some(url) = full_url {
            self.by_address.insert(url.into(), child);
        }
        if let Some(id) = patient.text("id") {
            let name: Box<str> = format!("Patient/{id}").into();
            self.by_type_and_id
                .entry(name)
                .and_modify(|known| *known = known.filter(|known| *known == child))
                .or_insert(Some(child));
        }
        child
    }

    /// The child of these identifiers, or a new one.
    fn child_of(&mut self, named: &Named, full_url: Option<&str>) -> usize {
        let by_identifier = named.identifiers.iter().find_map(|identifier| self.by_identifier.get(identifier).copied());
        let child = by_identifier.or_else(|| full_url.and_then(|url| self.by_address.get(url).copied()));
        let child = child.unwrap_or_else(|| {
            self.known.push(Named::default());
            self.known.len() - 1
        });
        for identifier in &named.identifiers {
            if !self.known[child].identifiers.contains(identifier) {
                self.known[child].identifiers.push(*identifier);
            }
            self.by_identifier.entry(*identifier).or_insert(child);
        }
        child
    }

    /// Settles whose a resource is, when all Patients are known.
    pub(super) fn settle(&mut self, about: &About) -> Option<usize> {
        let by_address = about.addresses.iter().find_map(|address| {
            self.by_address.get(address).copied().or_else(|| self.by_type_and_id.get(address).copied().flatten())
        });
        if by_address.is_some() {
            return by_address;
        }
        Some(self.child_of(&Named { identifiers: vec![about.identifier?] }, None))
    }

    /// Everything that names a child.
    pub(super) fn into_known(self) -> Vec<Named> {
        self.known
    }
}

/// The element by which a resource says whom it is about.
pub(super) fn about(resource: Element<'_>, full_url: Option<&str>) -> About {
    let reference =
        ["subject", "patient", "for", "beneficiary"].into_iter().find_map(|name| resource.first(name)).or_else(|| {
            let mut actors = resource.all("participant").filter_map(|participant| participant.first("actor"));
            actors.find(|actor| {
                actor.text("reference").is_some_and(|to| to.contains("Patient/")) || actor.says("type", "Patient")
            })
        });
    let Some(reference) = reference else { return About::default() };
    let mut about = About { addresses: Vec::new(), identifier: reference.first("identifier").and_then(identifier) };
    let Some(to) = reference.text("reference") else { return about };
    if let Some(id) = to.strip_prefix('#') {
        let contained = resource.all("contained").find(|contained| contained.text("id").is_some_and(|own| own == id));
        if let Some(patient) = contained.filter(|contained| contained.type_name() == "Patient") {
            about.identifier = patient.all("identifier").find_map(identifier).or(about.identifier);
        }
        return about;
    }
    if let Some((_, number)) = to.split_once(PDS_BASE) {
        let number = number.split(['/', '?']).next().unwrap_or_default();
        about.identifier = about.identifier.or_else(|| {
            Identifier::read(IdentifierKind::NhsNumber, number.as_bytes(), false).map(|number| (number, None))
        });
    }
    let plain = to.split_once("/_history/").map_or(&*to, |(address, _)| address);
    if !plain.contains(':') {
        let base = full_url.and_then(|url| {
            let (rest, _) = url.strip_prefix("urn:").map_or(Some(url), |_| None)?.rsplit_once('/')?;
            rest.rsplit_once('/').map(|(base, _)| base)
        });
        about.addresses.extend(base.map(|base| format!("{base}/{plain}").into()));
    }
    about.addresses.push(plain.into());
    about
}

/// The identifiers of a Patient that can be read.
fn identifiers(patient: Element<'_>) -> Named {
    let mut named = Named::default();
    for identifier in patient.all("identifier").filter_map(identifier) {
        if !named.identifiers.contains(&identifier) {
            named.identifiers.push(identifier);
        }
    }
    named
}

/// An identifier with the authority that its system names.
fn identifier(element: Element<'_>) -> Option<(Identifier, Option<LaCode>)> {
    let (system, value) = (element.text("system")?, element.text("value")?);
    let old = element.says("use", "old");
    // An NHS number that was in use is another person's, or nobody's, by now; one in groups is not as FHIR has it.
    if system == NHS_NUMBER && (old || value.len() != 10) {
        return None;
    }
    let authority = system.rsplit(':').next().and_then(|code| LaCode::read(code.as_bytes()));
    let read = Identifier::read_of_system(&system, authority, value.as_bytes(), old)?;
    let scoped = read.kind().is_scoped_by_authority();
    Some((read, authority.filter(|_| scoped)))
}
