//! What resources say of a child: questionnaires, lists, periods of being looked after, and what is not in force.

use std::num::NonZeroUsize;

use health_passport::{FHIR_JSON, FHIR_XML};
use kit::{
    adapter::{Dossier, Format, Options},
    document::{Document, Part},
};
use schemas::{
    code::{HealthCheckStatus, SdqRater},
    date::Date,
    diagnostic::{Diagnostic, Place},
    record::{Allergy, CareEpisode, HealthCheck, Record, SdqScore, Statement},
    reflect::Number,
    said::Said::{self, Is},
};
use serde_json::{Value, json};

/// What was read of a document's children, and what was told.
struct Read {
    children: Vec<Vec<Record>>,
    told: Vec<Diagnostic>,
}

impl Read {
    fn of(format: &Format, bytes: Vec<u8>) -> Self {
        let document = Document::new(vec![Part::new("it", bytes)]);
        let options = Options::plain();
        let mut told: Vec<Diagnostic> = Vec::new();
        let mut children = Vec::new();
        let subjects = format.decode.unwrap().open(&document, &options, NonZeroUsize::MIN, &mut told);
        let mut reader = subjects.reader();
        for n in 0..subjects.len() {
            let mut dossier = Dossier::default();
            reader.read(n, &mut dossier, &mut told);
            children.push(dossier.records);
        }
        Self { children, told }
    }

    fn codes(&self) -> Vec<&'static str> {
        self.told.iter().map(|told| told.rule.code).collect()
    }

    fn paths(&self) -> Vec<String> {
        let path = |place: &Place| match place {
            Place::Node { path, .. } => path.to_string(),
            other => format!("{other:?}"),
        };
        self.told.iter().map(|told| path(&told.place)).collect()
    }

    /// What the one child says of one type, and whether it is taken back.
    fn said<T>(&self, of: impl Fn(&Statement) -> Option<&T>) -> Vec<(&T, bool)> {
        let records = self.children.iter().flatten();
        records.filter_map(|record| Some((of(&record.statement)?, record.source.retracts))).collect()
    }

    fn scores(&self) -> Vec<(&SdqScore, bool)> {
        self.said(|it| if let Statement::SdqScore(it) = it { Some(it) } else { None })
    }

    fn allergies(&self) -> Vec<(&Allergy, bool)> {
        self.said(|it| if let Statement::Allergy(it) = it { Some(it) } else { None })
    }

    fn episodes(&self) -> Vec<(&CareEpisode, bool)> {
        self.said(|it| if let Statement::CareEpisode(it) = it { Some(it) } else { None })
    }
}

/// A Patient and resources of it.
fn bundle(resources: &[Value]) -> Value {
    let patient = json!({"resourceType": "Patient", "id": "p",
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9000000009"}]});
    let entry = |(n, resource): (usize, &Value)| {
        let name = resource["resourceType"].as_str().unwrap();
        let id = resource["id"].as_str().map_or_else(|| format!("n{n}"), str::to_owned);
        json!({"fullUrl": format!("https://x.invalid/{name}/{id}"), "resource": resource})
    };
    let entries: Vec<Value> = std::iter::once(&patient).chain(resources).enumerate().map(entry).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries})
}

fn read(resources: &[Value]) -> Read {
    Read::of(&FHIR_JSON, serde_json::to_vec(&bundle(resources)).unwrap())
}

fn with(mut resource: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => resource.as_object_mut().unwrap().remove(name),
            value => resource.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    resource
}

fn day(text: &str) -> Said<Date> {
    Is(Date::parse_iso(text.as_bytes()).unwrap())
}

fn points<const MOST: u16>(points: u16) -> Said<Number<MOST>> {
    Is(Number::new(points).unwrap())
}

fn answered(items: Value) -> Value {
    json!({"resourceType": "QuestionnaireResponse", "questionnaire": "https://x.invalid/Questionnaire/sdq|1",
        "status": "completed", "subject": {"reference": "Patient/p"}, "authored": "2025-11-04T09:00:00Z", "item": items})
}

fn item(link: &str, value: Value) -> Value {
    json!({"linkId": link, "answer": [value]})
}

