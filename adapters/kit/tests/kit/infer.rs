//! Drafts of dialects: what is sure, what is a guess, what is left, and that no cell is ever repeated.

use kit::{
    adapter::{Format, Parts},
    dialect::{
        Dialect,
        infer::{Draft, SAMPLE_COLUMNS_MAX, SAMPLE_ROWS_MAX, infer},
    },
    document::{Part, ReadAt},
    limits::ReadingLimits,
    table::Table,
    wire::Rating,
};
use proptest::prelude::*;
use schemas::{
    code::LegalStatus,
    date::Date,
    identifier::{LaChildId, NhsNumber},
    postcode::Postcode,
};

use crate::sample::{TABLES, utf_16};

kit::rows! {
    /// Where a child lives.
    HomeRow = HOMES "homes" {
        /// The child.
        child: LaChildId = "CHILD" { aliases: &["child_id"], loses_row: true },
        /// NHS number.
        nhs: NhsNumber = "nhs_number" { required: false },
        /// Date the stay began.
        start: Date = "DECOM" { field: "CareEpisode.start_date" },
        /// Date the stay ceased; blank while it is open.
        end: Date = "DEC" { field: "CareEpisode.end_date", guard: true },
        /// Legal status.
        status: LegalStatus = "LS" { field: "CareEpisode.legal_status" },
        /// Postcode of the placement.
        postcode: Postcode = "PL_POST" { field: "CareEpisode.placement_postcode", required: false },
    }
}

static HOME_TABLES: &[&Table] = &[&HOMES];

kit::rows! {
    /// A plan that is rated.
    RatedRow = RATED "rated" {
        /// The plan.
        plan: Box<str> = "PLAN_NO" { },
        /// How it is rated.
        rating: Rating = "RATING" { },
    }
}

static RATED_TABLES: &[&Table] = &[&RATED];
static RATED_CSV: Format = format("rated-csv", RATED_TABLES);

#[test]
fn ratings_of_a_scheme_that_nobody_knows_are_counted_and_left_to_the_authority() {
    let draft = |text: &str| {
        let part = Part::new("export.csv", text.as_bytes().to_vec());
        infer(&part, &[&RATED_CSV], ReadingLimits::default()).toml
    };
    let own = draft("PLAN_NO,RATING\n1,green\n2,sparkling\n3,\n4,dull\n");
    assert!(
        own.contains("\n# column 2 (RATING): 2 of 3 ratings are of no scheme that comes with the program; declare the authority's own as [qa.<scheme>]"),
        "{own}"
    );
    assert!(!own.contains("sparkling") && !own.contains("dull"), "no value of a cell is in a draft: {own}");
    let shipped = draft("PLAN_NO,RATING\n1,green\n2,Gold\n3,4\n");
    assert!(!shipped.contains("[qa."), "{shipped}");
}

static HOMES_CSV: Format = format("homes-csv", HOME_TABLES);
static STAYS_CSV: Format = format("stays-csv", TABLES);

const fn format(name: &'static str, tables: &'static [&'static Table]) -> Format {
    Format {
        name,
        summary: "",
        media_types: &["text/csv"],
        extensions: &["csv"],
        parts: Parts::Named,
        needs_year: false,
        needs_authority: false,
        case_management: false,
        tables,
        rules: &[],
        settings: &[],
        losses: &[],
        together: &[],
        decode: None,
        encode: None,
    }
}

fn drafted(bytes: impl ReadAt + 'static) -> Draft {
    let draft = infer(&Part::new("export.csv", bytes), &[&STAYS_CSV, &HOMES_CSV], ReadingLimits::default());
    let tables = draft.format.map_or(&[][..], |format| format.tables);
    let (_, faults) = Dialect::read(&draft.toml, tables);
    assert_eq!(faults, [], "{}", draft.toml);
    let marked = |line: &&str| line.contains(" # sure") || line.contains(" # guess: ") || line.starts_with('#');
    let unmarked: Vec<&str> = draft.toml.lines().filter(|line| !line.is_empty() && !marked(line)).collect();
    assert_eq!(unmarked, [""; 0]);
    draft
}

fn of(text: &str) -> Draft {
    drafted(text.as_bytes().to_vec())
}

/// The line of the draft that begins so.
#[track_caller]
fn line<'d>(draft: &'d Draft, begins: &str) -> &'d str {
    draft.toml.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{begins}\n{}", draft.toml))
}

