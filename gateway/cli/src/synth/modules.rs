//! What each module of the return says of one child.

use super::{
    Order,
    child::{Child, Course},
    draw::{Draw, Purpose, later, years_later},
    rows::Rows,
};

/// The first year in which SEX is a letter (care standard, section 1.4).
const SEX_LETTERS_FIRST_YEAR: u16 = 2025;

fn sex(child: &Child, order: &Order) -> char {
    match (child.is_girl, order.year.number() >= SEX_LETTERS_FIRST_YEAR) {
        (false, false) => '1',
        (true, false) => '2',
        (false, true) => 'M',
        (true, true) => 'F',
    }
}

fn draw(child: &Child, order: &Order, purpose: Purpose) -> Draw {
    Draw::of(order.seed, child.number, purpose)
}

pub(super) fn header(child: &Child, order: &Order, rows: &mut Rows) {
    rows.put(child.id()).put(sex(child, order)).day(child.born).put(child.ethnicity).put(child.upn(order));
    // Asked of girls with episodes in the year only.
    if !child.is_girl || child.episodes.is_empty() {
        rows.blank().blank();
        return;
    }
    let mut draw = draw(child, order, Purpose::Mother);
    let fourteen = years_later(child.born, 14);
    let is_mother = child.age_on(order.year.ends()) >= 15 && draw.chance(30);
    rows.flag(is_mother).day(is_mother.then(|| draw.day(fourteen, order.year.ends())));
}

pub(super) fn episodes(child: &Child, _: &Order, rows: &mut Rows) {
    for episode in &child.episodes {
        rows.put(child.id()).day(episode.decom).put(episode.rne).put(episode.legal_status).put(episode.need);
        rows.put(episode.placement.code).put(episode.placement.provider);
        rows.day(episode.dec).put(episode.rec).put(episode.reason);
        for postcode in [episode.home, episode.placement.postcode] {
            match postcode {
                Some(postcode) => rows.put(postcode),
                None => rows.blank(),
            };
        }
        match episode.placement.urn {
            Some(urn) => rows.put(urn),
            None => rows.blank(),
        };
    }
}

pub(super) fn reviews(child: &Child, order: &Order, rows: &mut Rows) {
    let Some((first, last)) = child.time_in_year(order) else { return };
    let mut draw = draw(child, order, Purpose::Reviews);
    // Within 20 working days of the start, then three months, then every six at most.
    let mut day = later(first, draw.days(5, 26));
    let mut gap = (70, 88);
    while day < last {
        let code = if child.age_on(day) < 4 {
            "PN0"
        } else {
            draw.weighted(&[("PN1", 50), ("PN2", 6), ("PN3", 4), ("PN4", 5), ("PN5", 12), ("PN6", 16), ("PN7", 7)])
        };
        rows.put(child.id()).day(child.born).day(day).put(code);
        day = later(day, draw.days(gap.0, gap.1));
        gap = (140, 180);
    }
}

pub(super) fn uasc(child: &Child, order: &Order, rows: &mut Rows) {
    if child.course == Course::Asylum {
        // Commonly the eighteenth birthday (record, 5.5); it is still to come.
        let told = draw(child, order, Purpose::Asylum).chance(600);
        let ceased = told.then(|| years_later(child.born, 18));
        rows.put(child.id()).put(sex(child, order)).day(child.born).day(ceased);
    }
}

