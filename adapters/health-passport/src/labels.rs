//! Security labels: what a restriction makes every resource about the child say.

use schemas::{
    code::RestrictionKind,
    record::{Record, Statement},
    said::Said,
};

use crate::writer::{Array, Members, members, value};

/// The labels of one child.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    restricted: bool,
    very_restricted: bool,
    redacted: bool,
    location: bool,
}

impl Labels {
    /// The labels that the child's restrictions ask for. A day in the past lifts no restriction.
    pub(crate) fn of(records: &[Record]) -> Self {
        let mut labels = Self::default();
        for record in records {
            let Statement::Restriction(restriction) = &record.statement else { continue };
            match restriction.kind {
                Said::Is(RestrictionKind::NhsRestricted) => labels.restricted = true,
                Said::Is(RestrictionKind::NhsVeryRestricted) => labels.very_restricted = true,
                Said::Is(RestrictionKind::Redacted) => labels.redacted = true,
                // What keeps an adopted child's record in looks like any other restriction of the authority: no code
                // and no text tells the one from the other. A restriction that does not say what it restricts is
                // taken for one of the authority's too.
                _ => labels.location = true,
            }
        }
        labels
    }

    /// Whether there is none.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The confidentiality of a document, where the NHS restricts it.
    pub(crate) fn confidentiality(self) -> Option<Members> {
        match (self.very_restricted, self.restricted) {
            (true, _) => Some(members!(r#""confidentiality":"V""#)),
            (_, true) => Some(members!(r#""confidentiality":"R""#)),
            _ => None,
        }
    }

    /// Writes them. Source: HL7 v3 Confidentiality, and PDS for its own code.
    pub(crate) fn write(self, security: &mut Array<'_>) {
        if self.restricted {
            security.value(value!(
                r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R","display":"restricted"}"#
            ));
        }
        if self.very_restricted {
            security.value(value!(
                r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V","display":"very restricted"}"#
            ));
        }
        if self.redacted {
            security.value(value!(
                r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"REDACTED","display":"redacted"}"#
            ));
        }
        if self.location {
            security.value(value!(
                r#"{"system":"urn:homeward:cs:restriction","code":"location","display":"Location restricted"}"#
            ));
        }
    }
}
