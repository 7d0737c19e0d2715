//! Who is who: which subject a document speaks of, by exact identifiers, and what a person is asked where they disagree.
//!
//! Nothing is ever merged here. Identifiers that lead to two subjects are a proposal for a person; until it is decided
//! the record stays with the sender's own key, and what contradicts it is not attached.

use schemas::{
    identifier::{Identifier, IdentifierKind, NhsNumber},
    record::Statement,
    said::Said,
};

/// The id of a subject in the store.
pub type SubjectId = [u8; 16];

/// An identifier of a document, and to whom the index leads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The identifier.
    pub identifier: Identifier,
    /// The subject that has it.
    pub subject: Option<Known>,
}

/// A subject that the index knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: SubjectId,
    /// The sender's own key that it has already. A sender that speaks of it under another key means somebody else, or
    /// says so to a person: one mistyped number must not make one child of two siblings.
    pub sender_key: Option<Identifier>,
    /// The NHS number that it has.
    pub nhs_number: Option<NhsNumber>,
    /// An adoption has closed it: nothing is linked with it any more (views, section 7.2).
    pub closed_by_adoption: bool,
}

/// Whom a document speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Whose records they are.
    pub subject: Resolved,
    /// The identifiers that the subject has not and may be given, in the order in which they were found.
    pub attach: Vec<Identifier>,
    /// Kinds of identifiers that contradict what is known: not attached.
    pub contradict: Vec<IdentifierKind>,
    /// Other subjects that an identifier of the document belongs to: each is proposed to a person as the same, never
    /// merged. None that an adoption has closed, and none with another NHS number.
    pub propose: Vec<SubjectId>,
}

/// Whose records they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A subject that is known.
    Existing(SubjectId),
    /// Somebody who is not known yet.
    New,
}

/// Whom a document speaks of: the sender's own key comes first in `found`, then the other identifiers.
#[must_use]
pub fn resolve(found: &[Found]) -> Resolution {
    let own = found.first().and_then(|own| own.subject);
    let sender_key = found.first().map(|own| own.identifier);
    if let Some(closed) = own.filter(|own| own.closed_by_adoption) {
        // The authority's own return still speaks of the child under its own key; nothing else is linked with it.
        let contradict =
            found.iter().filter(|found| found.subject != own).map(|found| found.identifier.kind()).collect();
        let subject = Resolved::Existing(closed.id);
        return Resolution { subject, attach: Vec::new(), contradict, propose: Vec::new() };
    }
    let of_document = nhs_numbers(found);
    let open = |known: &Known| !known.closed_by_adoption && agree(known.nhs_number, &of_document);
    // A sender's own key that is new may follow another identifier, unless the others lead to several.
    let keeps = own.or_else(|| {
        let mut others = found.iter().filter_map(|found| found.subject);
        let first = others.next()?;
        let may_follow = |first: &Known| open(first) && first.sender_key.is_none_or(|key| Some(key) == sender_key);
        others.all(|other| other.id == first.id).then_some(first).filter(may_follow)
    });
    let subject = keeps.map_or(Resolved::New, |keeps| Resolved::Existing(keeps.id));
    let mut resolution = Resolution { subject, attach: Vec::new(), contradict: Vec::new(), propose: Vec::new() };
    let number_kept = keeps.and_then(|keeps| keeps.nhs_number);
    for Found { identifier, subject } in found {
        match subject {
            Some(known) if keeps.is_some_and(|keeps| keeps.id == known.id) => {}
            Some(other) => {
                resolution.contradict.push(identifier.kind());
                let may_be_one = open(other) && agree(other.nhs_number, number_kept.as_slice());
                if may_be_one && !resolution.propose.contains(&other.id) {
                    resolution.propose.push(other.id);
                }
            }
            // Of two numbers nobody knows which is the child's.
            None if matches!(identifier, Identifier::Nhs(_)) && !agree(number_kept, &of_document) => {
                resolution.contradict.push(identifier.kind());
            }
            None => resolution.attach.push(*identifier),
        }
    }
    resolution
}

