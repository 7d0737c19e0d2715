//! One home of a region: a household, a children's home or a setting, as its agency offers it.

use schemas::{
    code::{
        ChildHereAge as Here, Ethnicity, FamilyTimeHelp, HouseholdPet, HouseholdReligion, HouseholdSmoking,
        PlaceNotAvailableReason as Why, PlacementContract, PlacementNeed as Needs, Provision, VacancyConfirmer,
        VacancyPlacementType as Kind, VacancyStatus, WheelchairAccess, WhoCouldLiveHere,
    },
    date::{Date, DateTime},
    money::Pence,
    record::{Availability, Fee, FeeBand, HomeArea, HomeFacts, Places, Vacancy, VacancyFramework, VacancyMore, WhoFor},
    reflect::Number,
    said::Said,
};

use super::{
    super::draw::{Draw, Purpose, later},
    Order,
    agency::{Agency, Market},
    land::Authority,
    page,
};

/// Homes that are paid for in advance.
const BLOCK_PER_MILLE: u32 = 30;

/// Days since a row was checked, by weight: mostly this week, some too long ago, a few so long ago that they expire.
const CHECKED_DAYS_AGO: [(i32, u32); 16] = [
    (1, 28),
    (2, 17),
    (3, 13),
    (4, 11),
    (5, 8),
    (6, 6),
    (7, 5),
    (8, 2),
    (9, 2),
    (10, 2),
    (11, 1),
    (12, 1),
    (13, 1),
    (14, 1),
    (17, 1),
    (21, 1),
];

/// What a home is drawn of.
pub(super) struct HomeOf<'r> {
    pub(super) order: &'r Order,
    pub(super) land: &'r [Authority],
    pub(super) agency: &'r Agency,
}

