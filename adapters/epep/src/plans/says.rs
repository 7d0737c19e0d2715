//! What a row of a plan, or of what comes beside it, says of a child.

use schemas::{
    code::{PepStatus, SenProvisionKind, VoiceBy, VoiceContext, VoiceWhose},
    date::{AcademicYear, CollectionYear, Date},
    record::{
        Attainment, AttainmentMore, DesignatedTeacher, EducationPlan, EducationPlanMore, Enrolment, EnrolmentMore,
        PlanQuality, Premium, SdqScore, SectionQuality, SenNeed, SenProvision, Target, Voice,
    },
    reflect::Number,
    said::Said,
};

use crate::{
    document::{Says, Telling},
    plans::{
        is_historic,
        tables::{AttainmentRow, PlanRow, PlanVoiceRow, TargetRow},
        term::term_of,
    },
    records::ChildRecords,
    rules,
    wire::Percent,
};

/// A plan may be complete so many days before its meeting.
const COMPLETED_BEFORE_MEETING_DAYS_MAX: i32 = 60;

impl Says for PlanRow {
    const IS_A_PLAN: bool = true;

    fn percent(&self) -> Option<Percent> {
        self.attendance_percent.is()
    }

    fn plan(&self) -> Option<&str> {
        match &self.pep_ref {
            Said::Is(reference) => Some(reference),
            _ => None,
        }
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        // What tells the term of the plan, the surest first.
        let days = [self.meeting_date, self.completed_date, self.due_date, self.as_at];
        let day = days.into_iter().find_map(Said::is);
        let year = self.academic_year.is().or_else(|| AcademicYear::of(day?));
        let term = self.term.is().map(|term| term.term).or_else(|| day.map(term_of));
        let (Some(year), Some(term)) = (year, term) else { return row.tell(&rules::PEP_TERM, "term") };
        self.check(row);
        if let Some(enrolment) = self.enrolment() {
            child.say_again(enrolment, row);
        }
        if let Some(provision) = self.provision(row) {
            child.say_again(provision, row);
        }
        let quality = self.rated(row);
        let more = EducationPlanMore {
            school_urn: self.school_urn.map(|urn| urn.0),
            school_laestab: self.school_laestab.map(|number| number.0),
            school_name: self.school_name.clone(),
            not_required_reason: self.not_required_reason.map(|reason| reason.0),
            attended_by: self.attended_by.clone().map(|roles| roles.0),
            premium: self.premium(),
            quality,
            told_attendance_percent: self.attendance_percent.map(|percent| percent.0),
            reduced_timetable: self.reduced_timetable,
            eet_status: self.eet_status.map(|status| status.0),
            as_at: self.as_at,
            ..EducationPlanMore::default()
        };
        let plan = EducationPlan {
            plan_ref: self.pep_ref.clone(),
            academic_year: Said::Is(year),
            term: Said::Is(term),
            half: self.term.is().and_then(|term| term.half).map_or(Said::NotAsked, Said::Is),
            plan_type: self.pep_type.map(|kind| kind.0),
            form: self.form.map(|form| form.0),
            nc_year: self.nc_year.map(|year| year.0),
            due_date: self.due_date,
            meeting_date: self.meeting_date,
            completed_date: self.completed_date,
            next_date: self.next_pep_date,
            status: self.status.map(|status| status.0),
            told_in_timescale: self.in_timescale,
            more: Some(Box::new(more)),
        };
        child.say(plan, row);
        if let Said::Is(score) = self.sdq_score {
            let year = self.meeting_date.is().or(self.as_at.is()).and_then(CollectionYear::of);
            let score = SdqScore {
                score: Said::Is(score.0),
                completed_date: self.meeting_date,
                year: if self.meeting_date.has_value() {
                    Said::NotAsked
                } else {
                    year.map_or(Said::NotAsked, Said::Is)
                },
                ..SdqScore::default()
            };
            child.say_again(score, row);
        }
    }
}

