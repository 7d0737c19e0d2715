//! What is written as FHIR comes back, in every form, but for what is declared to be lost.

use std::{num::NonZeroUsize, sync::Arc};

use kit::{
    adapter::{Disclosure, Format, Options, Protection},
    document::{Document, Part},
    sheaf::Sheaf,
};
use schemas::{
    code::{MeasurementKind, RelationshipRole},
    decimal::Decimal,
    record::{Record, Statement},
    reflect::Value,
    said::Said,
};

use crate::{
    nothing_leaks::canary::{self, Condition},
    support::{format, options, read_by},
};

/// What comes back otherwise than it was said, and why: fields of statements that come back at all.
const OTHERWISE: &[(&str, &str)] = &[
    ("Person.gender", "told by itself only where it differs from the sex"),
    ("Person.languages", "only languages that have a tag of BCP 47"),
    ("CareEpisode.ordinal", "counted, never written"),
    ("Review.due_date", "an Observation has one time: that of the review, once it was held"),
    ("SdqScore.reason", "there is none beside a score"),
    ("SdqScore.year", "a score with a day has no year of its own"),
    ("Immunisation.not_done_reason", "there is none beside a vaccine that was given"),
    ("EducationPlan.targets", "their words and days"),
    ("Enrolment.school_laestab", "one number of the school, its URN first"),
    ("AttendanceSummary.academic_year", "only where no days are said"),
    ("SenProvision.needs", "their order is their rank"),
    ("Consent.given_by", "whoever is named gave it"),
];

/// What a child of canaries says of itself is any text; here is a height in its unit, so that it can be written.
fn measured(statement: &mut Statement) {
    if let Statement::Measurement(measurement) = statement {
        measurement.kind = Said::Is(MeasurementKind::Height);
        measurement.value = Said::Is(Decimal::read(b"128.50").unwrap());
        measurement.unit = Said::Is("cm".into());
    }
}

/// Teachers and social workers are there by profession: as related persons they are not written.
fn is_worker(statement: &Statement) -> bool {
    let Statement::Relationship(related) = statement else { return false };
    matches!(related.role, Said::Is(RelationshipRole::SocialWorker | RelationshipRole::DesignatedTeacher))
}

/// A document of everything that is said, written as it is: no view stands between.
fn written(format: &'static Format, records: &[Record], options: &Options) -> Document {
    let encoder = format.encode.unwrap().begin(options);
    let subject = Arc::clone(&records[0].subject);
    let ids = options.id_key.of_subject(b"urn:homeward:id:la-child:330", b"1");
    let mut sheaf = Sheaf::default();
    encoder.head(&mut sheaf);
    let disclosure =
        Disclosure { subject: &subject, records, ids: &ids, protection: Protection::default(), photographs: &[] };
    encoder.subject(&disclosure, &mut sheaf, &mut Vec::new());
    encoder.tail(&mut sheaf);
    Document::new(
        sheaf.parts().iter().enumerate().map(|(n, (_, bytes))| Part::new(n.to_string(), bytes.clone())).collect(),
    )
}

fn losses(format: &Format) -> Vec<&'static str> {
    format.losses.iter().map(|loss| loss.field).collect()
}

#[test]
fn what_is_written_as_fhir_is_read_back() {
    let options = options(2026);
    let child = canary::child(Condition::Plain);
    let mut records = child.records(0);
    records.iter_mut().for_each(|record| measured(&mut record.statement));
    for name in ["fhir-ndjson", "fhir-json", "fhir-xml"] {
        let format = format(name);
        let read = read_by(NonZeroUsize::MIN, format, &written(format, &records, &options), &options);
        assert_eq!(read.children.len(), 1, "{name}");
        let back: Vec<&Statement> = read.children[0].0.iter().map(|record| &record.statement).collect();
        let losses = losses(format);
        let mut wrong = Vec::new();
        for record in &records {
            let of = record.statement.statement_type();
            if losses.contains(&of.name) || is_worker(&record.statement) {
                continue;
            }
            let same: Vec<&&Statement> = back.iter().filter(|it| it.statement_type().name == of.name).collect();
            for field in of.fields {
                let path = format!("{}.{}", of.name, field.name);
                let Said::Is(value) = field.get(&record.statement) else { continue };
                let lost = losses.contains(&path.as_str()) || OTHERWISE.iter().any(|(known, _)| *known == path);
                let comes_back = same.iter().any(|it| field.get(it) == Said::Is(value.clone()));
                if !comes_back && !lost {
                    let told: Vec<Said<Value>> = same.iter().map(|it| field.get(it)).collect();
                    wrong.push(format!("{path} does not come back, but {told:?}"));
                }
                if comes_back && OTHERWISE.iter().any(|(known, _)| *known == path) {
                    wrong.push(format!("{path} comes back after all"));
                }
            }
        }
        let told: Vec<String> = read.told.iter().map(|told| format!("{} {:?}", told.rule.code, told.place)).collect();
        assert!(wrong.is_empty() && told.is_empty(), "{name}:\n{}\n{}", wrong.join("\n"), told.join("\n"));
    }
}
