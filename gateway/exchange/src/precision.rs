//! How precisely a view lets a field out, and what that makes of an answer (views, section 1).

use schemas::{
    code::{Class, Code, Ethnicity, LegalStatus, NameUse, PlacementType},
    date::Date,
    reflect::{Field, Kind, Value},
    said::{Coarse, Reduction, Said},
};

/// Children under this age are in the first band; each further number begins the next.
const AGE_BANDS_FROM_YEARS: [u8; 4] = [5, 10, 16, 18];
/// Total difficulties from which a questionnaire is borderline, and from which it is a cause for concern (SDQ scoring).
const SDQ_BORDERLINE_FROM: u32 = 14;
const SDQ_CONCERN_FROM: u32 = 17;

/// A word of the matrix: how precisely a field is let out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// As it is, blanks and refusals too.
    Full,
    /// The first of the month.
    Month,
    /// The first of January.
    Year,
    /// Whole years at the as-at date.
    Age,
    /// The band the value lies in.
    Band,
    /// The outward code of a postcode.
    Outward,
    /// The sector of a postcode.
    Sector,
    /// The coded value, without any text beside it.
    Code,
    /// A coarser code.
    Group,
    /// That there is one; for a yes or no, which.
    Flag,
    /// How many there are.
    Count,
    /// A reference that differs for each recipient.
    Reference,
    /// Nothing.
    Withheld,
}

impl Precision {
    /// Every precision with its word.
    pub const WORDS: [(Self, &'static str); 13] = [
        (Self::Full, "full"),
        (Self::Month, "month"),
        (Self::Year, "year"),
        (Self::Age, "age"),
        (Self::Band, "band"),
        (Self::Outward, "outward"),
        (Self::Sector, "sector"),
        (Self::Code, "code"),
        (Self::Group, "group"),
        (Self::Flag, "flag"),
        (Self::Count, "count"),
        (Self::Reference, "ref"),
        (Self::Withheld, "-"),
    ];

    /// The precision of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(precision, _)| *precision)
    }

    /// This one and what lies below it, nearest first (views, section 1).
    fn downwards(self) -> &'static [Self] {
        use Precision as P;
        match self {
            P::Full => &[
                P::Full,
                P::Month,
                P::Year,
                P::Age,
                P::Band,
                P::Sector,
                P::Outward,
                P::Code,
                P::Group,
                P::Count,
                P::Flag,
                P::Reference,
                P::Withheld,
            ],
            P::Month => &[P::Month, P::Year, P::Band, P::Withheld],
            P::Year => &[P::Year, P::Band, P::Withheld],
            P::Age => &[P::Age, P::Band, P::Withheld],
            P::Band => &[P::Band, P::Withheld],
            P::Sector => &[P::Sector, P::Outward, P::Withheld],
            P::Outward => &[P::Outward, P::Withheld],
            P::Code => &[P::Code, P::Group, P::Flag, P::Withheld],
            P::Group => &[P::Group, P::Flag, P::Withheld],
            P::Count => &[P::Count, P::Flag, P::Withheld],
            P::Flag => &[P::Flag, P::Withheld],
            P::Reference => &[P::Reference, P::Withheld],
            P::Withheld => &[P::Withheld],
        }
    }

    /// The first that lies below both; in the end nothing is let out.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        let below_both = self.downwards().iter().find(|below| other.downwards().contains(below));
        below_both.copied().unwrap_or(Self::Withheld)
    }

    /// Whether it lets out no more than another.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        other.downwards().contains(&self)
    }

    /// What this precision comes to for a field: what has no way to be done is withheld.
    #[must_use]
    pub fn for_field(self, field: &Field) -> Self {
        if Change::of(field, self) == Some(Change::Withhold) { Self::Withheld } else { self }
    }

    /// Its word in the matrix.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(known, _)| *known == self).map_or("-", |(_, word)| word)
    }
}