/// What a person compares of two subjects: names of fields only, never what stands in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Fields in which both say the same.
    pub agree: Vec<(&'static str, &'static str)>,
    /// Fields in which they say different things.
    pub differ: Vec<(&'static str, &'static str)>,
}

/// Compares what is said of two subjects, where each is said once a subject.
#[must_use]
pub fn evidence<'s>(
    left: impl IntoIterator<Item = &'s Statement>,
    right: impl IntoIterator<Item = &'s Statement> + Clone,
) -> Evidence {
    let mut evidence = Evidence::default();
    for left in left {
        let of = left.statement_type();
        if !of.key.is_empty() {
            continue;
        }
        let same_type = right.clone().into_iter().filter(|right| right.statement_type().name == of.name);
        for right in same_type {
            for field in of.fields {
                let (Said::Is(one), Said::Is(other)) = (field.get(left), field.get(right)) else { continue };
                let list = if one == other { &mut evidence.agree } else { &mut evidence.differ };
                if !list.contains(&(of.name, field.name)) {
                    list.push((of.name, field.name));
                }
            }
        }
    }
    evidence
}

fn nhs_numbers(found: &[Found]) -> Vec<NhsNumber> {
    let numbers = found.iter().filter_map(|found| match found.identifier {
        Identifier::Nhs(number) => Some(number),
        _ => None,
    });
    numbers.collect()
}

/// Whether no two of the numbers differ.
fn agree(known: Option<NhsNumber>, others: &[NhsNumber]) -> bool {
    let mut all = known.into_iter().chain(others.iter().copied());
    all.next().is_none_or(|first| all.all(|other| other == first))
}

#[cfg(test)]
mod tests {
    use schemas::{
        identifier::{LaChildId, Upn},
        record::{Person, Review},
    };

    use super::*;

    const OWN: SubjectId = [1; 16];
    const OTHER: SubjectId = [2; 16];
    const THIRD: SubjectId = [3; 16];

    fn own_key() -> Identifier {
        Identifier::LaChild(LaChildId::read(b"4017").unwrap().0)
    }

    fn upn() -> Identifier {
        Identifier::Upn { upn: Upn::read(b"J330999925001").unwrap(), former: false }
    }

    fn number(text: &str) -> NhsNumber {
        NhsNumber::read(text.as_bytes()).unwrap()
    }

    fn first() -> NhsNumber {
        number("9000000009")
    }

    fn second() -> NhsNumber {
        number("9434765919")
    }

    fn known(id: SubjectId) -> Known {
        Known { id, sender_key: None, nhs_number: None, closed_by_adoption: false }
    }

    fn found(identifiers: &[(Identifier, Option<Known>)]) -> Resolution {
        let found: Vec<Found> = identifiers
            .iter()
            .map(|(identifier, subject)| Found { identifier: *identifier, subject: *subject })
            .collect();
        resolve(&found)
    }

    #[test]
    fn nobody_known_is_somebody_new_with_all_identifiers() {
        let resolution = found(&[(own_key(), None), (Identifier::Nhs(first()), None)]);
        assert_eq!(resolution.subject, Resolved::New);
        assert_eq!(resolution.attach, [own_key(), Identifier::Nhs(first())]);
        assert_eq!(found(&[]).subject, Resolved::New);
    }

    #[test]
    fn an_exact_identifier_finds_the_subject_and_brings_the_others() {
        let by_own = found(&[(own_key(), Some(known(OWN))), (upn(), None)]);
        assert_eq!((by_own.subject, by_own.attach), (Resolved::Existing(OWN), vec![upn()]));
        let by_number = found(&[(own_key(), None), (Identifier::Nhs(first()), Some(known(OTHER)))]);
        assert_eq!((by_number.subject, by_number.attach), (Resolved::Existing(OTHER), vec![own_key()]));
    }

