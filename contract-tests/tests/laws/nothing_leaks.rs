//! The canary law: no field leaves for whom the matrix withholds it, in no spelling, in no format.
//!
//! Every field of every statement holds a value that nothing else holds. For each view, format and condition of a child
//! the output is searched for every spelling: a withheld field is found in none, a reduced one only as coarse as the
//! matrix says, and, as control, a field that a format can say and the view lets out is found. What cannot be unique is
//! changed instead: the bytes stay the same wherever the matrix withholds it.

mod asked;
pub(crate) mod canary;
mod narrowed;
mod packed;
mod spelling;

use std::{collections::BTreeSet, fmt::Write};

use aho_corasick::AhoCorasick;
use exchange::{
    narrow::Changes,
    pipeline::Outcome,
    precision::Precision,
    view::{NAMES, View, matrix},
};
use kit::{
    adapter::{Disclosure, Encode, Encoder, Format, Options},
    document::Document,
    render::{self, Places},
    report::Summary,
    sheaf::{PartName, Sheaf},
};
use schemas::{
    diagnostic::Report,
    identifier::{Identifier, LaChildId},
    record::{STATEMENTS, Statement, Subject, SubjectKind},
    reflect::{Kind, Value},
    said::Said,
};

use self::{
    canary::{Canary, Condition, another, canaries, child, neighbour, place},
    packed::unpack,
    spelling::Level,
};
use crate::{
    base::files,
    made::{Child, format_of},
    support::{Kept, bless, cases, day, document, format, is_of_places, options, translated},
};

/// Who has the condition: the child with the canaries, or one who lives in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    TheChild,
    ANeighbour,
}

/// Every format that is written.
fn written() -> impl Iterator<Item = &'static Format> {
    roster::formats().map(|(_, format)| format).filter(|format| format.encode.is_some())
}

fn written_options() -> Options {
    Options { as_at: Some(day("2026-03-31")), ..options(2026) }
}

fn let_out(children: Vec<Child>, to: &'static Format, view: &str) -> (Outcome, Kept) {
    translated(&Default::default(), (format_of(children), to), view, &written_options())
}

/// The child with the canaries, after a neighbour where that is who has the condition.
fn family(condition: Condition, on: On) -> Vec<Child> {
    match on {
        On::TheChild => vec![child(condition)],
        On::ANeighbour => vec![neighbour(condition), child(Condition::Plain)],
    }
}

/// How much of a field the matrix and the overrides let out, read from their files and nowhere else; and how much of
/// that is left by the changes that made a narrower view.
fn allowed(view: &str, narrower: &[Changes], condition: Condition, on: On, canary: &Canary) -> Level {
    let left = narrower.iter().map(|changes| left_by(changes, canary)).min().unwrap_or(Level::Full);
    // No condition of a child has a say in what is told of a place.
    if is_of_place(canary) {
        return of_matrix(view, canary).min(left);
    }
    if view == "local-authority" {
        return left;
    }
    let own = |other: Condition| on == On::TheChild && condition.holds(other);
    let left_out = match view {
        "referral" | "provider" => true,
        "statistics" => own(Condition::GuardUnreadable),
        _ => {
            [Condition::Adopted, Condition::Adult, Condition::Refused, Condition::GuardUnreadable].into_iter().any(own)
        }
    };
    if left_out {
        return Level::Nothing;
    }
    let shares = on == On::ANeighbour
        && [Condition::NhsRestricted, Condition::Location, Condition::Adopted, Condition::GuardUnreadable]
            .into_iter()
            .any(|other| condition.holds(other));
    let grounds = [own(Condition::NhsRestricted), own(Condition::Location) || shares, own(Condition::Untraced)];
    if overridden(view, grounds, canary) {
        return Level::Nothing;
    }
    let level = of_matrix(view, canary);
    // Of an adopted child analysts learn no birth and no month.
    let level = match (view, own(Condition::Adopted), canary.field) {
        ("statistics", true, "birth_date") => Level::Nothing,
        ("statistics", true, _) if level == Level::Finer => Level::Rough,
        _ => level,
    };
    level.min(left)
}

fn is_of_place(canary: &Canary) -> bool {
    let mut of_places = STATEMENTS.iter().filter(|of| of.about == SubjectKind::Place);
    of_places.any(|of| of.name == canary.statement) || (canary.statement, canary.field) == ("Identifier", "ProviderUrn")
}

