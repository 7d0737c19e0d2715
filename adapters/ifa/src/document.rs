//! Opens a document of tables into providers: which table each part or sheet is, which rows are of which provider.
//!
//! Limits: 24 bytes a row, and the number of each provider. Format: parts are told by their heading rows; a row of
//! vacancies names its provider, a row beside may leave it to the vacancy, or to the only provider of the document.
//! Operations: [`TablesDecode`] opens, a reader reads one provider's rows together.

use std::{collections::HashMap, num::NonZeroUsize};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    cells::{RowSource, TableSource},
    csv::{
        groups::{Gathering, Groups},
        header::Layout,
        index::RowAt,
        parts::parts_of,
        pass::Pass,
        read::{read_row, read_row_at},
        rows::RowStart,
    },
    document::Document,
    encoding::PartText,
    table::{Row, Table},
    telling::{Cells, Telling},
    wire::{Reading, Spelling},
};
use schemas::{
    code::RowChange,
    diagnostic::{Diagnostic, Place, Report},
    identifier::ProviderUrn,
    said::Said,
};

use crate::{
    records::ProviderRecords,
    rules,
    vacancies::{
        rows::provider_of,
        tables::{FEES, FOR_THE_CHILD, FeeRow, ProfileRow, VACANCIES, VacancyRow},
    },
    wire::{AsAt, UrnText},
    words::Word,
};

/// The tables, in the order in which a provider's rows are read.
pub static TABLES: &[&Table] = &[&VACANCIES, &FEES, &FOR_THE_CHILD];

/// How a row says whose it is.
enum Whose {
    /// It names its provider.
    Provider(ProviderUrn),
    /// It leaves it to the vacancy of that reference, the home of that one, or the only provider.
    Beside(Vec<Link>),
    /// It does not say; whether it is the number that is wrong.
    Nobody(bool),
}

/// What links a row to a vacancy, without case.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Link {
    Vacancy(String),
    Home(String),
}

/// A row of one of the tables.
trait TableRow: Row {
    /// Whose it is.
    fn whose(&self) -> Whose;
    /// What rows beside may name it by.
    fn links(&self) -> Vec<Link>;
    /// Takes over what its document says for all rows that leave it open.
    fn fill(&mut self, _: &ForAllRows) {}
    /// Says it of its provider.
    fn says(self, telling: &mut Telling<'_>, provider: &mut ProviderRecords);
}

fn vacancy_link(id: &Said<crate::wire::Reference>) -> Option<Link> {
    id.as_ref().is().map(|id| Link::Vacancy(id.0.to_lowercase()))
}

fn home_link(home: &Said<crate::wire::HomeReference>) -> Option<Link> {
    home.as_ref().is().map(|home| Link::Home(home.0.to_lowercase()))
}

/// A row beside vacancies names Ofsted's number, or leaves it to them.
fn beside(urn: &Said<UrnText>, links: Vec<Link>) -> Whose {
    match provider_of(urn, &Said::NotAsked) {
        Ok(urn) => Whose::Provider(urn),
        Err(_) => Whose::Beside(links),
    }
}

impl TableRow for VacancyRow {
    fn whose(&self) -> Whose {
        match provider_of(&self.provider_urn, &self.registered_with) {
            Ok(urn) => Whose::Provider(urn),
            Err(is_the_number) => Whose::Nobody(is_the_number),
        }
    }

    fn links(&self) -> Vec<Link> {
        vacancy_link(&self.vacancy_id).into_iter().chain(home_link(&self.carer_ref)).collect()
    }

    fn fill(&mut self, said: &ForAllRows) {
        // A confirmation says by itself when it was made (IFA formats, section 2.3).
        let confirms = matches!(self.change, Said::Is(Word(RowChange::NoChange)));
        if !confirms && matches!(self.as_at, Said::NotAsked | Said::Blank) {
            self.as_at = said.as_at;
        }
    }

    fn says(self, telling: &mut Telling<'_>, provider: &mut ProviderRecords) {
        provider.row(self, telling);
    }
}

impl TableRow for FeeRow {
    fn whose(&self) -> Whose {
        beside(&self.provider_urn, vacancy_link(&self.vacancy_id).into_iter().collect())
    }

