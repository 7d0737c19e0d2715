//! What the shapes share: the document's own members, who a child is, and rows that say something.

use kit::{
    nested::{Branch, Columns as At, Hearing, Held, Outline, Rows, Spot, TableRows},
    table::Table,
    wire::Wire,
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, Place, Rule},
    identifier::LaCode,
    said::Said,
};

use crate::{
    child::Identity,
    document::{Columns, Telling},
    json::rules,
    records::ChildRecords,
    wire::{ChildId, FormerUpn, WireSex, WireUln, WireUpn},
};

kit::rows! {
    /// What a document says of itself.
    DocumentRow = DOCUMENT "document" spelt Plain {
        /// The format.
        format: Box<str> = "format" { required: false, source: "epep 5" },
        /// Its version.
        version: Box<str> = "version" { required: false, source: "epep 5" },
        /// The day that everything in it is true for.
        as_at: Date = "asAt" { required: false, source: "epep 5" },
        /// The responsible authority.
        authority: LaCode = "authority" { required: false, field: "Subject.authority", source: "epep 5" },
        /// Who sent it, in words.
        sent_by: Box<str> = "sentBy" { required: false, source: "epep 5" },
    }
    /// Who a child is.
    ChildRow = CHILD "child" spelt Plain {
        /// Legal surname.
        surname: Box<str> = "surname" { required: false, field: "Person.names", source: "epep 5" },
        /// Legal forename.
        forename: Box<str> = "forename" { required: false, field: "Person.names", source: "epep 5" },
        /// The forename that the child goes by.
        known_as: Box<str> = "knownAs" { required: false, field: "Person.names", source: "epep 5" },
        /// Date of birth.
        date_of_birth: Date = "dateOfBirth" { required: false, field: "Person.birth_date", source: "epep 5" },
        /// Sex.
        sex: WireSex = "sex" { required: false, field: "Person.sex", source: "epep 5" },
        /// Why there is no UPN: UN1 to UN7.
        upn_unknown: WireUpn = "upnUnknown" { required: false, field: "Person.upn_unknown_reason", source: "epep 5" },
    }
    /// An identifier of a child.
    IdentifierRow = IDENTIFIER "identifier" spelt Plain {
        /// Its system.
        system: Box<str> = "system" { loses_row: true, source: "epep 5" },
        /// The identifier.
        value: Box<str> = "value" { loses_row: true, source: "epep 5" },
        /// `old` where the child has another one now.
        r#use: Box<str> = "use" { required: false, source: "epep 5" },
    }
}

/// The systems of identifiers.
pub(super) const LA_CHILD: &str = "urn:homeward:id:la-child";
pub(super) const UPN: &str = "urn:homeward:id:upn";
pub(super) const ULN: &str = "urn:homeward:id:uln";

/// What a document is made of, and what its items say.
pub(super) trait Shape: Default {
    /// The format's own name in documents: `homeward/pep`; none where documents are lists of others.
    const FORMAT: Option<&'static str>;
    /// The array of items; the first of the document where none is named.
    const ITEMS: Option<&'static str>;
    /// Where the items stand in the outline.
    const ITEM_AT: &'static str;
    /// Where the tables stand: the document first.
    fn branches() -> Vec<Branch>;
    /// The rows, in the order of the branches.
    fn tables<'r>(&'r mut self, document: &'r mut Rows<DocumentRow>) -> Vec<&'r mut dyn TableRows>;
    /// Forgets the item before.
    fn clear(&mut self);
    /// Who the item is about.
    fn identity(&mut self, authority: Option<LaCode>, teller: &mut Teller<'_, '_>) -> Identity;
    /// What of an item is told once a file.
    fn oddities(&self) -> Vec<(&'static Rule, Spot, &'static str)>;
    /// Says what the item says.
    fn say(&mut self, identity: &Identity, teller: &mut Teller<'_, '_>, child: &mut ChildRecords);
}

/// The branch of the document itself.
pub(super) const DOCUMENT_BRANCH: Branch = Branch { table: &DOCUMENT, at: "", columns: At::Called };

