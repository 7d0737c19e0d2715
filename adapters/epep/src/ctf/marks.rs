//! Marks that come in one text, taken apart where it was said how they are packed.
//!
//! How files since version 24, with codes of two characters, pack them is not confirmed: unless the dialect says so, the
//! text is kept as it is (ePEP formats, section 8.3).

use schemas::{
    code::{AttendanceCode, Code, SchoolSession},
    date::Date,
};

/// How marks are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not known.
    Opaque,
    /// Two characters a day, Monday to Friday.
    Weekdays,
    /// Two characters a day, every day.
    AllDays,
}

impl Packing {
    /// The packing of that name.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "weekdays-2" => Self::Weekdays,
            "all-days-2" => Self::AllDays,
            _ => Self::Opaque,
        }
    }

    /// The marks of a text from a day on; `None` where the text cannot be so packed. A day without a mark has none.
    pub(super) fn unpack(self, text: &str, from: Date) -> Option<Vec<(Date, SchoolSession, AttendanceCode)>> {
        let characters: Vec<char> = text.chars().collect();
        if self == Self::Opaque || characters.windows(2).any(is_code_of_two) {
            return None;
        }
        let mut day = from;
        let mut marks = Vec::new();
        for pair in characters.chunks(2) {
            while self == Self::Weekdays && day.weekday().is_weekend() {
                day = day.add_days(1)?;
            }
            for (mark, session) in pair.iter().zip([SchoolSession::Morning, SchoolSession::Afternoon]) {
                if matches!(mark, '-' | '!' | ' ') {
                    continue;
                }
                let code = AttendanceCode::from_code(mark.to_string().as_bytes())?;
                marks.push((day, session, code));
            }
            day = day.add_days(1)?;
        }
        Some(marks)
    }
}

/// Whether two characters can be one code of two: then nobody can tell where marks begin.
fn is_code_of_two(pair: &[char]) -> bool {
    matches!(pair, ['C' | 'J' | 'Y' | 'c' | 'j' | 'y', '1'..='7'])
}
