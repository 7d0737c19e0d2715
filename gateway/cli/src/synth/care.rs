//! The episodes of a child's time in care, each following from the one before.
//!
//! The return asks for episodes that were open in the year. So every change lies in the year, and the first episode,
//! which may have begun years before it, is the start of the period (RNE S).

use schemas::date::Date;

use super::{
    Order,
    child::{AdoptionPlan, Course},
    draw::{Draw, Purpose, later, years_later},
    places::{self, Placement, Postcode, Seeking},
};

/// One episode.
#[derive(Clone, Copy)]
pub(super) struct Episode {
    pub(super) decom: Date,
    pub(super) rne: &'static str,
    pub(super) legal_status: &'static str,
    pub(super) need: &'static str,
    pub(super) placement: Placement,
    /// The family's; short breaks tell none (rule 214's kin).
    pub(super) home: Option<Postcode>,
    pub(super) dec: Option<Date>,
    /// Blank while open.
    pub(super) rec: &'static str,
    /// REASON_PLACE_CHANGE, on the episode that ends (rules 225 and 226).
    pub(super) reason: &'static str,
}

/// The episodes of a child, and its plan for adoption.
pub(super) fn history(
    order: &Order,
    child: u32,
    course: Course,
    born: Date,
    home: Postcode,
) -> (Vec<Episode>, Option<AdoptionPlan>) {
    let mut draw = Draw::of(order.seed, child, Purpose::Care);
    let need = need(course, &mut draw);
    let mut history = History { order, born, home, need, draw, episodes: Vec::new() };
    let plan = match course {
        Course::CareLeaver => None,
        Course::LookedAfter | Course::Asylum | Course::Left | Course::CameOfAge => history.looked_after(course),
        Course::Remand => history.remand(),
        Course::ShortBreaks => history.short_breaks(),
        Course::Adopted | Course::PlacedForAdoption | Course::AdoptionCeased => Some(history.for_adoption(course)),
    };
    (history.episodes, plan)
}

struct History<'o> {
    order: &'o Order,
    born: Date,
    home: Postcode,
    need: &'static str,
    draw: Draw,
    episodes: Vec<Episode>,
}

/// The shortest stretch of days that is divided further.
const STRETCH_DAYS_MIN: i32 = 24;

