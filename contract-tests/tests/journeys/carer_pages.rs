//! Pages for foster carers, made by the authority of what its return and the table of delegations say.

use std::{collections::BTreeSet, fs, path::Path};

use crate::program::{Scratch, authority, names, run, text};

#[test]
fn each_child_in_care_has_a_page_that_says_who_decides_and_names_no_number() {
    let scratch = Scratch::new();
    let source = authority(2026, 200, 5, 0);
    let folder = scratch.file("pages");
    let flags = ["translate", "--from", "ssda903-csv", "--to", "carer-html", "--view", "carer", "--year", "2026"];
    let rest = ["--authority", "330", &text(&source), "-o", &folder].map(str::to_owned);
    run(flags.into_iter().map(str::to_owned).chain(rest)).ended(0);

    let pages: Vec<String> = names(Path::new(&folder))
        .iter()
        .map(|name| fs::read_to_string(Path::new(&folder).join(name)).unwrap())
        .collect();
    assert!(pages.len() > 80, "{} pages", pages.len());
    assert!(pages.iter().all(|page| page.contains("Ask first") && page.contains("<dt>Haircut</dt>")));
    assert!(pages.iter().any(|page| page.contains("You decide and tell us")), "delegations are read beside the return");
    let header = fs::read_to_string(source.join("header.csv")).unwrap();
    let children: BTreeSet<&str> = header.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    for page in &pages {
        let words = page.split(|character: char| !character.is_ascii_alphanumeric());
        assert_eq!(words.into_iter().find(|word| children.contains(word)), None);
    }
}
