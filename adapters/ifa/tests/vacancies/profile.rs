//! The page that a child reads before moving: the carers' words in their order, and nothing else of the home.

use ifa::{json::VACANCIES_JSON, profile::PROFILE_HTML};
use schemas::{
    code::VacancyStatus,
    record::{ForTheChild, Photo, Statement, Vacancy},
    said::Said,
};

use crate::{
    json::DOCUMENT,
    support::{Read, options, read, write},
};

/// The document of the description, with its vacancy changed.
fn changed(change: impl FnOnce(&mut Vacancy)) -> Read {
    let mut read = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes()]);
    let vacancies = read.subjects[0].iter_mut().filter_map(|record| match &mut record.statement {
        Statement::Vacancy(vacancy) if vacancy.status.has_value() => Some(vacancy),
        _ => None,
    });
    change(vacancies.into_iter().next().unwrap());
    read
}

/// With this for the child to read.
fn saying(profile: ForTheChild) -> Read {
    changed(|vacancy| vacancy.more.as_mut().unwrap().for_the_child = Said::Is(profile))
}

/// The pages that are written, and the rules that are told.
fn pages(read: &Read) -> (Vec<String>, Vec<&'static str>) {
    let (parts, told) = write(&PROFILE_HTML, read, &options());
    let pages = parts.into_iter().map(|part| String::from_utf8(part).unwrap()).collect();
    (pages, told.iter().map(|told| told.rule.code).collect())
}

fn text(text: &str) -> Said<Box<str>> {
    Said::Is(text.into())
}

/// Everything that a child may read.
fn whole() -> ForTheChild {
    ForTheChild {
        call_me: text("Sam & Ash"),
        who_lives_here: text("Us, and a girl of primary age."),
        pets: text("A dog called Biscuit."),
        home: text("A house with a garden."),
        your_room: text("It is blue."),
        food: text("Pizza on Fridays."),
        weekends: text("Swimming."),
        screens_and_bedtime: text("Phones sleep downstairs."),
        we_like: text("Baking."),
        faith_and_languages: text("We speak Urdu: \u{6c1}\u{6cc}\u{6ba}"),
        our_rules: Said::Is(vec!["We are kind".into(), "We knock".into()]),
        you_can_bring: text("Your toys."),
        children_have_said: text("I liked it."),
        message: text("See you soon.\nWe are glad."),
        photos: Said::NotAsked,
        consent_date: Said::Is(crate::support::day("2025-12-01")),
        written_on: Said::Is(crate::support::day("2026-01-05")),
        release: Said::NotAsked,
    }
}

/// What stands on a page as it is read: one line a heading or text.
fn lines(page: &str) -> Vec<&str> {
    let (_, main) = page.split_once("<main>\n").unwrap();
    let tags = ["<h1>", "<h2>", "<p dir=\"auto\">", "<li dir=\"auto\">"];
    main.split("</")
        .filter_map(|piece| tags.iter().find_map(|tag| piece.split_once(tag)).map(|(_, text)| text))
        .collect()
}

#[test]
fn a_page_has_the_carers_words_in_their_order_and_nothing_else() {
    let (pages, told) = pages(&saying(whole()));
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(
        lines(&pages[0]),
        [
            "Meet Sam &amp; Ash",
            "What to call us",
            "Sam &amp; Ash",
            "Who lives here",
            "Us, and a girl of primary age.",
            "Animals",
            "A dog called Biscuit.",
            "Our home",
            "A house with a garden.",
            "Your room",
            "It is blue.",
            "Food",
            "Pizza on Fridays.",
            "Weekends",
            "Swimming.",
            "Screens and bedtime",
            "Phones sleep downstairs.",
            "Things we like",
            "Baking.",
            "Faith and languages",
            "We speak Urdu: \u{6c1}\u{6cc}\u{6ba}",
            "A few house rules",
            "We are kind",
            "We knock",
            "You can bring",
            "Your toys.",
            "What children have said",
            "I liked it.",
            "A message to you",
            "See you soon.\nWe are glad.",
            "Do you want to know more? Ask your social worker.",
            "This page was written on 5 January 2026.",
        ]
    );
    // Nothing of the home, its agency or its carers that is not for the child.
    for other in ["V-0141", "C-2207", "SC999901", "B13", "Invented", "muslim", "APKN", "Patient", "2025", "0121"] {
        assert!(!pages[0].contains(other), "{other}");
    }
}

