//! What in a text tells who or where somebody is: names, e-mail addresses, telephone numbers, postcodes.

use schemas::postcode::{Postcode, PostcodeRead, Precision};

/// Digits from which a run of them is a telephone number.
const PHONE_DIGITS_MIN: usize = 9;

/// Whether a reference looks like the name of a person: two words that begin with a capital, or an address.
#[must_use]
pub fn looks_like_a_name(text: &str) -> bool {
    let words = text.split(|one: char| !one.is_alphabetic());
    let is_name = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && word.chars().count() > 1 && letters.all(char::is_lowercase)
    };
    text.contains('@') || words.filter(is_name).count() >= 2
}

/// Whether a whole postcode stands in a text.
#[must_use]
pub fn holds_a_postcode(text: &str) -> bool {
    let words: Vec<&str> = text.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_whole = |text: &str| matches!(Postcode::read(text.as_bytes()), PostcodeRead::Is(postcode) if postcode.precision() == Precision::Full);
    words.iter().any(|word| is_whole(word)) || words.windows(2).any(|pair| is_whole(&pair.join(" ")))
}

/// Whether a text holds an e-mail address, a telephone number or a whole postcode.
#[must_use]
pub fn identifies(text: &str) -> bool {
    let is_email = |word: &str| word.split_once('@').is_some_and(|(name, at)| !name.is_empty() && at.contains('.'));
    text.split_whitespace().any(is_email) || holds_a_phone(text) || holds_a_postcode(text)
}

fn holds_a_phone(text: &str) -> bool {
    let mut digits = 0;
    for one in text.chars() {
        match one {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '+' | '\u{a0}' => {}
            _ => digits = 0,
        }
        if digits >= PHONE_DIGITS_MIN {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_capitalised_words_or_an_address_look_like_a_name() {
        for name in ["Mary Jones", "Smith-Jones", "Jones, Mary", "mary@agency.example", "Zoë Müller"] {
            assert!(looks_like_a_name(name), "{name}");
        }
        for code in ["C-2207", "Household 12", "AB-CD", "home", "", "SC999901", "Team B"] {
            assert!(!looks_like_a_name(code), "{code}");
        }
    }

    #[test]
    fn postcodes_are_seen_however_they_are_written() {
        for text in ["B13 9XX", "house b139xx", "C-22 (B13 9XX)", "at B13 9XX."] {
            assert!(holds_a_postcode(text), "{text}");
        }
        for text in ["B13", "C-2207", "B13 9", "", "ages 5 to 11"] {
            assert!(!holds_a_postcode(text), "{text}");
        }
    }

    #[test]
    fn a_summary_that_identifies_is_seen() {
        for text in ["Call 0121 496 0000", "write to duty@agency.example.", "near B13 9XX", "(+44) 121-496-0000"] {
            assert!(identifies(text), "{text}");
        }
        for text in ["Two adults, 3 bedrooms, ages 5-11", "we meet @ school", "12 to 15 miles, 2 dogs and 3 cats"] {
            assert!(!identifies(text), "{text}");
        }
    }
}
