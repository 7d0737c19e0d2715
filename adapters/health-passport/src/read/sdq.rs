//! The Strengths and Difficulties Questionnaire: its total, as an Observation or an answered questionnaire tells it.
//!
//! A total is read where it is told as one, and never scored from answers. In R4 an answered item has no code: which
//! item is the total stands in the Questionnaire, or in its link where that is the code itself.

use std::collections::HashMap;

use schemas::{
    code::{Code, SdqRater, SdqReason},
    record::{SdqScore, SdqSubscores},
    reflect::Number,
    said::Said,
};

use crate::{
    fhir::tree::Element,
    read::{
        elements::{absence, code_of, extension, is_coded, number, said},
        observation::{SNOMED, TOPIC, answer, says_day, year},
        says::Says,
    },
    rules,
};

/// The codes of a total, and who rates (fhir-mapping, section 4.4).
const TOTALS: [(&str, &str, SdqRater); 4] = [
    (TOPIC, "sdq-total", SdqRater::Carer),
    (TOPIC, "sdq-total-self", SdqRater::Oneself),
    (TOPIC, "sdq-total-teacher", SdqRater::Teacher),
    (SNOMED, "986041000000107", SdqRater::Oneself),
];

/// Who rates, if the concept is a total.
pub(super) fn rater(concept: Element<'_>) -> Option<SdqRater> {
    TOTALS.iter().find(|(system, code, _)| is_coded(Some(concept), system, code)).map(|(_, _, rater)| *rater)
}

/// An Observation of a total, or why there is none.
pub(super) fn read_observation(observation: Element<'_>, rater: SdqRater, says: &mut Says<'_>) {
    let score = total(observation.first("value"));
    if score == Said::Unreadable {
        says.tell(&rules::SDQ_TOTAL, "value", observation.first("value"));
    }
    let reason = observation.first("dataAbsentReason");
    let own = reason.and_then(|reason| code_of(reason, "urn:homeward:cs:sdq-reason"));
    let reason: Said<SdqReason> = match (own, score) {
        (Some(own), _) => SdqReason::from_code(own.as_bytes()).map_or(Said::Unreadable, Said::Is),
        // Whether the carer or the child declined is not told, and never guessed.
        (None, Said::NotAsked) => absence(observation),
        _ => Said::NotAsked,
    };
    // A self-rated part has a code of SNOMED CT as well; the other raters have none (fhir-mapping, section 4.4).
    let sub = |name: &str, national: &str| -> Said<Number<10>> {
        let coded = |part: &Element<'_>| is_coded(part.first("code"), SNOMED, national);
        match answer(observation, &format!("sdq-{name}"), number) {
            Said::NotAsked => {
                observation.all("component").find(coded).map_or(Said::NotAsked, |part| number(part.first("value")))
            }
            told => told,
        }
    };
    let subscores = SdqSubscores {
        emotional: sub("emotional", "986001000000109"),
        conduct: sub("conduct", "985991000000105"),
        hyperactivity: sub("hyperactivity", "986011000000106"),
        peer: sub("peer", "986021000000100"),
        prosocial: sub("prosocial", "986031000000103"),
        impact: sub("impact", "986051000000105"),
    };
    let subscores = said((subscores != SdqSubscores::default()).then_some(subscores));
    if (score, reason, &subscores) == (Said::NotAsked, Said::NotAsked, &Said::NotAsked) {
        says.tell(&rules::SDQ_WITHOUT_TOTAL, "", None);
        if !says.retracts() {
            return;
        }
    }
    let completed_date = says_day(observation, says);
    says.say(SdqScore {
        score,
        reason,
        completed_date,
        year: if completed_date == Said::NotAsked { year(observation) } else { Said::NotAsked },
        rater: Said::Is(rater),
        subscores,
    });
}

/// A total is a whole number told as one: a decimal, a quantity or text is none.
fn total(value: Option<Element<'_>>) -> Said<Number<40>> {
    match value {
        Some(value) if value.type_name() == "integer" => number(Some(value)),
        Some(_) => Said::Unreadable,
        None => Said::NotAsked,
    }
}

/// The items of a Questionnaire that are totals, by their links.
pub(super) struct Totals(HashMap<Box<str>, SdqRater>);

/// The totals that a Questionnaire has, if its words or codes say that it is of strengths and difficulties.
pub(super) fn totals_of(questionnaire: Element<'_>) -> Option<Totals> {
    let coded = |item: &Element<'_>| item.all("code").find_map(rater);
    let items = items_of(questionnaire);
    let link = |item: &Element<'_>| Some((item.text("linkId")?.into(), coded(item)?));
    let totals: HashMap<Box<str>, SdqRater> = items.iter().filter_map(link).collect();
    let words = ["url", "name", "title", "description"].into_iter().filter_map(|name| questionnaire.text(name));
    let displays = questionnaire.all("code").filter_map(|code| code.text("display"));
    let says_so = coded(&questionnaire).is_some() || words.chain(displays).any(|words| names_it(&words));
    (says_so || !totals.is_empty()).then_some(Totals(totals))
}

/// The Questionnaire that an answered one names, without its version.
pub(super) fn questionnaire_of(response: Element<'_>) -> Option<Box<str>> {
    let named = response.text("questionnaire")?;
    Some(named.split('|').next().unwrap_or_default().into())
}

