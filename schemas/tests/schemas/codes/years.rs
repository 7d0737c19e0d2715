//! The years in which codes come and go (SSDA903 2025/26, care standard 1.4).

use schemas::code::*;

/// The first and the last collection year, of 2000 to 2050, in which a code is valid.
fn years(code: impl Code) -> (Option<u16>, Option<u16>) {
    let valid: Vec<u16> = (2000..=2050).filter(|year| code.in_year(*year)).collect();
    let (first, last) = (valid[0], valid[valid.len() - 1]);
    assert_eq!(valid.len(), usize::from(last - first) + 1, "{code:?} has a gap");
    (Some(first).filter(|year| *year != 2000), Some(last).filter(|year| *year != 2050))
}

#[test]
fn supported_accommodation_took_over_on_28_october_2023() {
    assert_eq!(years(PlacementType::SupportedAccommodation), (Some(2024), None));
    assert_eq!(years(PlacementType::SemiIndependent), (None, Some(2024)));
    assert_eq!(years(PlacementType::IndependentLiving), (None, Some(2024)));
}

#[test]
fn four_codes_replaced_the_other_placement() {
    assert_eq!(years(PlacementType::OtherPlacement), (None, Some(2025)));
    for code in ["Z11", "Z12", "Z13", "Z14"] {
        assert_eq!(years(PlacementType::from_code(code.as_bytes()).unwrap()), (Some(2026), None));
    }
}

#[test]
fn older_codes_end() {
    assert_eq!(years(EpisodeEndReason::GuardianshipFormerFosterCarerBefore2019), (None, Some(2018)));
    assert_eq!(years(EpisodeEndReason::GuardianshipOtherCarerBefore2019), (None, Some(2018)));
    assert_eq!(years(Activity::TrainingOrEmploymentFullTimeTo2021), (None, Some(2021)));
    assert_eq!(years(Activity::TrainingOrEmploymentPartTimeTo2021), (None, Some(2021)));
    for code in PlacementType::all().filter(|code| code.entry().source == "legacy") {
        assert_eq!(years(code), (None, Some(2015)), "{code:?}");
    }
    assert_eq!(PlacementType::all().filter(|code| code.entry().source == "legacy").count(), 17);
}

#[test]
fn newer_codes_begin() {
    assert_eq!(years(PlacementChangeReason::Custody), (Some(2019), None));
    assert_eq!(years(SwReason::CaseloadManagement), (Some(2024), None));
    assert_eq!(years(Sex::Unknown), (Some(2025), None));
    assert_eq!(years(Sex::Male), (None, None));
    assert_eq!(years(Ethnicity::AsianWelsh), (Some(2026), None));
    assert_eq!(years(Ethnicity::WhiteBritish), (None, None));
    assert_eq!(years(LegalStatus::FullCareOrder), (None, None));
}
