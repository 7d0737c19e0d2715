//! Transactions: one Bundle a child, every resource put by its id, or by its identifier where a server gives ids itself.
//!
//! A child with more resources than one Bundle may hold has several, each with the authority and the Patient: to put
//! the same resource twice does no harm. What is referred to comes first, in each Bundle and over all of them.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::{PartName, Sheaf},
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::NhsNumber,
};

use crate::{
    child::{Child, Resource, subject_nhs_number},
    conventions::{BASE, Conventions, PatientEntry, Update},
    document,
    fhir::{self, Notation, TreeLimits},
    page::may_be_made,
    resource_type::ResourceType,
    resources::{self, organization},
    rules::PATIENT_UNMATCHABLE,
    writer::{Array, Escaped, IdText, Object, key, members, plain, value, write_object},
};

/// The most entries of one Bundle.
pub const BUNDLE_ENTRIES_MAX: usize = 1000;

/// Writes transactions.
pub(crate) struct Bundles;

impl Encode for Bundles {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        let base = options.setting(&BASE).trim_end_matches('/');
        Box::new(BundleEncoder { conventions: Conventions::new(options), base: Escaped::text(base), options })
    }
}

struct BundleEncoder<'o> {
    conventions: Conventions<'o>,
    base: Escaped,
    options: &'o Options,
}

impl Encoder for BundleEncoder<'_> {
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        if self.conventions.patient != PatientEntry::Put && subject_nhs_number(disclosure.subject).is_none() {
            let place = disclosure.records.first().map_or(Place::Document, |record| record.source.place.clone());
            return report.raise(Diagnostic::new(&PATIENT_UNMATCHABLE, place));
        }
        if self.conventions.is_document {
            return self.document(disclosure, sheaf, report);
        }
        let nth = sheaf.next_child();
        self.conventions.with_child(disclosure, report, |child| self.write_child(child, nth, sheaf));
    }
}

/// Writes the same transactions in XML, by way of their tree.
pub(crate) struct XmlBundles;

impl Encode for XmlBundles {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(XmlEncoder { json: Bundles.begin(options) })
    }
}

struct XmlEncoder<'o> {
    json: Box<dyn Encoder + 'o>,
}

impl Encoder for XmlEncoder<'_> {
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let mut own = Sheaf::default();
        self.json.subject(disclosure, &mut own, report);
        for (what, count) in own.counts() {
            sheaf.count(what, *count);
        }
        let mut nth = None;
        for (name, bytes) in own.parts() {
            let PartName::Child { split, .. } = *name else { continue };
            let nth = *nth.get_or_insert_with(|| sheaf.next_child());
            let out = sheaf.part(PartName::Child { nth, split, extension: "xml" });
            let tree = fhir::read(bytes, Notation::Json, TreeLimits::NONE).tree;
            #[expect(clippy::expect_used, reason = "the bytes are our own; without them a child would be missing")]
            fhir::write(&tree.expect("what this adapter writes is FHIR, which it reads"), Notation::Xml, out);
        }
    }
}

