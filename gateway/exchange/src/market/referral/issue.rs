//! How a referral is made: of what the authority's record says of the children, and of what a person asks for.
//!
//! What the record knows is taken from it, at the precision of the view; what it does not know is taken from the person
//! who asks, and is else told as unknown, never left out (ifa-formats, section 5).

use kit::adapter::Dossier;
use schemas::{
    code::{EducationPhase, EthnicGroup, LanguageGroup, LegalStatusGroup, NcYear, SdqBand, SettingType, Sex},
    date::{Date, DateTime},
    diagnostic::Rule,
    postcode::Postcode,
    record::{Enrolment, Referral, ReferralMore, ReferredChild, SdqScore, Statement},
    reflect::Number,
    said::{Coarse, Said},
};

use super::{
    alike::{Looks, group_of, infant_age, is_uasc, language_group, legal_status_group, persons},
    known::Known,
    rules,
};
use crate::{children::birth_dates, precision::sdq_band};

/// Months from which an age is told in years.
const INFANT_UNTIL_YEARS: u8 = 2;

/// What a person decided beside the request itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The languages themselves are told.
    pub tells_languages: bool,
    /// Neither language nor language group is told.
    pub withholds_languages: bool,
    /// The ethnic group is not told.
    pub withholds_ethnic_group: bool,
    /// Whether the child is an unaccompanied asylum seeker is not told.
    pub withholds_uasc: bool,
}

impl Choices {
    /// Whether all that few children may have in common is withheld.
    fn withholds_what_singles_out(self) -> bool {
        self.withholds_languages && self.withholds_ethnic_group && self.withholds_uasc
    }
}

/// A referral that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What providers may be told.
    pub referral: Referral,
    /// What is told of it to whoever made it.
    pub told: Vec<&'static Rule>,
}

/// Why none was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: &'static Rule,
    /// The member of the request that breaks it; empty where it is the request as a whole.
    pub member: String,
}

/// Makes a referral. `children` are those it is about, in the order of the request's own list, each with everything that
/// the authority says of it; `census` are the looks of all children whom the authority looks after, `None` where nobody
/// can tell.
///
/// # Errors
/// Why it must not be sent out.
pub fn make(
    asked: &Referral,
    children: &[Dossier],
    census: Option<&[Looks]>,
    choices: Choices,
    issued_at: DateTime,
) -> Result<Made, Refusal> {
    let day = issued_at.date();
    let mut referral = asked.clone();
    let mut more = *referral.more.take().unwrap_or_default();
    let mut asked_of = std::mem::take(&mut more.children).is().unwrap_or_default();
    asked_of.resize_with(children.len(), ReferredChild::default);
    let known: Vec<Known> = children.iter().map(Known::of).collect();
    screen(&more, &asked_of, &known)?;
    let told_of: Vec<ReferredChild> = asked_of
        .into_iter()
        .zip(children)
        .zip(1..)
        .map(|((child, dossier), number)| told(child, number, dossier, day, choices))
        .collect();
    more.children = Said::Is(told_of);
    let mut rules: Vec<&'static Rule> = Vec::new();
    let districts = districts(&more);
    match (census, &mut more.children) {
        (_, _) if choices.withholds_what_singles_out() => {}
        (Some(census), Said::Is(children)) => {
            for child in children {
                let school = child.education.as_ref().is().and_then(|education| education.outward_postcode.is());
                let district = school.or(districts);
                if Looks::left(census, child, district) && !rules.contains(&&rules::SMALL_NUMBER) {
                    rules.push(&rules::SMALL_NUMBER);
                }
            }
        }
        _ => return Err(Refusal { rule: &rules::SMALL_NUMBER_UNKNOWN, member: String::new() }),
    }
    referral.issued_at = Said::Is(issued_at);
    referral.more = Some(Box::new(more));
    Ok(Made { referral, told: rules })
}

/// The district that the search begins from.
fn districts(more: &ReferralMore) -> Option<Postcode> {
    more.matching.as_ref().is().and_then(|matching| matching.search_from.is())
}

