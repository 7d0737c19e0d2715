//! Who receives, as far as it is known, and what consents and restrictions that name recipients mean for it.

use schemas::{
    identifier::LaCode,
    record::{Consent, Restriction, Subject},
    said::Said,
};

/// The recipient of what is let out. Nothing is known of who reads a file: then whatever names recipients is strict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipient {
    /// Its code in the Organisation Data Service, as in `RKB`.
    pub ods_code: Option<Box<str>>,
    /// The authority that it is, or works for.
    pub authority: Option<LaCode>,
    /// A person has decided that it may know of this very child: a referral was sent to it, or its offer accepted.
    pub is_released: bool,
}

impl Recipient {
    /// Somebody of whom nothing is known.
    #[must_use]
    pub fn unknown() -> &'static Self {
        static UNKNOWN: Recipient = Recipient { ods_code: None, authority: None, is_released: false };
        &UNKNOWN
    }

    /// The organisation of this code.
    #[must_use]
    pub fn organisation(ods_code: &str) -> Self {
        Self { ods_code: Some(ods_code.trim().into()), ..Self::default() }
    }

    /// The same, as part of an authority or working for one.
    #[must_use]
    pub fn of_authority(self, authority: Option<LaCode>) -> Self {
        Self { authority, ..self }
    }

    /// The same for a child of whom a person has decided that it may know.
    #[must_use]
    pub fn released(self) -> Self {
        Self { is_released: true, ..self }
    }

    /// Whether another authority is responsible for a child. Where one of the two is not known, nobody can say so.
    pub(crate) fn is_of_another_authority(&self, subject: &Subject) -> bool {
        matches!((self.authority, subject.authority), (Some(own), Some(responsible)) if own != responsible)
    }

    /// Whether a permission is to this recipient: to everybody, or to it by its code (views, section 2).
    pub(crate) fn is_permitted_by(&self, consent: &Consent) -> bool {
        match &consent.recipients {
            Said::Is(named) if !named.is_empty() => self.is_among(named),
            Said::Is(_) | Said::NotAsked | Said::Blank => true,
            _ => false,
        }
    }

    /// Whether a refusal is to this recipient (views, section 7.4). It is unless all that are named are codes of
    /// others: a sector or a name may mean this one.
    pub(crate) fn is_refused_by(&self, consent: &Consent) -> bool {
        match (&self.ods_code, &consent.recipients) {
            (Some(own), Said::Is(named)) if !named.is_empty() => {
                named.iter().any(|name| is_same(name, own) || !is_ods_code(name))
            }
            _ => true,
        }
    }

    /// Whether a restriction lets this recipient keep the place (views, section 7.3).
    pub(crate) fn keeps_place_under(&self, restriction: &Restriction) -> bool {
        matches!(&restriction.recipients, Said::Is(named) if self.is_among(named))
    }

    /// Leaves of the recipients of a consent this one only; false when it is not among them.
    pub(crate) fn keep_own_name(&self, consent: &mut Consent) -> bool {
        if let Said::Is(named) = &mut consent.recipients {
            named.retain(|name| self.ods_code.as_deref().is_some_and(|own| is_same(name, own)));
            if !named.is_empty() {
                return true;
            }
        }
        consent.recipients = Said::NotAsked;
        false
    }

    fn is_among(&self, named: &[Box<str>]) -> bool {
        self.ods_code.as_deref().is_some_and(|own| named.iter().any(|name| is_same(name, own)))
    }
}

fn is_same(name: &str, code: &str) -> bool {
    name.trim().eq_ignore_ascii_case(code)
}

/// Whether a name can only be a code of the Organisation Data Service: a trust's three characters from R or T, or any
/// that has a digit. What might be a word, as `NHS` might, is none.
fn is_ods_code(name: &str) -> bool {
    let name = name.trim().as_bytes();
    let of_code = name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let of_trust = name.len() == 3 && matches!(name[0], b'R' | b'T');
    of_code && (3..=12).contains(&name.len()) && (of_trust || name.iter().any(u8::is_ascii_digit))
}

/// Whether a consent is limited to some recipients; none named is everybody.
pub(crate) fn names_recipients(consent: &Consent) -> bool {
    match &consent.recipients {
        Said::Is(recipients) => !recipients.is_empty(),
        Said::NotAsked | Said::Blank => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming(names: &[&str]) -> Consent {
        Consent { recipients: Said::Is(names.iter().map(|name| (*name).into()).collect()), ..Consent::default() }
    }

    #[test]
    fn a_permission_holds_for_those_it_names_and_a_refusal_for_whoever_it_may_mean() {
        let (trust, nobody) = (Recipient::organisation(" RKB "), Recipient::unknown());
        for (names, permitted, refused) in [
            (&[][..], true, true),
            (&["RKB"], true, true),
            (&["rkb ", "M85001"], true, true),
            (&["M85001"], false, false),
            (&["RR8", "M85001"], false, false),
            (&["RR8", "health"], false, true),
            (&["NHS"], false, true),
            (&[""], false, true),
        ] {
            let consent = naming(names);
            assert_eq!(
                (trust.is_permitted_by(&consent), trust.is_refused_by(&consent)),
                (permitted, refused),
                "{names:?}"
            );
            assert_eq!((nobody.is_permitted_by(&consent), nobody.is_refused_by(&consent)), (names.is_empty(), true));
        }
        let unreadable = Consent { recipients: Said::Unreadable, ..Consent::default() };
        assert!(!trust.is_permitted_by(&unreadable) && trust.is_refused_by(&unreadable));
    }

    #[test]
    fn of_the_names_in_a_consent_only_ones_own_is_kept() {
        let mut consent = naming(&["RR8", "RKB"]);
        assert!(Recipient::organisation("RKB").keep_own_name(&mut consent));
        assert!(consent.recipients == Said::Is(vec!["RKB".into()]));
        assert!(!Recipient::organisation("X26").keep_own_name(&mut consent) && consent.recipients == Said::NotAsked);
        assert!(!Recipient::unknown().keep_own_name(&mut naming(&["RKB"])));
    }
}
