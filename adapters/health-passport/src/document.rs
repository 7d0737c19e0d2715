//! The passport as a document: a Composition with its sections, and all that they speak of (FHIR mapping, section 7.2).
//!
//! Limits: a document is one Bundle, however many entries it has; what was taken back and episodes that are over are no
//! part of it. Format: every section has a heading of UK Core and one of LOINC, a narrative in plain words, and its
//! entries or why there are none; every reference leads to an entry. Operations: [`write`].

use kit::adapter::{Disclosure, Options};
use schemas::{
    code::{Code, ConditionStatus, ConsentDecision, HealthCheckStatus},
    record::Condition,
    said::Said,
};

use crate::{
    child::{Child, Content, Resource},
    conventions::Authority,
    page::{self, day_of},
    resource_type::ResourceType,
    resources::{self, observation::AnnualFlag, organization},
    writer::{Array, IdText, Members, Object, framed, key, members, plain, value, write_object},
};

macro_rules! sections {
    ($($(#[doc = $doc:literal])+ $section:ident $title:literal $heading:literal $loinc:tt;)+) => {
        /// A section, in the order of the document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Section { $($(#[doc = $doc])+ $section),+ }

        impl Section {
            const ALL: &'static [Self] = &[$(Self::$section),+];

            /// Its title and its headings.
            fn opening(self) -> Members {
                match self { $(Self::$section => sections!(@opening $title $heading $loinc)),+ }
            }
        }
    };
    (@opening $title:literal $heading:literal "") => {
        members!(
            r#""title":""#, $title,
            r#"","code":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings","code":""#,
            $heading, r#""}]}"#
        )
    };
    (@opening $title:literal $heading:literal $loinc:literal) => {
        members!(
            r#""title":""#, $title,
            r#"","code":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings","code":""#,
            $heading, r#""},{"system":"http://loinc.org","code":""#, $loinc, r#""}]}"#
        )
    };
}

sections! {
    /// Who the child is and who belongs to it.
    About "About me" "patient-demographics" "";
    /// Care and school.
    Care "My care" "social-context" "29762-2";
    /// What the child has.
    Problems "Problems" "problems" "11450-4";
    /// Allergies.
    Allergies "Allergies" "allergies-and-adverse-reaction" "48765-2";
    /// Medicines.
    Medicines "Medicines" "medications-and-medical-devices" "10160-0";
    /// Immunisations.
    Immunisations "Immunisations" "immunisations" "11369-6";
    /// What the child had.
    Past "Past illness" "relevant-past-medical-surgical-and-mental-health-history" "11348-0";
    /// Measurements.
    Growth "Growth" "examination-findings" "8716-3";
    /// Checks that were made, and questionnaires.
    Checks "Checks and questionnaires" "assessment-scales" "30954-2";
    /// Substances.
    Lifestyle "Lifestyle" "drug/substance-use" "";
    /// What is to come.
    Plan "Plan and appointments" "plan-and-requested-actions" "18776-5";
    /// What must not be missed.
    Alerts "Alerts" "safety-alerts" "104605-1";
    /// Consent.
    Consent "Consent" "consent-relating-to-child" "";
    /// Who works with the child.
    Helpers "Who helps me" "professional-contacts" "";
    /// The child's own words.
    Words "My words" "patient-and-carer-concerns-expectations-and-wishes" "81338-6";
}

/// Where a resource belongs; `None` for those that others lead to, and for what is over.
fn section_of(content: &Content<'_>) -> Option<Section> {
    Some(match content {
        Content::Patient | Content::Practitioner(_) => return None,
        Content::RelatedPerson(_) => Section::About,
        Content::Episode(episode) if episode.end_date.has_value() => return None,
        Content::CarePlan(_)
        | Content::LookedAfter(_)
        | Content::Episode(_)
        | Content::Mother
        | Content::Immigration(_)
        | Content::Review(_)
        | Content::Missing(_)
        | Content::CareLeaver(_)
        | Content::EducationPlan(_)
        | Content::Enrolment(_)
        | Content::Attendance(_)
        | Content::SenProvision(_)
        | Content::Plan(_)
        | Content::Disability(_) => Section::Care,
        Content::Condition(condition) if is_past(condition) => Section::Past,
        Content::Condition(_) => Section::Problems,
        Content::Allergy(_) => Section::Allergies,
        Content::Medication(_) => Section::Medicines,
        Content::Immunisation(_) | Content::AnnualHealth(_, AnnualFlag::Immunisations) => Section::Immunisations,
        Content::Measurement(_) => Section::Growth,
        Content::AnnualHealth(
            _,
            AnnualFlag::SubstanceMisuse | AnnualFlag::InterventionOffered | AnnualFlag::InterventionReceived,
        )
        | Content::SubstanceMisuse(_) => Section::Lifestyle,
        Content::HealthCheck(check) if check.status == Said::Is(HealthCheckStatus::Planned) => Section::Plan,
        Content::DueChecks => Section::Plan,
        Content::HealthCheck(_) | Content::Sdq(_) | Content::AnnualHealth(..) => Section::Checks,
        Content::Liberty(_) => Section::Alerts,
        Content::Consent(_) => Section::Consent,
        Content::CareTeam(_) => Section::Helpers,
        Content::Voice(_) => Section::Words,
    })
}

fn is_past(condition: &Condition) -> bool {
    condition.abatement.has_value()
        || matches!(
            condition.clinical_status,
            Said::Is(ConditionStatus::Inactive | ConditionStatus::Remission | ConditionStatus::Resolved)
        )
}

/// Writes the document of a child.
pub(crate) fn write(child: &Child<'_>, disclosure: &Disclosure<'_>, options: &Options, out: &mut Vec<u8>) {
    let entries: Vec<(&Resource<'_>, Option<Section>)> = child
        .resources
        .iter()
        .filter(|resource| !resource.retracted)
        .map(|resource| (resource, section_of(&resource.content)))
        .filter(|(resource, section)| {
            section.is_some() || matches!(resource.content, Content::Patient | Content::Practitioner(_))
        })
        .collect();
    let page = page::Child::of(disclosure, options);
    let day = day_of(options).map(|day| day.iso());
    let bundle = IdText::from(disclosure.ids.id("Bundle", "passport", &[day.as_ref().map_or(b"", |day| &day[..])]));
    let composition = IdText::from(disclosure.ids.id("Composition", "passport", &[]));
    write_object(out, |object| {
        object.members(members!(r#""resourceType":"Bundle""#));
        object.object(key!(meta), |meta| {
            if child.conventions.claims_profile {
                meta.array(key!(profile), |profiles| {
                    profiles.value(value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Bundle""#));
                });
            }
            meta.array(key!(security), |security| child.labels.write(security));
        });
        object.object(key!(identifier), |identifier| {
            identifier.members(members!(r#""system":"urn:ietf:rfc:3986""#));
            identifier.id(key!(value), plain!("urn:uuid:"), &bundle);
        });
        object.members(members!(r#""type":"document""#));
        object.written(key!(timestamp), |out| write_moment(options, out));
        object.array(key!(entry), |list| {
            write_entry(list, &composition, |object| {
                write_composition(child, &composition, &entries, &page, options, object);
            });
            if let Some(authority) = child.authority {
                write_entry(list, &authority.id, |object| organization::write(child.conventions, authority, object));
            }
            for (resource, _) in &entries {
                write_entry(list, &resource.id.into(), |object| resources::write(child, resource, object));
            }
        });
    });
}

/// When the document was made; without a time, the beginning of its day.
fn write_moment(options: &Options, out: &mut Vec<u8>) {
    match (&options.recorded_at, day_of(options)) {
        (Some(recorded_at), _) => out.extend_from_slice(recorded_at.as_bytes()),
        (None, Some(day)) => {
            day.write_iso(out);
            out.extend_from_slice(b"T00:00:00Z");
        }
        (None, None) => {}
    }
}

fn write_entry(entries: &mut Array<'_>, id: &IdText, fill: impl FnOnce(&mut Object<'_>)) {
    entries.object(|entry| {
        entry.id(key!(fullUrl), plain!("urn:uuid:"), id);
        entry.object(key!(resource), fill);
    });
}

fn write_composition(
    child: &Child<'_>,
    id: &IdText,
    entries: &[(&Resource<'_>, Option<Section>)],
    page: &page::Child<'_>,
    options: &Options,
    object: &mut Object<'_>,
) {
    object.framed(framed!((r#""resourceType":"Composition","id":""#), (r#"""#)), id);
    object.object(key!(meta), |meta| {
        if child.conventions.claims_profile {
            meta.array(key!(profile), |profiles| {
                profiles.value(value!(r#""https://fhir.hl7.org.uk/StructureDefinition/UKCore-Composition""#));
            });
        }
        meta.array(key!(security), |security| child.labels.write(security));
    });
    object.members(members!(
        r#""status":"final","type":{"coding":[{"system":"http://loinc.org","code":"60591-5","display":"Patient summary Document"},{"system":"urn:homeward:cs:document","code":"health-passport","display":"Health passport"}]}"#
    ));
    object.value(key!(subject), child.patient_reference.value());
    object.written(key!(date), |out| write_moment(options, out));
    object.array(key!(author), |authors| match child.authority {
        Some(Authority { reference, .. }) => authors.value(reference.value()),
        None => authors.value(value!(r#"{"display":"Homeward gateway"}"#)),
    });
    object.members(members!(r#""title":"Health passport""#));
    if let Some(confidentiality) = child.labels.confidentiality() {
        object.members(confidentiality);
    }
    if let Some(authority) = child.authority {
        object.value(key!(custodian), authority.reference.value());
    }
    object.array(key!(section), |sections| {
        for section in Section::ALL {
            let own = || entries.iter().filter(|(_, of)| *of == Some(*section)).map(|(resource, _)| *resource);
            let lines = narrative(*section, own(), page);
            if own().next().is_none() && !section.is_required() && *section != Section::About {
                continue;
            }
            sections.object_with(section.opening(), |object| {
                write_narrative(&lines, object);
                if own().next().is_some() {
                    object.array(key!(entry), |references| {
                        for resource in own() {
                            references
                                .object(|reference| reference.id(key!(reference), plain!("urn:uuid:"), &resource.id.into()));
                        }
                    });
                } else if section.is_required() {
                    object.members(members!(
                        r#""emptyReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/list-empty-reason","code":"unavailable","display":"Unavailable"}]}"#
                    ));
                }
            });
        }
    });
}

impl Section {
    /// The International Patient Summary asks for them: that nothing is known is said there (IPS, Composition).
    fn is_required(self) -> bool {
        matches!(self, Self::Problems | Self::Allergies | Self::Medicines)
    }
}

/// A narrative: a list of lines, all text escaped twice, for XHTML and for JSON.
fn write_narrative(lines: &[String], object: &mut Object<'_>) {
    let mut div = String::from("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
    match lines {
        [] => div.push_str("<p>Nobody has told us.</p>"),
        lines => {
            div.push_str("<ul>");
            for line in lines {
                div.push_str("<li>");
                div.push_str(&kit::html::escaped(line));
                div.push_str("</li>");
            }
            div.push_str("</ul>");
        }
    }
    div.push_str("</div>");
    object.object(key!(text), |text| {
        text.members(members!(r#""status":"generated""#));
        text.text(key!(div), &div);
    });
}

/// What a section says in plain words: of its entries, and of no others.
fn narrative<'r>(
    section: Section,
    entries: impl Iterator<Item = &'r Resource<'r>>,
    page: &page::Child<'_>,
) -> Vec<String> {
    match section {
        Section::About => page
            .who()
            .into_iter()
            .map(|(name, said)| format!("{name}: {said}"))
            .chain(entries.filter_map(line))
            .collect(),
        Section::Problems => page.conditions(false),
        Section::Past => page.conditions(true),
        Section::Allergies => page.allergies(),
        Section::Medicines => page.medicines(),
        Section::Immunisations => page.injections(),
        Section::Growth => page.growth_lines(),
        Section::Checks => page.teeth_and_eyes().into_iter().chain(page.checks()).collect(),
        Section::Plan => page.appointments(),
        Section::Helpers => page.helpers().into_iter().map(|(name, said)| format!("{name}: {said}")).collect(),
        Section::Care | Section::Lifestyle | Section::Alerts | Section::Consent | Section::Words => {
            entries.filter_map(line).collect()
        }
    }
}

/// An entry in a line; `None` where another line says the same.
fn line(resource: &Resource<'_>) -> Option<String> {
    let since = |what: &str, start: Said<schemas::date::Date>| Some(format!("{what}{}", page::told(start.is(), None)));
    match &resource.content {
        Content::RelatedPerson(related) => {
            // Who somebody is to the child decides whether the name may stand here.
            let Said::Is(role) = related.role else { return Some("Somebody who belongs to me".to_owned()) };
            let name = crate::concept::text(&related.name).map_or(String::new(), |name| format!(": {name}"));
            Some(format!("{}{name}", role.label()))
        }
        Content::LookedAfter(_) => Some("Looked after by the local authority".to_owned()),
        Content::Episode(episode) => {
            let status = episode.legal_status.is().map_or("An episode of care", |status| status.label());
            since(status, episode.start_date)
        }
        Content::Plan(plan) => {
            let words = crate::concept::text(&plan.plain_text).unwrap_or("A plan of care");
            since(words, plan.start_date)
        }
        Content::CareLeaver(leaver) => Some(match leaver.activity.is() {
            Some(activity) => format!("Care leaver: {}", activity.label()),
            None => "Care leaver".to_owned(),
        }),
        Content::Enrolment(place) => {
            since(crate::concept::text(&place.school_name).unwrap_or("A place at a school"), place.entry_date)
        }
        Content::Disability(disability) => {
            since(disability.code.is().map_or("A disability", |code| code.label()), disability.as_at)
        }
        Content::SenProvision(sen) => {
            since(sen.provision.is().map_or("Special educational needs", |it| it.label()), sen.start_date)
        }
        Content::EducationPlan(plan) => since("Personal education plan", plan.meeting_date),
        Content::Review(review) => {
            since("Review of the care plan", if review.date.has_value() { review.date } else { review.due_date })
        }
        Content::Missing(missing) => since("Missing or away", missing.start_date),
        Content::Immigration(immigration) => since("Immigration status recorded", immigration.start_date),
        Content::Mother => Some("Whether I am a mother is recorded".to_owned()),
        Content::Attendance(summary) => since("Attendance at school", summary.period_start),
        Content::SubstanceMisuse(misuse) => since(
            match misuse.identified {
                Said::Is(true) => "A substance misuse problem was found",
                Said::Is(false) => "No substance misuse problem was found",
                _ => "Substance misuse was asked about",
            },
            misuse.date,
        ),
        Content::AnnualHealth(health, flag) => {
            let answer = match flag.said(health) {
                Said::Is(true) => "yes",
                Said::Is(false) => "no",
                _ => "not told",
            };
            let day = health.year.is().map(schemas::date::CollectionYear::ends);
            Some(format!("{}: {answer}{}", flag.display(), page::told(day, None)))
        }
        Content::Liberty(order) => since("Deprivation of liberty order", order.start_date),
        Content::Consent(consent) => {
            let scope = consent.scope.is().map_or("Consent", |scope| scope.label());
            let decision = match consent.decision {
                Said::Is(ConsentDecision::Deny) => "not permitted",
                _ => "permitted",
            };
            since(&format!("{scope}: {decision}"), consent.start_date)
        }
        Content::Voice(voice) => since(crate::concept::text(&voice.words)?, voice.date),
        _ => None,
    }
}

/// Of the types of a document those that are counted.
pub(crate) fn count(child: &Child<'_>, mut count: impl FnMut(&'static str, u64)) {
    count("Composition", 1);
    for resource in child.resources.iter().filter(|resource| !resource.retracted) {
        let written = section_of(&resource.content).is_some()
            || resource.kind == ResourceType::Patient
            || resource.kind == ResourceType::Practitioner;
        if written {
            count(resource.kind.name(), 1);
        }
    }
}
