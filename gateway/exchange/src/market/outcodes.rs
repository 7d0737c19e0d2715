//! How far two outward codes are from each other, by the middle of each on the National Grid.
//!
//! Limits: [`OUTCODES_MAX`] rows; metres within Great Britain. Format: `outcode,easting,northing`, the mean of the live
//! postcodes of an outward code, as made from OS Code-Point Open or the ONS Postcode Directory (IFA formats, section 8).
//! Operations: [`Outcodes::read`], [`Outcodes::miles`], [`same_area`]. Roads are not guessed.

use std::{collections::HashMap, fmt};

use kit::{
    csv::rules::CELL,
    wire::{Heard, Reading, Wire, WireType, Writing, Written},
};
use schemas::postcode::{Postcode, Precision};

use super::reference::{self, Faults, TWICE};

/// The most rows of a table of outward codes; Great Britain has some 2,900.
pub const OUTCODES_MAX: usize = 10_000;

/// How far east the National Grid reaches, in metres.
const EASTING_METRES_MAX: u32 = 700_000;

/// How far north it reaches, in metres.
const NORTHING_METRES_MAX: u32 = 1_300_000;

/// Kilometres of a mile, as the SSDA903 has it.
const KILOMETRES_OF_A_MILE: f64 = 1.6093;

kit::rows! {
    /// The middle of an outward code on the National Grid.
    OutcodeRow = OUTCODES "outcodes" spelt Plain {
        /// The outward code, `B13`.
        outcode: Postcode = "outcode" { loses_row: true, aliases: &["outward", "outward_code", "outward_postcode"] },
        /// Metres east.
        easting: Metres<EASTING_METRES_MAX> = "easting" { loses_row: true, aliases: &["eastings", "oseast1m"] },
        /// Metres north.
        northing: Metres<NORTHING_METRES_MAX> = "northing" { loses_row: true, aliases: &["northings", "osnrth1m"] },
    }
}

/// Whole metres on one axis of the grid, `MOST` at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metres<const MOST: u32>(u32);

/// The middle of an outward code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Middle {
    east: Metres<EASTING_METRES_MAX>,
    north: Metres<NORTHING_METRES_MAX>,
}

/// The middles of outward codes; none of them by default.
#[derive(Clone, Default)]
pub struct Outcodes(HashMap<Postcode, Middle>);

/// How many, not which: a page of numbers would tell nobody anything.
impl fmt::Debug for Outcodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outcodes({})", self.len())
    }
}

impl Outcodes {
    /// Reads the table.
    ///
    /// # Errors
    /// Every fault with its place and rule: no heading row, a cell that is no outward code or no metres within Great
    /// Britain, an outward code that stands twice, more rows than [`OUTCODES_MAX`].
    pub fn read(bytes: &[u8]) -> Result<Self, Faults> {
        let mut middles = HashMap::new();
        reference::read::<OutcodeRow>(bytes, OUTCODES_MAX, |row, at| {
            let (Some(outcode), Some(east), Some(north)) = (row.outcode.is(), row.easting.is(), row.northing.is())
            else {
                return Ok(());
            };
            if outcode.precision() != Precision::Outward {
                return Err(at.breaks(&CELL, "outcode"));
            }
            match middles.insert(outcode, Middle { east, north }) {
                Some(_) => Err(at.breaks(&TWICE, "outcode")),
                None => Ok(()),
            }
        })?;
        Ok(Self(middles))
    }

    /// How many outward codes are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Miles as the crow flies between the outward codes of two postcodes: √(ΔE² + ΔN²) ÷ 1000 ÷ 1.6093 (SSDA903,
    /// distance), not rounded. 0 within one outward code, known or not; `None` where the table lacks one of the two.
    #[must_use]
    pub fn miles(&self, from: Postcode, to: Postcode) -> Option<f64> {
        let (from, to) = (from.outward(), to.outward());
        if from == to {
            return Some(0.0);
        }
        let (from, to) = (self.0.get(&from)?, self.0.get(&to)?);
        let (east, north) = (from.east.0.abs_diff(to.east.0), from.north.0.abs_diff(to.north.0));
        Some(f64::from(east).hypot(f64::from(north)) / 1_000.0 / KILOMETRES_OF_A_MILE)
    }
}

/// Whether two postcodes are in one postcode area, which their first letters name: B13 and B9, not B13 and BS1.
#[must_use]
pub fn same_area(one: Postcode, other: Postcode) -> bool {
    area(one) == area(other)
}

