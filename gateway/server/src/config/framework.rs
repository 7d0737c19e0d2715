//! `[[framework]]`: frameworks of agencies, each with its authorities, lots, providers and prices.

use std::collections::BTreeSet;

use exchange::market::framework::{Framework, is_same_name};
use exchange::market::prices::{PRICES, Prices, PricesOf};
use schemas::code::{Provision, Regulator, local_authority_name};
use schemas::date::Date;
use schemas::identifier::{LaCode, ProviderUrn};

use super::fault;
use super::partners::is_name;
use super::reference;
use super::section::{Placed, Section};

/// Frameworks of one gateway.
const FRAMEWORKS_MAX: usize = 50;

/// Authorities of a framework: more than England has.
const MEMBERS_MAX: usize = 200;

/// Lots of a framework.
const LOTS_MAX: usize = 50;

/// Tiers of a framework.
const TIERS_MAX: usize = 20;

/// Providers of a framework, its members' own among them.
const URNS_MAX: usize = 2_000;

/// Characters of the name of a framework.
const NAME_CHARACTERS_MAX: usize = 200;

/// Days after which a vacancy is stale, or expires.
const DAYS_MAX: u64 = 365;

/// Hours that an agency may have to offer: four weeks.
const OFFER_HOURS_MAX: u64 = 672;

/// A price list is some pages.
const PRICES_BYTES_MAX: u64 = 1024 * 1024;

const PROVISIONS: [(&str, Provision); 3] = [
    ("fostering", Provision::Fostering),
    ("residential", Provision::Residential),
    ("supported-accommodation", Provision::SupportedAccommodation),
];

/// Reads every framework; a faulty one is told and left out.
pub(super) fn read(root: &Section<'_>) -> Vec<Framework> {
    let ids = root.texts_in("framework", "id");
    let sections = root.sections("framework");
    if let Some(section) = sections.get(FRAMEWORKS_MAX) {
        section.range(section.byte(), format!("at most {FRAMEWORKS_MAX}"));
    }
    let mut frameworks: Vec<Framework> = Vec::new();
    for section in sections {
        let framework = read_one(&section, &ids);
        if framework.as_ref().is_some_and(|one| frameworks.iter().any(|known| is_same_name(&known.id, &one.id))) {
            section.fault(&fault::NAME_TAKEN, section.present("id").unwrap_or(section.byte()), None);
        }
        section.finish();
        frameworks.extend(framework);
    }
    frameworks
}

/// Reads what a framework says of itself, whole, whatever is wrong with a part of it.
fn read_one(section: &Section<'_>, ids: &[&str]) -> Option<Framework> {
    for key in ["id", "name", "provision", "lead", "members", "lots", "valid_from"] {
        section.require(key);
    }
    let id = section.text("id").and_then(|found| read_name(section, found));
    let name = section.text("name").and_then(|found| {
        let fits = (1..=NAME_CHARACTERS_MAX).contains(&found.value.trim().chars().count());
        if !fits {
            section.range(found.byte, format!("1 to {NAME_CHARACTERS_MAX} characters"));
        }
        fits.then(|| Box::from(found.value.trim()))
    });
    let provision = section.choice("provision", &PROVISIONS);
    let members = read_authorities(section, "members", MEMBERS_MAX);
    let lead = section.text("lead").and_then(|found| read_authority(section, found));
    if let Some(lead) = &lead
        && !members.is_empty()
        && !members.iter().any(|member| member.value == lead.value)
    {
        section.range(lead.byte, "one of `members`".to_owned());
    }
    let lots = read_lots(section);
    let (tiers, in_house_urns) = read_providers(section);
    let (valid_from, valid_to) = read_days(section);
    let days = |key, default| {
        let found = section.integer(key, 1..=DAYS_MAX).and_then(|found| u16::try_from(found.value).ok());
        found.unwrap_or(default)
    };
    let fresh_days = days("vacancy_fresh_days", Framework::FRESH_DAYS);
    let expire_days = days("vacancy_expire_days", Framework::EXPIRE_DAYS);
    if expire_days < fresh_days {
        let keys = ["vacancy_expire_days", "vacancy_fresh_days"];
        let byte = keys.into_iter().find_map(|key| section.present(key)).unwrap_or(section.byte());
        section.range(byte, "`vacancy_fresh_days` at or below `vacancy_expire_days`".to_owned());
    }
    let offer_hours = section.integer("offer_hours_default", 1..=OFFER_HOURS_MAX);
    let offer_hours = offer_hours.and_then(|found| u16::try_from(found.value).ok());
    // Without an id and lots nothing of the list could be judged.
    let prices = match &id {
        Some(id) if !lots.is_empty() => {
            let of = PricesOf { framework: id, lots: &lots, frameworks: ids };
            reference::read(section, "prices_file", PRICES_BYTES_MAX, &PRICES, |bytes| Prices::read(bytes, of))
        }
        _ => {
            section.is_asked("prices_file");
            None
        }
    };
    Some(Framework {
        id: id?,
        name: name?,
        provision: provision?.value,
        lead: lead?.value,
        members: members.into_iter().map(|member| member.value).collect(),
        lots,
        tiers,
        in_house_urns,
        valid_from: valid_from?,
        valid_to,
        fresh_days,
        expire_days,
        offer_hours: offer_hours.unwrap_or(Framework::OFFER_HOURS),
        prices: prices.unwrap_or_default(),
    })
}

