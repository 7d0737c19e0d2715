//! Places to live that do not exist: homes, agencies and households with registrations and postcodes of no real place.

use std::fmt;

use schemas::date::CollectionYear;

use super::draw::{Draw, Purpose};

/// Where a child is placed, as the episode tells it.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// PLACE.
    pub(super) code: &'static str,
    /// PLACE_PROVIDER; blank where the placement has none (rules 178, 213 and 526).
    pub(super) provider: &'static str,
    /// URN; none where Ofsted registers nothing (rules 218 and 222).
    pub(super) urn: Option<Urn>,
    /// PL_POST.
    pub(super) postcode: Option<Postcode>,
}

/// A registration that Ofsted has not given: the numbers that begin with 9.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Urn(u32);

impl fmt::Display for Urn {
    /// Both forms that the return knows, the older of three.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(3) { write!(f, "SC9{:05}", self.0) } else { write!(f, "9{:06}", self.0) }
    }
}

/// A postcode of an area that no post goes to: none begins with Q or X.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Postcode {
    area: &'static str,
    district: u32,
    sector: u32,
    unit: [char; 2],
}

/// Where children come from, and where they live now: two areas, so that the two are never equal (rule 392d).
const HOME_AREA: &str = "QX";
const PLACEMENT_AREA: &str = "XQ";

/// The letters of inward codes.
const UNIT_LETTERS: [char; 20] =
    ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X', 'Y', 'Z'];

impl Postcode {
    /// Where a child's family lives.
    pub(super) fn of_family(draw: &mut Draw) -> Self {
        Self::in_area(HOME_AREA, draw)
    }

    fn of_placement(draw: &mut Draw) -> Self {
        Self::in_area(PLACEMENT_AREA, draw)
    }

    fn in_area(area: &'static str, draw: &mut Draw) -> Self {
        let unit = [draw.pick(&UNIT_LETTERS), draw.pick(&UNIT_LETTERS)];
        Self { area, district: 1 + draw.below(99), sector: draw.below(10), unit }
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.unit;
        write!(f, "{}{} {}{first}{second}", self.area, self.district, self.sector)
    }
}

/// How many there are of each kind; several children live in one home, as in life.
const AGENCIES: u32 = 12;
const CHILDRENS_HOMES: u32 = 60;
const SECURE_HOMES: u32 = 4;
const SUPPORTED_HOMES: u32 = 30;
const SCHOOLS: u32 = 10;

/// Registrations: the authority's own service, then each kind in a range of its own.
const OWN_SERVICE: Urn = Urn(1);
const FIRST_AGENCY: u32 = 10;
const FIRST_ADOPTION_AGENCY: u32 = 50;
const FIRST_CHILDRENS_HOME: u32 = 100;
const FIRST_SECURE_HOME: u32 = 300;
const FIRST_SUPPORTED_HOME: u32 = 400;
const FIRST_SCHOOL: u32 = 500;
const FIRST_FAMILY_CENTRE: u32 = 600;

/// The first year in which K3 stands in the lists of both validators and Z1 no longer does (care standard, 1.4).
const SUPPORTED_ACCOMMODATION_FIRST_YEAR: u16 = 2025;
const SEMI_INDEPENDENT_LAST_YEAR: u16 = 2023;
const OTHER_PLACEMENTS_FIRST_YEAR: u16 = 2026;

/// What a placement is chosen by.
pub(super) struct Seeking {
    pub(super) seed: u64,
    pub(super) year: CollectionYear,
    /// Age on the day.
    pub(super) age: u8,
    /// Under a care order, so that a child may be placed with parents (rule 378).
    pub(super) care_order: bool,
    /// The day is after supported accommodation began, on 28 October 2023.
    pub(super) supported_accommodation: bool,
    /// Where the child comes from.
    pub(super) home: Postcode,
}

impl Seeking {
    /// A placement that suits age, status and year.
    pub(super) fn choose(&self, draw: &mut Draw) -> Placement {
        let code = match self.age {
            0 => draw.weighted(&[("U6", 62), ("U5", 15), ("U3", 15), ("R3", 8)]),
            1..=9 => draw.weighted(&[("U6", 46), ("U4", 20), ("U3", 16), ("U1", 6), ("P1", 8), ("R2", 1), ("K2", 3)]),
            10..=15 => draw.weighted(&[
                ("U6", 34),
                ("U4", 20),
                ("U3", 9),
                ("U1", 5),
                ("P1", 5),
                ("K2", 20),
                ("S1", 3),
                ("R1", 2),
                ("Z", 2),
            ]),
            _ => draw.weighted(&[
                ("K3", 34),
                ("U6", 18),
                ("U4", 12),
                ("U3", 6),
                ("P1", 4),
                ("K2", 20),
                ("R1", 3),
                ("Z", 3),
            ]),
        };
        self.place(code, draw)
    }

    /// Another placement than the one before: the postcode always differs (rules 435 and 436).
    pub(super) fn choose_other(&self, before: &Placement, draw: &mut Draw) -> Placement {
        let other = self.choose(draw);
        if other.postcode == before.postcode { foster("U6", draw) } else { other }
    }

