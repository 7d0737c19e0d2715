//! One statement of the year's health outcomes (OC2).

use schemas::{code::Derivation, date::CollectionYear, record::AnnualHealth, said::Said};

use super::{Effective, Frame, write_flag};
use crate::writer::{Array, Members, Object, key, members};

macro_rules! annual_flags {
    ($($(#[doc = $doc:literal])+ $flag:ident $field:ident $code:literal $display:literal,)+) => {
        /// A yes or no of the return's health module. `convicted` is none of them: it is data of criminal offences.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum AnnualFlag { $($(#[doc = $doc])+ $flag),+ }

        impl AnnualFlag {
            /// All of them, in the order of the return.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$flag),+];

            /// Its code.
            pub(crate) fn code(self) -> &'static str {
                match self { $(Self::$flag => $code),+ }
            }

            /// What it says, in words.
            pub(crate) fn display(self) -> &'static str {
                match self { $(Self::$flag => $display),+ }
            }

            /// What is said of it.
            pub(crate) fn said(self, health: &AnnualHealth) -> &Said<bool> {
                match self { $(Self::$flag => &health.$field),+ }
            }

            fn observed(self) -> Members {
                match self {$(
                    Self::$flag => members!(
                        r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"survey","display":"Survey"}]}],"code":{"coding":[{"system":"urn:homeward:cs:oc2","code":""#,
                        $code, r#"","display":""#, $display, r#""}]}"#
                    ),
                )+}
            }
        }
    };
}

annual_flags! {
    /// Developmental checks of a child under five.
    HealthCheck health_check "health-check" "Developmental checks up to date",
    /// Immunisations.
    Immunisations immunisations "immunisations" "Immunisations up to date",
    /// Teeth.
    TeethCheck teeth_check "teeth-check" "Teeth checked by a dentist",
    /// The yearly assessment.
    HealthAssessment health_assessment "health-assessment" "Annual health assessment held",
    /// Substance misuse.
    SubstanceMisuse substance_misuse "substance-misuse" "Substance misuse problem identified",
    /// Help received for it.
    InterventionReceived intervention_received "intervention-received" "Intervention for substance misuse received",
    /// Help offered for it.
    InterventionOffered intervention_offered "intervention-offered" "Intervention for substance misuse offered",
}

pub(super) fn write(frame: &Frame<'_>, health: &AnnualHealth, flag: AnnualFlag, object: &mut Object<'_>) {
    let year = health.year.is();
    frame.write_with(
        object,
        |extensions| write_extensions(health, flag, extensions),
        members!(r#""status":"final""#),
        flag.observed(),
        Effective::During(year.map(CollectionYear::starts), year.map(CollectionYear::ends)),
    );
    write_flag(object, *flag.said(health));
}

fn write_extensions(health: &AnnualHealth, flag: AnnualFlag, extensions: &mut Array<'_>) {
    if let (AnnualFlag::Immunisations, Said::Is(as_at)) = (flag, health.immunisations_as_at) {
        extensions.object(|extension| {
            extension.members(members!(r#""url":"urn:homeward:ext:as-at""#));
            extension.date(key!(valueDate), as_at);
        });
    }
    if let Said::Is(derivation) = health.derivation {
        extensions.object(|extension| {
            extension.members(match derivation {
                Derivation::Stated => members!(r#""url":"urn:homeward:ext:derivation","valueCode":"stated""#),
                Derivation::Derived => members!(r#""url":"urn:homeward:ext:derivation","valueCode":"derived""#),
            });
        });
    }
}
