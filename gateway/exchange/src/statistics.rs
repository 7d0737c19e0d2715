//! Statistics: pseudonyms, adopted children by the year only, and groups too small to hide in (views, section 7.6).
//!
//! Two passes: the first learns the groups and the pseudonyms, the second tells the rows in the order of pseudonyms.

use std::{collections::HashMap, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use kit::adapter::Dossier;
use schemas::{
    code::Code,
    date::Date,
    identifier::{Identifier, LaCode, Pseudonym},
    record::{Person, Statement, Subject, SubjectKind},
    reflect::{Kind, Value},
    said::{Reduction, Said},
};
use sha2::Sha256;

use crate::{carried::is_adopted, precision::age_band, view::View};

/// Fewer children than this of one authority, age band, sex and ethnic group are told with less (views, section 7.6).
/// It may be raised.
pub const STATISTICS_CHILDREN_MIN: u32 = 6;

/// Makes the pseudonyms of one recipient and year.
pub struct Pseudonyms {
    primed: Hmac<Sha256>,
}

impl Pseudonyms {
    /// Under the recipient's key; `recipient_and_year` as `recipient/2026`.
    #[must_use]
    pub fn new(key: &[u8; 32], recipient_and_year: &str) -> Self {
        // A key of a block or less is always taken; there is no length that HMAC refuses.
        let mut primed =
            Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        primed.update(recipient_and_year.as_bytes());
        primed.update(b"|");
        Self { primed }
    }

    /// The pseudonym of the child with this anchor: the first 128 bits of the keyed hash.
    #[must_use]
    pub fn of(&self, system: &[u8], value: &[u8]) -> Pseudonym {
        let mut name = self.primed.clone();
        name.update(system);
        name.update(b"|");
        name.update(value);
        let mut bits = [0; 16];
        bits.copy_from_slice(&name.finalize().into_bytes()[..16]);
        Pseudonym::new(bits)
    }
}

/// What a reader of the rows can tell a child by. 0 is "not said", by the source or by this rule alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Group {
    authority: u16,
    age: u8,
    sex: u8,
    ethnicity: u8,
}

/// What a child's group is too small to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    ethnicity: bool,
    sex: bool,
    authority: bool,
}

/// One child of the second pass.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) pseudonym: Pseudonym,
    /// Which subject of the document.
    pub(crate) subject: usize,
    group: Group,
    pub(crate) lost: Lost,
}

impl Row {
    /// The row of a child, grouped by what will be let out.
    pub(crate) fn new(
        subject: usize,
        pseudonym: Pseudonym,
        dossier: &Dossier,
        view: &View,
        as_at: Option<Date>,
    ) -> Self {
        let authority = dossier.subject.as_ref().and_then(|subject| subject.authority);
        let mut group = Group { authority: authority.map_or(0, LaCode::number), age: 0, sex: 0, ethnicity: 0 };
        let adopted = is_adopted(dossier);
        // A narrower view groups as the shipped one does: it never tells more than that one for having larger groups.
        let widest = View::shipped("statistics").unwrap_or(view);
        for statement in dossier.statements().filter(|statement| matches!(statement, Statement::Person(_))) {
            let mut statement = statement.clone();
            widest.project(&mut statement, as_at);
            if adopted {
                coarsen(&mut statement);
            }
            if let Statement::Person(person) = &statement {
                group.take(person);
            }
        }
        Self { pseudonym, subject, group, lost: Lost::default() }
    }
}

impl Group {
    /// What is said first holds; several records of one person do not widen the group.
    fn take(&mut self, person: &Person) {
        fn first(held: &mut u8, said: u8) {
            if *held == 0 {
                *held = said;
            }
        }
        if let Said::Reduced(Reduction::Age(years)) = person.birth_date {
            first(&mut self.age, age_band(years) as u8 + 1);
        }
        if let Said::Reduced(Reduction::Coarse(group)) = person.ethnicity {
            first(&mut self.ethnicity, group as u8 + 1);
        }
        first(
            &mut self.sex,
            match person.sex {
                Said::Is(sex) => sex.index() + 1,
                Said::NotAsked | Said::Reduced(_) => 0,
                Said::Blank => 250,
                Said::Unknown => 251,
                Said::Refused => 252,
                Said::NotApplicable => 253,
                Said::Unreadable => 254,
            },
        );
    }
}

/// Takes from children in small groups what tells them apart, and puts all in the order of pseudonyms.
///
/// A group that has lost its ethnicity and is still small, together with all that now look like it, loses its sex, and
/// then its authority.
pub(crate) fn settle(rows: &mut [Row], children_min: u32) {
    let lose: [fn(&mut Row); 3] = [
        |row| (row.group.ethnicity, row.lost.ethnicity) = (0, true),
        |row| (row.group.sex, row.lost.sex) = (0, true),
        |row| (row.group.authority, row.lost.authority) = (0, true),
    ];
    let lost_before: [fn(&Row) -> bool; 3] = [|_| true, |row| row.lost.ethnicity, |row| row.lost.sex];
    for (lose, had_lost) in lose.into_iter().zip(lost_before) {
        let mut sizes: HashMap<Group, u32> = HashMap::new();
        for row in &*rows {
            *sizes.entry(row.group).or_default() += 1;
        }
        for row in &mut *rows {
            if had_lost(row) && sizes.get(&row.group).is_some_and(|size| *size < children_min) {
                lose(row);
            }
        }
    }
    rows.sort_by_key(|row| (row.pseudonym, row.subject));
}

