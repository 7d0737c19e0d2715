//! A whole synthetic region: authorities that buy, agencies that offer, the homes that they offer, and the searches for
//! them.
//!
//! Limits: [`AUTHORITIES_MAX`], [`AGENCIES_MAX`], [`CARERS_MAX`] and [`REFERRALS_MAX`]; one agency's homes are in memory
//! at a time, one authority's searches, and all offers. Format: for each agency `vacancies/URN.json`, which is everything
//! it had said by the day before, and `changes/URN.json`, what it says on the day; for each authority
//! `referrals/CODE.ndjson`, a search a line, and for each agency `offers/URN.ndjson`, an answer a line; `registers/` and `homeward.toml`, which a gateway of the region is configured with; `README.md`.
//! Operations: [`write()`].
//!
//! Agencies, homes, prices and outward codes are invented; the codes of authorities are those of the list, without which
//! no configuration would load.

mod agency;
mod home;
mod land;
mod page;
mod papers;
mod search;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc};

use kit::{
    adapter::{Disclosure, Format, Options, Protection},
    sheaf::Sheaf,
};
use schemas::{
    date::Date,
    diagnostic::Place,
    identifier::Identifier,
    record::{Record, Source, Statement, Subject},
};

use agency::{Agency, agencies};
use home::HomeOf;
use search::Searches;

/// Most authorities of one region.
pub const AUTHORITIES_MAX: u32 = land::AUTHORITIES_MAX;

/// Most agencies: each has a telephone number of its own among those that nobody is given.
pub const AGENCIES_MAX: u32 = 1_000;

/// Most homes.
pub const CARERS_MAX: u32 = 200_000;

/// Most searches.
pub const REFERRALS_MAX: u32 = 20_000;

/// What is to be made. Equal orders give equal bytes.
#[derive(Clone, Debug)]
pub struct Order {
    /// How many authorities, from 1 to [`AUTHORITIES_MAX`].
    pub authorities: u32,
    /// How many agencies, from 1 to [`AGENCIES_MAX`]: most foster, some are children's homes or supported accommodation.
    pub agencies: u32,
    /// How many households, homes and settings; no fewer than agencies, and at most [`CARERS_MAX`].
    pub carers: u32,
    /// How many searches for a home, at most [`REFERRALS_MAX`].
    pub referrals: u32,
    /// What chance follows from.
    pub seed: u64,
    /// The day on which the changes are said.
    pub as_at: Date,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Homes.
    pub homes: u32,
    /// What is said of them on the day: changes and confirmations.
    pub changes: u32,
    /// Searches.
    pub referrals: u32,
    /// What agencies answer.
    pub offers: u32,
}

/// Writes the files one after another: `out` gets the name of a file and its next bytes, and `done` how many agencies
/// are written.
///
/// # Errors
/// `InvalidInput`, before anything is written, when a number is out of its range; otherwise what `out` says.
pub fn write(
    order: &Order,
    out: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
    done: &dyn Fn(u32),
) -> io::Result<Made> {
    check(order)?;
    let named = |name: &str| {
        let format = roster::format(name).map(|(_, format)| format);
        format.ok_or_else(|| io::Error::other(format!("there is no format {name}")))
    };
    let format = named("vacancies-json")?;
    let land = land::authorities(order.seed, order.authorities);
    let agencies = agencies(order);
    let mut made = Made::default();
    for agency in &agencies {
        let homes = HomeOf { order, land: &land, agency };
        let (all, changes): (Vec<_>, Vec<_>) =
            agency.homes.clone().map(|number| (homes.home(number), homes.said_since(number))).unzip();
        let changes: Vec<_> = changes.into_iter().flatten().collect();
        made.homes += all.len() as u32;
        made.changes += changes.len() as u32;
        let provider = std::iter::once(Statement::from(agency.provider()));
        let all = provider.chain(all.into_iter().map(Statement::from));
        let place = || Subject::place(vec![Identifier::Provider(agency.urn)]);
        out(&file("vacancies", agency), &document(format, place(), all))?;
        if !changes.is_empty() {
            out(&file("changes", agency), &document(format, place(), changes.into_iter().map(Statement::from)))?;
        }
        done(agency.number + 1);
    }
    let searches = Searches { order, land: &land, agencies: &agencies };
    let (referral, offer) = (named("referral-json")?, named("offer-json")?);
    let mut offers: Vec<Vec<u8>> = vec![Vec::new(); agencies.len()];
    for (number, authority) in land.iter().enumerate() {
        let mut lines = Vec::new();
        for search in searches.of(number) {
            let of = || Subject::child(vec![Identifier::Referral(search.name)], None);
            lines.extend(document(referral, of(), std::iter::once(search.referral.into())));
            made.referrals += 1;
            made.offers += search.offers.len() as u32;
            for (agency, said) in search.offers {
                if let Some(lines) = offers.get_mut(agency as usize) {
                    lines.extend(document(offer, of(), std::iter::once(said.into())));
                }
            }
        }
        if !lines.is_empty() {
            out(&format!("referrals/{}.ndjson", authority.code), &lines)?;
        }
    }
    for (agency, lines) in agencies.iter().zip(&offers).filter(|(_, lines)| !lines.is_empty()) {
        out(&format!("offers/{}.ndjson", agency.urn.as_str()), lines)?;
    }
    out("registers/outcodes.csv", papers::outcodes(&land).as_bytes())?;
    out("registers/ofsted.csv", papers::register(&agency::register(order, &agencies)).as_bytes())?;
    out("registers/prices.csv", papers::prices(&agencies).as_bytes())?;
    out("homeward.toml", papers::configuration(order, &land, &agencies).as_bytes())?;
    out("README.md", README.as_bytes())?;
    Ok(made)
}

fn check(order: &Order) -> io::Result<()> {
    let within = [
        ("authorities", order.authorities, 1, AUTHORITIES_MAX),
        ("agencies", order.agencies, 1, AGENCIES_MAX),
        ("carers", order.carers, order.agencies, CARERS_MAX),
        ("referrals", order.referrals, 0, REFERRALS_MAX),
    ];
    match within.into_iter().find(|(_, number, least, most)| !(least..=most).contains(&number)) {
        Some((what, _, least, most)) => {
            let message = format!("a region of this size has from {least} to {most} {what}");
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        }
        None => Ok(()),
    }
}

fn file(folder: &str, agency: &Agency) -> String {
    format!("{folder}/{}.json", agency.urn.as_str())
}

/// What is said of one subject, written by the format that reads it: there is no second list of members.
fn document(format: &Format, subject: Subject, statements: impl Iterator<Item = Statement>) -> Vec<u8> {
    let options = Options::plain();
    let subject = Arc::new(subject);
    let records: Vec<Record> = statements
        .map(|statement| Record { subject: Arc::clone(&subject), statement, source: Source::at(Place::Document) })
        .collect();
    let ids = options.id_key.of_subject(b"urn:homeward:id:region", b"");
    let disclosure = Disclosure {
        subject: &subject,
        records: &records,
        ids: &ids,
        protection: Protection::default(),
        photographs: &[],
    };
    let (mut sheaf, mut told) = (Sheaf::default(), Vec::new());
    if let Some(encode) = format.encode {
        encode.begin(&options).subject(&disclosure, &mut sheaf, &mut told);
    }
    debug_assert!(told.is_empty(), "what is made can be said");
    sheaf.parts().iter().flat_map(|(_, bytes)| bytes.clone()).collect()
}

/// How a region is stood up.
const README: &str = include_str!("README.md");
