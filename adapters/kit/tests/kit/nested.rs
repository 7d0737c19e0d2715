//! A made-up nested format, in XML and in JSON: what an item says, and what is told of it.

use kit::{
    dialect::Dialect,
    document::ReadAt,
    encoding::Window,
    json::{self, items::Form},
    limits::ReadingLimits,
    nested::{Branch, Columns, Ground, Hearing, LeftOut, Outline, Rows, Syntax, TableRows, Walk},
    table::Table,
    wire::{Reading, Spelling},
    xml,
};
use schemas::{
    date::Date,
    diagnostic::{Place, Rule, Severity},
    identifier::LaChildId,
    said::Said,
};

use crate::sample::{Told, limits, text};

kit::rows! {
    /// What the document says of itself.
    ClubRow = CLUB "club" {
        /// What it is called.
        name: Box<str> = "name" { required: false },
    }
    /// A child of the club.
    MemberRow = MEMBERS "members" {
        /// The child.
        child: LaChildId = "child" { loses_row: true },
        /// Its name.
        name: Box<str> = "name" { required: false },
        /// Words for it.
        words: Vec<Box<str>> = "words" { required: false },
    }
    /// A visit of the child.
    VisitRow = VISITS "visits" {
        /// When.
        day: Date = "day" { loses_row: true },
        /// How it was.
        note: Box<str> = "note" { required: false },
    }
}

pub(crate) static UNKNOWN: Rule = Rule {
    code: "club/unknown",
    severity: Severity::Loss,
    message: "The club does not know this",
    help: "Leave it out.",
    source: "club rules",
};

pub(crate) static SECRET: Rule = Rule { code: "club/not-carried", ..UNKNOWN };

pub(crate) static TABLES: &[&Table] = &[&MEMBERS, &VISITS, &CLUB];

const MEMBER_COLUMNS: &[(&str, &str)] = &[("child", "id"), ("name", "about/name"), ("words", "about/words")];

pub(crate) fn outline(syntax: Syntax) -> Outline {
    let (top, member, visit) = match syntax {
        Syntax::Xml => ("club", "club/members/member", "club/members/member/visits/visit"),
        Syntax::Json => ("", "members", "members/visits"),
    };
    let branches = [
        Branch::one(&CLUB, top, Columns::Called),
        Branch::several(&MEMBERS, member, Columns::At(MEMBER_COLUMNS)),
        Branch::several(&VISITS, visit, Columns::Called),
    ];
    Outline::of(syntax, &branches, member, &[LeftOut { at: (member, "secret"), rule: &SECRET }], &UNKNOWN)
}

/// What was said and told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// A line for each row: member, then its visits.
    pub(crate) said: Vec<String>,
    /// Rule, path and byte, in the order of the document.
    pub(crate) told: Vec<String>,
}

