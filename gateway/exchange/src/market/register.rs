//! The register of social care providers that Ofsted publishes: who is registered, for what, and how they were judged.
//!
//! Limits: [`PROVIDERS_MAX`] rows. Format: the provider-level CSV, with title rows above its headings and empty rows below;
//! headings of older years are read too (education and placements, section 3). Operations: [`Register::read`],
//! [`Register::standing`], [`Register::entry`]. Other regulators' providers are not in it, and it says nothing of them.

use std::{collections::HashMap, fmt};

use kit::{
    csv::header::fold,
    wire::{Heard, Reading, Wire, WireType, Writing, Written},
};
use schemas::{
    code::{Code, OfstedRating, ProviderSector, Provision, Regulator},
    date::Date,
    identifier::{OfstedUrn, ProviderUrn},
    said::Said,
};

use super::reference::{self, Faults, TWICE};

/// The most rows of a register; that of 2023 has some 3,500.
pub const PROVIDERS_MAX: usize = 50_000;

kit::rows! {
    /// A provider as the register has it.
    RegisterRow = REGISTER "ofsted-register" {
        /// Ofsted's number of the agency or home.
        urn: OfstedUrn = "URN" { loses_row: true, aliases: &["Setting URN", "Provider URN"] },
        /// What it is registered as.
        provision: Box<str> = "Provision type" { aliases: &["Setting type", "Provider type"] },
        /// Whether it may work.
        registration: Registration = "Registration status" { loses_row: true, aliases: &["Reg Status"] },
        /// Its name.
        name: Box<str> = "Name" { required: false, aliases: &["Setting Name", "Provider name"] },
        /// Who owns it.
        sector: Box<str> = "Sector" { required: false },
        /// The judgement of its last full inspection.
        rating: Box<str> = "Overall experiences and progress of children and young people" {
            required: false,
            aliases: &["Overall effectiveness", "Overall experiences and progress of children", "Latest overall effectiveness"],
        },
        /// The day of that inspection.
        rating_date: Date = "Latest full inspection date" {
            required: false,
            aliases: &["Latest inspection date", "Inspection date", "Date of latest full inspection"],
        },
    }
}

/// Whether a provider may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// It may.
    Active,
    /// Not for the time being.
    Suspended,
    /// Ofsted has taken the registration away.
    Cancelled,
    /// The provider has given it up.
    Resigned,
}

/// How a provider stands on the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may work.
    Active,
    /// It is suspended, cancelled or resigned.
    NotActive,
    /// Ofsted's register does not have this number of Ofsted.
    NotListed,
    /// Another regulator's: this register says nothing of it.
    OfAnotherRegulator,
}

/// What the register says of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, where the publication has not blotted it out.
    pub name: Option<Box<str>>,
    /// The kind of provision; `None` for schools, adoption agencies and others that are no place of ours.
    pub provision: Option<Provision>,
    /// Whether it may work.
    pub registration: Registration,
    /// Who owns it; `None` for academies.
    pub sector: Option<ProviderSector>,
    /// Its last judgement; `None` where there is none, or none of a single word.
    pub rating: Option<OfstedRating>,
    /// The day of that judgement.
    pub rating_date: Option<Date>,
}

/// The register as it was read.
#[derive(Clone)]
pub struct Register(HashMap<ProviderUrn, Entry>);

/// How many, not who.
impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Register({})", self.len())
    }
}