/// Only for twelve months of care, with the rules 157 to 197a of the module (care standard, section 5.2).
pub(super) fn oc2(child: &Child, order: &Order, rows: &mut Rows) {
    if !child.is_of_outcomes_cohort(order) {
        return;
    }
    let mut draw = draw(child, order, Purpose::Outcomes);
    let (starts, ends) = (order.year.starts(), order.year.ends());
    rows.put(child.id()).day(child.born);
    // Asked of children who are 4 when the year begins and not yet 17 when it ends (rules 186, 188 and 189).
    if years_later(child.born, 4) > starts || years_later(child.born, 17) <= ends {
        rows.blank().blank();
    } else if draw.chance(820) {
        rows.put(draw.below(15) + draw.below(13)).blank();
    } else {
        rows.blank().put(draw.weighted(&[("SDQ2", 40), ("SDQ3", 10), ("SDQ4", 35), ("SDQ5", 15)]));
    }
    let age = child.age_on(ends);
    rows.flag((age >= 10).then(|| draw.chance(25)));
    rows.flag((age < 5).then(|| draw.chance(880)));
    rows.flag(draw.chance(850)).flag(draw.chance(790)).flag(draw.chance(900));
    let misuse = age >= 11 && draw.chance(60);
    let received = misuse.then(|| draw.chance(550));
    // Offered is asked where none was received (rules 158 and 159).
    let offered = (received == Some(false)).then(|| draw.chance(700));
    rows.flag(misuse).flag(received).flag(offered);
}

pub(super) fn oc3(child: &Child, order: &Order, rows: &mut Rows) {
    if child.course != Course::CareLeaver {
        return;
    }
    let mut draw = draw(child, order, Purpose::Leaver);
    let in_touch = draw.weighted(&[("YES", 890), ("NO", 45), ("REFU", 25), ("NREQ", 15), ("RHOM", 20), ("DIED", 5)]);
    rows.put(child.id()).day(child.born).put(in_touch);
    // Whom the authority is in touch with has both, of others nothing is known (rules 344 and 345).
    if in_touch != "YES" {
        rows.put('0').put('0');
        return;
    }
    let adult = child.age_on(order.year.ends()) >= 18;
    rows.put(draw.weighted(&[
        ("F2", 30),
        (if adult { "F1" } else { "F2" }, 8),
        ("P2", 4),
        ("F4", 4),
        ("F5", 20),
        ("P5", 4),
        ("G4", 8),
        ("G5", 18),
        (if child.is_girl { "G6" } else { "G5" }, 4),
    ]));
    // At 17 the former foster carer's home does not count (rule 3001).
    rows.put(draw.weighted(&[
        ("U1", 34),
        (if adult { "Z1" } else { "E1" }, 10),
        ("D1", 16),
        ("B1", 12),
        ("E1", 8),
        ("K1", 4),
        ("T1", 2),
        ("C1", 4),
        ("U2", 2),
        ("S2", 2),
        ("X2", 3),
        ("W2", 1),
        ("V2", 1),
        ("Y1", 1),
    ]));
}

pub(super) fn ad1(child: &Child, order: &Order, rows: &mut Rows) {
    let (Course::Adopted, Some(plan)) = (child.course, child.adoption) else { return };
    let mut draw = draw(child, order, Purpose::Adoption);
    let (adopters, sex, status) = draw.weighted(&[
        ((2, "MF", "L11"), 62),
        ((2, "MF", "L3"), 8),
        ((2, "MM", "L12"), 7),
        ((2, "FF", "L12"), 5),
        ((2, "MM", "L4"), 2),
        ((2, "FF", "L2"), 3),
        ((1, "F1", "L0"), 11),
        ((1, "M1", "L0"), 2),
    ]);
    rows.put(child.id()).day(child.born).day(plan.decided).day(plan.matched);
    rows.flag(plan.with_foster_carers).put(adopters).put(sex).put(status);
}

pub(super) fn placed_adoption(child: &Child, order: &Order, rows: &mut Rows) {
    let Some(plan) = child.adoption else { return };
    rows.put(child.id()).day(child.born).day(plan.placed).day(plan.ceased);
    match plan.ceased {
        Some(_) => rows.put(draw(child, order, Purpose::Adoption).pick(&["RD1", "RD1", "RD3", "RD4"])),
        None => rows.blank(),
    };
}

