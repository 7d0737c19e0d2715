//! The roll: who is to be called, today (epep, section 3). All columns are always there; what is withheld is empty.

use schemas::{
    code::{EnrolStatus, Ethnicity, NcYear, SenProvisionKind, SenType, SettingType},
    date::Date,
    identifier::{LaCode, Laestab, SchoolUrn, Uln, Upn},
};

use crate::{
    roll::words::{AlertTo, CallMode, Group, YearBasis},
    wire::{ChildId, WireSex, Word},
};

kit::rows! {
    /// One child and one current enrolment.
    RollRow = ROLL "roll" spelt Plain {
        /// The day that the roll is true for.
        as_at: Date = "as_at" { source: "epep 3" },
        /// Responsible authority.
        la_code: LaCode = "la_code" { field: "Subject.authority", source: "epep 3" },
        /// The authority's identifier of the child.
        la_child_id: ChildId = "la_child_id" { source: "epep 3" },
        /// UPN whose check letter holds.
        upn: Upn = "upn" { source: "epep 3" },
        /// ULN, from age 14.
        uln: Uln = "uln" { source: "epep 3" },
        /// Surname.
        surname: Box<str> = "surname" { field: "Person.names", source: "epep 3" },
        /// Forename.
        forename: Box<str> = "forename" { field: "Person.names", source: "epep 3" },
        /// The forename that the child goes by.
        known_as: Box<str> = "known_as" { field: "Person.names", source: "epep 3" },
        /// Date of birth.
        date_of_birth: Date = "date_of_birth" { field: "Person.birth_date", source: "epep 3" },
        /// Sex.
        sex: WireSex = "sex" { field: "Person.sex", source: "epep 3" },
        /// Ethnicity.
        ethnicity: Ethnicity = "ethnicity" { field: "Person.ethnicity", source: "epep 3" },
        /// First language, by its DfE code.
        first_language: Box<str> = "first_language" { field: "Person.languages", source: "epep 3" },
        /// National Curriculum year.
        nc_year: Word<NcYear> = "nc_year" { field: "Enrolment.nc_year", source: "epep 3" },
        /// Whether the year was told or follows from the birth date.
        nc_year_basis: YearBasis = "nc_year_basis" { source: "epep 3" },
        /// URN of the school.
        school_urn: SchoolUrn = "school_urn" { field: "Enrolment.school_urn", source: "epep 3" },
        /// LAESTAB of the school.
        school_laestab: Laestab = "school_laestab" { field: "Enrolment.school_laestab", source: "epep 3" },
        /// Name of the school.
        school_name: Box<str> = "school_name" { field: "Enrolment.school_name", source: "epep 3" },
        /// Where education happens.
        setting_type: Word<SettingType> = "setting_type" { field: "Enrolment.setting_type", source: "epep 3" },
        /// Status of the enrolment.
        enrol_status: Word<EnrolStatus> = "enrol_status" { field: "Enrolment.status", source: "epep 3" },
        /// From.
        enrol_start: Date = "enrol_start" { field: "Enrolment.entry_date", source: "epep 3" },
        /// Until.
        enrol_end: Date = "enrol_end" { field: "Enrolment.leaving_date", source: "epep 3" },
        /// Telephone number of the school.
        school_phone: Box<str> = "school_phone" { field: "Enrolment.school_phone", source: "epep 3" },
        /// Email address of the designated teacher.
        designated_teacher_email: Box<str> = "designated_teacher_email" { field: "Enrolment.designated_teacher", source: "epep 3" },
        /// Whether attendance is to be collected.
        collect_attendance: bool = "collect_attendance" { source: "epep 3" },
        /// How to call: daily, post-16 or none.
        call_mode: CallMode = "call_mode" { source: "epep 3" },
        /// Start of this period of care.
        care_start: Date = "care_start" { field: "CareEpisode.period_start", source: "epep 3" },
        /// End of care.
        end_date: Date = "end_date" { field: "CareEpisode.end_date", source: "epep 3" },
        /// Group of the legal status, never the code.
        legal_status_group: Group = "legal_status_group" { field: "CareEpisode.legal_status", source: "epep 3" },
        /// Start of the placement.
        placement_start: Date = "placement_start" { field: "CareEpisode.start_date", source: "epep 3" },
        /// Group of the placement type, never the code.
        placement_kind: Group = "placement_kind" { field: "CareEpisode.placement_type", source: "epep 3" },
        /// Whether the placement is inside the responsible authority.
        placement_in_area: bool = "placement_in_area" { field: "CareEpisode.placement_la", source: "epep 3" },
        /// Name of the carer.
        carer_name: Box<str> = "carer_name" { field: "Relationship.name", source: "epep 3" },
        /// Telephone number of the carer.
        carer_phone: Box<str> = "carer_phone" { field: "Relationship.telecom", source: "epep 3" },
        /// Name of the social worker.
        social_worker_name: Box<str> = "social_worker_name" { field: "SocialWorker.name", source: "epep 3" },
        /// Telephone number of the social worker.
        social_worker_phone: Box<str> = "social_worker_phone" { field: "SocialWorker.telecom", source: "epep 3" },
        /// Email address of the social worker.
        social_worker_email: Box<str> = "social_worker_email" { field: "SocialWorker.telecom", source: "epep 3" },
        /// Provision for special educational needs.
        sen_provision: Word<SenProvisionKind> = "sen_provision" { field: "SenProvision.provision", source: "epep 3" },
        /// Primary need.
        sen_primary_need: Word<SenType> = "sen_primary_need" { field: "SenProvision.needs", source: "epep 3" },
        /// Date by which the next plan is due.
        pep_due: Date = "pep_due" { field: "EducationPlan.due_date", source: "epep 3, 6" },
        /// Date on which a plan was complete last.
        pep_last_completed: Date = "pep_last_completed" { field: "EducationPlan.completed_date", source: "epep 3" },
        /// Who hears first of an absence that nobody explains.
        alert_to: AlertTo = "alert_to" { source: "epep 3" },
    }
}
