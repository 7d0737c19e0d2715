//! What a document says of one provider, gathered: the provider, its vacancies, and what stands beside them.

use std::{collections::HashMap, sync::Arc};

use kit::{
    adapter::{Dossier, Options, Setting},
    csv::rules as table_rules,
    photograph::Photograph,
    telling::Telling,
};
use schemas::{
    code::{Provision, Regulator, RowChange, VacancyStatus},
    diagnostic::{Diagnostic, Place, Report, Rule},
    identifier::{Identifier, ProviderUrn},
    record::{Fee, FeeBand, ForTheChild, Photo, Provider, Record, Source, Statement, Subject, Vacancy},
    said::Said,
};

use crate::{
    marks, rules,
    vacancies::{
        checks::{self, Freshness},
        rows::is_confirmation,
        tables::{FeeRow, ProfileRow, VacancyRow},
    },
    wire::HomeReference,
    words::Word,
};

/// After how many days a row is no longer fresh.
pub const FRESH_DAYS: Setting = Setting { name: "vacancy_fresh_days", default: "7", values: &[] };
/// After how many days it has expired.
pub const EXPIRE_DAYS: Setting = Setting { name: "vacancy_expire_days", default: "14", values: &[] };

/// What a price stands under.
#[derive(PartialEq, Eq)]
enum PriceOf {
    Vacancy(Box<str>),
    Lot(Box<str>, Box<str>),
}

/// Everything that is said of one provider.
pub struct ProviderRecords {
    freshness: Freshness,
    urn: Option<ProviderUrn>,
    provider: Option<(Provider, Place)>,
    /// The vacancies with where they stand; `None` for one that a later row took the place of.
    vacancies: Vec<Option<(Vacancy, Place)>>,
    /// Which of them has a reference.
    known: HashMap<String, usize>,
    prices: Vec<(PriceOf, FeeBand, Place)>,
    profiles: Vec<(ProfileRow, Vec<Photo>, Place)>,
    /// The photographs that they name.
    photographs: Vec<Photograph>,
}

