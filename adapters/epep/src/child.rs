//! Who a row is about: the columns that stand first in every table, and what they say of the child (epep, section 1.1).

use kit::csv::{header::Layout, rows::RowReader};
use schemas::{
    code::NameUse,
    date::Date,
    diagnostic::PartId,
    identifier::{Identifier, LaCode, Uln, Upn},
    record::{Name, Person, PersonMore, Record, Statement, Subject},
    said::Said,
};

use crate::wire::{ChildId, FormerUpn, WireSex, WireUln, WireUpn};

/// What the columns that stand first say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Responsible authority.
    pub la_code: Said<LaCode>,
    /// The authority's identifier.
    pub la_child_id: Said<ChildId>,
    /// UPN.
    pub upn: Said<WireUpn>,
    /// Former UPN.
    pub former_upn: Said<FormerUpn>,
    /// ULN.
    pub uln: Said<WireUln>,
    /// Surname.
    pub surname: Said<Box<str>>,
    /// Forename.
    pub forename: Said<Box<str>>,
    /// The name the child goes by.
    pub known_as: Said<Box<str>>,
    /// Date of birth.
    pub date_of_birth: Said<Date>,
    /// Sex.
    pub sex: Said<WireSex>,
}

/// How many columns of the child stand first in every table.
pub const COLUMNS_OF_CHILD: u16 = 10;

/// What the columns of the child held in a row: rows of one child mostly stand together and name it alike.
#[derive(Default)]
pub struct ChildCells {
    part: Option<PartId>,
    /// Each cell behind its length.
    held: Vec<u8>,
}

impl ChildCells {
    /// Whether the row that the reader stands at names the child as the row that was noted.
    #[must_use]
    pub fn are_alike(&self, rows: &RowReader<'_>, layout: &Layout) -> bool {
        self.part == Some(layout.part) && holds_cells(&self.held, cells_of_child(rows, layout))
    }

    /// Notes how a row names its child.
    pub fn note(&mut self, rows: &RowReader<'_>, layout: &Layout) {
        self.part = Some(layout.part);
        self.held.clear();
        hold_cells(&mut self.held, cells_of_child(rows, layout));
    }

    /// Notes nothing: the next row is to be read as it stands.
    pub fn forget(&mut self) {
        self.part = None;
    }
}

/// Holds cells as they stand, each behind its length.
pub fn hold_cells<'r>(held: &mut Vec<u8>, cells: impl Iterator<Item = &'r [u8]>) {
    for cell in cells {
        held.extend_from_slice(&cell.len().to_ne_bytes());
        held.extend_from_slice(cell);
    }
}

/// Whether these are the cells that are held.
#[must_use]
pub fn holds_cells<'r>(mut held: &[u8], cells: impl Iterator<Item = &'r [u8]>) -> bool {
    for cell in cells {
        match held.split_first_chunk() {
            Some((length, rest)) if usize::from_ne_bytes(*length) == cell.len() => match rest.strip_prefix(cell) {
                Some(rest) => held = rest,
                None => return false,
            },
            _ => return false,
        }
    }
    held.is_empty()
}

fn cells_of_child<'r>(rows: &'r RowReader<'_>, layout: &'r Layout) -> impl Iterator<Item = &'r [u8]> {
    let (cells, columns) = (rows.cells(), layout.columns.cells.iter());
    columns.take_while(|at| at.column < COLUMNS_OF_CHILD).map(move |at| cells.get(usize::from(at.cell)).unwrap_or(b""))
}

/// A row whose first columns name a child.
pub trait NamesChild {
    /// What they say.
    fn identity(&self) -> Identity;
    /// The row with other first columns.
    fn of(self, identity: &Identity) -> Self;
}

