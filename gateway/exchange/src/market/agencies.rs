//! What an agency says of itself and of its vacancies, held to the frameworks and to Ofsted's register.
//!
//! Pure: what is held already, the day, the frameworks and the register are handed in; what comes back is the rules that
//! are broken, for whoever takes the statement in to tell at its place. A gateway without frameworks, or without a
//! register, holds nobody to them.

use schemas::{
    code::OfstedRating,
    date::Date,
    diagnostic::{Rule, Severity},
    identifier::ProviderUrn,
    money::Pence,
    record::{Fee, Provider, Vacancy},
    said::Said,
};

use super::{
    framework::{Framework, framework},
    register::{Register, Standing},
};

/// A provider or lot that no framework has.
pub static NOT_ON_FRAMEWORK: Rule = Rule {
    code: "ifa/not-on-framework",
    severity: Severity::Warning,
    message: "No framework here has this provider in this lot for this kind of provision on this day",
    help: "Check the framework and the lot; if they are right, ask the authority that leads the framework to add them.",
    source: "IFA formats, section 11",
};

/// A provider that may not work.
pub static REGISTRATION_NOT_ACTIVE: Rule = Rule {
    code: "ifa/registration-not-active",
    severity: Severity::Error,
    message: "Ofsted's register does not have this provider as active",
    help: "Its vacancies are kept and not shown, and its offers cannot be accepted. If it is registered, check the URN, \
           and ask the authority for a newer copy of the register.",
    source: "IFA formats, section 4.1",
};

/// A judgement that is worse than the one before.
pub static RATING_FELL: Rule = Rule {
    code: "ifa/rating-fell",
    severity: Severity::Warning,
    message: "The Ofsted rating of this provider is lower than it was",
    help: "Authorities with a child placed there, or with an offer of it, decide by their own rule what follows.",
    source: "IFA formats, section 4.1",
};

/// A fee above that of the framework.
pub static FEE_ABOVE_FRAMEWORK: Rule = Rule {
    code: "ifa/fee-above-framework",
    severity: Severity::Warning,
    message: "This fee is above the price of the framework for an age that the place is for",
    help: "Check the fee, the lot and the ages; what is said stays as it is.",
    source: "IFA formats, section 11",
};

/// Every rule of this file.
pub static RULES: &[&Rule] = &[&NOT_ON_FRAMEWORK, &REGISTRATION_NOT_ACTIVE, &RATING_FELL, &FEE_ABOVE_FRAMEWORK];

/// What agencies are held to.
#[derive(Clone, Copy, Debug)]
pub struct HeldTo<'c> {
    /// Every framework that is configured.
    pub frameworks: &'c [Framework],
    /// Ofsted's register, where one is configured.
    pub register: Option<&'c Register>,
    /// The day on which it is asked.
    pub day: Date,
}

/// The rules that a provider breaks by what it says of itself; `held` is what was held of it before.
#[must_use]
pub fn check_provider(
    urn: ProviderUrn,
    told: &Provider,
    held: Option<&Provider>,
    to: &HeldTo<'_>,
) -> Vec<&'static Rule> {
    let named = told.more.as_ref().and_then(|more| more.frameworks.as_ref().is());
    let names_another = named.into_iter().flatten().any(|named| {
        let found = named.id.as_ref().is().and_then(|id| framework(to.frameworks, id));
        let has = |framework: &Framework| framework.takes(urn, lot(&named.lot), to.day);
        named.id.has_value() && !found.is_some_and(has)
    });
    let broken = [
        (!to.frameworks.is_empty() && names_another, &NOT_ON_FRAMEWORK),
        (!is_registered(urn, to), &REGISTRATION_NOT_ACTIVE),
        (has_fallen(urn, told, held, to.register), &RATING_FELL),
    ];
    rules_of(&broken)
}

