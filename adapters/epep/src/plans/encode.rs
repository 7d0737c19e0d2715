//! Writes a table of plans.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::Sheaf,
    table::Table,
    wire::Rating,
};
use schemas::{
    code::{SettingType, VoiceContext},
    diagnostic::Report,
    document::natural_key,
    record::{
        Attainment, EducationPlan, Enrolment, PlanQuality, Premium, Record, SdqScore, SenProvision, Statement, Target,
        Voice,
    },
    reflect::Number,
    said::Said,
};

use crate::{
    PLANS_TABLE,
    encoding::{RowsOf, asked, head, not_replaced, writing},
    plans::tables::{ATTAINMENT, AttainmentRow, PEP, PEP_TARGET, PlanRow, PlanVoiceRow, TargetRow, VOICE},
    rules,
    wire::{Estab, Money, OpenWord, Percent, PlanStatus, PlanType, Sdq, Term, Urn, Word, Words},
};

/// Writes the table that was asked for.
pub struct PlansEncode;

impl Encode for PlansEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(PlansEncoder {
            table: asked(options, &PLANS_TABLE, &PEP, &[&PEP_TARGET, &ATTAINMENT, &VOICE]),
            options,
        })
    }
}

struct PlansEncoder<'o> {
    table: &'static Table,
    options: &'o Options,
}

impl Encoder for PlansEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        head(self.table, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let mut rows = RowsOf::new(disclosure, writing(self.options), sheaf, report);
        for record in not_replaced(disclosure.records) {
            self.record(record, disclosure, &mut rows);
        }
    }
}

impl PlansEncoder<'_> {
    fn record(&self, record: &Record, disclosure: &Disclosure<'_>, rows: &mut RowsOf<'_>) {
        if record.source.retracts {
            return rows.lose(record, &rules::NOT_EXPRESSIBLE);
        }
        let table = self.table.name;
        let wanted = |own: &Table, rows: &mut RowsOf<'_>| {
            if table != own.name {
                rows.lose(record, &rules::OTHER_TABLE);
            }
            table == own.name
        };
        match &record.statement {
            Statement::Person(_) => {}
            Statement::EducationPlan(plan) => {
                let reference = reference_of(plan, disclosure);
                if table == PEP_TARGET.name {
                    for target in targets_of(plan) {
                        rows.write(record, target_row(target, &reference));
                    }
                    if plan.status.has_value() {
                        rows.lose(record, &rules::OTHER_TABLE);
                    }
                } else if wanted(&PEP, rows) {
                    let row = PlanRow { pep_ref: reference, ..plan_row(plan, disclosure.records) };
                    rows.write(record, row);
                    if !targets_of(plan).is_empty() {
                        rows.lose(record, &rules::OTHER_TABLE);
                    }
                }
            }
            // These stand in the rows of plans.
            Statement::Enrolment(_) | Statement::SenProvision(_) | Statement::SdqScore(_)
                if stands_in_a_plan(record, disclosure.records) =>
            {
                wanted(&PEP, rows);
            }
            Statement::Attainment(attainment) => {
                if wanted(&ATTAINMENT, rows) {
                    rows.write(record, attainment_row(attainment));
                }
            }
            Statement::Voice(voice) if voice.context == Said::Is(VoiceContext::Pep) => {
                if wanted(&VOICE, rows) {
                    rows.write(record, voice_row(voice));
                }
            }
            _ => rows.lose(record, &rules::NOT_EXPRESSIBLE),
        }
    }
}

/// The sender's id of a plan; where it is withheld or was never given and targets need one to be joined by, an id of
/// ours that tells nothing.
fn reference_of(plan: &EducationPlan, disclosure: &Disclosure<'_>) -> Said<Box<str>> {
    if plan.plan_ref.has_value() || targets_of(plan).is_empty() {
        return plan.plan_ref.clone();
    }
    let key = natural_key(&plan.clone().into());
    let id = disclosure.ids.id("EducationPlan", "", &[&key]);
    Said::Is(String::from_utf8_lossy(&id.text()).into())
}