/// Declares tables of which every row names a child: the columns of the child come first, then those given.
macro_rules! child_rows {
    ($(
        $(#[doc = $doc:literal])+
        $row:ident = $table:ident $name:literal { $($columns:tt)* }
    )+) => {$(
        kit::rows! {
            $(#[doc = $doc])+
            $row = $table $name spelt Plain {
                /// The responsible authority, by its DfE code.
                la_code: schemas::identifier::LaCode = "la_code" { aliases: &["la", "lea", "local_authority", "placing_authority", "responsible_la"], field: "Subject.authority", required: false, source: "epep 1.1" },
                /// The child's identifier in the authority's case system.
                la_child_id: $crate::wire::ChildId = "la_child_id" { aliases: &["child", "child_id", "child_unique_id", "unique_id", "lcs_id", "person_id", "social_care_id", "mosaic_id", "liquidlogic_id", "carefirst_id"], required: false, source: "epep 1.1" },
                /// Unique pupil number, or UN1 to UN7 for why there is none.
                upn: $crate::wire::WireUpn = "upn" { aliases: &["unique_pupil_number", "pupil_upn", "send_upn"], field: "Person.upn_unknown_reason", required: false, source: "epep 1.1, 7" },
                /// A UPN that the child had before.
                former_upn: $crate::wire::FormerUpn = "former_upn" { aliases: &["previous_upn"], required: false, source: "epep 7" },
                /// Unique learner number.
                uln: $crate::wire::WireUln = "uln" { aliases: &["unique_learner_number", "send_uln"], required: false, source: "epep 1.1, 7" },
                /// Legal surname.
                surname: Box<str> = "surname" { aliases: &["last_name", "legal_surname", "family_name", "child_surname"], field: "Person.names", required: false, source: "epep 1.1" },
                /// Legal forename.
                forename: Box<str> = "forename" { aliases: &["first_name", "legal_forename", "given_name"], field: "Person.names", required: false, source: "epep 1.1" },
                /// The forename that the child goes by.
                known_as: Box<str> = "known_as" { aliases: &["preferred_forename", "preferred_name", "chosen_name"], field: "Person.names", required: false, source: "epep 1.1" },
                /// Date of birth.
                date_of_birth: schemas::date::Date = "date_of_birth" { aliases: &["dob", "birth_date", "person_birth_date"], field: "Person.birth_date", required: false, source: "epep 1.1" },
                /// Sex.
                sex: $crate::wire::WireSex = "sex" { aliases: &["gender", "legal_sex"], field: "Person.sex", required: false, source: "epep 1.1" },
                $($columns)*
            }
        }

        impl $crate::child::NamesChild for $row {
            fn identity(&self) -> $crate::child::Identity {
                $crate::child::Identity {
                    la_code: self.la_code,
                    la_child_id: self.la_child_id,
                    upn: self.upn,
                    former_upn: self.former_upn,
                    uln: self.uln,
                    surname: self.surname.clone(),
                    forename: self.forename.clone(),
                    known_as: self.known_as.clone(),
                    date_of_birth: self.date_of_birth,
                    sex: self.sex,
                }
            }

            fn of(self, identity: &$crate::child::Identity) -> Self {
                Self {
                    la_code: identity.la_code,
                    la_child_id: identity.la_child_id,
                    upn: identity.upn,
                    former_upn: identity.former_upn,
                    uln: identity.uln,
                    surname: identity.surname.clone(),
                    forename: identity.forename.clone(),
                    known_as: identity.known_as.clone(),
                    date_of_birth: identity.date_of_birth,
                    sex: identity.sex,
                    ..self
                }
            }
        }
    )+};
}
pub(crate) use child_rows;

impl Identity {
    /// The identifiers that are given.
    #[must_use]
    pub fn identifiers(&self) -> Vec<Identifier> {
        let mut identifiers = Vec::new();
        if let Said::Is(id) = self.la_child_id {
            identifiers.push(Identifier::LaChild(id.0));
        }
        if let Said::Is(WireUpn::Number(upn)) = self.upn {
            identifiers.push(Identifier::Upn { upn, former: false });
        }
        if let Said::Is(FormerUpn(upn)) = self.former_upn {
            identifiers.push(Identifier::Upn { upn, former: true });
        }
        if let Said::Is(WireUln(uln)) = self.uln {
            identifiers.push(Identifier::Uln(uln));
        }
        identifiers
    }

    /// Whether the child is named: by an identifier, or by a full name with a date of birth.
    #[must_use]
    pub fn names_a_child(&self) -> bool {
        let by_name = self.surname.has_value() && self.forename.has_value() && self.date_of_birth.has_value();
        self.la_child_id.has_value()
            || matches!(self.upn, Said::Is(WireUpn::Number(_)))
            || self.uln.has_value()
            || by_name
    }

    /// What tells this child from the others of the file: the first of its identifiers, else name and birth.
    #[must_use]
    pub fn name(&self, authority: Option<LaCode>) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        if let Said::Is(id) = self.la_child_id {
            let authority = self.la_code.is().or(authority).map_or(0, LaCode::number);
            name.extend_from_slice(format!("child|{authority}|").as_bytes());
            id.0.write(&mut name);
        } else if let Said::Is(WireUpn::Number(upn)) = self.upn {
            name.extend_from_slice(b"upn|");
            upn.write(&mut name);
        } else if let Said::Is(WireUln(uln)) = self.uln {
            name.extend_from_slice(b"uln|");
            uln.write(&mut name);
        } else if let (Said::Is(surname), Said::Is(forename), Said::Is(born)) =
            (&self.surname, &self.forename, self.date_of_birth)
        {
            name.extend_from_slice(format!("name|{}|{}|{born}", folded(surname), folded(forename)).as_bytes());
        } else {
            return None;
        }
        Some(name)
    }

    /// What is said of the person; nothing where the columns say nothing of it.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        let mut person = Person { birth_date: self.date_of_birth, sex: self.sex.map(|sex| sex.0), ..Person::default() };
        if let Said::Is(WireUpn::Unknown(reason)) = self.upn {
            person.upn_unknown_reason = Said::Is(reason);
        }
        let mut names = Vec::new();
        if self.surname.has_value() || self.forename.has_value() {
            names.push(Name {
                r#use: Said::Is(NameUse::Usual),
                forename: only_value(&self.forename),
                surname: only_value(&self.surname),
                ..Name::default()
            });
        }
        if self.known_as.has_value() {
            names.push(Name {
                r#use: Said::Is(NameUse::Preferred),
                forename: self.known_as.clone(),
                ..Name::default()
            });
        }
        if !names.is_empty() {
            person.more = Some(Box::new(PersonMore { names: Said::Is(names), ..PersonMore::default() }));
        }
        let says = [person.birth_date.has_value(), person.sex.has_value(), person.upn_unknown_reason.has_value()];
        (person.more.is_some() || says.contains(&true)).then_some(person)
    }

    /// The first columns for a child of whom so much may be told.
    #[must_use]
    pub fn told(subject: &Subject, records: &[Record]) -> Self {
        let mut identity = Self { la_code: subject.authority.map_or(Said::NotAsked, Said::Is), ..Self::default() };
        for identifier in &subject.identifiers {
            match *identifier {
                Identifier::LaChild(id) => identity.la_child_id = Said::Is(ChildId(id)),
                Identifier::Upn { upn, former: false } => identity.upn = Said::Is(WireUpn::Number(upn)),
                Identifier::Upn { upn, former: true } => identity.former_upn = Said::Is(FormerUpn(upn)),
                Identifier::Uln(uln) => identity.uln = Said::Is(WireUln(uln)),
                Identifier::Pseudonym(pseudonym) if !identity.la_child_id.has_value() => {
                    let id = schemas::identifier::LaChildId::read(pseudonym.short().as_bytes());
                    identity.la_child_id = id.map_or(Said::NotAsked, |(id, _)| Said::Is(ChildId(id)));
                }
                _ => {}
            }
        }
        for record in records.iter().filter(|record| !record.source.retracts) {
            if let Statement::Person(person) = &record.statement {
                identity.take(person);
            }
        }
        identity
    }

    fn take(&mut self, person: &Person) {
        if person.birth_date.has_value() {
            self.date_of_birth = person.birth_date;
        }
        if person.sex.has_value() {
            self.sex = person.sex.map(WireSex);
        }
        if let (Said::Is(reason), false) = (person.upn_unknown_reason, self.upn.has_value()) {
            self.upn = Said::Is(WireUpn::Unknown(reason));
        }
        let names = person.more.as_ref().map(|more| &more.names);
        let Some(Said::Is(names)) = names else { return };
        for name in names {
            match name.r#use {
                Said::Is(NameUse::Usual) => {
                    self.surname = name.surname.clone();
                    self.forename = name.forename.clone();
                }
                Said::Is(NameUse::Preferred) => self.known_as = name.forename.clone(),
                _ => {}
            }
        }
    }
}

/// The checked UPN among a child's identifiers, for lists by which others look a child up.
#[must_use]
pub fn checked_upn(subject: &Subject) -> Option<Upn> {
    subject.identifiers.iter().find_map(|identifier| match identifier {
        Identifier::Upn { upn, former: false } if upn.check_letter_holds() => Some(*upn),
        _ => None,
    })
}

/// The ULN among a child's identifiers.
#[must_use]
pub fn uln(subject: &Subject) -> Option<Uln> {
    subject.identifiers.iter().find_map(|identifier| match identifier {
        Identifier::Uln(uln) => Some(*uln),
        _ => None,
    })
}

/// An answer as far as it is a value: an empty cell says nothing of a person.
fn only_value(said: &Said<Box<str>>) -> Said<Box<str>> {
    if said.has_value() { said.clone() } else { Said::NotAsked }
}

fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().replace('|', " ")
}
