//! Attendance at school in a period, in sessions: two a day.

use schemas::{date::Date, record::AttendanceSummary, reflect::Number, said::Said};

use super::{Effective, Frame, component};
use crate::{
    coding::Absence,
    writer::{Array, Members, Object, key, members},
};

pub(super) fn write(frame: &Frame<'_>, summary: &AttendanceSummary, object: &mut Object<'_>) {
    frame.write(
        object,
        members!(
            r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history","display":"Social History"}]}],"code":{"coding":[{"system":"urn:homeward:cs:topic","code":"attendance","display":"Attendance at school"}]}"#
        ),
        period(summary),
    );
    if !sums(summary).iter().any(|sum| sum.has_value()) {
        // No source tells a period without its sums: whoever is not told them may not know them.
        object.object(key!(dataAbsentReason), |concept| {
            concept.array(key!(coding), |codings| codings.value(Absence::Masked.coding()));
        });
    }
    object.array(key!(component), |components| {
        sessions(
            components,
            members!(
                r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"attendance-possible","display":"Possible sessions"}]}"#
            ),
            &summary.possible,
        );
        sessions(
            components,
            members!(
                r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"attendance-attended","display":"Sessions attended"}]}"#
            ),
            &summary.attended,
        );
        sessions(
            components,
            members!(
                r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"attendance-authorised","display":"Sessions of authorised absence"}]}"#
            ),
            &summary.authorised,
        );
        sessions(
            components,
            members!(
                r#""code":{"coding":[{"system":"urn:homeward:cs:topic","code":"attendance-unauthorised","display":"Sessions of unauthorised absence"}]}"#
            ),
            &summary.unauthorised,
        );
    });
}

/// Whether there is anything that an Observation can say: a sum, or the days of which there are sums.
pub(crate) fn says_something(summary: &AttendanceSummary) -> bool {
    sums(summary).iter().any(|sum| sum.has_value())
        || summary.period_start.has_value()
        || summary.period_end.has_value()
        || summary.academic_year.has_value()
}

fn sums(summary: &AttendanceSummary) -> [&Said<Number<9999>>; 4] {
    [&summary.possible, &summary.attended, &summary.authorised, &summary.unauthorised]
}

/// The days that are said; where none is, those of the school year.
fn period(summary: &AttendanceSummary) -> Effective {
    let days: (Option<Date>, Option<Date>) = (summary.period_start.is(), summary.period_end.is());
    match (days, summary.academic_year) {
        ((None, None), Said::Is(year)) => Effective::During(Some(year.starts()), Some(year.ends())),
        ((start, end), _) => Effective::During(start, end),
    }
}

fn sessions(components: &mut Array<'_>, code: Members, said: &Said<Number<9999>>) {
    component(components, code, said, |sessions, component| component.number(key!(valueInteger), sessions.get()));
}