#[test]
fn a_page_stands_alone_runs_nothing_and_prints() {
    let (pages, _) = pages(&saying(whole()));
    let page = pages[0].to_lowercase();
    for what in [
        "<script", "src=", "href=", "url(", "@import", "<link", "<img", "<iframe", "http:", "https:", "onload",
        "onclick",
    ] {
        assert!(!page.contains(what), "{what}");
    }
    for what in
        ["<html lang=\"en\">", "<meta charset=\"utf-8\" />", "default-src 'none'", "@media print", "name=\"viewport\""]
    {
        assert!(page.contains(what), "{what}");
    }
    assert_eq!(page.matches("<h1>").count(), 1);
}

#[test]
fn what_is_not_said_has_no_heading() {
    let only = ForTheChild {
        your_room: text("It is blue."),
        food: text("  "),
        our_rules: Said::Is(vec![]),
        ..ForTheChild::default()
    };
    let (pages, told) = pages(&saying(only));
    assert_eq!(
        lines(&pages[0]),
        ["About a home for you", "Your room", "It is blue.", "Do you want to know more? Ask your social worker."]
    );
    assert!(told.is_empty());
}

#[test]
fn a_home_that_says_nothing_is_missed_while_a_child_could_move_there() {
    for profile in [Said::NotAsked, Said::Blank, Said::Is(ForTheChild::default())] {
        for (status, missed) in [
            (VacancyStatus::Open, true),
            (VacancyStatus::Reserved, true),
            (VacancyStatus::Filled, true),
            (VacancyStatus::Draft, false),
            (VacancyStatus::Withdrawn, false),
            (VacancyStatus::Expired, false),
        ] {
            let read = changed(|vacancy| {
                vacancy.status = Said::Is(status);
                vacancy.more.as_mut().unwrap().for_the_child = profile.clone();
            });
            let (pages, told) = pages(&read);
            assert!(pages.is_empty());
            assert_eq!(told, if missed { vec!["ifa/profile-missing"] } else { vec![] }, "{status:?}");
        }
    }
}

#[test]
fn a_page_that_would_tell_where_somebody_is_is_not_written() {
    let texts = [
        "Ring us on 0121 496 0000",
        "sam@home.example is us",
        "We live at B13 9XX",
        "write to sam@home.example.",
        "+44 (0)121 496-0000",
    ];
    for identifying in texts {
        let with = |change: fn(&mut ForTheChild, Box<str>)| {
            let mut profile = whole();
            change(&mut profile, identifying.into());
            profile
        };
        for profile in [
            with(|profile, text| profile.message = Said::Is(text)),
            with(|profile, text| profile.call_me = Said::Is(text)),
            with(|profile, text| profile.our_rules = Said::Is(vec!["We are kind".into(), text])),
        ] {
            let (pages, told) = pages(&saying(profile));
            assert_eq!((pages.len(), told), (0, vec!["ifa/profile-identifies"]), "{identifying}");
        }
    }
    // What only looks like it is let out.
    let (pages, _) =
        pages(&saying(ForTheChild { message: text("Bed at 8, up at 7. 12 steps to the park @ home."), ..whole() }));
    assert_eq!(pages.len(), 1);
}

#[test]
fn a_photograph_that_was_not_brought_is_told() {
    let photos =
        Said::Is(vec![Photo { id: text("room"), caption: text("Your room, with a zebra"), ..Photo::default() }]);
    let (pages, told) = pages(&saying(ForTheChild { photos, ..whole() }));
    assert_eq!(told, ["ifa/not-expressible"]);
    assert!(!pages[0].contains("zebra") && !pages[0].contains("<img"));
}

#[test]
fn hostile_words_of_carers_are_words() {
    let hostile = "</p><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}&lt;";
    let (pages, _) =
        pages(&saying(ForTheChild { call_me: text(hostile), our_rules: Said::Is(vec![hostile.into()]), ..whole() }));
    let escaped = "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp;lt;";
    assert_eq!(pages[0].matches(escaped).count(), 4, "title, heading, text and rule");
    assert!(!pages[0].contains("<script") && !pages[0].contains("<img"));
}

#[test]
fn each_home_has_a_page_of_its_own() {
    let mut read = saying(whole());
    let again = read.subjects[0]
        .iter()
        .find(|record| matches!(&record.statement, Statement::Vacancy(of) if of.status.has_value()));
    let mut again = again.unwrap().clone();
    if let Statement::Vacancy(vacancy) = &mut again.statement {
        vacancy.vacancy_id = text("V-0142");
        vacancy.more.as_mut().unwrap().for_the_child = Said::Is(ForTheChild { call_me: text("Noor"), ..whole() });
    }
    read.subjects[0].push(again);
    let (pages, _) = pages(&read);
    assert_eq!((pages.len(), lines(&pages[0])[0], lines(&pages[1])[0]), (2, "Meet Sam &amp; Ash", "Meet Noor"));
}
