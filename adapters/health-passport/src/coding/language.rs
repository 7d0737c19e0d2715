//! Languages: the DfE's three letters as BCP 47, for the languages whose code is certain.
//!
//! The binding of `Patient.communication.language` is closed, so a language that is not here is a loss, never a guess.

use crate::writer::{Value, value};

macro_rules! languages {
    ($($dfe:literal = $tag:literal $display:literal,)+) => {
        /// The language as a CodeableConcept; `None` for a code that is not in the map.
        pub(crate) fn language(code: &str) -> Option<Value<'static>> {
            let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
            match &letters.map(|letter| letter.to_ascii_uppercase()) {
                $($dfe => Some(value!(
                    r#"{"coding":[{"system":"urn:ietf:bcp:47","code":""#, $tag, r#"","display":""#, $display, r#""}]}"#
                )),)+
                _ => None,
            }
        }

        /// What a language is called; `None` for a code that is not in the map.
        pub(crate) fn language_name(code: &str) -> Option<&'static str> {
            let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
            match &letters.map(|letter| letter.to_ascii_uppercase()) {
                $($dfe => Some($display),)+
                _ => None,
            }
        }

        /// The DfE's code of a tag of BCP 47; a region or script after it makes no other language here.
        pub(crate) fn language_of(tag: &str) -> Option<&'static str> {
            let first = tag.split('-').next()?.to_ascii_lowercase();
            match &*first {
                $($tag => std::str::from_utf8($dfe).ok(),)+
                _ => None,
            }
        }
    };
}

languages! {
    b"ALB" = "sq" "Albanian",
    b"ARA" = "ar" "Arabic",
    b"BNG" = "bn" "Bengali",
    b"CHI" = "zh" "Chinese",
    b"ENG" = "en" "English",
    b"FRN" = "fr" "French",
    b"GUJ" = "gu" "Gujarati",
    b"HIN" = "hi" "Hindi",
    b"ITA" = "it" "Italian",
    b"KUR" = "ku" "Kurdish",
    b"LIT" = "lt" "Lithuanian",
    b"PNJ" = "pa" "Punjabi",
    b"POL" = "pl" "Polish",
    b"POR" = "pt" "Portuguese",
    b"PRS" = "fa" "Persian",
    b"RUS" = "ru" "Russian",
    b"SOM" = "so" "Somali",
    b"SPA" = "es" "Spanish",
    b"TAM" = "ta" "Tamil",
    b"TUR" = "tr" "Turkish",
    b"URD" = "ur" "Urdu",
    b"VIE" = "vi" "Vietnamese",
}