pub(crate) fn targets_of(plan: &EducationPlan) -> &[Target] {
    match plan.more.as_ref().map(|more| &more.targets) {
        Some(Said::Is(targets)) => targets,
        _ => &[],
    }
}

/// Whether a plan's row says it: the setting of its school, the latest provision, the score of its meeting.
pub(crate) fn stands_in_a_plan(record: &Record, all: &[Record]) -> bool {
    all.iter().any(|other| {
        let Statement::EducationPlan(plan) = &other.statement else { return false };
        match &record.statement {
            Statement::Enrolment(enrolment) => is_setting_of(enrolment, plan),
            Statement::SenProvision(_) => provision(all).is_some_and(|known| std::ptr::eq(known.1, record)),
            Statement::SdqScore(score) => is_score_of(score, plan),
            _ => false,
        }
    })
}

fn is_setting_of(enrolment: &Enrolment, plan: &EducationPlan) -> bool {
    let more = plan.more.as_deref();
    match (enrolment.school_urn, enrolment.school_laestab, &enrolment.school_name) {
        (Said::Is(urn), ..) => more.is_some_and(|more| more.school_urn == Said::Is(urn)),
        (_, Said::Is(number), _) => more.is_some_and(|more| more.school_laestab == Said::Is(number)),
        (_, _, Said::Is(name)) => more.is_some_and(|more| more.school_name == Said::Is(name.clone())),
        // A setting that is no school. Of any other whose school is not told nobody knows that it is the plan's.
        _ => {
            matches!(enrolment.setting_type, Said::Is(SettingType::HomeEducated | SettingType::NoSetting))
                && more.is_none_or(|more| {
                    !more.school_urn.has_value() && !more.school_laestab.has_value() && !more.school_name.has_value()
                })
        }
    }
}

fn is_score_of(score: &SdqScore, plan: &EducationPlan) -> bool {
    score.score.has_value() && score.completed_date.has_value() && score.completed_date == plan.meeting_date
}

/// The provision that stands, the one that began last.
fn provision(records: &[Record]) -> Option<(&SenProvision, &Record)> {
    let provisions =
        records.iter().filter(|record| !record.source.retracts).filter_map(|record| match &record.statement {
            Statement::SenProvision(provision) if !provision.end_date.has_value() => Some((provision, record)),
            _ => None,
        });
    provisions.max_by_key(|(provision, _)| provision.start_date.is())
}

