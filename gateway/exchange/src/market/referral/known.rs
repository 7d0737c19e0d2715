//! What a child is known by, and whether it stands in a text.
//!
//! Limits: 2,000 words and phrases a child. Format: words are compared without case and marks; numbers without blanks;
//! a name that is also an ordinary word counts only where it begins with a capital. Operations: [`Known::of`] gathers
//! them from everything that is said of a child, [`Known::stands_in`] looks for them.

use kit::adapter::Dossier;
use schemas::{
    date::Date,
    identifier::Identifier,
    record::{Name, Statement},
    said::Said,
};

use crate::likeness::fold;

/// Words and phrases that a child is looked for by; the rest is not: nobody has so many names.
const PHRASES_MAX: usize = 2_000;

/// Letters from which a word of a name is looked for: initials stand in every text.
const WORD_LETTERS_MIN: usize = 2;

/// Characters from which a number is looked for within longer ones.
const NUMBER_CHARACTERS_MIN: usize = 5;

/// Pieces that a short number may be written in: `A-77`.
const NUMBER_PIECES_MAX: usize = 4;

/// Names that are ordinary words too: only with a capital do they name anybody.
const ORDINARY: &[&str] = &[
    "able", "amber", "angel", "april", "art", "august", "autumn", "bell", "best", "bill", "bird", "black", "bob",
    "brook", "brown", "chance", "church", "crystal", "daisy", "day", "dean", "drew", "faith", "field", "ford", "fox",
    "frank", "gay", "good", "grace", "grant", "gray", "green", "grey", "guy", "hall", "heath", "heather", "hill",
    "holly", "home", "hope", "house", "iris", "ivy", "jack", "jade", "jasmine", "jay", "jean", "joy", "june", "king",
    "lane", "lee", "lily", "little", "long", "love", "mark", "marsh", "max", "may", "miles", "moon", "nick", "olive",
    "page", "park", "pat", "pearl", "penny", "pet", "poppy", "power", "price", "ray", "rich", "river", "rob", "robin",
    "rose", "ruby", "sharp", "short", "sky", "small", "star", "stone", "strong", "sue", "summer", "violet", "white",
    "will", "winter", "wise", "wood", "woods", "young",
];

/// Words that stand in the names of many schools.
const OF_SCHOOLS: &[&str] = &[
    "the",
    "of",
    "and",
    "primary",
    "secondary",
    "junior",
    "infant",
    "infants",
    "nursery",
    "high",
    "school",
    "academy",
    "college",
    "community",
    "church",
    "england",
    "catholic",
    "roman",
    "ce",
    "rc",
    "c",
    "e",
    "grammar",
    "special",
    "free",
    "sixth",
    "form",
    "trust",
    "voluntary",
    "aided",
    "controlled",
];

/// What a child is known by.
#[derive(Default)]
pub struct Known {
    /// Words of names, folded.
    words: Vec<String>,
    /// Names of schools and the like, word by word, folded.
    phrases: Vec<Vec<String>>,
    /// Identifiers, of capital letters and digits.
    numbers: Vec<String>,
    days: Vec<Date>,
}

