//! What a pupil's elements say, as statements of the record.

use std::{mem::take, sync::Arc};

use kit::{
    adapter::{Dossier, Options},
    csv::rules as table_rules,
    nested::{Hearing, Held, Rows, Spot, TableRows},
};
use schemas::{
    code::{AssessmentBasis, AssessmentScale, Gender, NameUse, SenProvisionKind, Sex, TelecomSystem},
    date::{AcademicYear, Date},
    diagnostic::{Diagnostic, Place, Rule},
    identifier::{Identifier, Laestab},
    record::{
        Attainment, AttainmentMore, AttendanceMark, AttendanceSummary, AttendanceSummaryMore, Enrolment, EnrolmentMore,
        Language, Name, Person, PersonMore, Record, SenNeed, SenProvision, Source, Statement, Subject, Telecom,
    },
    reflect::Open,
    said::Said,
};

use crate::{
    ctf::{
        MARKS,
        marks::Packing,
        rules,
        tables::{
            HeaderRow, KeyStageRow, PhoneRow, PupilRow, SchoolRow, SenNeedRow, SenRow, StageAssessmentRow, YearDataRow,
        },
        wire::{Estab, Lea, PupilSex},
    },
    rules as shared, sessions,
    wire::{Urn, WireUln, WireUpn},
};

/// What a file says that is true of all its pupils.
pub(super) struct FileFacts {
    /// The school that sent it, where a school did.
    school: Option<School>,
    /// The day that everything in it is true for.
    as_at: Option<Date>,
}

/// The oldest that a pupil is, in years (epep, section 9).
const PUPIL_YEARS_MAX: i16 = 25;

/// A school by what is said of it.
#[derive(Clone, Default)]
struct School {
    urn: Said<Urn>,
    laestab: Said<Laestab>,
    name: Said<Box<str>>,
}

impl FileFacts {
    /// The facts of a header; `as_at` stands where it tells no day.
    pub(super) fn of(header: &HeaderRow, as_at: Option<Date>) -> Self {
        // An authority, or nobody, is no school.
        let is_school = matches!(header.estab, Said::Is(Estab(Some(_)))) || matches!(header.urn, Said::Is(_));
        let school = is_school.then(|| School {
            laestab: laestab(header.lea, header.estab),
            urn: header.urn,
            name: header.name.clone(),
        });
        let made = header.made.is().and_then(|made| made.date());
        Self { school, as_at: made.or(as_at) }
    }
}

/// The number of a school by its two halves; not said where either half is not, or stands for elsewhere.
fn laestab(lea: Said<Lea>, estab: Said<Estab>) -> Said<Laestab> {
    match (lea, estab) {
        (Said::Is(Lea(Some(lea))), Said::Is(Estab(Some(estab)))) => {
            Laestab::new(lea, estab).map_or(Said::Unreadable, Said::Is)
        }
        (Said::Unreadable, _) | (_, Said::Unreadable) => Said::Unreadable,
        (Said::Blank, _) | (_, Said::Blank) => Said::Blank,
        _ => Said::NotAsked,
    }
}

/// The rows of a pupil, while it is read.
#[derive(Default)]
pub(super) struct Pupil {
    pupils: Rows<PupilRow>,
    phones: Rows<PhoneRow>,
    sen: Rows<SenRow>,
    needs: Rows<SenNeedRow>,
    years: Rows<YearDataRow>,
    stages: Rows<KeyStageRow>,
    results: Rows<StageAssessmentRow>,
    schools: Rows<SchoolRow>,
}

