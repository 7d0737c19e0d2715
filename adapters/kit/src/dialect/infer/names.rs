//! How like a heading is to what we call a column: by its words, not by its letters alone.
//!
//! A heading is cut into words, words of the trade that mean one thing become one word, and what is said of a column
//! (its name, its other headings, the record's field, its meaning) is compared word by word. Nothing of a cell is here.

use std::collections::{HashMap, HashSet};

use crate::{csv::header::fold, nearest::edits, table::Column};

/// Longer headings are sentences; what is beyond is not compared.
const WORDS_MAX: usize = 12;

/// Letters of a word that are compared.
const WORD_CHARACTERS_MAX: usize = 32;

/// As like as two names can be.
pub(super) const ALIKE: u32 = 100;

/// A heading or a name, cut into words.
#[derive(Clone, Debug, Default)]
pub(super) struct Name {
    /// Without case, blanks and marks.
    pub(super) folded: String,
    /// In lower case, those of one meaning as one; words that say nothing left out.
    words: Vec<String>,
    /// The first letters of all words.
    initials: String,
}

/// What is said of a column.
pub(super) struct Known {
    /// Its name and its other headings.
    names: Vec<Name>,
    /// The record's field.
    field: Name,
    /// The first clause of its meaning.
    meaning: Name,
    /// Words that may stand beside: those of the table and of the statement.
    beside: Vec<String>,
}

/// In what a heading is like a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// To its name or another of its headings.
    Name,
    /// To the record's field.
    Field,
    /// To its meaning.
    Meaning,
}

impl Name {
    pub(super) fn of(text: &str) -> Self {
        let raw = raw_words(text);
        let initials = raw.iter().filter(|word| !says_nothing(word)).filter_map(|word| word.chars().next()).collect();
        let all = joined(&raw);
        let mut words: Vec<String> = all.iter().filter(|word| !says_nothing(word)).cloned().collect();
        if words.is_empty() {
            // `By` alone says what it says.
            words = all;
        }
        words.dedup();
        Self { folded: fold(text.as_bytes()), words, initials }
    }
}

/// Takes out of headings the words that nearly all of them have: `tbl_episode_` before each says nothing of one.
pub(super) fn without_common_words(names: &mut [Name]) {
    const HEADINGS_MIN: usize = 4;
    if names.len() < HEADINGS_MIN {
        return;
    }
    let mut counted: HashMap<&str, usize> = HashMap::new();
    for name in &*names {
        let own: HashSet<&str> = name.words.iter().map(String::as_str).collect();
        own.into_iter().for_each(|word| *counted.entry(word).or_default() += 1);
    }
    let common = |count: usize| count * 5 >= names.len() * 4;
    let common: HashSet<String> =
        counted.into_iter().filter(|(_, count)| common(*count)).map(|(word, _)| word.to_owned()).collect();
    for name in names {
        if name.words.iter().any(|word| !common.contains(word)) {
            name.words.retain(|word| !common.contains(word));
        }
    }
}

impl Known {
    pub(super) fn of(column: &Column, table: &str) -> Self {
        let (statement, field) = column.field.rsplit_once('.').unwrap_or(("", column.field));
        let clause = column.meaning.split([';', '.', ',']).next().unwrap_or_default();
        let mut beside = Name::of(statement).words;
        beside.extend(Name::of(table).words);
        Self {
            names: column.headings().map(Name::of).collect(),
            field: Name::of(field),
            meaning: Name::of(clause),
            beside,
        }
    }

    /// How like a heading is, up to [`ALIKE`], and in what.
    pub(super) fn likeness(&self, heading: &Name) -> (u32, Likeness) {
        let names = self.names.iter().map(|name| named_alike(name, heading, &self.beside)).max().unwrap_or(0);
        let field = in_hundredths(words_alike(&self.field, heading, &self.beside), 92);
        let meaning = in_hundredths(words_alike(&self.meaning, heading, &self.beside), 85);
        [(names, Likeness::Name), (field, Likeness::Field), (meaning, Likeness::Meaning)]
            .into_iter()
            .rev()
            .max_by_key(|(alike, _)| *alike)
            .unwrap_or((0, Likeness::Name))
    }
}

fn in_hundredths(alike: u32, of: u32) -> u32 {
    alike * of / 100
}

