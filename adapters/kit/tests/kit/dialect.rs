//! Dialects: what they change, and every fault at its place.

use kit::{
    dialect::{Dialect, DialectFault, Hint, RestrictionWord, TextEncoding, rules},
    wire::Rating,
};
use proptest::prelude::*;
use schemas::{
    code::{Disability, PlacementType},
    date::Date,
};

use crate::sample::TABLES;

/// Faults as `line:column+width rule hint`.
fn faults(toml: &str) -> Vec<String> {
    let told = |fault: &DialectFault| {
        let hint = match fault.hint {
            Some(Hint::Nearest(name)) => format!(" {name}"),
            _ => String::new(),
        };
        format!("{}:{}+{} {}{hint}", fault.line, fault.column, fault.width, fault.rule.code)
    };
    Dialect::read(toml, TABLES).1.iter().map(told).collect()
}

#[test]
fn every_fault_has_its_rule_line_column_and_width() {
    for (toml, expected) in [
        ("a = ", "1:5+1 dialect/not-toml"),
        ("bom = true\nbom = false", "2:1+3 dialect/not-toml"),
        ("bom = true\nheader = 1", "2:1+6 dialect/unknown-key headers"),
        ("[dates]\nformat = []", "2:1+6 dialect/unknown-key formats"),
        ("[restriction]\ncolumn = 'x'\nset = ['Y']\nclera = []", "4:1+5 dialect/unknown-key clear"),
        ("headers = 1", "1:11+1 dialect/type"),
        ("bom = 'yes'", "1:7+5 dialect/type"),
        ("encoding = 'latin-1'", "1:12+9 dialect/type"),
        ("percent = 'whole'", "1:11+7 dialect/type"),
        ("child_id = 'other'", "1:12+7 dialect/type"),
        ("blank = 'x'", "1:9+3 dialect/type"),
        ("blank = ['x', 1]", "1:15+1 dialect/type"),
        ("[dates]\nformats = ['%d %b %y']", "2:12+10 dialect/type"),
        ("[dates]\nformats = ['%m/%d/%Y']", "2:12+10 dialect/type"),
        ("[options]\nx = [1]", "2:5+3 dialect/type"),
        ("[constants]\nSTART_DATE = 'soon'", "2:14+6 dialect/type"),
        ("[constants]\nNOTE = ''", "2:8+2 dialect/type"),
        ("table = 'stay'", "1:9+6 dialect/no-such-table stays"),
        ("[headers]\n'é é' = 'PLACES'", "2:9+8 dialect/no-such-column PLACE"),
        ("[constants]\nROM = 'x'", "2:1+3 dialect/no-such-column ROOM"),
        ("table = 'stays'\n[constants]\nROOM = 'x'", "3:1+4 dialect/no-such-column"),
        ("[codes.placement_typ]\na = 'U1'", "1:8+13 dialect/no-such-list placement_type"),
        ("[codes.placement_type]\na = 'U99'", "2:5+5 dialect/no-such-code"),
        ("[codes.disability]\na = ''", "2:5+2 dialect/no-such-code"),
        ("[constants]\nPLACE = 'zzzzzz'", "2:9+8 dialect/no-such-code"),
        ("[codes.placement_type]\na = ''", "2:5+2 dialect/guard-to-blank"),
        ("[codes.placement_type]\na = 'n/a'", "2:5+5 dialect/guard-to-blank"),
        ("[constants]\nPLACE = '-'", "2:9+3 dialect/guard-to-blank"),
        ("blank = ['none', 'u1']", "1:18+4 dialect/guard-to-blank"),
        ("blank = ['U1 - whatever']", "1:10+15 dialect/guard-to-blank"),
        ("blank = ['with gran']\n[codes.placement_type]\n'With Gran' = 'U1'", "1:10+11 dialect/guard-to-blank"),
        ("[restriction]\nset = ['Y']", "1:2+11 dialect/missing-key"),
        ("[restriction]\ncolumn = 'x'", "1:2+11 dialect/missing-key"),
    ] {
        let told = faults(toml);
        // Codes are short, so that nearly any is near to another: a hint that is not expected does not count.
        let as_expected = told.len() == 1
            && told[0].strip_prefix(expected).is_some_and(|hint| hint.is_empty() || hint.starts_with(' '));
        assert!(as_expected, "{toml}: {told:?}, not {expected}");
    }
}

#[test]
fn faults_come_in_the_order_of_the_file_and_tell_nothing_of_it() {
    let toml = "secret-key = 1\n[codes.secret-list]\na = 'b'\n[headers]\n'secret heading' = 'secret column'";
    assert_eq!(faults(toml).len(), 3);
    let told = format!("{:?}", Dialect::read(toml, TABLES).1);
    assert!(!told.contains("secret"), "{told}");
}

