//! The searches of a region: what authorities ask for, and what agencies answer. No child of them exists.
//!
//! A search hangs on nothing but seed and number: its agencies and homes are those of the same order, and what is offered
//! fits what was asked.

use schemas::{
    code::{
        CommunicationNeed, CriterionAnswer, CulturalNeed, Disability, EducationPhase, EthnicGroup, InfantAge,
        LanguageGroup, LegalStatusGroup, LivingCompanions, OfferReason, OfferStatus, PetsAllowance, PlacementDuration,
        PlacementNeed as Needs, PresenceStatus, Provision, ReferralCloseReason, ReferralStatus, ReferralUrgency,
        RiskLevel, SdqBand, SenProvisionKind, Sex, SuitabilityLevel, VacancyStatus, WhoCouldLiveHere,
    },
    date::{Date, DateTime},
    identifier::ReferralRef,
    record::{
        ChildNeeds, ChildRisks, DecidedBy, Matching, Offer, OfferAnswer, OfferDecision, OfferFee, OfferMore,
        PlacementRequest, Referral, ReferralAuthority, ReferralFramework, ReferralMore, ReferralWave, ReferredChild,
        ReferredEducation, ReferredSiblings, RisksToOthers, RisksToSelf, Suitability, Vacancy,
    },
    reflect::Number,
    said::Said,
};

use super::{
    super::draw::{Draw, Purpose, later},
    Order,
    agency::{Agency, MARKETS, Market},
    home::{HomeOf, SKILLS, pence, small, some},
    land::Authority,
};

/// Most agencies that are asked in one search, and most homes of each that are thought of.
const ASKED_MAX: u32 = 8;
const THOUGHT_OF_MAX: u32 = 4;

/// For how many days back searches were begun.
const DAYS_BACK: i32 = 20;

/// The signs of a random name of a search, which are never mistaken for each other.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIGNS_OF_A_NAME: usize = 26;

/// A search with its answers.
pub(super) struct Search {
    pub(super) name: ReferralRef,
    pub(super) referral: Referral,
    /// Each with the number of the agency that makes it.
    pub(super) offers: Vec<(u32, Offer)>,
}

/// Searches of a region.
pub(super) struct Searches<'r> {
    pub(super) order: &'r Order,
    pub(super) land: &'r [Authority],
    pub(super) agencies: &'r [Agency],
}

/// Whom a search is for.
struct Sought {
    market: &'static Market,
    ages: Vec<u16>,
    sex: Sex,
    needs: Vec<Needs>,
    needed_by: Date,
}

