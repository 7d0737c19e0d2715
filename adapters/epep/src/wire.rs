//! Cells that are spelt in ways of our own: codes as words, identifiers that say what is wrong with them.

use kit::{
    csv::rules::CELL,
    encoding::text_of,
    wire::{Heard, Reading, Wire, WireType, Writing, Written},
    words,
};
use schemas::{
    code::{
        AcademicTerm, AttendanceCode, Code, EducationRole, NcYear, PepForm, PepStatus, PepType, SchoolSession,
        SenProvisionKind, SenType, SettingType, Sex, SuspensionCategory, SuspensionReason, UpnUnknown,
    },
    decimal::Decimal,
    diagnostic::Rule,
    identifier::{LaChildId, Laestab, SchoolUrn, Uln, Upn},
    money::{MoneyFault, Pence},
    reflect::{Number, Open},
};

use crate::rules;

/// A list whose codes stand in our tables in words of their own.
pub trait Vocabulary: Code {
    /// Whether our own word is written, `in-progress`, or the code as it is, `KS2`.
    const AS_WORD: bool = true;
    /// What senders write too, and what it means.
    const ALSO: &'static [(&'static str, Self)] = &[];
}

/// A code in one of our tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<C>(pub C);

/// Several codes in one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<C>(pub Vec<C>);

/// Reads a code as a word: see [`words::read_word`].
pub fn read_word<C: Vocabulary>(cell: &[u8], reading: &Reading<'_>) -> Option<C> {
    words::read_word(cell, reading, C::ALSO)
}

/// Appends a code as our tables spell it.
pub fn write_word<C: Vocabulary>(code: C, out: &mut Vec<u8>) {
    if C::AS_WORD {
        out.extend_from_slice(code.word().as_bytes());
    } else {
        out.extend_from_slice(code.code().as_bytes());
    }
}

impl<C: Vocabulary> Wire for Word<C> {
    const TYPE: WireType = if C::AS_WORD { WireType::Word(C::LIST) } else { WireType::Code(C::LIST) };

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        read_word(cell, reading).map_or(Heard::Unreadable, |code| Heard::Is(Self(code)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

impl<C: Vocabulary> Wire for Words<C> {
    const TYPE: WireType = if C::AS_WORD { WireType::Words(C::LIST) } else { WireType::Codes(C::LIST) };

    /// An item that is no code costs that item.
    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let (codes, all) = words::read_words(cell, reading, C::ALSO);
        let codes = words::each_once(codes);
        match (codes.is_empty(), all) {
            (true, _) => Heard::Unreadable,
            (false, true) => Heard::Is(Self(codes)),
            (false, false) => Heard::Mended(Self(codes), &CELL),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        for (n, code) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b';');
            }
            write_word(*code, out);
        }
        Written::Yes
    }
}

/// A code of an open list as a word: what the list does not hold is carried as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenWord<C>(pub Open<C>);

impl<C: Vocabulary> Wire for OpenWord<C> {
    const TYPE: WireType = WireType::Text { characters_max: 0 };

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match read_word(cell, reading) {
            Some(code) => Heard::Is(Self(Open::Listed(code))),
            None => Box::<str>::read(cell, reading).map(|text| Self(Open::Other(text))),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match &self.0 {
            Open::Listed(code) => write_word(*code, out),
            Open::Other(word) => out.extend_from_slice(word.as_bytes()),
        }
        Written::Yes
    }
}

macro_rules! vocabularies {
    ($($list:ident $as_word:literal [$($word:literal => $code:ident),* $(,)?],)+) => {
        $(impl Vocabulary for $list {
            const AS_WORD: bool = $as_word;
            const ALSO: &'static [(&'static str, Self)] = &[$(($word, Self::$code)),*];
        })+
    };
}

vocabularies! {
    PepStatus true ["Draft" => InProgress, "Scheduled" => Planned, "Completed" => Complete,
        "Reviewed" => QualityAssured, "Signed off" => QualityAssured, "Not started" => Planned],
    PepForm false ["Early Years" => EarlyYears, "Post 16" => PostSixteen, "Post-16" => PostSixteen],
    NcYear false [],
    SettingType true ["AP" => AlternativeProvision, "FE college" => FurtherEducationCollege],
    EducationRole true ["dt" => DesignatedTeacher, "foster carer" => Carer, "young person" => Child],
    SenProvisionKind false ["EHCP" => EhcPlan],
    SenType false [],
    SchoolSession false ["1" => Morning, "2" => Afternoon],
    SuspensionCategory false ["FIXD" => Suspension],
    SuspensionReason false [],
}