#[test]
fn a_format_is_known_or_its_fault_located() {
    let known = ["ssda903-csv", "pep-csv"];
    assert_eq!(Dialect::format_of("format = 'pep-csv'", &known), (Some("pep-csv"), None));
    assert_eq!(Dialect::format_of("bom = true", &known), (None, None));
    assert_eq!(Dialect::format_of("not toml", &known), (None, None));
    let (format, fault) = Dialect::format_of("\nformat = 'pep-csw'", &known);
    let fault = fault.unwrap();
    assert_eq!((format, fault.rule, fault.line, fault.column), (None, &rules::NO_SUCH_FORMAT, 2, 10));
    assert_eq!(fault.hint, Some(Hint::Nearest("pep-csv")));
}

#[test]
fn a_dialect_says_what_it_says() {
    let (dialect, faults) = Dialect::read(
        r#"
        format = "made-up"
        table = "stays"
        encoding = "windows-1252"
        bom = true
        blank = ["not known", "Zoë"]
        child_id = "warehouse"
        gender_is_sex = false
        percent = "fraction"
        excel_safe = true
        [headers]
        "Child Ref." = "child_id"
        [dates]
        formats = ["%d %b %Y", "%Y%m%d"]
        [codes.placement_type]
        "With foster carer" = "U1"
        "Pflegé" = "u2"
        [constants]
        place = " U1 "
        [options]
        window = 3
        complete_for = "year"
        [restriction]
        column = "Restricted record"
        set = ["Y", "?"]
        clear = ["N", "", "?"]
        "#,
        TABLES,
    );
    assert_eq!(faults, []);
    assert_eq!((dialect.format(), dialect.table()), (Some("made-up"), Some("stays")));
    assert_eq!(dialect.encoding(), Some(TextEncoding::Windows1252));
    assert!(dialect.bom() && dialect.excel_safe() && dialect.percent_is_fraction() && dialect.child_id_is_warehouse());
    assert_eq!(dialect.gender_is_sex(), Some(false));
    assert_eq!(dialect.column("childref"), Some("CHILD_ID"));
    assert_eq!(
        (dialect.column("child"), dialect.constant("PLACE"), dialect.constant("NOTE")),
        (None, Some("U1"), None)
    );
    for (cell, blank) in
        [(&b"NOT KNOWN"[..], true), (b"zo\xeb", true), ("ZOË".as_bytes(), true), (b"NA", true), (b"zo", false)]
    {
        assert_eq!(dialect.is_blank(cell), blank);
    }
    assert!(dialect.date(b"3 apr 2020") == Date::new(2020, 4, 3) && dialect.date(b"20200403") == Date::new(2020, 4, 3));
    assert!(dialect.date(b"3/4/2020").is_none());
    let place = |cell| dialect.code::<PlacementType>(cell).map(schemas::code::Code::code);
    assert_eq!(place(b"with FOSTER carer"), Some("U1"));
    assert_eq!(place(b"Pfleg\xe9"), Some("U2"));
    assert_eq!((place(b"U1"), dialect.code::<Disability>(b"with foster carer")), (None, None));
    let options: Vec<_> = dialect.options().iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(options, [("complete_for", "year"), ("window", "3")]);
    assert!(dialect.is_restriction_flag("restrictedrecord") && !dialect.is_restriction_flag("restricted"));
    for (cell, word) in [
        (&b"y"[..], RestrictionWord::Set),
        (b"?", RestrictionWord::Set),
        (b"n", RestrictionWord::Clear),
        (b"", RestrictionWord::Clear),
        (b"NULL", RestrictionWord::Unreadable),
        (b"Yes", RestrictionWord::Unreadable),
    ] {
        assert_eq!(dialect.restriction_word(cell), word);
    }
}

kit::rows! {
    /// A plan that is rated.
    RatedRow = RATED "rated" {
        /// On which scheme.
        scheme: Box<str> = "SCHEME" { required: false },
        /// How it is rated.
        rating: Rating = "RATING" { required: false },
    }
}

#[test]
fn an_authority_says_how_it_rates_plans() {
    let toml = "[qa.county]\nvalues = ['poor', 'fair', 'sehr gut']\ngood_from = 'FAIR'\nsections = ['voice', 'targets']\n\
        overall = 'told'\naliases = { 'X' = 'poor', '3' = 'Sehr Gut' }\n[qa.rag]\nvalues = ['green', 'blue']";
    let (dialect, faults) = Dialect::read(toml, &[&RATED]);
    assert_eq!(faults, []);
    let county = dialect.rating_scheme("County ").unwrap();
    assert_eq!((county.value("x"), county.value(" 3"), county.value("red")), (Some("poor"), Some("sehr gut"), None));
    assert_eq!((county.is_good("X"), county.is_good("fair"), county.is_good("red")), (Some(false), Some(true), None));
    assert!(county.has_section("Voice") && !county.has_section("funding"));
    // A scheme of the authority's own goes before one of that name that comes with the program; the others stay.
    let rag = dialect.rating_scheme("rag").unwrap();
    assert_eq!((rag.value("blue"), rag.value("red"), rag.is_good("green")), (Some("blue"), None, None));
    assert_eq!(dialect.rating_scheme("gold-rag").unwrap().value("g"), Some("green"));
}

