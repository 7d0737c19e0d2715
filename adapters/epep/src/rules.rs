//! The rules of the adapter: what can be wrong with a plan, with attendance, with what somebody said (epep, section 9).
//!
//! A rule says which check failed and what to do, never the value.

use schemas::diagnostic::{Rule, Severity};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident $code:literal $severity:ident $message:literal $help:literal;)+) => {
        $($(#[doc = $doc])+
        pub static $rule: Rule = Rule {
            code: concat!("epep/", $code),
            severity: Severity::$severity,
            message: $message,
            help: $help,
            source: "epep formats, section 9",
        };)+
    };
}

rules! {
    /// A row that names no child.
    NO_SUBJECT "no-subject" Error "This row names no child: it has no identifier, and no full name with a date of birth"
        "Fill in the authority's identifier, the UPN, the ULN, or surname, forename and date of birth.";
    /// A UPN of another shape.
    UPN_SHAPE "upn-shape" Error "This is no UPN: a letter, eleven digits, and a digit or letter; nor UN1 to UN7"
        "Copy the UPN from the school's register. The child's other identifiers are used.";
    /// A UPN whose check letter fails.
    UPN_CHECK_LETTER "upn-check-letter" Warning "The first letter of this UPN does not follow from the rest"
        "Compare it with the school's register. It is carried, and the roll leaves it out.";
    /// One UPN on two children.
    UPN_SHARED "upn-shared" Warning "This UPN is given to two children of this file"
        "Find out whose it is and remove it from the other.";
    /// A ULN whose check digit fails.
    ULN_CHECK "uln-check" Warning "The last digit of this ULN does not follow from the rest, or it begins with a zero"
        "Compare it with the learner's record.";
    /// A LAESTAB of another shape.
    LAESTAB_SHAPE "laestab-shape" Error "This is no LAESTAB: three digits of an authority and four of an establishment"
        "Write it as 3309999 or 330/9999.";
    /// A school URN of another shape.
    SCHOOL_URN_SHAPE "school-urn-shape" Error "This is no school URN: exactly six digits"
        "A number of seven digits, or one that begins with SC, is Ofsted's number of a home or agency and belongs in placement data. A LAESTAB belongs in school_laestab.";
    /// A row about a school that names none.
    NO_SCHOOL "no-school" Error "This row names no school: URN, LAESTAB and name are blank or unreadable"
        "Fill in one of school_urn, school_laestab and school_name.";
    /// A birth date that cannot be.
    DOB_IMPLAUSIBLE "dob-implausible" Error "This date of birth is in the future, or more than 25 years ago"
        "Check the year.";
    /// Two birth dates of one child.
    DOB_DIFFERS "dob-differs" Warning "Another row of this child has another date of birth; the first is carried"
        "Decide which is right, or whether these are two children.";
    /// An attendance code that is none.
    CODE_UNKNOWN "code-unknown" Error "This is no attendance code"
        "See the list of codes. Where the sender has codes of its own, say in a dialect what they mean.";
    /// A withdrawn attendance code.
    CODE_WITHDRAWN "code-withdrawn" Error "This attendance code was withdrawn on 19 August 2024; the mark is kept and counts for nothing"
        "Use the code that took its place.";
    /// An attendance code before its time.
    CODE_TOO_EARLY "code-too-early" Warning "This attendance code came into use only on 19 August 2024; it counts as it does today"
        "Check the date of the mark.";
    /// A slash of the other half of the day.
    PRESENT_SLASH "present-slash" Warning "A present mark has the slash of the other half of the day; it means the same and is written with the right one"
        "Nothing needs to be done.";
    /// X for a child who has to attend.
    X_AT_COMPULSORY_AGE "x-at-compulsory-age" Warning "X is for children who are not of compulsory school age, and this one is"
        "Check the code, and the date of birth.";
    /// A mark at a weekend.
    MARK_WEEKEND "mark-weekend" Warning "This mark is on a Saturday or Sunday"
        "Check the date of the mark.";
    /// A mark in the future.
    MARK_FUTURE "mark-future" Warning "This mark is on a day after the one that the file is true for"
        "Check the date of the mark, and the as-at date that was given.";
    /// A mark of long ago.
    MARK_TOO_OLD "mark-too-old" Warning "This mark is from more than two school years before the one that the file is true for"
        "Check the date of the mark.";
    /// A mark that is no code.
    MARK_MISSING "mark-missing" Warning "This session has no mark; nothing is said of it"
        "Ask the school for the mark, or correct it in a later file.";
    /// Two codes for one session.
    MARK_CONFLICT "mark-conflict" Warning "Two rows give this session different codes; the one recorded later is carried, else the later row"
        "Remove the earlier row, or fill in recorded_at.";
    /// Two schools for one session.
    TWO_SCHOOLS "two-schools-one-session" Warning "Two schools mark this session as one that counts; only one of them is counted"
        "A school where the child is a guest or subsidiary pupil marks D while the child is at the other.";
    /// N that nobody resolved.
    N_NOT_RESOLVED "n-not-resolved" Warning "The reason for this absence was not found within five school days"
        "Ask the school for the reason, and correct the mark.";
    /// Minutes late of who was not late.
    MINUTES_LATE_CODE "minutes-late-code" Warning "Minutes late stand beside a code other than L and U; they are not carried"
        "Remove the minutes, or correct the code.";
    /// A sum that does not add up.
    SUMMARY_ADDS_UP "summary-does-not-add-up" Warning "Possible sessions are not attended, authorised and unauthorised together"
        "Check the counts in the school's system.";
    /// More attended than possible.
    SUMMARY_NEGATIVE "summary-negative" Error "More sessions are attended than were possible, or a count is below zero"
        "Check the counts in the school's system.";
    /// A sum of which nothing is known.
    SUMMARY_EMPTY "summary-empty" Error "This row counts no possible sessions, and not all of attended, authorised and unauthorised"
        "Fill in possible, or the three others.";
    /// A period that is not said.
    SUMMARY_PERIOD "summary-period" Error "This row says neither the school year nor the first and last day of its period"
        "Fill in academic_year, or period_start and period_end.";
    /// A percentage that does not follow.
    SUMMARY_PERCENT "summary-percent-differs" Warning "The percentage told differs by more than 0.5 from attended by possible"
        "Check which of them the school's system rounds, or takes from another period.";
    /// A column of percentages that may be parts of one.
    PERCENT_FRACTION "percent-fraction" Warning "No percentage of this column is above 1: they may be parts of one, and are read as per cent"
        "If they are parts of one, write percent = \"fraction\" in a dialect.";
    /// A mark of a child who has left.
    MARK_AFTER_LEAVING "mark-after-leaving" Warning "This child is marked at a school after the day on which it left that school"
        "Check the date of leaving, and the dates of the marks.";
    /// Sums that differ from marks.
    SUMMARY_MARKS "summary-differs-from-marks" Warning "The marks of this period differ from this sum by more than two sessions; the marks are used"
        "Ask the school which is right.";
    /// The sender's verdict on a plan is not ours.
    TIMESCALE_DIFFERS "timescale-differs" Warning "Whether this plan was in time is told otherwise than the settings and the terms of [pep] have it"
        "Compare [pep] and its terms with what the sender counts by. What the sender says is kept as it is.";
    /// Sessions of a suspension.
    SUSPENSION_SESSIONS "suspension-sessions" Warning "A suspension is of 1 to 90 sessions, two a school day between its dates"
        "Check the sessions and the dates.";
    /// Reason for a suspension.
    SUSPENSION_REASON "suspension-reason" Error "This is no reason for a suspension, or there are more than three; what can be read is carried"
        "See the list of reasons, and keep the three that matter most.";
    /// A suspension without its marks.
    SUSPENSION_E_MISSING "suspension-e-missing" Warning "This suspension covers sessions that are marked other than E, B, K, D or #"
        "Ask the school to correct the marks, or the dates of the suspension.";
    /// A suspension that ends before it starts.
    SUSPENSION_DATES "suspension-dates" Error "This suspension ends before it starts; its end is not carried"
        "Check the dates.";
    /// A plan of no term.
    PEP_TERM "pep-term" Error "This plan has no school year and term, and no date to tell them by"
        "Fill in academic_year and term, or the date of the meeting.";
    /// Two plans of one term.
    PEP_DUPLICATE "pep-duplicate" Warning "This child has another plan of the same term that is not cancelled; both are carried"
        "Cancel the one that does not hold.";
    /// Dates of a plan.
    PEP_DATES "pep-dates" Warning "The dates of this plan do not follow each other: completed long before the meeting, the next meeting not after this one, or a meeting still to come that was held"
        "Check the dates.";
    /// A completed plan without a date.
    PEP_COMPLETE_UNDATED "pep-complete-undated" Warning "This plan is complete and has no date of completion; it is not counted as in time"
        "Fill in completed_date.";
    /// A status that is a judgement.
    DERIVED_STATUS "derived-status" Warning "Overdue is no status of a plan but a judgement on its dates; it is read as planned"
        "Send planned, and let the due date say what is overdue.";
    /// A rating of no scheme.
    QA_UNKNOWN "qa-unknown" Warning "This scheme of quality ratings is not declared, or the rating is none of its values, or the section none of its sections; it is carried as text"
        "Use rag, gold-rag or 1-4, or declare the authority's own scheme in the dialect under [qa.<scheme>], with its values from worst to best.";
    /// SEN provision of the past.
    SEN_HISTORIC "sen-historic" Warning "This provision for special educational needs is of the past"
        "Use N, K or E.";
    /// Needs without provision.
    SEN_NEED_WITHOUT_PROVISION "sen-need-without-provision" Warning "Special educational needs are given for a child without provision"
        "Check the provision.";
    /// An SDQ score out of range.
    SDQ_RANGE "sdq-range" Error "An SDQ score is a number from 0 to 40"
        "Check the score.";
    /// A negative amount.
    MONEY_NEGATIVE "money-negative" Error "This amount is below zero"
        "Write what was asked for, agreed or spent; a repayment belongs in the purpose.";
    /// A companion row of nobody.
    ORPHAN_ROW "orphan-row" Error "No plan of this file has this pep_ref, or several have, and the row does not name its child"
        "Send the row with the plan, or fill in the child's identifier.";
    /// A voice of nobody.
    VOICE_WHOSE "voice-whose" Error "This row does not say whose view it is: nothing is taken for a child's word on trust"
        "Fill in whose: child, parent or carer.";
    /// Free text that has no recipient.
    FREE_TEXT "free-text-not-carried" Loss "Comments are not carried: free text about a child's absence has no recipient"
        "It is kept in the source.";
    /// What a format cannot say.
    NOT_EXPRESSIBLE "not-expressible" Loss "This format has no column for this"
        "It is kept in the source.";
    /// What another table says.
    OTHER_TABLE "in-another-table" Loss "This stands in another table of the format, which was not asked for"
        "Ask for that table by the option table.";
    /// A value without a word in its column.
    NOT_WRITTEN "not-written" Loss "This column has no word for this answer; the cell is left blank"
        "It is kept in the source.";
    /// Nobody is at school.
    ROLL_NO_SCHOOL "roll-no-school" Warning "No school is known of this child: the row has none to call"
        "Send the child's enrolment.";
    /// No social worker.
    ROLL_NO_SOCIAL_WORKER "roll-no-social-worker" Warning "No social worker is known of this child, or several and not who is the present one"
        "Send the child's present social worker.";
    /// A UPN that is not checked.
    ROLL_UPN_UNCHECKED "roll-upn-unchecked" Loss "The check letter of this child's UPN fails: the roll leaves it out"
        "Correct the UPN at its source.";
}

