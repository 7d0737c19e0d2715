//! Whether what is offered meets what is asked: met, not met, or not known, and what either side said.
//!
//! Every rule stands here once (ifa-formats, section 8); the index is made of these answers too. What was not said is
//! not known, never a no.

use schemas::{
    code::{
        ChildHereAge, HouseholdPet, HouseholdSmoking, OfstedRating, PlacementContract, WheelchairAccess,
        WhoCouldLiveHere,
    },
    date::Date,
    identifier::LaCode,
    money::Pence,
    postcode::Postcode,
    record::{FeeBand, Provider, Vacancy, VacancyMore},
    said::Said,
};

use super::question::{Asked, Companions, Culture, Sex};

/// Centroids are rough: what lies so near to the limit is not known.
const ROUGH_MILES: f64 = 2.0;

/// How what is offered stands to what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It is as asked.
    Met,
    /// It is not.
    NotMet,
    /// Nobody said.
    Unknown,
}

impl Answer {
    /// Met or not met, where it is known.
    fn of(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Met,
            Some(false) => Self::NotMet,
            None => Self::Unknown,
        }
    }

    /// The word of the interface.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::Unknown => "unknown",
        }
    }
}

/// A home that is offered, and by whom.
#[derive(Clone, Copy)]
pub struct Offered<'m> {
    /// What is offered.
    pub vacancy: &'m Vacancy,
    /// Who offers it, as far as anybody said.
    pub provider: Option<&'m Provider>,
}

/// What an answer takes into account beside what is offered and asked.
pub trait Surroundings {
    /// Miles between two outward postcodes; `None` where no table says.
    fn miles(&self, from: Postcode, to: Postcode) -> Option<f64>;
    /// The framework's price a week, where the home states none.
    fn framework_price(&self, vacancy: &Vacancy, age: Option<u8>, day: Date) -> Option<Pence>;
    /// Whether an area is the authority's own or counts as near.
    fn is_near(&self, area: LaCode) -> bool;
    /// The day of the question.
    fn today(&self) -> Date;
}

