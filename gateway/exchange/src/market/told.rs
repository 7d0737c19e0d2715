//! A criterion beside a home, in words: what was asked, what the home says, and how it came out.

use std::fmt;

use schemas::{code::Code, identifier::LaCode, money::Pence, postcode::Postcode, said::Said};

use super::{
    answer::{Answer, Offered, Surroundings, available, available_days, distance, fees, siblings_max, who_for},
    question::{Asked, Companions, Criterion, Culture, Kind, Sex},
};

/// A criterion, answered and told.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// The parameter, with the need where one is asked.
    pub name: String,
    /// Whether it had to hold.
    pub kind: Kind,
    /// How it came out.
    pub result: Answer,
    /// What the home says; empty where it says nothing, and of the carers' culture always.
    pub said: String,
    /// What is asked.
    pub asked: String,
}

/// The debug form has nothing of what a home says.
impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, result, .. } = self;
        f.debug_struct("Told").field("name", name).field("kind", kind).field("result", result).finish_non_exhaustive()
    }
}

impl Asked {
    /// The parameter that asks it.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match self {
            Self::Ages(_) => "age",
            Self::Sex(_) => "sex",
            Self::Places(_) => "places",
            Self::Siblings(_) => "siblings",
            Self::Provision(_) => "provision",
            Self::PlacementType(_) => "placement_type",
            Self::Attribute(need) => return format!("attribute:{}", need.word()),
            Self::Companions(_) => "companions",
            Self::Pets(_) => "pets",
            Self::Wheelchair(_) => "wheelchair",
            Self::Smoking(_) => "smoking",
            Self::OwnBedroom(_) => "own_bedroom",
            Self::Language(_) => "language",
            Self::Culture(_) => "culture",
            Self::Within { .. } => "miles",
            Self::School(_) => "school",
            Self::AvailableOn(_) => "available_from",
            Self::FeeAtMost(_) => "max_fee",
            Self::Rating(_) => "rating",
            Self::Framework(_) => "framework",
            Self::Lot(_) => "lot",
            Self::Block(_) => "authority",
            Self::Area => "area",
        };
        name.to_owned()
    }
}

impl Criterion {
    /// The criterion as it is told beside a home.
    #[must_use]
    pub fn tell(&self, offered: Offered<'_>, ages: &[u8], around: &dyn Surroundings) -> Told {
        Told {
            name: self.asked.name(),
            kind: self.kind,
            result: self.asked.answer(offered, ages, around),
            said: said(&self.asked, offered, ages, around).unwrap_or_default(),
            asked: asked(&self.asked),
        }
    }
}