impl PlanRow {
    fn check(&self, row: &mut Telling<'_>) {
        let complete = [PepStatus::Complete, PepStatus::QualityAssured];
        let status = self.status.is().map(|status| status.0);
        if status.is_some_and(|status| complete.contains(&status)) && !self.completed_date.has_value() {
            row.tell(&rules::PEP_COMPLETE_UNDATED, "completed_date");
        }
        let (meeting, completed, next) = (self.meeting_date.is(), self.completed_date.is(), self.next_pep_date.is());
        let days = |from: Option<Date>, to: Option<Date>| Some(to?.days_since(from?));
        if days(completed, meeting).is_some_and(|days| days > COMPLETED_BEFORE_MEETING_DAYS_MAX) {
            row.tell(&rules::PEP_DATES, "completed_date");
        }
        if days(meeting, next).is_some_and(|days| days <= 0) {
            row.tell(&rules::PEP_DATES, "next_pep_date");
        }
        let held = matches!(status, Some(PepStatus::MeetingHeld | PepStatus::Complete | PepStatus::QualityAssured));
        if held && days(row.as_at, meeting).is_some_and(|days| days > 0) {
            row.tell(&rules::PEP_DATES, "meeting_date");
        }
    }

    /// The setting, where the row says one.
    fn enrolment(&self) -> Option<Enrolment> {
        let teacher =
            DesignatedTeacher { name: self.designated_teacher.clone(), email: self.designated_teacher_email.clone() };
        let says = teacher.name.has_value() || teacher.email.has_value();
        let more = EnrolmentMore {
            designated_teacher: if says { Said::Is(teacher) } else { Said::NotAsked },
            ..EnrolmentMore::default()
        };
        let enrolment = Enrolment {
            school_urn: self.school_urn.map(|urn| urn.0),
            school_laestab: self.school_laestab.map(|number| number.0),
            school_name: self.school_name.clone(),
            setting_type: self.setting_type.map(|setting| setting.0),
            nc_year: self.nc_year.map(|year| year.0),
            on_roll: self.on_roll,
            status: self.enrol_status.map(|status| status.0),
            entry_date: self.enrol_start,
            more: says.then(|| Box::new(more)),
            ..Enrolment::default()
        };
        let named = [
            enrolment.school_urn.has_value(),
            enrolment.school_laestab.has_value(),
            enrolment.school_name.has_value(),
            enrolment.setting_type.has_value(),
            enrolment.on_roll.has_value(),
        ];
        named.contains(&true).then_some(enrolment)
    }

    /// Provision for special educational needs, where the row says any.
    fn provision(&self, row: &mut Telling<'_>) -> Option<SenProvision> {
        let kind = self.sen_provision.is().map(|kind| kind.0);
        if kind.is_some_and(is_historic) {
            row.tell(&rules::SEN_HISTORIC, "sen_provision");
        }
        let needs = self.sen_needs.clone().map(|needs| {
            let ranked = (1..).zip(needs.0);
            ranked
                .map(|(rank, kind)| SenNeed {
                    rank: Number::new(rank).map_or(Said::NotAsked, Said::Is),
                    r#type: Said::Is(kind),
                })
                .collect::<Vec<_>>()
        });
        if needs.has_value() && kind == Some(SenProvisionKind::NoProvision) {
            row.tell(&rules::SEN_NEED_WITHOUT_PROVISION, "sen_needs");
        }
        let says = self.sen_provision.has_value()
            || needs.has_value()
            || self.ehcp_la.has_value()
            || self.ehcp_review_date.has_value();
        says.then(|| SenProvision {
            provision: self.sen_provision.map(|kind| kind.0),
            start_date: self.sen_since,
            needs,
            ehcp_la: self.ehcp_la,
            ehcp_review_date: self.ehcp_review_date,
            ..SenProvision::default()
        })
    }

    fn premium(&self) -> Said<Premium> {
        let premium = Premium {
            requested: self.pp_requested.map(|money| money.0),
            agreed: self.pp_agreed.map(|money| money.0),
            spent: self.pp_spent.map(|money| money.0),
            purpose: self.pp_purpose.clone(),
        };
        let says = [
            premium.requested.has_value(),
            premium.agreed.has_value(),
            premium.spent.has_value(),
            premium.purpose.has_value(),
        ];
        if says.contains(&true) { Said::Is(premium) } else { Said::NotAsked }
    }

