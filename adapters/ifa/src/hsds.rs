//! Writes how many places there are as the Human Services Data Specification has them: a service for each provider, kind
//! of provision and lot, with its capacity (IFA formats, section 10.2; HSDS 3.1, `service` and `service_capacity`).
//!
//! Limits: what is published is public for ever, so that no household may be told of. A count of fewer than
//! [`HOUSEHOLDS_MIN`] households is not written, nor whether their service is full. Format: a list of services; only
//! homes that are open and were checked lately count. Operations: [`HsdsEncode`] writes.

use std::collections::{BTreeMap, BTreeSet};

use kit::{
    adapter::{DeclaredLoss, Disclosure, Encode, Encoder, Format, Options, Parts},
    ids::SubjectIds,
    json::write::Object,
    sheaf::{PartName, Sheaf},
};
use schemas::{
    code::{Code, Provision, VacancyStatus},
    date::DateTime,
    diagnostic::{Diagnostic, Report, Rule},
    identifier::{Identifier, ProviderUrn},
    record::{Record, Statement, SubjectKind, Vacancy, VacancyMore},
    reflect::Number,
};

use crate::{
    encode::{provider_of, urn_of},
    records::FRESH_DAYS,
    rules,
    vacancies::rows::is_confirmation,
};

/// Fewer households than this are told of by no number (IFA formats, section 10.2; views, section 7.6).
pub const HOUSEHOLDS_MIN: usize = 6;

/// The code system of what is counted (record, section 1.9).
const UNIT_SCHEME: &str = "urn:homeward:cs:capacity-unit";

/// The days for which a home is fresh where the option is none.
const FRESH_DAYS_USUAL: i32 = 7;

/// Services and how many places they have.
pub static HSDS_JSON: Format = Format {
    name: "hsds-json",
    summary: "How many places there are, by provider, kind of provision and lot, for a public directory (HSDS)",
    media_types: &["application/json"],
    extensions: &["json"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[],
    rules: &[rules::WRITING, rules::COUNTING],
    settings: &[FRESH_DAYS],
    losses: LOSSES,
    together: &["Provider", "Vacancy"],
    decode: None,
    encode: Some(&HsdsEncode),
};

/// What a public directory is not told.
static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Provider", why: "but for its name: its registers are public where it is registered" },
    DeclaredLoss {
        field: "Vacancy",
        why: "no household is published: only how many places there are, for which ages, and as at when",
    },
    DeclaredLoss {
        field: "Vacancy.places",
        why: "of fewer than six households; the Open Referral UK profile leaves service_capacity out",
    },
    DeclaredLoss { field: "Vacancy.home", why: "languages: HSDS names them by other codes" },
];

/// Writes services.
pub struct HsdsEncode;

impl Encode for HsdsEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(HsdsEncoder { options })
    }
}

struct HsdsEncoder<'o> {
    options: &'o Options,
}

impl Encoder for HsdsEncoder<'_> {
    fn about(&self) -> SubjectKind {
        SubjectKind::Place
    }

    fn head(&self, sheaf: &mut Sheaf) {
        sheaf.part(PartName::Whole).push(b'[');
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let Some(urn) = urn_of(disclosure.subject) else {
            // Without its number a service would have no id.
            return disclosure.records.iter().for_each(|record| lose(record, &rules::NOT_EXPRESSIBLE, report));
        };
        let name = provider_of(disclosure).and_then(|provider| provider.name.as_ref().is()).map(|name| &**name);
        let ids = self.ids(urn);
        for (kind, homes) in self.homes(disclosure, report) {
            let service = Service { kind: &kind, name, homes: &homes, ids: &ids, options: self.options };
            let out = sheaf.next_item(b",");
            out.push(b'\n');
            service.write(out);
            if !service.is_counted() {
                lose(homes[0].record, &rules::FEW_HOMES, report);
            }
            sheaf.count("services", 1);
        }
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        sheaf.part(PartName::Whole).extend_from_slice(b"\n]\n");
    }
}

/// Which service a home belongs to: its kind of provision, and its lot as it is compared.
type Kind = (Provision, String);

/// A home that is offered or lived in, and was checked lately.
struct Home<'r> {
    record: &'r Record,
    more: &'r VacancyMore,
    as_at: DateTime,
    /// Whether its places are those of today.
    is_open: bool,
    lot: Option<&'r str>,
}