/// How much of a field a change leaves at most.
fn left_by(changes: &Changes, canary: &Canary) -> Level {
    let name = format!("{}.{}", canary.statement, canary.field);
    // What is said of a list holds for its entries too.
    let of_list = name.split('[').next().unwrap_or_default();
    let all = format!("{}.*", canary.statement);
    let withheld = changes.withhold.iter().any(|other| [&name, of_list, &all].contains(&&**other));
    if withheld || changes.allow.as_ref().is_some_and(|allow| !allow.iter().any(|other| **other == name)) {
        return Level::Nothing;
    }
    let reduced = changes.reduce.iter().filter(|(other, _)| [&name, of_list].contains(&&**other));
    reduced.map(|(_, precision)| level_of(*precision)).min().unwrap_or(Level::Full)
}

fn level_of(precision: Precision) -> Level {
    match precision {
        Precision::Full => Level::Full,
        Precision::Month | Precision::Sector => Level::Finer,
        Precision::Year | Precision::Outward => Level::Rough,
        _ => Level::Nothing,
    }
}

fn of_matrix(view: &str, canary: &Canary) -> Level {
    let column = NAMES.iter().position(|known| *known == view).unwrap();
    let rows = matrix().filter(|row| row.statement == canary.statement && row.field == canary.field);
    rows.map(|row| level_of(row.precisions[column].unwrap())).min().unwrap_or(Level::Nothing)
}

fn overridden(view: &str, grounds: [bool; 3], canary: &Canary) -> bool {
    static OVERRIDES: &str = include_str!("../../../gateway/exchange/views/overrides.csv");
    OVERRIDES.lines().skip(1).any(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let holds = |(ground, word): (bool, &&str)| match *word {
            "keep" => false,
            "health-keeps" => ground && view != "health",
            "virtual-school-keeps" => ground && view != "virtual-school",
            "health-or-virtual-school-keeps" => ground && !["health", "virtual-school"].contains(&view),
            _ => ground,
        };
        let field = cells[1];
        // A row of a whole field holds in every case; of those who belong to the child the canary's own is the carer.
        let of_field = field == canary.field
            || (!field.contains('[') && canary.field.split('[').next() == Some(field))
            || field.strip_suffix("[carer]") == Some(canary.field);
        cells[0] == canary.statement && of_field && grounds.into_iter().zip(&cells[2..5]).any(holds)
    })
}

/// All spellings of all canaries, to be looked for in one pass.
struct Search {
    canaries: Vec<Canary>,
    automaton: AhoCorasick,
    /// By the automaton's pattern: which canary, and which of its spellings.
    patterns: Vec<(usize, usize)>,
}

/// What was found of a canary.
struct Found {
    canary: usize,
    level: Level,
    as_spelt: String,
}

impl Search {
    fn of(children: &[Child]) -> Self {
        let canaries: Vec<Canary> = children.iter().flat_map(canaries).collect();
        let patterns: Vec<(usize, usize)> = canaries
            .iter()
            .enumerate()
            .flat_map(|(n, canary)| (0..canary.spelt.len()).map(move |spelt| (n, spelt)))
            .collect();
        let automaton =
            AhoCorasick::new(patterns.iter().map(|(canary, spelt)| &canaries[*canary].spelt[*spelt].bytes)).unwrap();
        Self { canaries, automaton, patterns }
    }

    fn found(&self, bytes: &[u8]) -> Vec<Found> {
        let words = without_ids(bytes);
        self.automaton
            .find_overlapping_iter(bytes)
            .filter_map(|hit| {
                let (canary, spelt) = self.patterns[hit.pattern().as_usize()];
                let spelt = &self.canaries[canary].spelt[spelt];
                let is_word = words[hit.start()..hit.end()] == bytes[hit.start()..hit.end()]
                    && !bytes[..hit.start()].last().is_some_and(u8::is_ascii_alphanumeric)
                    && !bytes.get(hit.end()).is_some_and(u8::is_ascii_alphanumeric);
                let as_spelt = String::from_utf8_lossy(&spelt.bytes).into_owned();
                (!spelt.short || is_word).then_some(Found { canary, level: spelt.level, as_spelt })
            })
            .collect()
    }