/// Rules of rows that name a child and, perhaps, a school.
pub static CHILD: &[&Rule] =
    &[&NO_SUBJECT, &UPN_SHAPE, &UPN_CHECK_LETTER, &UPN_SHARED, &ULN_CHECK, &DOB_IMPLAUSIBLE, &DOB_DIFFERS];

/// Rules of schools' numbers.
pub static SCHOOL: &[&Rule] = &[&LAESTAB_SHAPE, &SCHOOL_URN_SHAPE];

/// Rules of attendance.
pub static ATTENDANCE: &[&Rule] = &[
    &NO_SCHOOL,
    &CODE_UNKNOWN,
    &CODE_WITHDRAWN,
    &CODE_TOO_EARLY,
    &PRESENT_SLASH,
    &X_AT_COMPULSORY_AGE,
    &MARK_WEEKEND,
    &MARK_FUTURE,
    &MARK_TOO_OLD,
    &MARK_MISSING,
    &MARK_CONFLICT,
    &TWO_SCHOOLS,
    &N_NOT_RESOLVED,
    &MINUTES_LATE_CODE,
    &SUMMARY_ADDS_UP,
    &SUMMARY_NEGATIVE,
    &SUMMARY_EMPTY,
    &SUMMARY_PERIOD,
    &SUMMARY_PERCENT,
    &PERCENT_FRACTION,
    &SUMMARY_MARKS,
    &SUSPENSION_SESSIONS,
    &SUSPENSION_REASON,
    &SUSPENSION_E_MISSING,
    &SUSPENSION_DATES,
    &SEN_HISTORIC,
    &FREE_TEXT,
];

/// Rules of plans and what comes beside them.
pub static PLANS: &[&Rule] = &[
    &PEP_TERM,
    &PEP_DUPLICATE,
    &PEP_DATES,
    &PEP_COMPLETE_UNDATED,
    &DERIVED_STATUS,
    &TIMESCALE_DIFFERS,
    &PERCENT_FRACTION,
    &QA_UNKNOWN,
    &SEN_HISTORIC,
    &SEN_NEED_WITHOUT_PROVISION,
    &SDQ_RANGE,
    &MONEY_NEGATIVE,
    &ORPHAN_ROW,
];

/// Rules of what somebody said.
pub static VOICES: &[&Rule] = &[&VOICE_WHOSE];

/// Rules of writing one table at a time.
pub static WRITING: &[&Rule] = &[&NOT_EXPRESSIBLE, &OTHER_TABLE, &NOT_WRITTEN];

/// Rules of writing the roll.
pub static ROLL: &[&Rule] = &[&ROLL_NO_SCHOOL, &ROLL_NO_SOCIAL_WORKER, &ROLL_UPN_UNCHECKED];
