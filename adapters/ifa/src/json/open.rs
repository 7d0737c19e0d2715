//! Opens documents in JSON: one provider each, with its vacancies as items.
//!
//! Limits: 16 bytes a vacancy; one vacancy, or all that stands around them, in memory; of photographs one provider's.
//! Format: an object with the array `vacancies`; several documents of one provider are one subject; parts under `photos/`
//! are photographs, each of whoever names it. Operations: opening reads what stands around the vacancies; a reader reads
//! a provider's vacancies when it is asked for.

mod photos;

use std::num::NonZeroUsize;

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects},
    csv::rules as table_rules,
    document::Document,
    encoding::{PartText, Window},
    json::{
        items::{self, Form},
        read::Reader,
    },
    nested::{Branch, Ground, Hearing, Item, Outline, Parted, Spot, Walk, rules::JSON},
    table::Table,
    telling::Telling,
};
use schemas::{
    code::RowChange,
    date::Date,
    diagnostic::{Diagnostic, Place, Report, Rule},
    identifier::ProviderUrn,
    record::{Provider, ProviderMore},
    said::Said,
};

use photos::PhotoParts;

use crate::{
    document::reading,
    json::shape::{
        CONFIRMATION, ConfirmationRow, FORMAT, Held, ITEMS, Members, PHOTO, PROVIDER, ProviderRow, branches, outline,
    },
    records::ProviderRecords,
    rules,
    vacancies::{
        rows::{duty_of, provider_of, with_more},
        tables::{FEES, FOR_THE_CHILD, VACANCIES, VacancyRow},
    },
    wire::AsAt,
    words::Word,
};

/// Reads documents of vacancies.
pub(super) struct JsonDecode;

impl Decode for JsonDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::open(document, options, report))
    }

    fn branches(&self) -> Vec<Branch> {
        branches().to_vec()
    }
}

/// A document that has been opened.
struct Opened<'d> {
    options: &'d Options,
    outline: Outline,
    files: Vec<File<'d>>,
    photos: PhotoParts<'d>,
    labels: Vec<PartLabel>,
    /// By provider: which of the files are of it.
    providers: Vec<(ProviderUrn, Vec<usize>)>,
}

/// A file of a document.
struct File<'d> {
    text: PartText<'d>,
    parted: Parted,
    /// When rows were checked that do not say it themselves.
    as_at: Said<AsAt>,
    /// It is everything that its provider has.
    is_everything: bool,
}

impl<'d> Opened<'d> {
    fn open(document: &'d Document, options: &'d Options, report: &mut dyn Report) -> Self {
        let mut opened = Self {
            options,
            outline: outline(),
            files: Vec::new(),
            photos: PhotoParts::default(),
            labels: Vec::new(),
            providers: Vec::new(),
        };
        for (id, part) in document.parts() {
            opened.labels.push(PartLabel::unknown(id));
            if opened.labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            if let Some(nth) = opened.photos.take(id, part) {
                if let Some(label) = opened.labels.last_mut() {
                    *label = PartLabel::Table(PHOTO.name, nth);
                }
                continue;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&JSON.unreadable, Place::Part(id)));
                continue;
            };
            if let Some((urn, file)) = opened.file(text, report) {
                let nth = u16::try_from(opened.files.len() + 1).unwrap_or(u16::MAX);
                if let Some(label) = opened.labels.last_mut() {
                    *label = PartLabel::Table("document", nth);
                }
                let number = opened.files.len();
                opened.files.push(file);
                match opened.providers.iter_mut().find(|(known, _)| *known == urn) {
                    Some((_, files)) => files.push(number),
                    None => opened.providers.push((urn, vec![number])),
                }
            }
        }
        opened.tell_unnamed_photos(report);
        opened
    }

    /// Tells of every photograph that no vacancy names: it would be left out without a word.
    fn tell_unnamed_photos(&self, report: &mut dyn Report) {
        if self.photos.is_empty() {
            return;
        }
        let mut reader = ProviderReader { opened: self, held: Held::default() };
        let mut named = Vec::new();
        for file in &self.files {
            reader.photo_ids(file, &mut named);
        }
        self.photos.tell_unnamed(&named, report);
    }

    /// Takes a file apart, and reads what stands around its vacancies as far as it decides whose they are.
    fn file(&self, text: PartText<'d>, report: &mut dyn Report) -> Option<(ProviderUrn, File<'d>)> {
        let (parted, form) = items::part(text, Some(ITEMS), self.options.limits, report);
        if form == Form::Bare {
            if !parted.items.is_empty() {
                report.raise(Diagnostic::new(&rules::FORMAT_NAME, Place::Part(text.part)));
            }
            return None;
        }
        let reading = reading(self.options);
        let mut held = Held::default();
        let mut teller =
            Teller { hearing: Hearing { reading: &reading, outline: &self.outline, text: &text, report }, as_at: None };
        frame(&parted, &text, self.options, &mut held, &mut teller.hearing);
        let document = held.documents.drain().next()?;
        let is_ours = matches!(&document.row.format, Said::Is(format) if *format.0 == *FORMAT);
        let is_version = matches!(&document.row.version, Said::Is(version) if version.0.split('.').next() == Some("1"));
        if !is_ours || !is_version {
            teller.tell(if is_ours { &rules::VERSION } else { &rules::FORMAT_NAME }, &document.spot);
            return None;
        }
        let mode_spot = self.outline.column_spot(&document.spot, "mode");
        let is_everything = matches!(&document.row.mode, Said::Is(mode) if *mode.0 == *"replace");
        match &document.row.mode {
            Said::Is(_) if is_everything => teller.tell(&rules::REPLACE_NOT_CARRIED, &mode_spot),
            Said::Is(mode) if *mode.0 != *"merge" => teller.tell(&rules::MODE_UNKNOWN, &mode_spot),
            _ => {}
        }
        let provider = held.providers.drain().next();
        let urn = provider.as_ref().map_or(Err(true), |held| provider_of(&held.row.urn, &held.row.registered_with));
        match urn {
            Ok(urn) => Some((urn, File { text, parted, as_at: document.row.as_at, is_everything })),
            Err(is_the_number) => {
                if is_the_number {
                    let spot = provider.map_or(document.spot, |held| self.outline.column_spot(&held.spot, "urn"));
                    teller.tell(&rules::URN_SHAPE, &spot);
                }
                None
            }
        }
    }
}

