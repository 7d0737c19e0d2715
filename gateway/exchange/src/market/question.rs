//! What a placements team asks for: criteria that must hold or that are wanted, what to leave in, and the order.
//!
//! Limits: [`CRITERIA_MAX`] criteria, [`CHILDREN_MAX`] children. Format: pairs of a parameter and its text, as a query
//! has them (ifa-formats, section 8); a text may begin with `must:` or `want:`. Operations: [`Question::read`].

use schemas::{
    code::{
        Code, Ethnicity, HouseholdPet, HouseholdReligion, HouseholdSmoking, OfstedRating, PlacementNeed, Provision,
        VacancyPlacementType, WheelchairAccess,
    },
    date::{Date, DateTime},
    identifier::LaCode,
    money::Pence,
    postcode::{Postcode, PostcodeRead, Precision},
};

/// Criteria that a question may have.
pub const CRITERIA_MAX: usize = 40;
/// Children that a question may be about.
pub const CHILDREN_MAX: usize = 12;
/// The oldest that is asked about.
const AGE_YEARS_MAX: u8 = 25;
/// The farthest that is asked about.
const MILES_MAX: u16 = 500;
/// Characters of the name of a framework or lot.
const NAME_CHARACTERS_MAX: usize = 60;

/// Whether what does not meet a criterion is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What does not meet it is left out; what may or may not is kept and marked.
    Must,
    /// It counts for the order.
    Want,
}

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// A boy or young man.
    Male,
    /// A girl or young woman.
    Female,
    /// Not told: a home for anybody.
    Unknown,
}

/// With whom the child could live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Companions {
    /// With no other child.
    Solo,
    /// With older children only.
    OnlyOlder,
    /// With younger children only.
    OnlyYounger,
}

/// What the carers share with the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culture {
    /// Their ethnicity.
    Ethnicity(Ethnicity),
    /// Their religion.
    Religion(HouseholdReligion),
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// The ages of all children are among those the home is for.
    Ages(Vec<u8>),
    /// The home is for children of this sex.
    Sex(Sex),
    /// So many places would be filled today.
    Places(u8),
    /// Brothers and sisters, so many, could live there together.
    Siblings(u8),
    /// Kind of provision.
    Provision(Provision),
    /// What is offered.
    PlacementType(VacancyPlacementType),
    /// A need can be met.
    Attribute(PlacementNeed),
    /// With whom the child would live.
    Companions(Companions),
    /// An animal, or none.
    Pets(HouseholdPet),
    /// At least this access.
    Wheelchair(WheelchairAccess),
    /// At most this smoking.
    Smoking(HouseholdSmoking),
    /// A bedroom alone, or not.
    OwnBedroom(bool),
    /// A language, by the DfE's code.
    Language(Box<str>),
    /// What the carers share with the child: met, not met or unknown, and never what it is.
    Culture(Culture),
    /// Within so many miles of an outward postcode.
    Within {
        /// From here.
        outward: Postcode,
        /// So far at most.
        miles: u16,
    },
    /// The carers drive as far as the school in this outward postcode.
    School(Postcode),
    /// It can be lived in on this day.
    AvailableOn(Date),
    /// At most this a week, for each child.
    FeeAtMost(Pence),
    /// One of these judgements.
    Rating(Vec<OfstedRating>),
    /// Under this framework.
    Framework(Box<str>),
    /// Of this price band.
    Lot(Box<str>),
    /// A block contract is for this authority.
    Block(LaCode),
    /// The home is in the authority's own area, or in one that counts as near.
    Area,
}

/// A criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// Whether it must hold.
    pub kind: Kind,
    /// What is asked.
    pub asked: Asked,
}

/// What comes first beside the usual order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Nothing: price never ranks unless it is asked for.
    #[default]
    Usual,
    /// The cheaper.
    Fee,
    /// What is paid for already.
    Block,
}

/// Everything that is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The criteria, in the order in which they are told.
    pub criteria: Vec<Criterion>,
    /// The placing authority.
    pub authority: LaCode,
    /// Those that were not checked lately are kept, and marked.
    pub include_stale: bool,
    /// Only what changed since.
    pub updated_since: Option<DateTime>,
    /// Those not checked within a working day stand after the others.
    pub needed_today: bool,
    /// What comes first.
    pub sort: Sort,
}

/// A parameter that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionFault {
    /// Its name, one of [`PARAMETERS`]; `None` when it is none of them.
    pub parameter: Option<&'static str>,
    /// What it takes.
    pub takes: String,
}

