//! Where a page of a search begins, as a cursor holds it: the number of the search, and the rank after which it goes on.

use std::cmp::Reverse;

use exchange::market::search::Rank;
use schemas::date::DateTime;
use schemas::money::Pence;
use serde_json::{Value, json};

use super::text;

/// The place in a search.
pub(super) fn write(search: u64, rank: &Rank) -> Vec<u8> {
    json!([
        search,
        rank.later,
        rank.not_block,
        rank.fee_unknown,
        rank.fee.map(Pence::number),
        rank.musts_unknown,
        rank.wants_met.0,
        rank.wants_not_met,
        rank.miles,
        rank.as_at.0.map(|as_at| text(|out| as_at.write(out))),
        rank.tie,
    ])
    .to_string()
    .into_bytes()
}

/// Reads what [`write`] wrote.
pub(super) fn read(place: &[u8]) -> Option<(u64, Rank)> {
    let values: Vec<Value> = serde_json::from_slice(place).ok()?;
    let [search, later, not_block, fee_unknown, fee, musts_unknown, met, not_met, miles, as_at, tie] = &values[..]
    else {
        return None;
    };
    let small = |value: &Value| value.as_u64().and_then(|number| u8::try_from(number).ok());
    let rank = Rank {
        later: later.as_bool()?,
        not_block: not_block.as_bool()?,
        fee_unknown: fee_unknown.as_bool()?,
        fee: match fee.as_u64() {
            Some(pence) => Some(Pence::new(u32::try_from(pence).ok()?)?),
            None => None,
        },
        musts_unknown: small(musts_unknown)?,
        wants_met: Reverse(small(met)?),
        wants_not_met: small(not_met)?,
        miles: miles.as_u64().and_then(|miles| u16::try_from(miles).ok())?,
        as_at: Reverse(match as_at.as_str() {
            Some(as_at) => Some(DateTime::read(as_at.as_bytes())?),
            None => None,
        }),
        tie: tie.as_u64()?,
    };
    Some((search.as_u64()?, rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_and_nothing_else_is_one() {
        let rank = Rank {
            later: true,
            not_block: false,
            fee_unknown: false,
            fee: Pence::new(94_500),
            musts_unknown: 1,
            wants_met: Reverse(2),
            wants_not_met: 3,
            miles: u16::MAX,
            as_at: Reverse(DateTime::read(b"2026-01-12T08:30:00.125+01:00")),
            tie: u64::MAX,
        };
        assert_eq!(read(&write(u64::MAX, &rank)), Some((u64::MAX, rank)));
        let bare = Rank { fee: None, as_at: Reverse(None), ..rank };
        assert_eq!(read(&write(0, &bare)), Some((0, bare)));
        for wrong in [&b""[..], b"[]", b"{}", b"[1,2,3]", b"[0,true,true,true,null,999,0,0,0,null,0]"] {
            assert_eq!(read(wrong), None);
        }
    }
}
