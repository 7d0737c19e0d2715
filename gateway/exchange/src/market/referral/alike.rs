//! How many children of an authority are like one for whom a home is looked for: fewer than six could be guessed.
//!
//! Format: age, sex, broad ethnic group, language group, UASC and district (ifa-formats, section 5, small numbers).
//! Operations: [`Looks::of`] a child as its record tells it, [`Looks::left`] for what a referral may say of one.

use kit::adapter::Dossier;
use schemas::{
    code::{EthnicGroup, Ethnicity, ImmigrationStatus, InfantAge, LanguageGroup, LegalStatusGroup, Sex},
    date::Date,
    postcode::Postcode,
    record::{CareEpisode, Immigration, Person, ReferredChild, Statement},
    reflect::{Number, Open},
    said::{Coarse, Said},
};

use crate::{
    children::{birth_dates, open_episodes},
    precision::ethnicity_group,
};

/// Fewer children than this who are alike are told with less (ifa-formats, section 5).
pub const ALIKE_CHILDREN_MIN: usize = 6;

/// The code of English among the DfE's.
const ENGLISH: &str = "ENG";

/// What a child is seen by among others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    age: Option<u8>,
    sex: Option<Sex>,
    ethnic_group: Option<EthnicGroup>,
    language_group: Option<LanguageGroup>,
    uasc: bool,
    /// Districts in which the child lives or lived.
    districts: Vec<Postcode>,
}

impl Looks {
    /// As the record tells it, on a day.
    #[must_use]
    pub fn of(dossier: &Dossier, day: Date) -> Self {
        let mut looks = Self { age: birth_dates(dossier).next().and_then(|born| born.age_on(day)), ..Self::default() };
        for person in persons(dossier) {
            looks.sex = looks.sex.or(person.sex.is());
            looks.ethnic_group = looks.ethnic_group.or(person.ethnicity.is().map(group_of));
            looks.language_group = looks.language_group.or_else(|| language_group(person));
        }
        looks.uasc = is_uasc(dossier, day);
        for episode in open_episodes(dossier, Some(day)) {
            for postcode in [episode.home_postcode, episode.placement_postcode] {
                looks.districts.extend(postcode.is().map(Postcode::outward));
            }
        }
        looks
    }

    /// What may be told of a child, of language, UASC and ethnic group in this order, so that enough children are alike;
    /// whether anything was taken away. `district` is one that the referral names.
    #[must_use]
    pub fn left(all: &[Self], child: &mut ReferredChild, district: Option<Postcode>) -> bool {
        let is_told = |child: &ReferredChild| child.language_group.has_value() || child.languages.has_value();
        let enough = |child: &ReferredChild| {
            all.iter().filter(|looks| looks.could_be(child, district)).count() >= ALIKE_CHILDREN_MIN
        };
        let mut taken = false;
        if !enough(child) && is_told(child) {
            (child.language_group, child.languages) = (Said::Is(LanguageGroup::Unknown), Said::NotAsked);
            taken = true;
        }
        if !enough(child) && child.uasc.has_value() {
            child.uasc = Said::NotAsked;
            taken = true;
        }
        if !enough(child) && child.ethnic_group.has_value() {
            (child.ethnic_group, child.religion_to_support) = (Said::Is(EthnicGroup::Unknown), Said::NotAsked);
            taken = true;
        }
        taken
    }

    /// Whether a child as a referral tells it could be this one.
    fn could_be(&self, child: &ReferredChild, district: Option<Postcode>) -> bool {
        fn agrees<T: PartialEq>(said: Option<T>, own: Option<T>) -> bool {
            said.is_none() || said == own
        }
        let age = child.age_years.is().map(Number::get);
        let is_infant = child.infant_age.has_value();
        let language = child.language_group.is().filter(|group| *group != LanguageGroup::Unknown);
        let ethnic = child.ethnic_group.is().filter(|group| *group != EthnicGroup::Unknown);
        let sex = child.sex.is().filter(|sex| *sex != Sex::Unknown);
        agrees(age, self.age.map(u16::from))
            && (!is_infant || self.age.is_some_and(|age| age < 2))
            && agrees(sex, self.sex)
            && agrees(ethnic, self.ethnic_group)
            && agrees(language, self.language_group)
            && agrees(child.uasc.is(), Some(self.uasc))
            && district.is_none_or(|district| self.districts.contains(&district.outward()))
    }
}

