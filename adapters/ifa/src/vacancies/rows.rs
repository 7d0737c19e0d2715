//! From a row to a vacancy and back: which column is which field.

use kit::{dialect::Dialect, table::Row, wire::Writing};
use schemas::{
    code::Regulator,
    identifier::ProviderUrn,
    record::{
        Availability, Duty, Fee, FeeBand, ForTheChild, HomeArea, HomeFacts, Places, Provider, ProviderMore, Vacancy,
        VacancyFramework, VacancyMore, WhoFor,
    },
    said::Said,
};

use crate::{
    vacancies::tables::{FeeRow, ProfileRow, VacancyRow},
    wire::{
        Age, AsAt, Authorities, Authority, HomeReference, Languages, Outward, PlaceCount, Reference, Siblings, Summary,
        Text, UrnText, WeeklyFee,
    },
    words::{AgesHere, Genders, Status, Word, Words},
};

/// The provider that a row is of.
///
/// # Errors
/// Whether it is the number itself that is none; otherwise nobody knows whose it would be.
pub fn provider_of(urn: &Said<UrnText>, registered_with: &Said<Word<Regulator>>) -> Result<ProviderUrn, bool> {
    let regulator = match registered_with {
        Said::Is(regulator) => regulator.0,
        Said::Unreadable => return Err(false),
        _ => Regulator::Ofsted,
    };
    match urn {
        Said::Is(urn) => ProviderUrn::read(regulator, urn.0.as_bytes()).map_err(|_| true),
        _ => Err(true),
    }
}

/// A group, where any of its members says something.
fn group<T: Default + PartialEq>(group: T) -> Said<T> {
    if group == T::default() { Said::NotAsked } else { Said::Is(group) }
}

/// An answer as far as it is a value, or something that could not be read: an empty cell says nothing.
fn only<T, U>(said: Said<T>, change: impl FnOnce(T) -> U) -> Said<U> {
    match said {
        Said::Blank => Said::NotAsked,
        said => said.map(change),
    }
}

/// The columns that say of which vacancy a row is, and when and by whom it was checked.
pub(crate) const CONFIRMS: [&str; 6] =
    ["vacancy_id", "provider_urn", "registered_with", "change", "as_at", "confirmed_by"];

impl VacancyRow {
    /// The vacancy.
    #[must_use]
    pub fn vacancy(&self) -> Vacancy {
        let row = self.clone();
        let who_for = WhoFor {
            age_min: only(row.age_min, |age| age.0),
            age_max: only(row.age_max, |age| age.0),
            genders: only(row.genders, |genders| genders.0),
            siblings_max: only(row.siblings_max, |siblings| siblings.0),
            siblings_only: only(row.siblings_only, |flag| flag),
            solo_only: only(row.solo_only, |flag| flag),
        };
        let home = HomeFacts {
            children_here: only(row.children_here, |ages| ages.0),
            pets: only(row.pets, |pets| pets.0),
            smoking: only(row.smoking, |smoking| smoking.0),
            wheelchair: only(row.wheelchair, |access| access.0),
            own_bedroom: only(row.own_bedroom, |flag| flag),
            languages: only(row.languages, |languages| languages.0),
            staff_ratio: only(row.staff_ratio, |text| text.0),
            education_on_site: only(row.education_on_site, |flag| flag),
        };
        let places = Places {
            approved: only(row.places_approved, |places| places.0),
            occupied: only(row.places_occupied, |places| places.0),
            reserved: only(row.places_reserved, |places| places.0),
            available: only(row.places_available, |places| places.0),
            not_available: only(row.places_not_available, |places| places.0),
            not_available_reasons: only(row.not_available_reason, |reasons| reasons.0),
        };
        let framework = VacancyFramework {
            id: only(row.framework, |text| text.0),
            contract: only(row.contract, |contract| contract.0),
            block_ref: only(row.block_ref, |text| text.0),
            block_owner: only(row.block_owner, |owners| owners.0),
        };
        let location = HomeArea {
            authority: only(row.la_of_home, |authority| authority.0),
            school_run_miles: only(row.school_run_miles, |miles| miles),
            family_time: only(row.family_time, |help| help.0),
        };
        let fee = Fee {
            weekly: only(row.weekly_fee, |fee| fee.0),
            note: only(row.fee_note, |text| text.0),
            bands: Said::NotAsked,
        };
        Vacancy {
            vacancy_id: only(row.vacancy_id, |id| id.0),
            carer_ref: only(row.carer_ref, |reference| reference.0),
            lot: only(row.lot, |text| text.0),
            provision: only(row.provision, |provision| provision.0),
            status: only(row.status, |status| status.0),
            as_at: only(row.as_at, |as_at| as_at.0),
            more: Some(Box::new(VacancyMore {
                version: only(row.version, |version| version),
                confirmed_by: only(row.confirmed_by, |role| role.0),
                branch: only(row.branch, |text| text.0),
                duty: duty_of(row.duty_email, row.duty_phone),
                framework: group(framework),
                places: group(places),
                available: group(Availability {
                    from: only(row.available_from, |day| day),
                    until: only(row.available_until, |day| day),
                }),
                who_for: group(who_for),
                placement_types: only(row.placement_types, |types| types.0),
                skills: only(row.skills, |needs| needs.0),
                skills_not: only(row.skills_not, |needs| needs.0),
                home: group(home),
                home_ethnicity: only(row.ethnicity, |list| list.0),
                home_religion: only(row.religion, |list| list.0),
                outward_postcode: only(row.outward_postcode, |postcode| postcode.0),
                location: group(location),
                fee: group(fee),
                summary: only(row.summary, |text| text.0),
                for_the_child: Said::NotAsked,
            })),
        }
    }