    /// What was found and is not allowed.
    fn leaks(
        &self,
        bytes: &[u8],
        (view, narrower): (&str, &[Changes]),
        condition: Condition,
        on: On,
    ) -> BTreeSet<String> {
        let leaks = self.found(bytes).into_iter().filter(|found| {
            let canary = &self.canaries[found.canary];
            found.level > allowed(view, narrower, condition, on, canary)
        });
        leaks
            .map(|found| {
                let Canary { statement, field, .. } = self.canaries[found.canary];
                format!("{statement}.{field} as {}", found.as_spelt)
            })
            .collect()
    }

    /// The fields that were found whole.
    fn said(&self, bytes: &[u8]) -> BTreeSet<(&'static str, &'static str)> {
        let whole = self.found(bytes).into_iter().filter(|found| found.level == Level::Full);
        whole.map(|found| (self.canaries[found.canary].statement, self.canaries[found.canary].field)).collect()
    }
}

/// The same bytes with every UUID blotted out: its groups of four look like years.
fn without_ids(bytes: &[u8]) -> Vec<u8> {
    let mut blotted = bytes.to_vec();
    for (n, window) in bytes.windows(36).enumerate() {
        let is_id = window.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        if is_id {
            blotted[n..n + 36].fill(b'_');
        }
    }
    blotted
}

/// Everything that was written: names of parts, their bytes, and what is packed in them.
fn everything(kept: &Kept) -> Vec<u8> {
    let mut all = Vec::new();
    for (name, bytes) in &kept.0 {
        all.extend([name.as_bytes(), b"\n", bytes, b"\n"].concat());
        unpack(bytes, &mut all);
    }
    all
}

/// Everything that is told of a translation.
fn told(outcome: &mut Outcome, document: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    let summary = Summary {
        format: "made",
        rows: outcome.rows,
        records: outcome.records,
        left_out: outcome.left_out.clone(),
        written: outcome.written.clone(),
        figures: outcome.figures.clone(),
    };
    let labels = outcome.labels.clone();
    let mut places = Places::of(document, &labels);
    for diagnostic in outcome.findings.diagnostics() {
        render::json::diagnostic(diagnostic, &mut places, &mut out);
        render::csv::diagnostic(diagnostic, &mut places, &mut out);
        out.extend_from_slice(format!("{diagnostic:?}\n").as_bytes());
    }
    render::json::summary(&summary, &outcome.findings, &mut out);
    render::json::report(&summary, &mut outcome.findings, &mut places, &mut out);
    out
}

/// Runs one format through every view, condition and position; what leaks, and what is told that must not be.
fn judge(to: &'static Format) -> BTreeSet<String> {
    let mut leaks = BTreeSet::new();
    let places = std::iter::once((Condition::Plain, On::TheChild, vec![place()]));
    let children = Condition::ALL
        .into_iter()
        .flat_map(|condition| [On::TheChild, On::ANeighbour].map(|on| (condition, on, family(condition, on))));
    for (condition, on, family) in children.chain(places) {
        let search = Search::of(&family[family.len() - 1..]);
        for view in View::offered() {
            let (mut outcome, kept) = let_out(family.clone(), to, view.name());
            let at = format!("{} under {}, {condition:?} on {on:?}", to.name, view.name());
            let bytes = everything(&kept);
            leaks.extend(
                search.leaks(&bytes, (view.name(), &[]), condition, on).into_iter().map(|it| format!("{it}: {at}")),
            );
            // Reports go to operators, and no operator needs a value.
            let reports = told(&mut outcome, &Document::default());
            let values = search.found(&reports).into_iter().filter(|found| found.level == Level::Full);
            leaks.extend(values.filter(|found| found.as_spelt.len() > 6).map(|found| {
                let Canary { statement, field, .. } = search.canaries[found.canary];
                format!("{statement}.{field} told as {}: {at}", found.as_spelt)
            }));
        }
    }
    leaks
}

