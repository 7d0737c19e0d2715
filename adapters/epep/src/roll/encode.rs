//! Writes the roll: rows are held until the last child, then sorted and written as one file.

use std::sync::{Mutex, PoisonError};

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options, Setting},
    csv::write::write_row,
    sheaf::{PartName, Sheaf},
};
use schemas::{
    code::{ConsentDecision, ConsentScope, NcYear, RelationshipRole, SettingType, TelecomSystem, WorkerRole},
    date::Date,
    diagnostic::{Diagnostic, Place, Report, Rule},
    record::{
        CareEpisode, Consent, Enrolment, Person, Record, Relationship, SenProvision, SocialWorker, Statement, Telecom,
    },
    said::{Reduction, Said},
};

use crate::{
    child::{Identity, checked_upn, uln},
    encoding::{head, writing},
    roll::{
        care::{Care, care_on, care_start, group_of, is_in_area, placement_start},
        due::{last_completed, pep_due},
        school::{enrolments_on, year_by_age},
        tables::{ROLL, RollRow},
        words::{AlertTo, CallMode, Group, YearBasis},
    },
    rules,
    wire::{WireUpn, Word},
};

/// For how many days a child stays on the roll after care has ended, so that nobody calls on.
pub const LEFT_CARE_ROWS_DAYS: Setting = Setting { name: "left_care_rows_days", default: "30", values: &[] };

/// Attendance is collected from this age on, and up to this one without asking.
const COLLECTED_FROM_YEARS: u8 = 5;
const ADULT_FROM_YEARS: u8 = 18;
/// A ULN is told from this age on.
const ULN_FROM_YEARS: u8 = 14;

/// Writes the roll.
pub struct RollEncode;

impl Encode for RollEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(RollEncoder { options, rows: Mutex::default() })
    }
}

struct RollEncoder<'o> {
    options: &'o Options,
    rows: Mutex<Vec<Line>>,
}

/// A row with what it is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    child: Vec<u8>,
    school: Vec<u8>,
    bytes: Vec<u8>,
}

impl Encoder for RollEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        head(&ROLL, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        // Without a day nobody knows who is on the roll.
        let Some(as_at) = self.options.as_at_day() else { return };
        let lines: Vec<Line> =
            rows_of(disclosure, as_at, self.left_care_days(), report).iter().map(|row| self.line(row)).collect();
        sheaf.count(ROLL.name, lines.len() as u64);
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).extend(lines);
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.sort_unstable();
        let out = sheaf.part(PartName::Whole);
        rows.drain(..).for_each(|line| out.extend_from_slice(&line.bytes));
    }
}

impl RollEncoder<'_> {
    fn left_care_days(&self) -> i32 {
        self.options.setting(&LEFT_CARE_ROWS_DAYS).parse().unwrap_or(30)
    }

    fn line(&self, row: &RollRow) -> Line {
        let mut line = Line { child: Vec::new(), school: Vec::new(), bytes: Vec::new() };
        if let Said::Is(id) = row.la_child_id {
            id.0.write(&mut line.child);
        }
        if let Said::Is(urn) = row.school_urn {
            urn.write(&mut line.school);
        }
        write_row(row, &mut line.bytes, &writing(self.options), |_| {});
        line
    }
}

fn rows_of(disclosure: &Disclosure<'_>, as_at: Date, left_care_days: i32, report: &mut dyn Report) -> Vec<RollRow> {
    let (subject, records) = (disclosure.subject, disclosure.records);
    let identity = Identity::told(subject, records);
    let place = records.first().map_or(Place::Document, |record| record.source.place.clone());
    let mut tell = |rule: &'static Rule| report.raise(Diagnostic::new(rule, place.clone()));
    if matches!(identity.upn, Said::Is(WireUpn::Number(upn)) if !upn.check_letter_holds()) {
        tell(&rules::ROLL_UPN_UNCHECKED);
    }
    let named = RollRow {
        as_at: Said::Is(as_at),
        la_code: identity.la_code,
        la_child_id: identity.la_child_id,
        upn: checked_upn(subject).map_or(Said::NotAsked, Said::Is),
        surname: identity.surname,
        forename: identity.forename,
        known_as: identity.known_as,
        ..RollRow::default()
    };
    let episode = match care_on(records, as_at) {
        Care::In(episode) => episode,
        Care::Ended(end) if as_at.days_since(end) <= left_care_days => {
            return vec![RollRow {
                end_date: Said::Is(end),
                collect_attendance: Said::Is(false),
                call_mode: Said::Is(CallMode::None),
                ..named
            }];
        }
        Care::Ended(_) => return Vec::new(),
    };
    let worker = worker_on(records, as_at);
    if worker.is_none() {
        tell(&rules::ROLL_NO_SOCIAL_WORKER);
    }
    let age = identity.date_of_birth.is().and_then(|born| born.age_on(as_at));
    let mut child = RollRow {
        uln: uln(subject).filter(|_| age.is_some_and(|age| age >= ULN_FROM_YEARS)).map_or(Said::NotAsked, Said::Is),
        date_of_birth: identity.date_of_birth,
        sex: identity.sex,
        ethnicity: last_said(records, |person| person.ethnicity),
        first_language: last_said(records, first_language),
        pep_due: pep_due(records).map_or(Said::NotAsked, Said::Is),
        pep_last_completed: last_completed(records).map_or(Said::NotAsked, Said::Is),
        alert_to: Said::Is(AlertTo::CarerThenSocialWorker),
        ..named
    };
    tell_care(&mut child, records, episode, subject.authority);
    tell_worker(&mut child, worker);
    tell_needs(&mut child, records);
    let restricted = disclosure.protection.restricted || is_restricted(records);
    if !restricted {
        tell_carer(&mut child, records, as_at);
    }
    let adult_consents = || consents(records, as_at);
    let may_be_called =
        age.is_none_or(|age| age >= COLLECTED_FROM_YEARS && (age < ADULT_FROM_YEARS || adult_consents()));
    let enrolments = enrolments_on(records, as_at);
    if !enrolments.iter().any(has_school) {
        tell(&rules::ROLL_NO_SCHOOL);
    }
    let mut rows: Vec<RollRow> = enrolments
        .into_iter()
        .map(|enrolment| at_school(child.clone(), enrolment, as_at, may_be_called && !restricted))
        .collect();
    if rows.is_empty() {
        rows.push(at_school(child, Enrolment::default(), as_at, false));
    }
    if restricted {
        rows.iter_mut().for_each(|row| row.alert_to = Said::Is(AlertTo::SocialWorkerOnly));
    }
    rows
}

