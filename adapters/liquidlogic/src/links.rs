//! Identifiers that two children claim: neither claim is used (record, section 4.5).

use kit::csv::index::RowAt;
use schemas::{
    diagnostic::{Diagnostic, Place, Report},
    identifier::{Identifier, LaChildId},
    said::Said,
};

use crate::companions::{LINK_CONFLICT, LinkRow};

/// What the links of a document claim, and which of them cannot be used.
#[derive(Default)]
pub struct Links {
    claims: Vec<Claim>,
    in_conflict: Vec<RowAt>,
}

struct Claim {
    identifier: Vec<u8>,
    child: LaChildId,
    at: RowAt,
    place: Place,
}

impl Links {
    /// Notes what a row claims.
    pub fn add(&mut self, row: &LinkRow, at: RowAt, place: Place) {
        let Said::Is(child) = row.child else { return };
        let identifiers = [
            row.nhs_number.is().map(Identifier::Nhs),
            row.upn.is().map(|upn| Identifier::Upn { upn, former: false }),
            row.uln.is().map(Identifier::Uln),
        ];
        for identifier in identifiers.into_iter().flatten() {
            let mut text = vec![identifier.rank()];
            identifier.write_value(&mut text);
            self.claims.push(Claim { identifier: text, child, at, place: place.clone() });
        }
    }

    /// Tells every identifier that two children claim, and forgets the rest.
    pub fn settle(&mut self, report: &mut dyn Report) {
        self.claims.sort_by(|left, right| (&left.identifier, left.at).cmp(&(&right.identifier, right.at)));
        for claims in self.claims.chunk_by(|left, right| left.identifier == right.identifier) {
            if claims.iter().all(|claim| claim.child == claims[0].child) {
                continue;
            }
            for claim in claims {
                let others = claims.iter().filter(|other| other.at != claim.at).map(|other| other.place.clone());
                report.raise(Diagnostic::new(&LINK_CONFLICT, claim.place.clone()).related_to(others.take(RELATED_MAX)));
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

/// How many related places one diagnostic names at most: an identifier on every row must not make a square of places.
const RELATED_MAX: usize = 10;