fn area(postcode: Postcode) -> Vec<u8> {
    let mut text = Vec::new();
    postcode.outward().write_compact(&mut text);
    let letters = text.iter().take_while(|character| character.is_ascii_alphabetic()).count();
    text.truncate(letters);
    text
}

/// Digits, and perhaps decimals: they are dropped, for a mean is no truer than a metre.
impl<const MOST: u32> Wire for Metres<MOST> {
    const TYPE: WireType = WireType::Number { most: MOST };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        const DIGITS_MAX: usize = 7;
        let mut halves = cell.splitn(2, |byte| *byte == b'.');
        let (metres, decimals) = (halves.next().unwrap_or_default(), halves.next());
        let is_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if !is_digits(metres) || metres.len() > DIGITS_MAX || !decimals.is_none_or(is_digits) {
            return Heard::Unreadable;
        }
        let metres = metres.iter().fold(0, |metres, digit| metres * 10 + u32::from(digit - b'0'));
        if metres <= MOST { Heard::Is(Self(metres)) } else { Heard::Unreadable }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.to_string().as_bytes());
        Written::Yes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemas::{diagnostic::Place, postcode::PostcodeRead};

    use super::*;

    const THREE: &str = "outcode,easting,northing\nB13,407500,282300\nB14,407900,279700.25\nCV1,433500,279100\n";

    fn postcode(text: &str) -> Postcode {
        match Postcode::read(text.as_bytes()) {
            PostcodeRead::Is(postcode) => postcode,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn miles(outcodes: &Outcodes, from: &str, to: &str) -> Option<f64> {
        outcodes.miles(postcode(from), postcode(to))
    }

    /// Code, line and cell of each fault.
    fn faults(text: &[u8]) -> Vec<(&'static str, u64, Option<u16>)> {
        let told = Outcodes::read(text).expect_err("a faulty table is not taken");
        let told = told.iter().map(|fault| match fault.place {
            Place::Cell { line, column, .. } => (fault.rule.code, line, column),
            _ => (fault.rule.code, 0, None),
        });
        told.collect()
    }

    #[test]
    fn miles_are_those_of_the_return() {
        let outcodes = Outcodes::read(THREE.as_bytes()).unwrap();
        assert_eq!(outcodes.len(), 3);
        // √(400² + 2600²) = 2630.59 m; √(26000² + 3200²) = 26196.2 m.
        assert_eq!(format!("{:.4}", miles(&outcodes, "B13", "B14").unwrap()), "1.6346");
        assert_eq!(format!("{:.4}", miles(&outcodes, "CV1 2AB", "B13 9").unwrap()), "16.2780");
        assert_eq!(miles(&outcodes, "B13 9XX", "B13"), Some(0.0));
        assert_eq!(miles(&outcodes, "B13", "B15"), None);
    }

    #[test]
    fn without_a_table_only_the_same_code_is_near() {
        let none = Outcodes::default();
        assert!(none.is_empty());
        assert_eq!((miles(&none, "B13", "B13 1AA"), miles(&none, "B13", "B14")), (Some(0.0), None));
        for (one, other, same) in
            [("B13", "B9 1AA", true), ("B13", "BS1", false), ("EC1A", "EC2", true), ("E1", "EC1", false)]
        {
            assert_eq!(same_area(postcode(one), postcode(other)), same, "{one} and {other}");
        }
    }

    #[test]
    fn a_table_comes_in_any_order_mark_and_encoding() {
        let utf16: Vec<u8> = "\u{feff}Northing;Outward code;Easting\r\n282300;b13;407500\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for text in [
            &b"\xef\xbb\xbfOutcode,Easting,Northing\r\nB13,407500,282300\r\n"[..],
            b"made on,2026-01-01,\n\noseast1m\tnote\tosnrth1m\toutcode\n0407500\tcaf\xe9\t0282300\tB13\n\t\t\t\n",
            &utf16,
        ] {
            let outcodes = Outcodes::read(text).unwrap();
            assert_eq!(
                outcodes.0.get(&postcode("B13")),
                Some(&Middle { east: Metres(407_500), north: Metres(282_300) })
            );
        }
    }

    #[test]
    fn what_is_no_place_in_great_britain_is_told_at_its_cell() {
        for metres in ["inf", "-1", "+1", "1e5", "700001", "00407500", "407.500.1", "4075.", ".5", "0x1F", "£1"] {
            let text = format!("outcode,easting,northing\nB12,400000,280000\nB13,{metres},282300\n");
            assert_eq!(faults(text.as_bytes()), [("table/cell", 3, Some(2))], "{metres}");
        }
        // A word for nothing, as in every table.
        assert_eq!(faults(b"outcode,easting,northing\nB13,1,NaN\n"), [("table/blank", 2, Some(3))]);
        assert!(Outcodes::read(b"outcode,easting,northing\nB13,700000,1300000\n").is_ok(), "the corner of the grid");
        assert_eq!(faults(b"outcode,easting,northing\nB13,1,1300001\n"), [("table/cell", 2, Some(3))]);
        for outcode in ["B13 9XX", "M1 1", "Moseley", "12345"] {
            let text = format!("outcode,easting,northing\n{outcode},1,1\n");
            assert_eq!(faults(text.as_bytes()), [("table/cell", 2, Some(1))], "{outcode}");
        }
    }

    #[test]
    fn a_hostile_table_is_refused_whole_and_never_quoted() {
        assert_eq!(faults(b""), [("reference/no-headings", 0, None)]);
        assert_eq!(faults(b"\0\0\0\0"), [("reference/no-headings", 0, None)]);
        assert_eq!(faults(b"outcode,easting\nB13,1\n"), [("reference/no-headings", 0, None)]);
        assert_eq!(faults(b"outcode,easting,northing\nB13,1,1\nb13,1,1\n"), [("reference/twice", 3, Some(1))]);
        assert_eq!(faults(b"outcode,easting,northing\nB13,,1\n"), [("table/blank", 2, Some(2))]);
        assert_eq!(faults(b"outcode,easting,northing\nB13,1\n"), [("table/short-row", 2, None)]);
        assert_eq!(faults(b"outcode,easting,northing\nB13,1,1\nB14,1"), [("table/cut-row", 3, None)]);
        assert_eq!(faults(b"outcode,easting,northing\nB13,1,1,1\n"), [("table/long-row", 2, None)]);
        assert_eq!(faults(b"outcode,easting,northing\n\"B13,1,1\n")[0].0, "table/open-quote");
        let many = "outcode,easting,northing\n".to_owned() + &"canary,NaN,1\n".repeat(5_000);
        let told = Outcodes::read(many.as_bytes()).unwrap_err();
        assert_eq!(told.len(), reference::FAULTS_MAX);
        assert!(!format!("{told:?}").contains("canary"));
    }

    #[test]
    fn as_many_outward_codes_as_the_limit_are_taken_and_not_one_more() {
        let codes = (b'A'..=b'Z').flat_map(|one| (b'A'..=b'Z').map(move |two| (one, two)));
        let codes = codes.flat_map(|(one, two)| (10..100).map(move |n| format!("{}{}{n}", one as char, two as char)));
        let rows: Vec<String> = codes.take(OUTCODES_MAX + 1).map(|code| format!("{code},1,1\n")).collect();
        let table = |rows: &[String]| format!("outcode,easting,northing\n{}", rows.concat());
        assert_eq!(Outcodes::read(table(&rows[..OUTCODES_MAX]).as_bytes()).unwrap().len(), OUTCODES_MAX);
        assert_eq!(faults(table(&rows).as_bytes()), [("reference/too-many-rows", OUTCODES_MAX as u64 + 2, None)]);
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "(outcode,easting,northing\n)?([A-Z0-9,.\"\n -]{0,80})") {
            let _ = (Outcodes::read(&bytes), Outcodes::read(near.as_bytes()));
        }

        #[test]
        fn distance_is_the_same_there_and_back(
            (ea, na, eb, nb) in (0..=EASTING_METRES_MAX, 0..=NORTHING_METRES_MAX, 0..=EASTING_METRES_MAX, 0..=NORTHING_METRES_MAX)
        ) {
            let table = format!("outcode,easting,northing\nB1,{ea},{na}\nB2,{eb},{nb}\n");
            let outcodes = Outcodes::read(table.as_bytes()).unwrap();
            let (there, back) = (miles(&outcodes, "B1", "B2").unwrap(), miles(&outcodes, "B2", "B1").unwrap());
            prop_assert!(there == back && (0.0..=918.0).contains(&there), "no two places are farther than the grid's corners");
        }
    }
}
