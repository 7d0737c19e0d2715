//! Ethnicity: the DfE's code and the NHS category that it falls in.
//!
//! No official map from one list to the other was found; this one is ours. The DfE's code always goes along as a
//! second coding, so that nothing is lost to a reader who keeps it.

use schemas::code::{Code, Ethnicity};

use super::write_coding;
use crate::writer::{Ready, Value, key, members, value};

/// The extension for each code of the DfE's list.
pub(crate) struct Ethnicities {
    extensions: Vec<Ready>,
}

impl Ethnicities {
    /// The extensions, with or without the NHS code 99, which not every version of the NHS list has.
    pub(crate) fn new(with_99: bool) -> Self {
        Self { extensions: Ethnicity::all().map(|ethnicity| extension(ethnicity, with_99)).collect() }
    }

    /// The extension of a Patient. Source: UK Core, Extension-UKCore-EthnicCategory.
    pub(crate) fn extension(&self, ethnicity: Ethnicity) -> Value<'_> {
        self.extensions[usize::from(ethnicity.index())].value()
    }
}

/// Whether the NHS has only a wider word for a code that the return does not know: those of the CBDS.
pub(crate) fn is_coarser(ethnicity: Ethnicity) -> bool {
    matches!(
        ethnicity,
        Ethnicity::AsianBritish | Ethnicity::AsianWelsh | Ethnicity::BlackBritish | Ethnicity::BlackWelsh
    )
}

fn extension(ethnicity: Ethnicity, with_99: bool) -> Ready {
    let category = category(ethnicity);
    Ready::object(|extension| {
        extension.members(members!(
            r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory""#
        ));
        extension.object(key!(valueCodeableConcept), |concept| {
            concept.array(key!(coding), |codings| {
                if with_99 || category != Category::NotKnown {
                    codings.value(category.coding());
                }
                codings.object(|coding| write_coding(coding, "urn:homeward:cs:ethnicity", ethnicity.entry()));
            });
        });
    })
}

macro_rules! categories {
    ($($category:ident = $code:literal $display:literal,)+) => {
        /// A category of the NHS. Source: UKCore-EthnicCategoryEngland 1.0.0.
        #[derive(Clone, Copy, PartialEq, Eq)]
        enum Category { $($category),+ }

        impl Category {
            fn coding(self) -> Value<'static> {
                match self {$(
                    Self::$category => value!(
                        r#"{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland","code":""#,
                        $code, r#"","display":""#, $display, r#""}"#
                    ),
                )+}
            }
        }
    };
}

categories! {
    WhiteBritish = "A" "White - British",
    WhiteIrish = "B" "White - Irish",
    AnyOtherWhite = "C" "White - Any other White background",
    WhiteAndBlackCaribbean = "D" "Mixed - White and Black Caribbean",
    WhiteAndBlackAfrican = "E" "Mixed - White and Black African",
    WhiteAndAsian = "F" "Mixed - White and Asian",
    AnyOtherMixed = "G" "Mixed - Any other mixed background",
    Indian = "H" "Asian or Asian British - Indian",
    Pakistani = "J" "Asian or Asian British - Pakistani",
    Bangladeshi = "K" "Asian or Asian British - Bangladeshi",
    AnyOtherAsian = "L" "Asian or Asian British - Any other Asian background",
    Caribbean = "M" "Black or Black British - Caribbean",
    African = "N" "Black or Black British - African",
    AnyOtherBlack = "P" "Black or Black British - Any other Black background",
    Chinese = "R" "Other Ethnic Groups - Chinese",
    AnyOtherGroup = "S" "Other Ethnic Groups - Any other ethnic group",
    NotStated = "Z" "Not stated",
    NotKnown = "99" "Not known",
}

/// The ethnicity that a code of the NHS means, and whether it may mean another: `C`, `S` and `Z` stand for several, and
/// a second letter, which later lists have, says more than the DfE's list can.
pub(crate) fn ethnicity_of(code: &str) -> Option<(Ethnicity, bool)> {
    let first = if code == "99" { code } else { code.get(..1)? };
    let exact = first == code;
    Some(match first {
        "A" => (Ethnicity::WhiteBritish, exact),
        "B" => (Ethnicity::WhiteIrish, exact),
        "C" => (Ethnicity::AnyOtherWhite, false),
        "D" => (Ethnicity::WhiteAndBlackCaribbean, exact),
        "E" => (Ethnicity::WhiteAndBlackAfrican, exact),
        "F" => (Ethnicity::WhiteAndAsian, exact),
        "G" => (Ethnicity::AnyOtherMixed, exact),
        "H" => (Ethnicity::Indian, exact),
        "J" => (Ethnicity::Pakistani, exact),
        "K" => (Ethnicity::Bangladeshi, exact),
        "L" => (Ethnicity::AnyOtherAsian, exact),
        "M" => (Ethnicity::Caribbean, exact),
        "N" => (Ethnicity::African, exact),
        "P" => (Ethnicity::AnyOtherBlack, exact),
        "R" => (Ethnicity::Chinese, exact),
        "S" => (Ethnicity::AnyOtherEthnicGroup, false),
        "Z" => (Ethnicity::Refused, false),
        "99" => (Ethnicity::NotYetObtained, true),
        _ => return None,
    })
}

fn category(ethnicity: Ethnicity) -> Category {
    match ethnicity {
        Ethnicity::WhiteBritish => Category::WhiteBritish,
        Ethnicity::WhiteIrish => Category::WhiteIrish,
        Ethnicity::IrishTraveller | Ethnicity::GypsyRoma | Ethnicity::AnyOtherWhite => Category::AnyOtherWhite,
        Ethnicity::WhiteAndBlackCaribbean => Category::WhiteAndBlackCaribbean,
        Ethnicity::WhiteAndBlackAfrican => Category::WhiteAndBlackAfrican,
        Ethnicity::WhiteAndAsian => Category::WhiteAndAsian,
        Ethnicity::AnyOtherMixed => Category::AnyOtherMixed,
        Ethnicity::Indian => Category::Indian,
        Ethnicity::Pakistani => Category::Pakistani,
        Ethnicity::Bangladeshi => Category::Bangladeshi,
        Ethnicity::AnyOtherAsian | Ethnicity::AsianBritish | Ethnicity::AsianWelsh => Category::AnyOtherAsian,
        Ethnicity::Chinese => Category::Chinese,
        Ethnicity::Caribbean => Category::Caribbean,
        Ethnicity::African => Category::African,
        Ethnicity::AnyOtherBlack | Ethnicity::BlackBritish | Ethnicity::BlackWelsh => Category::AnyOtherBlack,
        Ethnicity::AnyOtherEthnicGroup => Category::AnyOtherGroup,
        Ethnicity::Refused => Category::NotStated,
        Ethnicity::NotYetObtained => Category::NotKnown,
    }
}