/// A declared name: its letters count too, and its initials.
fn named_alike(name: &Name, heading: &Name, beside: &[String]) -> u32 {
    if name.folded == heading.folded {
        return ALIKE;
    }
    let words = in_hundredths(words_alike(name, heading, beside), 97);
    let near = name.folded.chars().count() >= 5 && is_slip(&name.folded, &heading.folded);
    let initials = (2..=4).contains(&name.folded.len()) && heading.initials == name.folded;
    words.max(if near { 88 } else { 0 }).max(if initials { 80 } else { 0 })
}

/// How much of both is said by the other: the harmonic mean of the two shares, in hundredths.
fn words_alike(ours: &Name, theirs: &Name, beside: &[String]) -> u32 {
    let total: u32 = ours.words.iter().map(|word| weight(word)).sum();
    if total == 0 || theirs.words.is_empty() {
        return 0;
    }
    let mut met = vec![0_u32; theirs.words.len()];
    let mut said = 0;
    for word in &ours.words {
        let best = theirs.words.iter().zip(&met).enumerate().filter(|(_, (_, met))| **met == 0);
        let best =
            best.map(|(n, (other, _))| (word_alike(word, other), n)).max_by_key(|(alike, n)| (*alike, usize::MAX - n));
        if let Some((alike, n)) = best.filter(|(alike, _)| *alike > 0) {
            said += weight(word) * alike;
            met[n] = alike;
        }
    }
    let (mut heading, mut heading_said) = (0, 0);
    for (word, met) in theirs.words.iter().zip(met) {
        if met == 0 && beside.iter().any(|known| known == word) {
            continue;
        }
        heading += weight(word);
        heading_said += weight(word) * met;
    }
    if said == 0 || heading_said == 0 {
        return 0;
    }
    let (ours, theirs) = (said / total, heading_said / heading);
    2 * ours * theirs / (ours + theirs)
}

/// How like two words are, in hundredths.
fn word_alike(ours: &str, theirs: &str) -> u32 {
    if ours == theirs {
        return ALIKE;
    }
    let (short, long) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
    if long.starts_with(short) {
        return match short.len() {
            0..=2 => 0,
            3 => 80,
            _ => 90,
        };
    }
    if is_slip(ours, theirs) { 85 } else { 0 }
}

/// Whether one is the other but for slips of the pen: one in five letters, and never the first.
fn is_slip(ours: &str, theirs: &str) -> bool {
    if ours.chars().next() != theirs.chars().next() || ours.len().max(theirs.len()) > 2 * WORD_CHARACTERS_MAX {
        return false;
    }
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    let (ours, theirs) = (letters(ours), letters(theirs));
    let allowed = ours.len().min(theirs.len()) / 5;
    allowed > 0 && ours.len().abs_diff(theirs.len()) <= allowed && edits(&ours, &theirs) <= allowed
}

/// Words that stand in many headings tell little.
fn weight(word: &str) -> u32 {
    match word {
        "child" => 3,
        "date" | "id" | "code" | "type" | "name" | "status" | "value" | "detail" => 5,
        _ => 10,
    }
}

fn says_nothing(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "a", "an", "the", "of", "for", "and", "in", "is", "was", "were", "to", "at", "on", "by", "that", "this", "s",
        "has", "been", "young", "new", "current",
    ];
    WORDS.contains(&word)
}