    /// Whether anything stands in the row besides which vacancy it is of, and when and by whom it was checked.
    #[must_use]
    pub fn says_more_than_a_confirmation(&self) -> bool {
        let (dialect, mut cell) = (Dialect::default(), Vec::new());
        let writing = Writing { year: None, dialect: &dialect, spelling: Self::TABLE.spelling };
        Self::TABLE.columns.iter().zip(Self::LENSES).filter(|(column, _)| !CONFIRMS.contains(&column.name)).any(
            |(_, lens)| {
                (lens.write)(self, &mut cell, &writing);
                !cell.is_empty()
            },
        )
    }

    /// What the row says of its provider; `None` where it says nothing.
    #[must_use]
    pub fn provider(&self) -> Option<Provider> {
        let provider = Provider {
            name: only(self.provider_name.clone(), |text| text.0),
            rating: only(self.ofsted_rating, |rating| rating.0),
            rating_date: only(self.rating_date, |day| day),
            ..Provider::default()
        };
        (provider != Provider::default()).then_some(provider)
    }

    /// The row of a vacancy, without what its provider says.
    #[must_use]
    pub fn of(vacancy: &Vacancy) -> Self {
        let more = vacancy.more.as_deref().cloned().unwrap_or_default();
        let (framework, places) = (more.framework.is().unwrap_or_default(), more.places.is().unwrap_or_default());
        let (who_for, home) = (more.who_for.is().unwrap_or_default(), more.home.is().unwrap_or_default());
        let (location, fee) = (more.location.is().unwrap_or_default(), more.fee.is().unwrap_or_default());
        let (duty, available) = (more.duty.is().unwrap_or_default(), more.available.is().unwrap_or_default());
        Self {
            vacancy_id: vacancy.vacancy_id.clone().map(Reference),
            carer_ref: vacancy.carer_ref.clone().map(HomeReference),
            lot: vacancy.lot.clone().map(Text),
            provision: vacancy.provision.map(Word),
            status: vacancy.status.map(Status),
            as_at: vacancy.as_at.map(AsAt),
            version: more.version,
            confirmed_by: more.confirmed_by.map(Word),
            branch: more.branch.map(Text),
            duty_email: duty.email.map(Text),
            duty_phone: duty.phone.map(Text),
            framework: framework.id.map(Text),
            contract: framework.contract.map(Word),
            block_ref: framework.block_ref.map(Text),
            block_owner: framework.block_owner.map(Authorities),
            places_approved: places.approved.map(PlaceCount),
            places_occupied: places.occupied.map(PlaceCount),
            places_reserved: places.reserved.map(PlaceCount),
            places_available: places.available.map(PlaceCount),
            places_not_available: places.not_available.map(PlaceCount),
            not_available_reason: places.not_available_reasons.map(Words),
            available_from: available.from,
            available_until: available.until,
            age_min: who_for.age_min.map(Age),
            age_max: who_for.age_max.map(Age),
            genders: who_for.genders.map(Genders),
            siblings_max: who_for.siblings_max.map(Siblings),
            siblings_only: who_for.siblings_only,
            solo_only: who_for.solo_only,
            children_here: home.children_here.map(AgesHere),
            placement_types: more.placement_types.map(Words),
            skills: more.skills.map(Words),
            skills_not: more.skills_not.map(Words),
            wheelchair: home.wheelchair.map(Word),
            pets: home.pets.map(Words),
            smoking: home.smoking.map(Word),
            own_bedroom: home.own_bedroom,
            languages: home.languages.map(Languages),
            ethnicity: more.home_ethnicity.map(Words),
            religion: more.home_religion.map(Words),
            outward_postcode: more.outward_postcode.map(Outward),
            la_of_home: location.authority.map(Authority),
            school_run_miles: location.school_run_miles,
            family_time: location.family_time.map(Words),
            weekly_fee: fee.weekly.map(WeeklyFee),
            fee_note: fee.note.map(Text),
            staff_ratio: home.staff_ratio.map(Text),
            education_on_site: home.education_on_site,
            summary: more.summary.map(Summary),
            ..Self::default()
        }
    }

