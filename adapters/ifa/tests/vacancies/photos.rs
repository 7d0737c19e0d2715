//! Photographs beside a document: each is taken for what names it, and stands in the page of its home.

use base64::{Engine, engine::general_purpose::STANDARD};
use ifa::{json::VACANCIES_JSON, profile::PROFILE_HTML};
use kit::{
    adapter::{Disclosure, Dossier, Options, Protection, photos_of},
    document::{Document, Part},
    ids::IdKey,
    limits::ReadingLimits,
    photograph::PhotoLimits,
    sheaf::Sheaf,
};
use schemas::{
    diagnostic::{Diagnostic, Place},
    record::Statement,
    said::Said,
};

use crate::{json::DOCUMENT, support::options};

/// A grey square of eight pixels in JPEG, with a comment.
const SQUARE: &[u8] = include_bytes!("square.jpg");

/// A document whose child may read of these photographs.
fn document(photos: &str) -> String {
    let (before, rest) = DOCUMENT.split_once("\"photos\": [").unwrap();
    let (_, after) = rest.split_once(']').unwrap();
    format!("{before}\"photos\": [{photos}]{after}")
}

/// What is read of a document with photographs beside it, and what is told.
fn read(photos: &str, parts: &[(&str, &[u8])], options: &Options) -> (Dossier, Vec<Diagnostic>) {
    let mut all = vec![Part::new("vacancies.json", document(photos).into_bytes())];
    all.extend(parts.iter().map(|(name, bytes)| Part::new(*name, bytes.to_vec())));
    let document = Document::new(all);
    let (mut told, mut dossier): (Vec<Diagnostic>, _) = (Vec::new(), Dossier::default());
    let subjects = VACANCIES_JSON.decode.unwrap().open(&document, options, std::num::NonZeroUsize::MIN, &mut told);
    assert_eq!(subjects.len(), 1);
    subjects.reader().read(0, &mut dossier, &mut told);
    (dossier, told)
}

/// The names of the photographs that are kept of it.
fn names(dossier: &Dossier) -> Vec<&str> {
    let photos = dossier.records.iter().flat_map(|record| photos_of(&record.statement));
    photos.filter_map(|photo| photo.id.as_ref().is().map(|id| &**id)).collect()
}

/// The messages that are told of photographs.
fn told_of_photos(told: &[Diagnostic]) -> Vec<&'static str> {
    told.iter().filter(|told| told.rule.code == "ifa/photo").map(|told| told.rule.message).collect()
}

fn page(dossier: &Dossier) -> String {
    let ids = IdKey::published().of_subject(b"test", b"test");
    let subject = dossier.subject.as_deref().unwrap();
    let disclosure = Disclosure {
        subject,
        records: &dossier.records,
        ids: &ids,
        protection: Protection::default(),
        photographs: &dossier.photographs,
    };
    let (mut sheaf, mut told, options) = (Sheaf::default(), Vec::new(), options());
    PROFILE_HTML.encode.unwrap().begin(&options).subject(&disclosure, &mut sheaf, &mut told);
    assert!(told.iter().all(|told: &Diagnostic| told.rule.code != "ifa/not-expressible"), "{told:?}");
    String::from_utf8(sheaf.parts()[0].1.clone()).unwrap()
}

#[test]
fn a_photograph_stands_in_the_page_stripped_and_says_nobodys_name() {
    let photos = r#"{"id": "room", "caption": "Where <you> sleep", "mediaType": "image/jpeg", "assured": true},
        {"id": "dog.jpg", "assured": true}"#;
    let parts = [("photos/room.jpg", SQUARE), ("photos/dog.jpg", SQUARE)];
    let (dossier, told) = read(photos, &parts, &options());
    assert_eq!((told_of_photos(&told), names(&dossier)), (vec![], vec!["room", "dog.jpg"]));
    assert_eq!(dossier.photographs.len(), 1, "the same bytes are kept once");
    let photograph = &dossier.photographs[0];
    assert!(SQUARE.windows(6).any(|window| window == b"CANARY"));
    let page = page(&dossier);
    assert!(!page.contains("CANARY") && !page.contains(&STANDARD.encode(b"CANARY")));
    let picture = format!("<img src=\"data:image/jpeg;base64,{}\"", STANDARD.encode(photograph.bytes()));
    assert_eq!(page.matches(&picture).count(), 2);
    for what in [
        "alt=\"Photo 1 of 2\" />\n<figcaption dir=\"auto\">Where &lt;you&gt; sleep</figcaption>",
        "alt=\"Photo 2 of 2\" />\n</figure>",
        "<h2>Photos</h2>",
        "form-action 'none'; img-src data:\"",
    ] {
        assert!(page.contains(what), "{what}");
    }
    assert!(!page.contains("src=\"http"));
}

/// What is tried: the photograph as the document has it, its bytes, how it is read, and what is told of it.
type Case<'c> = (&'c str, String, &'c [u8], Options, Option<&'c str>);

