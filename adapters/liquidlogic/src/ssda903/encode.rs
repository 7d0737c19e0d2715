//! Writes a return: one part a module, rows child by child, in the DfE's columns.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options, Setting},
    csv::write::{write_heading, write_row},
    sheaf::{PartName, Sheaf},
    table::{Row, Table},
    wire::{Spelling, Writing, Written},
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place, Report},
    identifier::{Identifier, LaChildId},
    record::{Record, Statement},
    said::Said,
};

use crate::ssda903::{
    derive::CompleteFor,
    modules,
    outcomes::{self, Year},
    rules,
    tables::{
        AD1, DOLO, EPISODES, HEADER, MISSING, OC2, OC3, Oc2Row, PLACED_ADOPTION, PREV_PERM, REVIEWS, SOCIAL_WORKER,
        UASC,
    },
    wire::{WireSex, WireUpn},
};

/// For which items of the outcomes module everything is always sent, so that what is not there was not: `dental`,
/// `health-assessment`, `development`, `substance-misuse`, parted by commas (FHIR mapping, section 9).
pub const COMPLETE_FOR: Setting = Setting { name: "complete_for", default: "", values: &[] };

/// Writes the modules.
pub struct ReturnEncode;

impl Encode for ReturnEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(ReturnEncoder {
            writing: Writing { year: options.year, dialect: &options.dialect, spelling: Spelling::Return },
            complete_for: CompleteFor::read(options.setting(&COMPLETE_FOR)),
        })
    }
}

struct ReturnEncoder<'o> {
    writing: Writing<'o>,
    complete_for: CompleteFor,
}

/// The modules with their file names, in the order of the return.
const FILES: [(&Table, &str); 12] = [
    (&HEADER, "header.csv"),
    (&EPISODES, "episodes.csv"),
    (&REVIEWS, "reviews.csv"),
    (&UASC, "uasc.csv"),
    (&OC2, "oc2.csv"),
    (&OC3, "oc3.csv"),
    (&AD1, "ad1.csv"),
    (&PLACED_ADOPTION, "placed-adoption.csv"),
    (&PREV_PERM, "prev-perm.csv"),
    (&MISSING, "missing.csv"),
    (&SOCIAL_WORKER, "social-worker.csv"),
    (&DOLO, "dolo.csv"),
];

impl Encoder for ReturnEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        for (table, file) in FILES {
            if is_of_year(table, &self.writing) {
                write_heading(table, sheaf.part(PartName::Named(file)));
            }
        }
    }

    /// A module that the year does not have yet is written when it has rows: an authority gets back what it sent.
    fn heading(&self, part: PartName, out: &mut Vec<u8>) {
        let later =
            FILES.iter().find(|(table, file)| part == PartName::Named(file) && !is_of_year(table, &self.writing));
        if let Some((table, _)) = later {
            write_heading(table, out);
        }
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let Some(child) = child_id(&disclosure.subject.identifiers) else {
            for record in disclosure.records {
                report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()));
            }
            return;
        };
        let person = disclosure.records.iter().find_map(|record| match &record.statement {
            Statement::Person(person) => Some(person),
            _ => None,
        });
        let mut out = ChildWriter {
            child: Said::Is(child),
            dob: person.map_or(Said::NotAsked, |person| person.birth_date),
            sex: person.map_or(Said::NotAsked, |person| person.sex.map(WireSex)),
            writing: &self.writing,
            sheaf,
            report,
        };
        let outcomes = self
            .writing
            .year
            .and_then(|year| outcomes::row_of(disclosure.records, year, &self.complete_for, &mut *out.report));
        if let Some(year) = &outcomes {
            out.write(year.place, "oc2.csv", Oc2Row { child: out.child, dob: out.dob, ..year.row });
        }
        for record in disclosure.records {
            out.record(record, disclosure, outcomes.as_ref());
        }
    }
}

fn is_of_year(table: &Table, writing: &Writing<'_>) -> bool {
    table.first_year.is_none_or(|first| writing.year.is_none_or(|year| year.number() >= first))
}

/// The identifier that CHILD shows: the authority's own, or a short pseudonym where a view gave one.
fn child_id(identifiers: &[Identifier]) -> Option<LaChildId> {
    identifiers.iter().find_map(|identifier| match identifier {
        Identifier::LaChild(child) => Some(*child),
        Identifier::Pseudonym(pseudonym) => LaChildId::read(pseudonym.short().as_bytes()).ok().map(|(child, _)| child),
        _ => None,
    })
}

struct ChildWriter<'w, 'o> {
    child: Said<LaChildId>,
    dob: Said<Date>,
    sex: Said<WireSex>,
    writing: &'w Writing<'o>,
    sheaf: &'w mut Sheaf,
    report: &'w mut dyn Report,
}