/// A Questionnaire whose item `t` is the total of that code.
fn asked(system: &str, code: &str) -> Value {
    json!({"resourceType": "Questionnaire", "id": "sdq", "url": "https://x.invalid/Questionnaire/sdq", "status": "active",
    "item": [
        {"linkId": "g", "type": "group", "item": [
            {"linkId": "t", "type": "integer", "code": [{"system": system, "code": code}]},
            {"linkId": "1", "type": "integer"},
        ]},
    ]})
}

const TOPIC: &str = "urn:homeward:cs:topic";
const SNOMED: &str = "http://snomed.info/sct";

#[test]
fn a_total_is_read_from_the_item_that_has_its_code() {
    let grouped = answered(json!([{"linkId": "g", "item": [item("t", json!({"valueInteger": 17}))]}]));
    for (system, code, rater) in [
        (TOPIC, "sdq-total", SdqRater::Carer),
        (TOPIC, "sdq-total-self", SdqRater::Oneself),
        (TOPIC, "sdq-total-teacher", SdqRater::Teacher),
        (SNOMED, "986041000000107", SdqRater::Oneself),
    ] {
        let expected =
            SdqScore { score: points(17), completed_date: day("2025-11-04"), rater: Is(rater), ..SdqScore::default() };
        let link = answered(json!([item(&format!("{system}|{code}"), json!({"valueInteger": 17}))]));
        let alone = answered(json!([item(code, json!({"valueInteger": 17}))]));
        let contained = with(grouped.clone(), json!({"questionnaire": "#sdq", "contained": [asked(system, code)]}));
        // Where the Questionnaire stands makes no difference.
        let before = [asked(system, code), grouped.clone()];
        let after = [grouped.clone(), asked(system, code)];
        let nested =
            answered(json!([{"linkId": "q", "answer": [{"item": [item(code, json!({"valueInteger": 17}))]}]}]));
        for resources in [&[link][..], &[alone], &[contained], &before, &after, &[nested]] {
            let read = read(resources);
            assert_eq!((read.scores(), read.codes()), (vec![(&expected, false)], vec![]), "{code}");
        }
    }
}

#[test]
fn a_contained_questionnaire_is_led_to_by_its_address_in_xml_too() {
    let text = r##"<QuestionnaireResponse xmlns="http://hl7.org/fhir"><contained><Questionnaire><id value="q"/>
        <status value="active"/><item><linkId value="t"/><code><system value="urn:homeward:cs:topic"/>
        <code value="sdq-total"/></code><type value="integer"/></item></Questionnaire></contained>
        <questionnaire value="#q"/><status value="completed"/><subject><identifier>
        <system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="9000000009"/></identifier></subject>
        <item><linkId value="t"/><answer><valueInteger value="17"/></answer></item></QuestionnaireResponse>"##;
    let read_whole = Read::of(&FHIR_XML, text.into());
    assert_eq!((read_whole.scores()[0].0.score, read_whole.codes()), (points(17), vec![]));
    // An address may lead elsewhere; what nothing leads to is told (dom-3).
    let astray = Read::of(&FHIR_XML, text.replace("#q", "#z").into());
    assert_eq!(astray.codes(), ["fhir/contained", "fhir/type-not-read"]);
}

#[test]
fn a_questionnaire_is_known_by_its_words_and_another_says_nothing() {
    let known = |change: Value| {
        let response = with(answered(json!([{"linkId": "x", "text": "Total"}])), change);
        read(&[response]).codes()
    };
    let words = |words: &str| json!([{"linkId": "x", "text": words}]);
    assert_eq!(known(json!({})), ["fhir/sdq-without-total"], "by its address");
    assert_eq!(
        known(json!({"questionnaire": "https://x.invalid/StrengthsAndDifficulties"})),
        ["fhir/sdq-without-total"]
    );
    let display = json!({"extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": "SDQ 4-17, parent"},
    ]});
    assert_eq!(
        known(json!({"questionnaire": "https://x.invalid/q/7", "_questionnaire": display})),
        ["fhir/sdq-without-total"]
    );
    let headed = json!({"questionnaire": null, "item": words("Strengths & Difficulties Questionnaire")});
    assert_eq!(known(headed), ["fhir/sdq-without-total"]);
    for other in ["https://x.invalid/Questionnaire/phq9", "https://x.invalid/wsdq"] {
        assert_eq!(known(json!({"questionnaire": other})), ["fhir/type-not-read"]);
    }
    assert_eq!(known(json!({"questionnaire": null})), ["fhir/type-not-read"]);
    // Neither is anybody's fault that nobody is told whom another questionnaire is of.
    assert_eq!(known(json!({"questionnaire": null, "subject": null})), ["fhir/type-not-read"]);
    assert_eq!(known(json!({"subject": null})), ["fhir/subject-unresolved"]);
}