/// Names a projected child by the pseudonym, and takes what its group is too small to tell. A provider is in a public
/// register and keeps its number.
pub(crate) fn disguise(dossier: &mut Dossier, row: &Row) {
    let Some(subject) = dossier.subject.as_ref().filter(|subject| subject.kind == SubjectKind::Child) else { return };
    let subject = Arc::new(Subject {
        kind: subject.kind,
        identifiers: vec![Identifier::Pseudonym(row.pseudonym)],
        authority: subject.authority.filter(|_| !row.lost.authority),
    });
    for record in &mut dossier.records {
        record.subject = Arc::clone(&subject);
        match &mut record.statement {
            Statement::Person(person) => {
                if row.lost.ethnicity {
                    person.ethnicity = Said::NotAsked;
                }
                if row.lost.sex {
                    person.sex = Said::NotAsked;
                }
            }
            // The place would tell the authority again.
            Statement::CareEpisode(episode) if row.lost.authority => {
                episode.placement_la = Said::NotAsked;
                episode.placement_location = Said::NotAsked;
                episode.placement_postcode = Said::NotAsked;
                episode.home_postcode = Said::NotAsked;
            }
            _ => {}
        }
    }
    dossier.subject = Some(subject);
}

/// Leaves of an adopted child no day, no month, no birth and no sex of the adopters; whether anything changed
/// (views, sections 7.2 and 7.6).
pub(crate) fn coarsen(statement: &mut Statement) -> bool {
    let mut changed = false;
    for field in statement.statement_type().fields.iter().filter(|field| matches!(field.kind, Kind::Date)) {
        if let Said::Is(Value::Date(day)) = field.get(statement) {
            changed |= day != day.first_of_year();
            field.set(statement, Said::Is(Value::Date(day.first_of_year())));
        }
    }
    match statement {
        Statement::Person(person) => changed |= std::mem::take(&mut person.birth_date) != Said::NotAsked,
        Statement::Adoption(adoption) => changed |= std::mem::take(&mut adoption.adopters_sex) != Said::NotAsked,
        _ => {}
    }
    changed
}

#[cfg(test)]
mod tests {
    use schemas::said::Coarse;

    use super::*;

    fn row(n: u8, group: [u8; 3]) -> Row {
        let [age, sex, ethnicity] = group;
        Row {
            pseudonym: Pseudonym::new([u8::MAX - n; 16]),
            subject: usize::from(n),
            group: Group { authority: 330, age, sex, ethnicity },
            lost: Lost::default(),
        }
    }

    fn lost(rows: &[Row], subject: usize) -> (bool, bool, bool) {
        let lost = rows.iter().find(|row| row.subject == subject).unwrap().lost;
        (lost.ethnicity, lost.sex, lost.authority)
    }

    #[test]
    fn six_are_enough_and_five_lose_their_ethnicity_then_their_sex_then_their_authority() {
        // 0 to 5: a whole group. 6 to 10: small, and 11 joins them once the ethnicity is gone. 12 to 14 and 15 to 17
        // differ in sex and ethnicity. 18 stays alone to the end.
        let mut rows: Vec<Row> = (0..6).map(|n| row(n, [1, 1, 1])).collect();
        rows.extend((6..11).map(|n| row(n, [1, 1, 2])));
        rows.push(row(11, [1, 1, 3]));
        rows.extend((12..15).map(|n| row(n, [2, 1, 1])));
        rows.extend((15..18).map(|n| row(n, [2, 2, 1])));
        rows.push(row(18, [3, 1, 1]));
        settle(&mut rows, STATISTICS_CHILDREN_MIN);
        assert_eq!(lost(&rows, 0), (false, false, false));
        assert_eq!(lost(&rows, 6), (true, false, false));
        assert_eq!(lost(&rows, 11), (true, false, false));
        assert_eq!(lost(&rows, 12), (true, true, false));
        assert_eq!(lost(&rows, 17), (true, true, false));
        assert_eq!(lost(&rows, 18), (true, true, true));
        assert!(rows.is_sorted_by(|left, right| left.pseudonym < right.pseudonym));
    }

    #[test]
    fn six_are_too_few_where_seven_are_asked() {
        let mut rows: Vec<Row> = (0..6).map(|n| row(n, [1, 1, 1])).collect();
        settle(&mut rows, STATISTICS_CHILDREN_MIN + 1);
        assert!((0..6).all(|n| lost(&rows, n) == (true, true, true)));
        let mut rows: Vec<Row> = (0..7).map(|n| row(n, [1, 1, 1])).collect();
        settle(&mut rows, STATISTICS_CHILDREN_MIN + 1);
        assert!((0..7).all(|n| lost(&rows, n) == (false, false, false)));
    }

    #[test]
    fn a_pseudonym_hangs_on_key_recipient_year_and_anchor() {
        let of = |key: u8, recipient: &str, value: &[u8]| Pseudonyms::new(&[key; 32], recipient).of(b"s", value);
        let first = of(1, "a/2026", b"4017");
        assert!(first == of(1, "a/2026", b"4017"));
        for other in
            [of(2, "a/2026", b"4017"), of(1, "b/2026", b"4017"), of(1, "a/2027", b"4017"), of(1, "a/2026", b"1")]
        {
            assert!(first != other);
        }
    }

    #[test]
    fn bands_and_groups_have_numbers_of_their_own() {
        assert!(Coarse::ALL.iter().enumerate().all(|(n, coarse)| *coarse as usize == n && n < 250));
    }
}
