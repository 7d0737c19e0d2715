//! Code lists as FHIR codings, written once for each code and copied from then on.
//!
//! A project code system is a list of the return under its own codes (`urn:homeward:cs:<list>`); no national code is
//! guessed. A code whose meaning is not confirmed has no display, and a placement code that the return has given up is
//! spelt `legacy-<code>`.

mod ethnicity;
mod language;

use std::{marker::PhantomData, sync::LazyLock};

use schemas::code::{
    Accommodation, Activity, CategoryOfNeed, Code, Disability, Eligibility, Entry, EpisodeEndReason, HealthCheckType,
    ImmigrationStatus, InTouch, LegalStatus, MissingType, NcYear, NhsNumberStatus, PermanencePlan,
    PlacementChangeReason, PlacementProvider, PlacementType, ReviewCode, Rne, SdqReason, SenProvisionKind, SenType,
    SettingType, VoiceWhose,
};

pub(crate) use self::{
    ethnicity::{Ethnicities, ethnicity_of, is_coarser},
    language::{language, language_name, language_of},
};
use crate::writer::{Object, Ready, Value, key, value};

/// What a label ends in when nobody has confirmed it.
const NOT_CONFIRMED: &str = "(label not confirmed)";

/// What stands before a placement code that the return has given up.
const LEGACY: &str = "legacy-";

/// The codings of a list.
pub(crate) struct Codings<C> {
    system: &'static str,
    codings: LazyLock<Vec<Ready>>,
    concepts: LazyLock<Vec<Ready>>,
    list: PhantomData<fn() -> C>,
}

impl<C: Code> Codings<C> {
    const fn new(system: &'static str, codings: fn() -> Vec<Ready>, concepts: fn() -> Vec<Ready>) -> Self {
        Self { system, codings: LazyLock::new(codings), concepts: LazyLock::new(concepts), list: PhantomData }
    }

    /// The system of its codings.
    pub(crate) fn system(&self) -> &'static str {
        self.system
    }

    /// The code that a coding of the system spells.
    pub(crate) fn read(&self, code: &str) -> Option<C> {
        C::from_code(code.strip_prefix(LEGACY).unwrap_or(code).as_bytes())
    }

    /// The Coding of a code.
    pub(crate) fn coding(&self, code: C) -> Value<'_> {
        self.codings[usize::from(code.index())].value()
    }

    /// A CodeableConcept of that coding alone.
    pub(crate) fn concept(&self, code: C) -> Value<'_> {
        self.concepts[usize::from(code.index())].value()
    }
}

macro_rules! codings {
    ($($(#[doc = $doc:literal])+ $name:ident: $list:ty = $system:literal;)+) => {$(
        $(#[doc = $doc])+
        pub(crate) static $name: Codings<$list> = Codings::new(
            $system,
            || each::<$list>(|object, entry| write_coding(object, $system, entry)),
            || each::<$list>(|object, entry| {
                object.array(key!(coding), |codings| codings.object(|coding| write_coding(coding, $system, entry)));
            }),
        );
    )+};
}

codings! {
    /// Legal status (LS).
    LEGAL_STATUS: LegalStatus = "urn:homeward:cs:legal-status";
    /// Category of need (CIN).
    CATEGORY_OF_NEED: CategoryOfNeed = "urn:homeward:cs:category-of-need";
    /// Placement type (PLACE).
    PLACEMENT_TYPE: PlacementType = "urn:homeward:cs:placement-type";
    /// Reason for a new episode (RNE).
    RNE: Rne = "urn:homeward:cs:rne";
    /// Reason that an episode ceased (REC).
    REC: EpisodeEndReason = "urn:homeward:cs:rec";
    /// Reason that a placement changed.
    PLACEMENT_CHANGE_REASON: PlacementChangeReason = "urn:homeward:cs:placement-change-reason";
    /// Placement provider.
    PLACEMENT_PROVIDER: PlacementProvider = "urn:homeward:cs:placement-provider";
    /// Participation in a review.
    REVIEW_CODE: ReviewCode = "urn:homeward:cs:review-code";
    /// Missing or away without authorisation.
    MISSING_TYPE: MissingType = "urn:homeward:cs:missing-type";
    /// Immigration status.
    IMMIGRATION: ImmigrationStatus = "urn:homeward:cs:immigration";
    /// Whether the authority is in touch with a care leaver.
    IN_TOUCH: InTouch = "urn:homeward:cs:in-touch";
    /// A care leaver's main activity.
    ACTIVITY: Activity = "urn:homeward:cs:activity";
    /// Where a care leaver lives, the letter alone.
    ACCOMMODATION: Accommodation = "urn:homeward:cs:accommodation";
    /// Eligibility for leaving-care support.
    ELIGIBILITY: Eligibility = "urn:homeward:cs:eligibility";
    /// Disability.
    DISABILITY: Disability = "urn:homeward:cs:disability";
    /// What is planned for permanence.
    PERMANENCE_PLAN: PermanencePlan = "urn:homeward:cs:permanence-plan";
    /// Kind of a check of the child's health.
    HEALTH_CHECK_TYPE: HealthCheckType = "urn:homeward:cs:health-check-type";
    /// National Curriculum year.
    NC_YEAR: NcYear = "urn:homeward:cs:nc-year";
    /// Where education happens.
    SETTING_TYPE: SettingType = "urn:homeward:cs:setting-type";
    /// Provision for special educational needs.
    SEN_PROVISION: SenProvisionKind = "urn:homeward:cs:sen-provision";
    /// A special educational need.
    SEN_TYPE: SenType = "urn:homeward:cs:sen-type";
    /// Whose view something is.
    VOICE_WHOSE: VoiceWhose = "urn:homeward:cs:voice-whose";
    /// How far an NHS number was verified. Source: UK Core, NHS number verification status (England).
    NHS_NUMBER_STATUS: NhsNumberStatus =
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland";
}

/// Why there is no SDQ score: our code and the national one.
pub(crate) static SDQ_REASON: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    SdqReason::all()
        .map(|reason| {
            Ready::object(|concept| {
                concept.array(key!(coding), |codings| {
                    codings.object(|coding| write_coding(coding, "urn:homeward:cs:sdq-reason", reason.entry()));
                    codings.value(sdq_absence(reason).coding());
                });
            })
        })
        .collect()
});