impl Known {
    /// Everything by which a child is known, and those about it whose names its record holds.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Self {
        let mut known = Self::default();
        let identifiers = dossier.subject.iter().flat_map(|subject| &subject.identifiers);
        for identifier in identifiers {
            known.number(*identifier);
        }
        for statement in dossier.statements() {
            match statement {
                Statement::Person(person) => {
                    known.days.extend(person.birth_date.is());
                    if let Some(more) = person.more.as_deref() {
                        known.days.extend(more.expected_birth_date.is());
                        if let Said::Is(names) = &more.names {
                            names.iter().for_each(|name| known.name(name));
                        }
                        known.name_of(more.gp.as_ref().is().map_or(&Said::NotAsked, |gp| &gp.name));
                    }
                }
                Statement::Enrolment(place) => known.school(&place.school_name),
                Statement::EducationPlan(plan) => {
                    known.school(plan.more.as_deref().map_or(&Said::NotAsked, |more| &more.school_name));
                }
                Statement::AttendanceSummary(summary) => known.school(&summary.school_name),
                Statement::Suspension(suspension) => known.school(&suspension.school_name),
                Statement::SocialWorker(worker) => known.name_of(&worker.name),
                Statement::Relationship(other) => {
                    known.name_of(&other.name);
                    known.days.extend(other.birth_date.is());
                }
                Statement::Consent(consent) => known.name_of(&consent.given_by_name),
                Statement::CareLeaver(leaver) => known.name_of(&leaver.personal_adviser),
                _ => {}
            }
        }
        known
    }

    fn name(&mut self, name: &Name) {
        for half in [&name.forename, &name.middle, &name.surname] {
            self.name_of(half);
        }
    }

    fn name_of(&mut self, name: &Said<Box<str>>) {
        let Said::Is(name) = name else { return };
        for word in words_of(name).map(|(word, _)| word).filter(|word| word.chars().count() >= WORD_LETTERS_MIN) {
            if self.words.len() < PHRASES_MAX && !self.words.contains(&word) {
                self.words.push(word);
            }
        }
    }

    fn school(&mut self, name: &Said<Box<str>>) {
        let Said::Is(name) = name else { return };
        let own: Vec<String> =
            words_of(name).map(|(word, _)| word).filter(|word| !OF_SCHOOLS.contains(&word.as_str())).collect();
        let letters: usize = own.iter().map(|word| word.chars().count()).sum();
        if letters > 2 && self.phrases.len() < PHRASES_MAX && !self.phrases.contains(&own) {
            self.phrases.push(own);
        }
    }

    fn number(&mut self, identifier: Identifier) {
        let text = match &identifier {
            Identifier::LaChild(id) => id.as_str(),
            Identifier::Nhs(number) => number.as_str(),
            Identifier::Upn { upn, .. } => upn.as_str(),
            Identifier::Uln(number) => number.as_str(),
            Identifier::LaPerson(id) => id.as_str(),
            Identifier::Referral(_) | Identifier::Pseudonym(_) | Identifier::Provider(_) => return,
        };
        let number = compact(text);
        if !number.is_empty() {
            self.numbers.push(number);
        }
    }

    /// Whether anything that the child is known by stands in a text.
    #[must_use]
    pub fn stands_in(&self, text: &str) -> bool {
        self.names_stand_in(text) || self.numbers_stand_in(text) || self.days_stand_in(text)
    }

    fn names_stand_in(&self, text: &str) -> bool {
        let said: Vec<(String, bool)> = words_of(text).collect();
        let is_name = |(word, is_capital): &(String, bool)| {
            self.words.contains(word) && (*is_capital || !ORDINARY.contains(&word.as_str()))
        };
        let is_phrase = |phrase: &Vec<String>| {
            said.windows(phrase.len()).any(|window| window.iter().map(|(word, _)| word).eq(phrase.iter()))
        };
        said.iter().any(is_name) || self.phrases.iter().any(is_phrase)
    }

    fn numbers_stand_in(&self, text: &str) -> bool {
        let whole = compact(text);
        let tokens = text.split(|one: char| !one.is_ascii_alphanumeric()).filter(|token| !token.is_empty());
        let tokens: Vec<String> = tokens.map(compact).collect();
        let is_joined = |number: &String| {
            (1..=NUMBER_PIECES_MAX).any(|pieces| tokens.windows(pieces).any(|window| window.concat() == *number))
        };
        self.numbers
            .iter()
            .any(|number| is_joined(number) || number.len() >= NUMBER_CHARACTERS_MIN && whole.contains(number.as_str()))
    }

    fn days_stand_in(&self, text: &str) -> bool {
        let tokens: Vec<String> = text
            .split(|one: char| !one.is_ascii_alphanumeric())
            .filter(|token| !token.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        self.days.iter().any(|day| tokens.windows(3).any(|three| is_day(*day, three)) || is_compact(*day, &tokens))
    }
}