    fn links(&self) -> Vec<Link> {
        Vec::new()
    }

    fn says(self, telling: &mut Telling<'_>, provider: &mut ProviderRecords) {
        provider.price(&self, telling);
    }
}

impl TableRow for ProfileRow {
    fn whose(&self) -> Whose {
        beside(
            &self.provider_urn,
            vacancy_link(&self.vacancy_id).into_iter().chain(home_link(&self.carer_ref)).collect(),
        )
    }

    fn links(&self) -> Vec<Link> {
        Vec::new()
    }

    fn says(self, telling: &mut Telling<'_>, provider: &mut ProviderRecords) {
        provider.profile(self, Vec::new(), telling);
    }
}

/// What is seen of a row while the document is opened.
struct Glance {
    whose: Whose,
    /// What rows beside may name it by.
    links: Vec<Link>,
}

/// What a document says once, for all rows that leave it open.
#[derive(Clone, Copy, Default)]
pub(crate) struct ForAllRows {
    /// When they were checked.
    pub(crate) as_at: Said<AsAt>,
    /// They are everything that their providers have.
    pub(crate) is_everything: bool,
}

/// A table of a document, whatever it is read from.
pub(crate) trait Part: TableSource {
    /// What the document says for all of its rows.
    fn for_all_rows(&self) -> ForAllRows {
        ForAllRows::default()
    }
}

impl Part for (usize, PartText<'_>, Layout) {}

/// What reading a row takes into account.
struct Under<'o> {
    options: &'o Options,
    for_all_rows: ForAllRows,
}

/// What is done with the rows of a table that come from such a source.
struct TableOf<S> {
    look: fn(&S, &Layout, &Reading<'_>, &mut dyn Report) -> Glance,
    read: fn(&mut S, (&Layout, RowStart), &Under<'_>, &mut ProviderRecords, &mut dyn Report),
}

impl<S: RowSource> TableOf<S> {
    /// By table, in the order of [`TABLES`].
    const ALL: [Self; 3] = [Self::rows::<VacancyRow>(), Self::rows::<FeeRow>(), Self::rows::<ProfileRow>()];

    const fn rows<R: TableRow>() -> Self {
        Self { look: look::<R, S>, read: read::<R, S> }
    }
}

/// Under what cells are read.
pub(crate) fn reading(options: &Options) -> Reading<'_> {
    Reading { year: None, dialect: &options.dialect, protection_only: false, spelling: Spelling::Plain }
}

fn look<R: TableRow, S: RowSource>(
    rows: &S,
    layout: &Layout,
    reading: &Reading<'_>,
    report: &mut dyn Report,
) -> Glance {
    let (row, _) = read_row::<R>(rows, layout, reading, None, report);
    Glance { whose: row.whose(), links: row.links() }
}

fn read<R: TableRow, S: RowSource>(
    rows: &mut S,
    (layout, at): (&Layout, RowStart),
    Under { options, for_all_rows }: &Under<'_>,
    provider: &mut ProviderRecords,
    report: &mut dyn Report,
) {
    let Some((mut row, fate)) = read_row_at::<R>(rows, layout, at, &reading(options), report) else { return };
    if let Whose::Provider(urn) = row.whose() {
        provider.is(urn);
    }
    if !fate.lost {
        row.fill(for_all_rows);
        let columns = Cells { rows: &*rows, layout };
        row.says(
            &mut Telling::at(rows.row_place(), (options.as_at_day(), &options.dialect), &columns, report),
            provider,
        );
    }
}

/// Reads the tables of vacancies.
pub struct TablesDecode;

impl Decode for TablesDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        let (parts, labels) = parts_of(document, options, TABLES, report);
        Box::new(Opened::new(options, parts, labels, report))
    }
}

/// A document that has been opened.
pub(crate) struct Opened<'d, P> {
    options: &'d Options,
    /// By table.
    parts: Vec<P>,
    labels: Vec<PartLabel>,
    providers: Groups,
    rows: u64,
}

