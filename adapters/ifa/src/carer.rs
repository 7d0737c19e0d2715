//! Writes the page that a foster carer needs of a child: who decides what, the plan, health with allergies before all
//! else, school, people, and what to do when the child is missing (IFA formats, section 9.1).
//!
//! Limits: what no statement says (the child's nurse) and what the view holds back (conditions and medicines, until
//! somebody has listed which codes are ordinary) reads as not known to us, never as none; of checks without a day the
//! return says whether they were done in a year. Format: one page a child, of what the view lets out; what is withheld
//! and what nobody said read alike, so that no gap tells of a restriction. Operations: [`CarerEncode`] writes.

mod health;
mod people;

use kit::{
    adapter::{DeclaredLoss, Disclosure, Encode, Encoder, Format, Options, Parts},
    html::{Page, day_in_words},
    sheaf::{PartName, Sheaf},
};
use schemas::{
    code::{Code, DelegationDecider, DelegationMatter, NameUse, RelationshipRole},
    date::Date,
    diagnostic::Report,
    record::{
        AttendanceSummary, CarePlan, Delegation, EducationPlan, Enrolment, Name, Person, PersonMore, Record,
        Relationship, Statement,
    },
    reflect::Open,
    said::{Reduction, Said},
};

/// Pages for carers.
pub static CARER_HTML: Format = Format {
    name: "carer-html",
    summary: "What a foster carer needs of a child: who decides, school, people, if missing; one page a child",
    media_types: &["text/html"],
    extensions: &["html"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[],
    rules: &[],
    settings: &[],
    losses: LOSSES,
    together: TOGETHER,
    decode: None,
    encode: Some(&CarerEncode),
};

/// One page says all of them together.
static TOGETHER: &[&str] = &[
    "Delegation",
    "Review",
    "SocialWorker",
    "Enrolment",
    "EducationPlan",
    "AttendanceSummary",
    "AnnualHealth",
    "CarePlan",
    "Relationship",
    "Disability",
    "HealthCheck",
    "Immunisation",
    "Allergy",
    "Condition",
    "Medication",
    "Measurement",
];

/// What a carer's page does not say.
static LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Person", why: "but for name, age, languages, faith and doctor" },
    DeclaredLoss { field: "AnnualHealth", why: "but for which checks were done, in the latest year that is told" },
    DeclaredLoss { field: "CareEpisode", why: "the carer knows where the child lives" },
    DeclaredLoss { field: "Address", why: "the carer knows where the child lives" },
    DeclaredLoss { field: "CarePlan", why: "but for its words and what is planned for good" },
    DeclaredLoss { field: "Relationship", why: "but for who it is, who decides, and who may collect the child" },
    DeclaredLoss { field: "Immunisation", why: "but for the last ones, and what was not given" },
    DeclaredLoss { field: "Measurement", why: "but for the last height and weight" },
    DeclaredLoss { field: "SubstanceMisuse", why: "the child's nurse speaks of it with the carer" },
    DeclaredLoss { field: "AttendanceMark", why: "a diary of the child; the page has the year's attendance" },
    DeclaredLoss { field: "Attainment", why: "the plan's targets say what the school works on" },
    DeclaredLoss { field: "Consent", why: "the page says who decides, by matter" },
    DeclaredLoss { field: "SdqScore", why: "a number alone helps no carer; the nurse explains it" },
];

/// Readable, and on two sides of A4.
const STYLE: &str = "\
body { margin: 0; background: #fff; color: #1d1d1d; font: 1rem/1.45 Arial, Helvetica, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 1.25rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 .25rem; color: #124a63 }
section { margin: 0 0 1rem; break-inside: avoid }
p, ul, dl, dd { margin: 0; white-space: pre-line }
ul { padding: 0 1.25rem }
dl { display: grid; grid-template-columns: minmax(9rem, 1fr) 2fr; gap: .1rem 1rem }
dt { font-weight: bold }
footer { margin-top: 1rem; padding-top: .5rem; border-top: 2px solid #124a63; font-size: .9rem }
@page { size: A4; margin: 14mm }
@media print { body { font-size: 10pt } main { max-width: none; padding: 0 } }
";

/// What stands where nobody said it, or may say it.
const NOT_KNOWN: &str = "not known to us";

/// What a matter reads that nobody delegated.
const ASK_FIRST: &str = "Ask first";

/// Writes pages.
pub struct CarerEncode;

impl Encode for CarerEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(CarerEncoder { options })
    }
}