impl ChildWriter<'_, '_> {
    fn record(&mut self, record: &Record, disclosure: &Disclosure<'_>, outcomes: Option<&Year<'_>>) {
        let (child, dob, sex) = (self.child, self.dob, self.sex);
        let place = &record.source.place;
        match &record.statement {
            Statement::Person(person) if modules::fills_header(person) => {
                let mut row = modules::header_row(person);
                let upn = disclosure.subject.identifiers.iter().find_map(|identifier| match identifier {
                    Identifier::Upn { upn, former: false } => Some(*upn),
                    _ => None,
                });
                if let Some(upn) = upn {
                    row.upn = Said::Is(WireUpn::Number(upn));
                }
                row.child = child;
                self.write(place, "header.csv", row);
            }
            Statement::Person(_) => {}
            Statement::CareEpisode(episode) => {
                let row = modules::episode_row(episode);
                self.write(place, "episodes.csv", crate::ssda903::tables::EpisodeRow { child, ..row });
            }
            Statement::Review(review) if review.date.has_value() => {
                let row = modules::review_row(review);
                self.write(place, "reviews.csv", crate::ssda903::tables::ReviewRow { child, dob, ..row });
            }
            Statement::Immigration(immigration) => {
                let row = modules::uasc_row(immigration);
                self.write(place, "uasc.csv", crate::ssda903::tables::UascRow { child, sex, dob, ..row });
            }
            // What of a child's health the row of the year does not carry is lost.
            Statement::AnnualHealth(_)
            | Statement::SdqScore(_)
            | Statement::HealthCheck(_)
            | Statement::Immunisation(_)
            | Statement::SubstanceMisuse(_) => {
                if !outcomes.is_some_and(|year| year.carries(record)) {
                    self.lose(record);
                }
            }
            Statement::CareLeaver(leaver) => {
                let (row, written) = modules::oc3_row(leaver);
                if written == Written::CannotSay {
                    self.lose(record);
                }
                self.write(place, "oc3.csv", crate::ssda903::tables::Oc3Row { child, dob, ..row });
            }
            Statement::Adoption(adoption) => {
                let row = modules::ad1_row(adoption);
                self.write(place, "ad1.csv", crate::ssda903::tables::Ad1Row { child, dob, ..row });
            }
            Statement::PlacedForAdoption(placed) => {
                let row = modules::placed_adoption_row(placed);
                self.write(
                    place,
                    "placed-adoption.csv",
                    crate::ssda903::tables::PlacedAdoptionRow { child, dob, ..row },
                );
            }
            Statement::PreviousPermanence(previous) => {
                let row = modules::prev_perm_row(previous);
                self.write(place, "prev-perm.csv", crate::ssda903::tables::PrevPermRow { child, dob, ..row });
            }
            Statement::Missing(missing) => {
                let row = modules::missing_row(missing);
                self.write(place, "missing.csv", crate::ssda903::tables::MissingRow { child, dob, ..row });
            }
            Statement::SocialWorker(worker) => {
                let row = modules::social_worker_row(worker);
                self.write(place, "social-worker.csv", crate::ssda903::tables::SocialWorkerRow { child, dob, ..row });
            }
            Statement::LibertyOrder(order) => {
                let row = modules::dolo_row(order);
                self.write(place, "dolo.csv", crate::ssda903::tables::DoloRow { child, dob, ..row });
            }
            Statement::Review(_)
            | Statement::Address(_)
            | Statement::Relationship(_)
            | Statement::Disability(_)
            | Statement::CarePlan(_)
            | Statement::Allergy(_)
            | Statement::Condition(_)
            | Statement::Medication(_)
            | Statement::Measurement(_)
            | Statement::Consent(_)
            | Statement::Delegation(_)
            | Statement::Restriction(_)
            | Statement::EducationPlan(_)
            | Statement::Enrolment(_)
            | Statement::AttendanceMark(_)
            | Statement::AttendanceSummary(_)
            | Statement::Suspension(_)
            | Statement::Attainment(_)
            | Statement::SenProvision(_)
            | Statement::Voice(_)
            | Statement::Provider(_)
            | Statement::Vacancy(_)
            | Statement::Referral(_)
            | Statement::Offer(_)
            | Statement::PlacementNotice(_)
            | Statement::PlacementCost(_)
            | Statement::FrameworkReturn(_) => self.lose(record),
        }
    }

    fn write<R: Row>(&mut self, place: &Place, file: &'static str, row: R) {
        let bytes = self.sheaf.part(PartName::Named(file));
        let report = &mut *self.report;
        write_row(&row, bytes, self.writing, |column| {
            let lost = Diagnostic::new(&rules::CODE_NOT_WRITTEN, place.clone());
            report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
        });
        // What a module only repeats of the header is in no statement of its own (record, section 1.6).
        for (column, is_known) in [("DOB", answers(&self.dob)), ("SEX", answers(&self.sex))] {
            let repeats = R::TABLE.columns.iter().any(|known| known.name == column && known.field.is_empty());
            if repeats && !is_known {
                let lost = Diagnostic::new(&rules::NOT_REPEATED, place.clone());
                self.report.raise(lost.of_field(column));
            }
        }
        self.sheaf.count(R::TABLE.name, 1);
    }

    fn lose(&mut self, record: &Record) {
        self.report.raise(Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone()));
    }
}

/// Whether there is a value, or less of it that writing tells by itself.
fn answers<T>(said: &Said<T>) -> bool {
    !matches!(said, Said::NotAsked | Said::Blank | Said::Unreadable)
}
