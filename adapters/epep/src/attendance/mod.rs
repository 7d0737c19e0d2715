//! Attendance: marks, sums and suspensions, each in a table of its own (epep, section 4).

mod checks;
pub(crate) mod encode;
mod says;
pub mod tables;

pub use self::checks::check_together;
pub use self::encode::AttendanceEncode;
pub(crate) use self::says::School;