impl<'d, P: Part> Opened<'d, P> {
    /// Looks through the tables of a document once.
    pub(crate) fn new(options: &'d Options, parts: Vec<P>, labels: Vec<PartLabel>, report: &mut dyn Report) -> Self {
        let (providers, rows) = gather(&parts, options, report);
        Self { options, parts, labels, providers, rows }
    }
}

/// Who the providers of a document are, and what links rows to them.
#[derive(Default)]
struct Providers {
    gathering: Gathering,
    /// Whose each link is; nobody's where two providers have it.
    links: HashMap<Link, Option<u32>>,
    /// How many there are.
    count: u32,
    /// Rows that leave it to others wait until all were seen.
    waiting: Vec<(RowAt, Vec<Link>, Place)>,
}

impl Providers {
    fn add(&mut self, urn: ProviderUrn, links: Vec<Link>, at: RowAt) {
        let name = format!("{:?}|{}", urn.regulator(), urn.as_str());
        let number = self.gathering.add(name.as_bytes(), at);
        self.count = self.count.max(number + 1);
        for link in links {
            let whose = self.links.entry(link).or_insert(Some(number));
            *whose = whose.filter(|known| *known == number);
        }
    }

    /// Gives the rows that waited to whom they belong.
    fn finish(mut self, report: &mut dyn Report) -> Groups {
        for (at, links, place) in std::mem::take(&mut self.waiting) {
            let linked = links.iter().find_map(|link| self.links.get(link).copied().flatten());
            match linked.or((self.count == 1).then_some(0)) {
                Some(number) => self.gathering.add_to(number, at),
                None => report.raise(Diagnostic::new(&rules::NO_VACANCY, place)),
            }
        }
        self.gathering.finish()
    }
}

/// Looks at every row once, and notes whose it is.
fn gather<P: Part>(parts: &[P], options: &Options, report: &mut dyn Report) -> (Groups, u64) {
    let (mut providers, mut pass) = (Providers::default(), Pass::new(options.limits));
    let reading = reading(options);
    for (n, part) in (0_u16..).zip(parts) {
        let (layout, look) = (part.layout(), TableOf::ALL[part.table()].look);
        pass.part(n, (part.rows(options.limits), layout), report, |rows, at, report| {
            let Glance { whose, links } = look(rows, layout, &reading, &mut Unheard);
            match whose {
                Whose::Provider(urn) => providers.add(urn, links, at),
                Whose::Beside(links) => providers.waiting.push((at, links, rows.row_place())),
                Whose::Nobody(is_the_number) => {
                    // No provider will be read of it: what is wrong with it is told here.
                    look(rows, layout, &reading, report);
                    if is_the_number {
                        let place = layout.column_place(rows, "provider_urn");
                        report.raise(Diagnostic::new(&rules::URN_SHAPE, place));
                    }
                }
            }
        });
    }
    (providers.finish(report), pass.rows())
}

impl<P: Part> Subjects for Opened<'_, P> {
    fn is_everything(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| part.for_all_rows().is_everything)
    }

    fn len(&self) -> usize {
        self.providers.len()
    }

    fn rows(&self) -> u64 {
        self.rows
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        let rows = self.parts.iter().map(|part| part.rows(self.options.limits));
        Box::new(ProviderReader { opened: self, rows: rows.collect() })
    }
}

/// Reads one provider after another; each worker has its own.
struct ProviderReader<'o, P: Part> {
    opened: &'o Opened<'o, P>,
    rows: Vec<P::Rows<'o>>,
}

impl<P: Part> SubjectReader for ProviderReader<'_, P> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let mut provider = ProviderRecords::new(self.opened.options);
        let mut own: Vec<RowAt> = self.opened.providers.rows_of(n).to_vec();
        // A row that waited for its vacancy stands where its table does.
        own.sort_unstable();
        for at in own {
            let (part, rows) = (&self.opened.parts[usize::from(at.layout)], &mut self.rows[usize::from(at.layout)]);
            let read = TableOf::ALL[part.table()].read;
            let under = Under { options: self.opened.options, for_all_rows: part.for_all_rows() };
            read(rows, (part.layout(), at.start()), &under, &mut provider, report);
        }
        provider.finish(dossier, report);
    }
}
