//! What stands where in a workbook: its sheets, the texts and styles that they share, and what is no workbook at all.
//!
//! Format: the packages of ECMA-376, part 2: members that name each other by relations, whose targets begin at the
//! member that names them, or with `/` at the package.

use std::{cell::Cell, io, sync::Arc};

use schemas::diagnostic::{PartId, Rule};

use crate::{
    document::ReadAt,
    limits::ReadingLimits,
    workbook::{
        Fault,
        archive::Archive,
        rules, serial,
        sheet::{Shared, Sheet, Wanted},
        strings::Strings,
        xml::{Step, Xml},
    },
};

/// How a compound file begins: a workbook of the old kind, or one that is encrypted (MS-CFB, section 2.2).
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// The stream of a compound file that holds an encrypted package (MS-OFFCRYPTO, section 1.3.3), in UTF-16.
const ENCRYPTED_STREAM: &str = "EncryptedPackage";

/// How an OpenDocument file says what it is.
const OPEN_DOCUMENT: &[u8] = b"application/vnd.oasis.opendocument";

/// A workbook whose sheets can be read.
pub(super) struct Workbook<'d> {
    archive: Archive<'d>,
    pub(super) sheets: Vec<Named>,
    shared: Arc<Shared>,
    limits: ReadingLimits,
    /// How much may still be held of its cells.
    room: Cell<u64>,
}

/// A sheet by its title.
pub(super) struct Named {
    /// A value of the input: it is compared and never told.
    pub(super) title: Box<str>,
    member: Box<str>,
}

/// A relation between members.
struct Relation {
    id: Box<str>,
    /// The last word of its type.
    kind: Box<str>,
    target: Box<str>,
}