/// What is done to a field that is not let out in full. What has no way to be done is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Withhold,
    Month,
    Year,
    Age,
    AgeBand,
    SdqBand,
    Outward,
    Sector,
    /// Of an open list only what the list holds.
    Listed,
    /// Of a group, or of a list of groups, only the members that are coded.
    CodedMembers,
    Ethnicity,
    PlacementType,
    LegalStatus,
    Flag,
    /// Of a person's names only those that are in use.
    WithoutFormerNames,
    /// Of words only the child's own, as far as the child lets them go.
    ChildsOwnWords,
}

impl Change {
    /// What a precision does to a field of this kind; none where nothing needs to be done.
    ///
    /// Groups and bands that have no words yet, counts and references are withheld.
    pub(crate) fn of(field: &Field, precision: Precision) -> Option<Self> {
        Some(match (precision, field.kind) {
            (Precision::Full, _) => return None,
            (Precision::Code, kind) if is_coded(kind) => return None,
            (Precision::Code, Kind::OpenCode(_)) => Self::Listed,
            (Precision::Code, kind @ (Kind::Item(_) | Kind::List(_))) if has_codes(kind) => Self::CodedMembers,
            (Precision::Month, Kind::Date) => Self::Month,
            (Precision::Year, Kind::Date) => Self::Year,
            (Precision::Age, Kind::Date) => Self::Age,
            (Precision::Band, Kind::Date) => Self::AgeBand,
            (Precision::Band, Kind::Number { most: 40 }) if field.name == "score" => Self::SdqBand,
            (Precision::Outward, Kind::Postcode) => Self::Outward,
            (Precision::Sector, Kind::Postcode) => Self::Sector,
            (Precision::Group, Kind::Code(list)) if list.name == Ethnicity::LIST.name => Self::Ethnicity,
            (Precision::Group, Kind::Code(list)) if list.name == PlacementType::LIST.name => Self::PlacementType,
            (Precision::Group, Kind::Code(list)) if list.name == LegalStatus::LIST.name => Self::LegalStatus,
            (Precision::Flag, _) => Self::Flag,
            _ => Self::Withhold,
        })
    }

    /// How the list is let out without one of its entries; where that cannot be done, it is withheld.
    pub(crate) fn without(entry: &str) -> Self {
        match entry {
            "names[former]" => Self::WithoutFormerNames,
            "words[another]" => Self::ChildsOwnWords,
            _ => Self::Withhold,
        }
    }

    /// What is let out in place of an answer. Only what is let out as codes, or but for some entries, says that it is
    /// blank or refused.
    pub(crate) fn apply(self, answer: Said<Value>, field: &Field, as_at: Option<Date>) -> Said<Value> {
        match answer {
            Said::Is(value) => self.apply_to_value(value, field, as_at).unwrap_or_default(),
            other if matches!(self, Self::Listed | Self::WithoutFormerNames | Self::ChildsOwnWords) => other,
            _ => Said::NotAsked,
        }
    }