impl ProviderRecords {
    /// A provider of whom nothing is said yet.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let days = |setting: &Setting, otherwise| options.setting(setting).parse().unwrap_or(otherwise);
        Self {
            freshness: Freshness { fresh_days: days(&FRESH_DAYS, 7), expire_days: days(&EXPIRE_DAYS, 14) },
            urn: None,
            provider: None,
            vacancies: Vec::new(),
            known: HashMap::new(),
            prices: Vec::new(),
            profiles: Vec::new(),
            photographs: Vec::new(),
        }
    }

    /// Which provider it is.
    pub fn is(&mut self, urn: ProviderUrn) {
        self.urn = Some(urn);
    }

    /// Says something of the provider that many rows repeat: what one leaves open another may say.
    pub fn provider(&mut self, said: Provider, telling: &mut Telling<'_>) {
        let Some((known, place)) = &mut self.provider else {
            self.provider = Some((said, telling.place.clone()));
            return;
        };
        let (mut earlier, later) = (Statement::from(known.clone()), Statement::from(said));
        let mut clashes = false;
        for field in Provider::TYPE.fields {
            let answer = field.get(&later);
            if matches!(answer, Said::NotAsked | Said::Blank) {
                continue;
            }
            clashes |= matches!(field.get(&earlier), Said::Is(before) if answer != Said::Is(before.clone()));
            field.set(&mut earlier, answer);
        }
        if clashes {
            telling.tell_beside(&table_rules::KEY_CLASH, "", Some(place.clone()));
        }
        if let Statement::Provider(merged) = earlier {
            *known = merged;
        }
    }

    /// Takes a row of vacancies that has a reference; whether it says anything.
    pub fn row(&mut self, row: VacancyRow, telling: &mut Telling<'_>) -> bool {
        if matches!(&row.registered_with, Said::Is(of) if of.0 != Regulator::Ofsted) {
            telling.tell(&rules::URN_UNKNOWN_KIND, "provider_urn");
        }
        if matches!(row.change, Said::Is(Word(RowChange::NoChange))) {
            // What else stands in the row is not what it says: only that all is as it was.
            let dated = checks::is_dated(&row, self.freshness, telling);
            if dated && row.says_more_than_a_confirmation() {
                telling.tell(&rules::NO_CHANGE_CELLS, "change");
            }
            if dated {
                let VacancyRow { vacancy_id, as_at, confirmed_by, .. } = row;
                let confirms = VacancyRow { vacancy_id, as_at, confirmed_by, ..VacancyRow::default() };
                self.vacancy(confirms.vacancy(), telling);
            }
            return dated;
        }
        let Some(mut row) = checks::check(row, self.freshness, telling) else { return false };
        // A home is known by its own number where it has no reference (record, section 6).
        if let (Said::Is(Word(Provision::Residential)), false, Some(urn)) =
            (row.provision, row.carer_ref.has_value(), self.urn)
        {
            row.carer_ref = Said::Is(HomeReference(urn.as_str().into()));
        }
        if let Some(provider) = row.provider() {
            self.provider(provider, telling);
        }
        self.vacancy(row.vacancy(), telling);
        true
    }

    /// Says a vacancy. Of two with one reference the later is kept; what only confirms one takes nothing from it.
    fn vacancy(&mut self, vacancy: Vacancy, telling: &mut Telling<'_>) {
        let Said::Is(reference) = &vacancy.vacancy_id else { return };
        let reference = reference.to_lowercase();
        let earlier = self.known.get(&reference).and_then(|number| self.vacancies.get_mut(*number));
        if let Some(slot) = earlier
            && let Some((said, place)) = slot
        {
            if *said == vacancy {
                return telling.tell_beside(&table_rules::DUPLICATE, "", Some(place.clone()));
            }
            if is_confirmation(&vacancy) && !is_confirmation(said) {
                return confirm(said, vacancy);
            }
            telling.tell_beside(&rules::VACANCY_ID_TWICE, "vacancy_id", Some(place.clone()));
            *slot = None;
        }
        self.known.insert(reference, self.vacancies.len());
        self.vacancies.push(Some((vacancy, telling.place.clone())));
    }

    /// Says a price: of one vacancy, or of all under a framework and lot.
    pub fn price(&mut self, row: &FeeRow, telling: &mut Telling<'_>) {
        let of = match (&row.vacancy_id, &row.framework, &row.lot) {
            (Said::Is(vacancy), ..) => PriceOf::Vacancy(vacancy.0.to_lowercase().into()),
            (_, Said::Is(framework), Said::Is(lot)) => PriceOf::Lot(framework.0.clone(), lot.0.clone()),
            _ => return telling.tell(&rules::NO_VACANCY, "vacancy_id"),
        };
        let band = row.band();
        match self.prices.iter().find(|(known, other, _)| *known == of && *other == band) {
            Some((.., place)) => telling.tell_beside(&table_rules::DUPLICATE, "", Some(place.clone())),
            None => self.prices.push((of, band, telling.place.clone())),
        }
    }

    /// Says what a child may read, unless it tells who or where somebody is.
    pub fn profile(&mut self, row: ProfileRow, photos: Vec<Photo>, telling: &mut Telling<'_>) {
        let captions = photos.iter().filter_map(|photo| photo.caption.as_ref().is());
        if row.texts().chain(captions.map(|caption| &**caption)).any(marks::identifies) {
            return telling.tell(&rules::PROFILE_IDENTIFIES, "message");
        }
        match self.profiles.iter().find(|(known, others, _)| *known == row && *others == photos) {
            Some((.., place)) => telling.tell_beside(&table_rules::DUPLICATE, "", Some(place.clone())),
            None => self.profiles.push((row, photos, telling.place.clone())),
        }
    }

    /// Brings a photograph that what a child may read names by its SHA-256.
    pub fn photograph(&mut self, photograph: Photograph) {
        if !self.photographs.contains(&photograph) {
            self.photographs.push(photograph);
        }
    }

    /// How many bytes the photographs have that were brought.
    pub fn photographs_bytes(&self) -> u64 {
        self.photographs.iter().map(|photograph| photograph.bytes().len() as u64).sum()
    }

    /// Everything as records of one subject, the provider first.
    pub fn finish(mut self, dossier: &mut Dossier, report: &mut dyn Report) {
        let Some(urn) = self.urn else { return };
        self.put_prices(report);
        self.put_profiles(report);
        tell_homes_twice(&self.vacancies, report);
        let subject = Arc::new(Subject::place(vec![Identifier::Provider(urn)]));
        let record = |statement: Statement, place| Record {
            subject: Arc::clone(&subject),
            statement,
            source: Source::at(place),
        };
        dossier.records.extend(self.provider.map(|(provider, place)| record(provider.into(), place)));
        let vacancies = self.vacancies.into_iter().flatten();
        dossier.records.extend(vacancies.map(|(vacancy, place)| record(vacancy.into(), place)));
        dossier.subject = Some(subject);
        dossier.photographs = self.photographs;
        // Those of what is held back are not kept either.
        dossier.keep_named_photographs();
    }

    /// A price of a vacancy goes before one of its lot.
    fn put_prices(&mut self, report: &mut dyn Report) {
        let (of_one, of_lot): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.prices).into_iter().partition(|(of, ..)| matches!(of, PriceOf::Vacancy(_)));
        let mut own: Vec<usize> = Vec::new();
        for (of, band, place) in of_one.into_iter().chain(of_lot) {
            let numbers: Vec<usize> = match &of {
                PriceOf::Vacancy(reference) => self.known.get(&**reference).copied().into_iter().collect(),
                PriceOf::Lot(framework, lot) => self.of_lot(framework, lot),
            };
            if numbers.is_empty() {
                report.raise(Diagnostic::new(&rules::NO_VACANCY, place));
                continue;
            }
            for number in numbers {
                match of {
                    PriceOf::Vacancy(_) => own.push(number),
                    PriceOf::Lot(..) if own.contains(&number) => continue,
                    PriceOf::Lot(..) => {}
                }
                self.add_band(number, band.clone());
            }
        }
    }

    fn of_lot(&self, framework: &str, lot: &str) -> Vec<usize> {
        let stands_under = |vacancy: &Vacancy| {
            let of = vacancy.more.as_deref().and_then(|more| more.framework.as_ref().is());
            of.is_some_and(|of| matches!(&of.id, Said::Is(id) if **id == *framework))
                && matches!(&vacancy.lot, Said::Is(of) if **of == *lot)
        };
        let numbered = self.vacancies.iter().enumerate();
        numbered.filter_map(|(n, it)| it.as_ref().filter(|(vacancy, _)| stands_under(vacancy)).map(|_| n)).collect()
    }

    /// Adds a price to a vacancy.
    fn add_band(&mut self, number: usize, band: FeeBand) {
        let Some(Some((vacancy, _))) = self.vacancies.get_mut(number) else { return };
        let more = vacancy.more.get_or_insert_default();
        let mut fee: Fee = std::mem::take(&mut more.fee).is().unwrap_or_default();
        match &mut fee.bands {
            Said::Is(bands) => bands.push(band),
            bands => *bands = Said::Is(vec![band]),
        }
        more.fee = Said::Is(fee);
    }

    /// A page is of the vacancy of its reference; without one, of every vacancy of its home.
    fn put_profiles(&mut self, report: &mut dyn Report) {
        for (row, photos, place) in std::mem::take(&mut self.profiles) {
            let numbers: Vec<usize> = match (&row.vacancy_id, &row.carer_ref) {
                (Said::Is(id), _) => self.known.get(&id.0.to_lowercase()).copied().into_iter().collect(),
                (_, Said::Is(home)) => self.of_home(&home.0),
                _ => Vec::new(),
            };
            let mut profile: ForTheChild = row.profile();
            if !photos.is_empty() {
                profile.photos = Said::Is(photos);
            }
            let mut found = false;
            for number in numbers {
                let Some(Some((vacancy, _))) = self.vacancies.get_mut(number) else { continue };
                found = true;
                vacancy.more.get_or_insert_default().for_the_child = Said::Is(profile.clone());
            }
            if !found {
                report.raise(Diagnostic::new(&rules::NO_VACANCY, place));
            }
        }
    }

    fn of_home(&self, home: &str) -> Vec<usize> {
        let is_it = |vacancy: &Vacancy| matches!(&vacancy.carer_ref, Said::Is(of) if **of == *home);
        let numbered = self.vacancies.iter().enumerate();
        numbered.filter_map(|(n, it)| it.as_ref().filter(|(vacancy, _)| is_it(vacancy)).map(|_| n)).collect()
    }
}

