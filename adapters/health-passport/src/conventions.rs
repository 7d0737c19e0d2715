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
    writer::{IdText, Ready},
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

/// Whether a stream is split into one part for each type of resource.
pub(crate) const SPLIT: Setting = Setting { name: "split", default: "", values: &["type"] };

/// The options of one document.
pub(crate) struct Conventions<'o> {
    /// Resources claim their UK Core profile.
    pub(crate) claims_profile: bool,
    /// A stated sex is written as birth sex.
    pub(crate) writes_birth_sex: bool,
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
    fn new(code: LaCode, id_key: &IdKey) -> Self {
        let mut digits = Vec::new();
        code.write(&mut digits);
        let id = id_key.of_subject(b"urn:homeward:cs:la", &digits).id("Organization", "la", &[]).into();
        let reference = Ready::reference(ResourceType::Organization.path(), &id);
        Self { code, name: authority_name(code), id, reference }
    }
}

impl<'o> Conventions<'o> {
    /// What the options say.
    pub(crate) fn new(options: &'o Options) -> Self {
        Self {
            claims_profile: options.setting(&PROFILE) == "uk-core",
            writes_birth_sex: options.setting(&BIRTH_SEX) == "stated",
            ethnicities: Ethnicities::new(options.setting(&ETHNICITY_99) == "write"),
            as_at: options.as_at_day(),
            year: options.year.or_else(|| options.as_at.and_then(CollectionYear::of)),
            organisation: &options.organisation,
            authority: options.authority.map(|code| Authority::new(code, &options.id_key)),
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
                other = Authority::new(code, self.id_key);
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
