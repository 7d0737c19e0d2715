//! Reads the rows of one child together: one subject, its records in order, doubles settled, every broken rule told.

use std::sync::Arc;

use kit::{
    adapter::{Dossier, SubjectReader, Unheard},
    csv::{
        header::Layout,
        index::{Cursor, RowAt, Run},
        read::{RowFate, read_row},
        rows::{Found, RowReader},
        rules as table_rules,
    },
    dialect::RestrictionWord,
    table::Row,
};
use schemas::{
    code::{RestrictionBasis, RestrictionKind, Sex},
    date::Date,
    diagnostic::{Diagnostic, Place, Report},
    identifier::{Identifier, LaChildId, LaCode},
    record::{CareEpisode, Person, Record, Restriction, Source, Statement, Subject},
    reflect::Number,
    said::Said,
};

use crate::{
    companions::{self, ConsentRow, DelegationRow, LinkRow, RestrictionRow},
    module::Module,
    ssda903::{
        decode::Opened,
        integrity::Integrity,
        modules::Says,
        row_rules::Checked,
        tables::{
            Ad1Row, DoloRow, EpisodeRow, HeaderRow, MissingRow, Oc2Row, Oc3Row, PlacedAdoptionRow, PrevPermRow,
            ReviewRow, SocialWorkerRow, UascRow,
        },
        wire::WireUpn,
    },
};

/// Reads one child after another; each worker has its own.
pub(super) struct ChildReader<'o> {
    opened: &'o Opened<'o>,
    cursor: Cursor<'o>,
    runs: Vec<Run>,
    rows: Vec<RowReader<'o>>,
    integrity: Integrity,
    /// Where the sender's own column flags the child as restricted.
    flagged: Option<Place>,
    /// Only what protects children is read.
    protection_only: bool,
    /// Stands for the child until header and links have told who it is.
    nobody: Arc<Subject>,
}

/// What is known of the child while its rows are read.
struct Child {
    id: Option<LaChildId>,
    identifiers: Vec<Identifier>,
    subject: Option<Arc<Subject>>,
    /// Where the records of the present module start, so that only these are searched for doubles.
    module_from: usize,
    module: Option<Module>,
}

impl SubjectReader for ChildReader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        self.protection_only = false;
        self.read_child(n, |_, _| true, dossier, report);
        self.integrity.tell(self.opened.has_header, &mut self.rows, &self.opened.parts, report);
    }

    fn read_protection(&mut self, n: usize, dossier: &mut Dossier) {
        self.protection_only = true;
        let protects = |module: Module, layout: &Layout| module.protects() || layout.restriction_flag.is_some();
        self.read_child(n, protects, dossier, &mut Unheard);
    }
}

impl<'o> ChildReader<'o> {
    /// A reader of an opened document's children.
    pub(super) fn new(opened: &'o Opened<'o>) -> Self {
        let limits = opened.options.limits;
        let rows = opened.parts.iter().map(|(text, layout)| RowReader::new(*text, layout.delimiter, limits)).collect();
        Self {
            opened,
            cursor: opened.index.cursor(),
            runs: Vec::new(),
            rows,
            integrity: Integrity::default(),
            flagged: None,
            protection_only: false,
            nobody: Arc::new(Subject::child(Vec::new(), opened.options.authority)),
        }
    }
}