impl History<'_> {
    fn looked_after(&mut self, course: Course) -> Option<AdoptionPlan> {
        let (starts, ends) = (self.order.year.starts(), self.order.year.ends());
        let start = self.start_of_period(course);
        let from = start.max(starts);
        let horizon = match course {
            Course::CameOfAge => years_later(self.born, 18),
            // An end on the last day itself would still be twelve months of care.
            Course::Left => self.draw.day(later(from, 5), later(ends, -1)),
            _ => ends,
        };
        let first_status = match course {
            Course::Asylum => "V2",
            _ if start > starts => self.draw.weighted(&[("V2", 48), ("C1", 42), ("C2", 5), ("L1", 5)]),
            _ => self.draw.weighted(&[("C2", 60), ("V2", 18), ("C1", 22)]),
        };
        let placement = self.seek(start, first_status);
        self.open(start, "S", first_status, placement);
        if first_status == "L1" {
            // Police protection lasts three days at most (rule 361).
            let status = self.draw.pick(&["V2", "C1"]);
            let day = later(start, self.draw.days(1, 2));
            self.change(day, "L", status, placement, "");
        }
        self.changes(from.max(self.last_decom()), horizon);
        if matches!(course, Course::Left | Course::CameOfAge) {
            let reason = self.reason_of_leaving(course, horizon);
            self.close(horizon, reason, "");
        }
        None
    }

    /// The first day of care: before the year, or in it and early enough for something to happen.
    fn start_of_period(&mut self, course: Course) -> Date {
        let (starts, ends) = (self.order.year.starts(), self.order.year.ends());
        let in_year = match course {
            Course::CameOfAge => false,
            Course::Asylum => self.draw.chance(500),
            _ => self.draw.chance(280),
        };
        if in_year || self.born >= starts {
            return self.draw.day(self.born.max(starts), later(ends, -20));
        }
        let years = if course == Course::Asylum { 2 } else { 7 };
        self.draw.day(self.born.max(years_later(starts, -years)), starts)
    }

    /// Changes at days between `from` and `horizon`. A change of legal status is drawn more often than it is wanted,
    /// because many children have no other status to change to: what remains is near the mix of care standard, section
    /// 6 (P .605, L .27, T .10, B .02, U .005).
    fn changes(&mut self, from: Date, horizon: Date) {
        let count = self.draw.weighted(&[(0, 42), (1, 28), (2, 15), (3, 9), (4, 6)]);
        let mut day = from;
        for left in (1..=count).rev() {
            let stretch = horizon.days_since(day) / (left + 1);
            if stretch < STRETCH_DAYS_MIN {
                break;
            }
            day = later(day, self.draw.days(1, stretch));
            let rne = self.draw.weighted(&[("P", 320), ("L", 480), ("T", 135), ("B", 50), ("U", 15)]);
            day = self.change_of(rne, day, horizon);
        }
    }

    /// A change of that kind, or a move where the child's situation allows no such change; the day it is over.
    fn change_of(&mut self, rne: &'static str, day: Date, horizon: Date) -> Date {
        let Some(now) = self.episodes.last().copied() else { return day };
        let next_status = match now.legal_status {
            "V2" if self.need != ASYLUM_NEED => Some("C1"),
            "C1" => Some("C2"),
            _ => None,
        };
        let same_carer = places::with_same_carer(&now.placement, &mut self.draw);
        match (rne, next_status, same_carer) {
            ("L", Some(status), _) => self.change(day, "L", status, now.placement, ""),
            ("T", _, Some((placement, why))) => self.change(day, "T", now.legal_status, placement, why),
            ("U", Some(status), Some((placement, why))) => self.change(day, "U", status, placement, why),
            ("B" | "U", Some(status), _) => {
                let placement = self.seek_other(day, status, &now.placement);
                let why = self.reason_of_move();
                self.change(day, "B", status, placement, why);
            }
            _ if horizon.days_since(day) > STRETCH_DAYS_MIN && self.draw.chance(150) => {
                return self.temporary_move(day, now);
            }
            _ => {
                let placement = self.seek_other(day, now.legal_status, &now.placement);
                let why = self.reason_of_move();
                self.change(day, "P", now.legal_status, placement, why);
            }
        }
        day
    }

    /// Away and back to the same place, within the days that the return allows (rules 375, 376, 379, 380, 383).
    fn temporary_move(&mut self, day: Date, now: Episode) -> Date {
        let (code, days_max) = self.draw.pick(&[("T1", 20), ("T2", 14), ("T3", 14), ("T4", 7)]);
        let away = places::temporary(code, &mut self.draw);
        let back = later(day, self.draw.days(1, days_max));
        self.change(day, "P", now.legal_status, away, "");
        self.change(back, "P", now.legal_status, now.placement, "");
        back
    }

    /// On remand to the authority, in the year: from 12 years on, well above the 10 of rule 358.
    fn remand(&mut self) -> Option<AdoptionPlan> {
        let (starts, ends) = (self.order.year.starts(), self.order.year.ends());
        let start = self.draw.day(starts.max(years_later(self.born, 12)), later(ends, -20));
        let placement = self.seeking(start, "J1").remand(&mut self.draw);
        self.open(start, "S", "J1", placement);
        let end = later(start, self.draw.days(5, 60));
        if end < ends {
            self.close(end, "E14", "");
        }
        None
    }

    fn short_breaks(&mut self) -> Option<AdoptionPlan> {
        let start = self.start_of_period(Course::ShortBreaks);
        let placement = places::short_breaks(&mut self.draw);
        self.open(start, "S", "V4", placement);
        if let Some(episode) = self.episodes.last_mut() {
            episode.home = None;
        }
        let (starts, ends) = (self.order.year.starts(), self.order.year.ends());
        if self.draw.chance(150) {
            let end = self.draw.day(later(start.max(starts), 5), later(ends, -1));
            self.close(end, "E4A", "");
        }
        None
    }

    /// With carers before the year; decision, match, placement and what came of it in the year.
    fn for_adoption(&mut self, course: Course) -> AdoptionPlan {
        let starts = self.order.year.starts();
        let by_consent = self.draw.chance(150);
        let with_foster_carers = self.draw.chance(250);
        let start = self.draw.day(self.born.max(years_later(starts, -2)), later(starts, -60));
        let status = if by_consent { "V2" } else { "C2" };
        let carers = places::foster(if with_foster_carers { "U5" } else { "U6" }, &mut self.draw);
        self.open(start, "S", status, carers);

        let decided = later(starts, self.draw.days(2, 40));
        let ordered = later(decided, self.draw.days(5, 40));
        let matched = later(ordered, self.draw.days(5, 30));
        let placed = later(matched, self.draw.days(5, 30));
        let status = if by_consent {
            status
        } else {
            self.change(ordered, "L", "E1", carers, "");
            "E1"
        };
        match (by_consent, with_foster_carers) {
            (true, true) => self.change(placed, "T", status, Placement { code: "A3", ..carers }, "PLACE"),
            (false, true) => self.change(placed, "T", status, Placement { code: "A5", ..carers }, "PLACE"),
            (by_consent, false) => {
                let code = if by_consent { "A4" } else { "A6" };
                let family = places::adopters(code, &mut self.draw);
                self.change(placed, "P", status, family, "CARPL");
            }
        }
        let mut plan = AdoptionPlan { decided, matched, placed, ceased: None, with_foster_carers };
        match course {
            Course::Adopted => {
                // Ten weeks with the adopters come before an order.
                let order = later(placed, self.draw.days(75, 150));
                let unopposed = by_consent || self.draw.chance(300);
                self.close(order, if unopposed { "E11" } else { "E12" }, "");
            }
            Course::AdoptionCeased => {
                let ceased = later(placed, self.draw.days(30, 150));
                let carers = places::foster("U6", &mut self.draw);
                self.change(ceased, "P", status, carers, "CARPL");
                plan.ceased = Some(ceased);
            }
            _ => {}
        }
        plan
    }

    /// Why care ceased, as age, place and status allow.
    fn reason_of_leaving(&mut self, course: Course, day: Date) -> &'static str {
        let Some(last) = self.episodes.last().copied() else { return "E8" };
        let place = last.placement.code;
        let with_carers = place.starts_with('U');
        let friends = matches!(place, "U1" | "U2" | "U3");
        let age = self.born.age_on(day).unwrap_or(0);
        let guardianship = match (self.order.year.number() <= OLD_GUARDIANSHIP_LAST_YEAR, with_carers, friends) {
            (true, true, _) => "E43",
            (true, false, _) => "E44",
            (false, true, true) => "E45",
            (false, true, false) => "E46",
            (false, false, _) => "E47",
        };
        if course == Course::CameOfAge {
            return match self.draw.below(10) {
                0..=3 if with_carers => "E17",
                9 => "E7",
                8 => "E6",
                _ => "E5",
            };
        }
        let home = self.draw.weighted(&[("E4A", 75), ("E4B", 25)]);
        let court_order = if last.legal_status == "V2" { "E13" } else { "E41" };
        let older = if age >= 16 { "E5" } else { home };
        self.draw.weighted(&[(home, 45), (guardianship, 22), (court_order, 10), (older, 10), ("E3", 6), ("E8", 7)])
    }

    fn reason_of_move(&mut self) -> &'static str {
        self.draw.weighted(&[
            ("CARPL", 45),
            ("CREQB", 15),
            ("CREQO", 10),
            ("CHILD", 8),
            ("LAREQ", 8),
            ("CLOSE", 4),
            ("STAND", 3),
            ("ALLEG", 2),
            ("OTHER", 5),
        ])
    }

    fn seek(&mut self, day: Date, status: &str) -> Placement {
        let seeking = self.seeking(day, status);
        seeking.choose(&mut self.draw)
    }

    fn seek_other(&mut self, day: Date, status: &str, before: &Placement) -> Placement {
        let seeking = self.seeking(day, status);
        seeking.choose_other(before, &mut self.draw)
    }

    fn seeking(&self, day: Date, status: &str) -> Seeking {
        Seeking {
            seed: self.order.seed,
            year: self.order.year,
            age: self.born.age_on(day).unwrap_or(0),
            care_order: matches!(status, "C1" | "C2"),
            supported_accommodation: Date::new(2023, 10, 28).is_some_and(|began| day >= began),
            home: self.home,
        }
    }

    fn last_decom(&self) -> Date {
        self.episodes.last().map_or(self.born, |episode| episode.decom)
    }

    fn open(&mut self, day: Date, rne: &'static str, legal_status: &'static str, placement: Placement) {
        let (need, home) = (self.need, Some(self.home));
        let episode = Episode { decom: day, rne, legal_status, need, placement, home, dec: None, rec: "", reason: "" };
        self.episodes.push(episode);
    }

    fn close(&mut self, day: Date, rec: &'static str, reason: &'static str) {
        if let Some(episode) = self.episodes.last_mut() {
            (episode.dec, episode.rec, episode.reason) = (Some(day), rec, reason);
        }
    }

    /// The next episode begins the same day (rules 142 and 433).
    fn change(&mut self, day: Date, rne: &'static str, status: &'static str, to: Placement, reason: &'static str) {
        self.close(day, "X1", reason);
        self.open(day, rne, status, to);
    }
}

/// Guardianship had two reasons to 2017/18 and has four since (care standard, 1.4).
const OLD_GUARDIANSHIP_LAST_YEAR: u16 = 2018;

/// Absent parenting: why an unaccompanied child is looked after.
const ASYLUM_NEED: &str = "N8";

fn need(course: Course, draw: &mut Draw) -> &'static str {
    match course {
        Course::Asylum => ASYLUM_NEED,
        Course::ShortBreaks => "N2",
        Course::Remand => "N6",
        _ => draw.weighted(&[("N1", 66), ("N2", 3), ("N3", 4), ("N4", 8), ("N5", 16), ("N6", 2), ("N7", 1)]),
    }
}