/// The row of a child at one school.
fn at_school(child: RollRow, enrolment: Enrolment, as_at: Date, may_be_called: bool) -> RollRow {
    let more = enrolment.more.as_deref().cloned().unwrap_or_default();
    let by_age = || child.date_of_birth.is().and_then(|born| year_by_age(born, as_at));
    let (year, basis) = match enrolment.nc_year {
        Said::Is(year) => (Some(year), Some(YearBasis::Told)),
        _ => by_age().map_or((None, None), |year| (Some(year), Some(YearBasis::ByAge))),
    };
    let at_home = enrolment.setting_type == Said::Is(SettingType::HomeEducated);
    let collects = may_be_called && has_school(&enrolment) && !at_home;
    let after_sixteen = matches!(year, Some(NcYear::Year12 | NcYear::Year13 | NcYear::Year14));
    let mode = match (collects, after_sixteen) {
        (false, _) => CallMode::None,
        (true, true) => CallMode::PostSixteen,
        (true, false) => CallMode::Daily,
    };
    RollRow {
        nc_year: year.map_or(Said::NotAsked, |year| Said::Is(Word(year))),
        nc_year_basis: basis.map_or(Said::NotAsked, Said::Is),
        school_urn: enrolment.school_urn,
        school_laestab: enrolment.school_laestab,
        school_name: enrolment.school_name,
        setting_type: enrolment.setting_type.map(Word),
        enrol_status: enrolment.status.map(Word),
        enrol_start: enrolment.entry_date,
        enrol_end: enrolment.leaving_date,
        school_phone: more.school_phone,
        designated_teacher_email: match more.designated_teacher {
            Said::Is(teacher) => teacher.email,
            _ => Said::NotAsked,
        },
        collect_attendance: Said::Is(collects),
        call_mode: Said::Is(mode),
        ..child
    }
}

fn has_school(enrolment: &Enrolment) -> bool {
    enrolment.school_urn.has_value() || enrolment.school_laestab.has_value() || enrolment.school_name.has_value()
}

fn tell_care(
    row: &mut RollRow,
    records: &[Record],
    episode: Option<&CareEpisode>,
    authority: Option<schemas::identifier::LaCode>,
) {
    let Some(episode) = episode else { return };
    let said = |day: Option<Date>| day.map_or(Said::NotAsked, Said::Is);
    row.care_start = said(care_start(records, episode));
    row.placement_start = said(placement_start(records, episode));
    let legal = group_of(episode.legal_status, schemas::code::LegalStatus::group);
    row.legal_status_group = legal.map_or(Said::NotAsked, |group| Said::Is(Group(group)));
    let kind = group_of(episode.placement_type, schemas::code::PlacementType::group);
    row.placement_kind = kind.map_or(Said::NotAsked, |group| Said::Is(Group(group)));
    row.placement_in_area = is_in_area(episode, authority).map_or(Said::NotAsked, Said::Is);
}

fn tell_worker(row: &mut RollRow, worker: Option<&SocialWorker>) {
    let Some(worker) = worker else { return };
    row.social_worker_name = worker.name.clone();
    row.social_worker_phone = reached_by(&worker.telecom, TelecomSystem::Phone);
    row.social_worker_email = reached_by(&worker.telecom, TelecomSystem::Email);
}