impl Searches<'_> {
    /// The searches of the n-th authority, in their order.
    pub(super) fn of(&self, authority: usize) -> impl Iterator<Item = Search> {
        let first = u32::try_from(authority).unwrap_or(u32::MAX);
        (first..self.order.referrals).step_by(self.land.len().max(1)).filter_map(move |number| self.search(number))
    }

    fn search(&self, number: u32) -> Option<Search> {
        let mut draw = Draw::of(self.order.seed, number, Purpose::Search);
        let authority = self.land.get(number as usize % self.land.len().max(1))?;
        let mut name = b"R-".to_vec();
        name.extend((0..SIGNS_OF_A_NAME).map(|_| SIGNS[draw.below(SIGNS.len() as u32) as usize]));
        let name = ReferralRef::read(&name).ok()?;
        let begun = later(self.order.as_at, -draw.days(0, DAYS_BACK));
        let sought = self.sought(begun, &mut draw)?;
        let mut offers = self.offers(number, &sought, begun, &mut draw);
        let status = outcome(&mut offers, begun, self.order.as_at, &mut draw);
        let referral = referral(&sought, authority, begun, status, &mut draw);
        Some(Search { name, referral, offers })
    }

    fn sought(&self, begun: Date, draw: &mut Draw) -> Option<Sought> {
        let age =
            |draw: &mut Draw| draw.weighted(&[(0, 10), (1, 5), (3, 8), (6, 15), (9, 15), (12, 20), (14, 17), (16, 10)]);
        let ages: Vec<u16> = (0..draw.weighted(&[(1, 85), (2, 12), (3, 3)])).map(|_| age(draw)).collect();
        let oldest = ages.iter().copied().max()?;
        let offered = |market: &&Market| self.agencies.iter().any(|agency| agency.market.id == market.id);
        let fitting = MARKETS.iter().filter(offered).find(|market| match market.provision {
            Provision::SupportedAccommodation => ages.iter().all(|age| *age >= 16),
            Provision::Residential => oldest >= 8 && ages.len() == 1 && draw.chance(200),
            Provision::Fostering => oldest < 16 || draw.chance(500),
        });
        // Where nobody offers what would do best, whoever offers anything is asked.
        let market = fitting.or_else(|| MARKETS.iter().find(offered))?;
        let needed_by = later(begun, draw.weighted(&[(0, 15), (2, 20), (4, 25), (9, 20), (20, 20)]));
        Some(Sought {
            market,
            ages,
            sex: draw.pick(&[Sex::Male, Sex::Female]),
            needs: draw.some(&SKILLS, 0, 3),
            needed_by,
        })
    }

    /// What agencies of the market answer: a home that fits, that they have none, or nothing.
    fn offers(&self, number: u32, sought: &Sought, begun: Date, draw: &mut Draw) -> Vec<(u32, Offer)> {
        let of_the_market: Vec<&Agency> =
            self.agencies.iter().filter(|agency| agency.market.id == sought.market.id).collect();
        let mut offers = Vec::new();
        for agency in draw.some(&of_the_market, 1, ASKED_MAX) {
            let homes = HomeOf { order: self.order, land: self.land, agency };
            let count = agency.homes.len() as u32;
            let home = (0..THOUGHT_OF_MAX.min(count))
                .map(|_| homes.home(agency.homes.start + draw.below(count)))
                .find(|home| sought.fits(home));
            let nth = offers.len() + 1;
            let offer = match home {
                Some(home) => sought.offer(&home, agency, begun, draw),
                None if draw.chance(350) => no_offer(agency),
                None => continue,
            };
            offers.push((agency.number, Offer { offer_id: Said::Is(format!("O-{number:05}-{nth}").into()), ..offer }));
        }
        offers
    }
}

impl Sought {
    fn fits(&self, home: &Vacancy) -> bool {
        let Some(more) = home.more.as_deref() else { return false };
        let (Said::Is(who_for), Said::Is(places)) = (&more.who_for, &more.places) else { return false };
        let (Said::Is(youngest), Said::Is(oldest)) = (who_for.age_min, who_for.age_max) else { return false };
        let may_live = |genders: &[WhoCouldLiveHere]| {
            let theirs = if self.sex == Sex::Female { WhoCouldLiveHere::Female } else { WhoCouldLiveHere::Male };
            genders.contains(&WhoCouldLiveHere::Any) || genders.contains(&theirs)
        };
        let refuses = |needs: &Vec<Needs>| needs.iter().any(|need| self.needs.contains(need));
        home.status == Said::Is(VacancyStatus::Open)
            && self.ages.iter().all(|age| (youngest.get()..=oldest.get()).contains(age))
            && matches!(&who_for.genders, Said::Is(genders) if may_live(genders))
            && places.available.is().is_some_and(|free| usize::from(free.get()) >= self.ages.len())
            && !matches!(&more.skills_not, Said::Is(needs) if refuses(needs))
    }