/// Whether a child is looked after on a day.
#[must_use]
pub fn is_looked_after(dossier: &Dossier, day: Date) -> bool {
    open_episodes(dossier, Some(day)).next().is_some()
}

/// The episode that is open on a day.
#[must_use]
pub fn open_episode(dossier: &Dossier, day: Date) -> Option<&CareEpisode> {
    open_episodes(dossier, Some(day)).next()
}

/// The day on which a child was born.
#[must_use]
pub fn birth_date(dossier: &Dossier) -> Option<Date> {
    birth_dates(dossier).next()
}

/// Everything that is said of the person.
pub(super) fn persons(dossier: &Dossier) -> impl Iterator<Item = &Person> {
    dossier.statements().filter_map(|statement| match statement {
        Statement::Person(person) => Some(person),
        _ => None,
    })
}

/// The broad group of an ethnicity.
pub(super) fn group_of(ethnicity: Ethnicity) -> EthnicGroup {
    match ethnicity_group(ethnicity) {
        Coarse::White => EthnicGroup::White,
        Coarse::Mixed => EthnicGroup::Mixed,
        Coarse::Asian => EthnicGroup::Asian,
        Coarse::Black => EthnicGroup::Black,
        Coarse::OtherEthnicity => EthnicGroup::Other,
        _ => EthnicGroup::Unknown,
    }
}

/// Whether a person's first language is English; `None` where nobody says.
pub(super) fn language_group(person: &Person) -> Option<LanguageGroup> {
    let languages = person.more.as_deref()?.languages.as_ref().is()?;
    let code = languages.first()?.code.as_ref().is()?;
    let is_english = code.eq_ignore_ascii_case(ENGLISH) || code.eq_ignore_ascii_case("en");
    Some(if is_english { LanguageGroup::English } else { LanguageGroup::Other })
}

/// Whether a child is an unaccompanied asylum seeker on a day.
pub(super) fn is_uasc(dossier: &Dossier, day: Date) -> bool {
    dossier.statements().any(|statement| {
        let Statement::Immigration(Immigration { status, end_date, .. }) = statement else { return false };
        let is_status = *status == Said::Is(Open::Listed(ImmigrationStatus::UnaccompaniedAsylumSeekingChild));
        is_status && end_date.is().is_none_or(|end| end > day)
    })
}

/// The group of a child's legal status on a day.
pub(super) fn legal_status_group(dossier: &Dossier, day: Date) -> Option<LegalStatusGroup> {
    let status = open_episodes(dossier, Some(day)).find_map(|episode| episode.legal_status.is())?;
    Some(match status.group() {
        Coarse::InterimOrder => LegalStatusGroup::InterimOrder,
        Coarse::FullOrder => LegalStatusGroup::FullOrder,
        Coarse::PlacementOrder => LegalStatusGroup::PlacementOrder,
        Coarse::Accommodated => LegalStatusGroup::Accommodated,
        Coarse::Justice => LegalStatusGroup::Justice,
        _ => LegalStatusGroup::Other,
    })
}

/// The age of a child under two, by months.
pub(super) fn infant_age(born: Date, day: Date) -> Option<InfantAge> {
    let months = (i32::from(day.year()) - i32::from(born.year())) * 12 + i32::from(day.month())
        - i32::from(born.month())
        - i32::from(day.day() < born.day());
    match months {
        0..6 => Some(InfantAge::UnderSixMonths),
        6..12 => Some(InfantAge::SixToElevenMonths),
        12..24 => Some(InfantAge::TwelveToTwentyThreeMonths),
        _ => None,
    }
}
