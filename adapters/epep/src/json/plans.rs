//! Plans in JSON: each with its child, its setting, and all that stands beside it in tables.

use kit::{
    adapter::Disclosure,
    nested::{Branch, Columns, InPence, Rows, Spot, TableRows},
};
use schemas::{
    code::{SenType, VoiceContext},
    diagnostic::Rule,
    identifier::LaCode,
    record::{EducationPlan, Record, Statement},
    reflect::Number,
    said::Said,
};

use crate::{
    child::{Identity, NamesChild},
    document::Says,
    json::{
        shape::{CHILD, ChildRow, DOCUMENT_BRANCH, DocumentRow, IDENTIFIER, IdentifierRow, Shape, Teller, identity},
        write::{Members, Shaped, Told, members},
    },
    plans::{
        encode::{attainment_row, plan_row, stands_in_a_plan, target_row, targets_of, voice_row},
        tables::{ATTAINMENT, AttainmentRow, PEP, PEP_TARGET, PlanRow, PlanVoiceRow, TargetRow, VOICE},
    },
    records::ChildRecords,
    rules as shared,
    wire::{Word, Words},
};

kit::rows! {
    /// A special educational need in a plan.
    NeedRow = NEED "need" spelt Plain {
        /// Its rank, 1 the first.
        rank: Number<99> = "rank" { required: false, field: "SenProvision.needs", source: "epep 5.1" },
        /// Which.
        kind: Word<SenType> = "type" { required: false, field: "SenProvision.needs", source: "epep 5.1" },
    }
    /// The rating of a section of a plan.
    SectionRow = SECTION "section" spelt Plain {
        /// The section.
        name: Box<str> = "name" { required: false, field: "EducationPlan.quality", source: "epep 5.1" },
        /// Its rating.
        rating: Box<str> = "rating" { required: false, field: "EducationPlan.quality", source: "epep 5.1" },
    }
}

/// Where the columns of a plan stand.
const PEP_COLUMNS: &[(&str, &str)] = &[
    ("pep_ref", "pepRef"),
    ("academic_year", "academicYear"),
    ("term", "term"),
    ("pep_type", "pepType"),
    ("form", "form"),
    ("nc_year", "ncYear"),
    ("status", "status"),
    ("due_date", "dueDate"),
    ("meeting_date", "meetingDate"),
    ("completed_date", "completedDate"),
    ("next_pep_date", "nextPepDate"),
    ("in_timescale", "inTimescale"),
    ("not_required_reason", "notRequiredReason"),
    ("attended_by", "attendedBy"),
    ("school_urn", "setting/urn"),
    ("school_laestab", "setting/laestab"),
    ("school_name", "setting/name"),
    ("setting_type", "setting/type"),
    ("on_roll", "setting/onRoll"),
    ("enrol_status", "setting/enrolStatus"),
    ("enrol_start", "setting/startDate"),
    ("designated_teacher", "setting/designatedTeacher/name"),
    ("designated_teacher_email", "setting/designatedTeacher/email"),
    ("sen_provision", "sen/provision"),
    ("sen_since", "sen/since"),
    ("ehcp_la", "sen/ehcpLa"),
    ("ehcp_review_date", "sen/ehcpReviewDate"),
    ("attendance_percent", "attendance/percent"),
    ("reduced_timetable", "attendance/reducedTimetable"),
    ("pp_requested", "pupilPremium/requestedPence"),
    ("pp_agreed", "pupilPremium/agreedPence"),
    ("pp_spent", "pupilPremium/spentPence"),
    ("pp_purpose", "pupilPremium/purpose"),
    ("eet_status", "eetStatus"),
    ("sdq_score", "sdqScore"),
    ("qa_scheme", "quality/scheme"),
    ("qa_rating", "quality/rating"),
    ("qa_date", "quality/ratedOn"),
    ("as_at", "asAt"),
];

const TARGET_COLUMNS: &[(&str, &str)] = &[
    ("target_no", "targetNo"),
    ("area", "area"),
    ("target", "target"),
    ("strategy", "strategy"),
    ("owner_role", "ownerRole"),
    ("due_date", "dueDate"),
    ("review_date", "reviewDate"),
    ("outcome", "outcome"),
    ("pp_cost", "ppCostPence"),
];

