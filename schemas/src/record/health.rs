//! Statements about a child's health (record, sections 5.16 to 5.19).

use crate::{
    code::{
        AllergyCriticality, AllergyStatus, AllergyVerification, ClinicalSeverity, ConditionStatus,
        ConditionVerification, Derivation, HealthCheckStatus, HealthCheckType, ImmunisationStatus, MeasurementKind,
        MedicationStatus, SdqRater, SdqReason, SubstanceIntervention,
    },
    date::{CollectionYear, Date, DateTime},
    decimal::Decimal,
    record::child::NhsOrganisation,
    record::declare::{shape, statements},
    reflect::Number,
    said::Said,
};

shape! {
    /// What a clinician has coded, or said in words.
    Coding {
        /// The URI of the code system.
        system: Box<str>,
        /// The code.
        code: Box<str>,
        /// What the code means, in the words of the system.
        display: Box<str>,
        /// What is meant, in the words of whoever wrote it.
        text: Box<str>,
    }
    /// How an allergy has shown itself.
    AllergicReaction {
        /// What set it off, where that is known more closely.
        substance: Coding,
        /// What was seen.
        manifestations: Vec<Coding>,
        /// How severe it was.
        severity: ClinicalSeverity,
    }
    /// The sub-scores of a Strengths and Difficulties Questionnaire, 0 to 10 each.
    SdqSubscores {
        /// Emotional problems.
        emotional: Number<10>,
        /// Conduct problems.
        conduct: Number<10>,
        /// Hyperactivity.
        hyperactivity: Number<10>,
        /// Peer problems.
        peer: Number<10>,
        /// Prosocial behaviour.
        prosocial: Number<10>,
        /// Impact.
        impact: Number<10>,
    }
}