const HOMES_EXPORT: &str = "Young person ref;NHS no;Started;Ended;Legal status;Placement post code;Case notes\n\
    4017;9434765919;3 Apr 2020;30 Jun 2020;full-care-order;B99 1AA;a secret\n\
    4018;9434765870;13 Apr 2020;not known;full-care-order;B99 1AB;another\n\
    4019;;14 May 2020;;section-20-single-period-of-accommodation;B99 1AB;\n";

#[test]
fn an_export_in_words_of_its_own_is_drafted_whole() {
    let draft = of(HOMES_EXPORT);
    assert!(draft.is_complete && draft.missing.is_empty(), "{}", draft.toml);
    assert_eq!(line(&draft, "format"), "format = \"homes-csv\" # sure");
    assert_eq!(line(&draft, "\"Young person ref\""), "\"Young person ref\" = \"CHILD\" # sure");
    assert_eq!(line(&draft, "\"NHS no\""), "\"NHS no\" = \"nhs_number\" # sure");
    assert!(
        line(&draft, "\"Started\"").starts_with("\"Started\" = \"DECOM\" # guess: column 3, its heading is like the ")
    );
    assert!(line(&draft, "\"Ended\"").ends_with("; it protects a child, so look twice"), "{}", draft.toml);
    assert_eq!(line(&draft, "formats"), "formats = [\"%d %b %Y\"] # sure");
    assert!(
        line(&draft, "\"full-care-order\"").starts_with("\"full-care-order\" = \"C2\" # guess: labels with hyphens")
    );
    assert_eq!(line(&draft, "# column 7"), "# column 7: no column of homes fits");
    assert!(!draft.toml.contains("secret") && !draft.toml.contains("Case notes"), "{}", draft.toml);
}

#[test]
fn what_the_format_knows_is_sure_and_needs_no_guess() {
    let draft = of("CHILD,NHS_Number,DECOM,DEC,LS,PL_POST\n4017,,03/04/2020,,C2,B99 1AA\n");
    assert!(draft.is_complete && draft.guesses == 0 && draft.sure > 5, "{}", draft.toml);
    assert!(!draft.toml.contains("[dates]") && !draft.toml.contains("[codes"), "{}", draft.toml);
}

#[test]
fn a_missing_column_is_named_and_makes_the_draft_incomplete() {
    let draft = of("Child,Start,End,Placement postcode\n4017,03/04/2020,,B99 1AA\n");
    assert_eq!((draft.is_complete, draft.missing.as_slice()), (false, ["LS"].as_slice()), "{}", draft.toml);
    assert!(line(&draft, "# LS is needed").contains("[constants]"));
}

#[test]
fn headings_may_stand_under_titles_in_any_encoding_and_between_any_separators() {
    let text = "Homes of children\nRun by,Alexandra Secretname,03/04/2020\n\nChild ID,NHS number,Start date,End date,Legal status,Placement postcode\n\
        4017,,03/04/2020,,C2,B99 1AA\n";
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), None),
        (utf_16(text, true, false), Some("encoding = \"utf-16\" # sure")),
        (
            text.replace("B99 1AA", "Zo\u{eb}").chars().map(|c| c as u8).collect(),
            Some("encoding = \"windows-1252\" # guess"),
        ),
    ] {
        let draft = drafted(bytes);
        assert!(draft.is_complete, "{}", draft.toml);
        assert!(draft.toml.contains("# Line 4 is the heading row, cells stand between commas"), "{}", draft.toml);
        assert!(!draft.toml.contains("Secretname"));
        assert_eq!(draft.toml.lines().find(|line| line.starts_with("encoding")).is_some(), encoding.is_some());
        assert!(encoding.is_none_or(|encoding| draft.toml.contains(encoding)), "{}", draft.toml);
    }
    let draft = of(&text.replace(',', "\t"));
    assert!(draft.is_complete && draft.toml.contains("between tabs"), "{}", draft.toml);
}