impl HomeOf<'_> {
    /// The n-th home of the region, as its agency said it first.
    pub(super) fn home(&self, number: u32) -> Vacancy {
        let Self { order, agency, .. } = self;
        let market = agency.market;
        let mut draw = Draw::of(order.seed, number, Purpose::Household);
        let status = if draw.chance(30) { VacancyStatus::Draft } else { VacancyStatus::Open };
        let checked = later(order.as_at, -draw.weighted(&CHECKED_DAYS_AGO));
        let (places, who_for) = (places(market, &mut draw), who_for(market, &mut draw));
        let available = count(places.available);
        let occupied = count(places.occupied);
        let lot = draw.weighted(&market.lots.map(|(lot, share, _)| (lot, share)));
        let skills = draw.some(&SKILLS, 0, 5);
        let cannot: Vec<Needs> = SKILLS.into_iter().filter(|need| !skills.contains(need)).collect();
        let skills_not = draw.some(&cannot, 0, 3);
        let siblings = if available > 1 { 1 + draw.below(u32::from(available)) } else { 1 };
        let nth = number - agency.homes.start + 1;
        let is_solo = available == 1 && draw.chance(120);
        let more = VacancyMore {
            confirmed_by: perhaps(&mut draw, 800, |draw| {
                draw.pick(&[VacancyConfirmer::DutyTeam, VacancyConfirmer::DutyTeam, VacancyConfirmer::Manager])
            }),
            branch: perhaps(&mut draw, 400, |draw| draw.pick(&["North", "South", "East", "West"]).into()),
            framework: Said::Is(self.framework(&mut draw, nth)),
            places: Said::Is(places),
            available: perhaps(&mut draw, 700, |draw| availability(checked, draw)),
            who_for: Said::Is(WhoFor {
                siblings_max: perhaps_number(&mut draw, 800, siblings),
                siblings_only: perhaps(&mut draw, 600, |draw| siblings > 1 && draw.chance(60)),
                solo_only: perhaps(&mut draw, 700, |_| is_solo),
                ..who_for
            }),
            placement_types: Said::Is(types(market, lot, &mut draw)),
            skills: some(skills),
            skills_not: some(skills_not),
            home: Said::Is(facts(market, occupied, &mut draw)),
            fee: self.fee(lot, &mut draw),
            summary: perhaps(&mut draw, 700, |draw| page::summary(market.provision, draw).into()),
            ..VacancyMore::default()
        };
        let mut more = self.placed(more, &mut draw);
        if market.provision == Provision::Fostering {
            carers(&mut more, &mut draw);
            if draw.chance(350) {
                let mut draw = Draw::of(order.seed, number, Purpose::Page);
                more.for_the_child = Said::Is(page::page(checked, &mut draw));
            }
        }
        let unit = match market.provision {
            Provision::Fostering => "C",
            Provision::Residential => "U",
            Provision::SupportedAccommodation => "S",
        };
        Vacancy {
            vacancy_id: Said::Is(format!("V-{nth:04}").into()),
            carer_ref: Said::Is(format!("{unit}-{:04}", 1_000 + nth).into()),
            lot: Said::Is(lot.into()),
            provision: Said::Is(market.provision),
            status: Said::Is(status),
            as_at: day_alone(checked),
            more: Some(Box::new(more)),
        }
    }

    /// What the agency says of a home on the day: `None` where it says nothing.
    pub(super) fn said_since(&self, number: u32) -> Option<Vacancy> {
        let mut draw = Draw::of(self.order.seed, number, Purpose::Week);
        let home = self.home(number);
        let is_open = home.status == Said::Is(VacancyStatus::Open);
        let today = day_alone(self.order.as_at);
        let status = match draw.below(1_000) {
            0..250 if is_open => return Some(confirmed(home, today)),
            250..300 if is_open => VacancyStatus::Reserved,
            300..350 if is_open => VacancyStatus::Filled,
            350..370 if is_open => VacancyStatus::Withdrawn,
            0..400 if !is_open => VacancyStatus::Open,
            _ => return None,
        };
        let mut more = home.more.unwrap_or_default();
        if let Said::Is(places) = &mut more.places {
            become_of(places, status);
        }
        if status != VacancyStatus::Open
            && let Said::Is(who_for) = &mut more.who_for
        {
            who_for.siblings_max = Said::NotAsked;
        }
        Some(Vacancy { status: Said::Is(status), as_at: today, more: Some(more), ..home })
    }

    fn framework(&self, draw: &mut Draw, nth: u32) -> VacancyFramework {
        let is_block = draw.chance(BLOCK_PER_MILLE);
        let owner = self.agency.serves.first().and_then(|number| self.land.get(*number));
        VacancyFramework {
            id: Said::Is(self.agency.market.id.into()),
            contract: Said::Is(if is_block { PlacementContract::Block } else { PlacementContract::Spot }),
            block_ref: if is_block { Said::Is(format!("BLOCK-{nth}").into()) } else { Said::NotAsked },
            block_owner: match owner {
                Some(owner) if is_block => Said::Is(vec![owner.code]),
                _ => Said::NotAsked,
            },
        }
    }

    /// With where it is.
    fn placed(&self, more: VacancyMore, draw: &mut Draw) -> VacancyMore {
        let serves = &self.agency.serves;
        let nth = draw.below(serves.len() as u32) as usize;
        let Some(authority) = serves.get(nth).and_then(|number| self.land.get(*number)) else { return more };
        let district = draw.below(authority.districts.len() as u32) as usize;
        let outward = authority.districts.get(district).map_or(Said::NotAsked, |district| Said::Is(district.outward));
        let school_miles = 5 * (1 + draw.below(5));
        let location = HomeArea {
            authority: perhaps(draw, 850, |_| authority.code),
            school_run_miles: perhaps_number(draw, 650, school_miles),
            family_time: perhaps(draw, 600, |draw| {
                draw.some(&[FamilyTimeHelp::Transport, FamilyTimeHelp::Supervise, FamilyTimeHelp::AtHome], 1, 2)
            }),
        };
        VacancyMore { outward_postcode: outward, location: group(location), ..more }
    }

    /// Half ask what the framework pays and say it; some have prices of their own, a few ask more.
    fn fee(&self, lot: &str, draw: &mut Draw) -> Said<Fee> {
        let market = self.agency.market;
        let price = |age: u16, per_cent: u32| pence(market.price(lot, age) * per_cent);
        let (first, per_cent) = (market.ages.first().map_or(0, |(from, ..)| *from), 94 + draw.below(7));
        match draw.below(100) {
            0..30 => Said::NotAsked,
            30..75 => Said::Is(Fee { weekly: price(first, per_cent), ..Fee::default() }),
            75..80 => Said::Is(Fee {
                weekly: price(first, 104 + draw.below(12)),
                note: Said::Is("Taxis to school".into()),
                ..Fee::default()
            }),
            _ => {
                let band = |(from, to, _): &(u16, u16, u32)| FeeBand {
                    age_from: Number::new(*from).map_or(Said::NotAsked, Said::Is),
                    age_to: Number::new(*to).map_or(Said::NotAsked, Said::Is),
                    weekly: price(*from, per_cent),
                    ..FeeBand::default()
                };
                Said::Is(Fee { bands: Said::Is(market.ages.iter().map(band).collect()), ..Fee::default() })
            }
        }
    }
}