#[test]
fn a_withheld_field_is_found_in_no_spelling() {
    for to in written() {
        let leaks = judge(to);
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}

#[test]
fn a_field_that_is_let_out_is_found() {
    let mut said = String::from("format,statement,field\n");
    let family = family(Condition::NhsRestricted, On::TheChild);
    let search = Search::of(&family);
    // Six alike, so that statistics need not disguise a small group.
    let plain: Vec<Child> = (0..6).map(|n| sibling(&child(Condition::Plain), n)).collect();
    let plain_search = Search::of(&plain[..1]);
    for to in written() {
        let of_authority = search.said(&everything(&let_out(family.clone(), to, "local-authority").1));
        for (statement, field) in &of_authority {
            writeln!(said, "{},{statement},{field}", to.name).unwrap();
        }
        for view in ["health", "virtual-school", "carer", "statistics"] {
            // A return names its rows by the case system's identifier, which carers are not told.
            if to.case_management && view == "carer" {
                continue;
            }
            if !to.case_management && !fills_a_row(&of_authority, view) {
                continue;
            }
            let found = plain_search.said(&everything(&let_out(plain.clone(), to, view).1));
            for canary in plain_search.canaries.iter().filter(|canary| of_matrix(view, canary) == Level::Full) {
                let field = (canary.statement, canary.field);
                // To whom a consent was given is told to nobody else, whatever the matrix lets out.
                if of_authority.contains(&field) && field != ("Consent", "recipients") {
                    assert!(found.contains(&field), "{} under {view}: {field:?} is not found", to.name);
                }
            }
        }
    }
    assert!(said.lines().count() > 60, "too little is said for a control:\n{said}");
    bless(&cases().join("a-field-that-is-let-out-is-found/said.csv"), &said).unwrap();
}

/// Whether a view lets out anything that fills a row of a format that says this: where all of it is withheld there is no
/// row, and nothing that only stands beside it.
fn fills_a_row(said: &BTreeSet<(&'static str, &'static str)>, view: &str) -> bool {
    said.iter().any(|&(statement, field)| {
        let canary = Canary { statement, field, spelt: Vec::new() };
        !["Person", "Identifier"].contains(&statement) && of_matrix(view, &canary) > Level::Nothing
    })
}

#[test]
fn what_is_let_out_of_a_place_is_found() {
    let mut said = String::from("format,statement,field\n");
    let search = Search::of(&[place()]);
    for to in written().filter(|to| is_of_places(to)) {
        let own = search.said(&everything(&let_out(vec![place()], to, "provider").1));
        for (statement, field) in &own {
            writeln!(said, "{},{statement},{field}", to.name).unwrap();
        }
        for view in ["local-authority", "referral", "statistics"] {
            if !fills_a_row(&own, view) {
                continue;
            }
            let found = search.said(&everything(&let_out(vec![place()], to, view).1));
            for canary in search.canaries.iter().filter(|canary| of_matrix(view, canary) == Level::Full) {
                let field = (canary.statement, canary.field);
                assert!(!own.contains(&field) || found.contains(&field), "{} under {view}: {field:?}", to.name);
            }
        }
    }
    assert!(said.lines().count() > 30, "too little is said for a control:\n{said}");
    bless(&cases().join("a-field-that-is-let-out-is-found/said-of-places.csv"), &said).unwrap();
}

#[test]
fn what_a_view_withholds_changes_no_byte() {
    let mut told_apart = String::from("format,statement,field\n");
    let whole = [(child(Condition::Plain), "local-authority"), (place(), "provider")];
    for (to, (plain, own_view)) in written().flat_map(|to| whole.iter().map(move |own| (to, own))) {
        let baseline: Vec<_> =
            View::offered().map(|view| (view.name(), let_out(vec![plain.clone()], to, view.name()).1)).collect();
        for n in 0..plain.statements.len() {
            let of = plain.statements[n].statement_type();
            for field in of.fields {
                let Said::Is(old) = field.get(&plain.statements[n]) else { continue };
                let Some(new) = another(field.kind, &old) else { continue };
                // Some answers change who the child is to others, not only what is said of it.
                if decides(&plain.statements[n], field.name) {
                    continue;
                }
                let mut changed = plain.clone();
                assert!(field.set(&mut changed.statements[n], Said::Is(new)));
                for (view, before) in &baseline {
                    let after = let_out(vec![changed.clone()], to, view).1;
                    let canary = Canary { statement: of.name, field: field.name, spelt: Vec::new() };
                    let differs = after != *before;
                    if view == own_view && differs && !is_unique(&old) {
                        writeln!(told_apart, "{},{},{}", to.name, of.name, field.name).unwrap();
                    }
                    let withheld = of_matrix(view, &canary) == Level::Nothing && is_withheld(view, &canary);
                    assert!(!(withheld && differs), "{}.{} under {view} in {}", of.name, field.name, to.name);
                }
            }
        }
    }
    bless(&cases().join("a-field-that-is-let-out-is-found/told-apart.csv"), &told_apart).unwrap();
}

/// The same child under another identifier; the first keeps its own.
fn sibling(child: &Child, n: u8) -> Child {
    let mut child = child.clone();
    if n > 0 {
        let id = LaChildId::read(format!("ZQ66600{n}").as_bytes()).unwrap().0;
        child.subject = Subject::child(vec![Identifier::LaChild(id)], child.subject.authority);
    }
    child
}

/// Whether the matrix withholds a field, and does not only reduce it.
fn is_withheld(view: &str, canary: &Canary) -> bool {
    let column = NAMES.iter().position(|known| *known == view).unwrap();
    matrix()
        .filter(|row| row.statement == canary.statement && row.field == canary.field)
        .any(|row| row.precisions[column] == Some(Precision::Withheld))
}

fn is_unique(value: &Value) -> bool {
    !matches!(value, Value::Flag(_) | Value::Number(_) | Value::Year(_) | Value::Code(_))
}

/// Answers by which the house decides whom it carries and where periods begin and end.
fn decides(statement: &Statement, field: &str) -> bool {
    match statement {
        Statement::CareEpisode(_) => matches!(field, "end_reason" | "placement_type" | "legal_status"),
        Statement::PlacedForAdoption(_) => field == "ceased_date",
        Statement::Consent(_) => matches!(field, "scope" | "decision" | "recipients"),
        Statement::PreviousPermanence(_) => field == "kind",
        Statement::Address(_) => field == "type",
        Statement::Relationship(_) => field == "role",
        Statement::Measurement(_) => field == "kind",
        Statement::Immunisation(_) => field == "status",
        _ => false,
    }
}

#[test]
fn no_canary_stands_in_two_fields() {
    let family = [family(Condition::NhsRestricted, On::TheChild), vec![place()]].concat();
    let search = Search::of(&family);
    let mut seen: Vec<(&[u8], (&str, &str))> = Vec::new();
    for canary in &search.canaries {
        assert!(!canary.spelt.is_empty());
        for spelt in canary.spelt.iter().filter(|spelt| spelt.level == Level::Full) {
            seen.push((&spelt.bytes, (canary.statement, canary.field)));
        }
    }
    seen.sort_unstable();
    for pair in seen.windows(2) {
        assert!(pair[0].0 != pair[1].0 || pair[0].1 == pair[1].1, "{:?} and {:?}", pair[0].1, pair[1].1);
    }
    let filled: BTreeSet<_> = search.canaries.iter().map(|canary| (canary.statement, canary.field)).collect();
    for of in STATEMENTS {
        for field in of.fields {
            let listed = is_listed(field.kind);
            let is_order = (of.name, field.name) == ("Adoption", "order_date");
            let is_unit = (of.name, field.name) == ("Measurement", "unit");
            assert!(
                listed || is_order || is_unit || filled.contains(&(of.name, field.name)),
                "{}.{}",
                of.name,
                field.name
            );
        }
    }
}

/// Whether all that a field can hold are codes, numbers and flags, which cannot be unique.
fn is_listed(kind: Kind) -> bool {
    match kind {
        Kind::Code(_) | Kind::Flag | Kind::Number { .. } | Kind::Year => true,
        Kind::List(item) => is_listed(*item),
        Kind::Item(shape) => shape.members.iter().all(|member| is_listed(member.kind)),
        _ => false,
    }
}

#[test]
fn no_record_shows_a_value_when_it_is_debugged() {
    let family = family(Condition::NhsRestricted, On::TheChild);
    let search = Search::of(&family);
    let text = format!("{:?} {:#?} {:?}", family[0].records(0), family[0].statements, family[0].subject);
    let shown: Vec<_> = search.found(text.as_bytes()).into_iter().filter(|found| found.level == Level::Full).collect();
    assert!(shown.is_empty(), "{:?}", shown.iter().map(|found| &found.as_spelt).collect::<Vec<_>>());
}

#[test]
fn headings_file_names_and_wrong_cells_are_never_told() {
    const CANARY: &str = "zqXheadinglark";
    let clean = files();
    for (name, bytes) in &clean {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let mut lines = text.lines();
        let heading = lines.next().unwrap();
        let cells = heading.split(',').count();
        // One heading that nobody knows, then each cell wrong in turn.
        let mut spoilt = vec![format!("{heading},{CANARY}\n{}\n", lines.next().unwrap().to_owned() + "," + CANARY)];
        spoilt.extend((0..cells).map(|wrong| {
            let row: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
            let row: Vec<&str> = (0..cells).map(|n| if n == wrong { CANARY } else { row[n] }).collect();
            format!("{heading}\n{}\n", row.join(","))
        }));
        spoilt.push(format!("{CANARY},{CANARY}\n{CANARY}\n"));
        for text in spoilt {
            let mut parts: Vec<_> = clean.iter().filter(|(other, _)| other != name).cloned().collect();
            parts.push((format!("{CANARY}-{name}"), text.into_bytes()));
            for to in written() {
                for view in ["health", "local-authority"] {
                    let formats = (format("ssda903-csv"), to);
                    let read = document(&parts);
                    let (mut outcome, _) = translated(&read, formats, view, &options(crate::base::YEAR));
                    let told = String::from_utf8(told(&mut outcome, &read)).unwrap().to_lowercase();
                    assert!(!told.contains("zqx"), "{name}");
                }
            }
        }
    }
}

/// An encoder that lets one canary slip, spelt so that no eye would see it.
struct Leaky {
    inner: &'static dyn Encode,
    slip: Vec<u8>,
}

impl Encode for Leaky {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(Leaking { inner: self.inner.begin(options), slip: self.slip.clone() })
    }
}