impl HsdsEncoder<'_> {
    /// Ids of a provider's services hang on its public number, whoever reads them.
    fn ids(&self, urn: ProviderUrn) -> SubjectIds {
        let (identifier, mut system, mut value) = (Identifier::Provider(urn), Vec::new(), Vec::new());
        // A provider's number is the same whatever the authority.
        let _ = identifier.system(None, &mut system);
        identifier.write_value(&mut value);
        self.options.id_key.of_subject(&system, &value)
    }

    /// The homes by service, one a household, in the order of services; those that do not count are told.
    fn homes<'r>(&self, disclosure: &Disclosure<'r>, report: &mut dyn Report) -> BTreeMap<Kind, Vec<Home<'r>>> {
        let mut households: BTreeMap<(Kind, Option<&str>), Home<'r>> = BTreeMap::new();
        for record in disclosure.records {
            let vacancy = match &record.statement {
                Statement::Vacancy(vacancy) if !record.source.retracts && !is_confirmation(vacancy) => vacancy,
                Statement::Provider(_) => continue,
                _ => {
                    lose(record, &rules::NOT_EXPRESSIBLE, report);
                    continue;
                }
            };
            let Some((kind, home)) = self.home(vacancy, record) else {
                lose(record, &rules::NOT_COUNTED, report);
                continue;
            };
            // Of one household under two references the newer counts; those that nobody can tell apart count once.
            let household = vacancy.carer_ref.as_ref().is().or(vacancy.vacancy_id.as_ref().is()).map(|id| &**id);
            let key = (kind, household);
            match households.get(&key) {
                Some(known) if known.as_at >= home.as_at => lose(record, &rules::NOT_COUNTED, report),
                Some(known) => {
                    lose(known.record, &rules::NOT_COUNTED, report);
                    households.insert(key, home);
                }
                None => {
                    households.insert(key, home);
                }
            }
        }
        let mut by_kind: BTreeMap<Kind, Vec<Home<'r>>> = BTreeMap::new();
        for ((kind, _), home) in households {
            by_kind.entry(kind).or_default().push(home);
        }
        by_kind
    }

    /// A home that counts; `None` for one that is not offered or lived in, or was not checked lately.
    fn home<'r>(&self, vacancy: &'r Vacancy, record: &'r Record) -> Option<(Kind, Home<'r>)> {
        use VacancyStatus::{Filled, Open, Reserved};
        let status = vacancy.status.is().filter(|status| matches!(status, Open | Reserved | Filled))?;
        let as_at = vacancy.as_at.is()?;
        let days = self.options.as_at_day()?.days_since(as_at.date()?);
        let fresh_days = self.options.setting(&FRESH_DAYS).parse().unwrap_or(FRESH_DAYS_USUAL);
        if !(0..=fresh_days).contains(&days) {
            return None;
        }
        let lot = vacancy.lot.as_ref().is().map(|lot| lot.trim()).filter(|lot| !lot.is_empty());
        let kind = (vacancy.provision.is()?, lot.unwrap_or_default().to_lowercase());
        let more = vacancy.more.as_deref()?;
        Some((kind, Home { record, more, as_at, is_open: status == Open, lot }))
    }
}

fn lose(record: &Record, rule: &'static Rule, report: &mut dyn Report) {
    report.raise(Diagnostic::new(rule, record.source.place.clone()));
}

/// A service of one provider.
struct Service<'s> {
    kind: &'s Kind,
    /// Of the provider.
    name: Option<&'s str>,
    homes: &'s [Home<'s>],
    ids: &'s SubjectIds,
    options: &'s Options,
}

/// The places of the homes that are open.
struct Capacity {
    homes: usize,
    available: u64,
    maximum: u64,
    /// The oldest day of the sum.
    as_at: DateTime,
}

