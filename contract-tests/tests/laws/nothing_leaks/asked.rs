//! What providers are asked about a child holds nothing that the child is known by, whatever the record says of it; and
//! no text in which any of it stands is sent out.

use std::sync::Arc;

use exchange::{
    market::referral::{
        alike::Looks,
        issue::{Choices, make},
        known::Known,
    },
    view::View,
};
use kit::{
    adapter::{Disclosure, Dossier, Options, Protection, Unheard},
    ids::IdKey,
    sheaf::Sheaf,
};
use schemas::{
    date::DateTime,
    diagnostic::Place,
    identifier::{Identifier, ReferralRef},
    record::{Record, Referral, ReferralMore, Source, Statement, Subject},
    said::Said,
};

use super::{
    Search,
    canary::{Condition, child},
};
use crate::{made::Child, support::format};

fn dossier(child: &Child) -> Dossier {
    Dossier { subject: Some(Arc::new(child.subject.clone())), records: child.records(0), ..Dossier::default() }
}

fn moment() -> DateTime {
    DateTime::read(b"2026-03-31T09:00:00+01:00").unwrap()
}

/// A referral as providers read it.
fn written(referral: Referral) -> Vec<u8> {
    let reference = ReferralRef::read(b"R-0000000000000000000000AAAA").unwrap();
    let subject = Arc::new(Subject::child(vec![Identifier::Referral(reference)], None));
    let mut statement = Statement::from(referral);
    assert!(View::shipped("referral").unwrap().project(&mut statement, None));
    let records = [Record { subject: Arc::clone(&subject), statement, source: Source::at(Place::Document) }];
    let options = Options::plain();
    let ids = IdKey::published().of_subject(b"referral", b"asked");
    let mut sheaf = Sheaf::default();
    let encoder = format("referral-json").encode.unwrap().begin(&options);
    encoder.subject(
        &Disclosure {
            subject: &subject,
            records: &records,
            ids: &ids,
            protection: Protection::default(),
            photographs: &[],
        },
        &mut sheaf,
        &mut Unheard,
    );
    sheaf.parts()[0].1.clone()
}

#[test]
fn what_providers_are_asked_holds_nothing_that_the_child_is_known_by() {
    for condition in Condition::ALL {
        let child = child(condition);
        let (dossier, search) = (dossier(&child), Search::of(std::slice::from_ref(&child)));
        // Six who are alike, so that nothing is left away.
        let census = vec![Looks::of(&dossier, moment().date().unwrap()); 6];
        let made = make(&Referral::default(), &[dossier], Some(&census), Choices::default(), moment()).unwrap();
        assert!(made.told.is_empty(), "{condition:?}");
        let bytes = written(made.referral);
        let text = String::from_utf8_lossy(&bytes);
        for known in ["ageYears", "sex", "ethnicGroup", "legalStatusGroup", "sdqBand", "phase"] {
            assert!(text.contains(known), "control: {known} in {text}");
        }
        let found: Vec<_> = search.found(&bytes).iter().map(|found| found.as_spelt.clone()).collect();
        assert!(found.is_empty(), "{condition:?}: {found:?} in {text}");
    }
}

#[test]
fn a_text_in_which_anything_stands_that_a_child_is_known_by_is_refused() {
    let child = child(Condition::Plain);
    let (dossier, known) = (dossier(&child), Known::of(&dossier(&child)));
    let names = child.statements.iter().find_map(|statement| match statement {
        Statement::Person(person) => person.more.as_ref()?.names.clone().is(),
        _ => None,
    });
    let mut texts: Vec<String> = Vec::new();
    for name in names.unwrap() {
        texts.extend([name.forename, name.middle, name.surname].into_iter().filter_map(Said::is).map(String::from));
    }
    for identifier in &child.subject.identifiers {
        let mut value = Vec::new();
        identifier.write_value(&mut value);
        if !matches!(identifier, Identifier::Referral(_) | Identifier::Pseudonym(_) | Identifier::Provider(_)) {
            texts.push(String::from_utf8(value).unwrap());
        }
    }
    assert!(texts.len() > 6, "{}", texts.len());
    for text in texts {
        let summary = format!("She likes football; ({text}).");
        assert!(known.stands_in(&summary), "{summary}");
        let asked = Referral {
            more: Some(Box::new(ReferralMore { summary: Said::Is(summary.into()), ..ReferralMore::default() })),
            ..Referral::default()
        };
        let refusal =
            make(&asked, std::slice::from_ref(&dossier), Some(&[]), Choices::default(), moment()).unwrap_err();
        assert_eq!((refusal.rule.code, refusal.member.as_str()), ("ifa/text-identifies", "summary"));
    }
}
