//! The agencies, homes and providers of a region, and under which framework each offers: none of them exists.

use std::ops::Range;

use schemas::{
    code::{OfstedRating, ProviderSector, Provision, Regulator},
    date::Date,
    identifier::ProviderUrn,
    record::{Duty, Provider, ProviderMore},
    said::Said,
};

use super::{
    super::draw::{Draw, Purpose, later},
    Order,
};

/// Registrations that Ofsted has not given: those that begin with 9, each kind in a range of its own.
const FIRST_AGENCY: u32 = 10_000;
const FIRST_OWN_SERVICE: u32 = 90_000;
const FIRST_CLOSED: u32 = 95_000;

/// One agency in so many has given up, and stands on the register only.
const AGENCIES_OF_A_CLOSED_ONE: u32 = 10;

/// Names of nobody's agency.
const NAMES: [&str; 24] = [
    "Ashbrindle",
    "Bellhollow",
    "Cobblemere",
    "Dovefallow",
    "Elmsorrow",
    "Fennimoor",
    "Gorsedown",
    "Hazelmarch",
    "Ivythorpe",
    "Juniperley",
    "Kitewell",
    "Lanternfield",
    "Mapleharrow",
    "Nettlecombe",
    "Oakspindle",
    "Pebblewick",
    "Quincebury",
    "Rooksway",
    "Starlingdale",
    "Thimbleby",
    "Umberleigh",
    "Vetchwood",
    "Willowmarsh",
    "Yaffleton",
];