    #[test]
    fn identifiers_of_two_subjects_are_proposed_and_never_merged() {
        let resolution = found(&[(own_key(), Some(known(OWN))), (upn(), Some(known(OTHER)))]);
        assert_eq!(resolution.subject, Resolved::Existing(OWN), "the sender's own key keeps the record");
        assert_eq!((resolution.contradict, resolution.propose), (vec![IdentifierKind::Upn], vec![OTHER]));
        assert!(resolution.attach.is_empty());

        let torn =
            found(&[(own_key(), None), (upn(), Some(known(OTHER))), (Identifier::Nhs(first()), Some(known(THIRD)))]);
        assert_eq!((torn.subject, torn.attach), (Resolved::New, vec![own_key()]));
        assert_eq!(torn.propose, [OTHER, THIRD]);
    }

    #[test]
    fn a_subject_that_the_sender_knows_by_another_key_is_only_proposed() {
        let sibling =
            Known { sender_key: Some(Identifier::LaChild(LaChildId::read(b"4018").unwrap().0)), ..known(OTHER) };
        let mistyped = found(&[(own_key(), None), (upn(), Some(sibling))]);
        assert_eq!((mistyped.subject, mistyped.attach), (Resolved::New, vec![own_key()]));
        assert_eq!(mistyped.propose, [OTHER]);
    }

    #[test]
    fn two_nhs_numbers_are_never_joined() {
        let own = Known { nhs_number: Some(first()), ..known(OWN) };
        let other = Known { nhs_number: Some(second()), ..known(OTHER) };
        let another_number = found(&[(own_key(), Some(own)), (Identifier::Nhs(second()), None)]);
        assert_eq!(another_number.contradict, [IdentifierKind::NhsNumber]);
        assert!(another_number.attach.is_empty());
        let of_another = found(&[(own_key(), Some(own)), (Identifier::Nhs(second()), Some(other))]);
        assert_eq!((of_another.subject, of_another.propose), (Resolved::Existing(OWN), Vec::new()));
        let by_upn = found(&[(own_key(), None), (upn(), Some(other)), (Identifier::Nhs(first()), None)]);
        assert_eq!((by_upn.subject, by_upn.propose), (Resolved::New, Vec::new()));
        let both = found(&[(own_key(), None), (Identifier::Nhs(first()), None), (Identifier::Nhs(second()), None)]);
        assert_eq!((both.attach, both.contradict.len()), (vec![own_key()], 2));
    }

    #[test]
    fn a_subject_closed_by_adoption_is_linked_with_nobody() {
        let closed = Known { closed_by_adoption: true, ..known(OTHER) };
        let after = found(&[(own_key(), None), (Identifier::Nhs(first()), Some(closed))]);
        assert_eq!((after.subject, after.attach, after.propose), (Resolved::New, vec![own_key()], Vec::new()));
        let beside = found(&[(own_key(), Some(known(OWN))), (upn(), Some(closed))]);
        assert_eq!((beside.subject, beside.propose), (Resolved::Existing(OWN), Vec::new()));
        let own_return =
            found(&[(own_key(), Some(closed)), (upn(), None), (Identifier::Nhs(first()), Some(known(OWN)))]);
        assert_eq!((own_return.subject, own_return.attach.len()), (Resolved::Existing(OTHER), 0));
        assert_eq!((own_return.contradict.len(), own_return.propose.len()), (2, 0));
    }

    #[test]
    fn evidence_names_fields_and_no_values() {
        let born = |day: &str| schemas::date::Date::parse_iso(day.as_bytes()).map_or(Said::Blank, Said::Is);
        let person = |day: &str, mother: bool| -> Statement {
            Person { birth_date: born(day), is_mother: Said::Is(mother), ..Person::default() }.into()
        };
        let review: Statement = Review { date: born("2026-01-01"), ..Review::default() }.into();
        let (left, right) = ([person("2015-06-15", true), review.clone()], [review, person("2015-06-16", true)]);
        let evidence = evidence(&left, &right);
        assert_eq!(evidence.agree, [("Person", "is_mother")]);
        assert_eq!(evidence.differ, [("Person", "birth_date")]);
    }
}