/// Looks for what the children are known by in every text that a person wrote for providers.
fn screen(more: &ReferralMore, children: &[ReferredChild], known: &[Known]) -> Result<(), Refusal> {
    let look = |member: &str, text: &str| match known.iter().any(|known| known.stands_in(text)) {
        true => Err(Refusal { rule: &rules::TEXT_IDENTIFIES, member: member.to_owned() }),
        false => Ok(()),
    };
    let look_at = |member: &str, text: &Said<Box<str>>| match text {
        Said::Is(text) => look(member, text),
        _ => Ok(()),
    };
    let look_at_all = |member: &str, texts: &Said<Vec<Box<str>>>| match texts {
        Said::Is(texts) => texts.iter().try_for_each(|text| look(member, text)),
        _ => Ok(()),
    };
    look_at("summary", &more.summary)?;
    if let Said::Is(matching) = &more.matching {
        look_at("matching.outOfAreaOther", &matching.out_of_area_other)?;
        look_at("matching.familyTime", &matching.family_time)?;
        look_at_all("matching.carerWants", &matching.carer_wants)?;
    }
    if let Said::Is(authority) = &more.authority {
        look_at("authority.team", &authority.team)?;
    }
    for (number, child) in children.iter().enumerate() {
        look_at(&format!("children[{number}].genderNote"), &child.gender_note)?;
        look_at_all(&format!("children[{number}].likes"), &child.likes)?;
        if let Said::Is(needs) = &child.needs {
            look_at_all(&format!("children[{number}].needs.health"), &needs.health)?;
            look_at(&format!("children[{number}].needs.supportOther"), &needs.support_other)?;
            look_at(&format!("children[{number}].needs.communicationOther"), &needs.communication_other)?;
            look_at(&format!("children[{number}].needs.culturalNeedsOther"), &needs.culture_other)?;
        }
    }
    Ok(())
}

/// What providers are told of a child.
fn told(asked: ReferredChild, number: u16, dossier: &Dossier, day: Option<Date>, choices: Choices) -> ReferredChild {
    let mut child = asked;
    child.child_no = Number::new(number).map_or(Said::NotAsked, Said::Is);
    if let (Some(born), Some(day)) = (birth_dates(dossier).next(), day) {
        let years = born.age_on(day).filter(|years| *years >= INFANT_UNTIL_YEARS);
        child.age_years = years.and_then(|years| Number::new(years.into())).map_or(Said::NotAsked, Said::Is);
        child.infant_age = infant_age(born, day).map_or(Said::NotAsked, Said::Is);
    }
    let first = |said: Option<Sex>| said.or(child.sex.is());
    child.sex = Said::Is(first(persons(dossier).find_map(|person| person.sex.is())).unwrap_or(Sex::Unknown));
    let ethnic = persons(dossier).find_map(|person| person.ethnicity.is()).map(group_of);
    child.ethnic_group = Said::Is(ethnic.or(child.ethnic_group.is()).unwrap_or(EthnicGroup::Unknown));
    let language = persons(dossier).find_map(language_group);
    child.language_group = Said::Is(language.or(child.language_group.is()).unwrap_or(LanguageGroup::Unknown));
    if choices.tells_languages {
        let codes = persons(dossier).find_map(|person| {
            let languages = person.more.as_deref()?.languages.as_ref().is()?;
            let codes: Vec<Box<str>> = languages.iter().filter_map(|language| language.code.clone().is()).collect();
            (!codes.is_empty()).then_some(codes)
        });
        child.languages = codes.map_or(child.languages, Said::Is);
    } else {
        child.languages = Said::NotAsked;
    }
    if choices.withholds_languages {
        (child.language_group, child.languages) = (Said::NotAsked, Said::NotAsked);
    }
    if choices.withholds_ethnic_group {
        child.ethnic_group = Said::NotAsked;
    }
    let Some(day) = day else { return child };
    child.uasc = match choices.withholds_uasc {
        true => Said::NotAsked,
        false => Said::Is(is_uasc(dossier, day) || child.uasc == Said::Is(true)),
    };
    let status = legal_status_group(dossier, day).or(child.legal_status_group.is());
    child.legal_status_group = Said::Is(status.unwrap_or(LegalStatusGroup::Unknown));
    let mut needs = std::mem::take(&mut child.needs).is().unwrap_or_default();
    needs.sdq_band = Said::Is(last_sdq_band(dossier).or(needs.sdq_band.is()).unwrap_or(SdqBand::Unknown));
    let sen = dossier.statements().filter_map(|statement| match statement {
        Statement::SenProvision(sen) if sen.end_date.is().is_none_or(|end| end > day) => Some(sen),
        _ => None,
    });
    let sen = sen.max_by_key(|sen| sen.start_date.is()).and_then(|sen| sen.provision.is());
    needs.sen = sen.map_or(needs.sen, Said::Is);
    child.needs = Said::Is(needs);
    let mut education = std::mem::take(&mut child.education).is().unwrap_or_default();
    let phase = last_enrolment(dossier, day).and_then(phase_of).or(education.phase.is());
    education.phase = Said::Is(phase.unwrap_or(EducationPhase::Unknown));
    child.education = Said::Is(education);
    child
}