#[test]
fn a_total_is_never_scored_from_answers() {
    let single: Vec<Value> = (1..=25).map(|n| item(&n.to_string(), json!({"valueInteger": n % 3}))).collect();
    let read_alone = read(&[answered(json!(single.clone()))]);
    assert!(read_alone.scores().is_empty());
    assert_eq!(read_alone.codes(), ["fhir/answers-not-read", "fhir/sdq-without-total"]);
    let mut all = single;
    all.push(item("sdq-total", json!({"valueInteger": 3})));
    let read_all = read(&[answered(json!(all))]);
    assert_eq!(read_all.scores()[0].0.score, points(3), "what is told, not the sum");
    assert_eq!(read_all.codes(), ["fhir/answers-not-read"], "once");
}

#[test]
fn a_total_that_is_none_is_told_and_unreadable() {
    let total = |value: Value| answered(json!([item("sdq-total", value)]));
    for wrong in [
        json!({"valueInteger": 41}),
        json!({"valueInteger": -1}),
        json!({"valueInteger": 70000}),
        json!({"valueDecimal": 17.5}),
        json!({"valueDecimal": 17.0}),
        json!({"valueString": "17"}),
        json!({"valueQuantity": {"value": 17}}),
        json!({"valueBoolean": true}),
    ] {
        let read = read(&[total(wrong.clone())]);
        assert_eq!(read.codes(), ["fhir/sdq-total-unreadable"], "{wrong}");
        assert_eq!(read.scores()[0].0.score, Said::Unreadable, "{wrong}");
        assert_eq!(read.scores()[0].0.completed_date, day("2025-11-04"));
    }
    for right in [0, 40] {
        assert_eq!(read(&[total(json!({"valueInteger": right}))]).scores()[0].0.score, points(right));
    }
    // An item that nobody answered tells nothing.
    let unanswered = read(&[answered(json!([{"linkId": "sdq-total"}]))]);
    assert_eq!((unanswered.scores().len(), unanswered.codes()), (0, vec!["fhir/sdq-without-total"]));
}

#[test]
fn two_totals_are_one_only_where_they_are_the_same() {
    let two = |first: Value, second: Value| read(&[answered(json!([first, second]))]);
    let of = |link: &str, points: u16| item(link, json!({"valueInteger": points}));
    let same = two(of("sdq-total", 12), of("urn:homeward:cs:topic|sdq-total", 12));
    assert_eq!((same.scores()[0].0.score, same.codes()), (points(12), vec![]));
    for differ in [
        two(of("sdq-total", 12), of("sdq-total", 13)),
        two(of("sdq-total", 12), of("sdq-total-self", 12)),
        read(&[answered(json!([{"linkId": "sdq-total", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}]))]),
    ] {
        assert_eq!(differ.codes(), ["fhir/sdq-totals-differ"]);
        assert_eq!(differ.scores().iter().map(|(it, _)| it.score).collect::<Vec<_>>(), [Said::Unreadable]);
    }
    let wrong = two(of("sdq-total", 12), item("sdq-total", json!({"valueString": "x"})));
    assert_eq!((wrong.scores()[0].0.score, wrong.codes()), (Said::Unreadable, vec!["fhir/sdq-total-unreadable"]));
    // One that was sent twice is said once.
    let response = answered(json!([of("sdq-total", 12)]));
    assert_eq!(read(&[response.clone(), response]).scores().len(), 1);
}

#[test]
fn a_questionnaire_counts_when_it_is_complete_and_is_taken_back_when_it_was_an_error() {
    let status = |status: &str| {
        read(&[with(answered(json!([item("sdq-total", json!({"valueInteger": 9}))])), json!({"status": status}))])
    };
    for used in ["completed", "amended"] {
        assert_eq!((status(used).scores().len(), status(used).codes()), (1, vec![]), "{used}");
    }
    for not_used in ["in-progress", "stopped"] {
        assert_eq!((status(not_used).scores().len(), status(not_used).codes()), (0, vec!["fhir/not-final"]));
    }
    let in_error = status("entered-in-error");
    assert!(in_error.scores()[0].1, "taken back");
    let emptied = with(answered(json!([])), json!({"status": "entered-in-error", "item": null}));
    let emptied = read(&[emptied]);
    let (score, taken_back) = emptied.scores()[0];
    assert_eq!((score.completed_date, score.score, taken_back), (day("2025-11-04"), Said::NotAsked, true));
}

