//! Identifiers of children, carers, workers, authorities and homes: checked types that only a readable value inhabits.

mod authority;
mod child;
mod provider;
mod pseudonym;
mod school;

use std::fmt;

pub use self::authority::{LaCode, PermanenceAuthority};
pub use self::child::{LaChildId, LaPersonId, NhsNumber, ReferralRef, Uln, Upn};
pub use self::provider::{CarerRef, OfstedUrn, ProviderUrn, UrnDigits, WorkerId};
pub use self::pseudonym::Pseudonym;
pub use self::school::{Laestab, SchoolUrn};
use crate::code::{Code, Regulator};
use crate::inline::Inline;

/// Most characters of an authority's child id: 20 in the DfE's children's social care API, where SSDA903 allows 10.
pub const LA_CHILD_ID_CHARACTERS_MAX: usize = 20;
/// Most characters of a social worker's registration number, as in the DfE's children's social care API.
pub const WORKER_ID_CHARACTERS_MAX: usize = 12;
/// Most characters of an id or reference that its maker is free to choose: room for a UUID.
pub const REFERENCE_CHARACTERS_MAX: usize = 36;

/// Most characters of a provider's number at a regulator other than Ofsted.
pub const PROVIDER_URN_CHARACTERS_MAX: usize = 20;

/// One identifier of a child, or of who provides a place, with the system that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// The child's id in the case system of an authority; it means something only beside that authority.
    LaChild(LaChildId),
    /// The NHS number.
    Nhs(NhsNumber),
    /// The unique pupil number.
    Upn {
        /// The number.
        upn: Upn,
        /// Whether the child has another one now.
        former: bool,
    },
    /// The unique learner number.
    Uln(Uln),
    /// The random name of a child within one referral.
    Referral(ReferralRef),
    /// The second id of an authority's case system, where it differs from the first.
    LaPerson(LaPersonId),
    /// The name that a pseudonymous view gives to a child.
    Pseudonym(Pseudonym),
    /// The number of a provider at whoever registers it.
    Provider(ProviderUrn),
}

/// What kind of identifier it is, without its value. The order is that of [`Identifier::rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentifierKind {
    /// [`Identifier::LaChild`]
    LaChild,
    /// [`Identifier::Nhs`]
    NhsNumber,
    /// [`Identifier::Upn`], present or former
    Upn,
    /// [`Identifier::Uln`]
    Uln,
    /// [`Identifier::Referral`]
    Referral,
    /// [`Identifier::LaPerson`]
    LaPerson,
    /// [`Identifier::Pseudonym`]
    Pseudonym,
    /// [`Identifier::Provider`]
    Provider,
}

/// Why a text is not an identifier. It names the reason and never shows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierFault {
    /// Nothing, or nothing but blanks.
    Blank,
    /// A text by which systems say "none": all zeros, `-1`, one digit ten times over.
    Placeholder,
    /// More characters than the identifier may have.
    TooLong,
    /// A character outside ASCII.
    NotAscii,
    /// A control character between the others, NUL among them.
    ControlCharacter,
    /// Not the letters and digits that this identifier is made of.
    Shape,
    /// The check digit does not follow from the others.
    CheckDigit,
}

/// An identifier whose system is scoped by an authority was to be written without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthorityMissing;

impl Identifier {
    /// The place in the order by which resource ids are anchored: the smallest is the anchor. Never the same for two
    /// kinds, and a former UPN comes right after a present one.
    pub fn rank(&self) -> u8 {
        match self {
            Identifier::LaChild(_) => 0,
            Identifier::Nhs(_) => 1,
            Identifier::Upn { former: false, .. } => 2,
            Identifier::Upn { former: true, .. } => 3,
            Identifier::Uln(_) => 4,
            Identifier::Referral(_) => 5,
            Identifier::LaPerson(_) => 6,
            Identifier::Pseudonym(_) => 7,
            Identifier::Provider(_) => 8,
        }
    }

    /// What kind of identifier it is.
    pub fn kind(&self) -> IdentifierKind {
        match self {
            Identifier::LaChild(_) => IdentifierKind::LaChild,
            Identifier::Nhs(_) => IdentifierKind::NhsNumber,
            Identifier::Upn { .. } => IdentifierKind::Upn,
            Identifier::Uln(_) => IdentifierKind::Uln,
            Identifier::Referral(_) => IdentifierKind::Referral,
            Identifier::LaPerson(_) => IdentifierKind::LaPerson,
            Identifier::Pseudonym(_) => IdentifierKind::Pseudonym,
            Identifier::Provider(_) => IdentifierKind::Provider,
        }
    }

