//! What holds for every code of every list, and for every text that is none.

use std::collections::BTreeSet;

use schemas::code::*;

/// Runs a law over the enum of every list.
macro_rules! every_list {
    ($law:ident) => {
        every_list!($law: Sex, Gender, Ethnicity, Rne, LegalStatus, CategoryOfNeed, PlacementType, PlacementProvider,
            EpisodeEndReason, PlacementChangeReason, PlacementLocation, ReviewCode, MissingType, SdqReason, InTouch, Activity,
            Accommodation, PrevPermanence, PermanenceAuthority, PlacedCeasedReason, SwReason, AdopterSex,
            AdopterLegalStatus, UpnUnknown, NhsNumberStatus, Disability, ImmigrationStatus, PermanencePlan,
            HealthCheckType, HealthCheckStatus, SdqRater, Eligibility, RestrictionKind, RestrictionBasis, ConsentScope,
            ConsentDecision, ConsentGivenBy, DelegationMatter, DelegationDecider, Derivation, NameUse, TelecomSystem,
            WorkerRole, AcademicTerm, NcYear, PepStatus, PepType, PepForm, PepNotRequired, EducationRole, TargetArea, TargetOutcome, EetStatus, SettingType, EnrolStatus, AttendanceCode, SchoolSession, MarkRecorder, SuspensionCategory, SuspensionReason, SuspensionReview, SenProvisionKind, SenType, AssessmentStage, AssessmentSubject, AssessmentBasis, AssessmentScale, OnTrack, VoiceContext, VoiceWhose, VoiceBy, VoiceHow, VoiceTopic, VoiceShare,
            Regulator, ProviderSector, OfstedRating, Provision, VacancyStatus, RowChange, VacancyConfirmer, PlacementContract, PlaceNotAvailableReason, WhoCouldLiveHere, ChildHereAge, VacancyPlacementType, PlacementNeed, WheelchairAccess, HouseholdPet, HouseholdSmoking, HouseholdReligion, FamilyTimeHelp, ProfileRelease, ReferralStatus, ReferralCloseReason, ReferralUrgency, PlacementDuration, SuitabilityLevel, EthnicGroup, LanguageGroup, LegalStatusGroup, InfantAge, SdqBand, CommunicationNeed, PlacementSupport, PresenceStatus, RiskLevel, EducationPhase, LivingCompanions, PetsAllowance, CulturalNeed, OutOfAreaReason, OfferStatus, OfferReason, CriterionAnswer, NoticeKind, NoticeMessage, PlacementEndedBy, PlacementEndReason, PlacementNext, CountedBy, AddressType, RelationshipRole, RelationshipPermission, CarePlanKind, ImmunisationStatus, AllergyStatus, AllergyVerification, AllergyCriticality, ClinicalSeverity, ConditionStatus, ConditionVerification, MedicationStatus, MeasurementKind, SubstanceIntervention)
    };
    ($law:ident: $($list:ty),+) => {{
        let run: Vec<&str> = vec![$({ $law::<$list>(); <$list>::LIST.name }),+];
        assert_eq!(run, ALL.iter().map(|list| list.name).collect::<Vec<_>>(), "the laws miss a list");
    }};
}

#[test]
fn every_code_comes_back_from_its_spelling() {
    fn law<C: Code>() {
        assert_eq!(C::all().count(), C::LIST.entries.len());
        for (index, code) in C::all().enumerate() {
            let entry = &C::LIST.entries[index];
            assert_eq!(usize::from(code.index()), index);
            assert_eq!(code.entry(), entry);
            assert_eq!((code.code(), code.label(), code.class()), (entry.code, entry.label, entry.class));
            assert_eq!(format!("{code:?}"), entry.variant);
            for spelling in [entry.code.to_owned(), entry.code.to_lowercase()] {
                assert_eq!(C::from_code(spelling.as_bytes()), Some(code));
                assert_eq!(C::from_decorated(spelling.as_bytes()), Some(code));
                assert_eq!(C::LIST.find(&spelling), Some(code.index()));
            }
        }
        assert_eq!(u8::try_from(C::LIST.entries.len()).ok().and_then(C::from_index), None);
        assert_eq!(C::from_index(u8::MAX), None);
    }
    every_list!(law);
}