    fn offer(&self, home: &Vacancy, agency: &Agency, begun: Date, draw: &mut Draw) -> Offer {
        let more = home.more.as_deref();
        let lot = home.lot.as_ref().is().map_or("", |lot| lot);
        let price = self.market.price(lot, self.ages.first().copied().unwrap_or(0));
        let answers = self.needs.iter().map(|need| {
            let has = |needs: &Said<Vec<Needs>>| matches!(needs, Said::Is(needs) if needs.contains(need));
            let met = more.is_some_and(|more| has(&more.skills));
            use schemas::code::Code as _;
            OfferAnswer {
                criterion: Said::Is(format!("skill:{}", need.word()).into()),
                answer: Said::Is(if met { CriterionAnswer::Met } else { CriterionAnswer::Unknown }),
                note: Said::NotAsked,
            }
        });
        let until = later(begun, draw.days(2, 5));
        Offer {
            status: Said::Is(OfferStatus::Offered),
            provider_urn: Said::Is(agency.urn.as_str().into()),
            vacancy_id: home.vacancy_id.clone(),
            carer_ref: home.carer_ref.clone(),
            more: Some(Box::new(OfferMore {
                children: Said::Is((1..=self.ages.len()).filter_map(|nth| Number::new(nth as u16)).collect()),
                available_from: Said::Is(self.needed_by),
                valid_until: at(until, 17),
                fee: Said::Is(OfferFee {
                    weekly: pence(price * 100),
                    framework_price: Said::Is(true),
                    ..OfferFee::default()
                }),
                answers: some(answers.collect()),
                conditions: some(if draw.chance(300) { vec!["Visit before the move".into()] } else { Vec::new() }),
                fit: Said::Is(draw.pick(&FITS).into()),
                ..OfferMore::default()
            })),
            ..Offer::default()
        }
    }

    fn child(&self, nth: usize, age: u16, authority: &Authority, draw: &mut Draw) -> ReferredChild {
        let is_infant = age < 2;
        let risk = |draw: &mut Draw, per_mille: u32| {
            Said::Is(if draw.chance(per_mille) { RiskLevel::Present } else { RiskLevel::NoneKnown })
        };
        // What is asked of carers is the risk that the child is under.
        let per_mille = |need: Needs| if self.needs.contains(&need) { 1_000 } else { 30 };
        let district = authority.districts.first().map_or(Said::NotAsked, |district| Said::Is(district.outward));
        ReferredChild {
            child_no: Number::new(nth as u16).map_or(Said::NotAsked, Said::Is),
            age_years: if is_infant { Said::NotAsked } else { Number::new(age).map_or(Said::NotAsked, Said::Is) },
            infant_age: if is_infant {
                Said::Is(draw.pick(&[
                    InfantAge::UnderSixMonths,
                    InfantAge::SixToElevenMonths,
                    InfantAge::TwelveToTwentyThreeMonths,
                ]))
            } else {
                Said::NotAsked
            },
            sex: Said::Is(self.sex),
            ethnic_group: Said::Is(draw.weighted(&[
                (EthnicGroup::White, 62),
                (EthnicGroup::Asian, 16),
                (EthnicGroup::Black, 12),
                (EthnicGroup::Mixed, 10),
            ])),
            language_group: Said::Is(draw.weighted(&[(LanguageGroup::English, 85), (LanguageGroup::Other, 15)])),
            legal_status_group: Said::Is(draw.weighted(&[
                (LegalStatusGroup::FullOrder, 45),
                (LegalStatusGroup::InterimOrder, 30),
                (LegalStatusGroup::Accommodated, 25),
            ])),
            uasc: Said::Is(self.needs.contains(&Needs::Unaccompanied)),
            needs: Said::Is(ChildNeeds {
                communication_needed: Said::Is(PresenceStatus::No),
                communication: Said::Is(vec![CommunicationNeed::None]),
                home_adaptation: Said::Is(false),
                disability: Said::Is(vec![Disability::NoDisability]),
                sdq_band: Said::Is(draw.pick(&[SdqBand::Normal, SdqBand::Borderline, SdqBand::CauseForConcern])),
                sen: Said::Is(
                    draw.weighted(&[(SenProvisionKind::NoProvision, 60), (SenProvisionKind::SenSupport, 40)]),
                ),
                skills: some(self.needs.clone()),
                culture: Said::Is(CulturalNeed::NotRequired),
                ..ChildNeeds::default()
            }),
            risks: Said::Is(ChildRisks {
                to_self: Said::Is(RisksToSelf {
                    self_harm: risk(draw, per_mille(Needs::SelfHarm)),
                    criminal_exploitation: risk(draw, per_mille(Needs::CriminalExploitation)),
                    drugs_alcohol: risk(draw, per_mille(Needs::SubstanceUse)),
                    eating_disorder: risk(draw, 20),
                    missing: risk(draw, per_mille(Needs::Missing)),
                    sexual_exploitation: risk(draw, per_mille(Needs::SexualExploitation)),
                }),
                to_others: Said::Is(RisksToOthers {
                    physical: risk(draw, per_mille(Needs::Aggression)),
                    sexual: risk(draw, 10),
                    fire: risk(draw, per_mille(Needs::FireSetting)),
                    animals: risk(draw, 10),
                    criminal: risk(draw, 20),
                }),
            }),
            deprivation_of_liberty: Said::Is(false),
            education: if age >= 5 {
                Said::Is(ReferredEducation {
                    phase: Said::Is(if age < 11 { EducationPhase::Primary } else { EducationPhase::Secondary }),
                    outward_postcode: district,
                    keep_school: Said::Is(draw.chance(600)),
                })
            } else {
                Said::NotAsked
            },
            likes: Said::Is(draw.some(&LIKES, 1, 3).into_iter().map(Into::into).collect()),
            ..ReferredChild::default()
        }
    }
}

