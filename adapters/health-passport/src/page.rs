//! The young person's own page of the passport: what the records say of their health, in words that they can use.
//!
//! Limits: what a view lets out, and no more. Format: one page a child that stands alone, for a telephone and for A4;
//! every line says when, and by whom where that is known. What nobody said is listed at the end with whom to ask, and
//! never reads as if there were none. What is withheld and what nobody said read alike. Operations: [`PassportEncode`].

mod health;
mod known;
mod person;

use kit::{
    adapter::{DeclaredLoss, Disclosure, Encode, Encoder, Options, authority_name},
    html::{LineChart, Page, day_in_words},
    sheaf::{PartName, Sheaf},
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place, Report},
    identifier::Identifier,
    record::{Record, Subject},
};

use crate::rules::PASSPORT_NOT_MADE;

/// Writes pages.
pub(crate) struct PassportEncode;

impl Encode for PassportEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(PassportEncoder { options })
    }
}

struct PassportEncoder<'o> {
    options: &'o Options,
}

impl Encoder for PassportEncoder<'_> {
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        if disclosure.records.iter().all(|record| record.source.retracts) {
            return;
        }
        if !may_be_made(disclosure, report) {
            return;
        }
        let child = Child::of(disclosure, self.options);
        let part = PartName::Child { nth: sheaf.next_child(), split: 1, extension: "html" };
        child.write(sheaf.part(part));
        sheaf.count("pages", 1);
    }
}

/// Whether a passport may be made of a child; where not, that is told. Of a child who was adopted none is made for
/// anybody (views, section 7.2).
pub(crate) fn may_be_made(disclosure: &Disclosure<'_>, report: &mut dyn Report) -> bool {
    if disclosure.protection.adopted {
        let place = disclosure.records.first().map_or(Place::Document, |record| record.source.place.clone());
        report.raise(Diagnostic::new(&PASSPORT_NOT_MADE, place));
    }
    !disclosure.protection.adopted
}

/// The day that a page or document is of.
pub(crate) fn day_of(options: &Options) -> Option<Date> {
    options.as_at_day()
}

/// One page says all of them together.
pub(crate) static TOGETHER: &[&str] = &[
    "SocialWorker",
    "CarePlan",
    "HealthCheck",
    "AnnualHealth",
    "SdqScore",
    "Immunisation",
    "Allergy",
    "Condition",
    "Medication",
    "Measurement",
    "Disability",
    "Voice",
];

/// What the page does not say.
pub(crate) static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Person", why: "but for names, birth, languages and doctor" },
    DeclaredLoss { field: "Address", why: "the young person knows where they live" },
    DeclaredLoss { field: "Relationship", why: "family is not of health" },
    DeclaredLoss { field: "Immigration", why: "it is not of health" },
    DeclaredLoss { field: "CareEpisode", why: "it is not of health" },
    DeclaredLoss { field: "Review", why: "it is not of health" },
    DeclaredLoss { field: "Missing", why: "it is not of health" },
    DeclaredLoss { field: "CarePlan", why: "but for its words" },
    DeclaredLoss { field: "SocialWorker", why: "but for who helps now and how to reach them" },
    DeclaredLoss { field: "PreviousPermanence", why: "it is not of health" },
    DeclaredLoss { field: "Adoption", why: "an adopted child's record must not lead back" },
    DeclaredLoss { field: "PlacedForAdoption", why: "an adopted child's record must not lead back" },
    DeclaredLoss { field: "LibertyOrder", why: "it is not of health" },
    DeclaredLoss { field: "CareLeaver", why: "it is not of health" },
    DeclaredLoss { field: "AnnualHealth", why: "but for checks and injections, in the latest year that is told" },
    DeclaredLoss { field: "SdqScore", why: "but for the score and who filled in the form" },
    DeclaredLoss { field: "HealthCheck.report", why: "a link is of no use on paper" },
    DeclaredLoss { field: "Immunisation", why: "but for what, against what, when and where" },
    DeclaredLoss { field: "Allergy", why: "but for what to, what happens, how dangerous and since when" },
    DeclaredLoss { field: "Condition", why: "but for what it is and since when" },
    DeclaredLoss { field: "Medication", why: "but for what it is, how to take it and since when" },
    DeclaredLoss { field: "Measurement", why: "but for height, weight and head" },
    DeclaredLoss { field: "SubstanceMisuse", why: "the nurse speaks of it with the young person" },
    DeclaredLoss { field: "Disability", why: "but for what it is" },
    DeclaredLoss { field: "EducationPlan", why: "it is not of health" },
    DeclaredLoss { field: "Enrolment", why: "it is not of health" },
    DeclaredLoss { field: "AttendanceMark", why: "it is not of health" },
    DeclaredLoss { field: "AttendanceSummary", why: "it is not of health" },
    DeclaredLoss { field: "Suspension", why: "it is not of health" },
    DeclaredLoss { field: "Attainment", why: "it is not of health" },
    DeclaredLoss { field: "SenProvision", why: "it is not of health" },
    DeclaredLoss { field: "Voice", why: "but for the young person's own words about health" },
    DeclaredLoss { field: "Consent", why: "who may know is not the page's to say" },
    DeclaredLoss { field: "Delegation", why: "it is on the carer's page" },
    DeclaredLoss { field: "Restriction", why: "no page says that there is one" },
    DeclaredLoss { field: "Referral", why: "other standards serve the market of homes" },
    DeclaredLoss { field: "Offer", why: "other standards serve the market of homes" },
    DeclaredLoss { field: "PlacementNotice", why: "other standards serve the market of homes" },
    DeclaredLoss { field: "PlacementCost", why: "other standards serve the market of homes" },
];

