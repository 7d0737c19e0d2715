//! Writes one table of vacancies: the rows that it has of each provider, and a loss for all that stands elsewhere.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options, Setting},
    csv::write::{write_heading, write_row},
    sheaf::{PartName, Sheaf},
    table::{Row, Table},
    wire::{Spelling, Writing},
};
use schemas::{
    code::RowChange,
    diagnostic::{Diagnostic, Report, Rule},
    identifier::{Identifier, ProviderUrn},
    record::{Provider, Record, Statement, Subject, SubjectKind, Vacancy},
    said::Said,
};

use crate::{
    document::TABLES,
    rules,
    vacancies::{
        rows::is_confirmation,
        tables::{FEES, FOR_THE_CHILD, FeeRow, ProfileRow, VACANCIES, VacancyRow},
    },
    wire::{HomeReference, Reference, Text, UrnText},
    words::Word,
};

/// Which table is written.
pub const TABLE: Setting =
    Setting { name: "table", default: "vacancies", values: &["vacancies", "fees", "for_the_child"] };

/// Under what cells are written.
pub(crate) fn writing(options: &Options) -> Writing<'_> {
    Writing { year: None, dialect: &options.dialect, spelling: Spelling::Plain }
}

/// The heading row of a table, after a mark where the dialect wants one.
pub(crate) fn head(table: &Table, options: &Options, sheaf: &mut Sheaf) {
    let out = sheaf.part(PartName::Whole);
    if options.dialect.bom() {
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    write_heading(table, out);
}

/// The number of a provider, as far as it is let out.
pub(crate) fn urn_of(subject: &Subject) -> Option<ProviderUrn> {
    subject.identifiers.iter().find_map(|identifier| match identifier {
        Identifier::Provider(urn) => Some(*urn),
        _ => None,
    })
}

/// What stands of the provider itself.
pub(crate) fn provider_of<'r>(disclosure: &Disclosure<'r>) -> Option<&'r Provider> {
    disclosure.records.iter().filter(|record| !record.source.retracts).find_map(|record| match &record.statement {
        Statement::Provider(provider) => Some(provider),
        _ => None,
    })
}

/// Writes a table of vacancies.
pub struct TablesEncode;

impl Encode for TablesEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        let name = options.setting(&TABLE);
        let table = TABLES.iter().find(|table| table.name == name).copied().unwrap_or(&VACANCIES);
        Box::new(TableEncoder { options, table })
    }
}

struct TableEncoder<'o> {
    options: &'o Options,
    table: &'static Table,
}

impl Encoder for TableEncoder<'_> {
    fn about(&self) -> SubjectKind {
        SubjectKind::Place
    }

    fn head(&self, sheaf: &mut Sheaf) {
        head(self.table, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let (urn, provider) = (urn_of(disclosure.subject), provider_of(disclosure));
        let mut rows = RowsOf { writing: writing(self.options), sheaf, report };
        for record in disclosure.records {
            match &record.statement {
                Statement::Provider(provider) => self.provider(provider, record, disclosure, &mut rows),
                Statement::Vacancy(vacancy) if !record.source.retracts => {
                    self.vacancy(vacancy, record, (urn, provider), &mut rows);
                }
                _ => rows.lose(record, &rules::NOT_EXPRESSIBLE),
            }
        }
    }
}

impl TableEncoder<'_> {
    /// What of a provider has no column, or no row to stand in.
    fn provider(&self, provider: &Provider, record: &Record, disclosure: &Disclosure<'_>, rows: &mut RowsOf<'_>) {
        let has_a_row = disclosure.records.iter().any(|other| {
            matches!(&other.statement, Statement::Vacancy(vacancy) if !other.source.retracts && !is_confirmation(vacancy))
        });
        if self.table.name != VACANCIES.name {
            rows.lose(record, &rules::OTHER_TABLE);
        } else if !has_a_row || record.source.retracts || provider.sector.has_value() || provider.more.is_some() {
            rows.lose(record, &rules::NOT_EXPRESSIBLE);
        }
    }

    fn vacancy(
        &self,
        vacancy: &Vacancy,
        record: &Record,
        (urn, provider): (Option<ProviderUrn>, Option<&Provider>),
        rows: &mut RowsOf<'_>,
    ) {
        let more = vacancy.more.as_deref();
        let bands = more.and_then(|more| more.fee.as_ref().is()).and_then(|fee| fee.bands.as_ref().is());
        let profile = more.and_then(|more| more.for_the_child.as_ref().is());
        let provider_urn = || urn.map_or(Said::NotAsked, |urn| Said::Is(UrnText(urn.as_str().into())));
        let vacancy_id = || vacancy.vacancy_id.clone().map(Reference);
        match self.table.name {
            name if name == FEES.name => {
                let framework = more.and_then(|more| more.framework.as_ref().is());
                for band in bands.into_iter().flatten() {
                    let row = FeeRow {
                        provider_urn: provider_urn(),
                        vacancy_id: vacancy_id(),
                        framework: framework.map_or(Said::NotAsked, |of| of.id.clone().map(Text)),
                        lot: vacancy.lot.clone().map(Text),
                        ..FeeRow::of(band)
                    };
                    rows.write(record, &row);
                }
                rows.lose(record, &rules::OTHER_TABLE);
            }
            name if name == FOR_THE_CHILD.name => {
                if let Some(profile) = profile {
                    if profile.photos.has_value() {
                        rows.lose(record, &rules::NOT_EXPRESSIBLE);
                    }
                    let row = ProfileRow {
                        provider_urn: provider_urn(),
                        vacancy_id: vacancy_id(),
                        carer_ref: vacancy.carer_ref.clone().map(HomeReference),
                        ..ProfileRow::of(profile.clone())
                    };
                    rows.write(record, &row);
                }
                rows.lose(record, &rules::OTHER_TABLE);
            }
            _ => {
                let confirms = is_confirmation(vacancy);
                let row = VacancyRow::of(vacancy).with_provider(urn, provider.filter(|_| !confirms));
                let change = if confirms { Said::Is(Word(RowChange::NoChange)) } else { Said::NotAsked };
                rows.write(record, &VacancyRow { change, ..row });
                if more.is_some_and(|more| more.version.has_value()) {
                    rows.lose(record, &rules::NOT_EXPRESSIBLE);
                }
                if bands.is_some() || profile.is_some() {
                    rows.lose(record, &rules::OTHER_TABLE);
                }
            }
        }
    }
}

/// Writes the rows of one subject.
pub(crate) struct RowsOf<'w> {
    pub(crate) writing: Writing<'w>,
    pub(crate) sheaf: &'w mut Sheaf,
    pub(crate) report: &'w mut dyn Report,
}

impl RowsOf<'_> {
    pub(crate) fn write<R: Row>(&mut self, record: &Record, row: &R) {
        let (out, report) = (self.sheaf.part(PartName::Whole), &mut *self.report);
        write_row(row, out, &self.writing, |column| {
            let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
            report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
        });
        self.sheaf.count(R::TABLE.name, 1);
    }

    pub(crate) fn lose(&mut self, record: &Record, rule: &'static Rule) {
        self.report.raise(Diagnostic::new(rule, record.source.place.clone()));
    }
}
