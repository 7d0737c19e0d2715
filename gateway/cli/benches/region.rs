//! A region of 11,000 homes: what loading it costs, and whether searchers wait while an agency submits.
//!
//! `cargo bench -p cli --bench region`. **Loading**: 68 documents, one after another, each taken in as the gateway takes
//! it but for the store: decoded, judged row by row, put into a copy of the market, and shown. The peer is `serde_json`
//! reading the same bytes into its `Value`. **Searching**: 64 searchers ask a gateway over connections of their own, one
//! search after another, while an agency submits 500 changed homes again and again: what the slowest of a hundred waits,
//! of what the middle one waits. `-- loading` or `-- searching` measures one of them. Absolute times do not travel; ratios do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::{env, hint::black_box, num::NonZeroUsize, sync::Arc, time::Instant};

use cli::synth::region;
use exchange::market::{
    search::{Home, Market},
    submission::submit,
    vacancy::Freshness,
};
use kit::{
    adapter::{Dossier, Options, Unheard},
    document::{Document, Part},
};
use schemas::{
    date::{Date, DateTime},
    identifier::{Identifier, ProviderUrn},
    record::Statement,
    said::Said,
};
use serde_json::Value;

#[path = "region/gateway.rs"]
mod gateway;

const TURNS: usize = 9;
const HOMES: usize = 11_000;

fn main() {
    let asked = |of: &str| {
        let named: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
        named.is_empty() || named.iter().any(|argument| argument == of)
    };
    if asked("loading") {
        loading();
    }
    if asked("searching") {
        gateway::searching();
    }
}

/// The documents of a region as its agencies said them by the day before.
fn documents(as_at: Date) -> Vec<Vec<u8>> {
    let order = region::Order { authorities: 14, agencies: 68, carers: HOMES as u32, referrals: 0, seed: 1, as_at };
    let mut documents: Vec<Vec<u8>> = Vec::new();
    let mut keep = |name: &str, bytes: &[u8]| {
        if name.starts_with("vacancies/") {
            documents.push(bytes.to_vec());
        }
        Ok(())
    };
    region::write(&order, &mut keep, &|_| {}).unwrap();
    documents
}

fn loading() {
    let as_at = Date::new(2026, 1, 14).unwrap();
    let documents = documents(as_at);
    let bytes: usize = documents.iter().map(Vec::len).sum();
    println!("input: {} documents, {} homes, {} KB; median of {TURNS} turns", documents.len(), HOMES, bytes >> 10);

    let options = Options { as_at: Some(as_at), ..Options::plain() };
    let received = DateTime::read(b"2026-01-14T09:00:00+00:00").unwrap();
    let parts: Vec<Document> =
        documents.iter().map(|bytes| Document::new(vec![Part::new("agency.json", bytes.clone())])).collect();
    let [parsed, decoded, loaded] = interleaved([
        &|| {
            for document in &documents {
                black_box(serde_json::from_slice::<Value>(document).unwrap());
            }
        },
        &|| {
            for document in &parts {
                black_box(decode(document, &options).1.len());
            }
        },
        &|| {
            let mut market = Arc::new(Market::default());
            for document in &parts {
                take(&mut market, document, &options, received);
            }
            assert_eq!(market.len(), HOMES, "every home is taken in");
        },
    ]);
    println!("decoding alone, of parsing: {:.2}", decoded / parsed);
    println!("decoding and taking in, of parsing: {:.2} (wanted: no more than 5)", loaded / parsed);
}

/// What a document says.
fn decode(document: &Document, options: &Options) -> (ProviderUrn, Vec<Statement>) {
    let (_, format) = roster::format("vacancies-json").unwrap();
    let subjects = format.decode.unwrap().open(document, options, NonZeroUsize::MIN, &mut Unheard);
    let mut dossier = Dossier::default();
    subjects.reader().read(0, &mut dossier, &mut Unheard);
    let Identifier::Provider(urn) = dossier.subject.as_ref().unwrap().identifiers[0] else { panic!("a provider") };
    (urn, dossier.records.into_iter().map(|record| record.statement).collect())
}

/// Takes a document in, and shows the market with it.
fn take(standing: &mut Arc<Market>, document: &Document, options: &Options, received: DateTime) {
    let (urn, statements) = decode(document, options);
    let freshness = Freshness::default();
    let mut homes = Vec::with_capacity(statements.len());
    let mut provider = None;
    for statement in statements {
        match statement {
            Statement::Provider(said) => provider = Some(said),
            Statement::Vacancy(said) => {
                let held = said.vacancy_id.as_ref().is().and_then(|id| standing.home(urn, id));
                let submitted = submit(held.map(|home| &home.vacancy), &said, received, freshness).unwrap();
                let vacancy = submitted.vacancy;
                homes.push(Home { urn, vacancy, is_registered: true, freshness, updated_at: received });
            }
            _ => {}
        }
    }
    let mut next = Market::clone(standing);
    if let Some(provider) = provider {
        next.put_provider(urn, provider);
    }
    for home in homes {
        assert!(home.vacancy.vacancy_id != Said::NotAsked && next.put(home));
    }
    *standing = Arc::new(next);
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