    fn apply_to_value(self, value: Value, field: &Field, as_at: Option<Date>) -> Option<Said<Value>> {
        let said = |value| Some(Said::Is(value));
        let reduced = |reduction| Some(Said::Reduced(reduction));
        match (self, value) {
            (Self::Month, Value::Date(day)) => said(Value::Date(day.first_of_month())),
            (Self::Year, Value::Date(day)) => said(Value::Date(day.first_of_year())),
            (Self::Age, Value::Date(born)) => reduced(Reduction::Age(born.age_on(as_at?)?)),
            (Self::AgeBand, Value::Date(born)) => reduced(Reduction::Coarse(age_band(born.age_on(as_at?)?))),
            (Self::SdqBand, Value::Number(score)) => reduced(Reduction::Coarse(sdq_band(score))),
            (Self::Outward, Value::Postcode(postcode)) => said(Value::Postcode(postcode.outward())),
            (Self::Sector, Value::Postcode(postcode)) => said(Value::Postcode(postcode.sector())),
            (Self::Listed, Value::Code(index)) => said(Value::Code(index)),
            (Self::CodedMembers, value) => coded_members(value, field.kind).map(Said::Is),
            (Self::Ethnicity, Value::Code(index)) => {
                reduced(Reduction::Coarse(ethnicity_group(Ethnicity::from_index(index)?)))
            }
            (Self::PlacementType, Value::Code(index)) => {
                reduced(Reduction::Coarse(PlacementType::from_index(index)?.group()))
            }
            (Self::LegalStatus, Value::Code(index)) => {
                reduced(Reduction::Coarse(LegalStatus::from_index(index)?.group()))
            }
            (Self::WithoutFormerNames, Value::List(mut names)) => {
                names.retain(|name| is_in_use(name, field.kind));
                if names.is_empty() { None } else { said(Value::List(names)) }
            }
            // Whose they are and how far they may go is seen where the whole statement is.
            (Self::ChildsOwnWords, words) => said(words),
            (Self::Flag, value) => is_there(&value, field.kind).map(|flag| Said::Reduced(Reduction::Flag(flag))),
            _ => None,
        }
    }
}

/// Whether nothing that a field can hold is text of people: codes and numbers, and lists and groups of them.
fn is_coded(kind: Kind) -> bool {
    match kind {
        Kind::Code(_) | Kind::Flag | Kind::Number { .. } | Kind::Year => true,
        Kind::List(item) => is_coded(*item),
        Kind::Item(shape) => shape.members.iter().all(|member| is_coded(member.kind)),
        _ => false,
    }
}

/// Whether anything in a group or list is coded.
fn has_codes(kind: Kind) -> bool {
    match kind {
        Kind::List(item) => has_codes(*item),
        Kind::Item(shape) => shape.members.iter().any(|member| has_codes(member.kind)),
        Kind::OpenCode(_) => true,
        kind => is_coded(kind),
    }
}

/// A group without its members that are not coded, and the same of each group of a list; nothing where nothing is left.
fn coded_members(value: Value, kind: Kind) -> Option<Value> {
    match (value, kind) {
        (value, kind) if is_coded(kind) => Some(value),
        (Value::Code(index), Kind::OpenCode(_)) => Some(Value::Code(index)),
        (Value::List(items), Kind::List(item)) => {
            let left: Vec<Value> = items.into_iter().filter_map(|value| coded_members(value, *item)).collect();
            (!left.is_empty()).then_some(Value::List(left))
        }
        (Value::Item(members), Kind::Item(shape)) => {
            let reduce = |(said, member): (Said<Value>, &schemas::reflect::Member)| match said {
                Said::Is(value) => coded_members(value, member.kind).map_or(Said::NotAsked, Said::Is),
                // That text was refused or could not be read is told to nobody who may not see the text.
                other if is_coded(member.kind) => other,
                _ => Said::NotAsked,
            };
            let left: Vec<Said<Value>> = members.into_iter().zip(shape.members).map(reduce).collect();
            left.iter().any(|said| *said != Said::NotAsked).then_some(Value::Item(left))
        }
        _ => None,
    }
}

/// Whether a name is said to be the usual or the preferred one. Of whatever does not say it nobody knows.
fn is_in_use(name: &Value, kind: Kind) -> bool {
    let (Kind::List(Kind::Item(shape)), Value::Item(members)) = (kind, name) else { return false };
    let mut uses = shape.members.iter().zip(members).filter(|(member, _)| member.name == "use");
    uses.any(|(_, said)| {
        let Said::Is(Value::Code(index)) = said else { return false };
        matches!(NameUse::from_index(*index), Some(NameUse::Usual | NameUse::Preferred))
    })
}