const ATTAINMENT_COLUMNS: &[(&str, &str)] = &[
    ("assessed_on", "assessedOn"),
    ("academic_year", "academicYear"),
    ("term", "term"),
    ("stage", "stage"),
    ("subject", "subject"),
    ("basis", "basis"),
    ("scale", "scale"),
    ("result", "result"),
    ("on_track", "onTrack"),
];

const VOICE_COLUMNS: &[(&str, &str)] = &[
    ("said_on", "saidOn"),
    ("who", "who"),
    ("how", "how"),
    ("topic", "topic"),
    ("words", "words"),
    ("share", "share"),
];

/// The rows of a plan, while it is read.
#[derive(Default)]
pub(super) struct PlansShape {
    plans: InPence<Rows<PlanRow>>,
    children: Rows<ChildRow>,
    identifiers: Rows<IdentifierRow>,
    needs: Rows<NeedRow>,
    sections: Rows<SectionRow>,
    targets: InPence<Rows<TargetRow>>,
    results: Rows<AttainmentRow>,
    voices: Rows<PlanVoiceRow>,
}

impl Shape for PlansShape {
    const FORMAT: Option<&'static str> = Some("homeward/pep");
    const ITEMS: Option<&'static str> = Some("peps");
    const ITEM_AT: &'static str = "peps";

    fn branches() -> Vec<Branch> {
        let at = |table, at, columns| Branch { table, at, columns };
        vec![
            DOCUMENT_BRANCH,
            at(&PEP, "peps", Columns::At(PEP_COLUMNS)),
            at(&CHILD, "peps/child", Columns::Called),
            at(&IDENTIFIER, "peps/child/identifiers", Columns::Called),
            at(&NEED, "peps/sen/needs", Columns::Called),
            at(&SECTION, "peps/quality/sections", Columns::Called),
            at(&PEP_TARGET, "peps/targets", Columns::At(TARGET_COLUMNS)),
            at(&ATTAINMENT, "peps/attainment", Columns::At(ATTAINMENT_COLUMNS)),
            at(&VOICE, "peps/voice", Columns::At(VOICE_COLUMNS)),
        ]
    }

    fn tables<'r>(&'r mut self, document: &'r mut Rows<DocumentRow>) -> Vec<&'r mut dyn TableRows> {
        vec![
            document,
            &mut self.plans,
            &mut self.children,
            &mut self.identifiers,
            &mut self.needs,
            &mut self.sections,
            &mut self.targets,
            &mut self.results,
            &mut self.voices,
        ]
    }

    fn clear(&mut self) {
        let mut document = Rows::default();
        self.tables(&mut document).into_iter().for_each(TableRows::clear);
    }

    fn identity(&mut self, authority: Option<LaCode>, teller: &mut Teller<'_, '_>) -> Identity {
        let child = self.children.held().first().map(|held| &held.row);
        identity(child, self.identifiers.held(), authority, teller)
    }

    fn oddities(&self) -> Vec<(&'static Rule, Spot, &'static str)> {
        Vec::new()
    }

    fn say(&mut self, identity: &Identity, teller: &mut Teller<'_, '_>, child: &mut ChildRecords) {
        let Some(held) = self.plans.0.drain().next() else { return };
        let mut plan = held.row;
        plan.sen_needs = self.needs();
        let sections: Vec<Box<str>> = self.sections.drain().filter_map(|held| section(held.row)).collect();
        if !sections.is_empty() {
            plan.qa_sections = Said::Is(sections);
        }
        teller.row(&PEP, held.spot, |row| child.is(identity, row));
        let reference = plan.pep_ref.clone();
        // An item may hold results or words alone, of a child who has no plan.
        let is_plan = plan != PlanRow::default();
        if is_plan {
            teller.row(&PEP, held.spot, |row| plan.of(identity).says(row, child));
        }
        let mut targets = Vec::new();
        for held in self.targets.0.drain().filter(|held| !held.fate.lost) {
            match &reference {
                Said::Is(reference) => teller.row(&PEP_TARGET, held.spot, |row| {
                    child.target(reference, held.row.target(), row);
                }),
                _ if is_plan => targets.push(held.row.target()),
                _ => teller.tell(&shared::ORPHAN_ROW, &held.spot),
            }
        }
        child.targets_of_last_plan(targets);
        for held in self.results.drain().filter(|held| !held.fate.lost) {
            teller.row(&ATTAINMENT, held.spot, |row| held.row.says(row, child));
        }
        for held in self.voices.drain().filter(|held| !held.fate.lost) {
            teller.row(&VOICE, held.spot, |row| held.row.says(row, child));
        }
    }
}