struct Leaking<'o> {
    inner: Box<dyn Encoder + 'o>,
    slip: Vec<u8>,
}

impl Encoder for Leaking<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        self.inner.head(sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        self.inner.subject(disclosure, sheaf, report);
        let out = sheaf.part(PartName::Whole);
        out.extend_from_slice(b"{\"x\":\"");
        out.extend_from_slice(&self.slip);
        out.extend_from_slice(b"\"}\n");
    }
}

#[test]
fn an_encoder_that_lets_a_canary_slip_turns_the_law_red() {
    let search = Search::of(&family(Condition::Plain, On::TheChild));
    let withheld = |canary: &&Canary| allowed("health", &[], Condition::Plain, On::TheChild, canary) == Level::Nothing;
    for canary in search.canaries.iter().filter(withheld) {
        for spelt in &canary.spelt {
            let bytes = [b"\"".as_slice(), &spelt.bytes, b"\""].concat();
            assert!(
                !search.leaks(&bytes, ("health", &[]), Condition::Plain, On::TheChild).is_empty(),
                "{}.{} as {} would not be seen",
                canary.statement,
                canary.field,
                String::from_utf8_lossy(&spelt.bytes)
            );
        }
    }
    let inner = format("fhir-ndjson").encode.unwrap();
    let upn = search.canaries.iter().find(|canary| canary.field == "Upn").unwrap();
    let slip = upn.spelt.iter().max_by_key(|spelt| spelt.bytes.len()).unwrap().bytes.clone();
    let leaky = Format { encode: Some(Box::leak(Box::new(Leaky { inner, slip }))), ..copy_of(format("fhir-ndjson")) };
    let leaks = judge(Box::leak(Box::new(leaky)));
    assert!(
        leaks.iter().any(|leak| leak.starts_with("Identifier.Upn") && leak.contains("under health, Plain")),
        "{leaks:?}"
    );
}

fn copy_of(format: &'static Format) -> Format {
    Format {
        name: format.name,
        summary: format.summary,
        media_types: format.media_types,
        extensions: format.extensions,
        parts: format.parts,
        needs_year: format.needs_year,
        needs_authority: format.needs_authority,
        case_management: format.case_management,
        tables: format.tables,
        rules: format.rules,
        settings: format.settings,
        losses: format.losses,
        together: format.together,
        decode: format.decode,
        encode: format.encode,
    }
}