/// What becomes of the places of a home that is now in this state.
fn become_of(places: &mut Places, status: VacancyStatus) {
    let free = count(places.available);
    let taken = |held: Said<Number<99>>| small(u32::from(count(held) + free));
    match status {
        VacancyStatus::Reserved => places.reserved = taken(places.reserved),
        VacancyStatus::Filled => places.occupied = taken(places.occupied),
        VacancyStatus::Withdrawn => {
            places.not_available = taken(places.not_available);
            places.not_available_reasons = Said::Is(vec![Why::OnHold]);
        }
        _ => return,
    }
    places.available = small(0);
}

/// That a home is as it was.
fn confirmed(home: Vacancy, today: Said<DateTime>) -> Vacancy {
    let more = VacancyMore { confirmed_by: Said::Is(VacancyConfirmer::DutyTeam), ..VacancyMore::default() };
    Vacancy { vacancy_id: home.vacancy_id, as_at: today, more: Some(Box::new(more)), ..Vacancy::default() }
}

/// What carers may be asked to be able to do.
pub(super) const SKILLS: [Needs; 16] = [
    Needs::Unaccompanied,
    Needs::Disability,
    Needs::ComplexHealth,
    Needs::LearningDisability,
    Needs::AutismOrAdhd,
    Needs::SelfHarm,
    Needs::Missing,
    Needs::SexualExploitation,
    Needs::CriminalExploitation,
    Needs::SubstanceUse,
    Needs::FireSetting,
    Needs::Aggression,
    Needs::SchoolRefusal,
    Needs::YoungParent,
    Needs::LgbtAffirming,
    Needs::Trauma,
];

/// Places that add up to what is approved, with one free at least.
fn places(market: &Market, draw: &mut Draw) -> Places {
    let approved = match market.provision {
        Provision::Fostering => draw.weighted(&[(1, 24), (2, 44), (3, 32)]),
        Provision::Residential => draw.weighted(&[(2, 20), (3, 35), (4, 30), (6, 15)]),
        Provision::SupportedAccommodation => draw.weighted(&[(1, 35), (2, 15), (4, 30), (8, 20)]),
    };
    let occupied = draw.below(approved);
    let free = approved - occupied;
    let closed = u32::from(free > 1 && draw.chance(150));
    let reasons = [Why::CarerBreak, Why::StayingPut, Why::NeedsOfChildrenHere, Why::HouseholdChange, Why::OnHold];
    Places {
        approved: small(approved),
        occupied: small(occupied),
        reserved: small(0),
        available: small(free - closed),
        not_available: small(closed),
        not_available_reasons: if closed > 0 { Said::Is(vec![draw.pick(&reasons)]) } else { Said::NotAsked },
    }
}