#[test]
fn words_for_nothing_are_ours_and_never_proposed_where_they_would_free_a_child() {
    let rows = |end: &str, postcode: &str| {
        format!("Child,Start,End,Legal status,Placement postcode\n4017,03/04/2020,{end},C2,{postcode}\n")
    };
    assert!(line(&of(&rows("", "Not recorded")), "blank").starts_with("blank = [\"not recorded\"] # guess: "));
    let guarded = of(&rows("not recorded", "not recorded"));
    assert!(!guarded.toml.contains("blank ="), "{}", guarded.toml);
    assert!(line(&guarded, "# column 3 (DEC)").contains("1 of 1 values cannot be read"));
    assert!(!of(&rows("", "gone to sea")).toml.contains("gone to sea"));
}

#[test]
fn dates_that_no_dialect_reads_and_ids_of_a_spreadsheet_are_told_by_column() {
    let draft = of("Child,Start,End,Legal status\n4017.0,04/23/2020,,C2\n4018.0,05/24/2020,,C2\n");
    assert!(line(&draft, "# column 2 (DECOM)").contains("month/day/year"), "{}", draft.toml);
    assert!(line(&draft, "# column 1 (CHILD)").contains("end in .0"), "{}", draft.toml);
    let draft = of("Child,Start,End,Legal status\n4017,01-02-2020,,C2\n");
    assert!(line(&draft, "formats").starts_with("formats = [\"%d-%m-%Y\"] # guess: no day above 12"), "{}", draft.toml);
}

#[test]
fn a_column_is_found_by_its_values_only_where_nothing_else_could_be_meant_and_it_protects_nobody() {
    let rows = |heading: &str| {
        let row = "4017,03/04/2020,,C2,B99 1AA\n".repeat(6);
        format!("Child,Start,End,Legal status,{heading}\n{row}")
    };
    let draft = of(&rows("Whereabouts"));
    assert!(line(&draft, "\"Whereabouts\" = \"PL_POST\"").contains("by its values alone"), "{}", draft.toml);
    // The end of a stay protects: that dates fit does not make it one.
    let row = "4017,03/04/2020,C2,04/04/2020\n".repeat(6);
    let draft = of(&format!("Child,Start,Legal status,Whenever\n{row}"));
    assert_eq!(draft.missing, ["DEC"], "{}", draft.toml);
}

#[test]
fn a_file_without_headings_gives_no_draft_and_a_heading_like_a_value_is_not_repeated() {
    for text in [
        "4017,9434765919,03/04/2020,,C2,B99 1AA\n4018,9434765870,13/04/2020,,C2,B99 1AB\n",
        "Alexandra Secretname,Child of the house,Start again\n",
        "",
        "\n\n\n",
        "\"",
        "CHILD|DECOM|DEC|LS\n",
    ] {
        let draft = of(text);
        assert!(draft.format.is_none() && !draft.is_complete && draft.sure + draft.guesses == 0, "{}", draft.toml);
        assert!(draft.toml.starts_with("# No table is recognised") && !draft.toml.contains("Secretname"));
    }
    let draft = of("Child,Start,End,Legal status,Postcode 4017654,B99 1AA\n4017,03/04/2020,,C2,B99 1AA,B99 1AA\n");
    assert!(!draft.toml.contains("4017") && !draft.toml.contains("B99"), "{}", draft.toml);
    assert_eq!(line(&draft, "# column 6"), "# column 6: its heading looks like a value; it is not compared");
    let draft =
        of("Child,Start,End,Legal status,Placement area\n4017,03/04/2020,,C2,x\n4018,03/04/2020,,C2,placement AREA\n");
    assert!(!draft.toml.contains("Placement area"), "{}", draft.toml);
}

