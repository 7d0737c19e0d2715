//! Who the young person is, and who helps.

use kit::html::day_in_words;
use schemas::{
    code::{Code, NameUse},
    record::{CarePlan, Language, Name, Person, PersonMore, SocialWorker, Voice},
    said::{Reduction, Said},
};

use super::{Child, Fact, standing, told};
use crate::{coding::language_name, concept::text};

impl Child<'_> {
    fn person(&self) -> Option<&PersonMore> {
        standing!(self, Person).find_map(|person: &Person| person.more.as_deref())
    }

    fn named(&self, of: NameUse) -> Option<&Name> {
        let names = self.person().and_then(|person| person.names.as_ref().is());
        names.into_iter().flatten().find(|name| name.r#use == Said::Is(of))
    }

    /// What the young person is called: the name that they prefer, else their first one.
    pub(crate) fn called(&self) -> Option<&str> {
        let forename = |of| self.named(of).and_then(|name| text(&name.forename));
        forename(NameUse::Preferred).or_else(|| forename(NameUse::Usual))
    }

    pub(crate) fn who(&self) -> Vec<Fact> {
        let whole = self.named(NameUse::Usual).map(|name| {
            let parts = [&name.forename, &name.middle, &name.surname].into_iter().filter_map(text);
            parts.collect::<Vec<_>>().join(" ")
        });
        let born = standing!(self, Person).find_map(|person: &Person| match person.birth_date {
            Said::Is(day) => Some(("Born on", day_in_words(day))),
            Said::Reduced(Reduction::Age(years)) => Some(("Age", years.to_string())),
            _ => None,
        });
        let languages = self.person().and_then(|person| person.languages.as_ref().is());
        let spoken: Vec<&str> = languages.into_iter().flatten().filter_map(spoken).collect();
        let interpreter = languages.into_iter().flatten().any(|language| language.interpreter == Said::Is(true));
        let mut facts = Vec::new();
        let mut add = |name: &str, said: Option<String>| facts.extend(said.map(|said| (name.to_owned(), said)));
        add("My name", whole);
        add(
            "I like to be called",
            self.named(NameUse::Preferred).and_then(|name| text(&name.forename)).map(str::to_owned),
        );
        if let Some((name, said)) = born {
            add(name, Some(said));
        }
        add("My NHS number", self.nhs_number());
        add("Languages", (!spoken.is_empty()).then(|| spoken.join(", ")));
        add("Interpreter", interpreter.then(|| "Please get an interpreter for me.".to_owned()));
        facts
    }

    pub(crate) fn doctor(&self) -> Option<&str> {
        self.person().and_then(|person| person.gp.as_ref().is()).and_then(|doctor| text(&doctor.name))
    }

    /// Whom to turn to.
    pub(crate) fn helpers(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        facts.extend(self.doctor().map(|name| ("My GP".to_owned(), name.to_owned())));
        for worker in standing!(self, SocialWorker) {
            let worker: &SocialWorker = worker;
            let Some(name) = text(&worker.name) else { continue };
            let ways = worker.telecom.as_ref().is().into_iter().flatten().filter_map(|way| text(&way.value));
            let said: Vec<&str> = [name].into_iter().chain(ways).collect();
            let role = worker
                .role
                .is()
                .map_or("My social worker".to_owned(), |role| format!("My {}", role.label().to_lowercase()));
            // Whoever has left is told too: where a day is withheld nobody can tell who has.
            let until = match worker.end_date {
                Said::Is(day) => format!(" (until {})", day_in_words(day)),
                _ => String::new(),
            };
            facts.push((role, format!("{}{until}", said.join(", "))));
        }
        let organisation = &self.options.organisation;
        facts.extend(organisation.office_phone.as_deref().map(|phone| ("My council".to_owned(), phone.to_owned())));
        facts.extend(
            organisation
                .duty_phone
                .as_deref()
                .map(|phone| ("My council, nights and weekends".to_owned(), phone.to_owned())),
        );
        facts
    }

    /// The plans in their own words, the latest first, and what the young person has said about health.
    pub(crate) fn plan(&self) -> Vec<String> {
        let mut plans: Vec<&CarePlan> = standing!(self, CarePlan).collect();
        plans.sort_by_key(|plan| std::cmp::Reverse(plan.start_date.is()));
        let line = |plan: &&CarePlan| {
            let words = text(&plan.plain_text)?;
            let until = plan.end_date.is().map(|day| format!(" Until {}.", day_in_words(day))).unwrap_or_default();
            Some(format!("{words}{until}{}", told(plan.start_date.is(), None)))
        };
        let mut lines: Vec<String> = plans.iter().filter_map(line).collect();
        for voice in standing!(self, Voice) {
            if let Some(words) = said_myself(voice) {
                lines.push(format!("I said: {words}{}", told(voice.date.is(), None)));
            }
        }
        lines
    }
}

fn spoken(language: &Language) -> Option<&str> {
    let code = text(&language.code)?;
    Some(language_name(code).unwrap_or(code))
}

/// What the young person said about health; of words whose context is not told nobody knows that they are.
fn said_myself(voice: &Voice) -> Option<&str> {
    let own = voice.whose == Said::Is(schemas::code::VoiceWhose::Child);
    let of_health = voice.context == Said::Is(schemas::code::VoiceContext::Health);
    text(&voice.words).filter(|_| own && of_health)
}