/// The words of a text, folded, and whether each begins with a capital.
fn words_of(text: &str) -> impl Iterator<Item = (String, bool)> + '_ {
    let is_apostrophe = |one: char| matches!(one, '\'' | '\u{2019}');
    text.split(move |one: char| !one.is_alphabetic() && !is_apostrophe(one)).flat_map(move |word| {
        // O'Brien is one word, and Sam's is Sam.
        let base = word.strip_suffix("'s").or_else(|| word.strip_suffix("\u{2019}s")).unwrap_or(word);
        let folded = fold(base);
        let is_capital = base.chars().next().is_some_and(char::is_uppercase);
        (!folded.is_empty()).then_some((folded, is_capital))
    })
}

/// Letters and digits, in capitals.
fn compact(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_uppercase()).collect()
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Whether three words are a day: `14 05 2016`, `2016 5 14`, `14th May 16`, `May 14 2016`.
fn is_day(day: Date, three: &[String]) -> bool {
    let [first, second, third] = three else { return false };
    let is_number = |word: &str, number: i16| word.parse() == Ok(number);
    let is_of_month = |word: &str| {
        let digits = word.trim_end_matches(|one: char| one.is_ascii_alphabetic());
        is_number(digits, day.day().into())
    };
    let name = MONTHS[usize::from(day.month().saturating_sub(1)).min(11)];
    let is_month =
        |word: &str| is_number(word, day.month().into()) || word == name || word.len() >= 3 && name.starts_with(word);
    let is_year = |word: &str| is_number(word, day.year()) || word.len() == 2 && is_number(word, day.year() % 100);
    (is_of_month(first) && is_month(second) && is_year(third))
        || (is_month(first) && is_of_month(second) && is_year(third))
        || (is_year(first) && is_month(second) && is_of_month(third))
}

/// Whether a word is a day written together: `20160514`, `14052016`.
fn is_compact(day: Date, tokens: &[String]) -> bool {
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    let spelt = [format!("{year:04}{month:02}{of_month:02}"), format!("{of_month:02}{month:02}{year:04}")];
    tokens.iter().any(|token| spelt.contains(token))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use schemas::{
        diagnostic::Place,
        identifier::{LaChildId, NhsNumber},
        record::{Enrolment, Person, PersonMore, Record, Source, Subject},
    };

    use super::*;

    fn known() -> Known {
        let text = |text: &str| Said::Is(Box::from(text));
        let names = vec![
            Name { forename: text("Anne-Zoë"), surname: text("O'Tester"), ..Name::default() },
            Name { forename: text("Will"), ..Name::default() },
        ];
        let person = Person {
            birth_date: Said::Is(Date::new(2016, 5, 14).unwrap()),
            more: Some(Box::new(PersonMore { names: Said::Is(names), ..PersonMore::default() })),
            ..Person::default()
        };
        let school = Enrolment { school_name: text("St Invented's Primary School"), ..Enrolment::default() };
        let subject = Arc::new(Subject::child(
            vec![
                Identifier::LaChild(LaChildId::read(b"A-77").unwrap().0),
                Identifier::Nhs(NhsNumber::read(b"9990000018").unwrap()),
            ],
            None,
        ));
        let record = |statement| Record { subject: subject.clone(), statement, source: Source::at(Place::Document) };
        let records = vec![record(person.into()), record(school.into())];
        Known::of(&Dossier { subject: Some(subject.clone()), records, ..Dossier::default() })
    }

    #[test]
    fn what_names_the_child_is_seen_however_it_is_written() {
        let known = known();
        for text in [
            "Zoë likes football",
            "ZOE LIKES FOOTBALL",
            "a friend of anne's",
            "the o'tester family",
            "the O\u{2019}Tester family",
            "Will likes football",
            "she goes to St Invented's",
            "born on 14/05/2016",
            "born 14th May 2016",
            "dob 2016-05-14",
            "(14.5.16)",
            "14052016",
            "NHS 999 000 0018",
            "case a-77",
            "case A77.",
        ] {
            assert!(known.stands_in(text), "{text}");
        }
    }

    #[test]
    fn ordinary_words_and_other_days_name_nobody() {
        let known = known();
        for text in [
            "she will need a calm home",
            "a primary school nearby",
            "since 14 June 2016",
            "likes the number 77",
            "may move on 14 May",
            "an invented game",
            "",
        ] {
            assert!(!known.stands_in(text), "{text}");
        }
    }
}
