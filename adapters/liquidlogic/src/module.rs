//! The tables that a return's document may hold, in the order in which a child's are read.

use kit::table::Table;

use crate::{
    companions::{CONSENT, DELEGATION, LINKS, RESTRICTION},
    ssda903::tables::{
        AD1, DOLO, EPISODES, HEADER, MISSING, OC2, OC3, PLACED_ADOPTION, PREV_PERM, REVIEWS, SOCIAL_WORKER, UASC,
    },
};

macro_rules! modules {
    ($($(#[doc = $doc:literal])+ $module:ident = $table:ident,)+) => {
        /// A module of the return, or a companion table. The order is that of reading: who the child is comes first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Module { $($(#[doc = $doc])+ $module),+ }

        impl Module {
            /// The module of a table.
            #[must_use]
            pub fn of(table: &'static Table) -> Option<Self> {
                [$((&$table, Self::$module)),+].into_iter().find(|(known, _)| known.name == table.name).map(|(_, module)| module)
            }
        }
    };
}

impl Module {
    /// Whether it comes beside the return and is no module of it.
    #[must_use]
    pub fn is_companion(self) -> bool {
        matches!(self, Self::Links | Self::Restriction | Self::Consent | Self::Delegation)
    }

    /// Whether its rows can protect a child: they hold guards, or where the child lives.
    #[must_use]
    pub fn protects(self) -> bool {
        matches!(self, Self::Restriction | Self::Consent | Self::Episodes | Self::Ad1 | Self::PlacedAdoption)
    }
}

modules! {
    /// Children.
    Header = HEADER,
    /// Which identifiers are one child's.
    Links = LINKS,
    /// Restrictions.
    Restriction = RESTRICTION,
    /// Consents.
    Consent = CONSENT,
    /// Delegations.
    Delegation = DELEGATION,
    /// Unaccompanied asylum-seeking children.
    Uasc = UASC,
    /// Episodes.
    Episodes = EPISODES,
    /// Reviews.
    Reviews = REVIEWS,
    /// Times missing.
    Missing = MISSING,
    /// Social workers.
    SocialWorker = SOCIAL_WORKER,
    /// Permanence before.
    PrevPerm = PREV_PERM,
    /// Adoptions.
    Ad1 = AD1,
    /// Placed for adoption.
    PlacedAdoption = PLACED_ADOPTION,
    /// Orders that deprive of liberty.
    Dolo = DOLO,
    /// Care leavers.
    Oc3 = OC3,
    /// Health and outcomes.
    Oc2 = OC2,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_with_a_guard_protects() {
        for table in crate::SSDA903_CSV.tables {
            let module = Module::of(table).unwrap();
            let guards = table.columns.iter().any(|column| column.guard);
            assert_eq!(module.protects(), guards, "{}", table.name);
        }
    }
}
