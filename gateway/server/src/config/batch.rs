//! What one delivery of a target holds: a child, what a message causes, or everybody; and of a roll, how much.

use std::collections::BTreeSet;

use kit::adapter::Format;

use super::routes::{Known, KnownFormat, PartnerName};
use super::section::Section;
use super::targets::OfRoute;
use super::{Config, Route, Target, fault};

/// What one delivery holds, and so what its lane is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Batch {
    /// One child.
    Child,
    /// What one message causes.
    Message,
    /// Everybody, as a whole file, at each run of the route's schedule.
    Schedule,
}

impl Batch {
    const WORDS: [(&'static str, Self); 3] =
        [("child", Self::Child), ("message", Self::Message), ("schedule", Self::Schedule)];

    /// Its word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, batch)| *batch == self).map_or("", |(word, _)| word)
    }
}

/// How much of a roll a recipient gets (ePEP formats, section 3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Roll {
    /// What somebody needs who calls schools for attendance: the view `attendance-collector`.
    #[default]
    Collector,
    /// All that the virtual school sees, which two people approve.
    Full,
}

impl Roll {
    const WORDS: [(&'static str, Self); 2] = [("collector", Self::Collector), ("full", Self::Full)];

    /// Its word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, roll)| *roll == self).map_or("", |(word, _)| word)
    }

    /// Whether a format is a roll.
    #[must_use]
    pub fn is_of(format: &Format) -> bool {
        ROLLS.contains(&format.name)
    }
}

impl Config {
    /// Who besides its sender says what stands on a roll: where a child learns is told by schools and not by the
    /// authority's case system. They are the senders who speak for the same authority and whose documents the adapter of
    /// the roll reads; the record of a child is made of all of them (record, section 3.2).
    #[must_use]
    pub fn schools_of_roll(&self, route: &Route, target: &Target) -> Vec<String> {
        let adapter = |format: &str| roster::format(format).map(|(adapter, _)| adapter.name);
        let (own, roll) = (&route.from.partner, target.format.name);
        if !Roll::is_of(&target.format) || self.authority_of(own).is_none() {
            return Vec::new();
        }
        let is_source = |other: &&Route| {
            other.from.partner != *own
                && adapter(other.from.format.name) == adapter(roll)
                && self.authority_of(&other.from.partner) == self.authority_of(own)
        };
        let names: BTreeSet<&String> = self.routes.iter().filter(is_source).map(|other| &other.from.partner).collect();
        names.into_iter().cloned().collect()
    }
}

/// Formats that are rolls.
const ROLLS: [&str; 1] = ["roll-csv"];

/// The view on which that of a recipient of a full roll stands.
const SCHOOL_VIEW: &str = "virtual-school";

/// What one delivery holds: as the target says, else a child where the format can be written for one alone. A roll is
/// always a file of everybody.
pub(super) fn read_batch(section: &Section<'_>, format: Option<KnownFormat>, is_scheduled: bool) -> Batch {
    let found = section.choice("batch", &Batch::WORDS);
    let Some(format) = format else { return found.map_or(Batch::Message, |found| found.value) };
    // Of tables of everybody, a file for one child would read as the whole.
    let (is_whole_file, is_roll) = (format.is_whole_file(), Roll::is_of(&format));
    let by_child = !is_whole_file && !format.case_management;
    let default = match (is_roll, by_child) {
        (true, _) => Batch::Schedule,
        (false, true) => Batch::Child,
        (false, false) => Batch::Message,
    };
    let (batch, byte) = found.map_or((default, section.byte()), |found| (found.value, found.byte));
    let instead = match batch {
        Batch::Child if !by_child => Some("choose `message` or `schedule`: this format is written whole"),
        Batch::Message if is_roll => Some("choose `schedule`: a roll is a file of everybody as at a day"),
        Batch::Schedule if !is_whole_file => {
            Some("choose `child` or `message`: nobody could tell from a file of this format who is gone")
        }
        _ => None,
    };
    if let Some(instead) = instead {
        section.fault(&fault::LANE, byte, Some(instead.to_owned()));
    } else if batch == Batch::Schedule && !is_scheduled {
        let wanted = "`schedule`, on the route: it says when the file is made";
        section.fault(&fault::MISSING_KEY, byte, Some(wanted.to_owned()));
    }
    batch
}

/// How much of a roll a target gets: all of it only the responsible authority's own virtual school, or whoever works for
/// it, which shows in the partner's view and authority.
pub(super) fn read_roll(
    section: &Section<'_>,
    format: Option<KnownFormat>,
    partner: Option<&str>,
    of: &OfRoute<'_>,
    known: &Known<'_>,
) -> Roll {
    let Some(found) = section.choice("roll", &Roll::WORDS) else { return Roll::default() };
    if format.is_some_and(|format| !Roll::is_of(&format)) {
        section.fault(&fault::UNKNOWN_KEY, found.byte, Some("this format is no roll".to_owned()));
    } else if found.value == Roll::Full {
        let named = |name: &str| known.partners.iter().find(|partner| partner.name == name);
        let sender = of.from.and_then(|from| named(&from.partner));
        let authority = sender.and_then(|sender| sender.authority.as_deref()).or(known.authority.as_deref());
        if !partner.and_then(named).is_none_or(|partner| partner.is_virtual_school_of(authority, &known.bases)) {
            section.fault(&fault::ROLL_VIEW, found.byte, None);
        }
    }
    found.value
}

impl PartnerName {
    fn is_virtual_school_of(&self, authority: Option<&str>, bases: &[(String, String)]) -> bool {
        let is_of_schools = self.view.as_deref().is_some_and(|view| base_of(view, bases) == SCHOOL_VIEW);
        is_of_schools && authority.is_some() && self.authority.as_deref() == authority
    }
}

/// The shipped view on which a view stands, by what each configured one narrows.
fn base_of<'v>(view: &'v str, bases: &'v [(String, String)]) -> &'v str {
    let mut base = view;
    // No more steps than there are views: those that lead back to themselves are told elsewhere.
    for _ in bases {
        match bases.iter().find(|(name, _)| name == base) {
            Some((_, next)) => base = next,
            None => break,
        }
    }
    base
}

#[cfg(test)]
mod tests {
    use exchange::views::COLLECTOR;