    /// The row with the provider's columns.
    #[must_use]
    pub fn with_provider(self, urn: Option<ProviderUrn>, provider: Option<&Provider>) -> Self {
        let provider = provider.cloned().unwrap_or_default();
        Self {
            provider_urn: urn.map_or(Said::NotAsked, |urn| Said::Is(UrnText(urn.as_str().into()))),
            registered_with: urn.map_or(Said::NotAsked, |urn| Said::Is(Word(urn.regulator()))),
            provider_name: provider.name.map(Text),
            ofsted_rating: provider.rating.map(Word),
            rating_date: provider.rating_date,
            ..self
        }
    }
}

/// The team on duty, as two columns have it.
#[must_use]
pub fn duty_of(email: Said<Text<200>>, phone: Said<Text<40>>) -> Said<Duty> {
    group(Duty { email: only(email, |text| text.0), phone: only(phone, |text| text.0) })
}

impl FeeRow {
    /// The price.
    #[must_use]
    pub fn band(&self) -> FeeBand {
        FeeBand {
            age_from: only(self.age_from, |age| age.0),
            age_to: only(self.age_to, |age| age.0),
            weekly: only(self.weekly_fee, |fee| fee.0),
            valid_from: only(self.valid_from, |day| day),
            valid_to: only(self.valid_to, |day| day),
        }
    }

    /// The row of a price.
    #[must_use]
    pub fn of(band: &FeeBand) -> Self {
        Self {
            age_from: band.age_from.map(Age),
            age_to: band.age_to.map(Age),
            weekly_fee: band.weekly.map(WeeklyFee),
            valid_from: band.valid_from,
            valid_to: band.valid_to,
            ..Self::default()
        }
    }
}

macro_rules! profile_texts {
    ($($field:ident),+) => {
        impl ProfileRow {
            /// What the child may read, without photographs.
            #[must_use]
            pub fn profile(self) -> ForTheChild {
                ForTheChild {
                    $($field: only(self.$field, |text| text.0),)+
                    our_rules: only(self.our_rules, |rules| rules),
                    consent_date: only(self.consent_date, |day| day),
                    written_on: only(self.written_on, |day| day),
                    release: only(self.release, |release| release.0),
                    photos: Said::NotAsked,
                }
            }

            /// The row of what the child may read.
            #[must_use]
            pub fn of(profile: ForTheChild) -> Self {
                Self {
                    $($field: profile.$field.map(Text),)+
                    our_rules: profile.our_rules,
                    consent_date: profile.consent_date,
                    written_on: profile.written_on,
                    release: profile.release.map(Word),
                    ..Self::default()
                }
            }

            /// Every text of it.
            pub fn texts(&self) -> impl Iterator<Item = &str> {
                let texts = [$(self.$field.as_ref().is().map(|text| &*text.0)),+];
                let rules = self.our_rules.as_ref().is().into_iter().flatten().map(AsRef::as_ref);
                texts.into_iter().flatten().chain(rules)
            }
        }
    };
}

profile_texts! {
    call_me, who_lives_here, pets, home, your_room, food, weekends, screens_and_bedtime, we_like, faith_and_languages,
    you_can_bring, children_have_said, message
}

/// Whether a vacancy only confirms what was said of it before: it says neither state nor places.
#[must_use]
pub fn is_confirmation(vacancy: &Vacancy) -> bool {
    let says_more = vacancy.more.as_deref().is_some_and(|more| {
        let silent = VacancyMore { confirmed_by: more.confirmed_by, ..VacancyMore::default() };
        *more != silent
    });
    vacancy.as_at.has_value()
        && !says_more
        && !vacancy.status.has_value()
        && !vacancy.provision.has_value()
        && !vacancy.carer_ref.has_value()
}

/// What JSON says of a provider besides what stands in rows.
#[must_use]
pub fn with_more(provider: Provider, more: ProviderMore) -> Provider {
    let more = (more != ProviderMore::default()).then(|| Box::new(more));
    Provider { more, ..provider }
}