/// Why an observation has no value. Source: HL7 data-absent-reason, R4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// Nobody knows.
    Unknown,
    /// Asked and declined.
    AskedDeclined,
    /// The question does not arise.
    NotApplicable,
    /// It was not done.
    NotPerformed,
    /// It is known, and not for this reader.
    Masked,
}

impl Absence {
    /// Its coding.
    pub(crate) fn coding(self) -> Value<'static> {
        match self {
            Self::Unknown => {
                value!(
                    r#"{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown","display":"Unknown"}"#
                )
            }
            Self::AskedDeclined => {
                value!(
                    r#"{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"asked-declined","display":"Asked But Declined"}"#
                )
            }
            Self::NotApplicable => {
                value!(
                    r#"{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"not-applicable","display":"Not Applicable"}"#
                )
            }
            Self::Masked => {
                value!(
                    r#"{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"masked","display":"Masked"}"#
                )
            }
            Self::NotPerformed => {
                value!(
                    r#"{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"not-performed","display":"Not Performed"}"#
                )
            }
        }
    }
}

fn sdq_absence(reason: SdqReason) -> Absence {
    match reason {
        SdqReason::UnderFourOrOverSixteen => Absence::NotApplicable,
        SdqReason::CarerRefused | SdqReason::ChildRefused => Absence::AskedDeclined,
        SdqReason::SeverityOfDisability | SdqReason::Other => Absence::NotPerformed,
    }
}

fn each<C: Code>(write: impl Fn(&mut Object<'_>, &'static Entry)) -> Vec<Ready> {
    C::all().map(|code| Ready::object(|object| write(object, code.entry()))).collect()
}

fn write_coding(coding: &mut Object<'_>, system: &str, entry: &Entry) {
    let legacy = entry.source == "legacy";
    coding.text(key!(system), system);
    coding.written(key!(code), |out| {
        if legacy {
            out.extend_from_slice(LEGACY.as_bytes());
        }
        out.extend_from_slice(entry.code.as_bytes());
    });
    if !entry.label.ends_with(NOT_CONFIRMED) {
        coding.text(key!(display), entry.label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::write_object;

    fn json(value: Value<'_>) -> serde_json::Value {
        let mut out = Vec::new();
        write_object(&mut out, |object| object.value(key!(it), value));
        serde_json::from_slice::<serde_json::Value>(&out).unwrap()["it"].take()
    }

    #[test]
    fn every_code_has_its_coding_and_what_is_not_confirmed_has_no_display() {
        for code in PlacementType::all() {
            let coding = json(PLACEMENT_TYPE.coding(code));
            assert_eq!(coding["system"], "urn:homeward:cs:placement-type");
            let word = coding["code"].as_str().unwrap();
            assert_eq!(word.strip_prefix("legacy-").unwrap_or(word), code.code());
            assert_eq!(word.starts_with("legacy-"), code.entry().source == "legacy", "{word}");
            assert_eq!(coding.get("display").is_none(), code.label().ends_with(NOT_CONFIRMED), "{word}");
            assert_eq!(json(PLACEMENT_TYPE.concept(code))["coding"][0], coding);
        }
    }

    #[test]
    fn a_reason_for_no_score_keeps_our_code_before_the_national_one() {
        let reason = json(SDQ_REASON[usize::from(SdqReason::CarerRefused.index())].value());
        assert_eq!(reason["coding"][0]["code"], "SDQ2");
        assert_eq!(reason["coding"][1]["code"], "asked-declined");
        assert_eq!(SDQ_REASON.len(), SdqReason::all().count());
    }
}