impl ChildReader<'_> {
    /// Reads a child's rows in the modules that are wanted.
    fn read_child(
        &mut self,
        n: usize,
        wanted: impl Fn(Module, &Layout) -> bool,
        dossier: &mut Dossier,
        report: &mut dyn Report,
    ) {
        dossier.clear();
        self.integrity.clear();
        self.flagged = None;
        let mut child = Child { id: None, identifiers: Vec::new(), subject: None, module_from: 0, module: None };
        let mut runs = std::mem::take(&mut self.runs);
        self.cursor.runs(n, &mut runs);
        for run in &runs {
            let layout = usize::from(run.first.layout);
            let module = self.opened.modules[layout];
            if !wanted(module, &self.opened.parts[layout].1) {
                continue;
            }
            if child.module != Some(module) {
                child.module = Some(module);
                child.module_from = dossier.records.len();
            }
            let mut at = run.first;
            for _ in 0..run.rows {
                self.read_module(module, at, &mut child, dossier, report);
                let next = self.rows[layout].next();
                at.at = next.at;
                at.line = u32::try_from(next.line).unwrap_or(u32::MAX);
            }
        }
        self.runs = runs;
        if child.id.is_some() {
            self.close(&mut child, dossier);
        }
    }

    /// Reads a row of a module.
    fn read_module(
        &mut self,
        module: Module,
        at: RowAt,
        child: &mut Child,
        dossier: &mut Dossier,
        report: &mut dyn Report,
    ) {
        match module {
            Module::Header => self.read_header(at, child, dossier, report),
            Module::Links => self.read_link(at, child, dossier, report),
            Module::Restriction => self.companion::<RestrictionRow>(at, child, dossier, report, |row| {
                (row.child, row.la_code, row.statement())
            }),
            Module::Consent => self
                .companion::<ConsentRow>(at, child, dossier, report, |row| (row.child, row.la_code, row.statement())),
            Module::Delegation => self.companion::<DelegationRow>(at, child, dossier, report, |row| {
                (row.child, row.la_code, row.statement())
            }),
            Module::Uasc => self
                .module::<UascRow>(at, child, dossier, report, |row| (row.child, row.dob, row.sex.map(|wire| wire.0))),
            Module::Episodes => {
                self.module::<EpisodeRow>(at, child, dossier, report, |row| {
                    (row.child, Said::NotAsked, Said::NotAsked)
                });
            }
            Module::Reviews => self.dated::<ReviewRow>(at, child, dossier, report, |row| (row.child, row.dob)),
            Module::Oc2 => self.dated::<Oc2Row>(at, child, dossier, report, |row| (row.child, row.dob)),
            Module::Oc3 => self.dated::<Oc3Row>(at, child, dossier, report, |row| (row.child, row.dob)),
            Module::Ad1 => self.dated::<Ad1Row>(at, child, dossier, report, |row| (row.child, row.dob)),
            Module::PlacedAdoption => {
                self.dated::<PlacedAdoptionRow>(at, child, dossier, report, |row| (row.child, row.dob));
            }
            Module::PrevPerm => self.dated::<PrevPermRow>(at, child, dossier, report, |row| (row.child, row.dob)),
            Module::Missing => self.dated::<MissingRow>(at, child, dossier, report, |row| (row.child, row.dob)),
            Module::SocialWorker => {
                self.dated::<SocialWorkerRow>(at, child, dossier, report, |row| (row.child, row.dob));
            }
            Module::Dolo => self.dated::<DoloRow>(at, child, dossier, report, |row| (row.child, row.dob)),
        }
    }

    /// What holds of the child as a whole: the sender's own flag, and one subject for all records.
    fn close(&mut self, child: &mut Child, dossier: &mut Dossier) {
        let subject = child.subject(self.opened);
        if let Some(place) = self.flagged.take() {
            let restriction = Restriction {
                kind: Said::Is(RestrictionKind::AuthorityRestricted),
                basis: Said::Is(RestrictionBasis::Stated),
                ..Restriction::default()
            };
            let source = Source::at(place);
            dossier.records.push(Record { subject: Arc::clone(&subject), statement: restriction.into(), source });
        }
        for record in &mut dossier.records {
            if !Arc::ptr_eq(&record.subject, &subject) {
                record.subject = Arc::clone(&subject);
            }
        }
        dossier.subject = Some(subject);
    }

    /// Goes to a row and reads it; `None` when it is none after all. Tells rows that are cut, short or long.
    fn row<R: Row>(
        &mut self,
        at: RowAt,
        child: &Child,
        dossier: &mut Dossier,
        report: &mut dyn Report,
    ) -> Option<(R, RowFate)> {
        let opened = self.opened;
        let layout = &opened.parts[usize::from(at.layout)].1;
        let rows = &mut self.rows[usize::from(at.layout)];
        let unended = match rows.read(at.start()) {
            Found::Row { unended, .. } => unended,
            Found::Fault { rule, at, line, .. } => {
                report.raise(Diagnostic::new(rule, rows.fault_place(at, line)));
                return lost::<R>(rows, dossier, report);
            }
            Found::BlankLine { .. } | Found::Unreadable | Found::End => return None,
        };
        let misfit = if rows.len() < layout.width {
            Some(if unended { &table_rules::CUT_ROW } else { &table_rules::SHORT_ROW })
        } else if (layout.width..rows.len()).any(|n| rows.cell(n).is_some_and(|cell| !cell.is_empty())) {
            Some(&table_rules::LONG_ROW)
        } else {
            None
        };
        if let Some(rule) = misfit {
            report.raise(Diagnostic::new(rule, rows.row_place()));
            return lost::<R>(rows, dossier, report);
        }
        if unended {
            report.raise(Diagnostic::new(&table_rules::NO_LAST_LINE_END, rows.row_place()));
        }
        let (row, fate) = read_row::<R>(rows, layout, &opened.reading(self.protection_only), child.id.as_ref(), report);
        dossier.guard_unreadable |= fate.guard_unreadable;
        if let Some(flag) = layout.restriction_flag {
            let flag = usize::from(flag);
            let word = rows
                .cell(flag)
                .map_or(RestrictionWord::Unreadable, |word| opened.options.dialect.restriction_word(word));
            match word {
                RestrictionWord::Clear => {}
                RestrictionWord::Set => self.flagged = Some(rows.cell_place(flag)),
                RestrictionWord::Unreadable => {
                    dossier.guard_unreadable = true;
                    report.raise(Diagnostic::new(&table_rules::GUARD_UNREADABLE, rows.cell_place(flag)));
                }
            }
        }
        Some((row, fate))
    }

    fn read_header(&mut self, at: RowAt, child: &mut Child, dossier: &mut Dossier, report: &mut dyn Report) {
        let Some((row, fate)) = self.row::<HeaderRow>(at, child, dossier, report) else { return };
        self.integrity.saw(Module::Header, at, row.dob, row.sex.map(|wire| wire.0));
        self.check(&row, at, report);
        child.is(row.child);
        if fate.lost {
            return;
        }
        if let Said::Is(WireUpn::Number(upn)) = row.upn {
            child.knows(Identifier::Upn { upn, former: false });
        }
        row.says(self.opened.options.year, &mut |statement| self.say(statement, at, child, dossier, report));
    }

    fn read_link(&mut self, at: RowAt, child: &mut Child, dossier: &mut Dossier, report: &mut dyn Report) {
        let Some((row, fate)) = self.row::<LinkRow>(at, child, dossier, report) else { return };
        child.is(row.child);
        if fate.lost || self.opened.links.is_in_conflict(at) || self.is_foreign(row.la_code, at, report) {
            return;
        }
        let person = dossier.records.iter_mut().find_map(|record| match &mut record.statement {
            Statement::Person(person) => Some(person),
            _ => None,
        });
        let born = person.as_ref().and_then(|person| person.birth_date.is());
        if let (Some(born), Said::Is(linked)) = (born, row.date_of_birth)
            && born != linked
        {
            let place = self.column_place(at, "date_of_birth");
            report.raise(Diagnostic::new(&companions::LINK_BIRTH_DATE, place).of_field("birth_date"));
            return;
        }
        if let Said::Is(number) = row.nhs_number {
            child.knows(Identifier::Nhs(number));
        }
        if let Said::Is(upn) = row.upn {
            child.knows(Identifier::Upn { upn, former: false });
        }
        if let Said::Is(uln) = row.uln {
            child.knows(Identifier::Uln(uln));
        }
        dossier.traced |= row.is_traced(self.opened.today());
        match person {
            Some(person) => row.add_to(person, self.opened.today()),
            None => {
                let mut person = Person::default();
                row.add_to(&mut person, self.opened.today());
                self.say(person.into(), at, child, dossier, report);
            }
        }
    }

    fn companion<R: Row>(
        &mut self,
        at: RowAt,
        child: &mut Child,
        dossier: &mut Dossier,
        report: &mut dyn Report,
        parts: impl Fn(R) -> (Said<LaChildId>, Said<LaCode>, Statement),
    ) {
        let Some((row, fate)) = self.row::<R>(at, child, dossier, report) else { return };
        let (id, authority, statement) = parts(row);
        child.is(id);
        if !fate.lost && !self.is_foreign(authority, at, report) {
            self.say(statement, at, child, dossier, report);
        }
    }

    fn dated<R: Row + Says + Checked>(
        &mut self,
        at: RowAt,
        child: &mut Child,
        dossier: &mut Dossier,
        report: &mut dyn Report,
        parts: impl Fn(&R) -> (Said<LaChildId>, Said<Date>),
    ) {
        self.module::<R>(at, child, dossier, report, |row| {
            let (id, dob) = parts(row);
            (id, dob, Said::NotAsked)
        });
    }

    fn module<R: Row + Says + Checked>(
        &mut self,
        at: RowAt,
        child: &mut Child,
        dossier: &mut Dossier,
        report: &mut dyn Report,
        parts: impl Fn(&R) -> (Said<LaChildId>, Said<Date>, Said<Sex>),
    ) {
        let Some((row, fate)) = self.row::<R>(at, child, dossier, report) else { return };
        let (id, dob, sex) = parts(&row);
        let module = self.opened.modules[usize::from(at.layout)];
        self.integrity.saw(module, at, dob, sex);
        self.check(&row, at, report);
        child.is(id);
        if !fate.lost {
            row.says(self.opened.options.year, &mut |statement| self.say(statement, at, child, dossier, report));
        }
    }

    fn check<R: Checked>(&mut self, row: &R, at: RowAt, report: &mut dyn Report) {
        if self.protection_only {
            return;
        }
        let layout = &self.opened.parts[usize::from(at.layout)].1;
        let rows = &mut self.rows[usize::from(at.layout)];
        row.check(self.opened.options.year, &mut |rule, column| {
            let place = layout.column_place(rows, column);
            let field =
                layout.table.columns.iter().find(|known| known.name == column).map(|known| known.record_field());
            report.raise(Diagnostic { rule, place, field, related: Vec::new() });
        });
    }

    fn is_foreign(&mut self, authority: Said<LaCode>, at: RowAt, report: &mut dyn Report) -> bool {
        let foreign = match (self.opened.options.authority, authority) {
            (Some(own), Said::Is(row)) => own != row,
            _ => false,
        };
        if foreign {
            report.raise(Diagnostic::new(&companions::OTHER_AUTHORITY, self.column_place(at, "la_code")));
        }
        foreign
    }

    fn column_place(&mut self, at: RowAt, column: &str) -> Place {
        let layout = &self.opened.parts[usize::from(at.layout)].1;
        let rows = &mut self.rows[usize::from(at.layout)];
        layout.column_place(rows, column)
    }

    /// Adds a statement, unless the module has said the same of this child already.
    fn say(
        &self,
        mut statement: Statement,
        at: RowAt,
        child: &mut Child,
        dossier: &mut Dossier,
        report: &mut dyn Report,
    ) {
        let place = self.rows[usize::from(at.layout)].row_place();
        let earlier = &mut dossier.records[child.module_from..];
        if let Statement::CareEpisode(episode) = &mut statement {
            if !settle_episode(episode, earlier, &place, report) {
                return;
            }
        } else {
            let same_key = |earlier: &Record| statement.same_key(&earlier.statement);
            if let Some(first) = earlier.iter().position(same_key) {
                let twice = earlier[first..].iter().find(|earlier| earlier.statement == statement);
                if let Some(twice) = twice {
                    let related = twice.source.place.clone();
                    return report.raise(Diagnostic::new(&table_rules::DUPLICATE, place).related_to([related]));
                }
                let earlier = &mut earlier[first];
                let clash = Diagnostic::new(&table_rules::KEY_CLASH, place.clone());
                report.raise(clash.related_to([earlier.source.place.clone()]));
                // Of what protects a child nothing is overwritten: the stricter of both holds.
                if !matches!(statement, Statement::Consent(_) | Statement::Restriction(_)) {
                    return later_wins(&mut earlier.statement, &statement);
                }
            }
        }
        let subject = match child.module {
            Some(Module::Header | Module::Links) => Arc::clone(&self.nobody),
            _ => child.subject(self.opened),
        };
        dossier.records.push(Record { subject, statement, source: Source::at(place) });
    }
}