macro_rules! plain_vocabularies {
    ($($list:ident $as_word:literal,)+) => { $(impl Vocabulary for schemas::code::$list { const AS_WORD: bool = $as_word; })+ };
}

plain_vocabularies! {
    PepNotRequired true, EetStatus true, TargetArea true, TargetOutcome true, EnrolStatus false, MarkRecorder true,
    SuspensionReview false, AssessmentStage false, AssessmentSubject false, AssessmentBasis true, AssessmentScale true,
    OnTrack true, VoiceContext true, VoiceWhose true, VoiceBy true, VoiceHow true, VoiceTopic true, VoiceShare true,
}

/// An attendance code, with the slashes that other alphabets have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(pub AttendanceCode);

impl Vocabulary for AttendanceCode {
    const AS_WORD: bool = false;
}

impl Wire for Mark {
    const TYPE: WireType = WireType::Code(AttendanceCode::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let code = match std::str::from_utf8(cell) {
            Ok("\u{ff0f}" | "\u{2215}") => Some(AttendanceCode::PresentMorning),
            Ok("\u{ff3c}") => Some(AttendanceCode::PresentAfternoon),
            _ => read_word(cell, reading),
        };
        code.map_or(Heard::Wrong(&rules::CODE_UNKNOWN), |code| Heard::Is(Self(code)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

/// A column whose text is not carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCarried;

impl Wire for NotCarried {
    const TYPE: WireType = WireType::Text { characters_max: 0 };

    fn read(_: &[u8], _: &Reading<'_>) -> Heard<Self> {
        Heard::Blank(&rules::FREE_TEXT)
    }

    fn write(&self, _: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        Written::Yes
    }
}

/// The kind of a plan; a column that asks whether it is the first answers it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanType(pub PepType);

impl Vocabulary for PepType {
    const ALSO: &'static [(&'static str, Self)] = &[("initial", Self::First), ("y", Self::First), ("yes", Self::First)];
}

impl Wire for PlanType {
    const TYPE: WireType = WireType::Word(PepType::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match (read_word(cell, reading), bool::read(cell, reading)) {
            (Some(kind), _) => Heard::Is(Self(kind)),
            (None, Heard::Is(true)) => Heard::Is(Self(PepType::First)),
            (None, Heard::Is(false)) => Heard::Is(Self(PepType::Review)),
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

/// How far a plan has come; a judgement on its dates is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanStatus(pub PepStatus);

impl Wire for PlanStatus {
    const TYPE: WireType = WireType::Word(PepStatus::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match read_word(cell, reading) {
            Some(status) => Heard::Is(Self(status)),
            None if cell.eq_ignore_ascii_case(b"overdue") => {
                Heard::Mended(Self(PepStatus::Planned), &rules::DERIVED_STATUS)
            }
            None => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

/// A term, or half of one where the school year has six.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term.
    pub term: AcademicTerm,
    /// Its half, 1 or 2.
    pub half: Option<Number<2>>,
}

impl Vocabulary for AcademicTerm {
    // Where the others are spring and summer, winter is what comes before them.
    const ALSO: &'static [(&'static str, Self)] = &[
        ("aut", Self::Autumn),
        ("spr", Self::Spring),
        ("sum", Self::Summer),
        ("winter", Self::Autumn),
        ("1", Self::Autumn),
        ("2", Self::Spring),
        ("3", Self::Summer),
    ];
}

impl Wire for Term {
    const TYPE: WireType = WireType::Text { characters_max: 8 };

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell).to_lowercase();
        // `T1` to `T6` count the halves of the year, `autumn-1` those of a term.
        let of_six = text.strip_prefix('t').and_then(|n| n.trim().parse::<u8>().ok());
        let (term, half) = match (of_six, text.split_at_checked(text.len().saturating_sub(1))) {
            (Some(n @ 1..=6), _) => (AcademicTerm::from_index((n - 1) / 2), Some((n - 1) % 2 + 1)),
            (Some(_), _) => return Heard::Unreadable,
            (None, Some((term, half @ ("1" | "2")))) if !term.is_empty() => {
                let term = term.trim_end_matches(['-', ' ', '_']);
                (words::whole_word(term.as_bytes(), reading, AcademicTerm::ALSO), Some(u8::from(half == "2") + 1))
            }
            _ => {
                let alone = words::whole_word(cell, reading, AcademicTerm::ALSO);
                (alone.or_else(|| words::before_a_label(cell, reading, AcademicTerm::ALSO)), None)
            }
        };
        let half = half.and_then(|half| Number::new(half.into()));
        term.map_or(Heard::Unreadable, |term| Heard::Is(Self { term, half }))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.term, out);
        if let Some(half) = self.half {
            out.extend_from_slice(format!("-{}", half.get()).as_bytes());
        }
        Written::Yes
    }
}

/// Sex: `M F U`; also `1 2`, whole words, and the answers of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireSex(pub Sex);

impl Vocabulary for Sex {
    const AS_WORD: bool = false;
    const ALSO: &'static [(&'static str, Self)] = &[
        ("1", Self::Male),
        ("2", Self::Female),
        ("a) Male", Self::Male),
        ("b) Female", Self::Female),
        ("x", Self::Unknown),
        ("Not stated", Self::Unknown),
        ("boy", Self::Male),
        ("girl", Self::Female),
    ];
}