#[test]
fn codes_variants_and_labels_are_unique_in_their_list() {
    fn unique(list: &CodeList, what: &str, spell: impl Fn(&Entry) -> String) {
        let spellings: BTreeSet<String> = list.entries.iter().map(spell).collect();
        assert_eq!(spellings.len(), list.entries.len(), "{}: two codes have one {what}", list.name);
    }
    for list in ALL {
        unique(list, "code", |entry| entry.code.to_lowercase());
        unique(list, "variant", |entry| entry.variant.to_owned());
        unique(list, "label", |entry| entry.label.to_lowercase().replace(' ', ""));
    }
    let names: BTreeSet<&str> = ALL.iter().map(|list| list.name).collect();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn only_a_whole_code_is_a_code() {
    fn law<C: Code>() {
        let is_code =
            |text: &[u8]| C::LIST.entries.iter().any(|entry| entry.code.as_bytes().eq_ignore_ascii_case(text));
        let agrees =
            |text: &[u8]| assert_eq!(C::from_code(text).is_some(), is_code(text), "{}: {text:?}", C::LIST.name);
        agrees(b"");
        for first in 0..=u8::MAX {
            agrees(&[first]);
            for second in 0..=u8::MAX {
                agrees(&[first, second]);
            }
        }
        for code in C::all() {
            let code = code.code().as_bytes();
            for length in 0..code.len() {
                agrees(&code[..length]);
            }
            for place in 0..=code.len() {
                for byte in 0..=u8::MAX {
                    let mut inserted = code.to_vec();
                    inserted.insert(place, byte);
                    agrees(&inserted);
                    if place < code.len() {
                        let mut replaced = code.to_vec();
                        replaced[place] = byte;
                        agrees(&replaced);
                    }
                }
            }
        }
        let endless = vec![b'A'; 1 << 20];
        assert_eq!(C::from_code(&endless), None);
        assert_eq!(C::from_decorated(&endless), None);
        assert_eq!(C::from_decorated(&vec![b' '; 1 << 20]), None);
        assert_eq!(C::from_decorated(b""), None);
        assert_eq!(C::from_decorated(" \u{a0}\u{17f}\u{212a}".as_bytes()), None);
    }
    every_list!(law);
}

#[test]
fn every_code_is_read_with_its_label_and_every_label_without_its_code() {
    fn law<C: Code>() {
        for code in C::all() {
            let (text, label) = (code.code(), code.label());
            for separator in [" ", "\t", "\n", "-", ":", ".", ")", "(", " - ", ": ", ". ", ") ", " ("] {
                let decorated = format!(" \t{text}{separator}{label}\r\n");
                assert_eq!(C::from_decorated(decorated.as_bytes()), Some(code), "{}: {decorated:?}", C::LIST.name);
            }
            let spaced = label.to_uppercase().replace(' ', " \t ");
            for spelling in [label.to_owned(), label.to_lowercase(), spaced, label.replace(' ', "")] {
                assert_eq!(C::from_decorated(spelling.as_bytes()), Some(code), "{}: {spelling:?}", C::LIST.name);
            }
        }
    }
    every_list!(law);
}

#[test]
fn a_longer_code_is_never_cut() {
    let reason = |text: &str| EpisodeEndReason::from_decorated(text.as_bytes());
    assert_eq!(reason("E4A - Returned home"), Some(EpisodeEndReason::ReturnedHomePlanned));
    assert_eq!(reason("e41: child arrangements"), Some(EpisodeEndReason::ChildArrangementsOrResidenceOrder));
    assert_eq!(reason("E2 (died)"), Some(EpisodeEndReason::Died));
    assert_eq!(reason("E4 - Returned home"), None);
    assert_eq!(reason("E41x"), None);
    assert_eq!(reason("E411"), None);
    assert_eq!(reason("X1Episode ceases"), None, "glued text is the dialect's business");
    assert_eq!(
        PlacementType::from_decorated(b"Z11 - Other"),
        Some(PlacementType::OtherPlacementZ11),
        "not Z1, whatever follows"
    );
    assert_eq!(Ethnicity::from_decorated(b"WBRI - White British"), Some(Ethnicity::WhiteBritish));
    assert_eq!(Sex::from_decorated(b"1 - Male"), None);
    assert_eq!(Sex::from_decorated(b"male"), Some(Sex::Male));
}

#[test]
fn nothing_is_trimmed_from_an_exact_code() {
    assert_eq!(LegalStatus::from_code(b"C2"), Some(LegalStatus::FullCareOrder));
    for text in [&b" C2"[..], b"C2 ", b"C2\0", b"C 2", b"C2\n", b"\xef\xbb\xbfC2"] {
        assert_eq!(LegalStatus::from_code(text), None);
    }
    assert_eq!(LegalStatus::LIST.find("C2 "), None);
}

#[test]
fn a_code_that_is_no_value_says_so() {
    let classes: Vec<(&str, &str, Class)> = ALL
        .iter()
        .flat_map(|list| list.entries.iter().map(|entry| (list.name, entry.code, entry.class)))
        .filter(|(_, _, class)| *class != Class::Value)
        .collect();
    use Class::{NotApplicable, Refused, Unknown};
    assert_eq!(
        classes,
        [
            ("sex", "U", Unknown),
            ("gender", "U", Unknown),
            ("ethnicity", "REFU", Refused),
            ("ethnicity", "NOBT", Unknown),
            ("category_of_need", "N0", Unknown),
            ("sdq_reason", "SDQ1", NotApplicable),
            ("sdq_reason", "SDQ2", Refused),
            ("sdq_reason", "SDQ5", Refused),
            ("in_touch", "REFU", Refused),
            ("activity", "0", NotApplicable),
            ("accommodation", "R", Unknown),
            ("accommodation", "0", NotApplicable),
            ("prev_permanence", "P4", Unknown),
            ("prev_permanence", "Z1", NotApplicable),
            ("permanence_authority", "NUK", Unknown),
            ("upn_unknown", "UN1", Unknown),
            ("upn_unknown", "UN2", Unknown),
            ("upn_unknown", "UN3", Unknown),
            ("upn_unknown", "UN4", Unknown),
            ("upn_unknown", "UN5", Unknown),
            ("upn_unknown", "UN6", Unknown),
            ("upn_unknown", "UN7", Unknown),
            ("health_check_status", "REFUSED", Refused),
            ("eet_status", "NOT_KNOWN", Unknown),
            ("ofsted_rating", "NOT_YET_INSPECTED", Unknown),
            ("wheelchair_access", "UNKNOWN", Unknown),
            ("household_pet", "UNKNOWN", Unknown),
            ("household_smoking", "UNKNOWN", Unknown),
            ("placement_duration", "UNKNOWN", Unknown),
            ("suitability_level", "NOT_SPECIFIED", Unknown),
            ("ethnic_group", "UNKNOWN", Unknown),
            ("language_group", "UNKNOWN", Unknown),
            ("legal_status_group", "UNKNOWN", Unknown),
            ("sdq_band", "UNKNOWN", Unknown),
            ("communication_need", "UNKNOWN", Unknown),
            ("presence_status", "NOT_SPECIFIED", Unknown),
            ("risk_level", "UNKNOWN", Unknown),
            ("education_phase", "UNKNOWN", Unknown),
            ("pets_allowance", "NOT_KNOWN", Unknown),
            ("cultural_need", "NOT_KNOWN", Unknown),
            ("criterion_answer", "UNKNOWN", Unknown),
            ("placement_next", "UNKNOWN", Unknown),
            ("medication_status", "UNKNOWN", Unknown),
        ]
    );
}

#[test]
fn an_authority_is_found_by_its_number() {
    assert!(LOCAL_AUTHORITIES.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(LOCAL_AUTHORITIES.len(), 155);
    for (code, name) in LOCAL_AUTHORITIES {
        assert_eq!(local_authority_name(*code), Some(*name));
    }
    assert_eq!(local_authority_name(330), Some("Birmingham"));
    assert_eq!(local_authority_name(801), Some("Bristol, City of"));
    assert_eq!(local_authority_name(909), Some("Cumbria"), "abolished, and still named by old returns");
    for unknown in [0, 1, 200, 214, 944, 999, u16::MAX] {
        assert_eq!(local_authority_name(unknown), None);
    }
}