impl PlansShape {
    /// The needs of the plan by their rank.
    fn needs(&mut self) -> Said<Words<SenType>> {
        let mut needs: Vec<_> =
            self.needs.drain().filter_map(|held| Some((held.row.rank.is(), held.row.kind.is()?.0))).collect();
        if needs.is_empty() {
            return Said::NotAsked;
        }
        needs.sort_by_key(|(rank, _)| rank.map_or(u16::MAX, Number::get));
        Said::Is(Words(needs.into_iter().map(|(_, kind)| kind).collect()))
    }
}

/// The rating of a section as the tables have it.
fn section(row: SectionRow) -> Option<Box<str>> {
    match (row.name, row.rating) {
        (Said::Is(name), Said::Is(rating)) => Some(format!("{name}={rating}").into()),
        (Said::Is(name), _) => Some(name),
        _ => None,
    }
}

/// Writes plans.
pub(super) struct PlansWrite;

impl Shaped for PlansWrite {
    const FORMAT: &'static str = "homeward/pep";
    const ITEMS: &'static str = "peps";

    /// One item a plan; the results of the child and what was said stand in the first.
    fn items(disclosure: &Disclosure<'_>, told: &mut Told<'_>) -> Vec<Members> {
        let standing = || disclosure.records.iter().filter(|record| !record.source.retracts);
        let (mut results, mut voices, mut items): (Vec<Members>, Vec<Members>, Vec<Members>) = Default::default();
        for record in standing() {
            match &record.statement {
                Statement::EducationPlan(plan) => items.push(plan_members(plan, record, disclosure, told)),
                Statement::Attainment(result) => {
                    results.push(members(&attainment_row(result), ATTAINMENT_COLUMNS, record, told));
                }
                Statement::Voice(voice) if voice.context == Said::Is(VoiceContext::Pep) => {
                    voices.push(members(&voice_row(voice), VOICE_COLUMNS, record, told));
                }
                Statement::Person(_) => {}
                Statement::Enrolment(_) | Statement::SenProvision(_) | Statement::SdqScore(_)
                    if stands_in_a_plan(record, disclosure.records) => {}
                _ => told.lose(record, &shared::NOT_EXPRESSIBLE),
            }
        }
        disclosure.records.iter().filter(|record| record.source.retracts).for_each(|record| {
            told.lose(record, &shared::NOT_EXPRESSIBLE);
        });
        if items.is_empty() && !(results.is_empty() && voices.is_empty()) {
            items.push(Members::default());
        }
        if let Some(first) = items.first_mut() {
            first.list("attainment", results);
            first.list("voice", voices);
        }
        items
    }
}

fn plan_members(plan: &EducationPlan, record: &Record, disclosure: &Disclosure<'_>, told: &mut Told<'_>) -> Members {
    let standing: Vec<Record> = disclosure.records.iter().filter(|other| !other.source.retracts).cloned().collect();
    let mut row = PlanRow { pep_ref: plan.plan_ref.clone(), ..plan_row(plan, &standing) };
    let needs = std::mem::take(&mut row.sen_needs);
    let sections = std::mem::take(&mut row.qa_sections);
    let mut item = members(&row, PEP_COLUMNS, record, told);
    if let Said::Is(needs) = needs {
        let ranked = (1_u16..).zip(needs.0).map(|(rank, kind)| {
            let need = NeedRow { rank: Number::new(rank).map_or(Said::NotAsked, Said::Is), kind: Said::Is(Word(kind)) };
            members(&need, &[("rank", "rank"), ("type", "type")], record, told)
        });
        let ranked = ranked.collect();
        item.list("sen/needs", ranked);
    }
    if let Said::Is(sections) = sections {
        let sections = sections.iter().map(|section| {
            let (name, rating) = match section.split_once('=') {
                Some((name, rating)) => (name, Said::Is(rating.into())),
                None => (&**section, Said::NotAsked),
            };
            let row = SectionRow { name: Said::Is(name.into()), rating };
            members(&row, &[("name", "name"), ("rating", "rating")], record, told)
        });
        let sections = sections.collect();
        item.list("quality/sections", sections);
    }
    let reference = Said::NotAsked;
    let targets = targets_of(plan).iter().map(|target| {
        members(&TargetRow { pep_ref: Said::NotAsked, ..target_row(target, &reference) }, TARGET_COLUMNS, record, told)
    });
    let targets = targets.collect();
    item.list("targets", targets);
    item
}
