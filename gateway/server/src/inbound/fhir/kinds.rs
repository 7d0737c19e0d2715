//! The types of resource that are read and searched here, and what each is searched by (FHIR R4, section 3.2; the
//! parameters are those of the R4 definitions of each resource).

/// What a parameter is compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// A code, an identifier or a truth value: `system|code`.
    Token,
    /// A day, a moment or a period, with a prefix.
    Date,
    /// The beginning of a text, whatever its case.
    Text,
    /// A number with a unit.
    Quantity,
    /// Another resource, by its id.
    Reference,
}

impl Compared {
    /// The word of FHIR.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Date => "date",
            Self::Text => "string",
            Self::Quantity => "quantity",
            Self::Reference => "reference",
        }
    }
}

/// A parameter of a type.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) compared: Compared,
    /// The elements that are looked at, by their names below the resource.
    pub(crate) paths: &'static [&'static str],
}

/// A type of resource.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The element that names the child; `None` for the child itself, and for what belongs to no child.
    pub(crate) patient: Option<&'static str>,
    pub(crate) parameters: &'static [Parameter],
}

const fn token(name: &'static str, paths: &'static [&'static str]) -> Parameter {
    Parameter { name, compared: Compared::Token, paths }
}

const fn date(name: &'static str, paths: &'static [&'static str]) -> Parameter {
    Parameter { name, compared: Compared::Date, paths }
}

const fn text(name: &'static str, paths: &'static [&'static str]) -> Parameter {
    Parameter { name, compared: Compared::Text, paths }
}

const fn reference(name: &'static str, paths: &'static [&'static str]) -> Parameter {
    Parameter { name, compared: Compared::Reference, paths }
}

const IDENTIFIER: Parameter = token("identifier", &["identifier"]);
const STATUS: Parameter = token("status", &["status"]);
const CODE: Parameter = token("code", &["code"]);
const CATEGORY: Parameter = token("category", &["category"]);
const CLINICAL_STATUS: Parameter = token("clinical-status", &["clinicalStatus"]);
const VERIFICATION_STATUS: Parameter = token("verification-status", &["verificationStatus"]);
const PERIOD: Parameter = date("date", &["period"]);

/// Every type, in the order of the alphabet.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "AllergyIntolerance",
        patient: Some("patient"),
        parameters: &[
            IDENTIFIER,
            CLINICAL_STATUS,
            VERIFICATION_STATUS,
            token("code", &["code", "reaction.substance"]),
            token("criticality", &["criticality"]),
            date("date", &["recordedDate"]),
        ],
    },
    Kind { name: "CarePlan", patient: Some("subject"), parameters: &[IDENTIFIER, STATUS, CATEGORY, PERIOD] },
    Kind { name: "CareTeam", patient: Some("subject"), parameters: &[IDENTIFIER, STATUS, CATEGORY, PERIOD] },
    Kind {
        name: "Condition",
        patient: Some("subject"),
        parameters: &[
            IDENTIFIER,
            CLINICAL_STATUS,
            VERIFICATION_STATUS,
            CATEGORY,
            CODE,
            date("onset-date", &["onsetDateTime"]),
            date("recorded-date", &["recordedDate"]),
        ],
    },
    Kind {
        name: "Consent",
        patient: Some("patient"),
        parameters: &[IDENTIFIER, STATUS, CATEGORY, date("date", &["dateTime"])],
    },
    Kind {
        name: "Encounter",
        patient: Some("subject"),
        parameters: &[
            IDENTIFIER,
            STATUS,
            token("type", &["type"]),
            PERIOD,
            reference("service-provider", &["serviceProvider"]),
        ],
    },
    Kind {
        name: "EpisodeOfCare",
        patient: Some("patient"),
        parameters: &[
            IDENTIFIER,
            STATUS,
            token("type", &["type"]),
            PERIOD,
            reference("organization", &["managingOrganization"]),
        ],
    },
    Kind { name: "Flag", patient: Some("subject"), parameters: &[IDENTIFIER, PERIOD] },
    Kind {
        name: "Immunization",
        patient: Some("patient"),
        parameters: &[
            IDENTIFIER,
            STATUS,
            token("vaccine-code", &["vaccineCode"]),
            date("date", &["occurrenceDateTime"]),
            token("target-disease", &["protocolApplied.targetDisease"]),
        ],
    },
    Kind {
        name: "MedicationStatement",
        patient: Some("subject"),
        parameters: &[
            IDENTIFIER,
            STATUS,
            token("code", &["medicationCodeableConcept"]),
            date("effective", &["effectivePeriod", "effectiveDateTime"]),
        ],
    },
    Kind {
        name: "Observation",
        patient: Some("subject"),
        parameters: &[
            IDENTIFIER,
            STATUS,
            CATEGORY,
            CODE,
            date("date", &["effectiveDateTime", "effectivePeriod"]),
            Parameter { name: "value-quantity", compared: Compared::Quantity, paths: &["valueQuantity"] },
        ],
    },
    Kind { name: "Organization", patient: None, parameters: &[IDENTIFIER, text("name", &["name"])] },
    Kind {
        name: "Patient",
        patient: None,
        parameters: &[
            IDENTIFIER,
            text("family", &["name.family"]),
            text("given", &["name.given"]),
            date("birthdate", &["birthDate"]),
            token("gender", &["gender"]),
            reference("general-practitioner", &["generalPractitioner"]),
            reference("organization", &["managingOrganization"]),
        ],
    },
    Kind { name: "Practitioner", patient: None, parameters: &[IDENTIFIER, text("family", &["name.family"])] },
    Kind {
        name: "RelatedPerson",
        patient: Some("patient"),
        parameters: &[
            IDENTIFIER,
            token("relationship", &["relationship"]),
            text("name", &["name.family", "name.given"]),
        ],
    },
];

/// The list of a reader's children, which is made and not held.
pub(crate) const LIST: &str = "List";

/// The type of that name.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

impl Kind {
    /// The parameter of that name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether its resources are of a child, so that a search must say whose.
    pub(crate) fn is_of_a_child(&self) -> bool {
        self.patient.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_their_parameters_stand_once_and_in_order() {
        assert!(KINDS.is_sorted_by_key(|kind| kind.name));
        for kind in KINDS {
            for (n, parameter) in kind.parameters.iter().enumerate() {
                assert!(kind.parameters[..n].iter().all(|other| other.name != parameter.name), "{}", kind.name);
            }
        }
    }
}