/// The totals of a Questionnaire that stands in the answered one.
pub(super) fn contained_totals(response: Element<'_>) -> Option<Totals> {
    let named = questionnaire_of(response)?;
    let id = named.strip_prefix('#')?;
    let own = response.all("contained").find(|contained| contained.says("id", id))?;
    (own.type_name() == "Questionnaire").then(|| totals_of(own)).flatten()
}

/// Whether an answered questionnaire says by itself that it is of strengths and difficulties: by the name of what was
/// asked, the words over its items, or an item whose link is the code of a total.
pub(super) fn says_so(response: Element<'_>) -> bool {
    let name = response.first("questionnaire");
    let display = name.and_then(|name| extension(name, "http://hl7.org/fhir/StructureDefinition/display"));
    let headings = response.all("item").filter_map(|item| item.first("text"));
    let mut words = name.into_iter().chain(display).chain(headings).filter_map(Element::value);
    words.any(|words| names_it(&words))
        || contained_totals(response).is_some()
        || items_of(response).iter().any(|item| item.text("linkId").is_some_and(|link| rater_of_link(&link).is_some()))
}

/// Whether words, or an address, name the questionnaire.
fn names_it(words: &str) -> bool {
    let words = words.to_lowercase();
    let letters: String = words.chars().filter(|it| it.is_alphanumeric()).collect();
    words.split(|it: char| !it.is_alphanumeric()).any(|word| word.starts_with("sdq"))
        || ["strengthsanddifficulties", "strengthsdifficulties"].into_iter().any(|name| letters.contains(name))
}

/// Who rates, if a link is the code of a total: alone, or after its system.
fn rater_of_link(link: &str) -> Option<SdqRater> {
    let (of, code) = link.split_once('|').map_or((None, link), |(of, code)| (Some(of), code));
    let named = |(system, known, _): &&(&str, &str, SdqRater)| *known == code && of.is_none_or(|of| of == *system);
    TOTALS.iter().find(named).map(|(_, _, rater)| *rater)
}

/// Every item, those within items and answers among them, in the order of the text.
fn items_of(asked: Element<'_>) -> Vec<Element<'_>> {
    let mut found = Vec::new();
    let mut ahead: Vec<Element<'_>> = asked.all("item").collect();
    ahead.reverse();
    while let Some(item) = ahead.pop() {
        found.push(item);
        let from = ahead.len();
        ahead.extend(item.all("item").chain(item.all("answer").flat_map(|answer| answer.all("item"))));
        ahead[from..].reverse();
    }
    found
}

/// A QuestionnaireResponse of strengths and difficulties: its total.
pub(super) fn read_response(response: Element<'_>, asked: Option<&Totals>, says: &mut Says<'_>) {
    if matches!(response.text("status").as_deref(), Some("in-progress" | "stopped")) {
        return says.tell(&rules::NOT_FINAL, "status", response.first("status"));
    }
    let contained = contained_totals(response);
    let links = contained.as_ref().or(asked).map(|totals| &totals.0);
    let rater_of = |item: &Element<'_>| {
        let link = item.text("linkId")?;
        links.and_then(|links| links.get(&*link)).copied().or_else(|| rater_of_link(&link))
    };
    let mut totals: Vec<(SdqRater, Element<'_>)> = Vec::new();
    let mut has_other_answers = false;
    for item in items_of(response) {
        let values = item.all("answer").filter_map(|answer| answer.first("value"));
        match rater_of(&item) {
            Some(rater) => totals.extend(values.map(|value| (rater, value))),
            None => has_other_answers |= values.count() > 0,
        }
    }
    if has_other_answers {
        says.tell(&rules::ANSWERS_NOT_READ, "item", response.first("item"));
    }
    let completed_date = says.day(response.first("authored"), "authored");
    let Some(((rater, first), others)) = totals.split_first().map(|(first, others)| (*first, others)) else {
        says.tell(&rules::SDQ_WITHOUT_TOTAL, "", None);
        // What was entered in error is taken back by its day, whatever is left of it.
        if says.retracts() {
            says.say(SdqScore { completed_date, ..SdqScore::default() });
        }
        return;
    };
    let mut score = total(Some(first));
    if let Some((_, wrong)) = totals.iter().find(|(_, value)| total(Some(*value)) == Said::Unreadable) {
        says.tell(&rules::SDQ_TOTAL, "item", Some(*wrong));
        score = Said::Unreadable;
    } else if let Some((_, second)) = others.iter().find(|(by, value)| *by != rater || total(Some(*value)) != score) {
        says.tell(&rules::SDQ_TOTALS_DIFFER, "item", Some(*second));
        score = Said::Unreadable;
    }
    // Whoever answered of itself rated itself, whatever the code: such a score never fills the return (record, 5.18).
    let subject = response.first("subject").and_then(|subject| subject.text("reference"));
    let source = response.first("source").and_then(|source| source.text("reference"));
    let rater = if source.is_some() && source == subject { SdqRater::Oneself } else { rater };
    says.say(SdqScore { score, completed_date, rater: Said::Is(rater), ..SdqScore::default() });
}