struct CarerEncoder<'o> {
    options: &'o Options,
}

impl Encoder for CarerEncoder<'_> {
    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, _: &mut dyn Report) {
        if disclosure.records.iter().all(|record| record.source.retracts) {
            return;
        }
        let child = Child { records: disclosure.records, options: self.options };
        let part = PartName::Child { nth: sheaf.next_child(), split: 1, extension: "html" };
        child.write(sheaf.part(part));
        sheaf.count("pages", 1);
    }
}

/// A name with what is said of it.
type Fact = (String, String);

/// What is let out of a child.
struct Child<'r> {
    records: &'r [Record],
    options: &'r Options,
}

/// The statements of one type that stand.
macro_rules! standing {
    ($child:expr, $type:ident) => {
        $child.records.iter().filter(|record| !record.source.retracts).filter_map(|record| match &record.statement {
            Statement::$type(said) => Some(said),
            _ => None,
        })
    };
}
use standing;

impl Child<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        let title = self.called().map_or_else(|| "About this child".to_owned(), |name| format!("About {name}"));
        let mut page = Page::begin(out, &title, STYLE);
        let section = |page: &mut Page<'_>, heading: &str, facts: &[Fact]| {
            page.section(heading, |page| page.facts(facts.iter().map(|(name, said)| (&**name, &**said))));
        };
        section(&mut page, "Who I am", &self.who());
        section(&mut page, "Who decides", &self.decisions());
        section(&mut page, "My plan", &self.plan());
        page.section("Health", |page| {
            let health = health::facts(self);
            page.facts(health.iter().map(|(name, said)| (&**name, &**said)));
            page.paragraph(health::whom_to_ask(self));
        });
        section(&mut page, "School", &self.school());
        let targets: Vec<&str> = self.targets().collect();
        if !targets.is_empty() {
            page.section("What we work on at school", |page| page.list(targets.iter().copied()));
        }
        section(&mut page, "People", &people::facts(self));
        page.section("If I am missing", |page| {
            page.list([
                "Look where I might be, and try to reach me.",
                "Call the police: 999 if I am in danger, 101 if not.",
                "Then call my social worker; at night and at weekends, the duty phone.",
                "Tell them when and where I was seen last, what I wore, and who I might be with.",
            ]);
            page.facts([("Duty phone", self.duty_phone())]);
        });
        page.footer(&self.foot());
        page.end();
    }

    fn person(&self) -> Option<&PersonMore> {
        standing!(self, Person).find_map(|person: &Person| person.more.as_deref())
    }

    fn named(&self, of: NameUse) -> Option<&Name> {
        let names = self.person().and_then(|person| person.names.as_ref().is());
        names.into_iter().flatten().find(|name| name.r#use == Said::Is(of))
    }

    /// What the child is called: the name that it prefers, else its first one.
    fn called(&self) -> Option<&str> {
        let forename = |of| self.named(of).and_then(|name| text(&name.forename));
        forename(NameUse::Preferred).or_else(|| forename(NameUse::Usual))
    }

    fn who(&self) -> Vec<Fact> {
        let whole = self.named(NameUse::Usual).map(|name| {
            let parts = [&name.forename, &name.middle, &name.surname].into_iter().filter_map(text);
            parts.collect::<Vec<_>>().join(" ")
        });
        let age = standing!(self, Person).find_map(|person| self.age(&person.birth_date));
        let languages = self.person().and_then(|person| person.languages.as_ref().is()).map(|languages| {
            let codes = languages.iter().filter_map(|language| text(&language.code));
            codes.collect::<Vec<_>>().join(", ")
        });
        let faith = self.person().and_then(|person| text(&person.religion)).map(str::to_owned);
        vec![
            fact("Name", whole),
            fact("I like to be called", self.called().map(str::to_owned)),
            fact("Age", age.map(|years| years.to_string())),
            fact("Languages", languages),
            fact("Faith", faith),
        ]
    }

    fn age(&self, born: &Said<Date>) -> Option<u8> {
        match born {
            Said::Is(born) => born.age_on(self.options.as_at_day()?),
            Said::Reduced(Reduction::Age(years)) => Some(*years),
            _ => None,
        }
    }

    /// One line a matter, whether anybody delegated it or not; then those that no list has.
    fn decisions(&self) -> Vec<Fact> {
        let newest = |is_it: &dyn Fn(&Open<DelegationMatter>) -> bool| {
            let of = standing!(self, Delegation).filter(|delegation| match &delegation.matter {
                Said::Is(matter) => is_it(matter),
                _ => false,
            });
            of.max_by_key(|delegation| delegation.as_at.is())
        };
        let mut lines: Vec<Fact> = DelegationMatter::all()
            .map(|matter| {
                let said = newest(&|of| *of == Open::Listed(matter)).and_then(decided);
                (matter.label().to_owned(), said.unwrap_or_else(|| ASK_FIRST.to_owned()))
            })
            .collect();
        for delegation in standing!(self, Delegation) {
            let Said::Is(matter @ Open::Other(words)) = &delegation.matter else { continue };
            if !lines.iter().any(|(known, _)| **known == **words) {
                let said = newest(&|of| of == matter).and_then(decided);
                lines.push((words.to_string(), said.unwrap_or_else(|| ASK_FIRST.to_owned())));
            }
        }
        lines
    }

    /// The plan that holds, of several the one that began last.
    fn plan(&self) -> Vec<Fact> {
        let today = self.options.as_at_day();
        let ended = |plan: &CarePlan| matches!((plan.end_date, today), (Said::Is(end), Some(today)) if end <= today);
        let holding = || standing!(self, CarePlan).filter(|plan| !ended(plan));
        let words = holding().filter(|plan| text(&plan.plain_text).is_some()).max_by_key(|plan| plan.start_date.is());
        let planned = holding()
            .filter(|plan| plan.permanence_plans.as_ref().is().is_some_and(|plans| !plans.is_empty()))
            .max_by_key(|plan| plan.start_date.is());
        let planned = planned.and_then(|plan| plan.permanence_plans.as_ref().is());
        let planned = planned.map(|plans| plans.iter().map(|plan| plan.label()).collect::<Vec<_>>().join("; "));
        let reviews = standing!(self, Review).flat_map(|review| [review.date.is(), review.due_date.is()]);
        vec![
            fact("The plan for me", words.and_then(|plan| text(&plan.plain_text)).map(str::to_owned)),
            fact("What is planned for good", planned),
            fact("Next review", self.next_of(reviews).map(day_in_words)),
        ]
    }

    /// The first day from the as-at day on.
    fn next_of(&self, days: impl Iterator<Item = Option<Date>>) -> Option<Date> {
        let today = self.options.as_at_day()?;
        days.flatten().filter(|day| *day >= today).min()
    }

    fn school(&self) -> Vec<Fact> {
        let place = standing!(self, Enrolment).max_by_key(|place: &&Enrolment| place.entry_date.is());
        let more = place.and_then(|place| place.more.as_deref());
        let teacher = more.and_then(|more| more.designated_teacher.as_ref().is());
        let mut teachers: Vec<String> = self.teachers().map(str::to_owned).collect();
        if let Some(teacher) = teacher {
            teachers.retain(|name| Some(name.as_str()) != text(&teacher.name));
            teachers.insert(0, joined([text(&teacher.name), text(&teacher.email)]));
        }
        teachers.retain(|teacher| !teacher.is_empty());
        let left = place.and_then(|place| place.leaving_date.is()).map(day_in_words);
        let plans = || standing!(self, EducationPlan);
        let meetings = plans().flat_map(|plan: &EducationPlan| [plan.meeting_date.is(), plan.next_date.is()]);
        let mut facts = vec![
            fact("School", place.and_then(|place| text(&place.school_name)).map(str::to_owned)),
            fact("School's phone", more.and_then(|more| text(&more.school_phone)).map(str::to_owned)),
            fact("Year", place.and_then(|place| place.nc_year.is()).map(|year| year.label().to_owned())),
            fact("Designated teacher", Some(teachers.join("; "))),
            fact("Next meeting about my education plan", self.next_of(meetings).map(day_in_words)),
            fact("Attendance", standing!(self, AttendanceSummary).max_by_key(period).and_then(attendance)),
        ];
        if let Some(day) = left {
            facts.insert(1, ("Left on".to_owned(), day));
        }
        facts
    }

    /// The designated teachers, as it is said who belongs to the child.
    fn teachers(&self) -> impl Iterator<Item = &str> {
        let is_teacher = |other: &&Relationship| other.role == Said::Is(RelationshipRole::DesignatedTeacher);
        standing!(self, Relationship).filter(is_teacher).filter_map(|other| text(&other.name))
    }

    /// What the latest plan works on.
    fn targets(&self) -> impl Iterator<Item = &str> {
        let latest = standing!(self, EducationPlan).max_by_key(|plan| plan.meeting_date.is());
        let targets = latest.and_then(|plan| plan.more.as_deref()).and_then(|more| more.targets.as_ref().is());
        targets.into_iter().flatten().filter_map(|target| text(&target.text))
    }

    fn duty_phone(&self) -> &str {
        self.options.organisation.duty_phone.as_deref().unwrap_or(NOT_KNOWN)
    }

    fn foot(&self) -> Vec<String> {
        let day = self.options.as_at_day().map(|day| format!("As at {}.", day_in_words(day)));
        let keep =
            "This page is about one child. Keep it where nobody else reads it, and give it back when the child moves.";
        day.into_iter().chain([keep.to_owned()]).collect()
    }
}

