//! What stands around a search, and under what a home stands: the one place where frameworks, registers and the table
//! of outcodes come in.

use exchange::market::answer::Surroundings;
use exchange::market::vacancy::Freshness;
use schemas::date::Date;
use schemas::identifier::{LaCode, ProviderUrn};
use schemas::money::Pence;
use schemas::postcode::Postcode;
use schemas::record::Vacancy;

use crate::config::Config;

/// Under what a home stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Terms {
    /// How long what is said of it holds.
    pub(crate) freshness: Freshness,
    /// Its provider is registered, as far as anybody says.
    pub(crate) is_registered: bool,
}

impl Terms {
    /// Those of a home of a provider: no framework says otherwise, and no register is read.
    pub(crate) fn of(_: &Config, _: ProviderUrn, _: &Vacancy) -> Self {
        Self { freshness: Freshness::default(), is_registered: true }
    }
}

/// What an authority's search takes into account beside the homes.
pub(crate) struct Around {
    authority: LaCode,
    today: Date,
}

impl Around {
    /// Of an authority, on a day.
    pub(crate) fn of(_: &Config, authority: LaCode, today: Date) -> Self {
        Self { authority, today }
    }
}

impl Surroundings for Around {
    /// Without a table only the same outcode is known to be near.
    fn miles(&self, from: Postcode, to: Postcode) -> Option<f64> {
        (from.outward() == to.outward()).then_some(0.0)
    }

    fn framework_price(&self, _: &Vacancy, _: Option<u8>, _: Date) -> Option<Pence> {
        None
    }

    fn is_near(&self, area: LaCode) -> bool {
        area == self.authority
    }

    fn today(&self) -> Date {
        self.today
    }
}
