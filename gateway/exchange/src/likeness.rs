//! Who may be one child though no identifier says so: names and birth date, compared and scored; only ever a question.
//!
//! **Limits.** A child is known by at most [`NAMES_MAX`] names on at most [`BIRTH_DATES_MAX`] birth dates, and a score
//! below [`SCORE_MIN`] is no question: twins share birth date and family name. Nothing is compared of a child whom an
//! adoption has closed, nor of one whom the NHS protects above all (views, sections 7.1 and 7.2): by name those are not
//! found at all.
//!
//! **Folding.** Names are compared without case, marks, blanks and hyphens, letter by letter: `O'Neill`, `ONEILL` and
//! `o’neill` are one name, and so are `Łukasz` and `Lukasz`.

use std::{collections::BTreeSet, fmt};

use kit::adapter::Dossier;
use schemas::{
    code::{RestrictionKind, Sex},
    date::Date,
    record::{Name, Statement},
    said::Said,
};

use crate::{carried::is_adopted, children::birth_dates, identity::Evidence};

/// Names that one child is compared by.
pub const NAMES_MAX: usize = 8;

/// Birth dates that one child is compared by: sources differ.
pub const BIRTH_DATES_MAX: usize = 4;

/// Below this nobody is asked.
pub const SCORE_MIN: u8 = 70;

/// What each agreement weighs; all of them together are 100.
const BIRTH_DATE: u8 = 40;
const FORENAME: u8 = 35;
const SURNAME: u8 = 25;

/// One first name is the beginning of the other, as `Kat` of `Katherine`.
const FORENAME_BEGINS: u8 = 20;

/// Letters that such a beginning has at least.
const BEGINNING_LETTERS_MIN: usize = 3;

/// What is taken away where two sexes are stated and differ.
const OTHER_SEX: u8 = 20;

/// What a child is compared by.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Likeness {
    birth_dates: BTreeSet<Date>,
    names: BTreeSet<FoldedName>,
    sexes: BTreeSet<Sex>,
}

/// The debug form has no names.
impl fmt::Debug for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Likeness(..)")
    }
}

/// A name as it is compared; what is not said is empty and agrees with nothing.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct FoldedName {
    forename: String,
    surname: String,
}

/// How much two children are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// From [`SCORE_MIN`] to 100.
    pub score: u8,
    /// What agrees and differs, by names of fields.
    pub evidence: Evidence,
}

/// Where children of a birth date and a whole family name are looked for; `None` for what is no name.
#[must_use]
pub fn surname_key(family: &str, born: Date) -> Option<Vec<u8>> {
    let surname = fold(family);
    (!surname.is_empty()).then(|| key(born, "surname", &surname))
}

fn key(born: Date, half: &str, text: &str) -> Vec<u8> {
    format!("{born}\n{half}\n{text}").into_bytes()
}