impl BundleEncoder<'_> {
    /// The passport of a child as a document.
    fn document(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let taken_back = disclosure.records.iter().all(|record| record.source.retracts);
        if taken_back || !may_be_made(disclosure, report) {
            return;
        }
        let part = PartName::Child { nth: sheaf.next_child(), split: 1, extension: "json" };
        self.conventions.with_child(disclosure, report, |child| {
            document::write(child, disclosure, self.options, sheaf.part(part));
            sheaf.count("Bundle", 1);
            document::count(child, |what, number| sheaf.count(what, number));
        });
    }

    fn write_child(&self, child: &Child<'_>, nth: u32, sheaf: &mut Sheaf) {
        let is_patient = |resource: &&Resource<'_>| resource.kind == ResourceType::Patient;
        let written = self.conventions.patient != PatientEntry::Logical;
        let patient = child.resources.iter().find(is_patient).filter(|_| written);
        let repeated = usize::from(patient.is_some()) + usize::from(child.authority.is_some());
        let mut others = child.resources.iter().filter(|resource| !is_patient(resource)).peekable();
        let mut split = 0_u16;
        loop {
            split = split.saturating_add(1);
            let out = sheaf.part(PartName::Child { nth, split, extension: "json" });
            let mut room = BUNDLE_ENTRIES_MAX - repeated;
            write_object(out, |bundle| {
                self.open(child, bundle);
                bundle.array(key!(entry), |entries| {
                    if let Some(authority) = child.authority {
                        self.write_entry(entries, ResourceType::Organization, &authority.id, |object| {
                            organization::write(&self.conventions, authority, object);
                        });
                    }
                    let before = |resource: &&Resource<'_>| resource.kind < ResourceType::Patient;
                    while room > 0 && others.peek().is_some_and(before) {
                        others.next().iter().for_each(|resource| self.write_resource(entries, child, resource));
                        room -= 1;
                    }
                    patient.iter().for_each(|resource| self.write_resource(entries, child, resource));
                    while room > 0 && others.peek().is_some() {
                        others.next().iter().for_each(|resource| self.write_resource(entries, child, resource));
                        room -= 1;
                    }
                });
            });
            sheaf.count("Bundle", 1);
            if others.peek().is_none() {
                break;
            }
        }
        for resources in child.resources.chunk_by(|left, right| left.kind == right.kind) {
            if resources[0].kind == ResourceType::Patient && patient.is_none() {
                continue;
            }
            sheaf.count(resources[0].kind.name(), resources.len() as u64);
        }
    }

    fn open(&self, child: &Child<'_>, bundle: &mut Object<'_>) {
        bundle.members(members!(r#""resourceType":"Bundle""#));
        bundle.object(key!(meta), |meta| {
            if self.conventions.claims_profile {
                meta.array(key!(profile), |profiles| {
                    profiles.value(value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Bundle""#));
                });
            }
            meta.array(key!(security), |security| child.labels.write(security));
        });
        bundle.members(members!(r#""type":"transaction""#));
    }

    fn write_resource(&self, entries: &mut Array<'_>, child: &Child<'_>, resource: &Resource<'_>) {
        let found = resource.kind == ResourceType::Patient && self.conventions.patient == PatientEntry::IfNoneExist;
        let fill = |object: &mut Object<'_>| resources::write(child, resource, object);
        match subject_nhs_number(child.subject).filter(|_| found) {
            Some(number) => write_found_patient(entries, &resource.id.into(), number, fill),
            None => self.write_entry(entries, resource.kind, &resource.id.into(), fill),
        }
    }

    fn write_entry(
        &self,
        entries: &mut Array<'_>,
        kind: ResourceType,
        id: &IdText,
        fill: impl FnOnce(&mut Object<'_>),
    ) {
        entries.object(|entry| match self.conventions.update {
            Update::ById => {
                entry.address(key!(fullUrl), &self.base, kind.path(), id);
                entry.object(key!(resource), fill);
                entry.object(key!(request), |request| {
                    request.members(members!(r#""method":"PUT""#));
                    request.id(key!(url), kind.path(), id);
                });
            }
            Update::Conditional => {
                entry.id(key!(fullUrl), plain!("urn:uuid:"), id);
                entry.object(key!(resource), fill);
                entry.object(key!(request), |request| {
                    request.members(members!(r#""method":"PUT""#));
                    request.id(key!(url), kind.by_identifier(), id);
                });
            }
        });
    }
}

/// The Patient as the server may already have it: made only where no other has the NHS number, never written over.
fn write_found_patient(entries: &mut Array<'_>, id: &IdText, number: NhsNumber, fill: impl FnOnce(&mut Object<'_>)) {
    entries.object(|entry| {
        entry.id(key!(fullUrl), plain!("urn:uuid:"), id);
        entry.object(key!(resource), fill);
        entry.object(key!(request), |request| {
            request.members(members!(r#""method":"POST","url":"Patient""#));
            request.written(key!(ifNoneExist), |out| {
                out.extend_from_slice(b"identifier=https://fhir.nhs.uk/Id/nhs-number|");
                number.write(out);
            });
        });
    });
}