impl Child {
    fn is(&mut self, id: Said<LaChildId>) {
        if let (None, Said::Is(id)) = (self.id, id) {
            self.id = Some(id);
            self.knows(Identifier::LaChild(id));
        }
    }

    fn knows(&mut self, identifier: Identifier) {
        if !self.identifiers.contains(&identifier) {
            self.identifiers.push(identifier);
            self.subject = None;
        }
    }

    /// The subject as known so far. Header and links come first, so it is made once a child.
    fn subject(&mut self, opened: &Opened<'_>) -> Arc<Subject> {
        let identifiers = &self.identifiers;
        let subject = || Arc::new(Subject::child(identifiers.clone(), opened.options.authority));
        Arc::clone(self.subject.get_or_insert_with(subject))
    }
}

/// A row that is lost: where its table protects a child, the child is held.
fn lost<R: Row>(rows: &RowReader<'_>, dossier: &mut Dossier, report: &mut dyn Report) -> Option<(R, RowFate)> {
    if R::TABLE.columns.iter().any(|column| column.guard) {
        dossier.guard_unreadable = true;
        report.raise(Diagnostic::new(&table_rules::GUARD_UNREADABLE, rows.row_place()));
    }
    None
}

/// Numbers the episodes of one day in their order; false for one that was said already (record, section 1.6).
fn settle_episode(episode: &mut CareEpisode, earlier: &[Record], place: &Place, report: &mut dyn Report) -> bool {
    let mut of_day = 0;
    let mut last = None;
    for earlier in earlier {
        let Statement::CareEpisode(known) = &earlier.statement else { continue };
        if known.start_date != episode.start_date {
            continue;
        }
        episode.ordinal = known.ordinal;
        if episode == known {
            let twice = Diagnostic::new(&table_rules::DUPLICATE, place.clone());
            report.raise(twice.related_to([earlier.source.place.clone()]));
            return false;
        }
        of_day += 1;
        last = Some(earlier.source.place.clone());
    }
    if let Some(last) = last {
        report.raise(Diagnostic::new(&table_rules::KEY_CLASH, place.clone()).related_to([last]));
    }
    episode.ordinal = Number::new(of_day).map_or(Said::Unreadable, Said::Is);
    true
}

/// Field by field, what the later row says replaces what the earlier said; a blank replaces nothing.
fn later_wins(earlier: &mut Statement, later: &Statement) {
    for field in later.statement_type().fields {
        let answer = field.get(later);
        if !matches!(answer, Said::NotAsked | Said::Blank) {
            field.set(earlier, answer);
        }
    }
}