const FITS: [&str; 3] = [
    "Experienced carers with room and time",
    "A quiet home near the school",
    "Carers who have done this before, with support on call",
];
const LIKES: [&str; 6] = ["football", "baking", "drawing", "dogs", "swimming", "music"];

fn no_offer(agency: &Agency) -> Offer {
    let more = OfferMore { no_offer_reason: Said::Is(OfferReason::NoVacancy), ..OfferMore::default() };
    Offer {
        status: Said::Is(OfferStatus::NoOffer),
        provider_urn: Said::Is(agency.urn.as_str().into()),
        more: Some(Box::new(more)),
        ..Offer::default()
    }
}

/// How a search stands, and what became of its offers: one is accepted at most.
fn outcome(
    offers: &mut [(u32, Offer)],
    begun: Date,
    as_at: Date,
    draw: &mut Draw,
) -> (ReferralStatus, Option<ReferralCloseReason>) {
    let mut homes: Vec<&mut Offer> = offers
        .iter_mut()
        .map(|(_, offer)| offer)
        .filter(|offer| offer.status == Said::Is(OfferStatus::Offered))
        .collect();
    let is_new = as_at.days_since(begun) <= 2;
    match (homes.is_empty(), draw.below(100)) {
        _ if is_new => (ReferralStatus::Open, None),
        (false, 0..60) => {
            let chosen = draw.below(homes.len() as u32) as usize;
            for (nth, offer) in homes.iter_mut().enumerate() {
                decide(offer, begun, if nth == chosen { None } else { Some(OfferReason::ChosenAnother) });
            }
            (ReferralStatus::Matched, None)
        }
        (_, 0..70) => {
            homes.iter_mut().for_each(|offer| decide(offer, begun, Some(OfferReason::WithdrawnReferral)));
            let reasons = [
                ReferralCloseReason::PlacedInHouse,
                ReferralCloseReason::PlacedElsewhere,
                ReferralCloseReason::Withdrawn,
            ];
            (ReferralStatus::Closed, Some(draw.pick(&reasons)))
        }
        _ => {
            homes.iter_mut().for_each(|offer| offer.status = Said::Is(OfferStatus::Expired));
            (ReferralStatus::Closed, Some(ReferralCloseReason::NoMatch))
        }
    }
}

fn decide(offer: &mut Offer, begun: Date, why_not: Option<OfferReason>) {
    offer.status = Said::Is(if why_not.is_none() { OfferStatus::Accepted } else { OfferStatus::Declined });
    let decision = OfferDecision {
        at: at(later(begun, 2), 11),
        by: why_not.is_none().then(person).map_or(Said::NotAsked, Said::Is),
        reason: why_not.map_or(Said::NotAsked, Said::Is),
    };
    offer.more.get_or_insert_default().decision = Said::Is(decision);
}

fn person() -> DecidedBy {
    DecidedBy { name: Said::Is("Invented Officer".into()), role: Said::Is("Placements officer".into()) }
}