/// Reads what stands around the vacancies.
fn frame(parted: &Parted, text: &PartText<'_>, options: &Options, held: &mut Held, hearing: &mut Hearing<'_>) {
    let mut reader = Reader::new(parted.frame.units(), parted.frame.ground(*text), options.limits);
    Walk::new(hearing.outline, options.limits).frame(&mut reader, &mut held.tables(), hearing);
}

/// Tells what rows break.
struct Teller<'h> {
    hearing: Hearing<'h>,
    as_at: Option<Date>,
}

impl Teller<'_> {
    fn tell(&mut self, rule: &'static Rule, spot: &Spot) {
        let place = self.hearing.outline.place(self.hearing.text, spot);
        self.hearing.report.raise(Diagnostic::new(rule, place));
    }

    /// Lets a row of a table say something.
    fn row(&mut self, table: &'static Table, spot: Spot, says: impl FnOnce(&mut Telling<'_>)) {
        let Hearing { reading, outline, text, report } = &mut self.hearing;
        let place_of = |column: &str| outline.place(text, &outline.column_spot(&spot, column));
        let columns = Members { table, place_of: &place_of };
        says(&mut Telling::at(outline.place(text, &spot), (self.as_at, reading.dialect), &columns, *report));
    }
}

impl Subjects for Opened<'_> {
    fn is_everything(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(|file| file.is_everything)
    }

    fn len(&self) -> usize {
        self.providers.len()
    }

    fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.parted.items.len() as u64).sum()
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(ProviderReader { opened: self, held: Held::default() })
    }
}

/// Reads one provider after another; each worker has its own.
struct ProviderReader<'o> {
    opened: &'o Opened<'o>,
    held: Held,
}

impl SubjectReader for ProviderReader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let Some((urn, files)) = self.opened.providers.get(n) else { return };
        let mut provider = ProviderRecords::new(self.opened.options);
        provider.is(*urn);
        for file in files {
            self.file(&self.opened.files[*file], &mut provider, report);
        }
        provider.finish(dossier, report);
    }
}