pub(crate) fn plan_row(plan: &EducationPlan, all: &[Record]) -> PlanRow {
    let more = plan.more.as_deref().cloned().unwrap_or_default();
    let statements = all.iter().filter(|record| !record.source.retracts).map(|record| &record.statement);
    let setting = statements.clone().find_map(|statement| match statement {
        Statement::Enrolment(enrolment) if is_setting_of(enrolment, plan) => Some(enrolment),
        _ => None,
    });
    let setting_more = setting.and_then(|setting| setting.more.as_deref());
    // A teacher is one of a school: where the school is not told, nobody's.
    let of_school = more.school_urn.has_value() || more.school_laestab.has_value() || more.school_name.has_value();
    let teacher = match setting_more.map(|more| &more.designated_teacher) {
        Some(Said::Is(teacher)) if of_school => teacher.clone(),
        _ => Default::default(),
    };
    let score = statements.clone().find_map(|statement| match statement {
        Statement::SdqScore(score) if is_score_of(score, plan) => score.score.is(),
        _ => None,
    });
    let provision = provision(all).map(|(provision, _)| provision).cloned().unwrap_or_default();
    let premium = if let Said::Is(premium) = more.premium { premium } else { Premium::default() };
    let quality = if let Said::Is(quality) = more.quality { quality } else { PlanQuality::default() };
    PlanRow {
        academic_year: plan.academic_year,
        term: plan.term.map(|term| Term { term, half: plan.half.is() }),
        pep_type: plan.plan_type.map(PlanType),
        form: plan.form.map(Word),
        nc_year: plan.nc_year.map(Word),
        school_urn: more.school_urn.map(Urn),
        school_laestab: more.school_laestab.map(Estab),
        school_name: more.school_name,
        setting_type: setting.map_or(Said::NotAsked, |setting| setting.setting_type.map(Word)),
        on_roll: setting.map_or(Said::NotAsked, |setting| setting.on_roll),
        enrol_status: setting.map_or(Said::NotAsked, |setting| setting.status.map(Word)),
        enrol_start: setting.map_or(Said::NotAsked, |setting| setting.entry_date),
        designated_teacher: teacher.name,
        designated_teacher_email: teacher.email,
        due_date: plan.due_date,
        meeting_date: plan.meeting_date,
        completed_date: plan.completed_date,
        next_pep_date: plan.next_date,
        status: plan.status.map(PlanStatus),
        in_timescale: plan.told_in_timescale,
        not_required_reason: more.not_required_reason.map(Word),
        attended_by: more.attended_by.map(Words),
        qa_scheme: quality.scheme,
        qa_rating: quality.rating.map(Rating),
        qa_sections: quality.sections.map(|sections| {
            let spelt = |said: &Said<Box<str>>| said.as_ref().is().map_or("", |text| &**text).to_owned();
            sections
                .iter()
                .map(|section| match section.rating.has_value() {
                    true => format!("{}={}", spelt(&section.name), spelt(&section.rating)).into(),
                    false => spelt(&section.name).into(),
                })
                .collect()
        }),
        qa_date: quality.rated_on,
        attendance_percent: more.told_attendance_percent.map(Percent),
        reduced_timetable: more.reduced_timetable,
        sen_provision: provision.provision.map(Word),
        sen_since: provision.start_date,
        sen_needs: provision.needs.map(|needs| {
            let mut ranked: Vec<_> = needs.iter().map(|need| (need.rank.is(), need.r#type.is())).collect();
            ranked.sort_by_key(|(rank, _)| rank.map_or(u16::MAX, Number::get));
            Words(ranked.into_iter().filter_map(|(_, kind)| kind).collect())
        }),
        ehcp_la: provision.ehcp_la,
        ehcp_review_date: provision.ehcp_review_date,
        pp_requested: premium.requested.map(Money),
        pp_agreed: premium.agreed.map(Money),
        pp_spent: premium.spent.map(Money),
        pp_purpose: premium.purpose,
        eet_status: more.eet_status.map(Word),
        sdq_score: score.map_or(Said::NotAsked, |score| Said::Is(Sdq(score))),
        as_at: more.as_at,
        ..PlanRow::default()
    }
}

pub(crate) fn target_row(target: &Target, reference: &Said<Box<str>>) -> TargetRow {
    TargetRow {
        pep_ref: reference.clone(),
        target_no: target.no,
        area: target.area.map(Word),
        target: target.text.clone(),
        strategy: target.strategy.clone(),
        owner_role: target.owner.map(Word),
        due_date: target.due_date,
        review_date: target.reviewed_date,
        outcome: target.outcome.map(Word),
        pp_cost: target.cost.map(Money),
        ..TargetRow::default()
    }
}

pub(crate) fn attainment_row(attainment: &Attainment) -> AttainmentRow {
    let scale = attainment.more.as_ref().map_or(Said::NotAsked, |more| more.scale.clone());
    AttainmentRow {
        assessed_on: attainment.assessed_on,
        academic_year: attainment.academic_year,
        term: attainment.term.map(Word),
        stage: attainment.stage.map(Word),
        subject: attainment.subject.clone().map(OpenWord),
        basis: attainment.basis.map(Word),
        scale: scale.map(OpenWord),
        result: attainment.result.clone(),
        on_track: attainment.on_track.map(Word),
        ..AttainmentRow::default()
    }
}

pub(crate) fn voice_row(voice: &Voice) -> PlanVoiceRow {
    PlanVoiceRow {
        said_on: voice.date,
        who: voice.by.map(Word),
        how: voice.how.map(Word),
        topic: voice.topic.map(Word),
        words: voice.words.clone(),
        share: voice.share.map(Word),
        ..PlanVoiceRow::default()
    }
}
