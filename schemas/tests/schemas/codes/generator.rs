//! Turns the files of `codes/` into `src/code/lists.rs`; with `BLESS=1` the file is rewritten, otherwise compared.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

/// The lists, in the order of the generated file, and what each is about.
const LISTS: &[(&str, &str)] = &[
    ("sex", "Sex as the return asks it (SSDA903 SEX); the canonical codes, whatever a year writes."),
    ("gender", "Gender, where a source states it apart from sex (Annex A)."),
    ("ethnicity", "Ethnicity, main codes (SSDA903 ETHNIC); those of the CBDS are read from education sources only."),
    ("rne", "Reason for a new episode (SSDA903 RNE)."),
    ("legal_status", "Legal status of a child looked after (SSDA903 LS)."),
    ("category_of_need", "Category of need (SSDA903 CIN)."),
    ("placement_type", "Placement type (SSDA903 PLACE), and older codes that a case management system may still hold."),
    ("placement_provider", "Provider of a placement (SSDA903 PLACE_PROVIDER)."),
    ("episode_end_reason", "Reason an episode ceased (SSDA903 REC)."),
    ("placement_change_reason", "Reason for a change of placement (SSDA903 REASON_PLACE_CHANGE)."),
    ("placement_location", "Whether a placement is inside the responsible authority (SSDA903 PL_LOCATION, derived)."),
    ("review_code", "Participation in a review (SSDA903 REVIEW_CODE)."),
    ("missing_type", "Kind of absence (SSDA903 MISSING)."),
    ("sdq_reason", "Reason why there is no SDQ score (SSDA903 SDQ_REASON)."),
    ("in_touch", "Whether an authority is in touch with a care leaver (SSDA903 IN_TOUCH)."),
    ("activity", "Main activity of a care leaver (SSDA903 ACTIV)."),
    ("accommodation", "Accommodation of a care leaver: the letter of SSDA903 ACCOM, without its suitability."),
    ("prev_permanence", "Permanence before this period of care (SSDA903 PREV_PERM)."),
    ("permanence_authority", "The words that stand beside codes of authorities in SSDA903 LA_PERM."),
    ("placed_ceased_reason", "Reason why a child is no longer placed for adoption (SSDA903 REASON_PLACED_CEASED)."),
    ("sw_reason", "Reason for a change of social worker (SSDA903 SW_REASON)."),
    ("adopter_sex", "Sex of the adopters (SSDA903 SEX_ADOPTR)."),
    ("adopter_legal_status", "Legal status of the adopters (SSDA903 LS_ADOPTR)."),
    ("upn_unknown", "Reason why a UPN is not known (SSDA903 UPN, CIN census UPNunknown)."),
    ("nhs_number_status", "How far an NHS number is verified (UK Core NHSNumberVerificationStatusEngland)."),
    ("disability", "Disability (CIN census, SSD)."),
    ("immigration_status", "Immigration status, as far as the return knows one."),
    ("permanence_plan", "Plan for permanence."),
    ("health_check_type", "Kind of a health check."),
    ("health_check_status", "State of a health check (SSD)."),
    ("sdq_rater", "Who answered a strengths and difficulties questionnaire."),
    ("eligibility", "Entitlement of a care leaver (SSD, Annex A)."),
    ("restriction_kind", "Kind of a restriction on what may be told of a child."),
    ("restriction_basis", "How a restriction came about."),
    ("consent_scope", "What a consent is about."),
    ("consent_decision", "What a consent decides."),
    ("consent_given_by", "Who gave a consent."),
    ("delegation_matter", "A matter that may be delegated to a carer."),
    ("delegation_decider", "Who decides a matter of daily care."),
    ("derivation", "Whether a value was stated or derived."),
    ("name_use", "What a name is used for."),
    ("telecom_system", "Means of contact."),
    ("worker_role", "Role of a worker."),
    ("academic_term", "A term of the school year."),
    ("nc_year", "National Curriculum year (CBDS)."),
    ("pep_status", "State of a personal education plan."),
    ("pep_type", "Kind of a personal education plan."),
    ("pep_form", "Form on which a personal education plan is written."),
    ("pep_not_required", "Why no personal education plan is needed."),
    ("education_role", "Role of somebody at a plan's meeting, or who owns a target."),
    ("target_area", "What a target of a plan is about."),
    ("target_outcome", "What became of a target."),
    ("eet_status", "Education, employment or training after 16."),
    ("setting_type", "Where education happens."),
    ("enrol_status", "Status of an enrolment (CBDS)."),
    ("attendance", "Attendance and absence (SI 2024/208, regulation 10), and the codes withdrawn in 2024."),
    ("school_session", "Half of a school day."),
    ("mark_recorder", "Who recorded an attendance mark."),
    ("suspension_category", "Kind of a suspension or exclusion (CBDS)."),
    ("suspension_reason", "Reason for a suspension or exclusion (CBDS)."),
    ("suspension_review", "Who reviews a suspension or exclusion (CBDS)."),
    ("sen_provision_kind", "Provision for special educational needs (CBDS)."),
    ("sen_type", "Type of special educational need (CBDS)."),
    ("assessment_stage", "Stage of an assessment (CTF, and our own for later stages)."),
    ("assessment_subject", "Subject of an assessment (CTF); others are open."),
    ("assessment_basis", "What a result of an assessment rests on."),
    ("assessment_scale", "Scale of a result; those of a place are open."),
    ("on_track", "A result beside what was expected."),
    ("voice_context", "At what occasion somebody was heard."),
    ("voice_whose", "Whose view it is."),
    ("voice_by", "Who said it or wrote it down."),
    ("voice_how", "How somebody was heard."),
    ("voice_topic", "What a view is about."),
    ("voice_share", "How far the speaker lets the words go."),
    ("regulator", "Who registers a provider of placements (Ofsted in England)."),
    ("provider_sector", "Sector of a provider (Ofsted register)."),
    ("ofsted_rating", "Judgement of an inspection (Ofsted)."),
    ("provision", "Kind of provision that a placement is made in."),
    ("vacancy_status", "State of a vacancy."),
    ("row_change", "Whether a row of vacancies says something new."),
    ("vacancy_confirmer", "Who checked that a vacancy still holds, by role."),
    ("placement_contract", "How a place is paid for."),
    ("place_not_available_reason", "Why a place could not be filled today."),
    ("who_could_live_here", "Which children a home could take."),
    ("child_here_age", "Age band of a child who lives in a home already."),
    (
        "vacancy_placement_type",
        "What a vacancy offers: the first ten are of fostering, the last four of supported accommodation.",
    ),
    ("placement_need", "A need that a home can meet, or cannot."),
    ("wheelchair_access", "How far a home can be used with a wheelchair."),
    ("household_pet", "An animal that lives in a home."),
    ("household_smoking", "Whether anybody smokes in a home."),
    ("household_religion", "A religion of a household."),
    ("family_time_help", "What carers do for a child's time with its family."),
    ("profile_release", "When what a child may read about a home is let out."),
    ("referral_status", "State of a request for a home."),
    ("referral_close_reason", "Why a request for a home was closed."),
    ("referral_urgency", "How soon a home is needed (National Placements Standard, neededBy)."),
    ("placement_duration", "How long a placement is expected to last."),
    ("suitability_level", "How far a kind of provision suits a child (National Placements Standard)."),
    ("ethnic_group", "Broad ethnic group, as the Census 2021 has them."),
    ("language_group", "Whether a child's language is English."),
    ("legal_status_group", "Broad group of a child's legal status."),
    ("infant_age", "Age of a child under two, in months."),
    ("sdq_band", "Band of a strengths and difficulties score."),
    ("communication_need", "What a child needs so as to be understood (National Placements Standard)."),
    ("placement_support", "Support that a placement needs beside its carers (National Placements Standard)."),
    ("presence_status", "Whether there is a need, as the National Placements Standard asks."),
    ("risk_level", "Whether a risk is known (National Placements Standard)."),
    ("education_phase", "Phase of a child's education."),
    ("living_companions", "With whom a child can live (National Placements Standard)."),
    ("pets_allowance", "Whether a child can live with animals (National Placements Standard)."),
    ("cultural_need", "Whether a home must meet a child's culture (National Placements Standard)."),
    ("out_of_area_reason", "Why a home should be away from the authority's area (National Placements Standard)."),
    ("offer_status", "State of an offer of a home."),
    ("offer_reason", "Why an offer was declined, or none was made."),
    ("criterion_answer", "How far a home meets what was asked."),
    ("notice_kind", "What a notice of a placement tells."),
    ("notice_message", "What a message does about a notice of a placement."),
    ("placement_ended_by", "Who ended a placement."),
    ("placement_end_reason", "Why a placement ended, as its provider tells it."),
    ("placement_next", "Where a child goes after a placement."),
    ("counted_by", "Who counted the figures of a framework return."),
    ("address_type", "Whose address it is."),
    ("relationship_role", "Who somebody is to a child."),
    ("relationship_permission", "What somebody may do with a child, or must not."),
    ("care_plan_kind", "Kind of a plan for a child or care leaver."),
    ("immunisation_status", "Whether an immunisation was given."),
    ("allergy_status", "Clinical status of an allergy (FHIR allergyintolerance-clinical)."),
    ("allergy_verification", "How sure an allergy is (FHIR allergyintolerance-verification)."),
    ("allergy_criticality", "How dangerous an allergy may be (FHIR allergy-intolerance-criticality)."),
    ("clinical_severity", "How severe a reaction or a condition is."),
    ("condition_status", "Clinical status of a condition (FHIR condition-clinical)."),
    ("condition_verification", "How sure a condition is (FHIR condition-ver-status)."),
    ("medication_status", "Whether a medicine is being taken (FHIR medication-statement-status)."),
    ("measurement_kind", "What of a child is measured."),
    ("substance_intervention", "Help for a substance misuse problem."),
];

