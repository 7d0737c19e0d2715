//! Codes of local authorities, and the places outside England that stand where an authority is asked for.

use std::fmt;

use crate::digits::{digits_of, read_digits};
use crate::inline::hide_value_in_debug;

/// The three-digit code by which the DfE knows a local authority, 100 to 999.
///
/// Whether there is such an authority is a matter of the code list, not of this type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaCode(u16);

hide_value_in_debug!(LaCode);

impl LaCode {
    /// The code by its number; `None` outside 100 to 999.
    pub const fn new(number: u16) -> Option<LaCode> {
        if number < 100 || number > 999 {
            return None;
        }
        Some(LaCode(number))
    }

    /// Reads three digits; blanks around them are dropped.
    pub fn read(bytes: &[u8]) -> Option<LaCode> {
        let digits = bytes.trim_ascii();
        if digits.len() != 3 {
            return None;
        }
        LaCode::new(u16::try_from(read_digits(digits)?).ok()?)
    }

    /// The number, 100 to 999.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Appends the three digits.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.digits());
    }

    fn digits(self) -> [u8; 3] {
        digits_of(u32::from(self.0))
    }
}

/// The three digits.
impl fmt::Display for LaCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

/// Where an earlier permanence was arranged: an authority, or a place outside England.
///
/// Source: SSDA903 2025/26, PrevPerm `LA_PERM`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PermanenceAuthority {
    /// An authority in England.
    Authority(LaCode),
    /// `NIR`
    NorthernIreland,
    /// `NUK`
    OutsideUk,
    /// `SCO`
    Scotland,
    /// `WAL`
    Wales,
}

hide_value_in_debug!(PermanenceAuthority);

impl PermanenceAuthority {
    /// Reads three digits or one of the four codes in any case; blanks around them are dropped.
    pub fn read(bytes: &[u8]) -> Option<PermanenceAuthority> {
        let code = bytes.trim_ascii();
        if let Some(authority) = LaCode::read(code) {
            return Some(PermanenceAuthority::Authority(authority));
        }
        let code: [u8; 3] = code.try_into().ok()?;
        match &code.map(|letter| letter.to_ascii_uppercase()) {
            b"NIR" => Some(PermanenceAuthority::NorthernIreland),
            b"NUK" => Some(PermanenceAuthority::OutsideUk),
            b"SCO" => Some(PermanenceAuthority::Scotland),
            b"WAL" => Some(PermanenceAuthority::Wales),
            _ => None,
        }
    }

    /// Appends the digits or the code.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            PermanenceAuthority::Authority(authority) => authority.write(out),
            PermanenceAuthority::NorthernIreland => out.extend_from_slice(b"NIR"),
            PermanenceAuthority::OutsideUk => out.extend_from_slice(b"NUK"),
            PermanenceAuthority::Scotland => out.extend_from_slice(b"SCO"),
            PermanenceAuthority::Wales => out.extend_from_slice(b"WAL"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_code_reads_back() {
        for number in 100..=999 {
            let code = LaCode::new(number).unwrap();
            assert_eq!(code.to_string(), number.to_string());
            let mut out = Vec::new();
            PermanenceAuthority::Authority(code).write(&mut out);
            assert_eq!(LaCode::read(&out), Some(code));
            assert_eq!(PermanenceAuthority::read(&out), Some(PermanenceAuthority::Authority(code)));
        }
        for code in [b"NIR", b"NUK", b"SCO", b"WAL"] {
            let mut out = Vec::new();
            PermanenceAuthority::read(code).unwrap().write(&mut out);
            assert_eq!(out, code);
        }
        assert_eq!(PermanenceAuthority::read(b" wal "), Some(PermanenceAuthority::Wales));
        assert_eq!(format!("{:?}", PermanenceAuthority::Wales), "PermanenceAuthority(..)");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for bad in ["", "99", "099", "000", "1000", "33a", "-33", "+33", "3 3", "330.0", "ENG", "WALE"] {
            assert_eq!(LaCode::read(bad.as_bytes()), None, "{bad}");
            assert_eq!(PermanenceAuthority::read(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(LaCode::new(99), None);
        assert_eq!(LaCode::new(1000), None);
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>) {
            let _ = (LaCode::read(&bytes), PermanenceAuthority::read(&bytes));
        }
    }
}
