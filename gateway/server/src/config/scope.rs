//! Scopes: what one may do. What one may see is the view's affair.

use std::fmt;

macro_rules! scopes {
    ($($scope:ident $name:literal $doc:literal;)*) => {
        /// One thing that a caller may do.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Scope {
            $(#[doc = $doc] $scope,)*
        }

        impl Scope {
            /// Every scope with its name. The order is part of issued tokens: new ones come last.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($name, Self::$scope),)*];

            /// Its name in the configuration and in tokens.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$scope => $name,)* }
            }
        }
    };
}

scopes! {
    Translate "translate" "Translate and check documents.";
    MessagesSend "messages:send" "Send messages on one's own routes.";
    MessagesRead "messages:read" "Read one's own messages, their reports and rejects.";
    MessagesAct "messages:act" "Replay and discard one's own messages.";
    DeliveriesRead "deliveries:read" "Read deliveries from or to oneself.";
    DeliveriesAct "deliveries:act" "Retry and discard them.";
    IdentityRead "identity:read" "Read proposals, links and relations.";
    IdentityAct "identity:act" "Confirm, reject and undo them.";
    RestrictionsAct "restrictions:act" "Set and lift restrictions of one's own children.";
    VacanciesRead "vacancies:read" "Search providers and vacancies.";
    VacanciesWrite "vacancies:write" "Write one's own.";
    ReferralsRead "referrals:read" "Read referrals sent to or by oneself.";
    ReferralsWrite "referrals:write" "Make and close them.";
    OffersRead "offers:read" "Read offers on those referrals.";
    OffersWrite "offers:write" "Make, withdraw, accept and decline them.";
    AuditRead "audit:read" "Read and verify audit lines.";
    FhirRead "fhir:read" "Read over FHIR.";
    FhirWrite "fhir:write" "Write over FHIR.";
    Operator "operator" "All partners' messages and deliveries without their content; for people.";
}

impl Scope {
    /// The scope of that name; SMART's names for systems are taken as ours.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = match name {
            "system/*.read" => "fhir:read",
            "system/*.write" => "fhir:write",
            other => other,
        };
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, scope)| *scope)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Scopes(u32);

impl Scopes {
    /// Whether it is among them.
    #[must_use]
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// What is in both.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of these are among the others.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        self.common(other) == self
    }

    /// Those of the set, in their order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().map(|(_, scope)| *scope).filter(move |scope| self.contains(*scope))
    }

    /// As a token carries it.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// From what a token carries: scopes that this version does not know are none.
    pub(crate) fn from_bits(bits: u32) -> Self {
        let known: Self = Scope::ALL.iter().map(|(_, scope)| *scope).collect();
        Self(bits).common(known)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | bit(scope)))
    }
}

impl fmt::Display for Scopes {
    /// Names with a space between, as RFC 6749, section 3.3, writes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.iter().enumerate() {
            f.write_str(if position > 0 { " " } else { "" })?;
            f.write_str(scope.name())?;
        }
        Ok(())
    }
}

fn bit(scope: Scope) -> u32 {
    1 << (scope as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_its_own_bit_and_is_found_by_its_name() {
        let all: Scopes = Scope::ALL.iter().map(|(_, scope)| *scope).collect();
        assert_eq!(all.iter().count(), Scope::ALL.len());
        for (name, scope) in Scope::ALL {
            assert_eq!(Scope::named(name), Some(*scope));
            assert_eq!(scope.name(), *name);
        }
        assert_eq!(Scope::named("system/*.read"), Some(Scope::FhirRead));
        assert_eq!(Scope::named("system/*.*"), None);
        assert_eq!(Scopes::from_bits(u32::MAX), all);
    }

    #[test]
    fn a_set_is_told_in_order() {
        let set: Scopes = [Scope::FhirRead, Scope::Translate].into_iter().collect();
        assert_eq!(set.to_string(), "translate fhir:read");
        assert!(Scopes::default().is_within(set) && !set.is_within(Scopes::default()));
        assert_eq!(Scopes::default().to_string(), "");
    }
}