#[test]
fn headings_that_stand_twice_are_told_by_number() {
    let draft = of("Child,Start,End,Legal status,Start\n4017,03/04/2020,,C2,03/04/2020\n");
    assert!(line(&draft, "# column 5").contains("that of column 2 too"), "{}", draft.toml);
}

#[test]
fn a_heading_that_could_flag_a_restriction_is_pointed_out() {
    let draft = of("Child,Start,End,Legal status,Do not disclose\n4017,03/04/2020,,C2,Y\n");
    assert!(line(&draft, "# column 5").contains("[restriction]"), "{}", draft.toml);
}

#[test]
fn headings_with_every_mark_are_written_so_that_they_load() {
    let draft = of("\"Child \"\"ref\"\" \\ [no.] #\",Start,End,Legal status\n4017,03/04/2020,,C2\n");
    assert!(line(&draft, r##""Child \"ref\" \\ [no.] #" = "CHILD""##).contains("# "), "{}", draft.toml);
    assert!(draft.is_complete);
}

#[test]
fn however_much_there_is_no_more_than_the_limits_is_looked_at() {
    let row = "4017,03/04/2020,,C2\n";
    let draft = of(&format!("Child,Start,End,Legal status\n{}{}", row.repeat(SAMPLE_ROWS_MAX), "x,y,z,q\n"));
    assert!(
        draft.toml.contains("the first 1000 rows at most") && !draft.toml.contains("cannot be read"),
        "{}",
        draft.toml
    );
    let draft = of(&format!("Child,Start,End,Legal status\n{}{}", row.repeat(SAMPLE_ROWS_MAX - 1), "4017,soon,,C2\n"));
    assert!(line(&draft, "# column 2 (DECOM)").contains("1 of 1000 values"), "{}", draft.toml);
    let wide = format!("Child,Start,End,Legal status{}\n", ",x".repeat(SAMPLE_COLUMNS_MAX));
    assert!(of(&wide).toml.contains("columns after the 300th were not looked at"));
}

/// A part that counts how far it was read.
struct Counted(Vec<u8>, std::sync::Arc<std::sync::atomic::AtomicU64>);

impl ReadAt for Counted {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = ReadAt::read_at(&self.0, offset, buffer)?;
        self.1.fetch_max(offset + read as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(read)
    }
}

#[test]
fn a_long_file_is_not_read_to_its_end() {
    let furthest = std::sync::Arc::default();
    let text = format!("Child,Start,End,Legal status\n{}", "4017,03/04/2020,,C2\n".repeat(200_000));
    let draft = drafted(Counted(text.into_bytes(), std::sync::Arc::clone(&furthest)));
    assert!(draft.is_complete);
    assert!(furthest.load(std::sync::atomic::Ordering::Relaxed) < 500_000);
}

proptest! {
    #[test]
    fn any_bytes_give_a_draft_that_loads(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        drafted(bytes);
    }

    #[test]
    fn no_cell_is_ever_repeated(
        headings in prop::collection::vec("(Child|Start|End|Legal status|Postcode|NHS|ref|date|Place|Room|[a-z]{3,8})( [a-z]{1,9})?", 1..8),
        cells in prop::collection::vec("zq[a-z]{6}|[0-9]{10}|B99 [0-9]ZQ|0[1-9]/0[1-9]/20[0-2][0-9]|zq C2", 1..40),
    ) {
        let rows: Vec<String> = cells.chunks(headings.len()).map(|row| row.join(",")).collect();
        for text in [format!("{}\n{}\n", headings.join(","), rows.join("\n")), rows.join("\n")] {
            let draft = of(&text);
            for cell in &cells {
                prop_assert!(!draft.toml.contains(cell.as_str()), "{cell} in\n{}", draft.toml);
            }
        }
    }
}
