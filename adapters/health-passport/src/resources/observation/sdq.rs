//! A Strengths and Difficulties Questionnaire, or why there is none.
//!
//! The national codes are those of the self-rated questionnaire; none was found for a carer's or a teacher's, which
//! therefore have project codes only. Each rater has a code of its own, so that no reader takes one for another.

use schemas::{
    code::{Code, SdqRater},
    date::CollectionYear,
    record::{SdqScore, SdqSubscores},
    reflect::Number,
    said::Said,
};

use super::{Effective, Frame, component, write_absence};
use crate::{
    coding::SDQ_REASON,
    writer::{Array, Members, Object, Value, key, members, value},
};

/// The highest score that is normal, of a questionnaire that a carer has filled in.
const NORMAL_SCORE_MAX: u16 = 13;
/// The highest score that is borderline.
const BORDERLINE_SCORE_MAX: u16 = 16;

pub(super) fn write(frame: &Frame<'_>, sdq: &SdqScore, object: &mut Object<'_>) {
    let rater = sdq.rater.is().unwrap_or(SdqRater::Carer);
    let effective = match (sdq.completed_date, sdq.year.is()) {
        (Said::Is(day), _) => Effective::On(Some(day)),
        (_, year) => Effective::During(year.map(CollectionYear::starts), year.map(CollectionYear::ends)),
    };
    frame.write(object, observed(rater), effective);
    match (sdq.score, sdq.reason) {
        (Said::Is(score), _) => {
            object.number(key!(valueInteger), score.get());
            // The bands are those of a carer's answers; young people score themselves higher.
            if rater == SdqRater::Carer {
                object.array(key!(interpretation), |bands| bands.value(band(score.get())));
            }
        }
        (_, Said::Is(reason)) => {
            object.value(key!(dataAbsentReason), SDQ_REASON[usize::from(reason.index())].value());
        }
        (score, reason) => match super::absence(&score) {
            Some(_) => write_absence(object, &score),
            None => write_absence(object, &reason),
        },
    }
    if let Said::Is(parts) = &sdq.subscores {
        let of_oneself = rater == SdqRater::Oneself;
        object.array(key!(component), |components| write_parts(parts, of_oneself, components));
    }
}

fn observed(rater: SdqRater) -> Members {
    match rater {
        SdqRater::Carer => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"survey","display":"Survey"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"sdq-total","display":"SDQ total difficulties score, carer rated"}],"text":"Strengths and Difficulties Questionnaire: total difficulties (carer rated)"}"#
        ),
        SdqRater::Oneself => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"survey","display":"Survey"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"986041000000107"},{"system":"urn:homeward:cs:topic","code":"sdq-total-self","display":"SDQ total difficulties score, self rated"}],"text":"Strengths and Difficulties Questionnaire: total difficulties (self rated)"}"#
        ),
        SdqRater::Teacher => members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"survey","display":"Survey"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"sdq-total-teacher","display":"SDQ total difficulties score, teacher rated"}],"text":"Strengths and Difficulties Questionnaire: total difficulties (teacher rated)"}"#
        ),
    }
}

fn band(score: u16) -> Value<'static> {
    match score {
        _ if score <= NORMAL_SCORE_MAX => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:sdq-band","code":"normal","display":"Normal (0 to 13)"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N","display":"Normal"}]}"#
        ),
        _ if score <= BORDERLINE_SCORE_MAX => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:sdq-band","code":"borderline","display":"Borderline (14 to 16)"}]}"#
        ),
        _ => value!(
            r#"{"coding":[{"system":"urn:homeward:cs:sdq-band","code":"cause-for-concern","display":"Cause for concern (17 to 40)"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H","display":"High"}]}"#
        ),
    }
}

macro_rules! parts {
    ($($part:ident $code:literal $display:literal $national:literal,)+) => {
        fn write_parts(parts: &SdqSubscores, of_oneself: bool, components: &mut Array<'_>) {
            $(
                let code = match of_oneself {
                    false => members!(
                        r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":""#, $code, r#"","display":""#, $display, r#""}]}"#
                    ),
                    true => members!(
                        r#""code":{"coding":[{"system":"http://snomed.info/sct","code":""#, $national,
                        r#""},{"system":"urn:homeward:cs:topic","code":""#, $code, r#"","display":""#, $display, r#""}]}"#
                    ),
                };
                part(components, code, &parts.$part);
            )+
        }
    };
}

parts! {
    emotional "sdq-emotional" "SDQ emotional problems score" "986001000000109",
    conduct "sdq-conduct" "SDQ conduct problems score" "985991000000105",
    hyperactivity "sdq-hyperactivity" "SDQ hyperactivity score" "986011000000106",
    peer "sdq-peer" "SDQ peer problems score" "986021000000100",
    prosocial "sdq-prosocial" "SDQ prosocial behaviour score" "986031000000103",
    impact "sdq-impact" "SDQ impact score" "986051000000105",
}

fn part(components: &mut Array<'_>, code: Members, said: &Said<Number<10>>) {
    component(components, code, said, |score, component| component.number(key!(valueInteger), score.get()));
}
