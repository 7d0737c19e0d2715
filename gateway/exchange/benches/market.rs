//! A search of a region's homes beside a scan that looks at each of them, turn by turn in one process.
//!
//! `cargo bench -p exchange --bench market`: 11,000 homes of 68 agencies, the first page of fifty, each home told with
//! its criteria on both sides. Absolute times do not travel; the ratio does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, dead_code)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a bench looks at the clock")]

#[path = "../tests/market/invented.rs"]
mod invented;

use std::{hint::black_box, time::Instant};

use exchange::market::{
    answer::Offered,
    question::Question,
    search::{Market, Paging},
    told::Told,
};
use schemas::identifier::LaCode;

use invented::{Line, market, scan, today};

const HOMES: u64 = 11_000;
const AGENCIES: u64 = 68;
const TURNS: usize = 41;
const PAGE_HOMES: usize = 50;

fn main() {
    let market = market(2026, HOMES, AGENCIES);
    let around = Line { has_table: true };
    let questions: [(&str, &[(&str, &str)]); 3] = [
        ("one child", &[("age", "9"), ("sex", "F"), ("provision", "fostering"), ("outward", "B13"), ("miles", "15")]),
        (
            "one child, much wanted",
            &[
                ("age", "14"),
                ("sex", "M"),
                ("provision", "fostering"),
                ("placement_type", "long-term"),
                ("attribute", "autism-adhd;self-harm"),
                ("companions", "only-older"),
                ("pets", "none"),
                ("language", "ENG"),
                ("outward", "CV1"),
                ("miles", "20"),
                ("school", "B14"),
                ("max_fee", "950.00"),
                ("rating", "good;outstanding"),
            ],
        ),
        ("two children together", &[("age", "4"), ("age", "9"), ("siblings", "2"), ("provision", "fostering")]),
    ];
    println!("input: {HOMES} homes of {AGENCIES} agencies in memory; median of {TURNS} turns");
    for (name, parameters) in questions {
        let question = Question::read(parameters.iter().copied(), LaCode::new(330).unwrap(), today()).unwrap();
        let paging = Paging { search: 7, after: None, homes: PAGE_HOMES };
        let found = market.search(&question, &around, paging).found;
        let [searched, scanned] = interleaved([
            &|| {
                black_box(market.search(&question, &around, paging).homes.len());
            },
            &|| {
                black_box(scan_page(&market, &question, &around).len());
            },
        ]);
        println!(
            "a search ({name}, {found} found), of a scan of all homes: {:.3} (wanted: no more than 0.1)",
            searched / scanned
        );
    }
}

/// The first page of a scan, told as a search tells it.
fn scan_page(market: &Market, question: &Question, around: &Line) -> Vec<Vec<Told>> {
    let scanned = scan(market, question, around);
    let page = scanned.homes.iter().take(PAGE_HOMES).map(|(_, home)| {
        let offered = Offered { vacancy: &home.vacancy, provider: market.provider(home.urn).map(|it| &**it) };
        question.criteria.iter().map(|criterion| criterion.tell(offered, question.ages(), around)).collect()
    });
    page.collect()
}

/// Measures each closure once a turn, so that whatever else the machine does falls on all; gives the medians.
fn interleaved<const N: usize>(sides: [&dyn Fn(); N]) -> [f64; N] {
    let mut seconds: [Vec<f64>; N] = [const { Vec::new() }; N];
    for _ in 0..TURNS {
        for (side, seconds) in sides.iter().zip(&mut seconds) {
            let begun = Instant::now();
            side();
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        seconds[TURNS / 2]
    })
}
