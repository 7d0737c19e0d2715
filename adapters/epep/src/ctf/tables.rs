//! What the Common Transfer File says, as tables: one declaration of every element, and where it stands.

use kit::{
    nested::{Branch, Columns, LeftOut, Outline, Syntax},
    table::Table,
};
use schemas::{
    code::{AssessmentStage, AssessmentSubject, EnrolStatus, Ethnicity, NcYear, SenProvisionKind, SenType},
    date::{Date, DateTime},
    identifier::LaCode,
    reflect::{Number, Open},
};

use crate::{
    ctf::{
        rules::{NOT_CARRIED, UNKNOWN_ELEMENT},
        wire::{Estab, Lea, PupilSex, Truth, YearBegun, YearEnded},
    },
    rules::LAESTAB_SHAPE,
    wire::{Urn, WireUln, WireUpn},
};

/// Every table, in the order in which an outline has them.
pub static TABLES: &[&Table] =
    &[&HEADER, &PUPIL, &PHONE, &SEN, &SEN_NEED, &YEAR_DATA, &KEY_STAGE, &STAGE_ASSESSMENT, &SCHOOL];

kit::rows! {
    /// What the file says of itself.
    HeaderRow = HEADER "header" spelt Xml {
        /// What kind of document it is.
        document: Box<str> = "DocumentName" { required: false, source: "CTF Header" },
        /// The version of the format.
        version: Box<str> = "CTFversion" { required: false, aliases: &["ATFversion"], source: "CTF Header" },
        /// When it was made: the day that everything in it is true for.
        made: DateTime = "DateTime" { required: false, field: "AttendanceSummary.as_at", source: "CTF Header" },
        /// Whether it says all or a part.
        qualifier: Box<str> = "DocumentQualifier" { required: false, source: "CTF Header" },
        /// What the data are.
        data: Box<str> = "DataQualifier" { required: false, source: "CTF Header" },
        /// The same, in words.
        description: Box<str> = "DataDescriptor" { required: false, source: "CTF Header" },
        /// The program that made it.
        supplier: Box<str> = "SupplierID" { required: false, source: "CTF Header" },
        /// The authority of the school that sends it.
        lea: Lea = "SourceSchool/LEA" { required: false, field: "Enrolment.school_laestab", wrong: &LAESTAB_SHAPE, source: "CTF SourceSchool" },
        /// The school that sends it; letters where none does.
        estab: Estab = "SourceSchool/Estab" { required: false, field: "Enrolment.school_laestab", wrong: &LAESTAB_SHAPE, source: "CTF SourceSchool" },
        /// Its URN.
        urn: Urn = "SourceSchool/URN" { required: false, field: "Enrolment.school_urn", source: "CTF SourceSchool" },
        /// Its name.
        name: Box<str> = "SourceSchool/SchoolName" { required: false, field: "Enrolment.school_name", source: "CTF SourceSchool" },
        /// The year in which the school year begins.
        year: YearBegun = "SourceSchool/AcademicYear" { required: false, source: "CTF SourceSchool" },
        /// The authority of the school it is for.
        to_lea: Lea = "DestSchool/LEA" { required: false, wrong: &LAESTAB_SHAPE, source: "CTF DestSchool" },
        /// The school it is for.
        to_estab: Estab = "DestSchool/Estab" { required: false, wrong: &LAESTAB_SHAPE, source: "CTF DestSchool" },
        /// Its URN.
        to_urn: Urn = "DestSchool/URN" { required: false, source: "CTF DestSchool" },
    }
    /// A pupil.
    PupilRow = PUPIL "pupil" spelt Xml {
        /// Unique pupil number, or why there is none.
        upn: WireUpn = "UPN" { required: false, field: "Person.upn", source: "CTF Pupil" },
        /// Unique learner number.
        uln: WireUln = "UniqueLearnerNumber" { required: false, field: "Person.uln", source: "CTF Pupil" },
        /// Legal surname.
        surname: Box<str> = "Surname" { required: false, field: "Person.names", source: "CTF Pupil" },
        /// Legal forename.
        forename: Box<str> = "Forename" { required: false, field: "Person.names", source: "CTF Pupil" },
        /// Date of birth.
        dob: Date = "DOB" { required: false, field: "Person.birth_date", source: "CTF Pupil" },
        /// Sex, from version 25 on.
        sex: PupilSex = "Sex" { required: false, field: "Person.sex", source: "CTF Pupil" },
        /// What versions before 25 call sex.
        gender: PupilSex = "Gender" { required: false, field: "Person.gender", source: "CTF Pupil" },
        /// A UPN that the pupil had before.
        former_upn: WireUpn = "BasicDetails/FormerUPN" { required: false, field: "Person.upn", source: "CTF BasicDetails" },
        /// Preferred surname.
        preferred_surname: Box<str> = "BasicDetails/PreferredSurname" { required: false, field: "Person.names", source: "CTF BasicDetails" },
        /// Preferred forename.
        preferred_forename: Box<str> = "BasicDetails/PreferredForename" { required: false, field: "Person.names", source: "CTF BasicDetails" },
        /// Former surname.
        former_surname: Box<str> = "BasicDetails/FormerSurname" { required: false, field: "Person.names", source: "CTF BasicDetails" },
        /// Former forename.
        former_forename: Box<str> = "BasicDetails/FormerForename" { required: false, field: "Person.names", source: "CTF BasicDetails" },
        /// Middle names.
        middle: Box<str> = "BasicDetails/MiddleNames" { required: false, field: "Person.names", source: "CTF BasicDetails" },
        /// National Curriculum year.
        nc_year: NcYear = "BasicDetails/NCyearActual" { required: false, field: "Enrolment.nc_year", source: "CTF BasicDetails" },
        /// Ethnicity.
        ethnicity: Ethnicity = "BasicDetails/Ethnicity" { required: false, field: "Person.ethnicity", source: "CTF BasicDetails" },
        /// Who said it.
        ethnicity_source: Box<str> = "BasicDetails/EthnicitySource" { required: false, field: "Person.ethnicity_source", source: "CTF BasicDetails" },
        /// Languages, by the DfE's codes.
        languages: Vec<Box<str>> = "BasicDetails/Languages/Type" { required: false, field: "Person.languages", source: "CTF BasicDetails" },
        /// Status of the enrolment.
        enrol_status: EnrolStatus = "BasicDetails/EnrolStatus" { required: false, field: "Enrolment.status", source: "CTF BasicDetails" },
        /// Whether the school believes that the child is in care.
        in_care: Truth = "LookedAfter/InCare" { required: false, field: "Enrolment.told_looked_after", source: "CTF LookedAfter" },
        /// The authority that it believes to be responsible.
        care_authority: LaCode = "LookedAfter/CareAuthority" { required: false, field: "Enrolment.care_authority", source: "CTF LookedAfter" },
        /// Email address.
        email: Box<str> = "Email" { required: false, field: "Person.telecom", source: "CTF Pupil" },
    }
    /// A telephone number of the pupil.
    PhoneRow = PHONE "phone" spelt Xml {
        /// Which telephone it is.
        kind: Box<str> = "TelephoneType" { required: false, source: "CTF Phones" },
        /// The number.
        number: Box<str> = "PhoneNo" { required: false, field: "Person.telecom", source: "CTF Phones" },
    }
    /// Provision for special educational needs in a stretch of time.
    SenRow = SEN "sen" spelt Xml {
        /// From.
        start: Date = "StartDate" { required: false, field: "SenProvision.start_date", source: "CTF SENhistory" },
        /// Until.
        end: Date = "EndDate" { required: false, field: "SenProvision.end_date", source: "CTF SENhistory" },
        /// Which.
        provision: SenProvisionKind = "SENprovision" { required: false, field: "SenProvision.provision", source: "CTF SENhistory" },
    }
    /// A special educational need.
    SenNeedRow = SEN_NEED "sen-need" spelt Xml {
        /// Its rank, 1 the first.
        rank: Number<99> = "SENtypeRank" { required: false, field: "SenProvision.needs", source: "CTF SENneeds" },
        /// Which.
        kind: SenType = "SENtype" { required: false, field: "SenProvision.needs", source: "CTF SENneeds" },
    }
    /// Attendance in a school year, as the school added it up.
    YearDataRow = YEAR_DATA "year-data" spelt Xml {
        /// The year in which the school year begins.
        year: YearBegun = "Year" { required: false, field: "AttendanceSummary.academic_year", source: "CTF Attendance" },
        /// The authority of the school.
        lea: Lea = "LEA" { required: false, field: "AttendanceSummary.school_laestab", wrong: &LAESTAB_SHAPE, source: "CTF Attendance" },
        /// The school.
        estab: Estab = "Estab" { required: false, field: "AttendanceSummary.school_laestab", wrong: &LAESTAB_SHAPE, source: "CTF Attendance" },
        /// Its name.
        name: Box<str> = "SchoolName" { required: false, field: "AttendanceSummary.school_name", source: "CTF Attendance" },
        /// Sessions that could have been attended.
        possible: Number<9999> = "SessionsPossible" { required: false, field: "AttendanceSummary.possible", source: "CTF Attendance" },
        /// Sessions absent with authority.
        authorised: Number<9999> = "SessionsAuthorised" { required: false, field: "AttendanceSummary.authorised", source: "CTF Attendance" },
        /// Sessions attended.
        attended: Number<9999> = "SessionsAttended" { required: false, field: "AttendanceSummary.attended", source: "CTF Attendance" },
        /// Sessions absent without authority.
        unauthorised: Number<9999> = "SessionsUnauthorised" { required: false, field: "AttendanceSummary.unauthorised", source: "CTF Attendance" },
        /// The day of the first mark.
        marks_from: Date = "AttendSessions/AttendanceStartDate" { required: false, field: "AttendanceSummary.marks_from", source: "CTF AttendSessions" },
        /// Marks in one text; how they are packed is not confirmed.
        marks: Box<str> = "AttendSessions/AttendanceMarks" { required: false, field: "AttendanceSummary.marks_text", source: "CTF AttendSessions" },
    }
    /// A key stage, whose results stand in it.
    KeyStageRow = KEY_STAGE "key-stage" spelt Xml {
        /// Which.
        stage: AssessmentStage = "Stage" { required: false, field: "Attainment.stage", source: "CTF StageAssessments" },
    }
    /// A result of an assessment.
    StageAssessmentRow = STAGE_ASSESSMENT "stage-assessment" spelt Xml {
        /// Locale.
        locale: Box<str> = "Locale" { required: false, field: "Attainment.locale", source: "CTF StageAssessment" },
        /// The year in which the school year of the result ends.
        year: YearEnded = "Year" { required: false, field: "Attainment.academic_year", source: "CTF StageAssessment" },
        /// Subject.
        subject: Open<AssessmentSubject> = "Subject" { required: false, field: "Attainment.subject", source: "CTF StageAssessment" },
        /// Method.
        method: Box<str> = "Method" { required: false, field: "Attainment.method", source: "CTF StageAssessment" },
        /// Component.
        component: Box<str> = "Component" { required: false, field: "Attainment.component", source: "CTF StageAssessment" },
        /// Status of the result.
        status: Box<str> = "ResultStatus" { required: false, field: "Attainment.status", source: "CTF StageAssessment" },
        /// Qualifier of the result.
        qualifier: Box<str> = "ResultQualifier" { required: false, field: "Attainment.qualifier", source: "CTF StageAssessment" },
        /// The result.
        result: Box<str> = "Result" { required: false, field: "Attainment.result", source: "CTF StageAssessment" },
        /// Date of the result.
        date: Date = "ResultDate" { required: false, field: "Attainment.assessed_on", source: "CTF StageAssessment" },
    }
    /// A school that the pupil is or was at.
    SchoolRow = SCHOOL "school" spelt Xml {
        /// The authority of the school.
        lea: Lea = "LEA" { required: false, field: "Enrolment.school_laestab", wrong: &LAESTAB_SHAPE, source: "CTF SchoolHistory" },
        /// The school.
        estab: Estab = "Estab" { required: false, field: "Enrolment.school_laestab", wrong: &LAESTAB_SHAPE, source: "CTF SchoolHistory" },
        /// Its name.
        name: Box<str> = "SchoolName" { required: false, field: "Enrolment.school_name", source: "CTF SchoolHistory" },
        /// From.
        entry: Date = "EntryDate" { required: false, field: "Enrolment.entry_date", source: "CTF SchoolHistory" },
        /// Until.
        leaving: Date = "LeavingDate" { required: false, field: "Enrolment.leaving_date", source: "CTF SchoolHistory" },
        /// Why the pupil left.
        reason: Box<str> = "LeavingReason" { required: false, field: "Enrolment.leaving_reason", source: "CTF SchoolHistory" },
        /// Whether it is the last of the schools.
        last: Truth = "LastSchool" { required: false, field: "Enrolment.leaving_date", source: "CTF SchoolHistory" },
    }
}