/// What the home says of what is asked; of the carers' culture nothing.
fn said(asked: &Asked, offered: Offered<'_>, ages: &[u8], around: &dyn Surroundings) -> Option<String> {
    let more = offered.vacancy.more.as_deref()?;
    let home = more.home.as_ref().is();
    Some(match asked {
        Asked::Ages(_) => {
            format!(
                "ages {}\u{2013}{}",
                who_for(more, |who| who.age_min)?.get(),
                who_for(more, |who| who.age_max)?.get()
            )
        }
        Asked::Sex(_) => words(more.who_for.as_ref().is()?.genders.as_ref().is()?),
        Asked::Places(_) => format!("{} places", available(more)?),
        Asked::Siblings(_) => format!("up to {}", siblings_max(more)?),
        Asked::Provision(_) => offered.vacancy.provision.is()?.word(),
        Asked::PlacementType(_) => words(more.placement_types.as_ref().is()?),
        Asked::Attribute(need) => {
            let has = |said: &Said<Vec<_>>| said.as_ref().is().is_some_and(|said| said.contains(need));
            let answer = if has(&more.skills_not) { "could not meet it" } else { "can meet it" };
            (has(&more.skills) || has(&more.skills_not)).then(|| answer.to_owned())?
        }
        Asked::Companions(_) => match &home?.children_here.as_ref().is()?[..] {
            [] => "no child lives there".to_owned(),
            here => format!("lives there: {}", words(here)),
        },
        Asked::Pets(_) => words(home?.pets.as_ref().is()?),
        Asked::Wheelchair(_) => home?.wheelchair.is()?.word(),
        Asked::Smoking(_) => home?.smoking.is()?.word(),
        Asked::OwnBedroom(_) => if home?.own_bedroom.is()? { "Y" } else { "N" }.to_owned(),
        Asked::Language(_) => home?.languages.as_ref().is()?.join(";"),
        Asked::Culture(_) => return None,
        Asked::Within { outward, .. } => format!("about {:.0} miles", distance(more, *outward, around)?),
        Asked::School(outward) => {
            let run = more.location.as_ref().is()?.school_run_miles.is()?.get();
            match distance(more, *outward, around) {
                Some(miles) => format!("drives {run} miles; it is about {miles:.0}"),
                None => format!("drives {run} miles"),
            }
        }
        Asked::AvailableOn(_) => match available_days(offered.vacancy, more) {
            (from, Some(until)) => format!("from {} until {until}", from?),
            (from, None) => format!("from {}", from?),
        },
        Asked::FeeAtMost(_) => {
            let dearest = fees(offered.vacancy, more, ages, around)?.into_iter().max()?;
            pounds(dearest)
        }
        Asked::Rating(_) => offered.provider?.rating.is()?.word(),
        Asked::Framework(_) => more.framework.as_ref().is()?.id.as_ref().is()?.to_string(),
        Asked::Lot(_) => offered.vacancy.lot.as_ref().is()?.to_string(),
        Asked::Block(_) => more.framework.as_ref().is()?.contract.is()?.word(),
        Asked::Area => authority(more.location.as_ref().is()?.authority.is()?),
    })
}

/// What is asked, in words.
fn asked(asked: &Asked) -> String {
    match asked {
        Asked::Ages(ages) => ages.iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
        Asked::Sex(sex) => match sex {
            Sex::Male => "M",
            Sex::Female => "F",
            Sex::Unknown => "U",
        }
        .to_owned(),
        Asked::Places(count) | Asked::Siblings(count) => count.to_string(),
        Asked::Provision(provision) => provision.word(),
        Asked::PlacementType(kind) => kind.word(),
        Asked::Attribute(need) => need.word(),
        Asked::Companions(companions) => match companions {
            Companions::Solo => "solo",
            Companions::OnlyOlder => "only-older",
            Companions::OnlyYounger => "only-younger",
        }
        .to_owned(),
        Asked::Pets(pet) => pet.word(),
        Asked::Wheelchair(access) => access.word(),
        Asked::Smoking(smoking) => smoking.word(),
        Asked::OwnBedroom(own) => if *own { "Y" } else { "N" }.to_owned(),
        Asked::Language(language) => language.to_string(),
        Asked::Culture(Culture::Ethnicity(ethnicity)) => ethnicity.code().to_owned(),
        Asked::Culture(Culture::Religion(religion)) => religion.word(),
        Asked::Within { outward, miles } => format!("{miles} miles of {}", outward_text(*outward)),
        Asked::School(outward) => outward_text(*outward),
        Asked::AvailableOn(day) => day.to_string(),
        Asked::FeeAtMost(most) => pounds(*most),
        Asked::Rating(ratings) => words(ratings),
        Asked::Framework(name) | Asked::Lot(name) => name.to_string(),
        Asked::Block(code) => authority(*code),
        Asked::Area => "the authority's own area, or one that counts as near".to_owned(),
    }
}

fn words<C: Code>(codes: &[C]) -> String {
    codes.iter().map(|code| code.word()).collect::<Vec<_>>().join(";")
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn pounds(fee: Pence) -> String {
    text(|out| fee.write_pounds(out))
}

fn authority(code: LaCode) -> String {
    text(|out| code.write(out))
}

fn outward_text(outward: Postcode) -> String {
    text(|out| outward.write_spaced(out))
}
