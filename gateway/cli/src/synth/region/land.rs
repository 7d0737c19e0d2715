//! The land of a region that does not exist: authorities that do, each with outward codes that no post goes to.

use std::fmt;

use schemas::{
    code::LOCAL_AUTHORITIES,
    identifier::LaCode,
    postcode::{Postcode, PostcodeRead},
};

use super::super::draw::{Draw, Purpose};

/// The members of the framework after which the region is sized; a larger one goes on with the other authorities.
const FIRST: [u16; 14] = [330, 331, 332, 333, 334, 335, 336, 860, 861, 884, 885, 893, 894, 937];

/// Most authorities: those of the list.
pub(super) const AUTHORITIES_MAX: u32 = 150;

/// What an outward code begins with: no real one begins with Q or X.
const AREA_FIRST: [char; 2] = ['Q', 'X'];
const AREA_SECOND: [char; 20] =
    ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'U', 'W', 'Y'];

/// Districts of an authority; areas that come round again go on above them.
const DISTRICTS_MIN: u32 = 8;
const DISTRICTS_MAX: u32 = 16;

/// The middle of the first authority, and from one to the next, in metres.
const EASTING_METRES: u32 = 380_000;
const NORTHING_METRES: u32 = 250_000;
const COLUMN_METRES: u32 = 17_000;
const ROW_METRES: u32 = 14_000;
const COLUMNS: u32 = 5;

/// How far the middle of a district is from that of its authority on either axis, at most.
const DISTRICT_METRES: u32 = 8_000;

/// An authority and its outward codes.
pub(super) struct Authority {
    pub(super) code: LaCode,
    pub(super) districts: Vec<District>,
}

/// An outward code and its middle on the National Grid.
#[derive(Clone, Copy)]
pub(super) struct District {
    pub(super) outward: Postcode,
    easting_metres: u32,
    northing_metres: u32,
}

impl fmt::Display for District {
    /// A row of the table of outward codes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outward = Vec::new();
        self.outward.write_compact(&mut outward);
        write!(f, "{},{},{}", String::from_utf8_lossy(&outward), self.easting_metres, self.northing_metres)
    }
}

/// So many authorities of the list, the fewer the same as the first of the more.
pub(super) fn authorities(seed: u64, count: u32) -> Vec<Authority> {
    let others = LOCAL_AUTHORITIES.iter().map(|(code, _)| *code).filter(|code| !FIRST.contains(code));
    let codes = FIRST.into_iter().chain(others).filter_map(LaCode::new);
    (0..count).zip(codes).map(|(number, code)| authority(seed, number, code)).collect()
}

fn authority(seed: u64, number: u32, code: LaCode) -> Authority {
    let mut draw = Draw::of(seed, number, Purpose::Land);
    let areas = AREA_FIRST.len() as u32 * AREA_SECOND.len() as u32;
    let (area, round) = (number % areas, number / areas);
    let letters = [
        AREA_FIRST[(area / AREA_SECOND.len() as u32) as usize % AREA_FIRST.len()],
        AREA_SECOND[(area % AREA_SECOND.len() as u32) as usize],
    ];
    let (column, row) = (number % COLUMNS, number / COLUMNS);
    let middle = (EASTING_METRES + column * COLUMN_METRES, NORTHING_METRES + row * ROW_METRES);
    let count = DISTRICTS_MIN + draw.below(DISTRICTS_MAX - DISTRICTS_MIN + 1);
    let districts = (1..=count).filter_map(|nth| {
        let text = format!("{}{}{}", letters[0], letters[1], round * DISTRICTS_MAX + nth);
        let PostcodeRead::Is(outward) = Postcode::read(text.as_bytes()) else { return None };
        let mut near = |metres: u32| metres + draw.below(2 * DISTRICT_METRES + 1) - DISTRICT_METRES;
        Some(District { outward, easting_metres: near(middle.0), northing_metres: near(middle.1) })
    });
    Authority { code, districts: districts.collect() }
}