impl Asked {
    /// How what is offered stands to it, where the home alone tells; `None` where more is to be known.
    #[must_use]
    pub fn answer_of(&self, offered: Offered<'_>) -> Option<Answer> {
        let Some(more) = offered.vacancy.more.as_deref() else { return Some(Answer::Unknown) };
        Some(match self {
            Self::Ages(asked) => {
                let range = who_for(more, |who| who.age_min).zip(who_for(more, |who| who.age_max));
                let (least, most) = match range {
                    Some((least, most)) => (least.get(), most.get()),
                    None => return Some(Answer::Unknown),
                };
                Answer::of(Some(asked.iter().all(|age| (least..=most).contains(&u16::from(*age)))))
            }
            Self::Sex(sex) => {
                let Some(genders) = more.who_for.as_ref().is().and_then(|who| who.genders.as_ref().is()) else {
                    return Some(Answer::Unknown);
                };
                let own = match sex {
                    Sex::Male => Some(WhoCouldLiveHere::Male),
                    Sex::Female => Some(WhoCouldLiveHere::Female),
                    Sex::Unknown => None,
                };
                let is = |gender: &WhoCouldLiveHere| *gender == WhoCouldLiveHere::Any || Some(*gender) == own;
                Answer::of(Some(genders.iter().any(is)))
            }
            Self::Places(count) => Answer::of(available(more).map(|available| available >= *count)),
            Self::Siblings(count) => match (siblings_max(more), available(more)) {
                (_, Some(available)) if available < *count => Answer::NotMet,
                (None, _) if *count > 1 => Answer::Unknown,
                (None, available) => Answer::of(available.map(|_| true)),
                (Some(most), _) if most < *count => Answer::NotMet,
                (Some(_), available) => Answer::of(available.map(|_| true)),
            },
            Self::Provision(provision) => Answer::of(offered.vacancy.provision.is().map(|said| said == *provision)),
            Self::PlacementType(asked) => {
                Answer::of(more.placement_types.as_ref().is().map(|said| said.contains(asked)))
            }
            Self::Attribute(need) => {
                let has = |said: &Said<Vec<_>>| said.as_ref().is().is_some_and(|said| said.contains(need));
                match (has(&more.skills_not), has(&more.skills)) {
                    // Who says both says no.
                    (true, _) => Answer::NotMet,
                    (false, true) => Answer::Met,
                    (false, false) => Answer::Unknown,
                }
            }
            Self::Pets(pet) => {
                let pets = more.home.as_ref().is().and_then(|home| home.pets.as_ref().is());
                let known = pets.filter(|pets| !pets.is_empty() && !pets.contains(&HouseholdPet::Unknown));
                Answer::of(known.map(|pets| pets.contains(pet)))
            }
            Self::Wheelchair(asked) => {
                let said = more.home.as_ref().is().and_then(|home| home.wheelchair.is());
                let rank = |access| match access {
                    WheelchairAccess::Full => Some(2),
                    WheelchairAccess::GroundFloor => Some(1),
                    WheelchairAccess::None => Some(0),
                    WheelchairAccess::Unknown => None,
                };
                Answer::of(said.and_then(rank).map(|said| Some(said) >= rank(*asked)))
            }
            Self::Smoking(asked) => {
                let said = more.home.as_ref().is().and_then(|home| home.smoking.is());
                let rank = |smoking| match smoking {
                    HouseholdSmoking::No => Some(0),
                    HouseholdSmoking::Outside => Some(1),
                    HouseholdSmoking::Yes => Some(2),
                    HouseholdSmoking::Unknown => None,
                };
                Answer::of(said.and_then(rank).map(|said| Some(said) <= rank(*asked)))
            }
            Self::OwnBedroom(asked) => {
                let said = more.home.as_ref().is().and_then(|home| home.own_bedroom.is());
                Answer::of(said.map(|said| said == *asked))
            }
            Self::Language(asked) => {
                let said = more.home.as_ref().is().and_then(|home| home.languages.as_ref().is());
                let known = said.filter(|languages| !languages.is_empty());
                Answer::of(known.map(|languages| languages.iter().any(|language| language.eq_ignore_ascii_case(asked))))
            }
            Self::Culture(Culture::Ethnicity(asked)) => {
                Answer::of(more.home_ethnicity.as_ref().is().map(|said| said.contains(asked)))
            }
            Self::Culture(Culture::Religion(asked)) => {
                Answer::of(more.home_religion.as_ref().is().map(|said| said.contains(asked)))
            }
            Self::AvailableOn(day) => {
                let (from, until) = available_days(offered.vacancy, more);
                Answer::of(from.map(|from| from <= *day && until.is_none_or(|until| *day <= until)))
            }
            Self::Framework(asked) => {
                let said = more.framework.as_ref().is().and_then(|framework| framework.id.as_ref().is());
                Answer::of(said.map(|said| **said == **asked))
            }
            Self::Lot(asked) => Answer::of(offered.vacancy.lot.as_ref().is().map(|said| **said == **asked)),
            Self::Block(authority) => match more.framework.as_ref().is() {
                Some(framework) if framework.contract == Said::Is(PlacementContract::Block) => {
                    Answer::of(framework.block_owner.as_ref().is().map(|owners| owners.contains(authority)))
                }
                _ => Answer::Met,
            },
            Self::Companions(_)
            | Self::Within { .. }
            | Self::School(_)
            | Self::FeeAtMost(_)
            | Self::Rating(_)
            | Self::Area => {
                return None;
            }
        })
    }

    /// How what is offered stands to it; `ages` are those of all children that are asked about.
    #[must_use]
    pub fn answer(&self, offered: Offered<'_>, ages: &[u8], around: &dyn Surroundings) -> Answer {
        if let Some(answer) = self.answer_of(offered) {
            return answer;
        }
        let Some(more) = offered.vacancy.more.as_deref() else { return Answer::Unknown };
        match self {
            Self::Companions(companions) => companions_answer(*companions, more, ages),
            Self::Within { outward, miles } => {
                let distance = distance(more, *outward, around);
                let known = distance.filter(|distance| {
                    // The same outcode is near whatever the table says.
                    *distance == 0.0 || (distance - f64::from(*miles)).abs() > ROUGH_MILES
                });
                Answer::of(known.map(|distance| distance <= f64::from(*miles)))
            }
            Self::School(outward) => {
                let run = more.location.as_ref().is().and_then(|area| area.school_run_miles.is());
                let known = run.zip(distance(more, *outward, around));
                Answer::of(known.map(|(run, distance)| distance <= f64::from(run.get())))
            }
            Self::FeeAtMost(most) => {
                let fees = fees(offered.vacancy, more, ages, around);
                Answer::of(fees.map(|fees| fees.iter().all(|fee| fee <= most)))
            }
            Self::Rating(ratings) => {
                let said = offered.provider.and_then(|provider| provider.rating.is());
                let known = said.filter(|rating| *rating != OfstedRating::NotYetInspected);
                Answer::of(known.map(|rating| ratings.contains(&rating)))
            }
            Self::Area => {
                let area = more.location.as_ref().is().and_then(|area| area.authority.is());
                Answer::of(area.map(|area| around.is_near(area)))
            }
            _ => Answer::Unknown,
        }
    }
}

pub(super) fn who_for<T>(more: &VacancyMore, part: impl FnOnce(&schemas::record::WhoFor) -> Said<T>) -> Option<T> {
    more.who_for.as_ref().is().and_then(|who| part(who).is())
}

