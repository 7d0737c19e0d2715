//! What a framework pays in a week: by lot, age and day.
//!
//! Limits: [`PRICES_MAX`] rows. Format: the columns of the table `fees` (IFA formats, section 2.1). Operations:
//! [`Prices::read`], [`Prices::price`]. The narrowest row counts: that of the fewest ages, then of the fewest days; two
//! rows that are equally narrow and meet are a fault, for nobody could tell which of them holds.

use kit::csv::rules::CELL;
use schemas::{
    date::{Date, YEARS},
    diagnostic::{Diagnostic, Place, Rule, Severity},
    money::Pence,
    reflect::Number,
};

use super::{
    framework::is_same_name,
    reference::{self, Faults, ORDER},
};

/// The most rows of a price list.
pub const PRICES_MAX: usize = 5_000;

/// The oldest age that a price may be for, in years.
pub const AGE_MAX: u16 = 25;

const fn rule(code: &'static str, message: &'static str, help: &'static str) -> Rule {
    Rule { code, severity: Severity::Error, message, help, source: "IFA formats, section 2.1, table fees" }
}

/// A row of a framework that is not configured.
pub static NO_SUCH_FRAMEWORK: Rule = rule(
    "reference/no-such-framework",
    "This is the id of no [[framework]]",
    "Write the `id` of the framework, or remove the row.",
);

/// A row of a lot that the framework does not have.
pub static NO_SUCH_LOT: Rule =
    rule("reference/no-such-lot", "The framework has no lot of this name", "Write one of the framework's `lots`.");

/// A row of one vacancy.
pub static PRICE_OF_A_VACANCY: Rule = rule(
    "reference/price-of-a-vacancy",
    "A price list of a framework is for every agency; this row is for one vacancy",
    "Leave the cell blank, and let the agency say the price of its vacancy in its own file.",
);

/// Two rows that hold at once.
pub static TWO_PRICES: Rule = rule(
    "reference/two-prices",
    "A row above is for the same lot, equally narrow, and for some of the same ages and days",
    "End the older one the day before the newer begins, or let their ages part.",
);

kit::rows! {
    /// A price of a framework.
    PriceRow = PRICES "fees" spelt Plain {
        /// The framework, by its `id`.
        framework: Box<str> = "framework" { loses_row: true },
        /// The lot.
        lot: Box<str> = "lot" { loses_row: true },
        /// The vacancy that it is for; in a framework's own list blank.
        vacancy_id: Box<str> = "vacancy_id" { required: false },
        /// From this age, in years; blank: from birth.
        age_from: Number<AGE_MAX> = "age_from" {},
        /// Up to this age, in years; blank: whatever the age.
        age_to: Number<AGE_MAX> = "age_to" {},
        /// The price of a week, in pounds and without value added tax.
        weekly_fee: Pence = "weekly_fee" { loses_row: true },
        /// From this day; blank: from ever.
        valid_from: Date = "valid_from" {},
        /// Until this day; blank: until further notice.
        valid_to: Date = "valid_to" {},
    }
}

/// The prices of one framework, the narrowest first; none of them by default.
#[derive(Clone, Debug, Default)]
pub struct Prices(Vec<Price>);

#[derive(Clone, Debug)]
struct Price {
    lot: Box<str>,
    ages: (u16, u16),
    days: (Date, Date),
    weekly: Pence,
}

/// The framework whose prices are read.
#[derive(Clone, Copy, Debug)]
pub struct PricesOf<'c> {
    /// Its id.
    pub framework: &'c str,
    /// Its lots.
    pub lots: &'c [Box<str>],
    /// The ids of all frameworks, for one file may hold the prices of several.
    pub frameworks: &'c [&'c str],
}