/// Every parameter, and what it takes.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("age", "a whole number from 0 to 25, once for each child"),
    ("sex", "M, F or U"),
    ("siblings", "a whole number from 1 to 12"),
    ("provision", "fostering, residential or supported-accommodation"),
    ("placement_type", "a code of the list, such as short-term"),
    ("attribute", "needs from the list, with `;` between them"),
    ("companions", "solo, only-older or only-younger"),
    ("pets", "none, dog, cat, small, farm or other"),
    ("wheelchair", "full, ground-floor or none"),
    ("smoking", "no, outside or yes"),
    ("own_bedroom", "Y or N"),
    ("language", "a code of three letters, such as ENG"),
    ("culture", "an ethnicity of the DfE's list, or a religion of ours"),
    ("outward", "the first half of a postcode, and `miles` beside it"),
    ("miles", "a whole number from 0 to 500, and `outward` beside it"),
    ("school", "the first half of the school's postcode"),
    ("available_from", "a day, such as 2026-01-19"),
    ("max_fee", "pounds a week, such as 945.00"),
    ("rating", "outstanding, good, requires-improvement or inadequate, with `;` between them"),
    ("framework", "the id of a framework"),
    ("lot", "a price band of a framework"),
    ("authority", "the three-digit code of the placing authority"),
    ("needed", "today"),
    ("include_stale", "true or false"),
    ("updated_since", "a moment, such as 2026-01-12T08:30:00Z"),
    ("sort", "fee or block"),
];

impl Question {
    /// Reads the parameters of a question of an authority. `today` is the day on which a home is needed where none is
    /// given.
    ///
    /// # Errors
    /// [`QuestionFault`] at the first parameter that is none, says nothing that it may, or stands alone.
    pub fn read<'p>(
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
        authority: LaCode,
        today: Date,
    ) -> Result<Self, QuestionFault> {
        let mut reading = Reading::of(authority);
        for (name, text) in parameters {
            let Some((known, takes)) = PARAMETERS.iter().find(|(known, _)| *known == name) else {
                return Err(unknown(name));
            };
            let fault = || QuestionFault { parameter: Some(known), takes: (*takes).to_owned() };
            reading.take(known, text).ok_or_else(fault)?;
        }
        reading.finish(today)
    }

    /// A question of an authority that asks nothing yet.
    #[must_use]
    pub fn of(authority: LaCode) -> Self {
        Self {
            criteria: Vec::new(),
            authority,
            include_stale: false,
            updated_since: None,
            needed_today: false,
            sort: Sort::Usual,
        }
    }

    /// The ages that are asked about.
    #[must_use]
    pub fn ages(&self) -> &[u8] {
        let ages = self.criteria.iter().find_map(|criterion| match &criterion.asked {
            Asked::Ages(ages) => Some(&ages[..]),
            _ => None,
        });
        ages.unwrap_or_default()
    }
}

fn unknown(name: &str) -> QuestionFault {
    let nearest = kit::nearest::nearest(name, PARAMETERS.iter().map(|(known, _)| *known));
    let hint = nearest.map(|nearest| format!("; nearest: `{nearest}`")).unwrap_or_default();
    QuestionFault { parameter: None, takes: format!("one of the parameters of a search{hint}") }
}

/// A question while its parameters come.
struct Reading {
    question: Question,
    ages: Option<(Kind, Vec<u8>)>,
    outward: Option<(Kind, Postcode)>,
    miles: Option<(Kind, u16)>,
    available_on: Option<(Kind, Date)>,
    places: u8,
}

impl Reading {
    fn of(authority: LaCode) -> Self {
        let question = Question::of(authority);
        Self { question, ages: None, outward: None, miles: None, available_on: None, places: 1 }
    }