/// Letters and digits apart, `dateOfBirth` and `DATE_OF_BIRTH` alike, in lower case.
fn raw_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut last_lower, mut last_digit) = (false, false);
    for character in text.chars() {
        let digit = character.is_ascii_digit();
        let breaks = (last_lower && character.is_uppercase()) || (digit != last_digit);
        if (!character.is_alphanumeric() || breaks) && words.last().is_some_and(|word| !word.is_empty()) {
            if words.len() == WORDS_MAX {
                break;
            }
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
            && word.len() < WORD_CHARACTERS_MAX
        {
            word.extend(character.to_lowercase());
        }
        (last_lower, last_digit) = (character.is_lowercase(), digit);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words of one meaning as one: phrases first, then single words.
fn joined(raw: &[String]) -> Vec<String> {
    const PHRASES: [(&[&str], &str); 15] = [
        (&["unique", "pupil", "number"], "upn"),
        (&["unique", "learner", "number"], "uln"),
        (&["unique", "reference", "number"], "urn"),
        (&["date", "of", "birth"], "birthdate"),
        (&["birth", "date"], "birthdate"),
        (&["young", "person"], "child"),
        (&["family", "name"], "surname"),
        (&["last", "name"], "surname"),
        (&["second", "name"], "surname"),
        (&["first", "name"], "forename"),
        (&["given", "name"], "forename"),
        (&["christian", "name"], "forename"),
        (&["local", "authority"], "authority"),
        (&["post", "code"], "postcode"),
        (&["set", "up"], "setup"),
    ];
    let mut words = Vec::new();
    let mut rest = raw;
    while let Some((first, after)) = rest.split_first() {
        let begins =
            |phrase: &[&str]| rest.len() >= phrase.len() && phrase.iter().zip(rest).all(|(ours, word)| ours == word);
        match PHRASES.iter().find(|(phrase, _)| begins(phrase)) {
            Some((phrase, word)) => {
                words.push((*word).to_owned());
                rest = &rest[phrase.len()..];
            }
            None => {
                words.push(one_meaning(first).to_owned());
                rest = after;
            }
        }
    }
    words
}

fn one_meaning(word: &str) -> &str {
    match word {
        "dob" | "birthday" | "born" => "birthdate",
        "began" | "begin" | "begins" | "commenced" | "commence" | "started" | "starts" | "from" | "since"
        | "opened" => "start",
        "ceased" | "cease" | "ceases" | "ended" | "ends" | "until" | "finish" | "finished" | "closed" | "leaving" => {
            "end"
        }
        "no" | "num" | "number" | "nbr" | "nb" | "ref" | "reference" | "identifier" | "ids" => "id",
        "la" | "lea" | "council" => "authority",
        "pl" | "place" | "placed" => "placement",
        "post" => "postcode",
        "yp" | "person" | "people" | "client" | "pupil" | "student" | "children" | "childs" => "child",
        "gender" => "sex",
        "lastname" => "surname",
        "firstname" => "forename",
        "sw" | "worker" => "socialworker",
        "why" => "reason",
        "dates" => "date",
        "codes" => "code",
        word => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(name: &'static str, field: &'static str, meaning: &'static str, heading: &str) -> u32 {
        let column = Column { name, field, meaning, ..Column::PLAIN };
        Known::of(&column, "episodes").likeness(&Name::of(heading)).0
    }

    #[test]
    fn words_of_one_meaning_are_one_whatever_their_order_and_marks() {
        for (name, heading) in [
            ("DOB", "Date of Birth"),
            ("CHILD_ID", "Young person ref"),
            ("date_of_birth", "birthDate"),
            ("surname", "Family name"),
            ("PL_POST", "Placement Post Code"),
            ("HOME_POST", "post-code (home)"),
        ] {
            assert_eq!(alike(name, "", "", heading), 97, "{name} {heading}");
        }
        assert_eq!(alike("CHILD", "", "", "child"), ALIKE);
    }

    #[test]
    fn fields_meanings_initials_and_slips_of_the_pen_are_like() {
        assert_eq!(alike("DECOM", "CareEpisode.start_date", "", "Episode start date"), 92);
        assert_eq!(
            alike("RNE", "CareEpisode.start_reason", "Reason for the new episode.", "Reason for new episode"),
            85
        );
        assert_eq!(alike("LS", "", "", "Legal status"), 80);
        assert!(alike("SDQ_SCORE", "", "", "SDQ scroe") >= 85);
        assert!(alike("ETHNIC", "", "", "Ethnicity") >= 85);
    }

    #[test]
    fn what_says_something_else_is_not_like() {
        for heading in ["Notes", "Case closed by", "", "----", "Telephone", "x"] {
            assert!(alike("DECOM", "CareEpisode.start_date", "Date the episode began.", heading) < 50, "{heading}");
        }
        let start = alike("DECOM", "CareEpisode.start_date", "Date the episode began.", "Episode end date");
        assert!(start < alike("DEC", "CareEpisode.end_date", "Date the episode ceased.", "Episode end date"));
    }

    #[test]
    fn a_hostile_heading_is_cut_to_words_and_not_compared_for_ever() {
        let long = "é".repeat(100_000) + &" word".repeat(100_000);
        let name = Name::of(&long);
        assert!(name.words.len() <= WORDS_MAX && name.words.iter().all(|word| word.len() <= WORD_CHARACTERS_MAX + 4));
    }
}
