//! A year of marks, summarised, beside a bare pass over the same bytes in one run: the medians of the turns as a ratio.
//!
//! `cargo bench -p epep`: 2,000 children, 380 sessions each, read from attendance-csv and added up child by child,
//! against `csv` reading the same rows into one `ByteRecord`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, clippy::disallowed_types)]

use std::{fmt::Write, hint::black_box, num::NonZeroUsize, time::Instant};

use epep::{
    ATTENDANCE_CSV,
    figures::AttendanceTally,
    sessions::{Period, Register},
};
use kit::{
    adapter::{Dossier, Options, Unheard},
    document::{Document, Part},
    school_calendar::SchoolCalendar,
};
use schemas::date::Date;

const TURNS: usize = 5;
const CHILDREN: u32 = 2_000;
const SCHOOL_DAYS: usize = 190;

fn main() {
    let as_at = Date::new(2026, 8, 31).unwrap();
    let text = marks();
    let document = Document::new(vec![Part::new("marks.csv", text.clone().into_bytes())]);
    let options = Options { as_at: Some(as_at), ..Options::plain() };
    let sessions = u64::from(CHILDREN) * SCHOOL_DAYS as u64 * 2;
    println!(
        "input: {sessions} sessions of {CHILDREN} children, {} MB in memory; median of {TURNS} turns",
        text.len() >> 20
    );

    let open = || ATTENDANCE_CSV.decode.unwrap().open(&document, &options, NonZeroUsize::MIN, &mut Vec::new());
    let summarised = |workers: NonZeroUsize| {
        let (subjects, period) = (open(), Period::year_to(as_at).unwrap());
        let share = subjects.len().div_ceil(workers.get());
        let worker = |from: usize| {
            let (mut reader, mut dossier, mut tally) =
                (subjects.reader(), Dossier::default(), AttendanceTally::default());
            for n in from..subjects.len().min(from + share) {
                reader.read(n, &mut dossier, &mut Unheard);
                tally.add(&Register::of(&dossier.records).count(&period));
            }
            (tally.children, tally.possible)
        };
        let worker = &worker;
        let sums: Vec<(u64, u64)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..workers.get()).map(|n| scope.spawn(move || worker(n * share))).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        let sum = sums.into_iter().fold((0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1));
        assert_eq!(sum, (u64::from(CHILDREN), sessions));
    };
    let bare = || {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let (mut record, mut cells) = (csv::ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record).unwrap() {
            cells += record.len();
        }
        black_box(cells);
    };
    let opened = || {
        assert_eq!(open().len(), CHILDREN as usize);
    };
    // What the sums alone cost, once the marks are read.
    let read = {
        let subjects = open();
        let mut reader = subjects.reader();
        let children = (0..subjects.len()).map(|n| {
            let mut dossier = Dossier::default();
            reader.read(n, &mut dossier, &mut Unheard);
            dossier
        });
        children.collect::<Vec<Dossier>>()
    };
    let summed = || {
        let period = Period::year_to(as_at).unwrap();
        let mut tally = AttendanceTally::default();
        read.iter().for_each(|child| tally.add(&Register::of(&child.records).count(&period)));
        assert_eq!(tally.possible, sessions);
    };
    let cores = std::thread::available_parallelism().unwrap();
    let [bare, one, all, opened, summed] =
        interleaved([&bare, &|| summarised(NonZeroUsize::MIN), &|| summarised(cores), &opened, &summed]);
    println!("a year of marks read and summarised, one worker, of a bare ByteRecord pass: {:.2}", one / bare);
    println!(
        "a year of marks read and summarised, as it runs here ({cores} workers), of a bare ByteRecord pass: {:.2} \
         (wanted: no more than 3)",
        all / bare
    );
    println!("opening alone, of a bare ByteRecord pass: {:.2}", opened / bare);
    println!("the sums alone, of a bare ByteRecord pass: {:.2}", summed / bare);
}

/// Marks of one school year: most children in school on most days.
fn marks() -> String {
    let calendar = SchoolCalendar::default();
    let first = Date::new(2025, 9, 1).unwrap();
    let days = (0..).filter_map(|n| first.add_days(n)).filter(|day| calendar.is_school_day(*day).0).take(SCHOOL_DAYS);
    let days: Vec<String> = days.map(|day| day.to_string()).collect();
    let mut text = String::from("la_code,la_child_id,school_urn,date,session,code\n");
    for child in 0..CHILDREN {
        for (n, day) in days.iter().enumerate() {
            let absent = (n + child as usize).is_multiple_of(23);
            for (session, present) in [("AM", "/"), ("PM", "\\")] {
                let code = if absent { "I" } else { present };
                let _ = writeln!(text, "330,{},{},{day},{session},{code}", 100_000 + child, 100_001 + child % 40);
            }
        }
    }
    text
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
