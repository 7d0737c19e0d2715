//! The standard's own words: the label of each concept as its sheet shows it, and the name of the concept in JSON-LD.
//!
//! Samples, drop-downs and taxonomies of the standard spell one label in several ways, so that letters, digits, `<` and
//! `>` alone count, and a label, the name of a concept and its address are all read.

use kit::{
    encoding::text_of,
    wire::{Heard, LabelList, Reading, Wire, WireType, Writing, Written, items_of},
};
use schemas::{
    code::{
        Code, CommunicationNeed, CulturalNeed, LivingCompanions, OutOfAreaReason, PetsAllowance, PlacementSupport,
        PresenceStatus, Provision, ReferralUrgency, RiskLevel, SuitabilityLevel,
    },
    date::{Date, DateTime},
    decimal::Decimal,
    reflect::Number,
};

use crate::{
    mirror::{Holds, holds},
    rules,
    wire::AsAt,
};

/// A list of ours for which the standard has labels.
pub trait Concept: Code {
    /// The labels, in the standard's order, under the name of their taxonomy.
    const LABELS: &'static LabelList;
    /// What each label means, in the same order. Where several mean the same, the first is written.
    const MEANINGS: &'static [Self];
}

fn meant<C: Concept>(text: &str) -> Option<C> {
    C::MEANINGS.get(C::LABELS.find(text)?).copied()
}

fn label_of<C: Concept>(code: C) -> Option<&'static str> {
    let label = C::MEANINGS.iter().position(|known| *known == code)?;
    C::LABELS.labels.get(label).map(|(label, _)| *label)
}

/// One of the concepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct One<C>(pub C);

impl<C: Concept> Wire for One<C> {
    const TYPE: WireType = WireType::Label(C::LABELS);

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        meant(&text_of(cell)).map_or(Heard::Wrong(&rules::NPS_LABEL), |code| Heard::Is(Self(code)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        let Some(label) = label_of(self.0) else { return Written::CannotSay };
        out.extend_from_slice(label.as_bytes());
        Written::Yes
    }
}

/// Several of them, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<C>(pub Vec<C>);

impl<C: Concept> Wire for Several<C> {
    const TYPE: WireType = WireType::Labels(C::LABELS);

    /// An item that is in no list costs that item. A cell of the sheet may have commas between items.
    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell).replace(',', ";");
        let read: Vec<Option<C>> = items_of(&text).map(meant).collect();
        let all = read.iter().all(Option::is_some);
        let known = kit::words::each_once(read.into_iter().flatten().collect());
        match (known.is_empty(), all) {
            (true, _) => Heard::Wrong(&rules::NPS_LABEL),
            (false, true) => Heard::Is(Self(known)),
            (false, false) => Heard::Mended(Self(known), &rules::NPS_LABEL),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        let labels: Vec<&str> = self.0.iter().filter_map(|code| label_of(*code)).collect();
        out.extend_from_slice(labels.join(";").as_bytes());
        if labels.len() == self.0.len() { Written::Yes } else { Written::CannotSay }
    }
}

/// A number of brothers and sisters; `NA` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Siblings(pub Number<20>);

