//! How an attendance code counts: the arithmetic of sessions hangs on this and on nothing else.

use super::{AttendanceCode, Code};
use crate::date::Date;

/// How a session that is marked with a code counts (DfE attendance statistics; SI 2024/208, regulation 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttendanceClass {
    /// Possible, attended: in school.
    Present,
    /// Possible, attended: at an approved educational activity.
    ApprovedActivity,
    /// Possible, absent, with authority.
    AuthorisedAbsence,
    /// Possible, absent, without authority.
    UnauthorisedAbsence,
    /// Not a possible attendance: not counted.
    NotPossible,
    /// About the register and not about the child: not counted.
    Administrative,
}

impl AttendanceClass {
    /// Whether the session counts as one that could have been attended.
    #[must_use]
    pub const fn is_possible(self) -> bool {
        !matches!(self, Self::NotPossible | Self::Administrative)
    }

    /// Whether the session counts as attended.
    #[must_use]
    pub const fn is_attended(self) -> bool {
        matches!(self, Self::Present | Self::ApprovedActivity)
    }
}

impl AttendanceCode {
    /// How a session of that day counts; `None` for a code that had been withdrawn by then. A code of two characters
    /// counts before it was introduced as it does today.
    #[must_use]
    pub fn counts_as(self, day: Date) -> Option<AttendanceClass> {
        (!self.entry().is_past_on(day)).then(|| self.class_while_valid())
    }

    fn class_while_valid(self) -> AttendanceClass {
        use AttendanceCode as A;
        match self {
            A::PresentMorning | A::PresentAfternoon | A::Late => AttendanceClass::Present,
            A::EducationArrangedByAuthority
            | A::EducationalVisit
            | A::SportingActivity
            | A::WorkExperience
            | A::OtherApprovedActivity
            | A::InterviewBefore2024 => AttendanceClass::ApprovedActivity,
            A::RegulatedPerformance
            | A::MedicalOrDental
            | A::Interview
            | A::StudyLeave
            | A::PartTimeTimetable
            | A::ExceptionalCircumstance
            | A::ParentTravelling
            | A::ReligiousObservance
            | A::Illness
            | A::SuspendedOrExcluded
            | A::HolidayGrantedBefore2024 => AttendanceClass::AuthorisedAbsence,
            A::HolidayNotGranted | A::NoReasonYet | A::OtherOrUnknown | A::LateAfterRegister => {
                AttendanceClass::UnauthorisedAbsence
            }
            A::DualRegistered
            | A::NotOfCompulsoryAge
            | A::NoAccessArrangements
            | A::TransportNotAvailable
            | A::TravelDisruption
            | A::PartOfPremisesClosed
            | A::SchoolClosedUnexpectedly
            | A::InDetention
            | A::PublicHealth
            | A::OtherUnavoidableCause
            | A::UnableBefore2024 => AttendanceClass::NotPossible,
            A::NotOnRegister | A::PlannedClosure => AttendanceClass::Administrative,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(codes: &str, day: &str) -> Vec<Option<AttendanceClass>> {
        let day = Date::parse_iso(day.as_bytes()).unwrap();
        codes.split(' ').map(|code| AttendanceCode::from_code(code.as_bytes()).unwrap().counts_as(day)).collect()
    }

    #[test]
    fn every_code_of_the_regulations_counts_in_its_class() {
        use AttendanceClass as C;
        for (codes, class) in [
            (r"/ \ L", C::Present),
            ("K V P W B", C::ApprovedActivity),
            ("C1 M J1 S C2 C T R I E", C::AuthorisedAbsence),
            ("G N O U", C::UnauthorisedAbsence),
            ("D X Q Y1 Y2 Y3 Y4 Y5 Y6 Y7", C::NotPossible),
            ("Z #", C::Administrative),
        ] {
            assert!(counted(codes, "2025-11-03").iter().all(|counted| *counted == Some(class)), "{codes}");
        }
    }

    #[test]
    fn a_withdrawn_code_counts_up_to_its_last_day() {
        use AttendanceClass as C;
        let before = [Some(C::AuthorisedAbsence), Some(C::ApprovedActivity), Some(C::NotPossible)];
        assert_eq!(counted("H J Y", "2024-08-18"), before);
        assert_eq!(counted("H J Y", "2024-08-19"), [None; 3]);
    }

    #[test]
    fn a_code_that_was_not_yet_introduced_counts_as_today() {
        assert_eq!(counted("C2", "2024-08-18"), counted("C2", "2024-08-19"));
        let day = Date::parse_iso(b"2024-08-18").unwrap();
        assert!(AttendanceCode::PartTimeTimetable.entry().is_to_come_on(day));
        assert!(!AttendanceCode::PartTimeTimetable.entry().is_to_come_on(day.add_days(1).unwrap()));
        assert!(!AttendanceCode::Illness.entry().is_to_come_on(day));
    }

    #[test]
    fn what_is_attended_was_possible() {
        use AttendanceClass as C;
        let all = [
            C::Present,
            C::ApprovedActivity,
            C::AuthorisedAbsence,
            C::UnauthorisedAbsence,
            C::NotPossible,
            C::Administrative,
        ];
        assert_eq!(all.iter().filter(|class| class.is_possible()).count(), 4);
        assert!(all.iter().all(|class| !class.is_attended() || class.is_possible()));
    }
}