fn who_for(market: &Market, draw: &mut Draw) -> WhoFor {
    let (youngest, oldest) = match market.provision {
        Provision::Fostering => draw.weighted(&[
            ((0, 4), 12),
            ((0, 10), 14),
            ((5, 11), 20),
            ((5, 17), 14),
            ((8, 15), 12),
            ((11, 17), 14),
            ((0, 17), 14),
        ]),
        Provision::Residential => draw.weighted(&[((8, 12), 20), ((8, 17), 30), ((11, 17), 40), ((13, 17), 10)]),
        Provision::SupportedAccommodation => draw.weighted(&[((16, 17), 55), ((16, 21), 30), ((16, 25), 15)]),
    };
    let genders =
        draw.weighted(&[(WhoCouldLiveHere::Any, 80), (WhoCouldLiveHere::Male, 10), (WhoCouldLiveHere::Female, 10)]);
    WhoFor {
        age_min: Number::new(youngest).map_or(Said::NotAsked, Said::Is),
        age_max: Number::new(oldest).map_or(Said::NotAsked, Said::Is),
        genders: Said::Is(vec![genders]),
        ..WhoFor::default()
    }
}

fn types(market: &Market, lot: &str, draw: &mut Draw) -> Vec<Kind> {
    match (market.provision, lot) {
        (Provision::Fostering, "parent-and-child") => vec![Kind::ParentAndChild],
        (Provision::Fostering, _) => {
            let all = [
                Kind::ShortTerm,
                Kind::LongTerm,
                Kind::Emergency,
                Kind::Respite,
                Kind::ShortBreaks,
                Kind::Remand,
                Kind::Bridging,
                Kind::StepDown,
            ];
            draw.some(&all, 1, 4)
        }
        (Provision::Residential, "therapeutic") => vec![Kind::MediumLongTerm, Kind::Therapeutic],
        (Provision::Residential, "solo") => vec![Kind::Solo],
        (Provision::Residential, "short-breaks") => vec![Kind::ShortBreaks],
        (Provision::Residential, _) => {
            draw.some(&[Kind::MediumLongTerm, Kind::ShortTerm, Kind::Emergency, Kind::Assessment], 1, 3)
        }
        (_, "ring-fenced") => vec![Kind::SharedRingFenced],
        (_, "self-contained") => vec![Kind::SelfContained],
        (_, "lodgings") => vec![Kind::SupportedLodgings],
        (_, _) => vec![Kind::Shared],
    }
}

fn availability(checked: Date, draw: &mut Draw) -> Availability {
    let from = later(checked, draw.days(0, 28));
    let until = if draw.chance(60) { Said::Is(later(from, draw.days(30, 200))) } else { Said::NotAsked };
    Availability { from: Said::Is(from), until }
}

fn facts(market: &Market, occupied: u16, draw: &mut Draw) -> HomeFacts {
    let ages: Vec<Here> = match market.provision {
        Provision::SupportedAccommodation => {
            (0..occupied).map(|_| draw.pick(&[Here::From16To17, Here::Adult])).collect()
        }
        _ => {
            let ages = [(Here::Under5, 15), (Here::From5To10, 30), (Here::From11To15, 38), (Here::From16To17, 17)];
            (0..occupied).map(|_| draw.weighted(&ages)).collect()
        }
    };
    let facts = HomeFacts {
        children_here: some(ages),
        smoking: perhaps(draw, 850, |draw| {
            draw.weighted(&[(HouseholdSmoking::No, 82), (HouseholdSmoking::Outside, 15), (HouseholdSmoking::Yes, 3)])
        }),
        wheelchair: perhaps(draw, 750, |draw| {
            let access =
                [(WheelchairAccess::None, 74), (WheelchairAccess::GroundFloor, 20), (WheelchairAccess::Full, 6)];
            draw.weighted(&access)
        }),
        own_bedroom: perhaps(draw, 900, |draw| draw.chance(880)),
        ..HomeFacts::default()
    };
    match market.provision {
        Provision::Residential => HomeFacts {
            staff_ratio: perhaps(draw, 800, |draw| draw.pick(&["1:1", "1:2", "2:3", "2:1"]).into()),
            education_on_site: perhaps(draw, 700, |draw| draw.chance(200)),
            ..facts
        },
        _ => facts,
    }
}