impl Pupil {
    /// The rows by table, in the order of the tables.
    pub(super) fn tables<'r>(&'r mut self, header: &'r mut Rows<HeaderRow>) -> [&'r mut dyn TableRows; 9] {
        [
            header,
            &mut self.pupils,
            &mut self.phones,
            &mut self.sen,
            &mut self.needs,
            &mut self.years,
            &mut self.stages,
            &mut self.results,
            &mut self.schools,
        ]
    }

    /// Forgets the pupil before.
    pub(super) fn clear(&mut self) {
        let Self { pupils, phones, sen, needs, years, stages, results, schools } = self;
        let tables: [&mut dyn TableRows; 8] = [pupils, phones, sen, needs, years, stages, results, schools];
        tables.into_iter().for_each(TableRows::clear);
    }

    /// Says what was read, after what was said of the same child before.
    pub(super) fn say(
        &mut self,
        facts: &FileFacts,
        options: &Options,
        dossier: &mut Dossier,
        hearing: &mut Hearing<'_>,
    ) {
        let Some(mut pupil) = self.pupils.drain().next() else { return };
        let identifiers = identifiers(&pupil.row);
        let row = &pupil.row;
        let named = row.surname.has_value() && row.forename.has_value() && row.dob.has_value();
        if !named && identifiers.iter().all(|identifier| matches!(identifier, Identifier::Upn { former: true, .. })) {
            return tell(&shared::NO_SUBJECT, &pupil.spot, hearing);
        }
        let from = dossier.records.len();
        let subject = joined(dossier, identifiers, options);
        let mut says = Says { subject, records: &mut dossier.records, hearing };
        person(&mut pupil, self.phones.drain(), facts, &mut says);
        enrolments(&pupil, self.schools.drain(), facts, &mut says);
        sen(self.sen.drain(), self.needs.drain(), &mut says);
        let packing = Packing::named(options.setting(&MARKS));
        self.years.drain().for_each(|year| attendance(year, facts, packing, &mut says));
        let stages: Vec<_> = self.stages.drain().map(|held| held.row.stage).collect();
        self.results.drain().for_each(|result| {
            let stage = stages.get(result.within).copied().unwrap_or_default();
            attainment(result, stage, &mut says);
        });
        settle(dossier, from, hearing);
        sessions::check_leaving(&dossier.records, hearing.report);
    }
}

/// Where statements go.
struct Says<'s, 'h> {
    subject: Arc<Subject>,
    records: &'s mut Vec<Record>,
    hearing: &'s mut Hearing<'h>,
}

impl Says<'_, '_> {
    fn say(&mut self, statement: impl Into<Statement>, spot: &Spot) {
        let place = self.hearing.outline.place(self.hearing.text, spot);
        let subject = Arc::clone(&self.subject);
        self.records.push(Record { subject, statement: statement.into(), source: Source::at(place) });
    }
}

fn tell(rule: &'static Rule, spot: &Spot, hearing: &mut Hearing<'_>) {
    let place = hearing.outline.place(hearing.text, spot);
    hearing.report.raise(Diagnostic::new(rule, place));
}

fn identifiers(row: &PupilRow) -> Vec<Identifier> {
    let mut identifiers = Vec::new();
    if let Said::Is(WireUpn::Number(upn)) = row.upn {
        identifiers.push(Identifier::Upn { upn, former: false });
    }
    if let Said::Is(WireUpn::Number(upn)) = row.former_upn {
        identifiers.push(Identifier::Upn { upn, former: true });
    }
    if let Said::Is(WireUln(uln)) = row.uln {
        identifiers.push(Identifier::Uln(uln));
    }
    identifiers
}

/// The subject of a dossier, with the identifiers that this pupil adds.
fn joined(dossier: &mut Dossier, mut identifiers: Vec<Identifier>, options: &Options) -> Arc<Subject> {
    if let Some(known) = &dossier.subject {
        let more: Vec<_> = known.identifiers.iter().filter(|known| !identifiers.contains(known)).copied().collect();
        identifiers.splice(0..0, more);
    }
    let subject = Arc::new(Subject::child(identifiers, options.authority));
    dossier.subject = Some(Arc::clone(&subject));
    for record in &mut dossier.records {
        record.subject = Arc::clone(&subject);
    }
    subject
}

