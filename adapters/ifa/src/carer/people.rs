//! People on a carer's page: who works with the child, who holds parental responsibility, and who must not collect it.

use schemas::{
    code::{Code, RelationshipPermission, RelationshipRole},
    record::{Relationship, SocialWorker, Statement, Telecom},
    said::Said,
};

use super::{Child, Fact, NOT_KNOWN, fact, joined, standing, text};

/// What is said of people.
pub(super) fn facts(child: &Child<'_>) -> Vec<Fact> {
    let mut people = workers(child);
    people.push(fact("Office", child.options.organisation.office_phone.as_deref().map(str::to_owned)));
    people.push(("Duty phone".to_owned(), child.duty_phone().to_owned()));
    people.push(("Nurse".to_owned(), NOT_KNOWN.to_owned()));
    let responsible = |other: &&Relationship| other.has_parental_responsibility == Said::Is(true);
    people.push(fact("Who has parental responsibility", listed(family(child).filter(responsible))));
    let others = family(child).filter(|other| !responsible(other));
    for other in others.filter(|other| other.role.has_value()) {
        let role = role_in_words(other).unwrap_or("Somebody who knows me");
        people.push((role.to_owned(), text(&other.name).unwrap_or(NOT_KNOWN).to_owned()));
    }
    people.extend(permitted(child));
    people
}

/// Who works with the child, by whichever statement says it.
fn workers(child: &Child<'_>) -> Vec<Fact> {
    let mut workers: Vec<Fact> = Vec::new();
    let mut add = |role: &str, line: String| {
        if !workers.iter().any(|(known, said)| known == role && *said == line) {
            workers.push((role.to_owned(), line));
        }
    };
    for worker in standing!(child, SocialWorker) {
        let worker: &SocialWorker = worker;
        let Some(name) = text(&worker.name) else { continue };
        let role = worker.role.is().map_or("Social worker", |role| role.label());
        add(role, joined([Some(name), text(&worker.team)].into_iter().chain(ways(&worker.telecom))));
    }
    for other in standing!(child, Relationship).filter(|other| other.role == Said::Is(RelationshipRole::SocialWorker)) {
        let Some(name) = text(&other.name) else { continue };
        let telecom = other.more.as_deref().map_or(&Said::NotAsked, |more| &more.telecom);
        add("Social worker", joined(std::iter::once(Some(name)).chain(ways(telecom))));
    }
    if workers.is_empty() {
        workers.push(("Social worker".to_owned(), NOT_KNOWN.to_owned()));
    }
    workers
}

fn ways(telecom: &Said<Vec<Telecom>>) -> impl Iterator<Item = Option<&str>> {
    telecom.as_ref().is().into_iter().flatten().filter_map(|way: &Telecom| text(&way.value)).map(Some)
}

/// Who belongs to the child and is neither the reader of the page nor there by profession.
fn family<'c>(child: &Child<'c>) -> impl Iterator<Item = &'c Relationship> + use<'c> {
    let today = child.options.as_at_day();
    standing!(child, Relationship).filter(move |other: &&Relationship| {
        let ended = matches!((other.end_date, today), (Said::Is(end), Some(today)) if end <= today);
        !ended && !is_professional(other) && other.role != Said::Is(RelationshipRole::FosterCarer)
    })
}

fn is_professional(other: &Relationship) -> bool {
    matches!(other.role, Said::Is(RelationshipRole::SocialWorker | RelationshipRole::DesignatedTeacher))
}

/// People with who they are to the child; `None` where there is nobody.
fn listed<'r>(people: impl Iterator<Item = &'r Relationship>) -> Option<String> {
    let people: Vec<String> = people.map(named).collect();
    (!people.is_empty()).then(|| people.join("; "))
}

fn role_in_words(other: &Relationship) -> Option<&'static str> {
    other.role.is().filter(|role| *role != RelationshipRole::Other).map(|role| role.label())
}

fn named(other: &Relationship) -> String {
    let role = role_in_words(other).map(str::to_lowercase);
    // Who somebody is to the child decides whether the name may stand here.
    match (text(&other.name).filter(|_| other.role.has_value()), role) {
        (Some(name), Some(role)) => format!("{name} ({role})"),
        (Some(name), None) => name.to_owned(),
        (None, Some(role)) => format!("{role} (name {NOT_KNOWN})"),
        (None, None) => format!("somebody (name {NOT_KNOWN})"),
    }
}

/// Who may and who must not. A list of some says nothing of the others: whoever is not on it is asked about.
fn permitted(child: &Child<'_>) -> Vec<Fact> {
    let with = |permission: RelationshipPermission| {
        let all = standing!(child, Relationship).filter(move |other: &&Relationship| {
            let has_it = |permissions: &Vec<RelationshipPermission>| permissions.contains(&permission);
            !is_professional(other) && other.permissions.as_ref().is().is_some_and(has_it)
        });
        listed(all)
    };
    let collects = match with(RelationshipPermission::MustNotCollect) {
        Some(people) => format!("{people}. Ask the social worker before anybody else collects me"),
        None => format!("{NOT_KNOWN}: ask the social worker before anybody collects me"),
    };
    let mut lines = vec![("Who must not collect me".to_owned(), collects)];
    for (name, permission) in [
        ("Who must not have contact with me", RelationshipPermission::MustNotHaveContact),
        ("Who sees me only with supervision", RelationshipPermission::SupervisedContact),
        ("Who may collect me", RelationshipPermission::MayCollect),
    ] {
        lines.extend(with(permission).map(|people| (name.to_owned(), people)));
    }
    lines
}
