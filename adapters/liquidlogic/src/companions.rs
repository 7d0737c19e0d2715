//! What comes beside a return: `links-csv`, which identifiers are one child's, and `restrictions-csv`, who must not be
//! found, what was consented to, and who may decide what (record, sections 4.4 and 4.5).

use kit::{
    csv::rules::BLANK,
    wire::{Heard, Reading, Wire, WireType, Writing, Written},
};
use schemas::{
    code::{
        Code, ConsentDecision, ConsentGivenBy, ConsentScope, DelegationDecider, DelegationMatter, NameUse,
        NhsNumberStatus, RestrictionBasis, RestrictionKind,
    },
    date::Date,
    diagnostic::{Rule, Severity},
    identifier::{LaChildId, LaCode, NhsNumber, Uln, Upn},
    record::{Consent, Delegation, Name, Person, Restriction, Statement},
    reflect::Open,
    said::Said,
};

/// An NHS number that fails its check.
pub static NHS_NUMBER: Rule = Rule {
    code: "record/nhs-number",
    severity: Severity::Error,
    message: "This is no NHS number: ten digits, of which the last is a check digit",
    help: "Compare it with the trace or the health record. It is never mended here.",
    source: "record, section 1.3",
};

/// One identifier on two children.
pub static LINK_CONFLICT: Rule = Rule {
    code: "record/link-conflict",
    severity: Severity::Error,
    message: "This identifier is given to two children; neither row is used",
    help: "Find out whose it is and remove it from the other.",
    source: "record, section 4.5",
};

/// A link whose birth date is not that of the return.
pub static LINK_BIRTH_DATE: Rule = Rule {
    code: "record/link-birth-date",
    severity: Severity::Error,
    message: "The birth date of this link is not that of the return; the link is not used",
    help: "Check that the link is this child's.",
    source: "record, section 4.5",
};

/// A row of another authority.
pub static OTHER_AUTHORITY: Rule = Rule {
    code: "record/other-authority",
    severity: Severity::Error,
    message: "This row is another authority's; it is not used",
    help: "Send each authority's rows with its own return.",
    source: "record, section 4.5",
};

/// A restriction or consent of a child whom no other row names.
pub static PROTECTS_NOBODY: Rule = Rule {
    code: "record/protects-nobody",
    severity: Severity::Warning,
    message: "No other row of this document names this child; the row protects nobody in it",
    help: "If the child should be in the return, compare the identifier.",
    source: "record, section 4.4",
};

/// A restriction or consent whose child is spelt nearly as another.
pub static NEARLY_ANOTHER: Rule = Rule {
    code: "record/nearly-another",
    severity: Severity::Error,
    message: "No other row names this child, but one is spelt alike but for zeros, marks or a spreadsheet's exponent",
    help: "Write the identifier as the return does. Until then nothing of this document goes to another organisation.",
    source: "record, section 4.4",
};

/// A part that is called restrictions or consents and is no such table.
pub static PROTECTION_UNRECOGNISED: Rule = Rule {
    code: "record/protection-unrecognised",
    severity: Severity::Error,
    message: "This part is named as restrictions or consents and no table fits it",
    help: "Compare its heading row with the template. Until then nothing of this document goes to another organisation.",
    source: "record, section 4.4",
};

/// Every rule of this file.
pub static ALL: &[&Rule] = &[
    &NHS_NUMBER,
    &LINK_CONFLICT,
    &LINK_BIRTH_DATE,
    &OTHER_AUTHORITY,
    &PROTECTS_NOBODY,
    &NEARLY_ANOTHER,
    &PROTECTION_UNRECOGNISED,
];

const CHILD_ALIASES: &[&str] = &["CHILD", "child_id", "child_unique_id", "lcs_id", "lachildid"];
const AUTHORITY_ALIASES: &[&str] = &["la", "lea", "local_authority"];