/// Yes or no as it was said, else that there is one. A code that says "unknown" or "none" says nothing here, nor does a
/// word that is on no list: whoever is let see codes only does not see it either.
fn is_there(value: &Value, kind: Kind) -> Option<bool> {
    match (value, kind) {
        (Value::Flag(flag), _) => Some(*flag),
        (Value::Code(index), Kind::Code(list) | Kind::OpenCode(list)) => {
            let entry = list.entries.get(usize::from(*index))?;
            (entry.class == Class::Value).then_some(true)
        }
        (Value::Text(_), Kind::OpenCode(_)) => None,
        (Value::List(items), _) => (!items.is_empty()).then_some(true),
        _ => Some(true),
    }
}

/// The band of an age in whole years.
pub(crate) fn age_band(years: u8) -> Coarse {
    let [five, ten, sixteen, eighteen] = AGE_BANDS_FROM_YEARS;
    match years {
        years if years < five => Coarse::Age0To4,
        years if years < ten => Coarse::Age5To9,
        years if years < sixteen => Coarse::Age10To15,
        years if years < eighteen => Coarse::Age16To17,
        _ => Coarse::Age18OrOver,
    }
}

pub(crate) fn sdq_band(score: u32) -> Coarse {
    match score {
        score if score < SDQ_BORDERLINE_FROM => Coarse::SdqNormal,
        score if score < SDQ_CONCERN_FROM => Coarse::SdqBorderline,
        _ => Coarse::SdqConcern,
    }
}

/// The broad groups of the Census 2021, in which Chinese is Asian.
pub(crate) fn ethnicity_group(ethnicity: Ethnicity) -> Coarse {
    match ethnicity {
        Ethnicity::WhiteBritish
        | Ethnicity::WhiteIrish
        | Ethnicity::IrishTraveller
        | Ethnicity::AnyOtherWhite
        | Ethnicity::GypsyRoma => Coarse::White,
        Ethnicity::WhiteAndBlackCaribbean
        | Ethnicity::WhiteAndBlackAfrican
        | Ethnicity::WhiteAndAsian
        | Ethnicity::AnyOtherMixed => Coarse::Mixed,
        Ethnicity::Indian
        | Ethnicity::Pakistani
        | Ethnicity::Bangladeshi
        | Ethnicity::AnyOtherAsian
        | Ethnicity::Chinese
        | Ethnicity::AsianBritish
        | Ethnicity::AsianWelsh => Coarse::Asian,
        Ethnicity::Caribbean
        | Ethnicity::African
        | Ethnicity::AnyOtherBlack
        | Ethnicity::BlackBritish
        | Ethnicity::BlackWelsh => Coarse::Black,
        Ethnicity::AnyOtherEthnicGroup => Coarse::OtherEthnicity,
        Ethnicity::Refused | Ethnicity::NotYetObtained => Coarse::EthnicityNotKnown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Precision; 13] = {
        let mut all = [Precision::Full; 13];
        let mut n = 0;
        while n < all.len() {
            all[n] = Precision::WORDS[n].0;
            n += 1;
        }
        all
    };

    #[test]
    fn the_meet_of_two_precisions_is_the_most_that_lies_within_both() {
        for left in ALL {
            assert!(left.meet(left) == left && left.meet(Precision::Full) == left);
            for right in ALL {
                let meet = left.meet(right);
                assert_eq!(meet, right.meet(left), "{left:?} {right:?}");
                assert!(meet.is_within(left) && meet.is_within(right));
                assert_eq!(left.is_within(right), meet == left);
                for third in ALL {
                    assert_eq!(meet.meet(third), left.meet(right.meet(third)), "{left:?} {right:?} {third:?}");
                    let within_both = third.is_within(left) && third.is_within(right);
                    assert_eq!(within_both, third.is_within(meet), "{left:?} {right:?} {third:?}");
                }
            }
        }
        assert_eq!(Precision::Month.meet(Precision::Age), Precision::Band);
        assert_eq!(Precision::Code.meet(Precision::Count), Precision::Flag);
        assert_eq!(Precision::Sector.meet(Precision::Month), Precision::Withheld);
    }
}