/// A framework of the region: what it buys, in which lots, and what a week costs in each.
pub(super) struct Market {
    pub(super) provision: Provision,
    /// As the configuration names it.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// As Ofsted's register has it.
    pub(super) registered_as: &'static str,
    /// What stands after the name of an agency.
    kind: &'static str,
    /// Its lots with the share of homes in each, and the price of a week for the youngest, in pounds.
    pub(super) lots: [(&'static str, u32, u32); 4],
    /// Bands of ages, with what a week costs beyond the youngest, in per cent.
    pub(super) ages: &'static [(u16, u16, u32)],
}

/// The three frameworks.
pub(super) static MARKETS: [Market; 3] = [
    Market {
        provision: Provision::Fostering,
        id: "region-fostering",
        name: "Invented Region Fostering",
        registered_as: "Independent Fostering Agency",
        kind: "Fostering",
        lots: [("standard", 62, 860), ("enhanced", 24, 990), ("specialist", 9, 1_270), ("parent-and-child", 5, 1_620)],
        ages: &[(0, 4, 0), (5, 10, 3), (11, 15, 8), (16, 25, 12)],
    },
    Market {
        provision: Provision::Residential,
        id: "region-residential",
        name: "Invented Region Children's Homes",
        registered_as: "Children's Home",
        kind: "House",
        lots: [("group", 60, 4_400), ("therapeutic", 25, 5_800), ("solo", 10, 8_200), ("short-breaks", 5, 3_100)],
        ages: &[(0, 25, 0)],
    },
    Market {
        provision: Provision::SupportedAccommodation,
        id: "region-supported",
        name: "Invented Region Supported Accommodation",
        registered_as: "Supported Accommodation",
        kind: "Living",
        lots: [("shared", 45, 1_050), ("ring-fenced", 20, 1_180), ("self-contained", 20, 1_540), ("lodgings", 15, 620)],
        ages: &[(16, 17, 0), (18, 25, 2)],
    },
];

impl Market {
    /// What a week costs in a lot at an age, in pounds.
    pub(super) fn price(&self, lot: &str, age: u16) -> u32 {
        let base = self.lots.iter().find(|(name, ..)| *name == lot).map_or(0, |(_, _, pounds)| *pounds);
        let more = self.ages.iter().find(|(from, to, _)| (*from..=*to).contains(&age)).map_or(0, |(.., more)| *more);
        base + base * more / 100
    }
}

/// Somebody who offers homes.
pub(super) struct Agency {
    pub(super) number: u32,
    pub(super) urn: ProviderUrn,
    pub(super) name: String,
    pub(super) market: &'static Market,
    /// Its homes, by their numbers in the region.
    pub(super) homes: Range<u32>,
    /// In which authorities they are, by number.
    pub(super) serves: Vec<usize>,
    pub(super) sector: ProviderSector,
    pub(super) rating: OfstedRating,
    pub(super) rating_date: Option<Date>,
}

/// Every agency with its share of the homes; each has one at least.
pub(super) fn agencies(order: &Order) -> Vec<Agency> {
    let weight = |number: u32| -> u64 {
        let mut draw = Draw::of(order.seed, number, Purpose::Share);
        match market_of(number).provision {
            // A few are national, most are of the region.
            Provision::Fostering if draw.chance(120) => 150 + u64::from(draw.below(150)),
            Provision::Fostering => 12 + u64::from(draw.below(60)),
            Provision::Residential => 1,
            Provision::SupportedAccommodation => 8 + u64::from(draw.below(20)),
        }
    };
    let whole: u64 = (0..order.agencies).map(weight).sum::<u64>().max(1);
    let shared = u64::from(order.carers.saturating_sub(order.agencies));
    let (mut first, mut weighed) = (0_u32, 0_u64);
    let share = |weighed: u64| u32::try_from(shared * weighed / whole).unwrap_or(u32::MAX);
    let mut agencies = Vec::new();
    for number in 0..order.agencies {
        let before = share(weighed);
        weighed += weight(number);
        let homes = first..first + 1 + share(weighed) - before;
        first = homes.end;
        agencies.extend(agency(order, number, homes));
    }
    agencies
}

/// Four of five foster; the others are homes and supported accommodation.
fn market_of(number: u32) -> &'static Market {
    let [fostering, residential, supported] = &MARKETS;
    match number % 17 {
        13 | 15 => residential,
        16 => supported,
        _ => fostering,
    }
}

fn agency(order: &Order, number: u32, homes: Range<u32>) -> Option<Agency> {
    let mut draw = Draw::of(order.seed, number, Purpose::Agency);
    let market = market_of(number);
    let rating = draw.weighted(&[
        (OfstedRating::Outstanding, 20),
        (OfstedRating::Good, 62),
        (OfstedRating::RequiresImprovement, 11),
        (OfstedRating::Inadequate, 1),
        (OfstedRating::NotYetInspected, 6),
    ]);
    let inspected = later(order.as_at, -draw.days(30, 1_100));
    let authorities: Vec<usize> = (0..order.authorities as usize).collect();
    // A children's home stands in one place.
    let serves = if market.provision == Provision::Residential {
        draw.some(&authorities, 1, 1)
    } else {
        draw.some(&authorities, 2, 6)
    };
    Some(Agency {
        number,
        urn: urn(FIRST_AGENCY + number)?,
        name: name_of(number, market),
        market,
        homes,
        serves,
        sector: draw.weighted(&[(ProviderSector::Private, 78), (ProviderSector::Voluntary, 22)]),
        rating,
        rating_date: (rating != OfstedRating::NotYetInspected).then_some(inspected),
    })
}

fn name_of(number: u32, market: &Market) -> String {
    let (nth, round) = (number as usize % NAMES.len(), number as usize / NAMES.len());
    let name = NAMES[nth];
    if round == 0 { format!("{name} {}", market.kind) } else { format!("{name} {} {}", market.kind, round + 1) }
}

fn urn(number: u32) -> Option<ProviderUrn> {
    ProviderUrn::read(Regulator::Ofsted, format!("SC9{number:05}").as_bytes()).ok()
}

impl Agency {
    /// What it says of itself.
    pub(super) fn provider(&self) -> Provider {
        let number = self.number;
        Provider {
            name: Said::Is(self.name.as_str().into()),
            sector: Said::Is(self.sector),
            rating: Said::Is(self.rating),
            rating_date: self.rating_date.map_or(Said::NotAsked, Said::Is),
            more: Some(Box::new(ProviderMore {
                company_number: Said::Is(format!("{:08}", 99_000_000 + number).into()),
                duty: Said::Is(Duty {
                    email: Said::Is(format!("duty@agency-{}.example", number + 1).into()),
                    phone: Said::Is(format!("01632 960{number:03}").into()),
                }),
                ..ProviderMore::default()
            })),
        }
    }
}

/// A row of Ofsted's register.
pub(super) struct Listed {
    pub(super) urn: ProviderUrn,
    pub(super) registered_as: &'static str,
    pub(super) status: &'static str,
    pub(super) name: String,
    pub(super) sector: &'static str,
    pub(super) rating: &'static str,
    pub(super) rating_date: Option<Date>,
}

/// The authorities' own services, which are asked first.
pub(super) fn own_services(count: u32) -> Vec<ProviderUrn> {
    (0..count).filter_map(|number| urn(FIRST_OWN_SERVICE + number)).collect()
}

/// Everybody whom the register has: who offers, the authorities' own services, and some who have given up.
pub(super) fn register(order: &Order, agencies: &[Agency]) -> Vec<Listed> {
    let offer = agencies.iter().map(|agency| Listed {
        urn: agency.urn,
        registered_as: agency.market.registered_as,
        status: "Active",
        name: agency.name.clone(),
        sector: if agency.sector == ProviderSector::Voluntary { "Voluntary" } else { "Private" },
        rating: words_of(agency.rating),
        rating_date: agency.rating_date,
    });
    let own = own_services(order.authorities).into_iter().zip(1..).map(|(urn, nth)| Listed {
        urn,
        registered_as: "Local Authority Fostering Agency",
        status: "Active",
        name: format!("Invented Council {nth} Fostering"),
        sector: "Local Authority",
        rating: words_of(OfstedRating::Good),
        rating_date: Some(later(order.as_at, -400)),
    });
    let closed = (0..order.agencies / AGENCIES_OF_A_CLOSED_ONE).filter_map(|number| {
        let [fostering, ..] = &MARKETS;
        Some(Listed {
            urn: urn(FIRST_CLOSED + number)?,
            registered_as: fostering.registered_as,
            status: if number % 2 == 0 { "Cancelled" } else { "Resigned" },
            name: format!("Former {} Fostering", NAMES[number as usize % NAMES.len()]),
            sector: "Private",
            rating: words_of(OfstedRating::Inadequate),
            rating_date: Some(later(order.as_at, -700)),
        })
    });
    offer.chain(own).chain(closed).collect()
}

/// A judgement as the register writes it.
fn words_of(rating: OfstedRating) -> &'static str {
    match rating {
        OfstedRating::Outstanding => "Outstanding",
        OfstedRating::Good => "Good",
        OfstedRating::RequiresImprovement => "Requires improvement to be good",
        OfstedRating::Inadequate => "Inadequate",
        OfstedRating::NotYetInspected => "Not yet inspected",
    }
}