kit::rows! {
    /// Which identifiers are one child's.
    LinkRow = LINKS "links" {
        /// The responsible authority.
        la_code: LaCode = "la_code" { aliases: AUTHORITY_ALIASES, blank: Some(&BLANK), loses_row: true, source: "record 4.5" },
        /// The child's identifier in the authority's case system.
        child: LaChildId = "la_child_id" { aliases: CHILD_ALIASES, loses_row: true, source: "record 4.5" },
        /// NHS number.
        nhs_number: NhsNumber = "nhs_number" { wrong: &NHS_NUMBER, source: "record 1.3" },
        /// Unique pupil number.
        upn: Upn = "upn" { required: false, source: "record 1.3" },
        /// Unique learner number.
        uln: Uln = "uln" { required: false, source: "record 1.3" },
        /// Family name.
        surname: Box<str> = "surname" { field: "Person.names", required: false, source: "record 4.5" },
        /// First name.
        forename: Box<str> = "forename" { field: "Person.names", required: false, source: "record 4.5" },
        /// Date of birth, to check against the return.
        date_of_birth: Date = "date_of_birth" { aliases: &["dob"], field: "Person.birth_date", required: false, source: "record 4.5" },
        /// How the link is known: pds-trace, authority-record, school or health-record.
        source: LinkSource = "source" { field: "Person.nhs_number_status", required: false, source: "record 4.5" },
        /// When it was verified.
        verified_on: Date = "verified_on" { required: false, source: "record 4.5" },
    }

    /// A restriction on what may leave about a child.
    RestrictionRow = RESTRICTION "restriction" {
        /// The responsible authority.
        la_code: LaCode = "la_code" { aliases: AUTHORITY_ALIASES, blank: Some(&BLANK), loses_row: true, source: "record 4.4" },
        /// The child's identifier in the authority's case system.
        child: LaChildId = "la_child_id" { aliases: CHILD_ALIASES, loses_row: true, source: "record 4.4" },
        /// location: the place must not be told; adopted: nothing of before leaves.
        kind: WireRestrictionKind = "kind" { field: "Restriction.kind", blank: Some(&BLANK), loses_row: true, guard: true, source: "record 4.4" },
        /// From.
        since: Date = "since" { field: "Restriction.since", guard: true, source: "record 4.4" },
        /// Until; a past day lifts nothing by itself.
        until: Date = "until" { field: "Restriction.until", required: false, guard: true, source: "record 4.4" },
        /// When it is to be looked at again.
        review_on: Date = "review_on" { field: "Restriction.review_on", required: false, guard: true, source: "record 4.4" },
        /// The role of whoever set it, never a name.
        set_by_role: Box<str> = "set_by_role" { field: "Restriction.set_by_role", required: false, guard: true, source: "record 4.4" },
        /// ODS codes that keep the address under the health view.
        recipients: Vec<Box<str>> = "recipients" { field: "Restriction.recipients", required: false, guard: true, source: "record 4.4" },
    }

    /// Consent given or refused.
    ConsentRow = CONSENT "consent" {
        /// The responsible authority.
        la_code: LaCode = "la_code" { aliases: AUTHORITY_ALIASES, blank: Some(&BLANK), loses_row: true, source: "record 4.4" },
        /// The child's identifier in the authority's case system.
        child: LaChildId = "la_child_id" { aliases: CHILD_ALIASES, loses_row: true, source: "record 4.4" },
        /// To what.
        scope: Exact<ConsentScope> = "scope" { field: "Consent.scope", blank: Some(&BLANK), loses_row: true, guard: true, source: "record 5.21" },
        /// Permitted or denied.
        decision: Exact<ConsentDecision> = "decision" { field: "Consent.decision", blank: Some(&BLANK), loses_row: true, guard: true, source: "record 5.21" },
        /// By whom.
        given_by: Exact<ConsentGivenBy> = "given_by" { field: "Consent.given_by", guard: true, source: "record 5.21" },
        /// To whom; blank is everybody.
        recipients: Vec<Box<str>> = "recipients" { field: "Consent.recipients", required: false, guard: true, source: "record 4.4" },
        /// From.
        start_date: Date = "start_date" { field: "Consent.start_date", guard: true, source: "record 4.4" },
        /// Until.
        end_date: Date = "end_date" { field: "Consent.end_date", required: false, guard: true, source: "record 4.4" },
    }

    /// Who may decide what for a child.
    DelegationRow = DELEGATION "delegation" {
        /// The responsible authority.
        la_code: LaCode = "la_code" { aliases: AUTHORITY_ALIASES, blank: Some(&BLANK), loses_row: true, source: "record 4.4" },
        /// The child's identifier in the authority's case system.
        child: LaChildId = "la_child_id" { aliases: CHILD_ALIASES, loses_row: true, source: "record 4.4" },
        /// What is decided.
        matter: Open<DelegationMatter> = "matter" { field: "Delegation.matter", loses_row: true, source: "record 5.21" },
        /// Who decides it.
        who_decides: Exact<DelegationDecider> = "who_decides" { field: "Delegation.who_decides", source: "record 5.21" },
        /// Under which conditions, at most 300 characters.
        conditions: Conditions = "conditions" { field: "Delegation.conditions", required: false, source: "record 5.21" },
        /// The day it is true for.
        as_at: Date = "as_at" { field: "Delegation.as_at", required: false, source: "record 4.4" },
    }
}

/// How a link is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkSource {
    /// A trace against the national demographics service.
    PdsTrace,
    /// Written in the authority's own record.
    AuthorityRecord,
    /// From the school.
    School,
    /// From a health record.
    HealthRecord,
}