statements! {
    Child:
    /// A check of the child's health that is planned, was done, or was not (5.16).
    HealthCheck key(r#type, date) {
        /// Kind of check.
        r#type: HealthCheckType [required],
        /// The day of the check.
        date: Date [required],
        /// What became of it.
        status: HealthCheckStatus [required],
        /// By when it is due.
        due_date: Date,
    }
    rarely
    /// What few sources say of a check.
    HealthCheckMore {
        /// The organisation that checks.
        performer_org: NhsOrganisation,
        /// Who checks.
        performer: Box<str>,
        /// What was found.
        outcome: Box<str>,
        /// Where the report is kept.
        report: Box<str>,
    }

    /// Health and outcomes of the year as the return states them (5.17, OC2).
    AnnualHealth key(year) {
        /// The collection year.
        year: CollectionYear [required],
        /// Convicted or subject to a final warning in the year.
        convicted: bool,
        /// Developmental checks of a child under five up to date.
        health_check: bool,
        /// Immunisations up to date.
        immunisations: bool,
        /// The day that the immunisation status is for.
        immunisations_as_at: Date,
        /// Teeth checked by a dentist.
        teeth_check: bool,
        /// Annual health assessment held.
        health_assessment: bool,
        /// A substance misuse problem was identified.
        substance_misuse: bool,
        /// Help for it was received.
        intervention_received: bool,
        /// Help for it was offered.
        intervention_offered: bool,
        /// Stated by the source, or derived from others.
        derivation: Derivation,
    }

    /// A Strengths and Difficulties Questionnaire, or why there is none (5.18).
    SdqScore key(completed_date, year) {
        /// Total difficulties score.
        score: Number<40>,
        /// Why there is no score.
        reason: SdqReason,
        /// Date completed.
        completed_date: Date,
        /// The collection year, where no date is known.
        year: CollectionYear,
        /// Who filled it in.
        rater: SdqRater,
        /// Its parts.
        subscores: SdqSubscores,
    }

    /// An immunisation that was given, or was not (5.19).
    Immunisation key(date, (vaccine | targets), dose_number) {
        /// When; midnight where only the day is known.
        date: DateTime,
        /// The vaccine.
        vaccine: Box<Coding>,
        /// Against which diseases.
        targets: Vec<Coding>,
        /// Which dose of its course, as the source counts.
        dose_number: Box<str>,
        /// Given or not.
        status: ImmunisationStatus,
    }
    rarely
    /// What a general practice says of an immunisation.
    ImmunisationMore {
        /// The procedure of vaccinating.
        procedure: Coding,
        /// Why it was not given.
        not_done_reason: Coding,
        /// Number of the batch.
        lot: Box<str>,
        /// The day the batch expires.
        expiry: Date,
        /// Where on the body.
        site: Coding,
        /// By which way.
        route: Coding,
        /// The organisation that gave it.
        performer_org: NhsOrganisation,
        /// Whether whoever gave it says so.
        primary_source: bool,
        /// Whether a parent was there.
        parent_present: bool,
    }

    /// An allergy or intolerance, or that none is known (5.19).
    Allergy key(substance) {
        /// To what; or the code that says that none is known.
        substance: Box<Coding>,
        /// Whether the child has it still.
        status: AllergyStatus,
        /// How sure it is.
        verification: AllergyVerification,
        /// How dangerous it may be.
        criticality: AllergyCriticality,
        /// How it has shown itself.
        reactions: Vec<AllergicReaction>,
        /// Since when.
        onset: Date,
        /// The day it was recorded.
        recorded_date: Date,
        /// The day it ended.
        ended: Date,
    }

    /// A health condition (5.19).
    Condition key(code, (onset | recorded_date)) {
        /// Which.
        code: Box<Coding>,
        /// Whether the child has it still.
        clinical_status: ConditionStatus,
        /// How sure it is.
        verification: ConditionVerification,
        /// How severe it is.
        severity: ClinicalSeverity,
        /// Since when.
        onset: Date,
        /// The day it ended.
        abatement: Date,
        /// The day it was recorded.
        recorded_date: Date,
        /// Whether it matters at school.
        affects_school: bool,
    }

    /// A medicine that the child takes or took (5.19).
    Medication key(code, start) {
        /// Which.
        code: Box<Coding>,
        /// Whether the child takes it.
        status: MedicationStatus,
        /// How much and when, in words.
        dosage_text: Box<str>,
        /// From.
        start: Date,
        /// Until.
        end: Date,
        /// The day it was issued last.
        last_issued: Date,
        /// Whether it is given at school.
        affects_school: bool,
    }

    /// Something of the child that was measured (5.19).
    Measurement key(kind, effective) {
        /// What.
        kind: MeasurementKind [required],
        /// The number, with its digits.
        value: Decimal,
        /// The unit, as UCUM spells it.
        unit: Box<str>,
        /// The day.
        effective: Date,
    }

    /// Whether a substance misuse problem was found, and what help there was (5.19).
    SubstanceMisuse key(date, substance) {
        /// Found or not.
        identified: bool,
        /// The day.
        date: Date,
        /// Which substance.
        substance: Box<str>,
        /// What help there was.
        intervention: SubstanceIntervention,
    }
}

/// The codes by which a clinician says that no allergy is known. Source: SNOMED CT, as UK Core and the IPS use it.
const NO_KNOWN_ALLERGY: [&str; 2] = ["716186003", "409137002"];

impl Allergy {
    /// Whether it says that none is known: an answer, which an allergy that nobody speaks of is not.
    #[must_use]
    pub fn is_negation(&self) -> bool {
        let code = self.substance.as_ref().is().and_then(|substance| substance.code.as_ref().is());
        code.is_some_and(|code| NO_KNOWN_ALLERGY.contains(&code.trim()))
    }

    /// Whether it is over: called so, or ended by that day where no status says otherwise. What nobody called over is
    /// there, also without a day to judge by.
    #[must_use]
    pub fn is_over(&self, today: Option<Date>) -> bool {
        match self.status {
            Said::Is(AllergyStatus::Inactive | AllergyStatus::Resolved) => true,
            Said::Is(AllergyStatus::Active) => false,
            _ => matches!((self.ended, today), (Said::Is(ended), Some(today)) if ended <= today),
        }
    }
}

impl Condition {
    /// Whether it is over: called so, or abated.
    #[must_use]
    pub fn is_over(&self) -> bool {
        use ConditionStatus::{Inactive, Remission, Resolved};
        self.abatement.has_value() || matches!(self.clinical_status, Said::Is(Inactive | Remission | Resolved))
    }
}
