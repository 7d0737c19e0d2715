//! What PLACE, PLACE_PROVIDER and URN come to (IFA formats, section 6.3, the table of placements).

use schemas::{
    code::{Code, PlacementProvider, PlacementType, ProviderSector, Provision, VacancyPlacementType},
    date::Date,
    diagnostic::Rule,
    identifier::OfstedUrn,
    record::PlacementNotice,
    said::Said,
};

use super::{Beside, PLACE_UNDECIDED, PlacementUrn, Proposal, Provider, SECTOR_UNKNOWN};

/// A stay elsewhere of so many days is a temporary move while the place is kept (SSDA903, T4).
const RESPITE_DAYS_MAX: i32 = 7;
/// From this age a child may live in supported accommodation (rule 371).
const SUPPORTED_FROM_YEARS: u8 = 16;

/// PLACE, by what the notice says of provision and kind of placement.
pub(super) fn placement_type(
    notice: &PlacementNotice,
    start: Date,
    beside: &Beside<'_>,
    told: &mut Vec<&'static Rule>,
) -> Proposal<PlacementType> {
    let more = notice.more.as_deref();
    let provision = more.and_then(|more| more.provision.is());
    let of = more.and_then(|more| more.placement_type.is());
    let place = match (provision, beside.provider) {
        (_, Provider::NotRegistered { .. }) => Proposal::Decide(unregistered(start)),
        (Some(Provision::Fostering), _) => fostering(of, stay_days(notice, start), is_kept(beside)),
        (Some(Provision::Residential), provider) => residential(of, provider),
        (Some(Provision::SupportedAccommodation), _) => supported(start, beside.born),
        (None, _) => Proposal::Decide(Vec::new()),
    };
    if matches!(place, Proposal::Decide(_)) {
        told.push(&PLACE_UNDECIDED);
    }
    place
}

/// How long the stay is, where the notice says until when.
fn stay_days(notice: &PlacementNotice, start: Date) -> Option<i32> {
    notice.end_date.is().map(|end| end.days_since(start))
}

/// Whether the place where the child lived is kept: nobody told that it ended.
fn is_kept(beside: &Beside<'_>) -> bool {
    beside.ended.is_none()
}

fn fostering(of: Option<VacancyPlacementType>, days: Option<i32>, is_kept: bool) -> Proposal<PlacementType> {
    use PlacementType as P;
    match (of, days) {
        (Some(VacancyPlacementType::LongTerm), _) => Proposal::Is(P::FosterOtherCarerLongTerm),
        (Some(VacancyPlacementType::FosterForAdoption), _) => Proposal::Is(P::FosterOtherCarerApprovedAdopter),
        // Whether the carers are on holiday no notice says.
        (Some(VacancyPlacementType::Respite), Some(days)) if is_kept && days <= RESPITE_DAYS_MAX => {
            Proposal::Suggested { value: P::TemporaryOther, or: vec![P::TemporaryCarersHoliday] }
        }
        // Nor how long it will be.
        (Some(VacancyPlacementType::Respite), None) if is_kept => {
            Proposal::Decide(vec![P::TemporaryOther, P::TemporaryCarersHoliday, P::FosterOtherCarerOther])
        }
        _ => Proposal::Is(P::FosterOtherCarerOther),
    }
}

fn residential(of: Option<VacancyPlacementType>, provider: Provider) -> Proposal<PlacementType> {
    use PlacementType as P;
    let is_home = matches!(provider, Provider::Registered { provision: Some(Provision::Residential), .. });
    match of {
        Some(VacancyPlacementType::Secure) => Proposal::Is(P::SecureChildrensHome),
        Some(VacancyPlacementType::ResidentialFamilyCentre) => Proposal::Is(P::FamilyCentreOrMotherAndBabyUnit),
        Some(VacancyPlacementType::SchoolHome) if !is_home => {
            Proposal::Decide(vec![P::ResidentialSchool, P::ChildrensHome])
        }
        _ => Proposal::Is(P::ChildrensHome),
    }
}