/// Where pupils stand.
const PUPIL_AT: &str = "CTfile/CTFpupilData/Pupil";

/// Where everything stands in a file. Columns are called by their path.
#[must_use]
pub fn outline() -> Outline {
    let at = [
        "CTfile/Header",
        PUPIL_AT,
        "CTfile/CTFpupilData/Pupil/Phones/Phone",
        "CTfile/CTFpupilData/Pupil/SENhistory/SEN",
        "CTfile/CTFpupilData/Pupil/SENhistory/SENneeds/SENneed",
        "CTfile/CTFpupilData/Pupil/Attendance/YearData",
        "CTfile/CTFpupilData/Pupil/StageAssessments/KeyStage",
        "CTfile/CTFpupilData/Pupil/StageAssessments/KeyStage/StageAssessment",
        "CTfile/CTFpupilData/Pupil/SchoolHistory/School",
    ];
    let branches: Vec<Branch> =
        TABLES.iter().zip(at).map(|(table, at)| Branch::several(table, at, Columns::Called)).collect();
    let left_out = [
        "BasicDetails/MedicalFlag",
        "BasicDetails/Disabilities",
        "FSMhistory",
        "NAWdetails",
        "ApplicationReference",
        "UCI",
        "Address",
        "Contacts",
    ];
    let left_out: Vec<LeftOut> = left_out.map(|name| LeftOut { at: (PUPIL_AT, name), rule: &NOT_CARRIED }).into();
    Outline::of(Syntax::Xml, &branches, PUPIL_AT, &left_out, &UNKNOWN_ELEMENT)
        .also("CTfile/CTFpupilData", "ATFpupilData")
        .also("CTfile", "ATfile")
}