impl Prices {
    /// Reads the rows of one framework.
    ///
    /// # Errors
    /// Every fault with its place and rule: no heading row, a framework or lot that is not configured, a row for one
    /// vacancy, no amount, a range that ends before it begins, two prices at once, more rows than [`PRICES_MAX`].
    pub fn read(bytes: &[u8], of: PricesOf<'_>) -> Result<Self, Faults> {
        let mut placed: Vec<(Price, Place)> = Vec::new();
        // What has no end ends with the calendar: so that a new price without one goes before an old one without one.
        let always = (Date::new(*YEARS.start(), 1, 1), Date::new(*YEARS.end(), 12, 31));
        reference::read::<PriceRow>(bytes, PRICES_MAX, |row, at| {
            let (Some(framework), Some(lot), Some(weekly)) = (row.framework.is(), row.lot.is(), row.weekly_fee.is())
            else {
                return Err(at.breaks(&CELL, "framework"));
            };
            if !of.frameworks.iter().any(|id| is_same_name(id, &framework)) {
                return Err(at.breaks(&NO_SUCH_FRAMEWORK, "framework"));
            }
            if !is_same_name(of.framework, &framework) {
                return Ok(());
            }
            let Some(lot) = of.lots.iter().find(|known| is_same_name(known, &lot)).cloned() else {
                return Err(at.breaks(&NO_SUCH_LOT, "lot"));
            };
            if row.vacancy_id.has_value() {
                return Err(at.breaks(&PRICE_OF_A_VACANCY, "vacancy_id"));
            }
            let ages = (row.age_from.is().map_or(0, Number::get), row.age_to.is().map_or(AGE_MAX, Number::get));
            let days = (row.valid_from.is().or(always.0), row.valid_to.is().or(always.1));
            let (Some(from), Some(to)) = days else { return Err(at.breaks(&CELL, "valid_from")) };
            if ages.1 < ages.0 {
                return Err(at.breaks(&ORDER, "age_to"));
            }
            if to < from {
                return Err(at.breaks(&ORDER, "valid_to"));
            }
            placed.push((Price { lot, ages, days: (from, to), weekly }, at.place("weekly_fee")));
            Ok(())
        })?;
        let twice = two_at_once(&placed);
        if !twice.is_empty() {
            return Err(twice);
        }
        let mut prices: Vec<Price> = placed.into_iter().map(|(price, _)| price).collect();
        prices.sort_by_key(Price::breadth);
        Ok(Self(prices))
    }