#[test]
fn what_is_no_photograph_costs_that_photograph_alone() {
    let one = |id: &str, more: &str| format!(r#"{{"id": "{id}", "assured": true{more}}}"#);
    let limits = |change: fn(&mut PhotoLimits)| {
        let mut photos = PhotoLimits::default();
        change(&mut photos);
        Options { limits: ReadingLimits { photos, ..ReadingLimits::default() }, ..options() }
    };
    let hash = format!(", \"sha256\": \"{}\"", kit::photograph::sha256(SQUARE));
    let kept = format!("{}, ", one("kept", ""));
    let cases: [Case<'_>; 14] = [
        ("taken", one("it", ""), SQUARE, options(), None),
        ("no picture", one("it", ""), b"<html>", options(), Some("no photograph in JPEG or PNG")),
        ("empty", one("it", ""), b"", options(), Some("no photograph in JPEG or PNG")),
        ("cut short", one("it", ""), &SQUARE[..90], options(), Some("cut short")),
        ("its type", one("it", ", \"mediaType\": \"image/jpeg\""), SQUARE, options(), None),
        (
            "another type",
            one("it", ", \"mediaType\": \"image/png\""),
            SQUARE,
            options(),
            Some("not what is said of it"),
        ),
        ("its hash", one("it", &hash), SQUARE, options(), None),
        ("another hash", one("it", ", \"sha256\": \"00\""), SQUARE, options(), Some("not what is said of it")),
        ("not ticked", r#"{"id": "it"}"#.to_owned(), SQUARE, options(), Some("Nobody has ticked")),
        (
            "too large",
            one("it", ""),
            SQUARE,
            limits(|of| of.photo_bytes_max = SQUARE.len() as u64 - 1),
            Some("more bytes"),
        ),
        (
            "more than all may be together",
            one("it", ""),
            SQUARE,
            limits(|of| of.photos_bytes_max = SQUARE.len() as u64 - 1),
            Some("more bytes"),
        ),
        (
            "as much as all may be together",
            one("it", ""),
            SQUARE,
            limits(|of| of.photos_bytes_max = SQUARE.len() as u64),
            None,
        ),
        ("too wide", one("it", ""), SQUARE, limits(|of| of.photo_side_pixels_max = 7), Some("wider or higher")),
        ("not named", one("other", ""), SQUARE, options(), Some("named by no photograph")),
    ];
    for (what, photo, bytes, options, expected) in cases {
        let within = options.limits.photos != PhotoLimits::default();
        let (before, parts): (&str, &[(&str, &[u8])]) = if within {
            ("", &[("photos/it", bytes)])
        } else {
            (&kept, &[("photos/it", bytes), ("photos/kept", SQUARE)])
        };
        let (dossier, told) = read(&format!("{before}{photo}"), parts, &options);
        let messages = told_of_photos(&told);
        assert_eq!(messages.len(), usize::from(expected.is_some()), "{what}: {messages:?}");
        assert!(expected.is_none_or(|expected| messages[0].contains(expected)), "{what}: {messages:?}");
        assert!(within || names(&dossier).contains(&"kept"), "{what}");
        assert_eq!(names(&dossier).contains(&"it"), expected.is_none(), "{what}");
        assert!(dossier.records.len() > 1, "{what}: the home and all its words are kept");
    }
}

#[test]
fn a_photograph_that_no_vacancy_names_is_told_at_its_part() {
    let (dossier, told) = read("", &[("photos/../../etc/passwd", SQUARE)], &options());
    assert!(dossier.photographs.is_empty());
    let told = told.iter().find(|told| told.rule.code == "ifa/photo").unwrap();
    assert!(matches!(told.place, Place::Part(part) if part.0 == 0), "{told:?}");
}

#[test]
fn photographs_of_a_home_are_at_most_so_many() {
    let photos = |count: usize| {
        let photos: Vec<String> = (0..count).map(|n| format!(r#"{{"id": "p{n}", "assured": true}}"#)).collect();
        read(&photos.join(","), &[], &options())
    };
    assert_eq!((names(&photos(12).0).len(), told_of_photos(&photos(12).1).len()), (12, 0));
    let (dossier, told) = photos(13);
    assert_eq!(
        (names(&dossier).len(), told_of_photos(&told)),
        (12, vec!["There are more photographs of this home than are taken; those beyond are left out"])
    );
}

#[test]
fn a_page_that_is_held_back_holds_its_photographs_back() {
    let photos = r#"{"id": "room", "caption": "Ring 0121 496 0000", "assured": true}"#;
    let (dossier, told) = read(photos, &[("photos/room", SQUARE)], &options());
    assert!(told.iter().any(|told| told.rule.code == "ifa/profile-identifies"));
    assert!(dossier.photographs.is_empty() && names(&dossier).is_empty());
}

#[test]
fn what_a_view_withholds_takes_its_photographs_with_it() {
    let photos = r#"{"id": "room", "assured": true}"#;
    let (mut dossier, _) = read(photos, &[("photos/room", SQUARE)], &options());
    dossier.keep_named_photographs();
    assert_eq!(dossier.photographs.len(), 1);
    for record in &mut dossier.records {
        if let Statement::Vacancy(vacancy) = &mut record.statement
            && let Some(more) = &mut vacancy.more
        {
            more.for_the_child = Said::NotAsked;
        }
    }
    dossier.keep_named_photographs();
    assert!(dossier.photographs.is_empty());
}