impl Register {
    /// Reads the publication.
    ///
    /// # Errors
    /// Every fault with its place and rule: no heading row, a number that is none of Ofsted's or stands twice, a
    /// registration status that we do not know, more rows than [`PROVIDERS_MAX`].
    pub fn read(bytes: &[u8]) -> Result<Self, Faults> {
        let mut entries = HashMap::new();
        reference::read::<RegisterRow>(bytes, PROVIDERS_MAX, |row, at| {
            let (Some(urn), Some(registration)) = (row.urn.is().and_then(as_provider), row.registration.is()) else {
                return Err(at.breaks(&kit::csv::rules::CELL, "URN"));
            };
            let entry = Entry {
                name: row.name.is().filter(|name| &**name != BLOTTED_OUT),
                provision: word(&row.provision).and_then(provision),
                registration,
                sector: word(&row.sector).and_then(sector),
                rating: word(&row.rating).and_then(rating),
                rating_date: row.rating_date.is(),
            };
            match entries.insert(urn, entry) {
                Some(_) => Err(at.breaks(&TWICE, "URN")),
                None => Ok(()),
            }
        })?;
        Ok(Self(entries))
    }

    /// What it says of a provider.
    #[must_use]
    pub fn entry(&self, urn: ProviderUrn) -> Option<&Entry> {
        self.0.get(&urn)
    }

    /// How a provider stands.
    #[must_use]
    pub fn standing(&self, urn: ProviderUrn) -> Standing {
        match self.entry(urn).map(|entry| entry.registration) {
            Some(Registration::Active) => Standing::Active,
            Some(Registration::Suspended | Registration::Cancelled | Registration::Resigned) => Standing::NotActive,
            None if urn.regulator() == Regulator::Ofsted => Standing::NotListed,
            None => Standing::OfAnotherRegulator,
        }
    }

    /// Every provider of it, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (ProviderUrn, &Entry)> {
        self.0.iter().map(|(urn, entry)| (*urn, entry))
    }

    /// How many providers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What stands for a name that the publication withholds.
const BLOTTED_OUT: &str = "REDACTED";

/// The same number as that of a provider; the word for "not registered" is nobody's.
fn as_provider(urn: OfstedUrn) -> Option<ProviderUrn> {
    let mut number = Vec::new();
    urn.write(&mut number);
    ProviderUrn::read(Regulator::Ofsted, &number).ok()
}

/// A cell in small letters without blanks and marks.
fn word(cell: &Said<Box<str>>) -> Option<String> {
    cell.as_ref().is().map(|text| fold(text.as_bytes()))
}

/// A kind of provision by what somebody is registered as: `Independent Fostering Agency`, `Children's home`, and schools
/// that are registered as one.
fn provision(word: String) -> Option<Provision> {
    let kinds = [
        ("fostering", Provision::Fostering),
        ("childrenshome", Provision::Residential),
        ("supportedaccommodation", Provision::SupportedAccommodation),
    ];
    kinds.into_iter().find(|(kind, _)| word.contains(kind)).map(|(_, provision)| provision)
}

fn sector(word: String) -> Option<ProviderSector> {
    let sectors = [
        ("private", ProviderSector::Private),
        ("voluntary", ProviderSector::Voluntary),
        ("localauthority", ProviderSector::LocalAuthority),
        ("health", ProviderSector::Health),
    ];
    sectors.into_iter().find(|(name, _)| word.starts_with(name)).map(|(_, sector)| sector)
}

/// A judgement by its words, those of before 2015 among them.
fn rating(word: String) -> Option<OfstedRating> {
    match word.as_str() {
        "ri" | "requiresimprovement" | "adequate" | "satisfactory" => Some(OfstedRating::RequiresImprovement),
        _ => OfstedRating::LIST.find_word(&word).and_then(OfstedRating::from_index),
    }
}