/// Tells what rows break.
pub(super) struct Teller<'t, 'h> {
    pub(super) hearing: &'t mut Hearing<'h>,
    /// The day that the document is true for.
    pub(super) as_at: Option<Date>,
}

impl Teller<'_, '_> {
    /// Lets a row of a table say something.
    pub(super) fn row(&mut self, table: &'static Table, spot: Spot, says: impl FnOnce(&mut Telling<'_>)) {
        let Hearing { outline, text, report, .. } = &mut *self.hearing;
        let columns = Members { table, spot, outline, place: &|spot| outline.place(text, spot) };
        let place = outline.place(text, &spot);
        says(&mut Telling::at(place, self.as_at, &columns, *report));
    }

    /// Tells a rule at a spot.
    pub(super) fn tell(&mut self, rule: &'static Rule, spot: &Spot) {
        let place = self.hearing.outline.place(self.hearing.text, spot);
        self.hearing.report.raise(Diagnostic::new(rule, place));
    }
}

/// The columns of a row in JSON.
struct Members<'m> {
    table: &'static Table,
    spot: Spot,
    outline: &'m Outline,
    place: &'m dyn Fn(&Spot) -> Place,
}

impl Columns for Members<'_> {
    fn table(&self) -> &'static Table {
        self.table
    }

    fn place(&self, column: &str) -> Place {
        (self.place)(&self.outline.column_spot(&self.spot, column))
    }
}

/// Who a child is, by its member and its identifiers.
pub(super) fn identity(
    child: Option<&ChildRow>,
    identifiers: &[Held<IdentifierRow>],
    authority: Option<LaCode>,
    teller: &mut Teller<'_, '_>,
) -> Identity {
    let mut identity = Identity { la_code: authority.map_or(Said::NotAsked, Said::Is), ..Identity::default() };
    if let Some(child) = child {
        identity.surname = child.surname.clone();
        identity.forename = child.forename.clone();
        identity.known_as = child.known_as.clone();
        identity.date_of_birth = child.date_of_birth;
        identity.sex = child.sex;
        identity.upn = child.upn_unknown;
    }
    for held in identifiers.iter().filter(|held| !held.fate.lost) {
        let (Said::Is(system), Said::Is(value)) = (&held.row.system, &held.row.value) else { continue };
        let is_old = matches!(&held.row.r#use, Said::Is(r#use) if r#use.eq_ignore_ascii_case("old"));
        let value = value.as_bytes();
        let (name, of) = system.strip_prefix(LA_CHILD).map_or((&**system, ""), |of| (LA_CHILD, of));
        match (name, is_old) {
            (LA_CHILD, _) => {
                if let Some(la) = of.strip_prefix(':').and_then(|la| LaCode::read(la.as_bytes())) {
                    identity.la_code = Said::Is(la);
                }
                hear::<ChildId>(value, &mut identity.la_child_id, held, teller);
            }
            (UPN, false) => hear::<WireUpn>(value, &mut identity.upn, held, teller),
            (UPN, true) => hear::<FormerUpn>(value, &mut identity.former_upn, held, teller),
            (ULN, _) => hear::<WireUln>(value, &mut identity.uln, held, teller),
            _ => teller.tell(&rules::IDENTIFIER_SYSTEM, &held.spot),
        }
    }
    identity
}

/// Hears an identifier as the column hears it that has it in CSV.
fn hear<T: Wire>(value: &[u8], member: &mut Said<T>, held: &Held<IdentifierRow>, teller: &mut Teller<'_, '_>) {
    use kit::wire::Heard;
    let heard = T::read(value, teller.hearing.reading);
    let rule = match &heard {
        Heard::Is(_) => None,
        Heard::Mended(_, rule) | Heard::Blank(rule) | Heard::Wrong(rule) => Some(*rule),
        Heard::Unreadable => Some(&kit::csv::rules::CELL),
    };
    if let Some(rule) = rule {
        teller.tell(rule, &held.spot);
    }
    *member = match heard {
        Heard::Is(value) | Heard::Mended(value, _) => Said::Is(value),
        Heard::Blank(_) => Said::Blank,
        Heard::Unreadable | Heard::Wrong(_) => Said::Unreadable,
    };
}