fn referral(
    sought: &Sought,
    authority: &Authority,
    begun: Date,
    (status, close_reason): (ReferralStatus, Option<ReferralCloseReason>),
    draw: &mut Draw,
) -> Referral {
    let soon = sought.needed_by.days_since(begun);
    let suits = |provision| {
        let is_sought = sought.market.provision == provision;
        Said::Is(if is_sought { SuitabilityLevel::Preferred } else { SuitabilityLevel::NotSpecified })
    };
    let district = draw.below(authority.districts.len() as u32) as usize;
    let wave = |number, to: &str, hours: Option<u16>| ReferralWave {
        number: Number::new(number).map_or(Said::NotAsked, Said::Is),
        to: Said::Is(vec![to.into()]),
        after_hours: hours.and_then(Number::new).map_or(Said::NotAsked, Said::Is),
        opened_at: if number == 1 { at(begun, 9) } else { Said::NotAsked },
        opened_by: if number == 1 { Said::Is(person()) } else { Said::NotAsked },
        ..ReferralWave::default()
    };
    let children = sought.ages.iter().zip(1..).map(|(age, nth)| sought.child(nth, *age, authority, draw)).collect();
    let more = ReferralMore {
        issued_by: Said::Is(person()),
        waves: Said::Is(vec![wave(1, "in-house", None), wave(2, "tier:1", Some(8)), wave(3, "tier:2", Some(16))]),
        authority: Said::Is(ReferralAuthority {
            code: Said::Is(authority.code),
            team: Said::Is("Home-finding".into()),
            email: Said::Is(format!("homes@la-{}.example", authority.code).into()),
            ..ReferralAuthority::default()
        }),
        framework: Said::Is(ReferralFramework {
            id: Said::Is(sought.market.id.into()),
            ..ReferralFramework::default()
        }),
        request: Said::Is(PlacementRequest {
            needed_by: Said::Is(sought.needed_by),
            urgency: Said::Is(match soon {
                0 => ReferralUrgency::Today,
                1..5 => ReferralUrgency::WithinFiveDays,
                _ => ReferralUrgency::BeyondFiveDays,
            }),
            planned: Said::Is(soon > 4),
            expected_duration: Said::Is(draw.pick(&[PlacementDuration::UpToSixMonths, PlacementDuration::UntilAdult])),
            suitability: Said::Is(Suitability {
                foster_care: suits(Provision::Fostering),
                residential_care: suits(Provision::Residential),
                supported_accommodation: suits(Provision::SupportedAccommodation),
            }),
            ..PlacementRequest::default()
        }),
        children: Said::Is(children),
        siblings: Said::Is(ReferredSiblings {
            together_count: small(sought.ages.len() as u32 - 1),
            apart_allowed: Said::Is(draw.chance(300)),
        }),
        matching: Said::Is(Matching {
            living_companions: Said::Is(LivingCompanions::NoPreference),
            pets: Said::Is(draw.pick(&[PetsAllowance::Can, PetsAllowance::Must, PetsAllowance::No])),
            is_local: Said::Is(true),
            search_from: authority
                .districts
                .get(district)
                .map_or(Said::NotAsked, |district| Said::Is(district.outward)),
            max_miles: small(10 + 5 * draw.below(5)),
            ..Matching::default()
        }),
        summary: Said::Is("Looking for patient carers who will keep school and friends going.".into()),
        ..ReferralMore::default()
    };
    Referral {
        status: Said::Is(status),
        close_reason: close_reason.map_or(Said::NotAsked, Said::Is),
        revision: Number::new(1).map_or(Said::NotAsked, Said::Is),
        issued_at: at(begun, 9),
        respond_by: at(later(begun, 2), 17),
        more: Some(Box::new(more)),
    }
}

/// An hour of a day.
fn at(day: Date, hour: u8) -> Said<DateTime> {
    DateTime::read(format!("{day}T{hour:02}:00:00+00:00").as_bytes()).map_or(Said::NotAsked, Said::Is)
}