impl ProviderReader<'_> {
    /// What the photographs of a file are called.
    fn photo_ids(&mut self, file: &File<'_>, named: &mut Vec<Box<str>>) {
        let Opened { options, outline, .. } = self.opened;
        let (reading, mut unheard) = (reading(options), kit::adapter::Unheard);
        let hearing = Hearing { reading: &reading, outline, text: &file.text, report: &mut unheard };
        let mut teller = Teller { hearing, as_at: None };
        let (mut window, mut walk) = (Window::new(file.text), Walk::new(outline, options.limits));
        for (number, item) in file.parted.items.iter().enumerate() {
            self.held.clear();
            if self.item(number, *item, file, &mut window, &mut walk, &mut teller) {
                named.extend(self.held.photos.drain().filter_map(|held| held.row.id.is().map(|id| id.0)));
            }
        }
    }

    fn file(&mut self, file: &File<'_>, provider: &mut ProviderRecords, report: &mut dyn Report) {
        let Opened { options, outline, .. } = self.opened;
        let reading = reading(options);
        let hearing = Hearing { reading: &reading, outline, text: &file.text, report };
        let mut teller = Teller { hearing, as_at: options.as_at_day() };
        // What the frame breaks was told when it was opened.
        self.held.clear();
        let mut unheard = kit::adapter::Unheard;
        let mut again = Hearing { reading: &reading, outline, text: &file.text, report: &mut unheard };
        frame(&file.parted, &file.text, options, &mut self.held, &mut again);
        for held in self.held.providers.drain() {
            let said = provider_says(held.row);
            if said != Provider::default() {
                teller.row(&PROVIDER, held.spot, |telling| provider.provider(said, telling));
            }
        }
        let confirmations: Vec<_> = self.held.confirmations.drain().filter(|held| !held.fate.lost).collect();
        let (mut window, mut walk) = (Window::new(file.text), Walk::new(outline, options.limits));
        for (number, item) in file.parted.items.iter().enumerate() {
            self.held.clear();
            if self.item(number, *item, file, &mut window, &mut walk, &mut teller) {
                self.say(file, provider, &mut teller);
            }
        }
        for held in confirmations {
            let row = confirmed(held.row, file.as_at);
            teller.row(&CONFIRMATION, held.spot, |telling| {
                provider.row(row, telling);
            });
        }
    }

    /// Reads a vacancy; false where it cannot be read.
    fn item<'d>(
        &mut self,
        number: usize,
        item: Item,
        file: &File<'d>,
        window: &mut Window<'d>,
        walk: &mut Walk<'_>,
        teller: &mut Teller<'_>,
    ) -> bool {
        let limits = self.opened.options.limits;
        let spot = self.opened.outline.item_spot(number, item.at);
        if item.units > limits.item_bytes_max {
            teller.tell(&JSON.item_too_long, &spot);
            return false;
        }
        let units = window.from(item.at, item.units as usize).ok().and_then(|rest| rest.get(..item.units as usize));
        let Some(units) = units else {
            teller.tell(&JSON.unreadable, &spot);
            return false;
        };
        let mut reader = Reader::new(units, Ground::from(file.text, item.at), limits);
        walk.item(number, &mut reader, &mut self.held.tables(), &mut teller.hearing)
    }

    /// Says the vacancy that was read, with what stands in it.
    fn say(&mut self, file: &File<'_>, provider: &mut ProviderRecords, teller: &mut Teller<'_>) {
        let Some(held) = self.held.vacancies.0.drain().next().filter(|held| !held.fate.lost) else { return };
        let mut row = held.row;
        if !matches!(row.as_at, Said::Is(_) | Said::Unreadable) {
            row.as_at = file.as_at;
        }
        let vacancy_id = row.vacancy_id.clone();
        let confirms = matches!(row.change, Said::Is(Word(RowChange::NoChange)));
        let mut is_said = false;
        teller.row(&VACANCIES, held.spot, |telling| is_said = provider.row(row, telling));
        // What stands in a row that is not read, or that only confirms, says nothing.
        if !is_said || confirms {
            return;
        }
        for held in self.held.fees.0.drain().filter(|held| !held.fate.lost) {
            let mut row = held.row;
            row.vacancy_id = vacancy_id.clone();
            teller.row(&FEES, held.spot, |telling| provider.price(&row, telling));
        }
        let rows: Vec<_> = self.held.photos.drain().collect();
        let profile = self.held.profiles.drain().next();
        if let Some(held) = profile {
            let photos = self.photos(rows, provider, teller);
            let mut row = held.row;
            row.vacancy_id = vacancy_id;
            teller.row(&FOR_THE_CHILD, held.spot, |telling| provider.profile(row, photos, telling));
        }
    }
}

fn provider_says(row: ProviderRow) -> Provider {
    let text = |said: Said<Box<str>>| if said.has_value() { said } else { Said::NotAsked };
    let more = ProviderMore {
        company_number: text(row.company_number.map(|text| text.0)),
        branch: text(row.branch.map(|text| text.0)),
        duty: duty_of(row.duty_email, row.duty_phone),
        frameworks: Said::NotAsked,
    };
    let provider = Provider {
        name: text(row.name.map(|text| text.0)),
        sector: row.sector.map(|sector| sector.0),
        rating: row.ofsted_rating.map(|rating| rating.0),
        rating_date: row.rating_date,
        more: None,
    };
    with_more(provider, more)
}

fn confirmed(row: ConfirmationRow, as_at: Said<AsAt>) -> VacancyRow {
    VacancyRow {
        vacancy_id: row.vacancy_id,
        as_at: if matches!(row.as_at, Said::Is(_) | Said::Unreadable) { row.as_at } else { as_at },
        confirmed_by: row.confirmed_by,
        change: Said::Is(Word(RowChange::NoChange)),
        ..VacancyRow::default()
    }
}