pub(super) fn available(more: &VacancyMore) -> Option<u8> {
    more.places.as_ref().is().and_then(|places| places.available.is()).map(|number| number.get() as u8)
}

pub(super) fn siblings_max(more: &VacancyMore) -> Option<u8> {
    who_for(more, |who| who.siblings_max).map(|number| number.get() as u8)
}

/// The ages of a band, in years.
fn years_of(band: ChildHereAge) -> (u8, u8) {
    match band {
        ChildHereAge::Under5 => (0, 4),
        ChildHereAge::From5To10 => (5, 10),
        ChildHereAge::From11To15 => (11, 15),
        ChildHereAge::From16To17 => (16, 17),
        ChildHereAge::Adult => (18, u8::MAX),
    }
}

fn companions_answer(companions: Companions, more: &VacancyMore, ages: &[u8]) -> Answer {
    let here = more.home.as_ref().is().and_then(|home| home.children_here.as_ref().is()).map(|here| &here[..]);
    let solo_only = who_for(more, |who| who.solo_only) == Some(true);
    if companions == Companions::Solo {
        return if solo_only { Answer::Met } else { Answer::of(here.map(<[ChildHereAge]>::is_empty)) };
    }
    let Some(here) = here else { return Answer::Unknown };
    if here.is_empty() {
        return Answer::Met;
    }
    // Whether others are older cannot be told of a child whose age is not asked.
    let (Some(youngest), Some(oldest)) = (ages.iter().min(), ages.iter().max()) else { return Answer::Unknown };
    let answer = |band: &ChildHereAge| {
        let (least, most) = years_of(*band);
        let (fits, misfits) = match companions {
            Companions::OnlyOlder => (least > *oldest, most < *youngest),
            _ => (most < *youngest, least > *oldest),
        };
        match (fits, misfits) {
            (true, _) => Answer::Met,
            (_, true) => Answer::NotMet,
            // A child of the same band may be older or younger.
            _ => Answer::Unknown,
        }
    };
    let answers = here.iter().map(answer).collect::<Vec<_>>();
    match (answers.contains(&Answer::NotMet), answers.contains(&Answer::Unknown)) {
        (true, _) => Answer::NotMet,
        (_, true) => Answer::Unknown,
        _ => Answer::Met,
    }
}

/// From when until when it can be lived in; where nothing is said of the first, from the day it was true.
pub(super) fn available_days(vacancy: &Vacancy, more: &VacancyMore) -> (Option<Date>, Option<Date>) {
    let said = more.available.as_ref().is();
    let from = said.and_then(|said| said.from.is()).or_else(|| vacancy.as_at.is()?.date());
    (from, said.and_then(|said| said.until.is()))
}

/// About how far it is, in miles.
pub(super) fn distance(more: &VacancyMore, from: Postcode, around: &dyn Surroundings) -> Option<f64> {
    let home = more.outward_postcode.is()?;
    around.miles(from, home.outward())
}

/// What it costs a week for each child that is asked about; `None` where one price is not known.
pub(super) fn fees(
    vacancy: &Vacancy,
    more: &VacancyMore,
    ages: &[u8],
    around: &dyn Surroundings,
) -> Option<Vec<Pence>> {
    let today = around.today();
    let fee = more.fee.as_ref().is();
    let price = |age: Option<u8>| {
        let bands = fee.and_then(|fee| fee.bands.as_ref().is()).map_or(&[][..], |bands| &bands[..]);
        let band = age.and_then(|age| narrowest(bands, age, today));
        band.or_else(|| fee?.weekly.is()).or_else(|| around.framework_price(vacancy, age, today))
    };
    match ages {
        [] => price(None).map(|fee| vec![fee]),
        ages => ages.iter().map(|age| price(Some(*age))).collect(),
    }
}

/// The price of the narrowest band that holds the age on that day.
fn narrowest(bands: &[FeeBand], age: u8, day: Date) -> Option<Pence> {
    let holds = |band: &&FeeBand| {
        let from = band.age_from.is().is_none_or(|from| from.get() as u8 <= age);
        let to = band.age_to.is().is_none_or(|to| age <= to.get() as u8);
        let begun = band.valid_from.is().is_none_or(|from| from <= day);
        let over = band.valid_to.is().is_some_and(|to| to < day);
        from && to && begun && !over
    };
    let years = |band: &&FeeBand| {
        let from = band.age_from.is().map_or(0, |from| from.get());
        band.age_to.is().map_or(u16::MAX, |to| to.get() - from.min(to.get()))
    };
    bands.iter().filter(holds).filter(|band| band.weekly.has_value()).min_by_key(years)?.weekly.is()
}