/// The one list that becomes a table: nobody writes code for a single authority.
const LOCAL_AUTHORITY: &str = "local_authority";

const LINE_CHARACTERS_MAX: usize = 120;

#[derive(Debug)]
struct Row {
    code: String,
    variant: String,
    label: String,
    class: &'static str,
    first: String,
    last: String,
    source: String,
}

#[test]
fn the_rust_is_what_the_files_say() {
    let path = package().join("src/code/lists.rs");
    let generated = generate();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    let same = found.lines().zip(generated.lines()).take_while(|(found, generated)| found == generated).count();
    assert!(found == generated, "src/code/lists.rs is not what codes/ says from line {} on: BLESS=1", same + 1);
}

#[test]
fn every_file_is_a_known_list() {
    let files: BTreeSet<String> = fs::read_dir(package().join("codes"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let lists: BTreeSet<String> =
        LISTS.iter().map(|(name, _)| *name).chain([LOCAL_AUTHORITY]).map(|name| format!("{name}.csv")).collect();
    assert_eq!(files, lists);
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn generate() -> String {
    let mut out = String::from(
        "//! The code lists: generated from `codes/*.csv`, never edited by hand.\n\n\
         use super::Bound::{Day, Open, Year};\n\
         use super::Class::{NotApplicable, Refused, Unknown, Value};\n\
         use super::{Code, CodeList, entry, upper};\n\n\
         /// Every list that has an enum.\n\
         pub static ALL: &[&CodeList] = &[\n",
    );
    for (name, _) in LISTS {
        writeln!(out, "    {}::LIST,", type_name(name)).unwrap();
    }
    out.push_str("];\n\n/// Calls a macro with every enum of this file, so that a trait elsewhere can be given to all of them.\n#[macro_export]\nmacro_rules! every_code_list {\n    ($call:ident) => { $call! {\n");
    for (name, _) in LISTS {
        writeln!(out, "        $crate::code::{},", type_name(name)).unwrap();
    }
    out.push_str("    } };\n}\n");
    for (name, about) in LISTS {
        write_list(&mut out, name, about, &read(name)).unwrap();
    }
    write_local_authorities(&mut out, &read(LOCAL_AUTHORITY)).unwrap();
    out
}

fn write_list(out: &mut String, name: &str, about: &str, rows: &[Row]) -> std::fmt::Result {
    let (enum_name, static_name) = (type_name(name), name.to_uppercase());
    let longest = rows.iter().map(|row| row.code.len()).max().unwrap();

    writeln!(out, "\n/// {about}")?;
    writeln!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(u8)]")?;
    writeln!(out, "pub enum {enum_name} {{")?;
    for row in rows {
        writeln!(out, "    /// `{}`: {}{}.\n    {},", row.code, row.label, validity(row), row.variant)?;
    }
    writeln!(out, "}}\n")?;

    writeln!(out, "static {static_name}: CodeList = CodeList {{\n    name: {name:?},\n    entries: &[")?;
    for Row { code, variant, label, class, first, last, source } in rows {
        let (first, last) = (bound(first), bound(last));
        writeln!(out, "        entry({code:?}, {variant:?}, {label:?}, {class}, {first}, {last}, {source:?}),")?;
    }
    writeln!(out, "    ],\n}};\n")?;

    writeln!(out, "impl {enum_name} {{\n    const VARIANTS: [Self; {}] = [", rows.len())?;
    write_wrapped(out, rows.iter().map(|row| format!("Self::{},", row.variant)));
    writeln!(out, "    ];\n}}\n")?;

    writeln!(out, "impl Code for {enum_name} {{")?;
    writeln!(out, "    const LIST: &'static CodeList = &{static_name};\n")?;
    writeln!(out, "    fn index(self) -> u8 {{\n        self as u8\n    }}\n")?;
    writeln!(out, "    fn from_index(index: u8) -> Option<Self> {{")?;
    writeln!(out, "        Self::VARIANTS.get(usize::from(index)).copied()\n    }}\n")?;
    writeln!(out, "    fn from_code(text: &[u8]) -> Option<Self> {{")?;
    writeln!(out, "        match upper(text, &mut [0; {longest}])? {{")?;
    for row in rows {
        writeln!(out, "            b{:?} => Some(Self::{}),", row.code, row.variant)?;
    }
    writeln!(out, "            _ => None,\n        }}\n    }}\n}}")
}

fn write_local_authorities(out: &mut String, rows: &[Row]) -> std::fmt::Result {
    assert!(rows.is_sorted_by(|a, b| a.code < b.code), "{LOCAL_AUTHORITY}: not in ascending order");
    writeln!(out, "\n/// The English local authorities by DfE code, in ascending order.")?;
    writeln!(out, "pub static LOCAL_AUTHORITIES: &[(u16, &str)] = &[")?;
    for row in rows {
        let code: u16 = row.code.parse().expect("a code of an authority is a number");
        assert!((100..1000).contains(&code), "{LOCAL_AUTHORITY}: {code} is not of three digits");
        writeln!(out, "    ({code}, {:?}),", row.label)?;
    }
    writeln!(out, "];")
}

fn write_wrapped(out: &mut String, items: impl Iterator<Item = String>) {
    const INDENT: &str = "       ";
    let mut line = String::from(INDENT);
    for item in items {
        if line.len() + 1 + item.len() > LINE_CHARACTERS_MAX {
            out.push_str(&line);
            out.push('\n');
            line = String::from(INDENT);
        }
        line.push(' ');
        line.push_str(&item);
    }
    out.push_str(&line);
    out.push('\n');
}

fn type_name(list: &str) -> String {
    // The name of the list is the one that dialects use; alone it would not say that its members are codes.
    if list == "attendance" {
        return "AttendanceCode".to_owned();
    }
    list.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn validity(row: &Row) -> String {
    match (row.first.as_str(), row.last.as_str()) {
        ("", "") => String::new(),
        (first, "") => format!("; from {first}"),
        ("", last) => format!("; until {last}"),
        (first, last) => format!("; {first} to {last}"),
    }
}

fn bound(text: &str) -> String {
    match text.split('-').collect::<Vec<_>>()[..] {
        [""] => "Open".to_owned(),
        [year] => format!("Year({year})"),
        [year, month, day] => {
            format!(
                "Day {{ year: {year}, month: {}, day: {} }}",
                month.trim_start_matches('0'),
                day.trim_start_matches('0')
            )
        }
        _ => panic!("{text:?} is no bound"),
    }
}

fn read(list: &str) -> Vec<Row> {
    let path = package().join(format!("codes/{list}.csv"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(
        reader.headers().unwrap(),
        ["code", "variant", "label", "class", "first", "last", "source"].as_slice(),
        "{list}: the columns"
    );
    let rows: Vec<Row> = reader.records().map(|record| row(list, &record.unwrap())).collect();
    assert!((1..=256).contains(&rows.len()), "{list}: an index is one byte");
    rows
}

fn row(list: &str, record: &csv::StringRecord) -> Row {
    let place = || format!("{list}.csv, line {}", record.position().unwrap().line());
    let cell = |column: usize| record.get(column).unwrap().to_owned();
    let row = Row {
        code: cell(0),
        variant: cell(1),
        label: cell(2),
        class: match &cell(3)[..] {
            "value" => "Value",
            "unknown" => "Unknown",
            "refused" => "Refused",
            "not-applicable" => "NotApplicable",
            _ => panic!("{}: the class is not one of the four", place()),
        },
        first: cell(4),
        last: cell(5),
        source: cell(6),
    };
    assert!(record.iter().all(|cell| cell == cell.trim() && cell.is_ascii()), "{}: blanks or foreign letters", place());
    // A mark of attendance may be a slash or a hash, and an age band has a plus.
    let code_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || br"_/\#+".contains(&byte);
    assert!(!row.code.is_empty() && row.code.bytes().all(code_letter), "{}: the code", place());
    assert!(!row.label.is_empty() && !row.source.is_empty(), "{}: the label and the source are required", place());
    assert!(is_bound(&row.first) && is_bound(&row.last), "{}: a bound is a year or a day", place());
    let is_name = row.variant.starts_with(|first: char| first.is_ascii_uppercase())
        && row.variant.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && row.variant != "Self";
    assert_eq!(is_name, list != LOCAL_AUTHORITY, "{}: the variant", place());
    row
}

fn is_bound(text: &str) -> bool {
    let number = |text: &str, digits: usize, range: RangeInclusive<u16>| {
        text.len() == digits && text.parse().is_ok_and(|number| range.contains(&number))
    };
    match text.split('-').collect::<Vec<_>>()[..] {
        [""] => true,
        [year] => number(year, 4, 1990..=2100),
        [year, month, day] => number(year, 4, 1990..=2100) && number(month, 2, 1..=12) && number(day, 2, 1..=31),
        _ => false,
    }
}