impl Likeness {
    /// What a child may be found by, from all that is said of it; `None` where it may not be found by name, or too
    /// little is said.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Option<Self> {
        if is_adopted(dossier) || is_hidden(dossier) {
            return None;
        }
        let mut likeness = Self::default();
        likeness.birth_dates.extend(birth_dates(dossier).take(BIRTH_DATES_MAX));
        for statement in dossier.statements() {
            let Statement::Person(person) = statement else { continue };
            if let Said::Is(sex @ (Sex::Male | Sex::Female)) = person.sex {
                likeness.sexes.insert(sex);
            }
            let names = person.more.as_ref().and_then(|more| more.names.as_ref().is());
            for name in names.into_iter().flatten().map(FoldedName::of).filter(|name| !name.is_nothing()) {
                if likeness.names.len() < NAMES_MAX {
                    likeness.names.insert(name);
                }
            }
        }
        likeness.is_enough().then_some(likeness)
    }

    /// What somebody who asks knows of a child: a name as it is spoken, first name first, and whatever of it is the
    /// family name; `None` for what is no name.
    #[must_use]
    pub fn asked(name: &str, birth_date: Date, sex: Option<Sex>) -> Option<Self> {
        let words: Vec<String> = name.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
        let forename = words.first()?;
        let surnames = (1..words.len()).rev().map(|at| words[at..].concat());
        let names = surnames.take(NAMES_MAX).map(|surname| FoldedName { forename: forename.clone(), surname });
        let likeness = Self {
            birth_dates: BTreeSet::from([birth_date]),
            names: names.collect(),
            sexes: sex.into_iter().collect(),
        };
        likeness.is_enough().then_some(likeness)
    }

    /// Where children are looked for who may be alike: each key is a birth date with one half of a name. They are made
    /// of values: a store keeps them under its own key, and never as they are.
    #[must_use]
    pub fn keys(&self) -> Vec<Vec<u8>> {
        let mut keys = BTreeSet::new();
        for date in &self.birth_dates {
            for name in &self.names {
                for (half, text) in [("forename", &name.forename), ("surname", &name.surname)] {
                    if !text.is_empty() {
                        keys.insert(key(*date, half, text));
                    }
                }
            }
        }
        keys.into_iter().collect()
    }

    /// How much two children are alike; `None` where nobody needs to be asked.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Alike> {
        self.birth_dates.iter().find(|date| other.birth_dates.contains(date))?;
        let pairs = self.names.iter().flat_map(|name| other.names.iter().map(move |other| name.compare(other)));
        let (names, forename, surname) = pairs.max()?;
        let sexes_differ = !self.sexes.is_empty() && !other.sexes.is_empty() && self.sexes.is_disjoint(&other.sexes);
        let score = (BIRTH_DATE + names).saturating_sub(if sexes_differ { OTHER_SEX } else { 0 });
        if score < SCORE_MIN {
            return None;
        }
        let mut evidence = Evidence { agree: vec![("Person", "birth_date")], differ: Vec::new() };
        let mut tell = |field, agrees: bool| {
            if agrees { &mut evidence.agree } else { &mut evidence.differ }.push(field);
        };
        tell(("Name", "forename"), forename);
        tell(("Name", "surname"), surname);
        if sexes_differ {
            tell(("Person", "sex"), false);
        } else if !self.sexes.is_disjoint(&other.sexes) {
            tell(("Person", "sex"), true);
        }
        Some(Alike { score, evidence })
    }

    fn is_enough(&self) -> bool {
        !self.birth_dates.is_empty() && !self.names.is_empty()
    }
}

impl FoldedName {
    fn of(name: &Name) -> Self {
        let half = |said: &Said<Box<str>>| said.as_ref().is().map(|text| fold(text)).unwrap_or_default();
        Self { forename: half(&name.forename), surname: half(&name.surname) }
    }

    fn is_nothing(&self) -> bool {
        self.forename.is_empty() && self.surname.is_empty()
    }

    /// What the agreement of two names weighs, and which halves are equal.
    fn compare(&self, other: &Self) -> (u8, bool, bool) {
        let equal = |one: &str, other: &str| !one.is_empty() && one == other;
        let begins = |one: &str, other: &str| {
            one.chars().count() >= BEGINNING_LETTERS_MIN && !one.is_empty() && other.starts_with(one)
        };
        let surname = equal(&self.surname, &other.surname);
        let forename = if equal(&self.forename, &other.forename) {
            FORENAME
        } else if begins(&self.forename, &other.forename) || begins(&other.forename, &self.forename) {
            FORENAME_BEGINS
        } else {
            0
        };
        (forename + if surname { SURNAME } else { 0 }, forename == FORENAME, surname)
    }
}

/// Whether the NHS protects a child above all, or may: such a child is not found by name (views, section 7.1).
fn is_hidden(dossier: &Dossier) -> bool {
    dossier.statements().any(|statement| match statement {
        Statement::Restriction(restriction) => {
            !matches!(restriction.kind, Said::Is(RestrictionKind::NhsRestricted | RestrictionKind::AuthorityRestricted))
        }
        _ => false,
    })
}