/// Readable on a telephone, and on A4.
const STYLE: &str = "\
body { margin: 0; background: #fff; color: #1d1d1d; font: 1.05rem/1.5 Arial, Helvetica, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .25rem; color: #124a63 }
section { margin: 0 0 1.25rem; break-inside: avoid }
p, ul, dl, dd, li { margin: 0 0 .25rem; white-space: pre-line; overflow-wrap: anywhere }
ul { padding: 0 1.25rem }
dl { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); gap: .1rem 1rem }
dt { font-weight: bold; overflow-wrap: anywhere }
dd { margin: 0 }
svg { display: block; width: 100%; max-width: 30rem; height: auto }
table { border-collapse: collapse; margin: .25rem 0 .5rem; width: 100%; max-width: 30rem; table-layout: fixed }
caption { text-align: left; font-weight: bold }
th, td { text-align: left; padding: .1rem 1rem .1rem 0; border-bottom: 1px solid #767676; overflow-wrap: anywhere }
footer { margin-top: 1rem; padding-top: .5rem; border-top: 2px solid #124a63; font-size: .95rem }
@page { size: A4; margin: 14mm }
@media print { body { font-size: 10.5pt } main { max-width: none; padding: 0 } section { margin-bottom: .75rem } }
";

/// A name with what is said of it.
pub(crate) type Fact = (String, String);

/// What is let out of a child.
pub(crate) struct Child<'r> {
    subject: &'r Subject,
    records: &'r [Record],
    options: &'r Options,
}

/// The statements of one type that stand.
macro_rules! standing {
    ($child:expr, $type:ident) => {
        $child.records.iter().filter(|record| !record.source.retracts).filter_map(|record| match &record.statement {
            schemas::record::Statement::$type(said) => Some(said),
            _ => None,
        })
    };
}
use standing;

impl<'r> Child<'r> {
    /// Of what a recipient may know.
    pub(crate) fn of(disclosure: &Disclosure<'r>, options: &'r Options) -> Self {
        Self { subject: disclosure.subject, records: disclosure.records, options }
    }
}

impl Child<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        let title = match self.called() {
            Some(name) => format!("{name}: my health passport"),
            None => "My health passport".to_owned(),
        };
        let mut page = Page::begin(out, &title, STYLE);
        let who = self.who();
        page.section("Who I am", |page| facts(page, &who));
        page.section("How to get health care", |page| {
            page.list([
                "You can see a GP, a nurse, a dentist or an optician. You do not need this page to be seen.",
                "You can ask to talk to a doctor or nurse on your own.",
                "If you need help and it is not an emergency, call 111 or go to 111.nhs.uk.",
                "If somebody's life is in danger, call 999.",
            ]);
            facts(page, &self.helpers());
        });
        for (heading, lines, nothing) in [
            ("My injections", self.injections(), "Nobody has told us which injections you have had."),
            (
                "My allergies",
                self.allergies(),
                "Nobody has told us whether you have allergies. This does not mean that you have none: tell every doctor, nurse and dentist what you know.",
            ),
            ("My medicines", self.medicines(), "Nobody has told us whether you take medicines."),
            (
                "My illnesses and disabilities",
                self.illnesses(),
                "Nobody has told us of any illness or disability. This does not mean that there is none.",
            ),
        ] {
            section(&mut page, heading, &lines, nothing);
        }
        page.section("How I have grown", |page| self.growth(page));
        section(
            &mut page,
            "My teeth and eyes",
            &self.teeth_and_eyes(),
            "Nobody has told us when a dentist or an optician saw you last.",
        );
        section(
            &mut page,
            "My appointments",
            &self.appointments(),
            "We know of no appointment. Your social worker or nurse can tell you when the next check is due.",
        );
        section(&mut page, "My health checks", &self.checks(), "Nobody has told us when your health was checked last.");
        let plan = self.plan();
        if !plan.is_empty() {
            section(&mut page, "My plan and my words", &plan, "");
        }
        let gaps = self.gaps();
        page.section("What we do not know yet, and whom to ask", |page| {
            if gaps.is_empty() {
                page.paragraph("If something here is wrong or missing, tell your social worker or nurse. You have a right to have it put right.");
            } else {
                facts(page, &gaps);
                page.paragraph("If something here is wrong, tell your social worker or nurse too. You have a right to have it put right.");
            }
        });
        page.footer(&self.foot());
        page.end();
    }

    /// The day that the page is of.
    fn today(&self) -> Option<Date> {
        day_of(self.options)
    }

    /// Who told what no line says otherwise.
    fn teller(&self) -> Option<String> {
        self.subject.authority.or(self.options.authority).map(authority_name)
    }

    fn foot(&self) -> Vec<String> {
        let day = self.today().map(|day| format!("This page is of {}.", day_in_words(day)));
        let told = self.teller().map(|teller| {
            format!("Where a line does not say who told it, it is from the records that {teller} holds or was sent.")
        });
        let keep = "This page is about your health and belongs to you. Keep it where you want it to be read, and show it to whom you like.";
        day.into_iter().chain(told).chain([keep.to_owned()]).collect()
    }

    fn nhs_number(&self) -> Option<String> {
        let mut text = Vec::new();
        self.subject.identifiers.iter().find(|it| matches!(it, Identifier::Nhs(_)))?.write_value(&mut text);
        let digits = String::from_utf8(text).ok()?;
        Some(format!("{} {} {}", digits.get(..3)?, digits.get(3..6)?, digits.get(6..)?))
    }

    /// What was measured, in lines.
    pub(crate) fn growth_lines(&self) -> Vec<String> {
        let line = |measured: &health::Measured, (day, number): &(String, String)| {
            format!("{}: {number} ({day})", measured.name)
        };
        let measured = self.measured();
        measured.iter().flat_map(|one| one.rows.iter().map(move |row| line(one, row))).collect()
    }

    /// The chart of each measure, and its numbers.
    fn growth(&self, page: &mut Page<'_>) {
        let mut any = false;
        for measured in self.measured() {
            any = true;
            if measured.points.len() > 1 {
                let number = |row: Option<&(String, String)>| row.map(|(_, number)| number.clone()).unwrap_or_default();
                let shows = format!(
                    "{} over time: from {} to {}. The numbers are in the table below.",
                    measured.name,
                    number(measured.rows.first()),
                    number(measured.rows.last())
                );
                page.line_chart(&LineChart { shows: &shows, unit: &measured.unit, points: &measured.points });
            }
            let rows = measured.rows.iter().map(|(day, number)| vec![&**day, &**number]);
            page.table(measured.name, &["Day", "Measured"], rows);
        }
        if !any {
            page.paragraph("Nobody has told us how tall you are or what you weigh.");
        }
    }
}

fn facts(page: &mut Page<'_>, facts: &[Fact]) {
    if !facts.is_empty() {
        page.facts(facts.iter().map(|(name, said)| (&**name, &**said)));
    }
}

fn section(page: &mut Page<'_>, heading: &str, lines: &[String], nothing: &str) {
    page.section(heading, |page| match lines {
        [] => page.paragraph(nothing),
        lines => page.list(lines.iter().map(|line| &**line)),
    });
}

/// When something was said, and by whom: what follows a line in brackets.
pub(crate) fn told(day: Option<Date>, by: Option<&str>) -> String {
    match (day.map(day_in_words), by) {
        (Some(day), Some(by)) => format!(" ({by}, {day})"),
        (Some(day), None) => format!(" ({day})"),
        (None, Some(by)) => format!(" ({by}, no date recorded)"),
        (None, None) => " (no date recorded)".to_owned(),
    }
}