impl Wire for Siblings {
    const TYPE: WireType = <Number<20> as Wire>::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let is_none = ["NA", "N/A"].iter().any(|word| cell.eq_ignore_ascii_case(word.as_bytes()));
        let cell = if is_none { b"0" } else { cell };
        Number::<20>::read(cell, reading).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// Pounds of a week as the standard's linked data has them: a decimal, which some writers turn into `4.5005E3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pounds<T>(pub T);

impl<T: Wire> Wire for Pounds<T> {
    const TYPE: WireType = WireType::Decimal;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match without_exponent(cell) {
            Some(plain) => T::read(plain.as_bytes(), reading).map(Self),
            None => T::read(cell, reading).map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        self.0.write(out, writing)
    }
}

/// The same amount without an exponent; `None` where it has none, or is no number.
fn without_exponent(cell: &[u8]) -> Option<String> {
    /// No weekly cost is as large or as small.
    const EXPONENT_MAX: i32 = 12;
    let text = std::str::from_utf8(cell).ok()?;
    let (digits, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= EXPONENT_MAX)?;
    let read = Decimal::read(digits.as_bytes())?;
    let (whole, fraction) = read.as_str().split_once('.').unwrap_or((read.as_str(), ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let plain = if point <= 0 {
        format!("0.{}{all}", "0".repeat(point.unsigned_abs() as usize))
    } else {
        let point = point as usize;
        let padded = format!("{all:0<point$}");
        let (whole, fraction) = padded.split_at(point);
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    };
    // Zeros behind the pence say nothing.
    let plain = match plain.split_once('.') {
        Some((whole, fraction)) if fraction.len() > 2 && fraction[2..].bytes().all(|digit| digit == b'0') => {
            format!("{whole}.{}", &fraction[..2])
        }
        _ => plain,
    };
    Some(format!("{sign}{plain}"))
}

/// A day, held as its first moment; of a moment the day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOf(pub DateTime);

impl Wire for DayOf {
    const TYPE: WireType = WireType::Date;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Date::read(cell, reading) {
            Heard::Is(day) => AsAt::of_day(day).map_or(Heard::Unreadable, |day| Heard::Is(Self(day.0))),
            Heard::Blank(rule) => Heard::Blank(rule),
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        match self.0.date() {
            Some(day) => Wire::write(&day, out, writing),
            None => Written::CannotSay,
        }
    }
}

holds! {
    One<C> => C where [C: Concept];
    Several<C> => Vec<C> where [C: Concept];
    Siblings => Number<20>;
    DayOf => DateTime;
}

impl Holds for Pounds<crate::wire::WeeklyCost> {
    type Value = schemas::money::Pence;
    fn hold(value: Self::Value) -> Self {
        Self(crate::wire::WeeklyCost(value))
    }
    fn value(self) -> Self::Value {
        self.0.0
    }
}

impl Holds for Pounds<crate::wire::TotalCost> {
    type Value = schemas::money::Pence;
    fn hold(value: Self::Value) -> Self {
        Self(crate::wire::TotalCost(value))
    }
    fn value(self) -> Self::Value {
        self.0.0
    }
}

macro_rules! concepts {
    ($($list:ident $name:literal { $($label:literal $concept:literal => $code:ident),+ $(,)? } also [$($at:literal: $also:literal),* $(,)?];)+) => {
        $(impl Concept for $list {
            const LABELS: &'static LabelList = &LabelList { name: $name, labels: &[$(($label, $concept)),+], also: &[$(($at, $also)),*] };
            const MEANINGS: &'static [Self] = &[$(Self::$code),+];
        })+
    };
}

// Labels as in the drop-downs of the workbook of 24 June 2026, concepts as in the taxonomies beside it.
concepts! {
    ReferralUrgency "placement-urgency" {
        "Today" "Today" => Today,
        "< 5 days" "WithinFiveDays" => WithinFiveDays,
        "> 5 days" "MoreThanFiveDays" => BeyondFiveDays,
    } also [1: "in less than 5 days", 1: "Within 5 days", 2: "in more than 5 days", 2: "More than 5 days"];
    OutOfAreaReason "outof-la-reason" {
        "Safeguarding concerns" "olr:SafeguardingConcerns" => Safeguarding,
        "Bail conditions" "olr:BailConditions" => Bail,
        "Court order" "olr:CourtOrder" => CourtOrder,
        "Other" "olr:OutOfLAReasonOther" => Other,
    } also [];
    PresenceStatus "presence-status" {
        "Yes" "Yes" => Yes,
        "No" "No" => No,
        "Not Specified" "NotSpecified" => NotSpecified,
    } also [0: "Y", 1: "N"];
    CommunicationNeed "communication-need" {
        "ESOL" "ESOL" => Esol,
        "BSL" "BSL" => Bsl,
        "Makaton" "Makaton" => Makaton,
        "Other" "Other" => Other,
        "None" "None" => None,
    } also [];
    CulturalNeed "cultural-need" {
        "Required" "Required" => Required,
        "Not Required" "NotRequired" => NotRequired,
        "Not Known" "NotKnown" => NotKnown,
        "Other" "Other" => Other,
    } also [];
    LivingCompanions "living-arrangement" {
        "Solo placement recommended" "SoloPlacement" => Solo,
        "With Other children recommended" "WithOtherChildren" => WithOthers,
        "Only With Other older children" "OnlyWithOlderChildren" => OnlyOlder,
        "Only With Other younger children" "OnlyWithYoungerChildren" => OnlyYounger,
        "No preference" "NoPreference" => NoPreference,
    } also [];
    PetsAllowance "pets-allowance" {
        "Yes-must" "YesMust" => Must,
        "Yes-can" "YesCan" => Can,
        "No" "No" => No,
        "Not known" "NotKnown" => NotKnown,
    } also [];
    PlacementSupport "support-type" {
        "Additional supervision" "AdditionalSupervision" => Supervision,
        "Therapeutic support" "TherapeuticSupport" => Therapeutic,
        "A worker for respite" "WorkerForRespite" => RespiteWorker,
        "Taxis to school" "TaxisToSchool" => SchoolTaxis,
        "NA" "NotApplicable" => None,
        "Other" "Other" => Other,
    } also [5: "other (please specify)"];
    SuitabilityLevel "suitability-level" {
        "Preferred" "Preferred" => Preferred,
        "Suitable but not preferred" "SuitableButNotPreferred" => Suitable,
        "Unsuitable" "Unsuitable" => Unsuitable,
        "Not specified" "NotSpecified" => NotSpecified,
    } also [];
    RiskLevel "risk-level" {
        "No known risk" "NoKnownRisk" => NoneKnown,
        "Risk Present" "RiskPresent" => Present,
    } also [];
    Provision "placement-type" {
        "Foster" "Foster" => Fostering,
        "Residential" "Residential" => Residential,
        "Supported Accommodation" "SupportedAccommodation" => SupportedAccommodation,
    } also [0: "Fostering", 0: "Foster care", 1: "Residential care"];
}