impl Service<'_> {
    fn id(&self, of: &str) -> String {
        let (provision, lot) = self.kind;
        let id = self.ids.id(of, "", &[provision.word().as_bytes(), lot.as_bytes()]).text();
        String::from_utf8_lossy(&id).into_owned()
    }

    /// What the open homes add up to; `None` where they are too few to be told of.
    fn capacity(&self) -> Option<Capacity> {
        let places = |home: &Home<'_>| {
            let places = home.more.places.as_ref().is()?;
            Some((places.available.is()?.get(), places.approved.is()?.get(), home.as_at))
        };
        let open: Vec<_> = self.homes.iter().filter(|home| home.is_open).filter_map(places).collect();
        if open.len() < HOUSEHOLDS_MIN {
            return None;
        }
        Some(Capacity {
            homes: open.len(),
            available: open.iter().map(|(available, ..)| u64::from(*available)).sum(),
            maximum: open.iter().map(|(_, approved, _)| u64::from(*approved)).sum(),
            as_at: open.iter().map(|(.., as_at)| *as_at).min()?,
        })
    }

    fn is_counted(&self) -> bool {
        self.capacity().is_some()
    }

    /// Whether nobody could come today. Of few households that would tell how each of them is.
    fn is_full(&self) -> bool {
        let has_room = |home: &Home<'_>| {
            let places = home.more.places.as_ref().is();
            home.is_open && places.and_then(|places| places.available.is()).is_none_or(|count| count.get() > 0)
        };
        self.homes.len() >= HOUSEHOLDS_MIN && !self.homes.iter().any(has_room)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (provision, _) = self.kind;
        let label = provision.label();
        let mut service = Object::begin(out);
        service.text("id", &self.id("service"));
        service.text("name", &self.name.map_or_else(|| label.to_owned(), |name| format!("{name}: {label}")));
        // One spelling of a lot stands for all: the same whatever the order of the homes.
        let lots: BTreeSet<&str> = self.homes.iter().filter_map(|home| home.lot).collect();
        if let Some(lot) = lots.first() {
            service.text("description", &format!("Price band: {lot}"));
        }
        service.text("status", if self.is_full() { "temporarily closed" } else { "active" });
        if let Some((youngest, oldest)) = self.ages() {
            service.number("minimum_age", u64::from(youngest));
            service.number("maximum_age", u64::from(oldest));
        }
        if let Some(newest) = self.homes.iter().map(|home| home.as_at).max() {
            service.text("last_modified", &instant(newest));
        }
        if let Some(capacity) = self.capacity() {
            let capacities = std::slice::from_ref(&capacity);
            service.list("capacities", capacities, |capacity, object| self.write_capacity(capacity, object));
        }
        service.end();
    }

    /// The youngest and the oldest age of any home; `None` where one does not say it.
    fn ages(&self) -> Option<(u16, u16)> {
        let who_for = || self.homes.iter().filter_map(|home| home.more.who_for.as_ref().is());
        let youngest = who_for().filter_map(|who_for| who_for.age_min.is()).map(Number::get).min();
        let oldest = who_for().filter_map(|who_for| who_for.age_max.is()).map(Number::get).max();
        youngest.zip(oldest)
    }

    fn write_capacity(&self, capacity: &Capacity, object: &mut Object<'_>) {
        let (provision, _) = self.kind;
        object.text("id", &self.id("service_capacity"));
        object.text("service_id", &self.id("service"));
        object.object("unit", |unit| {
            let identifier = format!("{}-place", provision.word());
            // What is counted is the same for every provider.
            let ids = self.options.id_key.of_subject(UNIT_SCHEME.as_bytes(), identifier.as_bytes());
            unit.text("id", &String::from_utf8_lossy(&ids.id("unit", "", &[]).text()));
            unit.text("name", unit_name(*provision));
            unit.text("scheme", UNIT_SCHEME);
            unit.text("identifier", &identifier);
        });
        object.number("available", capacity.available);
        object.number("maximum", capacity.maximum);
        let day = capacity.as_at.date().map(|day| day.to_string()).unwrap_or_default();
        object.text("description", &format!("{} homes; counted as at {day}", capacity.homes));
        object.text("updated", &instant(capacity.as_at));
    }
}

fn unit_name(provision: Provision) -> &'static str {
    match provision {
        Provision::Fostering => "Fostering place",
        Provision::Residential => "Residential place",
        Provision::SupportedAccommodation => "Supported accommodation place",
    }
}

/// A moment with its milliseconds.
fn instant(moment: DateTime) -> String {
    const SECONDS_END: usize = "2026-01-12T08:30:00".len();
    let mut text = Vec::new();
    moment.write(&mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if !text.contains('.') && text.is_char_boundary(SECONDS_END) {
        text.insert_str(SECONDS_END, ".000");
    }
    text
}