/// The band of the score that was given last.
fn last_sdq_band(dossier: &Dossier) -> Option<SdqBand> {
    let scores = dossier.statements().filter_map(|statement| match statement {
        Statement::SdqScore(SdqScore { score: Said::Is(score), completed_date, year, .. }) => {
            Some(((completed_date.is(), year.is().map(|year| year.number())), score.get()))
        }
        _ => None,
    });
    let (_, score) = scores.max_by_key(|(when, _)| *when)?;
    Some(match sdq_band(score.into()) {
        Coarse::SdqNormal => SdqBand::Normal,
        Coarse::SdqBorderline => SdqBand::Borderline,
        _ => SdqBand::CauseForConcern,
    })
}

fn last_enrolment(dossier: &Dossier, day: Date) -> Option<&Enrolment> {
    let enrolments = dossier.statements().filter_map(|statement| match statement {
        Statement::Enrolment(place) if place.leaving_date.is().is_none_or(|leaves| leaves > day) => Some(place),
        _ => None,
    });
    enrolments.max_by_key(|place| place.entry_date.is())
}

/// The phase of a place of education: by what sort it is, else by the year of the child.
fn phase_of(place: &Enrolment) -> Option<EducationPhase> {
    use EducationPhase as Phase;
    let by_setting = match place.setting_type.is() {
        Some(SettingType::SpecialSchool) => Some(Phase::Special),
        Some(SettingType::AlternativeProvision | SettingType::PupilReferralUnit) => Some(Phase::Alternative),
        Some(SettingType::EarlyYears) => Some(Phase::EarlyYears),
        Some(SettingType::FurtherEducationCollege | SettingType::Training) => Some(Phase::PostSixteen),
        Some(SettingType::NoSetting) => Some(Phase::None),
        _ => None,
    };
    by_setting.or_else(|| {
        Some(match place.nc_year.is()? {
            NcYear::EarlyFirst | NcYear::EarlySecond | NcYear::NurseryFirst | NcYear::NurserySecond => {
                Phase::EarlyYears
            }
            NcYear::Reception
            | NcYear::Year1
            | NcYear::Year2
            | NcYear::Year3
            | NcYear::Year4
            | NcYear::Year5
            | NcYear::Year6 => Phase::Primary,
            NcYear::Year7 | NcYear::Year8 | NcYear::Year9 | NcYear::Year10 | NcYear::Year11 => Phase::Secondary,
            NcYear::Year12 | NcYear::Year13 | NcYear::Year14 => Phase::PostSixteen,
            NcYear::NotFollowed | NcYear::Mixed => return None,
        })
    })
}