/// Takes out of the pupil's row what only the person says.
fn person(
    pupil: &mut Held<PupilRow>,
    phones: impl Iterator<Item = Held<PhoneRow>>,
    facts: &FileFacts,
    says: &mut Says<'_, '_>,
) {
    let (sex, gender) = sex_and_gender(pupil, says.hearing);
    let birth_date = birth_date(pupil, facts, says.hearing);
    let row = &mut pupil.row;
    let mut person = Person { birth_date, sex, ethnicity: row.ethnicity, ..Person::default() };
    if let Said::Is(WireUpn::Unknown(reason)) = row.upn {
        person.upn_unknown_reason = Said::Is(reason);
    }
    let mut more = PersonMore { gender, ethnicity_source: take(&mut row.ethnicity_source), ..PersonMore::default() };
    let name = |r#use, forename: &mut Said<Box<str>>, middle: Said<Box<str>>, surname: &mut Said<Box<str>>| {
        let said = forename.has_value() || middle.has_value() || surname.has_value();
        said.then(|| Name { r#use: Said::Is(r#use), forename: take(forename), middle, surname: take(surname) })
    };
    let middle = take(&mut row.middle);
    let names: Vec<Name> = [
        name(NameUse::Usual, &mut row.forename, middle, &mut row.surname),
        name(NameUse::Preferred, &mut row.preferred_forename, Said::NotAsked, &mut row.preferred_surname),
        name(NameUse::Former, &mut row.former_forename, Said::NotAsked, &mut row.former_surname),
    ]
    .into_iter()
    .flatten()
    .collect();
    more.names = if names.is_empty() { Said::NotAsked } else { Said::Is(names) };
    more.languages = take(&mut row.languages).map(|codes| {
        codes.into_iter().map(|code| Language { code: Said::Is(code), interpreter: Said::NotAsked }).collect()
    });
    let telecom: Vec<Telecom> = phones
        .map(|phone| (TelecomSystem::Phone, phone.row.number))
        .chain([(TelecomSystem::Email, take(&mut row.email))])
        .filter(|(_, value)| value.has_value())
        .map(|(system, value)| Telecom { system: Said::Is(system), value })
        .collect();
    more.telecom = if telecom.is_empty() { Said::NotAsked } else { Said::Is(telecom) };
    person.more = (more != PersonMore::default()).then(|| Box::new(more));
    says.say(person, &pupil.spot);
}

/// A birth date, where a pupil can have it on the day of the file.
fn birth_date(pupil: &Held<PupilRow>, facts: &FileFacts, hearing: &mut Hearing<'_>) -> Said<Date> {
    let Said::Is(born) = pupil.row.dob else { return pupil.row.dob };
    let plausible = facts
        .as_at
        .is_none_or(|day| born <= day && day.add_years(-PUPIL_YEARS_MAX).is_none_or(|earliest| earliest <= born));
    if plausible {
        return Said::Is(born);
    }
    tell(&shared::DOB_IMPLAUSIBLE, &pupil.spot, hearing);
    Said::Unreadable
}

/// Sex, by whichever of its two names it came; and what came as gender.
fn sex_and_gender(pupil: &Held<PupilRow>, hearing: &mut Hearing<'_>) -> (Said<Sex>, Said<Gender>) {
    let (sex, gender) = (pupil.row.sex, pupil.row.gender);
    if let (Said::Is(sex), Said::Is(gender)) = (sex, gender)
        && sex != gender
    {
        tell(&rules::SEX_CONFLICT, &pupil.spot, hearing);
        return (Said::Unreadable, Said::Unreadable);
    }
    let gender_is_sex = hearing.reading.dialect.gender_is_sex() != Some(false);
    let said = if sex == Said::NotAsked && gender_is_sex { gender } else { sex };
    let gender = gender.map(|PupilSex(sex)| match sex {
        Sex::Male => Gender::Male,
        Sex::Female => Gender::Female,
        Sex::Unknown => Gender::Unknown,
    });
    (said.map(|sex| sex.0), gender)
}

/// Schools of the past, and the present one with what the file says of the enrolment there.
fn enrolments(
    pupil: &Held<PupilRow>,
    schools: impl Iterator<Item = Held<SchoolRow>>,
    facts: &FileFacts,
    says: &mut Says<'_, '_>,
) {
    let mut history: Vec<(Enrolment, bool, Spot)> = schools.map(past).collect();
    let present = present(&history, facts);
    let row = &pupil.row;
    let more = EnrolmentMore {
        told_looked_after: row.in_care.map(|care| care.0),
        care_authority: row.care_authority,
        ..EnrolmentMore::default()
    };
    let told = row.nc_year != Said::NotAsked || row.enrol_status != Said::NotAsked || more != EnrolmentMore::default();
    if facts.school.is_some() || told {
        if present.is_none() {
            history.insert(0, (Enrolment::default(), false, pupil.spot));
        }
        let (enrolment, _, _) = &mut history[present.unwrap_or(0)];
        if let Some(school) = &facts.school {
            enrolment.school_urn = school.urn.map(|urn| urn.0);
            enrolment.school_laestab = school.laestab;
            enrolment.school_name = school.name.clone();
        }
        (enrolment.nc_year, enrolment.status) = (row.nc_year, row.enrol_status);
        if more != EnrolmentMore::default() {
            let known = enrolment.more.get_or_insert_default();
            (known.told_looked_after, known.care_authority) = (more.told_looked_after, more.care_authority);
        }
    }
    for (enrolment, _, spot) in history {
        says.say(enrolment, &spot);
    }
}

/// A school of the history, and whether it is marked as the last.
fn past(school: Held<SchoolRow>) -> (Enrolment, bool, Spot) {
    let Held { row, spot, .. } = school;
    let last = row.last.is().is_some_and(|last| last.0);
    let mut enrolment = Enrolment {
        school_laestab: laestab(row.lea, row.estab),
        school_name: row.name,
        entry_date: row.entry,
        leaving_date: row.leaving,
        ..Enrolment::default()
    };
    // The last school, without a day of leaving, is where the pupil is.
    if last && enrolment.leaving_date == Said::NotAsked {
        enrolment.leaving_date = Said::Blank;
    }
    if row.reason != Said::NotAsked {
        enrolment.more = Some(Box::new(EnrolmentMore { leaving_reason: row.reason, ..EnrolmentMore::default() }));
    }
    (enrolment, last, spot)
}

/// Which of the schools is the present one: that which sent the file, where it stands in the history and was not left;
/// else the last, or the only one that was not left.
fn present(history: &[(Enrolment, bool, Spot)], facts: &FileFacts) -> Option<usize> {
    let open = |(enrolment, _, _): &&(Enrolment, bool, Spot)| !enrolment.leaving_date.has_value();
    if let Some(school) = &facts.school {
        let same = |(enrolment, _, _): &(Enrolment, bool, Spot)| {
            school.laestab.has_value() && enrolment.school_laestab == school.laestab
        };
        return history.iter().position(|entry| same(entry) && open(&entry));
    }
    let last = history.iter().position(|entry| entry.1 && open(&entry));
    last.or_else(|| {
        let mut all_open = history.iter().enumerate().filter(|(_, entry)| open(entry));
        all_open.next().filter(|_| all_open.next().is_none()).map(|(n, _)| n)
    })
}

/// Provision in its stretches. Needs are those of the present one.
fn sen(
    provisions: impl Iterator<Item = Held<SenRow>>,
    needs: impl Iterator<Item = Held<SenNeedRow>>,
    says: &mut Says<'_, '_>,
) {
    let mut provisions: Vec<(SenProvision, Spot)> = provisions
        .map(|Held { row, spot, .. }| {
            let provision = SenProvision {
                provision: row.provision,
                start_date: row.start,
                end_date: row.end,
                ..SenProvision::default()
            };
            (provision, spot)
        })
        .collect();
    let (needs, spots): (Vec<SenNeed>, Vec<Spot>) =
        needs.map(|held| (SenNeed { rank: held.row.rank, r#type: held.row.kind }, held.spot)).unzip();
    if let Some(spot) = spots.first() {
        if provisions.is_empty() {
            provisions.push((SenProvision::default(), *spot));
        }
        let open = |(provision, _): &(SenProvision, Spot)| !provision.end_date.has_value();
        let start = |(provision, _): &(SenProvision, Spot)| provision.start_date.is();
        let present = (0..provisions.len()).max_by_key(|n| (open(&provisions[*n]), start(&provisions[*n])));
        if let Some((provision, _)) = present.map(|n| &mut provisions[n]) {
            if provision.provision == Said::Is(SenProvisionKind::NoProvision) {
                tell(&shared::SEN_NEED_WITHOUT_PROVISION, spot, says.hearing);
            }
            provision.needs = Said::Is(needs);
        }
    }
    for (provision, spot) in provisions {
        use SenProvisionKind::{SchoolAction, SchoolActionPlus, Statement};
        if matches!(provision.provision, Said::Is(Statement | SchoolAction | SchoolActionPlus)) {
            tell(&shared::SEN_HISTORIC, &spot, says.hearing);
        }
        says.say(provision, &spot);
    }
}

/// The sums of a year, and its marks where they can be taken apart.
fn attendance(year: Held<YearDataRow>, facts: &FileFacts, packing: Packing, says: &mut Says<'_, '_>) {
    let Held { row, spot, .. } = year;
    let school_laestab = laestab(row.lea, row.estab);
    let academic_year = row.year.map(|year| year.0);
    let mut sums = AttendanceSummary {
        school_laestab,
        school_name: row.name.clone(),
        academic_year,
        period_start: academic_year.map(AcademicYear::starts),
        period_end: academic_year.map(|year| facts.as_at.map_or(year.ends(), |day| day.min(year.ends()))),
        possible: row.possible,
        attended: row.attended,
        authorised: row.authorised,
        unauthorised: row.unauthorised,
        ..AttendanceSummary::default()
    };
    if !add_up(&mut sums, &spot, says.hearing) {
        return;
    }
    let mut more = AttendanceSummaryMore::default();
    if let Some(day) = facts.as_at {
        more.as_at = Said::Is(day);
    }
    let unpacked = match (&row.marks, row.marks_from) {
        (Said::Is(text), Said::Is(from)) => packing.unpack(text, from),
        _ => None,
    };
    if row.marks.has_value() && unpacked.is_none() {
        tell(&rules::MARKS_NOT_EXPANDED, &spot, says.hearing);
        (more.marks_text, more.marks_from) = (row.marks, row.marks_from);
    }
    if more != AttendanceSummaryMore::default() {
        sums.more = Some(Box::new(more));
    }
    says.say(sums, &spot);
    for (date, session, code) in unpacked.into_iter().flatten() {
        let mark = AttendanceMark {
            school_laestab,
            school_name: row.name.clone(),
            date: Said::Is(date),
            session: Said::Is(session),
            code: Said::Is(code),
            ..AttendanceMark::default()
        };
        says.say(mark, &spot);
    }
}

/// Looks at sums; false where they cannot be true.
fn add_up(sums: &mut AttendanceSummary, spot: &Spot, hearing: &mut Hearing<'_>) -> bool {
    let number = |said: &Said<schemas::reflect::Number<9999>>| said.is().map(|number| u32::from(number.get()));
    let Some(possible) = number(&sums.possible) else { return true };
    if number(&sums.attended).is_some_and(|attended| attended > possible) {
        tell(&shared::SUMMARY_NEGATIVE, spot, hearing);
        return false;
    }
    let parts = [&sums.attended, &sums.authorised, &sums.unauthorised].map(number);
    if let [Some(attended), Some(authorised), Some(unauthorised)] = parts
        && attended + authorised + unauthorised != possible
    {
        tell(&shared::SUMMARY_ADDS_UP, spot, hearing);
    }
    true
}

/// A result, with all nine parts that the file has.
fn attainment(result: Held<StageAssessmentRow>, stage: Said<schemas::code::AssessmentStage>, says: &mut Says<'_, '_>) {
    let Held { row, spot, .. } = result;
    let basis = match &row.method {
        Said::Is(method) if method.eq_ignore_ascii_case("TA") => Said::Is(AssessmentBasis::TeacherAssessment),
        Said::Is(method) if method.eq_ignore_ascii_case("TT") => Said::Is(AssessmentBasis::Test),
        _ => Said::NotAsked,
    };
    let attainment = Attainment {
        stage,
        assessed_on: row.date,
        academic_year: row.year.map(|year| year.0),
        subject: row.subject,
        basis,
        result: row.result,
        method: row.method,
        component: row.component,
        more: Some(Box::new(AttainmentMore {
            scale: Said::Is(Open::Listed(AssessmentScale::Ctf)),
            locale: row.locale,
            status: row.status,
            qualifier: row.qualifier,
        })),
        ..Attainment::default()
    };
    says.say(attainment, &spot);
}

/// How many records before one are looked at for the same thing: more than any pupil has of one type.
const LOOKED_BACK_MAX: usize = 256;

/// Of the records from a place on, drops what was said before, and of two that differ the earlier.
fn settle(dossier: &mut Dossier, from: usize, hearing: &mut Hearing<'_>) {
    let records = &mut dossier.records;
    let mut n = from;
    while n < records.len() {
        let first = n.saturating_sub(LOOKED_BACK_MAX);
        let twin = records[first..n].iter().position(|before| before.statement.same_key(&records[n].statement));
        let Some(twin) = twin.map(|twin| first + twin) else {
            n += 1;
            continue;
        };
        let same = records[twin].statement == records[n].statement;
        let rule = if same { &table_rules::DUPLICATE } else { &table_rules::KEY_CLASH };
        let places: [Place; 2] = [records[n].source.place.clone(), records[twin].source.place.clone()];
        let [place, other] = places;
        hearing.report.raise(Diagnostic::new(rule, place).related_to([other]));
        records.remove(if same { n } else { twin });
    }
}