    /// Reads the value of an identifier of a kind, with the checks of its own type; `former` means something to UPNs only.
    /// A provider's number is read as Ofsted's.
    pub fn read(kind: IdentifierKind, value: &[u8], former: bool) -> Option<Identifier> {
        match kind {
            IdentifierKind::LaChild => LaChildId::read(value).ok().map(|(id, _)| Identifier::LaChild(id)),
            IdentifierKind::NhsNumber => NhsNumber::read(value).ok().map(Identifier::Nhs),
            IdentifierKind::Upn => Upn::read(value).map(|upn| Identifier::Upn { upn, former }),
            IdentifierKind::Uln => Uln::read(value).ok().map(Identifier::Uln),
            IdentifierKind::Referral => ReferralRef::read(value).ok().map(Identifier::Referral),
            IdentifierKind::LaPerson => LaPersonId::read(value).ok().map(Identifier::LaPerson),
            IdentifierKind::Pseudonym => Pseudonym::read(value).map(Identifier::Pseudonym),
            IdentifierKind::Provider => ProviderUrn::read(Regulator::Ofsted, value).ok().map(Identifier::Provider),
        }
    }

    /// Reads the value of an identifier of the system with that URI; the ids of an authority beside that authority.
    #[must_use]
    pub fn read_of_system(uri: &str, authority: Option<LaCode>, value: &[u8], former: bool) -> Option<Identifier> {
        let regulator = uri.strip_prefix(IdentifierKind::Provider.system()).and_then(|scope| scope.strip_prefix(':'));
        if let Some(regulator) = regulator {
            let regulator = Regulator::all().find(|known| known.word() == regulator)?;
            return ProviderUrn::read(regulator, value).ok().map(Identifier::Provider);
        }
        Self::read(IdentifierKind::of_system(uri, authority)?, value, former)
    }

    /// Appends the identifier itself.
    pub fn write_value(&self, out: &mut Vec<u8>) {
        match self {
            Identifier::LaChild(id) => id.write(out),
            Identifier::Nhs(number) => number.write(out),
            Identifier::Upn { upn, .. } => upn.write(out),
            Identifier::Uln(uln) => uln.write(out),
            Identifier::Referral(reference) => reference.write(out),
            Identifier::LaPerson(id) => id.write(out),
            Identifier::Pseudonym(pseudonym) => pseudonym.write(out),
            Identifier::Provider(urn) => urn.write(out),
        }
    }

    /// Appends the URI of the system that the identifier belongs to.
    ///
    /// # Errors
    /// Two authorities may give two children the same id, so without an authority the ids of an authority have no
    /// system: nothing is appended and [`AuthorityMissing`] returned.
    pub fn system(&self, authority: Option<LaCode>, out: &mut Vec<u8>) -> Result<(), AuthorityMissing> {
        let kind = self.kind();
        if !kind.is_scoped_by_authority() {
            out.extend_from_slice(kind.system().as_bytes());
            if let Identifier::Provider(urn) = self {
                out.push(b':');
                out.extend_from_slice(urn.regulator().word().as_bytes());
            }
            return Ok(());
        }
        let authority = authority.ok_or(AuthorityMissing)?;
        out.extend_from_slice(kind.system().as_bytes());
        out.push(b':');
        authority.write(out);
        Ok(())
    }
}

impl IdentifierKind {
    /// Every kind, in the order of [`Identifier::rank`].
    pub const ALL: [IdentifierKind; 8] = [
        IdentifierKind::LaChild,
        IdentifierKind::NhsNumber,
        IdentifierKind::Upn,
        IdentifierKind::Uln,
        IdentifierKind::Referral,
        IdentifierKind::LaPerson,
        IdentifierKind::Pseudonym,
        IdentifierKind::Provider,
    ];

