//! Education, as our own resources carry it: plans with their targets, places at schools, attendance and provision.

use schemas::{
    code::{Code, EnrolStatus, PepStatus, TargetOutcome},
    identifier::{Laestab, SchoolUrn},
    record::{AttendanceSummary, EducationPlan, EducationPlanMore, Enrolment, SenNeed, SenProvision, Target},
    said::Said,
};

use crate::{
    coding::{NC_YEAR, SEN_PROVISION, SEN_TYPE, SETTING_TYPE},
    fhir::tree::Element,
    read::{
        elements::{code, number, said, text},
        observation::{component, components},
        says::Says,
    },
};

/// A personal education plan.
pub(super) fn read_plan(resource: Element<'_>, says: &mut Says<'_>) {
    let (meeting_date, _) = says.period(resource.first("period"), "period");
    let targets: Vec<Target> = resource
        .all("activity")
        .filter_map(|activity| activity.first("detail"))
        .filter_map(|detail| target(detail, says))
        .collect();
    let targets = said((!targets.is_empty()).then_some(targets));
    says.say(EducationPlan {
        meeting_date,
        status: match resource.text("status").as_deref() {
            Some("draft") => Said::Is(PepStatus::Planned),
            Some("active") => Said::Is(PepStatus::InProgress),
            Some("completed") => Said::Is(PepStatus::Complete),
            Some("revoked") => Said::Is(PepStatus::Cancelled),
            _ => Said::NotAsked,
        },
        more: targets.has_value().then(|| Box::new(EducationPlanMore { targets, ..EducationPlanMore::default() })),
        ..EducationPlan::default()
    });
}

fn target(detail: Element<'_>, says: &mut Says<'_>) -> Option<Target> {
    let words = text(detail.first("description"));
    if !words.has_value() {
        return None;
    }
    let (_, due_date) =
        says.period(detail.first("scheduled").filter(|it| it.type_name() == "Period"), "activity.detail.scheduled");
    Some(Target {
        text: words,
        due_date,
        outcome: match detail.text("status").as_deref() {
            Some("cancelled") => Said::Is(TargetOutcome::Dropped),
            _ => Said::NotAsked,
        },
        ..Target::default()
    })
}

/// A place at a school or another setting.
pub(super) fn read_enrolment(observation: Element<'_>, says: &mut Says<'_>) {
    let school = observation.first("focus");
    let identifier = school.and_then(|school| school.first("identifier"));
    let value = identifier.and_then(|identifier| identifier.text("value")).unwrap_or_default();
    let (mut school_urn, mut school_laestab) = (Said::NotAsked, Said::NotAsked);
    match identifier.and_then(|identifier| identifier.text("system")).as_deref() {
        Some("https://fhir.hl7.org.uk/Id/urn-school-number") => {
            school_urn = SchoolUrn::read(value.as_bytes()).map_or(Said::Unreadable, Said::Is);
        }
        Some("urn:homeward:id:laestab") => {
            school_laestab = Laestab::read(value.as_bytes()).map_or(Said::Unreadable, Said::Is);
        }
        _ => {}
    }
    let (entry_date, leaving_date) = says.period(observation.first("effective"), "effective");
    let status = observation.first("value").and_then(|value| value.text("text"));
    says.say(Enrolment {
        school_urn,
        school_laestab,
        school_name: text(school.and_then(|school| school.first("display"))),
        setting_type: code(component(observation, "enrolment-setting"), &SETTING_TYPE),
        entry_date,
        leaving_date,
        nc_year: code(component(observation, "enrolment-nc-year"), &NC_YEAR),
        status: said(status.and_then(|told| EnrolStatus::all().find(|status| status.label() == told))),
        ..Enrolment::default()
    });
}

/// Attendance in a period.
pub(super) fn read_attendance(observation: Element<'_>, says: &mut Says<'_>) {
    let (period_start, period_end) = says.period(observation.first("effective"), "effective");
    let sessions = |name: &str| number(component(observation, &format!("attendance-{name}")));
    says.say(AttendanceSummary {
        period_start,
        period_end,
        possible: sessions("possible"),
        attended: sessions("attended"),
        authorised: sessions("authorised"),
        unauthorised: sessions("unauthorised"),
        ..AttendanceSummary::default()
    });
}

/// Provision for special educational needs.
pub(super) fn read_sen(observation: Element<'_>, says: &mut Says<'_>) {
    let (start_date, end_date) = says.period(observation.first("effective"), "effective");
    let needs: Vec<SenNeed> = components(observation, "sen-need")
        .enumerate()
        .map(|(n, value)| SenNeed {
            rank: u16::try_from(n + 1).ok().and_then(schemas::reflect::Number::new).map_or(Said::NotAsked, Said::Is),
            r#type: code(Some(value), &SEN_TYPE),
        })
        .collect();
    says.say(SenProvision {
        provision: code(observation.first("value"), &SEN_PROVISION),
        start_date,
        end_date,
        needs: said((!needs.is_empty()).then_some(needs)),
        ..SenProvision::default()
    });
}