/// The first day and the last; the last may be open.
fn read_days(section: &Section<'_>) -> (Option<Date>, Option<Date>) {
    let (from, to) = (section.day("valid_from"), section.day("valid_to"));
    if let (Some(from), Some(to)) = (&from, &to)
        && to.value < from.value
    {
        section.range(to.byte, "a day on or after `valid_from`".to_owned());
    }
    (from.map(|found| found.value), to.map(|found| found.value))
}

fn read_name(section: &Section<'_>, found: Placed<&str>) -> Option<Box<str>> {
    if !is_name(found.value) {
        section.range(found.byte, "1 to 64 of a-z, 0-9 and -".to_owned());
        return None;
    }
    Some(found.value.into())
}

/// At least one, each once.
fn read_lots(section: &Section<'_>) -> Vec<Box<str>> {
    let Some(found) = section.texts("lots") else { return Vec::new() };
    within(section, "lots", found.len(), 1, LOTS_MAX);
    let mut lots: Vec<Box<str>> = Vec::new();
    for found in found.into_iter().take(LOTS_MAX) {
        match read_name(section, found) {
            Some(lot) if lots.iter().any(|known| is_same_name(known, &lot)) => {
                section.fault(&fault::NAME_TAKEN, found.byte, None)
            }
            lot => lots.extend(lot),
        }
    }
    lots
}

/// The tiers and the members' own services; a provider stands once among all of them.
fn read_providers(section: &Section<'_>) -> (Vec<Vec<ProviderUrn>>, Vec<ProviderUrn>) {
    let tiers = section.lists_of_texts("tiers").unwrap_or_default();
    let in_house = section.texts("in_house_urns").unwrap_or_default();
    within(section, "tiers", tiers.len(), 0, TIERS_MAX);
    let in_tiers: usize = tiers.iter().map(Vec::len).sum();
    if in_tiers + in_house.len() > URNS_MAX {
        let key = if in_tiers > URNS_MAX { "tiers" } else { "in_house_urns" };
        within(section, key, in_tiers + in_house.len(), 0, URNS_MAX);
    }
    let mut seen: BTreeSet<ProviderUrn> = BTreeSet::new();
    let mut read = |found: Vec<Placed<&str>>| {
        let mut urns = Vec::new();
        for found in found {
            match ProviderUrn::read(Regulator::Ofsted, found.value.as_bytes()) {
                Ok(urn) if !seen.insert(urn) => {
                    section.fault(
                        &fault::DUPLICATE,
                        found.byte,
                        Some("a provider is in one tier, or in-house".to_owned()),
                    );
                }
                Ok(urn) => urns.push(urn),
                Err(_) => section.range(found.byte, "Ofsted's number: SC and six digits, or seven digits".to_owned()),
            }
        }
        urns
    };
    let tiers = tiers.into_iter().map(&mut read).collect();
    (tiers, read(in_house))
}

/// Codes of authorities, each once.
pub(super) fn read_authorities(section: &Section<'_>, key: &'static str, count_max: usize) -> Vec<Placed<LaCode>> {
    let Some(found) = section.texts(key) else { return Vec::new() };
    within(section, key, found.len(), 1, count_max);
    let mut authorities: Vec<Placed<LaCode>> = Vec::new();
    for found in found.into_iter().take(count_max).filter_map(|found| read_authority(section, found)) {
        if authorities.iter().any(|known| known.value == found.value) {
            section.fault(&fault::DUPLICATE, found.byte, Some("an authority is named once".to_owned()));
        } else {
            authorities.push(found);
        }
    }
    authorities
}

fn read_authority(section: &Section<'_>, found: Placed<&str>) -> Option<Placed<LaCode>> {
    let code = LaCode::read(found.value.as_bytes()).filter(|code| local_authority_name(code.number()).is_some());
    if code.is_none() {
        section.range(found.byte, "the three-digit code of an authority in England".to_owned());
    }
    code.map(|value| Placed { value, byte: found.byte })
}

/// Tells a list that is too short or too long.
fn within(section: &Section<'_>, key: &'static str, count: usize, least: usize, most: usize) {
    if !(least..=most).contains(&count) {
        let words = if count < least { format!("at least {least}") } else { format!("at most {most}") };
        section.range(section.present(key).unwrap_or(section.byte()), words);
    }
}

#[cfg(test)]
mod tests {
    use schemas::code::Code;

    use super::*;

    #[test]
    fn every_kind_of_provision_is_named_by_its_word() {
        let words: Vec<(String, Provision)> = Provision::all().map(|provision| (provision.word(), provision)).collect();
        assert_eq!(words, PROVISIONS.map(|(word, provision)| (word.to_owned(), provision)));
    }
}