    /// Takes a parameter; `None` when its text is nothing that it may say.
    fn take(&mut self, name: &'static str, text: &str) -> Option<()> {
        let (told, text) = match text.split_once(':') {
            Some(("must", rest)) => (Some(Kind::Must), rest),
            Some(("want", rest)) => (Some(Kind::Want), rest),
            _ => (None, text),
        };
        let text = text.trim();
        let must = told.unwrap_or(Kind::Must);
        let want = told.unwrap_or(Kind::Want);
        let asked = match name {
            "age" => {
                let ages = &mut self.ages.get_or_insert((must, Vec::new())).1;
                ages.push(number(text, AGE_YEARS_MAX)?);
                return (ages.len() <= CHILDREN_MAX).then_some(());
            }
            "outward" => return self.outward.replace((want, outward(text)?)).is_none().then_some(()),
            "miles" => return self.miles.replace((want, number(text, MILES_MAX)?)).is_none().then_some(()),
            "available_from" => {
                return self.available_on.replace((must, Date::parse_iso(text.as_bytes())?)).is_none().then_some(());
            }
            "needed" => {
                self.question.needed_today = true;
                return (text == "today").then_some(());
            }
            "include_stale" => return flag(text).map(|flag| self.question.include_stale = flag),
            "updated_since" => {
                let since = DateTime::read(text.as_bytes())?;
                return self.question.updated_since.replace(since).is_none().then_some(());
            }
            "sort" => {
                self.question.sort = match text {
                    "fee" => Sort::Fee,
                    "block" => Sort::Block,
                    _ => return None,
                };
                return Some(());
            }
            "authority" => return LaCode::read(text.as_bytes()).map(|authority| self.question.authority = authority),
            "attribute" => {
                for need in text.split(';') {
                    self.add(want, Asked::Attribute(word(need)?))?;
                }
                return Some(());
            }
            "sex" => {
                let sex = match text {
                    "M" => Sex::Male,
                    "F" => Sex::Female,
                    "U" => Sex::Unknown,
                    _ => return None,
                };
                return self.add(must, Asked::Sex(sex));
            }
            "provision" => return self.add(must, Asked::Provision(word(text)?)),
            "siblings" => {
                let count = number(text, CHILDREN_MAX as u8).filter(|count| *count > 0)?;
                self.places = self.places.max(count);
                Asked::Siblings(count)
            }
            "placement_type" => Asked::PlacementType(word(text)?),
            "companions" => Asked::Companions(match text {
                "solo" => Companions::Solo,
                "only-older" => Companions::OnlyOlder,
                "only-younger" => Companions::OnlyYounger,
                _ => return None,
            }),
            "pets" => Asked::Pets(word(text).filter(|pet| *pet != HouseholdPet::Unknown)?),
            "wheelchair" => Asked::Wheelchair(word(text).filter(|access| *access != WheelchairAccess::Unknown)?),
            "smoking" => Asked::Smoking(word(text).filter(|smoking| *smoking != HouseholdSmoking::Unknown)?),
            "own_bedroom" => Asked::OwnBedroom(flag(text)?),
            "language" => {
                let is_code = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
                Asked::Language(is_code.then(|| text.to_ascii_uppercase())?.into())
            }
            "culture" => Asked::Culture(match Ethnicity::from_code(text.as_bytes()) {
                Some(ethnicity) => Culture::Ethnicity(ethnicity),
                None => Culture::Religion(word(text)?),
            }),
            "school" => Asked::School(outward(text)?),
            "max_fee" => Asked::FeeAtMost(Pence::read_pounds(text.as_bytes()).ok()?),
            "rating" => Asked::Rating(text.split(';').map(word).collect::<Option<_>>()?),
            "framework" => Asked::Framework(named(text)?),
            "lot" => Asked::Lot(named(text)?),
            _ => return None,
        };
        self.add(want, asked)
    }

    /// Adds a criterion; `None` where the same was asked already, or too much.
    fn add(&mut self, kind: Kind, asked: Asked) -> Option<()> {
        let criteria = &mut self.question.criteria;
        if criteria.len() >= CRITERIA_MAX || criteria.iter().any(|criterion| criterion.asked == asked) {
            return None;
        }
        criteria.push(Criterion { kind, asked });
        Some(())
    }

    /// Puts together what stands in several parameters, or is asked of every home.
    fn finish(mut self, today: Date) -> Result<Question, QuestionFault> {
        let within = match (self.outward, self.miles) {
            (Some((_, outward)), Some((kind, miles))) => Some((kind, Asked::Within { outward, miles })),
            (None, None) => None,
            (alone, _) => {
                let name = if alone.is_some() { "outward" } else { "miles" };
                let takes = PARAMETERS.iter().find(|(known, _)| *known == name).map_or("", |(_, takes)| *takes);
                return Err(QuestionFault { parameter: Some(name), takes: takes.to_owned() });
            }
        };
        let children = self.ages.as_ref().map_or(1, |(_, ages)| ages.len().min(CHILDREN_MAX) as u8);
        let (available, day) = self.available_on.unwrap_or((Kind::Must, today));
        let ages = self.ages.map(|(kind, ages)| (kind, Asked::Ages(ages)));
        let always = [
            Some((Kind::Must, Asked::Places(self.places.max(children)))),
            Some((available, Asked::AvailableOn(day))),
            Some((Kind::Must, Asked::Block(self.question.authority))),
        ];
        let first = ages.into_iter().chain(always.into_iter().flatten()).chain(within);
        let first = first.map(|(kind, asked)| Criterion { kind, asked });
        self.question.criteria.splice(0..0, first);
        Ok(self.question)
    }
}

fn number<N: TryFrom<u32> + PartialOrd>(text: &str, most: N) -> Option<N> {
    let is_digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let number = is_digits.then(|| text.parse::<u32>().ok())??;
    N::try_from(number).ok().filter(|number| *number <= most)
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "Y" => Some(true),
        "false" | "N" => Some(false),
        _ => None,
    }
}

fn word<C: Code>(text: &str) -> Option<C> {
    C::LIST.find_word(text.trim()).and_then(C::from_index)
}

fn outward(text: &str) -> Option<Postcode> {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(code) if code.precision() == Precision::Outward => Some(code),
        _ => None,
    }
}

fn named(text: &str) -> Option<Box<str>> {
    (!text.is_empty() && text.chars().count() <= NAME_CHARACTERS_MAX).then(|| text.into())
}
