//! Who a synthetic child is, and which of the courses through care it takes.

use std::fmt;

use schemas::date::Date;

use super::{
    Order,
    care::{self, Episode},
    draw::{Draw, Purpose, later, years_later},
    places::Postcode,
};

/// A child, and all that several files tell of it.
pub(super) struct Child {
    /// From 0.
    pub(super) number: u32,
    pub(super) course: Course,
    pub(super) is_girl: bool,
    pub(super) born: Date,
    /// ETHNIC.
    pub(super) ethnicity: &'static str,
    /// In order, each beginning on the day the one before ceased; none for care leavers.
    pub(super) episodes: Vec<Episode>,
    /// The plan for adoption, where there is one.
    pub(super) adoption: Option<AdoptionPlan>,
}

/// What happens to a child in the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// Looked after on the last day.
    LookedAfter,
    /// Unaccompanied and seeking asylum; looked after on the last day.
    Asylum,
    /// Ceased to be looked after before the last day.
    Left,
    /// Ceased on the eighteenth birthday.
    CameOfAge,
    /// On remand.
    Remand,
    /// In a series of short breaks.
    ShortBreaks,
    /// Adopted.
    Adopted,
    /// Placed for adoption on the last day.
    PlacedForAdoption,
    /// Placed for adoption until the plan changed.
    AdoptionCeased,
    /// Left care in an earlier year; 17 to 21 now.
    CareLeaver,
}

/// How many of a thousand take each course: asylum and adoption at the shares of care standard, section 6.
const COURSES: [(Course, u32); 10] = [
    (Course::LookedAfter, 592),
    (Course::Asylum, 50),
    (Course::Left, 100),
    (Course::CameOfAge, 40),
    (Course::Remand, 8),
    (Course::ShortBreaks, 30),
    (Course::Adopted, 50),
    (Course::PlacedForAdoption, 20),
    (Course::AdoptionCeased, 15),
    (Course::CareLeaver, 95),
];

/// The days of a plan for adoption, each on or after the one before.
#[derive(Clone, Copy)]
pub(super) struct AdoptionPlan {
    /// The decision that the child should be placed.
    pub(super) decided: Date,
    /// Matched with the adopters.
    pub(super) matched: Date,
    /// Placed with them.
    pub(super) placed: Date,
    /// The plan was given up.
    pub(super) ceased: Option<Date>,
    /// The adopters were the child's foster carers.
    pub(super) with_foster_carers: bool,
}

impl Child {
    /// The child of that number.
    pub(super) fn of(order: &Order, number: u32) -> Self {
        let mut draw = Draw::of(order.seed, number, Purpose::Who);
        let course = draw.weighted(&COURSES);
        let is_girl = draw.chance(if course == Course::Asylum { 90 } else { 440 });
        let born = born(course, order, &mut draw);
        let ethnicity = ethnicity(course, &mut draw);
        let home = Postcode::of_family(&mut draw);
        let (episodes, adoption) = care::history(order, number, course, born, home);
        Self { number, course, is_girl, born, ethnicity, episodes, adoption }
    }

    /// The child's identifier in the case system.
    pub(super) fn id(&self) -> ChildId {
        ChildId(FIRST_CHILD + self.number)
    }

    /// Age on a day.
    pub(super) fn age_on(&self, day: Date) -> u8 {
        self.born.age_on(day).unwrap_or(0)
    }

    /// The first and last day of being looked after that lie in the year; the last is the day it ceased, or 31 March.
    pub(super) fn time_in_year(&self, order: &Order) -> Option<(Date, Date)> {
        let (first, last) = (self.episodes.first()?, self.episodes.last()?);
        Some((first.decom.max(order.year.starts()), last.dec.unwrap_or(order.year.ends())))
    }

    /// Whether the child is looked after on the last day.
    pub(super) fn is_looked_after(&self) -> bool {
        self.episodes.last().is_some_and(|episode| episode.dec.is_none())
    }

    /// Looked after without a break for the twelve months to 31 March, as the rules of the outcomes module mean it:
    /// no start after the first day, no end, no short breaks (care standard, section 5.2).
    pub(super) fn is_of_outcomes_cohort(&self, order: &Order) -> bool {
        self.course != Course::ShortBreaks
            && self.is_looked_after()
            && self.episodes.first().is_some_and(|episode| episode.decom <= order.year.starts())
    }

    /// Began to be looked after in the year.
    pub(super) fn started_in_year(&self, order: &Order) -> bool {
        self.episodes.first().is_some_and(|episode| order.year.contains(episode.decom))
    }

    /// The NHS number: of the range 999, which is given to nobody, and with a check digit that holds.
    pub(super) fn nhs_number(&self) -> NhsNumber {
        // Scattered over the range, and still another number for each child.
        let place = (u64::from(self.number) * NHS_SCATTER % u64::from(super::CHILDREN_MAX)) as u32;
        NhsNumber::nth(place)
    }