impl Wire for WireSex {
    const TYPE: WireType = WireType::Code(Sex::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        read_word(cell, reading).map_or(Heard::Unreadable, |sex| Heard::Is(Self(sex)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

/// The authority's identifier of a child, without the blanks that people put into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildId(pub LaChildId);

impl Wire for ChildId {
    const TYPE: WireType = WireType::LaChildId;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let compact: Vec<u8> = cell.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        <LaChildId as Wire>::read(&compact, reading).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// A UPN, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireUpn {
    /// The number.
    Number(Upn),
    /// The reason.
    Unknown(UpnUnknown),
}

impl Wire for WireUpn {
    const TYPE: WireType = WireType::Upn;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match (Upn::read(cell), UpnUnknown::from_code(cell)) {
            (Some(upn), _) if upn.check_letter_holds() => Heard::Is(Self::Number(upn)),
            (Some(upn), _) => Heard::Mended(Self::Number(upn), &rules::UPN_CHECK_LETTER),
            (None, Some(reason)) => Heard::Is(Self::Unknown(reason)),
            (None, None) => Heard::Wrong(&rules::UPN_SHAPE),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match self {
            Self::Number(upn) => upn.write(out),
            Self::Unknown(reason) => out.extend_from_slice(reason.code().as_bytes()),
        }
        Written::Yes
    }
}

macro_rules! checked {
    ($($(#[doc = $doc:literal])+ $wire:ident($type:ty) $read:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $wire(pub $type);

        impl Wire for $wire {
            const TYPE: WireType = <$type as Wire>::TYPE;
            fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
                let read: fn(&[u8]) -> Heard<$type> = $read;
                read(cell).map(Self)
            }
            fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written { Wire::write(&self.0, out, writing) }
        }
    )+};
}

fn or_wrong<T>(read: Option<T>, rule: &'static Rule) -> Heard<T> {
    read.map_or(Heard::Wrong(rule), Heard::Is)
}

checked! {
    /// A former UPN.
    FormerUpn(Upn) |cell| match Upn::read(cell) {
        Some(upn) if upn.check_letter_holds() => Heard::Is(upn),
        Some(upn) => Heard::Mended(upn, &rules::UPN_CHECK_LETTER),
        None => Heard::Wrong(&rules::UPN_SHAPE),
    };
    /// A ULN.
    WireUln(Uln) |cell| match Uln::read(cell) {
        Ok(uln) if uln.check_digit_holds() && !uln.as_str().starts_with('0') => Heard::Is(uln),
        Ok(uln) => Heard::Mended(uln, &rules::ULN_CHECK),
        // The number that says that there is none.
        Err(schemas::identifier::IdentifierFault::Placeholder) => Heard::Blank(&rules::ULN_CHECK),
        Err(_) => Heard::Wrong(&CELL),
    };
    /// A school's URN.
    Urn(SchoolUrn) |cell| or_wrong(SchoolUrn::read(cell), &rules::SCHOOL_URN_SHAPE);
    /// A school's LAESTAB.
    Estab(Laestab) |cell| or_wrong(Laestab::read(cell), &rules::LAESTAB_SHAPE);
    /// An SDQ score.
    Sdq(Number<40>) |cell| match cell.strip_suffix(b".0").unwrap_or(cell) {
        digits @ ([_] | [_, _]) if digits.iter().all(u8::is_ascii_digit) => {
            let score = digits.iter().fold(0, |score, digit| score * 10 + u16::from(digit - b'0'));
            or_wrong(Number::new(score), &rules::SDQ_RANGE)
        }
        _ => Heard::Wrong(&rules::SDQ_RANGE),
    };
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money(pub Pence);

impl Wire for Money {
    const TYPE: WireType = WireType::Money;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match Pence::read_pounds(text_of(cell).as_bytes()) {
            Ok(pence) => Heard::Is(Self(pence)),
            Err(MoneyFault::Negative) => Heard::Wrong(&rules::MONEY_NEGATIVE),
            Err(MoneyFault::Shape) => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// A percentage from 0 to 100 with at most two decimals; where the dialect says so it comes as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub Decimal);

impl Percent {
    /// The percentage in hundredths of one.
    #[must_use]
    pub fn hundredths(self) -> u32 {
        hundredths_of(self.0.as_str()).unwrap_or_default()
    }
}

/// A number with at most two decimals in hundredths; `None` for anything else.
#[must_use]
pub fn hundredths_of(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    format!("{whole}{decimals:0<2}").parse().ok()
}

impl Wire for Percent {
    const TYPE: WireType = WireType::Percent;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let text = cell.strip_suffix(b"%").unwrap_or(cell).trim_ascii();
        let Some(decimal) = Decimal::read(text) else { return Heard::Unreadable };
        if reading.dialect.percent_is_fraction() {
            return percent_of_fraction(decimal.as_str()).map_or(Heard::Unreadable, |decimal| Heard::Is(Self(decimal)));
        }
        match hundredths_of(decimal.as_str()) {
            Some(0..=10_000) => Heard::Is(Self(decimal)),
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}

/// `0.929` as `92.9`: the point two places further, without zeros at the end.
fn percent_of_fraction(fraction: &str) -> Option<Decimal> {
    let (whole, decimals) = fraction.split_once('.').unwrap_or((fraction, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 4 || (whole == "1" && decimals.bytes().any(|byte| byte != b'0'))
    {
        return None;
    }
    let digits = format!("{whole}{decimals:0<4}");
    let (percent, rest) = (digits[..3].trim_start_matches('0'), digits[3..].trim_end_matches('0'));
    let percent = if percent.is_empty() { "0" } else { percent };
    let text = if rest.is_empty() { percent.to_owned() } else { format!("{percent}.{rest}") };
    Decimal::read(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use kit::{dialect::Dialect, wire::Spelling};

    use super::*;

    fn read<T: Wire>(cell: &str) -> Heard<T> {
        let dialect = Dialect::default();
        T::read(
            cell.as_bytes(),
            &Reading { year: None, dialect: &dialect, protection_only: false, spelling: Spelling::Plain },
        )
    }

    fn written<T: Wire>(value: &T) -> String {
        let dialect = Dialect::default();
        let mut out = Vec::new();
        value.write(&mut out, &Writing { year: None, dialect: &dialect, spelling: Spelling::Plain });
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_word_is_read_however_senders_spell_it_and_written_in_one_way() {
        for cell in ["in-progress", "In progress", "IN_PROGRESS", "draft", "in-progress - In progress"] {
            assert_eq!(read(cell), Heard::Is(Word(PepStatus::InProgress)), "{cell}");
        }
        assert_eq!(written(&Word(PepStatus::InProgress)), "in-progress");
        assert_eq!(read("Overdue"), Heard::Mended(PlanStatus(PepStatus::Planned), &rules::DERIVED_STATUS));
        assert_eq!(read::<Word<PepStatus>>("halfway"), Heard::Unreadable);
        for cell in ["KS2", "ks2", "Key stage 2", "KS2 - Key stage 2"] {
            assert_eq!(read(cell), Heard::Is(Word(PepForm::KeyStageTwo)), "{cell}");
        }
        assert_eq!(written(&Word(PepForm::KeyStageTwo)), "KS2");
    }

    #[test]
    fn years_of_the_curriculum_are_read_as_schools_write_them() {
        for (cell, year) in [
            ("4", NcYear::Year4),
            ("Year 4", NcYear::Year4),
            ("R", NcYear::Reception),
            ("reception", NcYear::Reception),
        ] {
            assert_eq!(read(cell), Heard::Is(Word(year)), "{cell}");
        }
        assert_eq!(read::<Word<NcYear>>("15"), Heard::Unreadable);
    }

    #[test]
    fn lists_keep_their_order_and_lose_only_what_is_no_code() {
        let roles = Words(vec![EducationRole::Carer, EducationRole::Child]);
        assert_eq!(read("carer; child;carer"), Heard::Is(roles.clone()));
        assert_eq!(read("carer|child"), Heard::Is(roles.clone()));
        assert_eq!(read("carer;the cat;child"), Heard::Mended(roles.clone(), &CELL));
        assert_eq!(read::<Words<EducationRole>>("the cat"), Heard::Unreadable);
        assert_eq!(written(&roles), "carer;child");
    }

    #[test]
    fn terms_are_three_or_six() {
        let term = |term, half: Option<u16>| Heard::Is(Term { term, half: half.and_then(Number::new) });
        use AcademicTerm::{Autumn, Spring, Summer};
        for (cell, expected) in [
            ("autumn", term(Autumn, None)),
            ("Spr", term(Spring, None)),
            ("3", term(Summer, None)),
            ("Winter", term(Autumn, None)),
            ("autumn-2", term(Autumn, Some(2))),
            ("Summer 1", term(Summer, Some(1))),
            ("T4", term(Spring, Some(2))),
            ("t6", term(Summer, Some(2))),
            ("T7", Heard::Unreadable),
            ("T0", Heard::Unreadable),
            ("autumn-3", Heard::Unreadable),
            ("é", Heard::Unreadable),
            ("4", Heard::Unreadable),
        ] {
            assert_eq!(read::<Term>(cell), expected, "{cell}");
        }
        assert_eq!(written(&Term { term: Spring, half: Number::new(2) }), "spring-2");
    }

    #[test]
    fn marks_are_folded() {
        for (cell, code) in [
            ("/", AttendanceCode::PresentMorning),
            ("\u{ff0f}", AttendanceCode::PresentMorning),
            ("\u{2215}", AttendanceCode::PresentMorning),
            ("\\", AttendanceCode::PresentAfternoon),
            ("\u{ff3c}", AttendanceCode::PresentAfternoon),
            ("i", AttendanceCode::Illness),
            ("y1", AttendanceCode::TransportNotAvailable),
            ("I - Illness", AttendanceCode::Illness),
            ("#", AttendanceCode::PlannedClosure),
        ] {
            assert_eq!(read(cell), Heard::Is(Mark(code)), "{cell}");
        }
        assert_eq!(read::<Mark>("Q9"), Heard::Wrong(&rules::CODE_UNKNOWN));
    }

    #[test]
    fn identifiers_say_what_is_wrong_with_them() {
        assert!(matches!(read::<WireUpn>("J330999925001"), Heard::Is(WireUpn::Number(_))));
        assert!(matches!(read::<WireUpn>("W33099992502A"), Heard::Is(WireUpn::Number(upn)) if upn.is_temporary()));
        assert!(
            matches!(read::<WireUpn>("B207000016049"), Heard::Mended(_, rule) if rule.code == "epep/upn-check-letter")
        );
        for reason in ["UN1", "un5", "UN7"] {
            assert!(matches!(read::<WireUpn>(reason), Heard::Is(WireUpn::Unknown(_))), "{reason}");
        }
        assert_eq!(read::<WireUpn>("UN8"), Heard::Wrong(&rules::UPN_SHAPE));
        assert!(matches!(read::<WireUln>("1000000043"), Heard::Is(_)));
        assert!(matches!(read::<WireUln>("1000000063"), Heard::Mended(_, rule) if rule.code == "epep/uln-check"));
        assert_eq!(read::<WireUln>("9999999999"), Heard::Blank(&rules::ULN_CHECK));
        for ofsted in ["SC123456", "1234567"] {
            assert_eq!(read::<Urn>(ofsted), Heard::Wrong(&rules::SCHOOL_URN_SHAPE), "{ofsted}");
        }
        assert_eq!(written(&Estab(Laestab::read(b"330/9999").unwrap())), "3309999");
        assert_eq!(read::<Sdq>("41"), Heard::Wrong(&rules::SDQ_RANGE));
        assert!(matches!(read::<Sdq>("40"), Heard::Is(_)));
        assert_eq!(read::<Money>("-1"), Heard::Wrong(&rules::MONEY_NEGATIVE));
    }

    #[test]
    fn percentages_are_of_a_hundred() {
        for (cell, expected) in
            [("92.9", Some("92.9")), ("100%", Some("100")), ("0", Some("0")), ("92.95 %", Some("92.95"))]
        {
            assert_eq!(read::<Percent>(cell), Heard::Is(Percent(Decimal::read(expected.unwrap().as_bytes()).unwrap())));
        }
        for cell in ["100.01", "-1", "92.999", "many", "1000"] {
            assert_eq!(read::<Percent>(cell), Heard::Unreadable, "{cell}");
        }
        for (fraction, percent) in
            [("0.929", "92.9"), ("1", "100"), ("0", "0"), ("0.9", "90"), ("0.0525", "5.25"), ("1.0", "100")]
        {
            assert_eq!(percent_of_fraction(fraction).unwrap().as_str(), percent, "{fraction}");
        }
        for none in ["1.1", "2", "0.92999", "92.9"] {
            assert!(percent_of_fraction(none).is_none(), "{none}");
        }
    }
}