fn reached_by(telecom: &Said<Vec<Telecom>>, system: TelecomSystem) -> Said<Box<str>> {
    let ways = telecom.as_ref().is().into_iter().flatten();
    let mut of_system = ways.filter(|way| way.system == Said::Is(system));
    of_system.next().map_or(Said::NotAsked, |way| way.value.clone())
}

/// The foster carer of the day: of several the one with whom the child came to live last.
fn tell_carer(row: &mut RollRow, records: &[Record], as_at: Date) {
    let carers = standing(records).filter_map(|record| match &record.statement {
        Statement::Relationship(other) if other.role == Said::Is(RelationshipRole::FosterCarer) => Some(other),
        _ => None,
    });
    let is_current = |carer: &&Relationship| {
        carer.start_date.is().is_none_or(|start| start <= as_at) && carer.end_date.is().is_none_or(|end| end > as_at)
    };
    let Some(carer) = carers.filter(is_current).max_by_key(|carer| carer.start_date.is()) else { return };
    row.carer_name = carer.name.clone();
    row.carer_phone =
        carer.more.as_deref().map_or(Said::NotAsked, |more| reached_by(&more.telecom, TelecomSystem::Phone));
}

fn tell_needs(row: &mut RollRow, records: &[Record]) {
    let Some(provision) = standing(records)
        .filter_map(|record| match &record.statement {
            Statement::SenProvision(provision) if !provision.end_date.has_value() => Some(provision),
            _ => None,
        })
        .max_by_key(|provision| provision.start_date.is())
    else {
        return;
    };
    row.sen_provision = provision.provision.map(Word);
    row.sen_primary_need = primary_need(provision);
}

fn primary_need(provision: &SenProvision) -> Said<Word<schemas::code::SenType>> {
    let Said::Is(needs) = &provision.needs else { return Said::NotAsked };
    let first = needs.iter().min_by_key(|need| need.rank.is().map_or(u16::MAX, |rank| rank.get()));
    first.map_or(Said::NotAsked, |need| need.r#type.map(Word))
}

/// The social worker of the day: of several the one who came last. Where no dates tell who that is, nobody: an absence
/// is not told to whoever has left the child.
fn worker_on(records: &[Record], as_at: Date) -> Option<&SocialWorker> {
    let workers = standing(records).filter_map(|record| match &record.statement {
        Statement::SocialWorker(worker) => Some(worker),
        _ => None,
    });
    let is_other = |worker: &&SocialWorker| matches!(worker.role, Said::Is(role) if role != WorkerRole::SocialWorker);
    let current: Vec<&SocialWorker> = workers
        .filter(|worker| !is_other(worker))
        .filter(|worker| worker.end_date.is().is_none_or(|end| end > as_at))
        .filter(|worker| worker.name.has_value() || worker.telecom.has_value())
        .collect();
    let last = current.iter().max_by_key(|worker| worker.start_date.is()).copied()?;
    let is_alone = current.iter().all(|worker| worker.name == last.name);
    (is_alone || last.start_date.has_value()).then_some(last)
}

/// Whether an adult's own agreement to be called stands on the day. That it is the adult's own was asked before any row
/// was let out.
fn consents(records: &[Record], as_at: Date) -> bool {
    let about_sharing = |consent: &&Consent| consent.scope == Said::Is(ConsentScope::InformationSharing);
    let stands = |consent: &&Consent| {
        consent.start_date.is().is_none_or(|start| start <= as_at)
            && consent.end_date.is().is_none_or(|end| end > as_at)
    };
    let said = standing(records).filter_map(|record| match &record.statement {
        Statement::Consent(consent) => Some(consent),
        _ => None,
    });
    let decisions: Vec<_> = said.filter(about_sharing).filter(stands).map(|consent| consent.decision).collect();
    decisions.contains(&Said::Is(ConsentDecision::Permit)) && !decisions.contains(&Said::Is(ConsentDecision::Deny))
}

/// Whether anything says that the child's place is protected; under most views only that there is something.
fn is_restricted(records: &[Record]) -> bool {
    standing(records).any(|record| match &record.statement {
        Statement::Restriction(restriction) => {
            !matches!(restriction.kind, Said::NotAsked | Said::Blank | Said::Reduced(Reduction::Flag(false)))
        }
        _ => false,
    })
}

/// What is said of the child: of several persons the last that says it is heard, as of names.
fn last_said<T>(records: &[Record], of: impl Fn(&Person) -> Said<T>) -> Said<T> {
    let said = standing(records).filter_map(|record| match &record.statement {
        Statement::Person(person) => Some(of(person)),
        _ => None,
    });
    said.filter(Said::has_value).last().unwrap_or(Said::NotAsked)
}

fn first_language(person: &Person) -> Said<Box<str>> {
    match person.more.as_ref().map(|more| &more.languages) {
        Some(Said::Is(languages)) => languages.first().map_or(Said::NotAsked, |language| language.code.clone()),
        _ => Said::NotAsked,
    }
}

fn standing(records: &[Record]) -> impl Iterator<Item = &Record> {
    records.iter().filter(|record| !record.source.retracts)
}