    /// The UPN, or why there is none.
    pub(super) fn upn(&self, order: &Order) -> Upn {
        let mut draw = Draw::of(order.seed, self.number, Purpose::Pupil);
        let newly = self.started_in_year(order);
        match self.course {
            _ if self.age_on(order.year.ends()) < 4 => Upn::None("UN1"),
            Course::Asylum if draw.chance(400) => Upn::None("UN3"),
            _ if newly && draw.chance(60) => Upn::None("UN4"),
            _ if draw.chance(8) => Upn::None("UN5"),
            _ => Upn::Number(UpnNumber { authority: order.authority.number(), serial: self.number }),
        }
    }
}

/// Identifiers are numbers of seven digits; 9 begins none of them but a stray one (see `faults`).
#[derive(Clone, Copy)]
pub(super) struct ChildId(u32);

const FIRST_CHILD: u32 = 1_000_001;
const FIRST_STRAY_CHILD: u32 = 9_000_001;

impl ChildId {
    /// A child that no header row knows.
    pub(super) fn stray(number: u32) -> Self {
        Self(FIRST_STRAY_CHILD + number)
    }
}

impl fmt::Display for ChildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Coprime to [`super::CHILDREN_MAX`].
const NHS_SCATTER: u64 = 538_471;

/// An NHS number by its first nine digits.
pub(super) struct NhsNumber(u32);

impl NhsNumber {
    /// The n-th number from 999 000 000x on. Among ten numbers that differ in the ninth digit at most one has no check
    /// digit: the ninth weighs 2, so that the ten sums leave ten different remainders by eleven.
    fn nth(n: u32) -> Self {
        let ten = 999_000_000 + n / 9 * 10;
        let mut valid = (ten..ten + 10).filter(|digits| check_digit(*digits).is_some());
        Self(valid.nth(n as usize % 9).unwrap_or(ten))
    }
}

impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, check_digit(self.0).unwrap_or(0))
    }
}

/// The tenth digit by modulus 11; none where it would be ten.
fn check_digit(nine: u32) -> Option<u32> {
    let sum: u32 = (2..=10).zip(digits_from_last(nine)).map(|(weight, digit)| weight * digit).sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        check => Some(check),
    }
}

fn digits_from_last(number: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(number), |rest| Some(rest / 10)).map(|rest| rest % 10)
}

/// A unique pupil number, or the reason for having none.
pub(super) enum Upn {
    Number(UpnNumber),
    None(&'static str),
}

impl fmt::Display for Upn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::None(reason) => f.write_str(reason),
        }
    }
}

/// Check letter, authority, then a serial instead of school, year and pupil: no school gave it.
pub(super) struct UpnNumber {
    authority: u16,
    serial: u32,
}

impl fmt::Display for UpnNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LETTERS: [char; 23] = [
            'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'T', 'U', 'V', 'W', 'X',
            'Y', 'Z',
        ];
        let last_to_first =
            digits_from_last(self.serial).take(9).chain(digits_from_last(self.authority.into()).take(3));
        // The second character weighs 2, the last 13.
        let sum: u32 = (2..=13).rev().zip(last_to_first).map(|(weight, digit)| weight * digit).sum();
        write!(f, "{}{:03}{:09}", LETTERS[sum as usize % LETTERS.len()], self.authority, self.serial)
    }
}

/// A birth date that suits the course.
fn born(course: Course, order: &Order, draw: &mut Draw) -> Date {
    let ends = order.year.ends();
    let ages = match course {
        Course::LookedAfter | Course::Left => {
            draw.weighted(&[((0, 0), 50), ((1, 4), 140), ((5, 9), 200), ((10, 15), 400), ((16, 17), 210)])
        }
        Course::Asylum => draw.weighted(&[((14, 15), 15), ((16, 17), 85)]),
        Course::Remand => (12, 17),
        Course::ShortBreaks => (5, 17),
        // Born a year before the year begins at least: the plan takes its time.
        Course::Adopted | Course::PlacedForAdoption | Course::AdoptionCeased => (2, 6),
        Course::CareLeaver => (17, 21),
        // The eighteenth birthday lies in the year, and neither at its beginning nor at its end.
        Course::CameOfAge => return later(years_later(ends, -18), -draw.days(20, 320)),
    };
    let age = i16::try_from(draw.days(ages.0, ages.1)).unwrap_or(0);
    // A child of the year's last month would have no time to be looked after.
    let youngest = if age == 0 { 330 } else { 364 };
    later(years_later(ends, -(age + 1)), 1 + draw.days(0, youngest))
}

fn ethnicity(course: Course, draw: &mut Draw) -> &'static str {
    if course == Course::Asylum {
        return draw.pick(&["OOTH", "OOTH", "BAFR", "BAFR", "AOTH", "WOTH", "NOBT"]);
    }
    draw.weighted(&[
        ("WBRI", 560),
        ("WOTH", 40),
        ("WIRI", 8),
        ("WIRT", 4),
        ("WROM", 8),
        ("MWBC", 70),
        ("MWBA", 18),
        ("MWAS", 25),
        ("MOTH", 35),
        ("AIND", 12),
        ("APKN", 55),
        ("ABAN", 18),
        ("AOTH", 25),
        ("CHNE", 3),
        ("BCRB", 40),
        ("BAFR", 40),
        ("BOTH", 18),
        ("OOTH", 15),
        ("REFU", 3),
        ("NOBT", 3),
    ])
}
