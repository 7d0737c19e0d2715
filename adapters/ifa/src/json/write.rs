//! Writes one document a provider: who it is, its vacancies, and what it only confirms.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    json::{
        members::{Members, members_of},
        write::Object,
    },
    sheaf::{PartName, Sheaf},
    table::Row,
    wire::Writing,
};
use schemas::{
    diagnostic::{Diagnostic, Report, Rule},
    record::{Photo, Provider, Record, Statement, SubjectKind, Vacancy},
    said::Said,
};

use crate::{
    encode::{has_photos, provider_of, urn_of, writing},
    json::shape::{
        CONFIRMATION_COLUMNS, ConfirmationRow, FEE_COLUMNS, FORMAT, ITEMS, PHOTO_COLUMNS, PROFILE_COLUMNS,
        PROVIDER_COLUMNS, PhotoRow, ProviderRow, VACANCY_COLUMNS,
    },
    rules,
    vacancies::{
        rows::is_confirmation,
        tables::{FeeRow, ProfileRow, VacancyRow},
    },
    wire::{AsAt, Reference, Text, UrnText},
    words::Word,
};

/// Writes documents of vacancies.
pub(super) struct JsonEncode;

impl Encode for JsonEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(JsonEncoder { options })
    }
}

struct JsonEncoder<'o> {
    options: &'o Options,
}

impl Encoder for JsonEncoder<'_> {
    fn about(&self) -> SubjectKind {
        SubjectKind::Place
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let mut told = Told { writing: writing(self.options), report };
        let (mut vacancies, mut confirmations) = (Vec::new(), Vec::new());
        let mut provider = Members::default();
        for record in disclosure.records {
            match &record.statement {
                _ if record.source.retracts => told.lose(record),
                Statement::Provider(said) => {
                    provider = told.members(&provider_row(said), PROVIDER_COLUMNS, record);
                    if said.more.as_ref().is_some_and(|more| more.frameworks.has_value()) {
                        told.lose(record);
                    }
                }
                Statement::Vacancy(vacancy) if is_confirmation(vacancy) => {
                    confirmations.push(told.members(&confirmation_row(vacancy), CONFIRMATION_COLUMNS, record));
                }
                Statement::Vacancy(vacancy) => {
                    if !disclosure.photographs.is_empty() && has_photos(vacancy) {
                        told.lose(record);
                    }
                    vacancies.push(vacancy_members(vacancy, record, &mut told));
                }
                _ => told.lose(record),
            }
        }
        let (count, urn) = (vacancies.len() + confirmations.len(), urn_of(disclosure.subject));
        if count == 0 && provider_of(disclosure).is_none() {
            return;
        }
        let mut who = Members::default();
        if let Some(urn) = urn {
            let row = ProviderRow {
                urn: Said::Is(UrnText(urn.as_str().into())),
                registered_with: Said::Is(Word(urn.regulator())),
                ..ProviderRow::default()
            };
            who.add(members_of(&row, PROVIDER_COLUMNS, &told.writing, |_| {}));
        }
        who.add(provider);
        let part = PartName::Child { nth: sheaf.next_child(), split: 1, extension: "json" };
        let out = sheaf.part(part);
        let mut object = Object::begin(out);
        object.text("format", FORMAT);
        object.text("version", "1");
        object.text("mode", "merge");
        object.literal("provider", &who.json());
        object.literal(ITEMS, &list(&vacancies));
        if !confirmations.is_empty() {
            object.literal("confirmations", &list(&confirmations));
        }
        object.end();
        out.push(b'\n');
        sheaf.count(ITEMS, count as u64);
    }
}

fn list(items: &[Members]) -> String {
    let items: Vec<String> = items.iter().map(Members::json).collect();
    format!("[{}]", items.join(",\n"))
}

/// How cells are written, and who is told what cannot be.
struct Told<'t> {
    writing: Writing<'t>,
    report: &'t mut dyn Report,
}

impl Told<'_> {
    fn lose(&mut self, record: &Record) {
        let rule: &'static Rule = &rules::NOT_EXPRESSIBLE;
        self.report.raise(Diagnostic::new(rule, record.source.place.clone()));
    }

    fn members<R: Row>(&mut self, row: &R, columns: &[(&'static str, &'static str)], record: &Record) -> Members {
        let report = &mut *self.report;
        members_of(row, columns, &self.writing, |column| {
            let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
            report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
        })
    }
}

fn vacancy_members(vacancy: &Vacancy, record: &Record, told: &mut Told<'_>) -> Members {
    let mut members = told.members(&VacancyRow::of(vacancy), VACANCY_COLUMNS, record);
    let Some(more) = vacancy.more.as_deref() else { return members };
    if let Said::Is(bands) = more.fee.as_ref().is().map_or(&Said::NotAsked, |fee| &fee.bands) {
        let bands = bands.iter().map(|band| told.members(&FeeRow::of(band), FEE_COLUMNS, record));
        let bands = bands.collect();
        members.list("fee/bands", bands);
    }
    if let Said::Is(profile) = &more.for_the_child {
        let mut child = told.members(&ProfileRow::of(profile.clone()), PROFILE_COLUMNS, record);
        if let Said::Is(photos) = &profile.photos {
            let photos = photos.iter().map(|photo| told.members(&photo_row(photo), PHOTO_COLUMNS, record));
            let photos = photos.collect();
            child.list("photos", photos);
        }
        members.group("forTheChild", &child);
    }
    members
}

fn provider_row(provider: &Provider) -> ProviderRow {
    let more = provider.more.as_deref().cloned().unwrap_or_default();
    let duty = more.duty.is().unwrap_or_default();
    ProviderRow {
        name: provider.name.clone().map(Text),
        company_number: more.company_number.map(Text),
        sector: provider.sector.map(Word),
        ofsted_rating: provider.rating.map(Word),
        rating_date: provider.rating_date,
        branch: more.branch.map(Text),
        duty_email: duty.email.map(Text),
        duty_phone: duty.phone.map(Text),
        ..ProviderRow::default()
    }
}

fn confirmation_row(vacancy: &Vacancy) -> ConfirmationRow {
    ConfirmationRow {
        vacancy_id: vacancy.vacancy_id.clone().map(Reference),
        as_at: vacancy.as_at.map(AsAt),
        confirmed_by: vacancy.more.as_deref().map_or(Said::NotAsked, |more| more.confirmed_by.map(Word)),
    }
}

fn photo_row(photo: &Photo) -> PhotoRow {
    PhotoRow {
        id: photo.id.clone().map(Text),
        caption: photo.caption.clone().map(Text),
        media_type: photo.media_type.clone().map(Text),
        sha256: photo.sha256.clone().map(Text),
        // Whoever hands a picture on looks for themselves.
        assured: Said::NotAsked,
    }
}