/// A text that says something.
fn text(said: &Said<Box<str>>) -> Option<&str> {
    said.as_ref().is().map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn fact(name: &str, said: Option<String>) -> Fact {
    let said = said.filter(|said| !said.is_empty());
    (name.to_owned(), said.unwrap_or_else(|| NOT_KNOWN.to_owned()))
}

fn joined<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> String {
    texts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Who decides, with the conditions beside it.
fn decided(delegation: &Delegation) -> Option<String> {
    let who = match delegation.who_decides.is()? {
        DelegationDecider::Carer => "You decide",
        DelegationDecider::CarerTellsUs => "You decide and tell us",
        DelegationDecider::SocialWorker => "Ask the social worker",
        DelegationDecider::Parent => "Ask a parent",
        DelegationDecider::YoungPerson => "The young person decides",
        DelegationDecider::Court => "Only the court",
    };
    Some(text(&delegation.conditions).map_or_else(|| who.to_owned(), |conditions| format!("{who}: {conditions}")))
}

fn period(summary: &&AttendanceSummary) -> (Option<Date>, Option<Date>) {
    (summary.period_end.is(), summary.period_start.is())
}

/// The attendance as it was told, else as its sessions come to.
fn attendance(summary: &AttendanceSummary) -> Option<String> {
    let told = summary.told_percent.is().map(|percent| percent.as_str().to_owned());
    let counted = || {
        let (attended, possible) = (summary.attended.is()?.get(), summary.possible.is()?.get());
        let percent = f64::from(attended) * 100.0 / f64::from(possible);
        (possible > 0).then(|| format!("{percent:.1}"))
    };
    let percent = told.or_else(counted)?;
    let until = summary.period_end.is().map(|day| format!(", up to {}", day_in_words(day))).unwrap_or_default();
    Some(format!("{percent}%{until}"))
}
