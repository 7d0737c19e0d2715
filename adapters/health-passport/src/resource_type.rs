//! The types of resource that are written, in the order in which a Bundle holds them.

use kit::sheaf::PartName;

use crate::writer::{Framed, Plain, Value, framed, plain, value};

macro_rules! resource_types {
    ($($(#[doc = $doc:literal])+ $kind:ident,)+) => {
        /// A type of resource. The order is that of a Bundle: whatever is referred to comes first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum ResourceType { $($(#[doc = $doc])+ $kind),+ }

        impl ResourceType {
            /// Its name.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($kind)),+ }
            }

            /// What stands before an id in a reference.
            pub(crate) fn path(self) -> Plain {
                match self { $(Self::$kind => plain!(stringify!($kind), "/")),+ }
            }

            /// What stands before an id where the server looks for the identifier made from it.
            pub(crate) fn by_identifier(self) -> Plain {
                match self { $(Self::$kind => plain!(
                    stringify!($kind), "?identifier=urn:ietf:rfc:3986|urn:uuid:"
                )),+ }
            }

            /// The first members of a resource: its type and its id.
            pub(crate) fn opening(self) -> Framed {
                match self { $(Self::$kind => framed!(
                    ("\"resourceType\":\"", stringify!($kind), "\",\"id\":\""), ("\"")
                )),+ }
            }

            /// The same, and `meta` with the claim of the UK Core profile and nothing else.
            pub(crate) fn opening_with_meta(self) -> Framed {
                match self { $(Self::$kind => framed!(
                    ("\"resourceType\":\"", stringify!($kind), "\",\"id\":\""),
                    ("\",\"meta\":{\"profile\":[\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-", stringify!($kind), "\"]}")
                )),+ }
            }

            /// The URL of the UK Core profile.
            pub(crate) fn profile(self) -> Value<'static> {
                match self { $(Self::$kind => value!(
                    "\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-", stringify!($kind), "\""
                )),+ }
            }

            /// The part that holds this type where there is one for each, as bulk data has it.
            pub(crate) fn part(self) -> PartName {
                PartName::Named(match self { $(Self::$kind => concat!(stringify!($kind), ".ndjson")),+ })
            }
        }
    };
}

resource_types! {
    /// The authority.
    Organization,
    /// A worker.
    Practitioner,
    /// The child.
    Patient,
    /// Somebody who belongs to the child.
    RelatedPerson,
    /// Who looks after the child in a period of care.
    CareTeam,
    /// That the child is looked after, and since when.
    CarePlan,
    /// What a reader must not miss.
    Flag,
    /// An episode of the return.
    EpisodeOfCare,
    /// An allergy, or that none is known.
    AllergyIntolerance,
    /// A health condition.
    Condition,
    /// Consent.
    Consent,
    /// A check of the child's health.
    Encounter,
    /// An immunisation.
    Immunization,
    /// A medicine.
    MedicationStatement,
    /// Everything else.
    Observation,
}
