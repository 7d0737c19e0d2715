//! A framework of agencies: who leads it, which authorities buy under it, in which lots, and whom it asks in which order.
//!
//! All of it is configuration (IFA formats, section 1): who leads West Midlands fostering has changed, and will again.

use schemas::{
    code::Provision,
    date::Date,
    identifier::{LaCode, ProviderUrn},
    money::Pence,
};

use super::prices::Prices;

/// A framework as it is configured.
#[derive(Clone, Debug)]
pub struct Framework {
    /// Its id, by which vacancies and referrals name it.
    pub id: Box<str>,
    /// Its name for people.
    pub name: Box<str>,
    /// The one kind of provision that it buys.
    pub provision: Provision,
    /// The authority that leads it; one of the members.
    pub lead: LaCode,
    /// The authorities that buy under it, each once.
    pub members: Vec<LaCode>,
    /// Its lots (price bands), each once.
    pub lots: Vec<Box<str>>,
    /// Its providers in the order in which they are asked (IFA formats, section 4.2, waves).
    pub tiers: Vec<Vec<ProviderUrn>>,
    /// The members' own services, which are asked first.
    pub in_house_urns: Vec<ProviderUrn>,
    /// The first day on which it can be bought under.
    pub valid_from: Date,
    /// The last such day; `None` until further notice.
    pub valid_to: Option<Date>,
    /// A vacancy that was checked no more than so many days ago is fresh (IFA formats, section 4.1).
    pub fresh_days: u16,
    /// A vacancy that was not checked for more than so many days expires; not less than `fresh_days`.
    pub expire_days: u16,
    /// How long an agency has to offer, unless the referral says otherwise.
    pub offer_hours: u16,
    /// What it pays.
    pub prices: Prices,
}

impl Framework {
    /// [`Framework::fresh_days`] where nothing is said.
    pub const FRESH_DAYS: u16 = 7;
    /// [`Framework::expire_days`] where nothing is said.
    pub const EXPIRE_DAYS: u16 = 14;
    /// [`Framework::offer_hours`] where nothing is said.
    pub const OFFER_HOURS: u16 = 72;

    /// Whether it can be bought under on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Its own word for a lot that somebody names: `Parent and child` is `parent-and-child`.
    #[must_use]
    pub fn lot(&self, said: &str) -> Option<&str> {
        self.lots.iter().map(|lot| &**lot).find(|lot| is_same_name(lot, said))
    }

    /// The tier of a provider, from 1; `None` for those that are in none.
    #[must_use]
    pub fn tier(&self, urn: ProviderUrn) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.contains(&urn)).map(|tier| tier + 1)
    }

    /// Whether a provider is a member's own service.
    #[must_use]
    pub fn is_in_house(&self, urn: ProviderUrn) -> bool {
        self.in_house_urns.contains(&urn)
    }

    /// Whether a provider is on it. A framework that names none in its tiers leaves open who is.
    #[must_use]
    pub fn has(&self, urn: ProviderUrn) -> bool {
        self.tiers.is_empty() || self.tier(urn).is_some() || self.is_in_house(urn)
    }

    /// What a week costs in a lot for a child of an age on a day; `None` where the price list says nothing of it.
    #[must_use]
    pub fn price(&self, lot: &str, age: u8, day: Date) -> Option<Pence> {
        self.prices.price(self.lot(lot)?, age, day)
    }
}

/// The framework that somebody names by its id.
#[must_use]
pub fn framework<'f>(frameworks: &'f [Framework], said: &str) -> Option<&'f Framework> {
    frameworks.iter().find(|framework| is_same_name(&framework.id, said))
}

/// Whether two names of frameworks or lots are one but for capitals, blanks and what joins words.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(|character| !matches!(character, ' ' | '-' | '_')).flat_map(char::to_lowercase)
    }
    letters(one).eq(letters(other))
}

#[cfg(test)]
pub(super) mod tests {
    use schemas::code::Regulator;

    use super::*;
    use crate::market::prices::PricesOf;

    pub(in crate::market) fn urn(number: &str) -> ProviderUrn {
        ProviderUrn::read(Regulator::Ofsted, number.as_bytes()).unwrap()
    }

    pub(in crate::market) fn day(text: &str) -> Date {
        Date::parse_iso(text.as_bytes()).unwrap()
    }

    /// A framework of two tiers, for 2026/27 to 2029/30.
    pub(in crate::market) fn west_midlands() -> Framework {
        let lots: Vec<Box<str>> = vec!["standard".into(), "parent-and-child".into()];
        let of = PricesOf { framework: "wm-fostering", lots: &lots, frameworks: &["wm-fostering"] };
        let list = "framework,lot,age_from,age_to,weekly_fee,valid_from,valid_to\n\
                    wm-fostering,standard,0,10,900,,\n\
                    wm-fostering,standard,11,17,1000,,\n";
        let prices = Prices::read(list.as_bytes(), of).unwrap();
        let authority = |number| LaCode::new(number).unwrap();
        Framework {
            id: "wm-fostering".into(),
            name: "West Midlands IFA".into(),
            provision: Provision::Fostering,
            lead: authority(331),
            members: vec![authority(330), authority(331)],
            lots,
            tiers: vec![vec![urn("SC999901")], vec![urn("SC999902"), urn("2999903")]],
            in_house_urns: vec![urn("SC999910")],
            valid_from: day("2026-04-01"),
            valid_to: Some(day("2030-03-31")),
            fresh_days: Framework::FRESH_DAYS,
            expire_days: Framework::EXPIRE_DAYS,
            offer_hours: Framework::OFFER_HOURS,
            prices,
        }
    }

    #[test]
    fn it_holds_from_its_first_day_to_its_last() {
        let framework = west_midlands();
        let days =
            ["2026-03-31", "2026-04-01", "2030-03-31", "2030-04-01"].map(|text| framework.is_valid_on(day(text)));
        assert_eq!(days, [false, true, true, false]);
        assert!(Framework { valid_to: None, ..framework }.is_valid_on(day("2099-01-01")));
    }

    #[test]
    fn names_are_one_however_they_are_joined() {
        let frameworks = [west_midlands()];
        for said in ["wm-fostering", "WM Fostering", "wm_fostering"] {
            assert!(framework(&frameworks, said).is_some(), "{said}");
        }
        assert!(framework(&frameworks, "wm-foster").is_none() && framework(&frameworks, "").is_none());
        assert_eq!(frameworks[0].lot("Parent and child"), Some("parent-and-child"));
        assert_eq!((frameworks[0].lot("enhanced"), frameworks[0].lot("")), (None, None));
    }

    #[test]
    fn a_provider_is_in_one_tier_in_house_or_nowhere() {
        let framework = west_midlands();
        let tiers =
            ["SC999901", "SC999902", "2999903", "SC999910", "SC999999"].map(|number| framework.tier(urn(number)));
        assert_eq!(tiers, [Some(1), Some(2), Some(2), None, None]);
        let on = ["SC999901", "SC999910", "SC999999"].map(|number| framework.has(urn(number)));
        assert_eq!(on, [true, true, false]);
        assert!(Framework { tiers: Vec::new(), ..framework }.has(urn("SC999999")), "it does not say who is on it");
    }

    #[test]
    fn a_price_is_asked_for_by_lot_and_age() {
        let framework = west_midlands();
        let price = |lot, age| framework.price(lot, age, day("2026-06-01")).map(Pence::number);
        assert_eq!((price("Standard", 10), price("standard", 11)), (Some(90_000), Some(100_000)));
        assert_eq!((price("standard", 18), price("parent-and-child", 5), price("none", 5)), (None, None, None));
    }
}