#[test]
fn a_scheme_that_contradicts_itself_is_told_at_its_place() {
    let of = |toml: &str| {
        let told = Dialect::read(toml, &[&RATED]).1;
        told.iter().map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.rule.code)).collect::<Vec<_>>()
    };
    for (toml, expected) in [
        ("qa = 1", "1:6 dialect/type"),
        ("[qa]\nx = 1", "2:5 dialect/type"),
        ("[qa.'A b']\nvalues = ['x']", "1:5 dialect/type"),
        ("[qa.'']\nvalues = ['x']", "1:5 dialect/type"),
        ("[qa.x]\ngood_from = 'y'", "1:5 dialect/missing-key"),
        ("[qa.x]\nvalues = []", "1:5 dialect/missing-key"),
        ("[qa.x]\nvalues = 'red'", "2:10 dialect/type"),
        ("[qa.x]\nvalues = ['red', 1]", "2:18 dialect/type"),
        ("[qa.x]\nvalues = ['red', ' ']", "2:18 dialect/type"),
        ("[qa.x]\nvalues = ['red', 'Red']", "2:18 dialect/rating-twice"),
        ("[qa.x]\nvalues = ['red']\ngood_from = 'green'", "3:13 dialect/no-such-rating"),
        ("[qa.x]\ngood_from = 1\nvalues = ['red']", "2:13 dialect/type"),
        ("[qa.x]\nvalues = ['red']\naliases = { 'R' = 'green' }", "3:19 dialect/no-such-rating"),
        ("[qa.x]\nvalues = ['red', 'amber']\naliases = { 'RED' = 'amber' }", "3:21 dialect/rating-twice"),
        ("[qa.x]\nvalues = ['red']\naliases = { 'r' = 'red', 'R' = 'red' }", "3:19 dialect/rating-twice"),
        ("[qa.x]\nvalues = ['red']\naliases = ['r']", "3:11 dialect/type"),
        ("[qa.x]\nvalues = ['red']\nsections = ['voice', 'Voice']", "3:22 dialect/rating-twice"),
        ("[qa.x]\nvalues = ['red']\noverall = 'computed'", "3:11 dialect/type"),
        ("[qa.x]\nvalues = ['red']\ngood_form = 'red'", "3:1 dialect/unknown-key"),
    ] {
        assert!(of(toml).contains(&expected.to_owned()), "{toml}\n{:?}", of(toml));
    }
    let (dialect, _) = Dialect::read("[qa.x]\nvalues = ['red', 'red', 'blue']\naliases = { 'B' = 'green' }", &[&RATED]);
    let left = dialect.rating_scheme("x").unwrap();
    assert_eq!((left.values.len(), left.aliases.len()), (2, 0), "what is faulty is left out");
    assert!(Dialect::read("[qa.x]\nvalues = []", &[&RATED]).0.rating_scheme("x").is_none());
    // A format that rates nothing has no such key.
    assert_eq!(faults("[qa.rag]\nvalues = ['red']"), ["1:2+2 dialect/unknown-key qa"]);
}

#[test]
fn a_faulty_word_is_left_out_and_the_rest_holds() {
    let (dialect, faults) = Dialect::read("blank = ['U1', 'not known']\n[headers]\nx = 'PLACE'\ny = 'NOWHERE'", TABLES);
    assert_eq!(faults.len(), 2);
    assert!(!dialect.is_blank(b"U1") && dialect.is_blank(b"not known"));
    assert_eq!((dialect.column("x"), dialect.column("y")), (Some("PLACE"), None));
}

#[test]
fn a_half_declared_flag_still_flags() {
    let (dialect, _) = Dialect::read("[restriction]\ncolumn = 'Flag'", TABLES);
    assert!(dialect.is_restriction_flag("flag"));
    assert_eq!(dialect.restriction_word(b""), RestrictionWord::Unreadable);
}

proptest! {
    #[test]
    fn any_text_is_read_and_every_fault_lies_in_it(toml in "([a-z\\[\\]='\"\n.é ]|blank|headers|codes|PLACE|U1){0,60}") {
        let (_, faults) = Dialect::read(&toml, TABLES);
        for fault in faults {
            let line = toml.split('\n').nth(fault.line as usize - 1);
            prop_assert!(line.is_some_and(|line| fault.column as usize <= line.chars().count() + 1));
        }
    }
}