pub(crate) fn hear(syntax: Syntax, bytes: &dyn ReadAt, limits: ReadingLimits, dialect: &Dialect) -> Heard {
    let part_text = text(bytes);
    let mut told = Told::default();
    let mut outline = outline(syntax);
    let reading = Reading { year: None, dialect, protection_only: false, spelling: Spelling::Plain };
    let (mut parted, form) = match syntax {
        Syntax::Xml => (xml::items::part(part_text, "member", limits, &mut told), Form::Enveloped),
        Syntax::Json => json::items::part(part_text, Some("members"), limits, &mut told),
    };
    if form == Form::Bare {
        outline = outline.bare();
    }
    let (mut club, mut members, mut visits) =
        (Rows::<ClubRow>::default(), Rows::<MemberRow>::default(), Rows::<VisitRow>::default());
    let mut heard = Heard::default();
    let spelling = xml::items::spelling(parted.frame.units()).unwrap_or_default();
    if form == Form::Enveloped && !parted.frame.units().is_empty() {
        let mut hearing = Hearing { reading: &reading, outline: &outline, text: &part_text, report: &mut told };
        let (units, ground) = (parted.frame.units(), parted.frame.ground(part_text));
        let mut rows: [&mut dyn TableRows; 3] = [&mut club, &mut members, &mut visits];
        let mut walk = Walk::new(&outline, limits);
        let walked = match syntax {
            Syntax::Xml => {
                walk.frame(&mut xml::read::Reader::new(units, ground, spelling, limits), &mut rows, &mut hearing)
            }
            Syntax::Json => walk.frame(&mut json::read::Reader::new(units, ground, limits), &mut rows, &mut hearing),
        };
        if syntax == Syntax::Xml {
            parted.keep_runs(&walked.runs);
        }
        heard.said.extend(club.held().iter().map(|club| format!("club {}", word(&club.row.name))));
    }
    let (mut window, mut walk) = (Window::new(part_text), Walk::new(&outline, limits));
    for (n, item) in parted.items.iter().enumerate() {
        if item.units > limits.item_bytes_max {
            continue;
        }
        members.clear();
        visits.clear();
        let units = window.from(item.at, item.units as usize).unwrap();
        let units = &units[..item.units as usize];
        let ground = Ground::from(part_text, item.at);
        let mut hearing = Hearing { reading: &reading, outline: &outline, text: &part_text, report: &mut told };
        let mut rows: [&mut dyn TableRows; 3] = [&mut club, &mut members, &mut visits];
        let whole = match syntax {
            Syntax::Xml => {
                walk.item(n, &mut xml::read::Reader::new(units, ground, spelling, limits), &mut rows, &mut hearing)
            }
            Syntax::Json => walk.item(n, &mut json::read::Reader::new(units, ground, limits), &mut rows, &mut hearing),
        };
        if !whole {
            heard.said.push(format!("{n} broken"));
            continue;
        }
        for member in members.held() {
            let words = member.row.words.clone().is().map(|words| words.join("+"));
            let child = member.row.child.is().map(|child| child.as_str().to_owned());
            let (child, words) = (child.unwrap_or("?".into()), words.unwrap_or("-".into()));
            let lost = if member.fate.lost { " lost" } else { "" };
            heard.said.push(format!("{n} {child} {} {words}{lost}", word(&member.row.name)));
        }
        for visit in visits.held() {
            let day = visit.row.day.is().map_or("?".to_owned(), |day| day.to_string());
            let lost = if visit.fate.lost { " lost" } else { "" };
            heard.said.push(format!("{n}.{} {day} {}{lost}", visit.within, word(&visit.row.note)));
        }
    }
    let mut places: Vec<_> = told.0.into_iter().collect();
    places.sort_by_key(|told| (told.place.order(), told.rule.code));
    heard.told = places
        .into_iter()
        .map(|told| match told.place {
            Place::Node { path, byte, .. } => format!("{} {path} {byte}", told.rule.code),
            _ => told.rule.code.to_owned(),
        })
        .collect();
    heard
}

fn word(said: &Said<Box<str>>) -> &str {
    match said {
        Said::Is(text) => text,
        Said::NotAsked => "-",
        Said::Blank => "blank",
        _ => "unreadable",
    }
}

pub(crate) fn hears(syntax: Syntax, document: &str, said: &[&str], told: &[&str]) {
    hears_bytes(syntax, document.as_bytes().to_vec(), limits(), said, told);
}

pub(crate) fn hears_bytes(syntax: Syntax, bytes: Vec<u8>, limits: ReadingLimits, said: &[&str], told: &[&str]) {
    let heard = hear(syntax, &bytes, limits, &Dialect::default());
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
    assert_eq!(heard.said, said, "{shown}");
    // A place is told by its byte, or by what stands there.
    let is = |heard: &String, told: &&str| match told.rsplit_once(' ') {
        Some((rule_and_path, there)) if there.parse::<usize>().is_err() => {
            let (rule, byte) = heard.rsplit_once(' ').unwrap_or_default();
            rule == rule_and_path && bytes[byte.parse::<usize>().unwrap()..].starts_with(there.as_bytes())
        }
        _ => heard == told,
    };
    let as_told = heard.told.len() == told.len() && heard.told.iter().zip(told).all(|(heard, told)| is(heard, told));
    assert!(as_told, "{:?} is not {told:?}: {shown}", heard.told);
    let windowed = crate::sample::Windowed(bytes);
    assert_eq!(hear(syntax, &windowed, limits, &Dialect::default()), heard, "through a window: {shown}");
}