#[test]
fn who_answers_of_itself_rates_itself_and_a_day_is_a_day() {
    let total = answered(json!([item("sdq-total", json!({"valueInteger": 9}))]));
    let rater = |who: &str| read(&[with(total.clone(), json!({"source": {"reference": who}}))]).scores()[0].0.rater;
    assert_eq!(rater("Patient/p"), Is(SdqRater::Oneself));
    assert_eq!(rater("RelatedPerson/r"), Is(SdqRater::Carer));
    let month = read(&[with(total.clone(), json!({"authored": "2025-11"}))]);
    assert_eq!((month.scores()[0].0.completed_date, month.codes()), (Said::NotAsked, vec!["fhir/date-incomplete"]));
    let undated = read(&[with(total, json!({"authored": null}))]);
    assert_eq!((undated.scores()[0].0.completed_date, undated.codes()), (Said::NotAsked, vec![]));
}

fn observed(value: Value) -> Value {
    let mut observation = json!({"resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": SNOMED, "code": "986041000000107"}]},
        "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2025-11-04"});
    observation.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    observation
}

#[test]
fn an_observation_of_a_total_keeps_the_same_rules() {
    let part = json!([{"code": {"coding": [{"system": SNOMED, "code": "985991000000105"}]}, "valueInteger": 4}]);
    let read_whole = read(&[observed(json!({"valueInteger": 20, "component": part}))]);
    let (score, _) = read_whole.scores()[0];
    assert_eq!((score.score, score.rater), (points(20), Is(SdqRater::Oneself)));
    assert_eq!(score.subscores.as_ref().is().unwrap().conduct, points(4), "a part by its national code");
    for wrong in [json!({"valueInteger": 41}), json!({"valueString": "20"}), json!({"valueQuantity": {"value": 20}})] {
        let read = read(&[observed(wrong)]);
        assert_eq!((read.scores()[0].0.score, read.codes()), (Said::Unreadable, vec!["fhir/sdq-total-unreadable"]));
    }
    let nothing = read(&[observed(json!({}))]);
    assert_eq!((nothing.scores().len(), nothing.codes()), (0, vec!["fhir/sdq-without-total"]));
    let taken_back = read(&[observed(json!({"status": "entered-in-error"}))]);
    assert!(taken_back.scores()[0].1);
}

#[test]
fn what_is_registered_preliminary_or_cancelled_is_no_finding_but_of_a_review() {
    for status in ["registered", "preliminary", "cancelled"] {
        let score = read(&[observed(json!({"valueInteger": 20, "status": status}))]);
        assert_eq!((score.scores().len(), score.codes()), (0, vec!["fhir/not-final"]));
        let review = json!({"coding": [{"system": TOPIC, "code": "cla-review"}]});
        let review = read(&[observed(json!({"code": review, "status": status}))]);
        assert_eq!((review.children[0].len(), review.codes()), (1, vec![]));
    }
}