/// The rules that a vacancy breaks.
#[must_use]
pub fn check_vacancy(urn: ProviderUrn, vacancy: &Vacancy, to: &HeldTo<'_>) -> Vec<&'static Rule> {
    let more = vacancy.more.as_ref();
    let id = more.and_then(|more| more.framework.as_ref().is()).and_then(|named| named.id.as_ref().is());
    let lot = lot(&vacancy.lot);
    let buys = |framework: &&Framework| vacancy.provision.is().is_none_or(|told| told == framework.provision);
    let found = id.and_then(|id| framework(to.frameworks, id)).filter(buys);
    let is_on = found.is_some_and(|framework| framework.takes(urn, lot, to.day));
    // A lot is one of a framework: without it nobody can tell which.
    let names_one = id.is_some() || lot.is_some();
    let is_dear = found.zip(lot).is_some_and(|(framework, lot)| is_above(framework, lot, vacancy, to.day));
    let broken = [
        (!to.frameworks.is_empty() && names_one && !is_on, &NOT_ON_FRAMEWORK),
        (!is_registered(urn, to), &REGISTRATION_NOT_ACTIVE),
        (is_dear, &FEE_ABOVE_FRAMEWORK),
    ];
    rules_of(&broken)
}

/// Whether the register lets a provider work: its places may be searched for, and its offers accepted. What another
/// regulator registers is not asked for, nor whether an authority's own service is listed: those are not rated one by
/// one.
#[must_use]
pub fn is_registered(urn: ProviderUrn, to: &HeldTo<'_>) -> bool {
    let Some(register) = to.register else { return true };
    match register.standing(urn) {
        Standing::Active | Standing::OfAnotherRegulator => true,
        Standing::NotActive => false,
        Standing::NotListed => to.frameworks.iter().any(|framework| framework.is_in_house(urn)),
    }
}

impl Framework {
    /// Whether a provider's place in a lot can be bought under it on a day; any lot, where none is named.
    fn takes(&self, urn: ProviderUrn, lot: Option<&str>, day: Date) -> bool {
        self.is_valid_on(day) && self.has(urn) && lot.is_none_or(|lot| self.lot(lot).is_some())
    }
}

fn lot(said: &Said<Box<str>>) -> Option<&str> {
    said.as_ref().is().map(|lot| &**lot)
}

fn rules_of(broken: &[(bool, &'static Rule)]) -> Vec<&'static Rule> {
    broken.iter().filter(|(is_broken, _)| *is_broken).map(|(_, rule)| *rule).collect()
}

/// A judgement and its day, where it is known.
type Judged = (OfstedRating, Option<Date>);

fn said(provider: &Provider) -> Option<Judged> {
    Some((provider.rating.is()?, provider.rating_date.is()))
}

fn is_later(one: Judged, other: Judged) -> bool {
    one.1.zip(other.1).is_some_and(|(one, other)| one > other)
}

/// The judgement that counts: the register's, unless the provider tells of a later inspection.
fn counting(urn: ProviderUrn, told: &Provider, register: Option<&Register>) -> Option<Judged> {
    let listed = register.and_then(|register| register.entry(urn));
    let listed: Option<Judged> = listed.and_then(|entry| Some((entry.rating?, entry.rating_date)));
    match (listed, said(told)) {
        (Some(listed), Some(told)) if is_later(told, listed) => Some(told),
        (listed, told) => listed.or(told),
    }
}

/// A provider as it is held: what it says of itself, under the judgement that counts.
#[must_use]
pub fn judged(urn: ProviderUrn, told: Provider, register: Option<&Register>) -> Provider {
    match counting(urn, &told, register).filter(|counts| said(&told) != Some(*counts)) {
        None => told,
        Some((rating, date)) => {
            Provider { rating: Said::Is(rating), rating_date: date.map_or(Said::NotAsked, Said::Is), ..told }
        }
    }
}

/// Whether the judgement that counts is worse than what was held or is told. An older judgement that comes late is no
/// fall.
#[must_use]
pub fn has_fallen(urn: ProviderUrn, told: &Provider, held: Option<&Provider>, register: Option<&Register>) -> bool {
    let Some(now) = counting(urn, told, register) else { return false };
    [said(told), held.and_then(said)].into_iter().flatten().any(|before| {
        let worse = rank(now.0).zip(rank(before.0)).is_some_and(|(now, before)| now > before);
        worse && !is_later(before, now)
    })
}

/// The order of judgements, the best first; who was not inspected has none.
fn rank(rating: OfstedRating) -> Option<u8> {
    match rating {
        OfstedRating::Outstanding => Some(1),
        OfstedRating::Good => Some(2),
        OfstedRating::RequiresImprovement => Some(3),
        OfstedRating::Inadequate => Some(4),
        OfstedRating::NotYetInspected => None,
    }
}

/// Whether a vacancy costs more than the framework pays, for any age that it is for.
fn is_above(framework: &Framework, lot: &str, vacancy: &Vacancy, day: Date) -> bool {
    let Some(more) = &vacancy.more else { return false };
    let (Said::Is(fee), Said::Is(who)) = (&more.fee, &more.who_for) else { return false };
    let (Some(youngest), Some(oldest)) = (who.age_min.is(), who.age_max.is()) else { return false };
    (youngest.get()..=oldest.get())
        .filter_map(|age| u8::try_from(age).ok())
        .any(|age| fee_at(fee, age, day).zip(framework.price(lot, age, day)).is_some_and(|(fee, price)| fee > price))
}

/// What a vacancy costs in a week for a child of an age: the dearest of its bands for that age, else its one fee.
fn fee_at(fee: &Fee, age: u8, day: Date) -> Option<Pence> {
    let bands = fee.bands.as_ref().is().into_iter().flatten();
    let bands = bands.filter(|band| {
        band.age_from.is().is_none_or(|from| from.get() <= u16::from(age))
            && band.age_to.is().is_none_or(|to| u16::from(age) <= to.get())
            && band.valid_from.is().is_none_or(|from| from <= day)
            && band.valid_to.is().is_none_or(|to| day <= to)
    });
    bands.filter_map(|band| band.weekly.is()).max().or(fee.weekly.is())
}

#[cfg(test)]
mod tests {
    use schemas::{
        code::Provision,
        record::{FeeBand, ProviderFramework, ProviderMore, VacancyFramework, VacancyMore, WhoFor},
        reflect::Number,
    };

    use super::*;
    use crate::market::framework::tests::{day, urn, west_midlands};

    const TODAY: &str = "2026-06-01";

    fn register(rows: &str) -> Register {
        let headings = "URN,Provision type,Registration status,Overall effectiveness,Inspection date\n";
        Register::read(format!("{headings}{rows}").as_bytes()).unwrap()
    }

    fn judged(rating: OfstedRating, date: &str) -> Provider {
        let rating_date = Date::parse_iso(date.as_bytes()).map_or(Said::Blank, Said::Is);
        Provider { rating: Said::Is(rating), rating_date, ..Provider::default() }
    }

    fn on(id: &str, lot: &str) -> Provider {
        let named = ProviderFramework { id: Said::Is(id.into()), lot: Said::Is(lot.into()) };
        let more = ProviderMore { frameworks: Said::Is(vec![named]), ..ProviderMore::default() };
        Provider { more: Some(Box::new(more)), ..Provider::default() }
    }

    /// A vacancy for these ages at this fee in pounds.
    fn vacancy(framework: Option<&str>, lot: Option<&str>, ages: (u16, u16), pounds: Option<u32>) -> Vacancy {
        let text = |text: Option<&str>| text.map_or(Said::Blank, |text| Said::Is(text.into()));
        let age = |age| Number::new(age).map_or(Said::NotAsked, Said::Is);
        let weekly = pounds.and_then(|pounds| Pence::new(pounds * 100)).map_or(Said::Blank, Said::Is);
        let more = VacancyMore {
            framework: Said::Is(VacancyFramework { id: text(framework), ..VacancyFramework::default() }),
            who_for: Said::Is(WhoFor { age_min: age(ages.0), age_max: age(ages.1), ..WhoFor::default() }),
            fee: Said::Is(Fee { weekly, ..Fee::default() }),
            ..VacancyMore::default()
        };
        Vacancy {
            lot: text(lot),
            provision: Said::Is(Provision::Fostering),
            more: Some(Box::new(more)),
            ..Vacancy::default()
        }
    }

    fn of_vacancy(number: &str, vacancy: &Vacancy, on: &str) -> Vec<&'static str> {
        let frameworks = [west_midlands()];
        let to = HeldTo { frameworks: &frameworks, register: None, day: day(on) };
        check_vacancy(urn(number), vacancy, &to).iter().map(|rule| rule.code).collect()
    }

    #[test]
    fn a_vacancy_is_of_a_framework_that_has_its_provider_lot_and_day() {
        let (wm, standard) = (Some("wm-fostering"), Some("standard"));
        let fits = vacancy(wm, standard, (5, 10), None);
        assert!(of_vacancy("SC999901", &fits, TODAY).is_empty());
        assert!(of_vacancy("SC999910", &fits, TODAY).is_empty(), "an authority's own");
        assert!(of_vacancy("SC999901", &vacancy(wm, None, (5, 10), None), TODAY).is_empty());
        assert!(of_vacancy("SC999999", &vacancy(None, None, (5, 10), None), TODAY).is_empty(), "bought without one");
        let off = [NOT_ON_FRAMEWORK.code];
        assert_eq!(of_vacancy("SC999999", &fits, TODAY), off);
        assert_eq!(of_vacancy("SC999901", &fits, "2026-03-31"), off);
        assert_eq!(of_vacancy("SC999901", &vacancy(Some("canary"), standard, (5, 10), None), TODAY), off);
        assert_eq!(of_vacancy("SC999901", &vacancy(wm, Some("canary"), (5, 10), None), TODAY), off);
        assert_eq!(of_vacancy("SC999901", &vacancy(None, standard, (5, 10), None), TODAY), off);
        let home = Vacancy { provision: Said::Is(Provision::Residential), ..fits };
        assert_eq!(of_vacancy("SC999901", &home, TODAY), off);
        let none = HeldTo { frameworks: &[], register: None, day: day(TODAY) };
        assert!(check_vacancy(urn("SC999901"), &home, &none).is_empty(), "nobody is held to what is not configured");
        assert!(check_vacancy(urn("SC999901"), &Vacancy::default(), &none).is_empty());
    }

    #[test]
    fn a_fee_is_held_to_the_price_of_every_age() {
        let at = |lot, ages, pounds| {
            of_vacancy("SC999901", &vacancy(Some("wm-fostering"), Some(lot), ages, Some(pounds)), TODAY)
        };
        let above = [FEE_ABOVE_FRAMEWORK.code];
        assert!(at("Standard", (5, 10), 900).is_empty());
        assert_eq!(at("Standard", (5, 10), 901), above);
        assert!(at("standard", (11, 17), 1_000).is_empty());
        assert_eq!(at("standard", (5, 17), 1_000), above, "too dear for a child of ten");
        assert!(at("standard", (18, 21), 9_000).is_empty() && at("parent-and-child", (5, 10), 9_000).is_empty());
    }

    #[test]
    fn a_band_of_ages_goes_before_the_one_fee() {
        let pence = |pounds: u32| Said::Is(Pence::new(pounds * 100).unwrap());
        let with = |band: FeeBand| {
            let mut vacancy = vacancy(Some("wm-fostering"), Some("standard"), (11, 12), Some(900));
            if let Some(Said::Is(fee)) = vacancy.more.as_mut().map(|more| &mut more.fee) {
                fee.bands = Said::Is(vec![band]);
            }
            of_vacancy("SC999901", &vacancy, TODAY)
        };
        let from = |age| Said::Is(Number::new(age).unwrap());
        let dear = FeeBand { age_from: from(12), weekly: pence(1_001), ..FeeBand::default() };
        assert_eq!(with(dear.clone()), [FEE_ABOVE_FRAMEWORK.code]);
        assert!(with(FeeBand { age_from: from(13), ..dear.clone() }).is_empty(), "of other ages");
        assert!(with(FeeBand { valid_from: Said::Is(day("2026-06-02")), ..dear.clone() }).is_empty(), "not yet");
        assert!(with(FeeBand { valid_to: Said::Is(day("2026-05-31")), ..dear }).is_empty(), "no longer");
    }

    #[test]
    fn who_is_not_active_or_not_listed_may_not_work() {
        let frameworks = [west_midlands()];
        let register = register(
            "SC999901,Independent Fostering Agency,Active,,\n\
             SC999902,Independent Fostering Agency,Suspended,,\n\
             SC999911,Independent Fostering Agency,Cancelled,,\n",
        );
        let to = HeldTo { frameworks: &frameworks, register: Some(&register), day: day(TODAY) };
        let told = |number: &str| {
            let provider = check_provider(urn(number), &Provider::default(), None, &to);
            assert_eq!(provider, check_vacancy(urn(number), &Vacancy::default(), &to), "{number}");
            provider.iter().map(|rule| rule.code).collect::<Vec<_>>()
        };
        assert!(told("SC999901").is_empty() && told("SC999910").is_empty(), "an authority's own service is not listed");
        for number in ["SC999902", "SC999911", "SC999999"] {
            assert_eq!(told(number), [REGISTRATION_NOT_ACTIVE.code], "{number}");
        }
        let welsh = ProviderUrn::read(schemas::code::Regulator::CareInspectorateWales, b"W18").unwrap();
        assert!(is_registered(welsh, &to), "Ofsted's register says nothing of it");
        assert!(is_registered(urn("SC999999"), &HeldTo { register: None, ..to }), "no register, no answer");
    }

    #[test]
    fn a_provider_names_frameworks_that_have_it() {
        let frameworks = [west_midlands()];
        let to = HeldTo { frameworks: &frameworks, register: None, day: day(TODAY) };
        let told = |number: &str, told: &Provider| check_provider(urn(number), told, None, &to);
        assert!(told("SC999902", &on("WM Fostering", "standard")).is_empty());
        for (number, provider) in [
            ("SC999999", on("wm-fostering", "standard")),
            ("SC999902", on("wm-fostering", "x")),
            ("SC999902", on("x", "standard")),
        ] {
            assert_eq!(told(number, &provider), [&NOT_ON_FRAMEWORK]);
        }
        assert!(told("SC999999", &Provider::default()).is_empty(), "it names none");
    }

    #[test]
    fn a_judgement_falls_when_the_one_that_counts_is_worse_than_one_before() {
        use OfstedRating::{Good, Inadequate, NotYetInspected, Outstanding, RequiresImprovement};
        let nothing = || Provider::default();
        let ri_2025 = "SC999901,Independent Fostering Agency,Active,Requires improvement to be good,03/06/2025\n";
        let good_2025 = "SC999901,Independent Fostering Agency,Active,Good,03/06/2025\n";
        let unrated = "SC999901,Independent Fostering Agency,Active,,\n";
        for (listed, told, held, falls) in [
            (unrated, judged(Good, "2026-01-01"), Some(judged(Outstanding, "2023-01-01")), true),
            (unrated, judged(Good, ""), Some(judged(Outstanding, "2023-01-01")), true),
            (unrated, judged(Good, "2023-01-01"), Some(judged(Outstanding, "2026-01-01")), false), // comes late
            (unrated, judged(Outstanding, ""), Some(judged(Good, "")), false),
            (unrated, judged(Good, ""), Some(judged(Good, "")), false),
            (unrated, judged(Inadequate, ""), None, false),
            (unrated, judged(NotYetInspected, ""), Some(judged(Good, "")), false),
            (unrated, nothing(), Some(judged(Good, "")), false),
            (ri_2025, nothing(), Some(judged(Good, "2023-01-01")), true),
            (ri_2025, judged(Good, "2023-01-01"), None, true), // the provider has not said so
            (ri_2025, judged(Good, ""), None, true),
            (ri_2025, judged(Good, "2026-01-01"), None, false), // inspected again since
            (
                ri_2025,
                judged(RequiresImprovement, "2025-06-03"),
                Some(judged(RequiresImprovement, "2025-06-03")),
                false,
            ),
            (good_2025, judged(RequiresImprovement, "2024-01-01"), Some(judged(Good, "2023-01-01")), false), // risen again
            (good_2025, judged(RequiresImprovement, "2026-01-01"), None, false),
            (good_2025, judged(RequiresImprovement, "2026-01-01"), Some(judged(Good, "2025-06-03")), true),
        ] {
            let register = register(listed);
            let to = HeldTo { frameworks: &[], register: Some(&register), day: day(TODAY) };
            let broken = check_provider(urn("SC999901"), &told, held.as_ref(), &to);
            assert_eq!(broken.contains(&&RATING_FELL), falls, "{listed}");
            assert_eq!(broken.len(), usize::from(falls));
            // Once it is held under the judgement that counts, it has fallen no more.
            let held = super::judged(urn("SC999901"), told, Some(&register));
            assert!(!has_fallen(urn("SC999901"), &held, Some(&held), Some(&register)), "{listed}");
            assert_eq!(super::judged(urn("SC999901"), held.clone(), Some(&register)), held);
        }
    }

    #[test]
    fn a_provider_is_held_under_the_judgement_that_counts() {
        use OfstedRating::{Good, Outstanding, RequiresImprovement};
        let register =
            register("SC999901,Independent Fostering Agency,Active,Requires improvement to be good,03/06/2025\n");
        for (told, counts) in [
            (Provider::default(), judged(RequiresImprovement, "2025-06-03")),
            (judged(Good, "2025-06-02"), judged(RequiresImprovement, "2025-06-03")),
            (judged(Outstanding, "2025-06-04"), judged(Outstanding, "2025-06-04")),
        ] {
            let held = super::judged(urn("SC999901"), told, Some(&register));
            assert_eq!((held.rating, held.rating_date), (counts.rating, counts.rating_date));
        }
        let told = judged(Good, "2025-06-02");
        assert_eq!(super::judged(urn("SC999902"), told.clone(), Some(&register)), told, "not listed");
        assert_eq!(super::judged(urn("SC999901"), told.clone(), None), told);
    }
}