    /// The name of the kind, as views and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            IdentifierKind::LaChild => "la-child",
            IdentifierKind::NhsNumber => "nhs-number",
            IdentifierKind::Upn => "upn",
            IdentifierKind::Uln => "uln",
            IdentifierKind::Referral => "referral",
            IdentifierKind::LaPerson => "la-person",
            IdentifierKind::Pseudonym => "pseudonym",
            IdentifierKind::Provider => "provider",
        }
    }

    /// The kind whose system this URI is; the ids of an authority beside that authority, or without one.
    #[must_use]
    pub fn of_system(uri: &str, authority: Option<LaCode>) -> Option<IdentifierKind> {
        Self::ALL.into_iter().find(|kind| match uri.strip_prefix(kind.system()) {
            Some("") => true,
            Some(scope) if kind.is_scoped_by_authority() => {
                let scope = scope.strip_prefix(':').map(|code| LaCode::read(code.as_bytes()));
                scope.is_some_and(|scope| scope.is_some() && scope == authority)
            }
            _ => false,
        })
    }

    /// The URI of the system; for the ids of an authority what stands before `:` and the authority's code, for the number
    /// of a provider what stands before `:` and who registers it.
    pub(crate) const fn system(self) -> &'static str {
        match self {
            IdentifierKind::LaChild => "urn:homeward:id:la-child",
            // Source: UK Core, NHS number naming system.
            IdentifierKind::NhsNumber => "https://fhir.nhs.uk/Id/nhs-number",
            IdentifierKind::Upn => "urn:homeward:id:upn",
            IdentifierKind::Uln => "urn:homeward:id:uln",
            IdentifierKind::Referral => "urn:homeward:id:referral",
            IdentifierKind::LaPerson => "urn:homeward:id:la-person",
            IdentifierKind::Pseudonym => "urn:homeward:id:pseudonym",
            IdentifierKind::Provider => "urn:homeward:id:provider",
        }
    }

    /// Whether the identifier is one of a child: a provider's number is not.
    pub const fn names_a_child(self) -> bool {
        !matches!(self, IdentifierKind::Provider)
    }

    /// Whether the identifier means something only beside the code of an authority.
    pub const fn is_scoped_by_authority(self) -> bool {
        matches!(self, IdentifierKind::LaChild | IdentifierKind::LaPerson)
    }
}

impl fmt::Display for IdentifierFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            IdentifierFault::Blank => "it is blank",
            IdentifierFault::Placeholder => "it is a placeholder for none",
            IdentifierFault::TooLong => "it has too many characters",
            IdentifierFault::NotAscii => "it has a character outside ASCII",
            IdentifierFault::ControlCharacter => "it has a control character",
            IdentifierFault::Shape => "it has not the shape of this identifier",
            IdentifierFault::CheckDigit => "its check digit does not follow from the others",
        })
    }
}

impl std::error::Error for IdentifierFault {}

impl fmt::Display for AuthorityMissing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the id of an authority needs the code of that authority")
    }
}

impl std::error::Error for AuthorityMissing {}

/// An identifier that is text held in place: what all of them can do, with the value hidden from `Debug`.
macro_rules! text_identifier {
    ($type:ident) => {
        crate::inline::hide_value_in_debug!($type);

        impl $type {
            /// The identifier as text, normalised.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The bytes of the text.
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }

            /// Appends the identifier, normalised.
            pub fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.0.as_bytes());
            }
        }
    };
}
use text_identifier;

/// A [`text_identifier`] that its maker is free to choose.
macro_rules! own_text_identifier {
    ($type:ident) => {
        crate::identifier::text_identifier!($type);

        impl $type {
            /// Reads ASCII text up to the most characters that it may have; blanks around it are dropped, case is kept.
            ///
            /// # Errors
            /// [`IdentifierFault`] when it is blank, too long, not ASCII or holds a control character.
            pub fn read(bytes: &[u8]) -> Result<$type, IdentifierFault> {
                crate::identifier::own_text(bytes).map($type)
            }
        }
    };
}
use own_text_identifier;

/// Text of the sender's own making: trimmed, not blank, ASCII, no control characters, at most `N` characters.
fn own_text<const N: usize>(bytes: &[u8]) -> Result<Inline<N>, IdentifierFault> {
    let text = bytes.trim_ascii();
    match Inline::printable(text) {
        Some(held) if !text.is_empty() => Ok(held),
        _ => Err(fault_of_own_text(text)),
    }
}