/// A name without case, marks, blanks and whatever else is no letter.
pub(crate) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match PLAIN.iter().find(|(marked, _)| marked.contains(letter)) {
            Some((_, plain)) => folded.push_str(plain),
            None if letter.is_alphabetic() => folded.push(letter),
            None => {}
        }
    }
    folded
}

/// Letters of the Latin alphabet with their marks, small, and the plain ones that stand for them.
const PLAIN: [(&str, &str); 27] = [
    ("àáâãäåāăąǎ", "a"),
    ("æǽ", "ae"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęěẽ", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıǐỉị", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉŋ", "n"),
    ("òóôõöøōŏőǒơ", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűųǔư", "u"),
    ("ŵẁẃẅ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżž", "z"),
    ("ảạấầẩẫậắằẳẵặ", "a"),
    ("ẻẹếềểễệ", "e"),
    ("ỏọốồổỗộớờởỡợ", "o"),
    ("ủụứừửữự", "u"),
];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use schemas::{
        diagnostic::Place,
        record::{Person, PersonMore, Record, Restriction, Source, Subject},
    };

    use super::*;

    fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    fn says(statements: Vec<Statement>) -> Dossier {
        let subject = Arc::new(Subject::child(Vec::new(), None));
        let record =
            |statement| Record { subject: Arc::clone(&subject), statement, source: Source::at(Place::Document) };
        Dossier { records: statements.into_iter().map(record).collect(), ..Dossier::default() }
    }

    fn person(names: &[(&str, &str)], born: &str, sex: Option<Sex>) -> Statement {
        let text = |text: &str| if text.is_empty() { Said::NotAsked } else { Said::Is(text.into()) };
        let names = names.iter().map(|(forename, surname)| Name {
            forename: text(forename),
            surname: text(surname),
            ..Name::default()
        });
        let more = PersonMore { names: Said::Is(names.collect()), ..PersonMore::default() };
        Person {
            birth_date: Said::Is(day(born)),
            sex: sex.map_or(Said::NotAsked, Said::Is),
            more: Some(Box::new(more)),
            ..Person::default()
        }
        .into()
    }

    fn child(forename: &str, surname: &str, born: &str) -> Likeness {
        Likeness::of(&says(vec![person(&[(forename, surname)], born, None)])).unwrap()
    }

    fn score(left: &Likeness, right: &Likeness) -> Option<u8> {
        let alike = left.compare(right);
        assert_eq!(alike, right.compare(left), "whichever comes first");
        alike.map(|alike| alike.score)
    }

    #[test]
    fn a_score_says_how_much_agrees_and_twins_are_no_question() {
        let known = child("Katherine", "O'Neill", "2012-03-04");
        for (forename, surname, born, expected) in [
            ("KATHERINE", "oneill", "2012-03-04", Some(100)),
            ("Katherine", "Smith", "2012-03-04", Some(75)),
            ("Kat", "O’Neill", "2012-03-04", Some(85)),
            ("Kat", "Smith", "2012-03-04", None),
            ("Ka", "O'Neill", "2012-03-04", None),
            ("Aoife", "O'Neill", "2012-03-04", None),
            ("Katherine", "O'Neill", "2012-03-05", None),
            ("", "O'Neill", "2012-03-04", None),
            ("Katherine", "", "2012-03-04", Some(75)),
        ] {
            assert_eq!(score(&known, &child(forename, surname, born)), expected, "{forename} {surname} {born}");
        }
    }

    #[test]
    fn another_sex_weighs_against_and_what_is_not_said_weighs_nothing() {
        let of = |names: &[(&str, &str)], sex| Likeness::of(&says(vec![person(names, "2012-03-04", sex)])).unwrap();
        let girl = of(&[("Sam", "Hill")], Some(Sex::Female));
        let told = girl.compare(&of(&[("Sam", "Hill")], Some(Sex::Male))).unwrap();
        assert_eq!((told.score, &told.evidence.differ[..]), (80, &[("Person", "sex")][..]));
        assert_eq!(score(&girl, &of(&[("Sam", "Dale")], Some(Sex::Male))), None);
        assert_eq!(score(&girl, &of(&[("Sam", "Hill")], Some(Sex::Unknown))), Some(100));
        let told = girl.compare(&of(&[("Sam", "Hill")], Some(Sex::Female))).unwrap();
        assert_eq!(told.evidence.agree.len(), 4);
        // The best of several names counts, former ones too.
        assert_eq!(score(&girl, &of(&[("Samira", "Khan"), ("Sam", "Hill")], None)), Some(100));
    }

    #[test]
    fn who_must_not_be_found_by_name_is_not_compared() {
        let named = || person(&[("Sam", "Hill")], "2012-03-04", None);
        let restricted = |kind| {
            let restriction = Restriction { kind, ..Restriction::default() };
            Likeness::of(&says(vec![named(), restriction.into()])).is_some()
        };
        for kind in [RestrictionKind::NhsVeryRestricted, RestrictionKind::Redacted, RestrictionKind::Adopted] {
            assert!(!restricted(Said::Is(kind)));
        }
        assert!(!restricted(Said::Unreadable), "it may be any of them");
        assert!(restricted(Said::Is(RestrictionKind::NhsRestricted)));
        assert!(restricted(Said::Is(RestrictionKind::AuthorityRestricted)));
        assert!(Likeness::of(&says(Vec::new())).is_none());
        let nameless = Person { birth_date: Said::Is(day("2012-03-04")), ..Person::default() };
        assert!(Likeness::of(&says(vec![nameless.into()])).is_none());
    }

    #[test]
    fn names_fold_as_they_are_written_anywhere() {
        for (one, other) in [
            ("Łukasz", "LUKASZ"),
            ("Zoë", "zoe"),
            ("Zoe\u{308}", "Zoë"),
            ("Strauß", "Strauss"),
            ("Nguyễn", "nguyen"),
            ("Anne-Marie", "anne marie"),
            ("İpek", "ipek"),
            ("Bjørn", "bjorn"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("محمد"), "", "letters of other alphabets stay");
        assert_eq!(fold("- ' 7"), "");
        // A letter stands for one plain one.
        for (at, (marked, _)) in PLAIN.iter().enumerate() {
            assert!(marked.chars().all(|letter| PLAIN.iter().position(|(all, _)| all.contains(letter)) == Some(at)));
        }
    }

    #[test]
    fn names_and_keys_are_bounded_and_those_who_are_alike_share_one() {
        let many: Vec<(String, String)> =
            (0..100).map(|n| (format!("a{}", "b".repeat(n)), "Hill".to_owned())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
        let statements = (1..29).map(|day| person(&many, &format!("2012-03-{day:02}"), None)).collect();
        let crowded = Likeness::of(&says(statements)).unwrap();
        assert!(crowded.keys().len() <= BIRTH_DATES_MAX * NAMES_MAX * 2);
        let one = child("Katherine", "Hill", "2012-03-04");
        for other in [child("Katherine", "Smith", "2012-03-04"), child("Kat", "Hill", "2012-03-04")] {
            assert!(score(&one, &other).is_some());
            assert!(one.keys().iter().any(|key| other.keys().contains(key)));
        }
        assert!(!format!("{one:?}").contains("Kath"));
    }

    #[test]
    fn a_spoken_name_is_first_name_first() {
        let known = child("Anna", "van der Berg", "2012-03-04");
        let asked = |name: &str| Likeness::asked(name, day("2012-03-04"), None);
        assert_eq!(score(&known, &asked("Anna van der Berg").unwrap()), Some(100));
        assert_eq!(score(&known, &asked("anna  Maria VAN-DER-BERG").unwrap()), Some(100));
        for nothing in ["", "  ", "Anna", "7 8"] {
            assert!(asked(nothing).is_none(), "{nothing}");
        }
        assert!(asked(&"x ".repeat(10_000)).is_some(), "however long it is");
    }
}