/// Takes over when a vacancy was checked last, and by whom.
fn confirm(said: &mut Vacancy, confirmation: Vacancy) {
    if matches!((said.as_at, confirmation.as_at), (Said::Is(before), Said::Is(now)) if now <= before) {
        return;
    }
    said.as_at = confirmation.as_at;
    if let Some(more) = confirmation.more.filter(|more| more.confirmed_by.has_value()) {
        said.more.get_or_insert_default().confirmed_by = more.confirmed_by;
    }
}

/// Tells live vacancies that are of one home, and those that look so. Nothing is merged (IFA formats, section 4.5).
fn tell_homes_twice(vacancies: &[Option<(Vacancy, Place)>], report: &mut dyn Report) {
    let live: Vec<(&Vacancy, &Place)> = vacancies
        .iter()
        .flatten()
        .filter(|(vacancy, _)| {
            matches!(vacancy.status, Said::Is(VacancyStatus::Draft | VacancyStatus::Open | VacancyStatus::Reserved))
        })
        .map(|(vacancy, place)| (vacancy, place))
        .collect();
    let mut tell = |rule: &'static Rule, place: &Place, other: &Place| {
        report.raise(Diagnostic::new(rule, place.clone()).related_to([other.clone()]));
    };
    let mut homes: HashMap<(&str, Provision), &Place> = HashMap::new();
    let mut alike: HashMap<_, (&Vacancy, &Place)> = HashMap::new();
    for (vacancy, place) in live {
        if let (Said::Is(home), Said::Is(provision)) = (&vacancy.carer_ref, vacancy.provision) {
            match homes.get(&(&**home, provision)) {
                Some(first) => tell(&rules::DUPLICATE_HOME, place, first),
                None => {
                    homes.insert((home, provision), place);
                }
            }
        }
        let Some(looks) = looks_of(vacancy) else { continue };
        match alike.get(&looks) {
            Some((first, at)) if first.carer_ref != vacancy.carer_ref => tell(&rules::NEAR_DUPLICATE, place, at),
            Some(_) => {}
            None => {
                alike.insert(looks, (vacancy, place));
            }
        }
    }
}

/// What two rows of one home have alike: area, places, ages and genders; `None` where any is not said.
fn looks_of(vacancy: &Vacancy) -> Option<impl std::hash::Hash + Eq + use<>> {
    let more = vacancy.more.as_deref()?;
    let (places, who_for) = (more.places.as_ref().is()?, more.who_for.as_ref().is()?);
    Some((
        more.outward_postcode.is()?,
        places.approved.is()?,
        who_for.age_min.is()?,
        who_for.age_max.is()?,
        who_for.genders.clone().is()?,
    ))
}