/// Only the one word is active; the others are told by their stem: `Voluntarily cancelled`, `Resigned`.
impl Wire for Registration {
    const TYPE: WireType = WireType::Text { characters_max: 40 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let word = fold(cell);
        let ended = [("suspen", Self::Suspended), ("cancel", Self::Cancelled), ("resign", Self::Resigned)];
        match ended.into_iter().find(|(stem, _)| word.contains(stem)) {
            Some((_, registration)) => Heard::Is(registration),
            None if word == "active" => Heard::Is(Self::Active),
            None => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(match self {
            Self::Active => b"Active",
            Self::Suspended => b"Suspended",
            Self::Cancelled => b"Cancelled",
            Self::Resigned => b"Resigned",
        });
        Written::Yes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemas::diagnostic::Place;

    use super::*;

    const HEADINGS: &str = "Web link,URN,Provision type,Registration status,Name,Sector,\
                            Overall experiences and progress of children and young people,Latest full inspection date\n";

    fn urn(number: &str) -> ProviderUrn {
        ProviderUrn::read(Regulator::Ofsted, number.as_bytes()).unwrap()
    }

    fn of(row: &str) -> Entry {
        let register = Register::read(format!("{HEADINGS}page,{row}\n").as_bytes()).unwrap();
        let (_, entry) = register.entries().next().unwrap();
        entry.clone()
    }

    fn faults(text: &str) -> Vec<(&'static str, u64, Option<u16>)> {
        let told = Register::read(text.as_bytes()).expect_err("a faulty register is not taken");
        let told = told.iter().map(|fault| match fault.place {
            Place::Cell { line, column, .. } => (fault.rule.code, line, column),
            _ => (fault.rule.code, 0, None),
        });
        told.collect()
    }

    #[test]
    fn a_provider_is_read_with_its_judgement() {
        let entry = of(
            "SC999901,Independent Fostering Agency,Active,Invented Fostering,Private,Requires improvement to be good,03/06/2025",
        );
        assert_eq!(
            entry,
            Entry {
                name: Some("Invented Fostering".into()),
                provision: Some(Provision::Fostering),
                registration: Registration::Active,
                sector: Some(ProviderSector::Private),
                rating: Some(OfstedRating::RequiresImprovement),
                rating_date: Date::new(2025, 6, 3),
            }
        );
    }

    #[test]
    fn words_of_every_year_are_read_and_others_say_nothing() {
        for (words, provision) in [
            ("Children's Home", Some(Provision::Residential)),
            ("Secure children\u{2019}s home", Some(Provision::Residential)),
            ("Residential special school (registered as a children's home)", Some(Provision::Residential)),
            ("Supported Accommodation", Some(Provision::SupportedAccommodation)),
            ("Residential Special School", None),
            ("Voluntary Adoption Agency", None),
        ] {
            assert_eq!(of(&format!("1234567,{words},Active,,,,")).provision, provision, "{words}");
        }
        for (words, rating) in [
            ("Outstanding", Some(OfstedRating::Outstanding)),
            ("GOOD", Some(OfstedRating::Good)),
            ("RI", Some(OfstedRating::RequiresImprovement)),
            ("Adequate", Some(OfstedRating::RequiresImprovement)),
            ("Satisfactory", Some(OfstedRating::RequiresImprovement)),
            ("Inadequate", Some(OfstedRating::Inadequate)),
            ("Not yet inspected", Some(OfstedRating::NotYetInspected)),
            ("Not judged", None),
            ("", None),
        ] {
            assert_eq!(of(&format!("1234567,Children's home,Active,,,{words},")).rating, rating, "{words}");
        }
        for (words, sector) in [
            ("Local Authority", Some(ProviderSector::LocalAuthority)),
            ("Health Authority", Some(ProviderSector::Health)),
            ("Voluntary", Some(ProviderSector::Voluntary)),
            ("Academy", None),
        ] {
            assert_eq!(of(&format!("1234567,Children's home,Active,,{words},,")).sector, sector, "{words}");
        }
        assert_eq!(of("1234567,Children's home,Active,REDACTED,,,").name, None);
    }

    #[test]
    fn who_is_not_active_or_not_listed_is_told_apart() {
        let text = "URN,Setting type,Reg Status,Setting Name,Overall effectiveness\r\n\
                    SC000001,Children's Home,Active,A,Good\r\n\
                    SC000002,Children's Home,Suspended,B,Good\r\n\
                    SC000003,Children's Home,Cancelled by Ofsted,C,Good\r\n\
                    sc000004,Children's Home,RESIGNED,Caf\u{e9},Good\r\n,,,,\r\n";
        // Older publications come in Windows-1252.
        let bytes: Vec<u8> = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
        let register = Register::read(&bytes).unwrap();
        let standings =
            ["SC000001", "SC000002", "SC000003", "SC000004", "SC000005"].map(|number| register.standing(urn(number)));
        assert_eq!(
            standings,
            [Standing::Active, Standing::NotActive, Standing::NotActive, Standing::NotActive, Standing::NotListed]
        );
        assert_eq!(register.entry(urn("SC000004")).unwrap().name.as_deref(), Some("Caf\u{e9}"));
        assert_eq!(register.entry(urn("SC000001")).unwrap().rating, Some(OfstedRating::Good));
        let welsh = ProviderUrn::read(Regulator::CareInspectorateWales, b"SC000001").unwrap();
        assert_eq!(register.standing(welsh), Standing::OfAnotherRegulator);
    }

    #[test]
    fn titles_above_the_headings_and_notes_below_are_passed_over() {
        let title = "Providers,,,,,,,\n";
        let row = "page,1234567,Children's home,Active,,,,\n";
        for above in 0..=9 {
            let text = format!("{}{HEADINGS}{row},,,,,,,\nA note.,,,,,,,\n", title.repeat(above));
            assert_eq!(Register::read(text.as_bytes()).unwrap().len(), 1, "{above}");
        }
        assert_eq!(faults(&format!("{}{HEADINGS}{row}", title.repeat(10))), [("reference/no-headings", 0, None)]);
    }

    #[test]
    fn a_hostile_register_is_refused_whole() {
        let with = |row: &str| format!("{HEADINGS}page,1234567,Children's home,Active,,,,\npage,{row}\n");
        assert_eq!(faults(""), [("reference/no-headings", 0, None)]);
        assert_eq!(faults("URN,Name\nSC000001,A\n"), [("reference/no-headings", 0, None)]);
        assert_eq!(faults("URN,Provision type,Name\nSC000001,A,B\n"), [("table/missing-column", 1, None)]);
        for status in ["Inactive", "Proposed", "Active?", "1"] {
            let text = with(&format!("SC000001,Children's home,{status},,,,"));
            assert_eq!(faults(&text), [("table/cell", 3, Some(4))], "{status}");
        }
        assert_eq!(faults(&with("SC000001,Children's home,,,,,")), [("table/blank", 3, Some(4))]);
        for number in ["SC0001", "123456", "XXXXXXX", "canary"] {
            let text = with(&format!("{number},Children's home,Active,,,,"));
            assert_eq!(faults(&text), [("table/cell", 3, Some(2))], "{number}");
        }
        assert_eq!(faults(&with("1234567,Children's home,Cancelled,,,,")), [("reference/twice", 3, Some(2))]);
        assert_eq!(faults(&with("SC000001,Children's home,Active,,,Good,31/02/2025")), [("table/cell", 3, Some(8))]);
    }

    #[test]
    fn as_many_providers_as_the_limit_are_taken_and_not_one_more() {
        let head = "URN,Provision type,Registration status\n";
        let rows = |count: usize| (0..count).map(|n| format!("{n:07},Children's home,Active\n")).collect::<String>();
        let read = |count| Register::read(format!("{head}{}", rows(count)).as_bytes());
        assert_eq!(read(PROVIDERS_MAX).unwrap().len(), PROVIDERS_MAX);
        assert_eq!(read(PROVIDERS_MAX + 1).unwrap_err()[0].rule.code, "reference/too-many-rows");
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "(SC00000[0-9]|[0-9]{7}|[A-Za-z,\" ]{0,9})(,[A-Za-z]{0,9}){0,8}") {
            let _ = (Register::read(&bytes), Register::read(format!("{HEADINGS}page,{near}\n").as_bytes()));
        }
    }
}