    use super::*;

    #[test]
    fn only_the_virtual_school_of_the_childrens_authority_may_have_a_full_roll() {
        let pair = |name: &str, base: &str| (name.to_owned(), base.to_owned());
        let bases = [
            pair("ours", "narrower"),
            pair("narrower", SCHOOL_VIEW),
            pair("nurses", "health"),
            pair("round", "about"),
            pair("about", "round"),
        ];
        let is_school = |view: &str, own: Option<&str>, childrens: Option<&str>| {
            let named = |text: &str| Some(text.to_owned());
            let partner = PartnerName { name: "p".to_owned(), authority: own.and_then(named), view: named(view) };
            partner.is_virtual_school_of(childrens, &bases)
        };
        for view in [SCHOOL_VIEW, "ours"] {
            assert!(is_school(view, Some("331"), Some("331")), "{view}");
            assert!(!is_school(view, Some("332"), Some("331")), "of another authority");
            assert!(!is_school(view, None, Some("331")) && !is_school(view, None, None), "of nobody's");
        }
        for view in ["health", "nurses", "round", COLLECTOR] {
            assert!(!is_school(view, Some("331"), Some("331")), "{view}");
        }
    }

    #[test]
    fn a_word_is_read_as_it_is_written() {
        assert!(Batch::WORDS.iter().all(|(word, batch)| batch.word() == *word));
        assert!(Roll::WORDS.iter().all(|(word, roll)| roll.word() == *word));
    }
}
