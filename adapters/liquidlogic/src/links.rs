//! Identifiers that two children claim: neither claim is used (record, section 4.5).

use kit::{
    csv::{header::Layout, index::RowAt},
    encoding::PartText,
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::{Identifier, LaChildId, NhsNumber, Uln, Upn},
};

use crate::companions::LINK_CONFLICT;

/// What the links of a document claim.
#[derive(Default)]
pub struct Claims {
    /// The rows that claim something: whose, and where.
    rows: Vec<(LaChildId, RowAt)>,
    /// What each claims, and which of the rows it is.
    identifiers: Vec<(u128, u32)>,
}

impl Claims {
    /// Notes what a row claims: its child, and its NHS number, UPN and ULN, as they stand in their cells. What cannot
    /// be read claims nothing.
    pub fn add(&mut self, child: Option<&[u8]>, [nhs_number, upn, uln]: [Option<&[u8]>; 3], at: RowAt) {
        let Some(Ok((child, _))) = child.map(LaChildId::read) else { return };
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push((child, at));
        let mut claim = |text: &[u8], identifier: Identifier| self.identifiers.push((key(&identifier, text), row));
        if let Some(Ok(nhs)) = nhs_number.map(NhsNumber::read) {
            claim(nhs.as_bytes(), Identifier::Nhs(nhs));
        }
        if let Some(upn) = upn.and_then(Upn::read) {
            claim(upn.as_bytes(), Identifier::Upn { upn, former: false });
        }
        if let Some(Ok(uln)) = uln.map(Uln::read) {
            claim(uln.as_bytes(), Identifier::Uln(uln));
        }
    }

    /// Finds every identifier that two children claim, and forgets the rest.
    #[must_use]
    pub fn settle(mut self) -> Links {
        self.identifiers.sort_unstable();
        let mut links = Links::default();
        for claims in self.identifiers.chunk_by(|left, right| left.0 == right.0) {
            let row = |(_, row): &(u128, u32)| self.rows[*row as usize];
            let (first, _) = row(&claims[0]);
            if claims.iter().any(|claim| row(claim).0 != first) {
                links.conflicts.push(claims.iter().map(|claim| row(claim).1).collect());
            }
        }
        links.in_conflict = links.conflicts.iter().flatten().copied().collect();
        links.in_conflict.sort_unstable();
        links.in_conflict.dedup();
        links
    }
}

/// An identifier and its kind as one number: NHS numbers, UPNs and ULNs have at most 13 characters, so that no two are
/// alike, and numbers are sorted fastest.
fn key(identifier: &Identifier, text: &[u8]) -> u128 {
    text.iter().fold(u128::from(identifier.rank()), |key, byte| key << 8 | u128::from(*byte))
}

/// Which rows of a document's links cannot be used.
#[derive(Default)]
pub struct Links {
    /// By identifier: the rows that claim it.
    conflicts: Vec<Vec<RowAt>>,
    in_conflict: Vec<RowAt>,
}

impl Links {
    /// Tells every identifier that two children claim.
    pub fn tell(&self, parts: &[(PartText<'_>, Layout)], report: &mut dyn Report) {
        for claims in &self.conflicts {
            for claim in claims {
                let others = claims.iter().filter(|other| *other != claim);
                let others = others.filter_map(|other| row_place(*other, parts)).take(RELATED_MAX);
                if let Some(place) = row_place(*claim, parts) {
                    report.raise(Diagnostic::new(&LINK_CONFLICT, place).related_to(others));
                }
            }
        }
    }

    /// Whether the row claims what another child claims too.
    #[must_use]
    pub fn is_in_conflict(&self, at: RowAt) -> bool {
        self.in_conflict.binary_search(&at).is_ok()
    }
}

fn row_place(at: RowAt, parts: &[(PartText<'_>, Layout)]) -> Option<Place> {
    let (text, _) = parts.get(usize::from(at.layout))?;
    Some(Place::Cell { part: text.part, line: u64::from(at.line), column: None, byte: text.byte(at.at) })
}

/// How many related places one diagnostic names at most: an identifier on every row must not make a square of places.
const RELATED_MAX: usize = 10;