/// Why a trimmed text cannot be held as [`own_text`].
#[cold]
fn fault_of_own_text(text: &[u8]) -> IdentifierFault {
    if text.is_empty() {
        IdentifierFault::Blank
    } else if !text.is_ascii() {
        IdentifierFault::NotAscii
    } else if text.iter().any(u8::is_ascii_control) {
        IdentifierFault::ControlCharacter
    } else {
        IdentifierFault::TooLong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each_in_order() -> [Identifier; 9] {
        let upn = Upn::read(b"J330999925001").unwrap();
        [
            Identifier::LaChild(LaChildId::read(b"000123").unwrap().0),
            Identifier::Nhs(NhsNumber::read(b"9000000009").unwrap()),
            Identifier::Upn { upn, former: false },
            Identifier::Upn { upn, former: true },
            Identifier::Uln(Uln::read(b"1000000043").unwrap()),
            Identifier::Referral(ReferralRef::read(b"R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P").unwrap()),
            Identifier::LaPerson(LaPersonId::read(b"88").unwrap()),
            Identifier::Pseudonym(Pseudonym::new([7; 16])),
            Identifier::Provider(ProviderUrn::read(Regulator::Ofsted, b"SC999901").unwrap()),
        ]
    }

    #[test]
    fn ranks_and_kinds_follow_the_anchor_order() {
        let all = one_of_each_in_order();
        assert!(all.is_sorted_by(|a, b| a.rank() < b.rank()));
        assert!(all.is_sorted_by(|a, b| a.kind() <= b.kind()));
        assert!(IdentifierKind::ALL.is_sorted());
        for kind in IdentifierKind::ALL {
            assert!(all.iter().any(|identifier| identifier.kind() == kind), "{}", kind.name());
        }
    }

    #[test]
    fn systems_are_the_published_uris() {
        let authority = LaCode::read(b"330").unwrap();
        let systems = one_of_each_in_order().map(|identifier| {
            let mut out = Vec::new();
            identifier.system(Some(authority), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        });
        assert_eq!(
            systems,
            [
                "urn:homeward:id:la-child:330",
                "https://fhir.nhs.uk/Id/nhs-number",
                "urn:homeward:id:upn",
                "urn:homeward:id:upn",
                "urn:homeward:id:uln",
                "urn:homeward:id:referral",
                "urn:homeward:id:la-person:330",
                "urn:homeward:id:pseudonym",
                "urn:homeward:id:provider:ofsted",
            ]
        );
    }

    #[test]
    fn an_identifier_comes_back_from_its_system() {
        let authority = Some(LaCode::read(b"330").unwrap());
        let welsh = ProviderUrn::read(Regulator::CareInspectorateWales, b"W18/0001").unwrap();
        for identifier in one_of_each_in_order().into_iter().chain([Identifier::Provider(welsh)]) {
            let (mut system, mut value) = (Vec::new(), Vec::new());
            identifier.system(authority, &mut system).unwrap();
            identifier.write_value(&mut value);
            let former = matches!(identifier, Identifier::Upn { former: true, .. });
            let system = String::from_utf8(system).unwrap();
            assert_eq!(Identifier::read_of_system(&system, authority, &value, former), Some(identifier));
            assert_eq!(Identifier::read_of_system(&format!("{system}x"), authority, &value, former), None);
        }
        for none in ["urn:homeward:id:provider:", "urn:homeward:id:provider:nobody"] {
            assert_eq!(Identifier::read_of_system(none, authority, b"SC999901", false), None);
        }
    }

    #[test]
    fn an_authoritys_id_without_the_authority_has_no_system() {
        for identifier in one_of_each_in_order() {
            let mut out = Vec::new();
            let written = identifier.system(None, &mut out);
            assert_eq!(written.is_err(), identifier.kind().is_scoped_by_authority());
            assert_eq!(out.is_empty(), written.is_err());
        }
    }

    #[test]
    fn a_provider_is_no_child() {
        let others: Vec<_> = IdentifierKind::ALL.into_iter().filter(|kind| !kind.names_a_child()).collect();
        assert_eq!(others, [IdentifierKind::Provider]);
    }

    #[test]
    fn debug_and_faults_show_no_value() {
        for identifier in one_of_each_in_order() {
            let mut value = Vec::new();
            identifier.write_value(&mut value);
            let value = String::from_utf8(value).unwrap();
            assert!(!value.is_empty());
            assert!(!format!("{identifier:?}").contains(&value));
        }
        assert_eq!(format!("{:?}", one_of_each_in_order()[0]), "LaChild(LaChildId(..))");
    }

    #[test]
    fn identifiers_stay_small() {
        assert!(size_of::<LaChildId>() <= 21);
        assert!(size_of::<OfstedUrn>() <= 8);
        assert!(size_of::<NhsNumber>() <= 11);
        assert!(size_of::<Identifier>() <= 38);
    }
}