    /// What a week costs in a lot, named as the framework has it, for a child of an age on a day: the narrowest row.
    #[must_use]
    pub fn price(&self, lot: &str, age: u8, day: Date) -> Option<Pence> {
        self.0.iter().find(|price| *price.lot == *lot && price.is_for(age, day)).map(|price| price.weekly)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Price {
    fn is_for(&self, age: u8, day: Date) -> bool {
        (self.ages.0..=self.ages.1).contains(&u16::from(age)) && (self.days.0..=self.days.1).contains(&day)
    }

    /// For how many ages and days it is, but one of each.
    fn breadth(&self) -> (u16, i32) {
        (self.ages.1 - self.ages.0, self.days.1.days_since(self.days.0))
    }

    fn meets(&self, other: &Self) -> bool {
        self.ages.0 <= other.ages.1
            && other.ages.0 <= self.ages.1
            && self.days.0 <= other.days.1
            && other.days.0 <= self.days.1
    }
}

/// Every row that is as narrow as one above it and meets it.
fn two_at_once(placed: &[(Price, Place)]) -> Faults {
    let mut order: Vec<usize> = (0..placed.len()).collect();
    let key = |n: usize| placed.get(n).map(|(price, _)| (&price.lot, price.breadth()));
    order.sort_by_key(|n| key(*n));
    let mut twice: Faults = Vec::new();
    for alike in order.chunk_by(|one, other| key(*one) == key(*other)) {
        let rows: Vec<&(Price, Place)> = alike.iter().filter_map(|n| placed.get(*n)).collect();
        for (n, (price, place)) in rows.iter().enumerate() {
            if let Some((_, above)) = rows[..n].iter().find(|(above, _)| above.meets(price)) {
                let fault = Diagnostic::new(&TWO_PRICES, place.clone()).of_field("weekly_fee");
                twice.push(fault.related_to([above.clone()]));
            }
        }
    }
    twice.sort_by_key(|fault| fault.place.order());
    twice.truncate(reference::FAULTS_MAX);
    twice
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADINGS: &str = "framework,lot,vacancy_id,age_from,age_to,weekly_fee,valid_from,valid_to\n";

    fn read(rows: &str) -> Result<Prices, Faults> {
        let lots = ["standard".into(), "enhanced".into()];
        let of = PricesOf { framework: "wm", lots: &lots, frameworks: &["wm", "sa"] };
        Prices::read(format!("{HEADINGS}{rows}").as_bytes(), of)
    }

    fn pounds(prices: &Prices, lot: &str, age: u8, day: &str) -> Option<u32> {
        let day = Date::parse_iso(day.as_bytes()).unwrap();
        prices.price(lot, age, day).map(|price| price.number() / 100)
    }

    fn faults(rows: &str) -> Vec<(&'static str, u64, Option<u16>)> {
        let told = read(rows).expect_err("a faulty list is not taken");
        let told = told.iter().map(|fault| match fault.place {
            Place::Cell { line, column, .. } => (fault.rule.code, line, column),
            _ => (fault.rule.code, 0, None),
        });
        told.collect()
    }

    #[test]
    fn the_narrowest_row_counts() {
        let prices = read(
            "wm,standard,,,,900,,\n\
             WM,Standard,,5,10,\"£1,000.00\",2026-04-01,\n\
             wm,standard,,5,10,1050,01/04/2027,\n\
             wm,standard,,5,10,1234,2026-12-01,2026-12-31\n\
             wm,standard,,11,17,1100,,\n\
             wm,enhanced,,0,17,1500,,2027-03-31\n\
             sa,shared,V-1,16,17,700,,\n",
        )
        .unwrap();
        assert_eq!(prices.len(), 6, "another framework's rows are its own");
        for (lot, age, day, price) in [
            ("standard", 4, "2026-06-01", Some(900)),
            ("standard", 5, "2026-03-31", Some(900)),
            ("standard", 5, "2026-04-01", Some(1_000)),
            ("standard", 10, "2026-12-31", Some(1_234)),
            ("standard", 10, "2027-01-01", Some(1_000)),
            ("standard", 10, "2027-04-01", Some(1_050)),
            ("standard", 11, "2026-06-01", Some(1_100)),
            ("standard", 18, "2026-06-01", Some(900)),
            ("enhanced", 18, "2026-06-01", None),
            ("enhanced", 17, "2027-03-31", Some(1_500)),
            ("enhanced", 17, "2027-04-01", None),
            ("shared", 16, "2026-06-01", None),
        ] {
            assert_eq!(pounds(&prices, lot, age, day), price, "{lot} at {age} on {day}");
        }
    }

    #[test]
    fn each_fault_is_told_at_its_cell() {
        for (row, rule, cell) in [
            ("canary,standard,,,,900,,", "reference/no-such-framework", 1),
            ("wm,canary,,,,900,,", "reference/no-such-lot", 2),
            ("wm,standard,V-0141,,,900,,", "reference/price-of-a-vacancy", 3),
            ("wm,standard,,11,10,900,,", "reference/order", 5),
            ("wm,standard,,,,900,2026-04-02,2026-04-01", "reference/order", 8),
            ("wm,standard,,26,,900,,", "table/cell", 4),
            ("wm,standard,,-1,,900,,", "table/cell", 4),
            ("wm,standard,,,,NaN,,", "table/blank", 6),
            ("wm,standard,,,,1e3,,", "table/cell", 6),
            ("wm,standard,,,,-900,,", "table/cell", 6),
            ("wm,standard,,,,10000000,,", "table/cell", 6),
            ("wm,standard,,,,,,", "table/blank", 6),
            (",standard,,,,900,,", "table/blank", 1),
            ("wm,standard,,,,900,2026-02-30,", "table/cell", 7),
        ] {
            assert_eq!(faults(&format!("wm,standard,,,,1,,\n{row}\n")), [(rule, 3, Some(cell))], "{row}");
        }
        let of = PricesOf { framework: "wm", lots: &[], frameworks: &[] };
        let told = Prices::read(b"framework,lot,weekly_fee\nwm,standard,900\n", of).unwrap_err();
        assert!(told.iter().all(|fault| fault.rule.code == "table/missing-column") && told.len() == 4, "{told:?}");
    }

    #[test]
    fn two_prices_at_once_are_a_fault_of_the_later_row() {
        let fault = |line| vec![("reference/two-prices", line, Some(6))];
        assert_eq!(faults("wm,standard,,5,10,1,,\nwm,standard,,5,10,2,,\n"), fault(3));
        assert_eq!(faults("wm,standard,,5,10,1,,\nwm,standard,,10,15,2,,\n"), fault(3), "both are for ten");
        let (year, next) = ("2026-01-01,2026-12-31", "2026-12-31,2027-12-30");
        assert_eq!(faults(&format!("wm,standard,,,,1,{year}\nwm,standard,,,,1,{next}\n")), fault(3), "for one day");
        for apart in [
            "wm,standard,,5,10,1,,\nwm,standard,,11,16,2,,\n",
            "wm,standard,,5,10,1,,\nwm,enhanced,,5,10,2,,\n",
            "wm,standard,,,,1,2026-01-01,2026-12-31\nwm,standard,,,,2,2027-01-01,2027-12-31\n",
            "wm,standard,,,,1,,2026-12-31\nwm,standard,,,,2,2027-01-01,\n",
        ] {
            assert!(read(apart).is_ok(), "{apart}");
        }
    }

    #[test]
    fn as_many_prices_as_the_limit_are_taken_and_not_one_more() {
        let row = |n: usize| {
            let day = Date::new(2026, 1, 1).and_then(|day| day.add_days(i32::try_from(n).ok()?)).unwrap();
            format!("wm,standard,,,,900,{day},{day}\n")
        };
        let rows: Vec<String> = (0..=PRICES_MAX).map(row).collect();
        assert_eq!(read(&rows[..PRICES_MAX].concat()).unwrap().len(), PRICES_MAX);
        assert_eq!(faults(&rows.concat()), [("reference/too-many-rows", PRICES_MAX as u64 + 2, None)]);
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "(wm|sa),(standard|[a-z,\"]{0,5})(,[0-9A-Z/-]{0,10}){0,8}\n") {
            let of = PricesOf { framework: "wm", lots: &["standard".into()], frameworks: &["wm"] };
            let _ = (Prices::read(&bytes, of), read(&near));
        }

        /// Whatever is read has one answer, and it is a row that holds.
        #[test]
        fn what_counts_holds_and_nothing_narrower_does(
            bands in prop::collection::vec((0_u16..18, 0_u16..8, 1_u32..9_999), 1..12), age in 0_u8..26,
        ) {
            let row = |(from, more, fee): &(u16, u16, u32)| format!("wm,standard,,{from},{},{fee},,\n", from + more);
            let text: String = bands.iter().map(row).collect();
            if let Ok(prices) = read(&text) {
                let found = pounds(&prices, "standard", age, "2026-06-01");
                let held: Vec<_> = bands.iter().filter(|(from, more, _)| (*from..=from + more).contains(&u16::from(age))).collect();
                let narrowest = held.iter().min_by_key(|(_, more, _)| *more).map(|(_, _, fee)| *fee);
                prop_assert_eq!(found, narrowest);
            }
        }
    }
}