    fn place(&self, code: &'static str, draw: &mut Draw) -> Placement {
        match code {
            "P1" if self.care_order => Placement { code, provider: "PR0", urn: None, postcode: Some(self.home) },
            "K2" => self.home_of(code, FIRST_CHILDRENS_HOME, draw.below(CHILDRENS_HOMES)),
            "K3" => self.supported(draw),
            "S1" => self.home_of(code, FIRST_SCHOOL, draw.below(SCHOOLS)),
            "R3" => self.home_of(code, FIRST_FAMILY_CENTRE, draw.below(3)),
            "R1" => unregistered(code, "PR4", draw),
            "R2" => unregistered(code, "PR3", draw),
            "Z" if self.year.number() >= OTHER_PLACEMENTS_FIRST_YEAR => {
                unregistered(draw.pick(&["Z11", "Z12", "Z13", "Z14"]), "", draw)
            }
            "Z" => unregistered("Z1", "", draw),
            "P1" => foster("U6", draw),
            foster_code => foster(foster_code, draw),
        }
    }

    /// K3 from 28 October 2023, H5 before (care standard, 1.4); where the return's year and the day disagree, neither.
    fn supported(&self, draw: &mut Draw) -> Placement {
        let year = self.year.number();
        if year >= SUPPORTED_ACCOMMODATION_FIRST_YEAR && self.supported_accommodation {
            self.home_of("K3", FIRST_SUPPORTED_HOME, draw.below(SUPPORTED_HOMES))
        } else if year <= SEMI_INDEPENDENT_LAST_YEAR {
            unregistered("H5", "PR4", draw)
        } else {
            foster("U6", draw)
        }
    }

    /// The n-th home of a kind: one registration, one provider, one postcode, whoever lives there.
    fn home_of(&self, code: &'static str, first: u32, n: u32) -> Placement {
        let mut draw = Draw::of(self.seed, first + n, Purpose::Home);
        let provider = draw.weighted(&[("PR4", 70), ("PR1", 18), ("PR5", 12)]);
        Placement { code, provider, urn: Some(Urn(first + n)), postcode: Some(Postcode::of_placement(&mut draw)) }
    }

    /// Where a child on remand is held.
    pub(super) fn remand(&self, draw: &mut Draw) -> Placement {
        if draw.chance(400) {
            return unregistered("R5", "PR3", draw);
        }
        Placement { provider: "PR2", ..self.home_of("K1", FIRST_SECURE_HOME, draw.below(SECURE_HOMES)) }
    }
}

/// A household of foster carers: relatives and friends under the authority's own service, others also of an agency.
pub(super) fn foster(code: &'static str, draw: &mut Draw) -> Placement {
    let relatives = matches!(code, "U1" | "U2" | "U3");
    let (provider, urn) = if relatives || draw.chance(550) {
        ("PR1", OWN_SERVICE)
    } else {
        let agency = draw.below(AGENCIES);
        (if agency.is_multiple_of(4) { "PR5" } else { "PR4" }, Urn(FIRST_AGENCY + agency))
    };
    Placement { code, provider, urn: Some(urn), postcode: Some(Postcode::of_placement(draw)) }
}

/// The same carers otherwise: long term where it was not, else another house.
pub(super) fn with_same_carer(before: &Placement, draw: &mut Draw) -> Option<(Placement, &'static str)> {
    match before.code {
        "U6" => Some((Placement { code: "U4", ..*before }, "PLACE")),
        "U3" => Some((Placement { code: "U1", ..*before }, "PLACE")),
        "U1" | "U2" | "U4" | "U5" => {
            let moved = Placement { postcode: Some(Postcode::of_placement(draw)), ..*before };
            (moved != *before).then_some((moved, "OTHER"))
        }
        _ => None,
    }
}

/// A household that adopts and was not the child's foster carer.
pub(super) fn adopters(code: &'static str, draw: &mut Draw) -> Placement {
    let (provider, urn) =
        if draw.chance(750) { ("PR1", OWN_SERVICE) } else { ("PR5", Urn(FIRST_ADOPTION_AGENCY + draw.below(4))) };
    Placement { code, provider, urn: Some(urn), postcode: Some(Postcode::of_placement(draw)) }
}

/// A move that ends: no provider, no registration.
pub(super) fn temporary(code: &'static str, draw: &mut Draw) -> Placement {
    unregistered(code, "", draw)
}

/// Short breaks tell neither postcode nor registration (rule 214).
pub(super) fn short_breaks(draw: &mut Draw) -> Placement {
    let (code, provider) = draw.pick(&[("U6", "PR1"), ("U6", "PR5"), ("K2", "PR1"), ("K2", "PR4")]);
    Placement { code, provider, urn: None, postcode: None }
}

fn unregistered(code: &'static str, provider: &'static str, draw: &mut Draw) -> Placement {
    Placement { code, provider, urn: None, postcode: Some(Postcode::of_placement(draw)) }
}