/// What a household has and a home or setting does not: animals, languages and a faith.
fn carers(more: &mut VacancyMore, draw: &mut Draw) {
    use Ethnicity::{African, Bangladeshi, Caribbean, Indian, Pakistani, WhiteAndBlackCaribbean, WhiteBritish};
    use HouseholdReligion as Faith;
    let (ethnicity, religion, language) = draw.weighted(&[
        ((WhiteBritish, Faith::None, None), 40),
        ((WhiteBritish, Faith::Christian, None), 20),
        ((Pakistani, Faith::Muslim, Some("URD")), 9),
        ((Indian, Faith::Sikh, Some("PNJ")), 6),
        ((Indian, Faith::Hindu, Some("GUJ")), 4),
        ((Bangladeshi, Faith::Muslim, Some("BNG")), 3),
        ((Caribbean, Faith::Christian, None), 9),
        ((African, Faith::Christian, Some("FRN")), 5),
        ((WhiteAndBlackCaribbean, Faith::None, None), 4),
    ]);
    let pets = if draw.chance(450) {
        vec![HouseholdPet::None]
    } else {
        draw.some(&[HouseholdPet::Dog, HouseholdPet::Cat, HouseholdPet::Small], 1, 2)
    };
    if let Said::Is(home) = &mut more.home {
        home.pets = perhaps(draw, 850, |_| pets);
        home.languages = perhaps(draw, 800, |_| ["ENG"].into_iter().chain(language).map(Into::into).collect());
    }
    more.home_ethnicity = perhaps(draw, 750, |_| vec![ethnicity]);
    more.home_religion = perhaps(draw, 650, |_| vec![religion]);
}

/// Said of so many of a thousand; of the others nothing is.
fn perhaps<T>(draw: &mut Draw, per_mille: u32, say: impl FnOnce(&mut Draw) -> T) -> Said<T> {
    if draw.chance(per_mille) { Said::Is(say(draw)) } else { Said::NotAsked }
}

/// A number said of so many of a thousand.
fn perhaps_number<const MOST: u16>(draw: &mut Draw, per_mille: u32, number: u32) -> Said<Number<MOST>> {
    if draw.chance(per_mille) { small(number) } else { Said::NotAsked }
}

/// How many places that are.
fn count(places: Said<Number<99>>) -> u16 {
    places.is().map_or(0, Number::get)
}

/// What is said together, unless nothing is.
fn group<T: Default + PartialEq>(group: T) -> Said<T> {
    if group == T::default() { Said::NotAsked } else { Said::Is(group) }
}

/// A list, unless there is nothing in it.
pub(super) fn some<T>(list: Vec<T>) -> Said<Vec<T>> {
    if list.is_empty() { Said::NotAsked } else { Said::Is(list) }
}

/// A small number.
pub(super) fn small<const MOST: u16>(number: u32) -> Said<Number<MOST>> {
    u16::try_from(number).ok().and_then(Number::new).map_or(Said::NotAsked, Said::Is)
}

/// An amount.
pub(super) fn pence(pence: u32) -> Said<Pence> {
    Pence::new(pence).map_or(Said::NotAsked, Said::Is)
}

/// A day alone is its first moment.
fn day_alone(day: Date) -> Said<DateTime> {
    DateTime::read(format!("{day}T00:00:00+00:00").as_bytes()).map_or(Said::NotAsked, Said::Is)
}