fn supported(start: Date, born: Option<Date>) -> Proposal<PlacementType> {
    let age = born.and_then(|born| born.age_on(start));
    if PlacementType::SupportedAccommodation.entry().is_to_come_on(start) {
        // Before 28 October 2023 it was semi-independent living.
        Proposal::Is(PlacementType::SemiIndependent)
    } else if age.is_some_and(|age| age < SUPPORTED_FROM_YEARS) {
        // Under sixteen nobody may be placed there: something of it is wrong.
        Proposal::Decide(vec![PlacementType::SupportedAccommodation])
    } else {
        Proposal::Is(PlacementType::SupportedAccommodation)
    }
}

/// The codes of placements that nobody registers; what each of the four means is not confirmed.
fn unregistered(start: Date) -> Vec<PlacementType> {
    use PlacementType as P;
    if P::OtherPlacementZ11.entry().is_to_come_on(start) {
        return vec![P::OtherPlacement];
    }
    vec![P::OtherPlacementZ11, P::OtherPlacementZ12, P::OtherPlacementZ13, P::OtherPlacementZ14]
}

/// Whether PLACE_PROVIDER is blank for a placement: a temporary move, or one that nobody registers.
fn has_no_provider(place: PlacementType) -> bool {
    let code = place.code();
    matches!(code, "T0" | "T1" | "T2" | "T3" | "T4" | "Z11" | "Z12" | "Z13" | "Z14")
}

/// Whether URN is blank too (rules 218 and 222): with parents, in employment, care homes, hospitals and custody.
fn has_no_urn(place: PlacementType) -> bool {
    has_no_provider(place) || matches!(place.code(), "P1" | "P3" | "R1" | "R2" | "R5")
}

/// What a column comes to that is blank for some placements: of several in question that do not agree, the person decides.
fn unless_blank<T>(
    place: &Proposal<PlacementType>,
    blank: fn(PlacementType) -> bool,
    otherwise: Proposal<T>,
) -> Proposal<T>
where
    T: Copy + PartialEq,
{
    let places = place.choices();
    let blanks = places.iter().filter(|place| blank(**place)).count();
    match blanks {
        0 => otherwise,
        all if all == places.len() => Proposal::Blank,
        _ => Proposal::Decide(otherwise.choices()),
    }
}

/// PLACE_PROVIDER, by who owns the provider.
pub(super) fn placement_provider(
    provider: Provider,
    place: &Proposal<PlacementType>,
    told: &mut Vec<&'static Rule>,
) -> Proposal<PlacementProvider> {
    use PlacementProvider as P;
    let is_own = match provider {
        Provider::Registered { is_own, .. } => is_own,
        _ => None,
    };
    let by_sector = match (provider.sector(), is_own) {
        (Some(ProviderSector::Private), _) => Proposal::Is(P::Private),
        (Some(ProviderSector::Voluntary), _) => Proposal::Is(P::Voluntary),
        (Some(ProviderSector::LocalAuthority), Some(true)) => Proposal::Is(P::OwnAuthority),
        (Some(ProviderSector::LocalAuthority), Some(false)) => Proposal::Is(P::OtherAuthority),
        (Some(ProviderSector::LocalAuthority), None) => Proposal::Decide(vec![P::OwnAuthority, P::OtherAuthority]),
        (Some(ProviderSector::Health), _) => Proposal::Is(P::OtherPublic),
        (None, _) => Proposal::Decide(Vec::new()),
    };
    let proposal = unless_blank(place, has_no_provider, by_sector);
    if provider.sector().is_none() && proposal != Proposal::Blank {
        told.push(&SECTOR_UNKNOWN);
    }
    proposal
}

/// URN: the agency's if fostering, the home's if residential.
pub(super) fn placement_urn(
    notice: &PlacementNotice,
    provider: Provider,
    place: &Proposal<PlacementType>,
) -> Proposal<PlacementUrn> {
    let number = match &notice.provider_urn {
        Said::Is(urn) => OfstedUrn::read(urn.as_bytes()),
        _ => None,
    };
    let urn = match (provider, number) {
        (Provider::NotRegistered { .. }, _) => Proposal::Is(PlacementUrn::NotRegistered),
        (_, Some(number)) => Proposal::Is(PlacementUrn::Number(number)),
        (_, None) => Proposal::Decide(Vec::new()),
    };
    unless_blank(place, has_no_urn, urn)
}