    /// How good the plan was found to be; a rating of no scheme that we know is carried as it is.
    fn rated(&self, row: &mut Telling<'_>) -> Said<PlanQuality> {
        let dialect = row.dialect;
        let scheme = self.qa_scheme.as_ref().is().and_then(|name| dialect.rating_scheme(name));
        let mut unknown = false;
        let mut on_scheme = |word: &str| -> Box<str> {
            let value = scheme.and_then(|scheme| scheme.value(word));
            unknown |= value.is_none();
            value.unwrap_or(word).into()
        };
        let rating = self.qa_rating.clone().map(|word| on_scheme(&word.0));
        let mut elsewhere = false;
        let sections = self.qa_sections.clone().map(|sections| {
            let section = |text: Box<str>| {
                let (name, rating) = match text.split_once('=') {
                    Some((name, rating)) => (name.trim().into(), Said::Is(on_scheme(rating.trim()))),
                    None => (text, Said::Blank),
                };
                elsewhere |= scheme.is_some_and(|scheme| !scheme.has_section(&name));
                SectionQuality { name: Said::Is(name), rating }
            };
            sections.into_iter().map(section).collect::<Vec<_>>()
        });
        if elsewhere {
            row.tell(&rules::QA_UNKNOWN, "qa_sections");
        }
        if unknown || (self.qa_scheme.has_value() && scheme.is_none()) {
            row.tell(&rules::QA_UNKNOWN, if self.qa_scheme.has_value() { "qa_scheme" } else { "qa_rating" });
        }
        let name = self.qa_scheme.clone().map(|name| scheme.map_or(name, |scheme| scheme.name.clone()));
        let says = name.has_value() || rating.has_value() || sections.has_value() || self.qa_date.has_value();
        if says {
            Said::Is(PlanQuality { scheme: name, rating, rated_on: self.qa_date, sections })
        } else {
            Said::NotAsked
        }
    }
}

impl Says for TargetRow {
    const BESIDE_A_PLAN: bool = true;

    fn plan(&self) -> Option<&str> {
        match &self.pep_ref {
            Said::Is(reference) => Some(reference),
            _ => None,
        }
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let Said::Is(reference) = self.pep_ref.clone() else { return row.tell(&rules::ORPHAN_ROW, "pep_ref") };
        child.target(&reference, self.target(), row);
    }
}

impl TargetRow {
    /// The target itself.
    #[must_use]
    pub fn target(self) -> Target {
        Target {
            no: self.target_no,
            area: self.area.map(|area| area.0),
            text: self.target,
            strategy: self.strategy,
            owner: self.owner_role.map(|role| role.0),
            due_date: self.due_date,
            reviewed_date: self.review_date,
            outcome: self.outcome.map(|outcome| outcome.0),
            cost: self.pp_cost.map(|money| money.0),
        }
    }
}

impl Says for AttainmentRow {
    const BESIDE_A_PLAN: bool = true;

    fn plan(&self) -> Option<&str> {
        match &self.pep_ref {
            Said::Is(reference) => Some(reference),
            _ => None,
        }
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let dated = self.assessed_on.has_value() || (self.academic_year.has_value() && self.term.has_value());
        if !dated {
            return row.tell(&rules::PEP_TERM, "assessed_on");
        }
        let more = AttainmentMore { scale: self.scale.map(|scale| scale.0), ..AttainmentMore::default() };
        let attainment = Attainment {
            stage: self.stage.map(|stage| stage.0),
            assessed_on: self.assessed_on,
            academic_year: self.academic_year,
            term: self.term.map(|term| term.0),
            subject: self.subject.map(|subject| subject.0),
            basis: self.basis.map(|basis| basis.0),
            result: self.result,
            on_track: self.on_track.map(|track| track.0),
            more: (more != AttainmentMore::default()).then(|| Box::new(more)),
            ..Attainment::default()
        };
        child.say(attainment, row);
    }
}

impl Says for PlanVoiceRow {
    const BESIDE_A_PLAN: bool = true;

    fn plan(&self) -> Option<&str> {
        match &self.pep_ref {
            Said::Is(reference) => Some(reference),
            _ => None,
        }
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let by = self.who.map(|who| who.0);
        let voice = Voice {
            context: Said::Is(VoiceContext::Pep),
            date: self.said_on,
            whose: by.map(whose),
            by,
            how: self.how.map(|how| how.0),
            topic: self.topic.map(|topic| topic.0),
            words: self.words,
            share: self.share.map(|share| share.0),
            ..Voice::default()
        };
        child.say_beside(voice, row);
    }
}

/// Whose view somebody gives at a meeting: a child, carer or parent its own, any other a professional's.
#[must_use]
pub fn whose(by: VoiceBy) -> VoiceWhose {
    match by {
        VoiceBy::Child => VoiceWhose::Child,
        VoiceBy::Carer => VoiceWhose::Carer,
        VoiceBy::Parent => VoiceWhose::Parent,
        VoiceBy::SocialWorker | VoiceBy::School | VoiceBy::VirtualSchool => VoiceWhose::Professional,
    }
}