/// Asked of each child who starts in the year.
pub(super) fn prev_perm(child: &Child, order: &Order, rows: &mut Rows) {
    let Some(first) = child.episodes.first().filter(|_| child.started_in_year(order)) else { return };
    let mut draw = draw(child, order, Purpose::PreviousPermanence);
    rows.put(child.id()).day(child.born);
    let lived_days = first.decom.days_since(child.born);
    let kind = if lived_days > 3 * 365 && child.course != Course::Asylum {
        draw.weighted(&[("Z1", 90), ("P1", 3), ("P2", 5), ("P3", 2)])
    } else {
        "Z1"
    };
    rows.put(kind);
    if kind == "Z1" {
        rows.blank().blank();
        return;
    }
    match draw.below(12) {
        0 => rows.put("SCO"),
        1 => rows.put("WAL"),
        _ => rows.put(order.authority),
    };
    rows.day(draw.day(later(child.born, 365), later(first.decom, -180)));
}

/// Five of a hundred children were missing at some time (care standard, section 6); all of them 11 or older.
pub(super) fn missing(child: &Child, order: &Order, rows: &mut Rows) {
    let Some((first, last)) = child.time_in_year(order) else { return };
    let mut draw = draw(child, order, Purpose::Missing);
    if child.age_on(first) < 11 || child.course == Course::ShortBreaks || !draw.chance(115) {
        return;
    }
    let mut day = later(first, draw.days(1, 60));
    for _ in 0..draw.weighted(&[(1, 55), (2, 25), (4, 20)]) {
        let back = later(day, draw.days(0, 6));
        if back > last {
            break;
        }
        let kind = draw.weighted(&[("M", 80), ("A", 20)]);
        rows.put(child.id()).day(child.born).put(kind).day(day).day(back);
        day = later(back, draw.days(2, 70));
    }
    if child.is_looked_after() && day < later(last, -2) && draw.chance(30) {
        rows.put(child.id()).day(child.born).put('M').day(later(last, -1)).blank();
    }
}

/// How many children one worker has, and among how many workers a child may change.
const CASELOAD: u32 = 14;
const WORKERS_OF_TEAM: u32 = 6;

/// One worker after another without a gap, the last one as long as the child is looked after (rules SW08 to SW17).
pub(super) fn social_worker(child: &Child, order: &Order, rows: &mut Rows) {
    let (Some((_, last)), Some(first)) = (child.time_in_year(order), child.episodes.first()) else { return };
    let mut draw = draw(child, order, Purpose::SocialWorker);
    let mut from = first.decom.max(later(order.year.starts(), -draw.days(0, 500)));
    let mut reason = "FCONTA";
    let mut worker = draw.below(WORKERS_OF_TEAM);
    loop {
        let until = later(from, draw.days(60, 700));
        let ends_with_care = until >= last;
        let end = match (ends_with_care, child.is_looked_after()) {
            (true, true) => None,
            (true, false) => Some(last),
            (false, _) => Some(until),
        };
        worker = (worker + 1 + draw.below(WORKERS_OF_TEAM - 1)) % WORKERS_OF_TEAM;
        let id = child.number / CASELOAD + worker;
        rows.put(child.id()).day(child.born).put(format_args!("SW9{id:06}")).day(from).day(end).put(reason);
        if ends_with_care {
            return;
        }
        from = until;
        reason = draw.weighted(&[
            ("LEFTRL", 40),
            ("MANAGE", 25),
            ("TSPROC", 20),
            ("ORGRST", 8),
            ("ABSENC", 5),
            ("CHCHAN", 2),
        ]);
    }
}

/// Orders that deprive of liberty: in the placements in which rule 707's kin allow them.
pub(super) fn dolo(child: &Child, order: &Order, rows: &mut Rows) {
    let Some(now) = child.episodes.last().filter(|episode| matches!(episode.placement.code, "K2" | "Z12" | "Z13"))
    else {
        return;
    };
    let mut draw = draw(child, order, Purpose::Liberty);
    if child.age_on(now.decom) < 10 || now.dec.is_some() || !draw.chance(120) {
        return;
    }
    let ends = order.year.ends();
    let start = draw.day(now.decom.max(order.year.starts()), ends);
    let end = later(start, draw.days(28, 180));
    rows.put(child.id()).day(child.born).day(start).day((end <= ends).then_some(end));
}