impl Wire for LinkSource {
    const TYPE: WireType = WireType::Text { characters_max: 16 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let words: [(&[u8], Self); 4] = [
            (b"pds-trace", Self::PdsTrace),
            (b"authority-record", Self::AuthorityRecord),
            (b"school", Self::School),
            (b"health-record", Self::HealthRecord),
        ];
        let found = words.iter().find(|(word, _)| cell.eq_ignore_ascii_case(word));
        found.map_or(Heard::Unreadable, |(_, source)| Heard::Is(*source))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(match self {
            Self::PdsTrace => b"pds-trace",
            Self::AuthorityRecord => b"authority-record",
            Self::School => b"school",
            Self::HealthRecord => b"health-record",
        });
        Written::Yes
    }
}

/// The restrictions that an authority may set; the NHS kinds cannot be set here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireRestrictionKind(pub RestrictionKind);

impl Wire for WireRestrictionKind {
    const TYPE: WireType = WireType::Text { characters_max: 8 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        if cell.eq_ignore_ascii_case(b"location") {
            Heard::Is(Self(RestrictionKind::AuthorityRestricted))
        } else if cell.eq_ignore_ascii_case(b"adopted") {
            Heard::Is(Self(RestrictionKind::Adopted))
        } else {
            Heard::Unreadable
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match self.0 {
            RestrictionKind::AuthorityRestricted => out.extend_from_slice(b"location"),
            RestrictionKind::Adopted => out.extend_from_slice(b"adopted"),
            RestrictionKind::NhsRestricted | RestrictionKind::NhsVeryRestricted | RestrictionKind::Redacted => {
                return Written::CannotSay;
            }
        }
        Written::Yes
    }
}

/// A code that must stand alone: words beside it could turn its sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact<C>(pub C);

impl<C: Code> Wire for Exact<C> {
    const TYPE: WireType = WireType::Code(C::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let code = C::from_code(cell).or_else(|| reading.dialect.code::<C>(cell));
        code.map_or(Heard::Unreadable, |code| Heard::Is(Self(code)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.code().as_bytes());
        Written::Yes
    }
}

/// The longest text of conditions (record, 5.21).
pub const CONDITIONS_CHARACTERS_MAX: usize = 300;

/// Conditions of a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions(pub Box<str>);

impl Wire for Conditions {
    const TYPE: WireType = WireType::Text { characters_max: CONDITIONS_CHARACTERS_MAX as u16 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = kit::encoding::text_of(cell);
        match text.char_indices().nth(CONDITIONS_CHARACTERS_MAX) {
            Some((cut, _)) => Heard::Mended(Self(text[..cut].into()), &kit::csv::rules::TEXT_CUT),
            None => Heard::Is(Self(text)),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

impl LinkRow {
    /// Whether the link was traced against the national demographics service (record, 4.5), and not on a day to come.
    #[must_use]
    pub fn is_traced(&self, today: Option<Date>) -> bool {
        let verified = self.verified_on.is().is_some_and(|day| today.is_none_or(|today| day <= today));
        verified && self.nhs_number.has_value() && self.source == Said::Is(LinkSource::PdsTrace)
    }

    /// Puts what the link says of the person beside what the return says.
    pub fn add_to(self, person: &mut Person, today: Option<Date>) {
        if self.nhs_number.has_value() {
            person.nhs_number_status = Said::Is(if self.is_traced(today) {
                NhsNumberStatus::PresentAndVerified
            } else {
                NhsNumberStatus::PresentButNotTraced
            });
        }
        if matches!(person.birth_date, Said::NotAsked | Said::Blank | Said::Unreadable)
            && self.date_of_birth.has_value()
        {
            person.birth_date = self.date_of_birth;
        }
        if self.surname.has_value() || self.forename.has_value() {
            person.more.get_or_insert_default().names = Said::Is(vec![Name {
                r#use: Said::Is(NameUse::Usual),
                forename: self.forename,
                middle: Said::NotAsked,
                surname: self.surname,
            }]);
        }
    }
}

impl RestrictionRow {
    /// The statement of the row.
    #[must_use]
    pub fn statement(self) -> Statement {
        Restriction {
            kind: self.kind.map(|wire| wire.0),
            since: self.since,
            until: self.until,
            review_on: self.review_on,
            set_by_role: self.set_by_role,
            recipients: self.recipients,
            basis: Said::Is(RestrictionBasis::Stated),
        }
        .into()
    }
}

impl ConsentRow {
    /// The statement of the row.
    #[must_use]
    pub fn statement(self) -> Statement {
        Consent {
            scope: self.scope.map(|wire| wire.0),
            decision: self.decision.map(|wire| wire.0),
            given_by: self.given_by.map(|wire| wire.0),
            given_by_name: Said::NotAsked,
            start_date: self.start_date,
            end_date: self.end_date,
            recipients: self.recipients,
        }
        .into()
    }
}

impl DelegationRow {
    /// The statement of the row.
    #[must_use]
    pub fn statement(self) -> Statement {
        Delegation {
            matter: self.matter,
            who_decides: self.who_decides.map(|wire| wire.0),
            conditions: self.conditions.map(|wire| wire.0),
            as_at: self.as_at,
        }
        .into()
    }
}