fn list(reason: &str, changes: Value) -> Value {
    let list = json!({"resourceType": "List", "status": "current", "mode": "snapshot",
        "code": {"coding": [{"system": SNOMED, "code": "886921000000105"}]},
        "subject": {"reference": "Patient/p"}, "date": "2025-07-21T12:00:00Z",
        "emptyReason": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": reason}]}});
    with(list, changes)
}

#[test]
fn no_known_allergy_is_what_somebody_asked_for_and_nothing_else() {
    let loinc = json!({"code": {"coding": [{"system": "http://loinc.org", "code": "48765-2"}]}});
    let heading = json!({"code": {"coding": [{
        "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings",
        "code": "allergies-and-adverse-reaction",
    }]}});
    for changes in [json!({}), json!({"mode": "working"}), loinc, heading] {
        let read = read(&[list("nilknown", changes)]);
        let [(allergy, false)] = read.allergies()[..] else { panic!("{:?}", read.codes()) };
        assert_eq!(read.codes(), [""; 0]);
        let substance = allergy.substance.as_ref().is().unwrap();
        assert_eq!(substance.system, Is(SNOMED.into()));
        assert_eq!(substance.code, Is("716186003".into()));
        assert_eq!(allergy.recorded_date, day("2025-07-21"));
    }
    let in_error = read(&[list("nilknown", json!({"status": "entered-in-error"}))]);
    assert!(in_error.allergies()[0].1, "taken back");
    let uk = json!({"coding": [{
        "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-ListEmptyReasonCode", "code": "no-content-recorded",
    }]});
    for says_nothing in [
        list("unavailable", json!({})),
        list("withheld", json!({})),
        list("notasked", json!({})),
        list("nilknown", json!({"status": "retired"})),
        list("nilknown", json!({"mode": "changes"})),
        list("nilknown", json!({"emptyReason": uk})),
        list("nilknown", json!({"emptyReason": null})),
        list("nilknown", json!({"emptyReason": {"text": "nilknown"}})),
        list("unavailable", json!({"subject": null})),
    ] {
        let read = read(std::slice::from_ref(&says_nothing));
        assert_eq!((read.allergies().len(), read.codes()), (0, vec!["fhir/list-says-nothing"]), "{says_nothing}");
    }
    assert_eq!(read(&[list("nilknown", json!({"subject": null}))]).codes(), ["fhir/subject-unresolved"]);
    // Medicines: that none is known says nothing of allergies.
    let medicines = json!({"code": {"coding": [{"system": "http://loinc.org", "code": "10160-0"}]}});
    let medicines = read(&[list("nilknown", medicines)]);
    assert_eq!((medicines.allergies().len(), medicines.codes()), (0, vec!["fhir/type-not-read"]));
}

#[test]
fn a_list_with_entries_says_what_its_entries_say() {
    let penicillin = json!({"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/p"},
        "code": {"text": "Penicillin"},
        "clinicalStatus": {"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]}});
    let entries = json!({"emptyReason": null, "entry": [{"item": {"reference": "AllergyIntolerance/a"}}]});
    let both = read(&[list("", entries), penicillin]);
    assert_eq!((both.allergies().len(), both.codes()), (1, vec![]));
    // One that gives both is wrong (lst-1), and its entries are believed.
    let torn = json!({"entry": [{"item": {"reference": "AllergyIntolerance/a"}}]});
    let torn = read(&[list("nilknown", torn)]);
    assert_eq!((torn.allergies().len(), torn.codes()), (0, vec!["fhir/lst-1"]));
}

#[test]
fn the_example_of_no_allergy_data_says_nothing() {
    let Some(samples) = crate::samples::samples() else { return };
    for (file, format) in [("json", &FHIR_JSON), ("xml", &FHIR_XML)] {
        let path = samples.join(format!("ukcore-{file}/UKCore-List-Sn-NoAllergyData-Example.{file}"));
        let read = Read::of(format, std::fs::read(path).unwrap());
        assert_eq!((read.children.len(), read.codes()), (0, vec!["fhir/list-says-nothing"]), "{file}");
    }
}

fn looked_after() -> Value {
    json!({"coding": [{"system": SNOMED, "code": "764841000000100"}]})
}

fn flag(code: Value, period: Value) -> Value {
    json!({"resourceType": "Flag", "status": "active", "code": code, "subject": {"reference": "Patient/p"}, "period": period})
}

fn plan(period: Value) -> Value {
    json!({"resourceType": "CarePlan", "id": "c", "status": "active", "intent": "plan", "category": [looked_after()],
        "subject": {"reference": "Patient/p"}, "period": period})
}

fn episode(period: Value) -> Value {
    json!({"resourceType": "EpisodeOfCare", "status": "active", "type": [looked_after()],
        "patient": {"reference": "Patient/p"}, "period": period})
}

/// The code that NHS England gives every flag of child protection, and the plan that it leads to.
fn england(plan: &str, period: Value) -> Value {
    let code = json!({"coding": [{
        "system": "https://fhir.nhs.uk/England/CodeSystem/England-FlagCategoryPatient",
        "code": "child-protection-information-system-flag",
    }]});
    let detail =
        json!([{"url": "http://hl7.org/fhir/StructureDefinition/flag-detail", "valueReference": {"reference": plan}}]);
    with(flag(code, period), json!({"extension": detail}))
}

fn since(read: &Read) -> Vec<Said<Date>> {
    read.episodes().iter().map(|(episode, _)| episode.period_start).collect()
}

#[test]
fn a_period_confirms_the_episode_that_begins_with_it() {
    let from = json!({"start": "2025-03-12"});
    for told in [flag(looked_after(), from.clone()), plan(from.clone())] {
        // In either order, and with later episodes.
        let first = episode(json!({"start": "2025-03-12", "end": "2025-09-02"}));
        let second = episode(json!({"start": "2025-09-02"}));
        for resources in [[told.clone(), first.clone(), second.clone()], [first.clone(), second.clone(), told.clone()]]
        {
            let read = read(&resources);
            assert_eq!((since(&read), read.codes()), (vec![Said::NotAsked; 2], vec![]));
        }
    }
}

#[test]
fn a_period_that_began_earlier_tells_the_episodes_in_it_since_when() {
    let from = json!({"start": "2024-12-01", "end": "2025-12-01"});
    let episodes = [
        episode(json!({"start": "2025-09-02", "end": "2025-12-01"})),
        episode(json!({"start": "2025-03-12", "end": "2025-09-02"})),
        // Another period: on the day of its start the first had ended.
        episode(json!({"start": "2025-12-01"})),
    ];
    for told in [flag(looked_after(), from.clone()), plan(from.clone())] {
        let read = read(&[&episodes[..], &[told]].concat());
        assert_eq!(since(&read), [day("2024-12-01"), day("2024-12-01"), Said::NotAsked]);
        assert_eq!(read.codes(), [""; 0]);
    }
    // A flag that nobody ended does not reach over a time at home.
    let home = [
        episode(json!({"start": "2025-03-12", "end": "2025-04-02"})),
        episode(json!({"start": "2025-09-02"})),
        flag(looked_after(), json!({"start": "2024-12-01"})),
    ];
    assert_eq!(since(&read(&home)), [day("2024-12-01"), Said::NotAsked]);
}

#[test]
fn a_period_without_an_episode_makes_none() {
    let from = json!({"start": "2025-03-12"});
    let short_break = with(
        episode(from.clone()),
        json!({"type": [{"coding": [{"system": "urn:homeward:cs:legal-status", "code": "V4"}]}]}),
    );
    let under_way = episode(json!({"start": "2025-01-01"}));
    let over = episode(json!({"start": "2024-01-01", "end": "2025-01-01"}));
    for (others, why) in [
        (vec![], "no episode"),
        (vec![short_break], "a short break is part of no period"),
        (vec![under_way], "the episode began before"),
        (vec![over], "the episode was over"),
    ] {
        for told in [flag(looked_after(), from.clone()), plan(from.clone())] {
            let with_it = read(&[&others[..], &[told]].concat());
            assert_eq!(with_it.codes(), ["fhir/looked-after-alone"], "{why}");
            let without = read(&others);
            assert_eq!(with_it.episodes(), without.episodes(), "{why}");
        }
    }
    let undated = read(&[episode(from.clone()), flag(looked_after(), json!({"end": "2025-09-02"}))]);
    assert_eq!(undated.codes(), ["fhir/looked-after-alone"]);
    let year = read(&[episode(from), flag(looked_after(), json!({"start": "2025"}))]);
    assert_eq!(year.codes(), ["fhir/date-incomplete", "fhir/looked-after-alone"]);
    let nobody = with(flag(looked_after(), json!({"start": "2025-03-12"})), json!({"subject": {"display": "x"}}));
    assert_eq!(read(&[nobody]).codes(), ["fhir/subject-unresolved"]);
}

#[test]
fn a_flag_in_error_tells_no_standing_episode_since_when() {
    let told = with(flag(looked_after(), json!({"start": "2024-12-01"})), json!({"status": "entered-in-error"}));
    let read = read(&[episode(json!({"start": "2025-03-12"})), told]);
    assert_eq!((since(&read), read.codes()), (vec![Said::NotAsked], vec!["fhir/looked-after-alone"]));
}

#[test]
fn a_flag_of_nhs_england_is_known_by_the_plan_that_it_leads_to() {
    let from = json!({"start": "2025-03-12"});
    let first = episode(from.clone());
    for to in ["CarePlan/c", "https://x.invalid/CarePlan/c"] {
        for resources in
            [[england(to, from.clone()), plan(from.clone())], [plan(from.clone()), england(to, from.clone())]]
        {
            assert_eq!(read(&resources).codes(), ["fhir/looked-after-alone"; 2], "{to}");
            assert_eq!(read(&[&resources[..], std::slice::from_ref(&first)].concat()).codes(), [""; 0], "{to}");
        }
    }
    let contained = with(england("#c", from.clone()), json!({"contained": [plan(from.clone())]}));
    assert_eq!(read(&[contained, first]).codes(), [""; 0]);
    // A plan that protects a child at home is another matter, and a plan that is not sent says nothing.
    let protected = json!({"category": [{"coding": [{"system": SNOMED, "code": "342191000000101"}]}]});
    let protected = read(&[england("CarePlan/c", from.clone()), with(plan(from.clone()), protected)]);
    assert_eq!(protected.codes(), ["fhir/flag-other", "fhir/plan-other"]);
    assert_eq!(read(&[england("CarePlan/z", from)]).codes(), ["fhir/flag-other"]);
}

#[test]
fn words_without_entries_are_told_section_by_section() {
    let words = json!({"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"});
    let nothing = json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable"}]});
    let composition = json!({"resourceType": "Composition", "status": "final", "type": {"text": "x"},
    "subject": {"reference": "Patient/p"}, "date": "2026-01-01", "title": "x", "author": [{"display": "x"}],
    "section": [
        {"title": "a", "text": words, "entry": [{"reference": "Patient/p"}]},
        {"title": "b", "text": words},
        {"title": "c", "text": words, "emptyReason": nothing},
        {"title": "d", "section": [{"title": "e", "text": words}, {"title": "f", "text": with(words.clone(), json!({"status": "empty"}))}]},
    ]});
    let read = read(&[composition]);
    assert_eq!(read.codes(), ["fhir/narrative-alone"; 2]);
    let path = "Bundle.entry[1].resource.section";
    assert_eq!(read.paths(), [format!("{path}[1].text"), format!("{path}[3].section[0].text")]);
}

#[test]
fn an_appointment_in_error_takes_back_that_a_check_was_planned() {
    let booked = json!({"resourceType": "Appointment", "status": "booked",
        "serviceType": [{"coding": [{"system": "urn:homeward:cs:health-check-type", "code": "DENTAL"}]}],
        "start": "2026-01-01T10:00:00Z", "end": "2026-01-01T11:00:00Z",
        "participant": [{"actor": {"reference": "Patient/p"}, "status": "accepted"}]});
    let planned = |it: &Statement| {
        matches!(it, Statement::HealthCheck(HealthCheck { status: Is(HealthCheckStatus::Planned), .. }))
    };
    for (status, taken_back) in [("booked", false), ("entered-in-error", true)] {
        let read = read(&[with(booked.clone(), json!({"status": status}))]);
        let [record] = &read.children[0][..] else { panic!("{status}") };
        assert!(planned(&record.statement) && record.source.retracts == taken_back, "{status}");
    }
}

#[test]
fn a_consent_that_is_not_in_force_permits_nothing() {
    let consent = |status: &str, kind: &str, period: Value| {
        json!({"resourceType": "Consent", "status": status,
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "INFA"}]}],
            "patient": {"reference": "Patient/p"}, "dateTime": "2025-01-01",
            "policyRule": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": if kind == "permit" { "OPTIN" } else { "OPTOUT" }}]},
            "provision": {"type": kind, "period": period}})
    };
    let since = json!({"start": "2025-01-01"});
    let ended = json!({"start": "2025-01-01", "end": "2025-06-01"});
    for (status, kind, period, taken_back) in [
        ("active", "permit", &since, false),
        ("active", "deny", &since, false),
        ("inactive", "permit", &ended, false),
        ("inactive", "permit", &since, true),
        ("inactive", "deny", &since, true),
        ("draft", "permit", &since, true),
        ("proposed", "permit", &ended, true),
        ("rejected", "permit", &since, true),
        ("proposed", "deny", &since, false),
        ("entered-in-error", "deny", &since, true),
    ] {
        let read = read(&[consent(status, kind, period.clone())]);
        let [record] = &read.children[0][..] else { panic!("{status}: {:?}", read.codes()) };
        assert_eq!((record.source.retracts, read.codes()), (taken_back, vec![]), "{status} {kind}");
    }
}