impl<'d> Workbook<'d> {
    /// Opens a workbook as far as its list of sheets.
    pub(super) fn open(bytes: &'d dyn ReadAt, limits: ReadingLimits) -> Result<Self, &'static Rule> {
        let unreadable = |_: io::Error| Fault::Unreadable.rule();
        let mut first = [0; 8];
        let count = bytes.read_at(0, &mut first).map_err(unreadable)?;
        if first == COMPOUND {
            let is_encrypted = holds_utf16(bytes, ENCRYPTED_STREAM).map_err(unreadable)?;
            return Err(if is_encrypted { &rules::ENCRYPTED } else { &rules::OLD_KIND });
        }
        if !first[..count].starts_with(b"PK") {
            return Err(&rules::NOT_A_WORKBOOK);
        }
        let archive =
            Archive::open(bytes, limits.workbook_bytes_max, u64::from(limits.row_bytes_max)).map_err(Fault::rule)?;
        let main = main_member(&archive, limits)?;
        Self::of(archive, &main, limits).map_err(|failure| match failure {
            Failure::Fault(fault) => fault.rule(),
            Failure::TooManySheets => &rules::TOO_MANY_SHEETS,
        })
    }

    fn of(archive: Archive<'d>, main: &str, limits: ReadingLimits) -> Result<Self, Failure> {
        let relations = relations_of(&archive, main, limits)?;
        let target = |kind: &str| relations.iter().find(|relation| &*relation.kind == kind).map(|it| &*it.target);
        let mut shared = Shared::default();
        if let Some(member) = target("sharedStrings") {
            shared.strings = Strings::read(Xml::new(archive.member(member)?, limits), limits.cells_bytes_max)?;
        }
        if let Some(member) = target("styles") {
            shared.shows_dates = styles(Xml::new(archive.member(member)?, limits))?;
        }
        let (mut sheets, mut xml) = (Vec::new(), Xml::new(archive.member(main)?, limits));
        loop {
            match xml.step()? {
                Step::Open if xml.name() == b"workbookPr" => {
                    shared.is_1904 = matches!(xml.attribute(b"date1904"), Some(b"1" | b"true" | b"on"));
                }
                Step::Open if xml.name() == b"sheet" => {
                    let id = xml.prefixed_attribute(b"id").unwrap_or_default();
                    let title = String::from_utf8_lossy(xml.attribute(b"name").unwrap_or_default()).into();
                    // Charts and dialogs are sheets too, and hold no rows.
                    let named = relations.iter().find(|it| it.id.as_bytes() == id && &*it.kind == "worksheet");
                    sheets.extend(named.map(|relation| Named { title, member: relation.target.clone() }));
                    if sheets.len() > usize::from(limits.parts_max) {
                        return Err(Failure::TooManySheets);
                    }
                }
                Step::End => break,
                _ => {}
            }
        }
        drop(xml);
        let room = Cell::new(limits.cells_bytes_max.saturating_sub(shared.strings.held_bytes()));
        Ok(Self { archive, sheets, shared: Arc::new(shared), limits, room })
    }

    /// Reads a sheet, which places are to call so. What is wanted whole is held from then on.
    pub(super) fn sheet(&self, n: usize, (part, name): (PartId, Box<str>), wanted: Wanted) -> Result<Sheet, Fault> {
        let named = self.sheets.get(n).ok_or(Fault::Damaged)?;
        let xml = Xml::new(self.archive.member(&named.member)?, self.limits);
        let limits = ReadingLimits { cells_bytes_max: self.room.get(), ..self.limits };
        let sheet = Sheet::read(xml, (part, name), &self.shared, wanted, limits)?;
        if matches!(wanted, Wanted::All) {
            self.room.set(self.room.get().saturating_sub(sheet.held_bytes()));
        }
        Ok(sheet)
    }
}

/// Why the list of sheets cannot be read.
enum Failure {
    Fault(Fault),
    TooManySheets,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The member that holds the list of sheets.
fn main_member(archive: &Archive<'_>, limits: ReadingLimits) -> Result<Box<str>, &'static Rule> {
    if archive.has("mimetype") {
        let mut first = [0; OPEN_DOCUMENT.len()];
        let mut member = archive.member("mimetype").map_err(Fault::rule)?;
        let is_open_document = io::Read::read_exact(&mut member, &mut first).is_ok() && first == *OPEN_DOCUMENT;
        return Err(if is_open_document { &rules::OPEN_DOCUMENT } else { &rules::NOT_A_WORKBOOK });
    }
    if !archive.has("_rels/.rels") {
        return Err(&rules::NOT_A_WORKBOOK);
    }
    let relations = relations_of(archive, "", limits).map_err(Fault::rule)?;
    let main = relations.into_iter().find(|relation| &*relation.kind == "officeDocument");
    let main = main.ok_or(&rules::NOT_A_WORKBOOK)?.target;
    if main.to_ascii_lowercase().ends_with(".bin") {
        return Err(&rules::BINARY_KIND);
    }
    let mut xml = Xml::new(archive.member(&main).map_err(Fault::rule)?, limits);
    // The main member of a text document or of slides is another.
    match xml.step().map_err(Fault::rule)? {
        Step::Open if xml.name() == b"workbook" => Ok(main),
        _ => Err(&rules::NOT_A_WORKBOOK),
    }
}

/// The relations of a member; of the package where the name is empty.
fn relations_of(archive: &Archive<'_>, member: &str, limits: ReadingLimits) -> Result<Vec<Relation>, Fault> {
    let (folder, file) = member.rsplit_once('/').unwrap_or(("", member));
    let slash = if folder.is_empty() { "" } else { "/" };
    let name = format!("{folder}{slash}_rels/{file}.rels");
    let (mut xml, mut relations) = (Xml::new(archive.member(&name)?, limits), Vec::new());
    loop {
        match xml.step()? {
            Step::Open if xml.name() == b"Relationship" => {
                let text = |name: &[u8]| String::from_utf8_lossy(xml.attribute(name).unwrap_or_default()).into_owned();
                if text(b"TargetMode") == "External" {
                    continue;
                }
                let kind = text(b"Type").rsplit('/').next().unwrap_or_default().into();
                let target = resolved(folder, &text(b"Target")).into();
                relations.push(Relation { id: text(b"Id").into(), kind, target });
            }
            Step::End => return Ok(relations),
            _ => {}
        }
    }
}

/// Where a target leads from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let from = if target.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in from.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// By style of a cell: whether it shows days.
fn styles(mut xml: Xml<'_>) -> Result<Vec<bool>, Fault> {
    let (mut of_days, mut cells, mut in_cells) = (Vec::<u32>::new(), Vec::new(), false);
    let number = |text: Option<&[u8]>| text.and_then(|text| std::str::from_utf8(text).ok()?.parse::<u32>().ok());
    loop {
        match xml.step()? {
            Step::Open => match xml.name() {
                b"numFmt" => {
                    let id = number(xml.attribute(b"numFmtId"));
                    of_days
                        .extend(id.filter(|_| serial::shows_dates(xml.attribute(b"formatCode").unwrap_or_default())));
                }
                b"cellXfs" => in_cells = true,
                b"xf" if in_cells => cells.push(number(xml.attribute(b"numFmtId")).unwrap_or(0)),
                _ => {}
            },
            Step::Close if xml.name() == b"cellXfs" => in_cells = false,
            Step::End => break,
            _ => {}
        }
    }
    of_days.sort_unstable();
    // A format of one's own may take the number of one that needs no declaration.
    let shows = |id: &u32| serial::built_in_shows_dates(*id) || of_days.binary_search(id).is_ok();
    Ok(cells.iter().map(shows).collect())
}

/// Whether a text stands anywhere in the bytes, two bytes a character.
fn holds_utf16(bytes: &dyn ReadAt, text: &str) -> io::Result<bool> {
    let wanted: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let finder = memchr::memmem::Finder::new(&wanted);
    let (mut piece, mut at) = (vec![0; 64 << 10], 0);
    loop {
        let mut count = 0;
        while count < piece.len() {
            match bytes.read_at(at + count as u64, &mut piece[count..])? {
                0 => break,
                more => count += more,
            }
        }
        if finder.find(&piece[..count]).is_some() {
            return Ok(true);
        }
        if count < piece.len() {
            return Ok(false);
        }
        at += (count - wanted.len()) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_begin_at_their_member_or_at_the_package() {
        for (folder, target, expected) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl/worksheets", "../comments1.xml", "xl/comments1.xml"),
            ("xl", "./a\\b.xml", "xl/a/b.xml"),
            ("xl", "../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolved(folder, target), expected);
        }
    }
}
