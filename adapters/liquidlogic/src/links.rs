//! Identifiers that two children claim: neither claim is used (record, section 4.5).

use kit::{
    csv::{header::Layout, index::RowAt},
    encoding::PartText,
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::{Identifier, LaChildId, NhsNumber, Uln, Upn},
    inline::Inline,
};

use crate::companions::LINK_CONFLICT;

/// What the links of a document claim, and which of them cannot be used.
#[derive(Default)]
pub struct Links {
    claims: Vec<Claim>,
    in_conflict: Vec<RowAt>,
}

/// One identifier of one child. NHS numbers, UPNs and ULNs differ in length or alphabet, so the text alone, after its
/// rank, tells them apart.
struct Claim {
    rank: u8,
    identifier: Inline<13>,
    child: LaChildId,
    at: RowAt,
}

impl Claim {
    fn order(&self) -> (u8, Inline<13>, RowAt) {
        (self.rank, self.identifier, self.at)
    }

    fn same_identifier(&self, other: &Self) -> bool {
        (self.rank, self.identifier) == (other.rank, other.identifier)
    }
}

impl Links {
    /// Notes what a row claims: its child, and its NHS number, UPN and ULN, as they stand in their cells. What cannot
    /// be read claims nothing.
    pub fn add(&mut self, child: Option<&[u8]>, [nhs_number, upn, uln]: [Option<&[u8]>; 3], at: RowAt) {
        let Some(Ok((child, _))) = child.map(LaChildId::read) else { return };
        let identifiers = [
            nhs_number
                .and_then(|cell| NhsNumber::read(cell).ok())
                .map(|nhs| (Identifier::Nhs(nhs).rank(), Inline::new(nhs.as_str()))),
            upn.and_then(Upn::read)
                .map(|upn| (Identifier::Upn { upn, former: false }.rank(), Inline::new(upn.as_str()))),
            uln.and_then(|cell| Uln::read(cell).ok())
                .map(|uln| (Identifier::Uln(uln).rank(), Inline::new(uln.as_str()))),
        ];
        for (rank, identifier) in identifiers.into_iter().flatten() {
            let Some(identifier) = identifier else { continue };
            self.claims.push(Claim { rank, identifier, child, at });
        }
    }

    /// Tells every identifier that two children claim, and forgets the rest.
    pub fn settle(&mut self, parts: &[(PartText<'_>, Layout)], report: &mut dyn Report) {
        self.claims.sort_unstable_by_key(Claim::order);
        for claims in self.claims.chunk_by(Claim::same_identifier) {
            if claims.iter().all(|claim| claim.child == claims[0].child) {
                continue;
            }
            for claim in claims {
                let others = claims.iter().filter(|other| other.at != claim.at);
                let others = others.filter_map(|other| row_place(other.at, parts)).take(RELATED_MAX);
                if let Some(place) = row_place(claim.at, parts) {
                    report.raise(Diagnostic::new(&LINK_CONFLICT, place).related_to(others));
                }
                self.in_conflict.push(claim.at);
            }
        }
        self.claims = Vec::new();
        self.in_conflict.sort_unstable();
        self.in_conflict.dedup();
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
