//! What stands beside the return of one child: links, restrictions, consents and delegations (record, 4.4 and 4.5).

use super::{
    Order,
    child::{Child, Course, Upn},
    draw::{Draw, Purpose, later, years_later},
    rows::Rows,
};

/// Names of nobody: common enough to be read as names, put together by chance.
const GIRLS: [&str; 20] = [
    "Ada", "Bryony", "Cerys", "Delphine", "Edith", "Fern", "Greta", "Hazel", "Imogen", "Juno", "Keziah", "Linnet",
    "Maeve", "Nell", "Ottilie", "Posy", "Romilly", "Saffron", "Thea", "Zaynab",
];
const BOYS: [&str; 20] = [
    "Alfie", "Barnaby", "Caspian", "Dexter", "Emrys", "Finlay", "Gethin", "Hamza", "Idris", "Jago", "Kit", "Lowell",
    "Monty", "Ned", "Osian", "Piran", "Rafferty", "Silas", "Tobin", "Wilf",
];
const SURNAMES: [&str; 32] = [
    "Ashdown",
    "Brackenleigh",
    "Coldharrow",
    "Dunmere",
    "Eastleigh-Moor",
    "Fallowfield",
    "Greenhollow",
    "Hartsbourne",
    "Inglebrook",
    "Jessamere",
    "Kettleworth",
    "Larkmoor",
    "Merrowdown",
    "Netherby",
    "O'Marland",
    "Penhallow",
    "Quillerby",
    "Rowanhurst",
    "Silverdale",
    "Thistlewood",
    "Underhay",
    "Velling",
    "Wetherfold",
    "Yarrowby",
    "Zealbury",
    "Birchendale",
    "Kestreley",
    "Mossbarrow",
    "Oakhanger",
    "Sallowmere",
    "Tarnside",
    "Windrush-Hale",
];

/// Every child of the return; nine in ten are traced.
pub(super) fn links(child: &Child, order: &Order, rows: &mut Rows) {
    let mut draw = Draw::of(order.seed, child.number, Purpose::Link);
    let traced = draw.chance(900);
    rows.put(order.authority).put(child.id());
    // Of those who are not traced, some have a number that nobody has verified.
    if traced || draw.chance(500) {
        rows.put(child.nhs_number());
    } else {
        rows.blank();
    }
    match child.upn(order) {
        Upn::Number(number) => rows.put(number),
        Upn::None(_) => rows.blank(),
    };
    rows.blank();
    let forename = if child.is_girl { draw.pick(&GIRLS) } else { draw.pick(&BOYS) };
    rows.put(draw.pick(&SURNAMES)).put(forename).iso_day(child.born);
    if traced {
        let known = child.episodes.first().map_or(order.year.starts(), |episode| episode.decom);
        rows.put("pds-trace").iso_day(draw.day(known.max(order.year.starts()), order.year.ends()));
    } else {
        rows.put("authority-record").blank();
    }
}

/// One in fifty may not be found; of the adopted, the authority has closed half itself.
pub(super) fn restrictions(child: &Child, order: &Order, rows: &mut Rows) {
    let mut draw = Draw::of(order.seed, child.number, Purpose::Restriction);
    let ends = order.year.ends();
    let (Some(first), Some(last)) = (child.episodes.first(), child.episodes.last()) else { return };
    let (kind, since, review_on) = match (child.course, last.dec) {
        (Course::Adopted, Some(ordered)) if draw.chance(500) => ("adopted", ordered, None),
        (_, None) if draw.chance(22) => {
            ("location", draw.day(first.decom, ends), Some(later(ends, draw.days(30, 300))))
        }
        _ => return,
    };
    rows.put(order.authority).put(child.id()).put(kind).iso_day(since).blank().iso_day(review_on);
    rows.put(if kind == "adopted" { "adoption team manager" } else { "service manager" }).blank();
}

/// Adults decide for themselves who is told; some of 16 and 17 have said yes to a passport.
pub(super) fn consents(child: &Child, order: &Order, rows: &mut Rows) {
    let mut draw = Draw::of(order.seed, child.number, Purpose::Consent);
    let ends = order.year.ends();
    let age = child.age_on(ends);
    let (scope, decision, since) = if child.course == Course::CareLeaver && age >= 18 && draw.chance(600) {
        let decision = if draw.chance(880) { "PERMIT" } else { "DENY" };
        ("INFORMATION_SHARING", decision, draw.day(years_later(child.born, 18), ends))
    } else if child.is_looked_after() && age >= 16 && draw.chance(150) {
        ("PASSPORT", "PERMIT", draw.day(years_later(child.born, 16), ends))
    } else {
        return;
    };
    rows.put(order.authority).put(child.id()).put(scope).put(decision).put("SELF").blank().iso_day(since).blank();
}

/// What foster carers may decide, for some of the children who live with them.
pub(super) fn delegations(child: &Child, order: &Order, rows: &mut Rows) {
    let mut draw = Draw::of(order.seed, child.number, Purpose::Delegation);
    let Some(now) = child.episodes.last().filter(|episode| episode.dec.is_none()) else { return };
    if !now.placement.code.starts_with('U') || child.course == Course::ShortBreaks || !draw.chance(150) {
        return;
    }
    let as_at = draw.day(now.decom.max(order.year.starts()), order.year.ends());
    for matter in
        ["OVERNIGHT_STAY", "SCHOOL_TRIP", "HAIRCUT", "PHOTOGRAPH", "ROUTINE_TREATMENT", "DENTAL", "HOLIDAY_UK"]
    {
        if !draw.chance(600) {
            continue;
        }
        let decider = draw.weighted(&[("CARER", 55), ("CARER_TELLS_US", 25), ("SOCIAL_WORKER", 12), ("PARENT", 8)]);
        rows.put(order.authority).put(child.id()).put(matter).put(decider);
        if matter == "OVERNIGHT_STAY" && decider == "CARER" {
            rows.put("with families whom the carer knows");
        } else {
            rows.blank();
        }
        rows.iso_day(as_at);
    }
}
