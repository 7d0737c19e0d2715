//! How one document is written: the options resolved once, and the authority that answers for the children.

use kit::{
    adapter::{Disclosure, Options, Organisation, Setting, authority_name},
    ids::IdKey,
};
use schemas::{
    date::{CollectionYear, Date},
    diagnostic::{Diagnostic, Place, Report},
    identifier::LaCode,
};

use crate::{
    child::Child,
    coding::Ethnicities,
    resource_type::ResourceType,
    rules::AUTHORITY_MISSING,
    writer::{IdText, Plain, Ready, plain},
};

/// Whether resources claim their UK Core profile.
pub(crate) const PROFILE: Setting = Setting { name: "fhir.profile", default: "uk-core", values: &["uk-core", "none"] };

/// Whether a stated sex is written as birth sex.
pub(crate) const BIRTH_SEX: Setting =
    Setting { name: "fhir.birth_sex", default: "stated", values: &["stated", "never"] };

/// Whether the NHS category 99 is written: not every version of the list has it.
pub(crate) const ETHNICITY_99: Setting =
    Setting { name: "fhir.ethnicity_99", default: "write", values: &["write", "omit"] };

/// What the full URLs in a Bundle begin with, without the last slash.
pub(crate) const BASE: Setting =
    Setting { name: "fhir.base", default: "https://homeward.invalid/fhir/R4", values: &[] };

/// How the looked-after flag is coded: our way, or as NHS England's Patient Flag.
pub(crate) const FLAG: Setting = Setting { name: "fhir.flag", default: "project", values: &["project", "england"] };

/// How resources are put: by the id that we give them, or, for a server that gives ids itself, by their identifier.
pub(crate) const UPDATE: Setting = Setting { name: "fhir.update", default: "put", values: &["put", "conditional"] };

/// Whether a Bundle is a transaction, or the passport as a document.
pub(crate) const BUNDLE: Setting =
    Setting { name: "fhir.bundle", default: "transaction", values: &["transaction", "document"] };

/// What becomes of the Patient on a server that owns its patients.
pub(crate) const PATIENT: Setting =
    Setting { name: "fhir.patient", default: "put", values: &["put", "if-none-exist", "logical"] };

/// Whether a stream is split into one part for each type of resource.
pub(crate) const SPLIT: Setting = Setting { name: "split", default: "", values: &["type"] };

/// The options of one document.
pub(crate) struct Conventions<'o> {
    /// A Bundle is the passport as a document.
    pub(crate) is_document: bool,
    /// Resources claim their UK Core profile.
    pub(crate) claims_profile: bool,
    /// A stated sex is written as birth sex.
    pub(crate) writes_birth_sex: bool,
    /// The looked-after flag and what it leads to are NHS England's too.
    pub(crate) england_flag: bool,
    /// When the document was made.
    pub(crate) recorded_at: Option<&'o str>,
    /// How resources refer to each other and are put.
    pub(crate) update: Update,
    /// What becomes of the Patient.
    pub(crate) patient: PatientEntry,
    /// Ethnicity as an extension.
    pub(crate) ethnicities: Ethnicities,
    /// The day of "looked after".
    pub(crate) as_at: Option<Date>,
    /// The collection year, as given or that of the day.
    pub(crate) year: Option<CollectionYear>,
    /// The authority as FHIR shows it.
    pub(crate) organisation: &'o Organisation,
    /// The authority that the options name.
    pub(crate) authority: Option<Authority>,
    id_key: &'o IdKey,
}

/// How resources are put, and so how others refer to them (FHIR R4, transaction; conditional update).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    /// By id: `PUT Type/id`.
    ById,
    /// By identifier: the server gives the id, and sets references to what stands in the Bundle.
    Conditional,
}

impl Update {
    /// What stands before the id in a reference.
    pub(crate) fn path(self, kind: ResourceType) -> Plain {
        match self {
            Self::ById => kind.path(),
            Self::Conditional => plain!("urn:uuid:"),
        }
    }
}

/// What becomes of the Patient in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatientEntry {
    /// It is put as every resource is.
    Put,
    /// The server's own is found by its NHS number; only where there is none is one made.
    IfNoneExist,
    /// There is none: resources name the NHS number.
    Logical,
}

/// The authority that is responsible for a child.
pub(crate) struct Authority {
    /// Its code.
    pub(crate) code: LaCode,
    /// Its name.
    pub(crate) name: String,
    /// The id of its Organization.
    pub(crate) id: IdText,
    /// A Reference to that.
    pub(crate) reference: Ready,
}

impl Authority {
    fn new(code: LaCode, id_key: &IdKey, update: Update) -> Self {
        let mut digits = Vec::new();
        code.write(&mut digits);
        let id = id_key.of_subject(b"urn:homeward:cs:la", &digits).id("Organization", "la", &[]).into();
        let reference = Ready::reference(update.path(ResourceType::Organization), &id);
        Self { code, name: authority_name(code), id, reference }
    }
}

impl<'o> Conventions<'o> {
    /// What the options say.
    pub(crate) fn new(options: &'o Options) -> Self {
        // In a document everything stands by its own name, and nothing is put anywhere.
        let is_document = options.setting(&BUNDLE) == "document";
        let update = match options.setting(&UPDATE) {
            "conditional" => Update::Conditional,
            _ if is_document => Update::Conditional,
            _ => Update::ById,
        };
        Self {
            is_document,
            england_flag: options.setting(&FLAG) == "england",
            recorded_at: options.recorded_at.as_deref(),
            update,
            patient: match options.setting(&PATIENT) {
                _ if is_document => PatientEntry::Put,
                "if-none-exist" => PatientEntry::IfNoneExist,
                "logical" => PatientEntry::Logical,
                _ => PatientEntry::Put,
            },
            claims_profile: options.setting(&PROFILE) == "uk-core",
            writes_birth_sex: options.setting(&BIRTH_SEX) == "stated",
            ethnicities: Ethnicities::new(options.setting(&ETHNICITY_99) == "write"),
            as_at: options.as_at_day(),
            year: options.year.or_else(|| options.as_at.and_then(CollectionYear::of)),
            organisation: &options.organisation,
            authority: options.authority.map(|code| Authority::new(code, &options.id_key, update)),
            id_key: &options.id_key,
        }
    }

    /// Plans the resources of one child and hands them over to be written.
    ///
    /// The responsible authority is the one that the source names, otherwise that of the options.
    pub(crate) fn with_child(
        &self,
        disclosure: &Disclosure<'_>,
        report: &mut dyn Report,
        write: impl FnOnce(&Child<'_>),
    ) {
        let other;
        let authority = match (disclosure.subject.authority, &self.authority) {
            (Some(code), Some(known)) if code == known.code => Some(known),
            (Some(code), _) => {
                other = Authority::new(code, self.id_key, self.update);
                Some(&other)
            }
            (None, known) => known.as_ref(),
        };
        if authority.is_none() {
            report.raise(Diagnostic::new(&AUTHORITY_MISSING, Place::Document));
        }
        write(&Child::plan(disclosure, self, authority, report));
    }
}
