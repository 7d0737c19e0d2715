//! What stands around a search, and under what a home stands: the one place where frameworks, registers and the table
//! of outcodes come in.

use std::sync::Arc;

use exchange::market::agencies::{HeldTo, check_provider, check_vacancy, is_registered};
use exchange::market::answer::Surroundings;
use exchange::market::framework::{Framework, framework};
use exchange::market::vacancy::Freshness;
use schemas::date::Date;
use schemas::diagnostic::Rule;
use schemas::identifier::{LaCode, ProviderUrn};
use schemas::money::Pence;
use schemas::postcode::Postcode;
use schemas::record::{Provider, Vacancy};

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
    /// Those of a home of a provider on a day: its framework says how long it holds, the register whether its provider
    /// is registered.
    pub(crate) fn of(config: &Config, urn: ProviderUrn, vacancy: &Vacancy, day: Date) -> Self {
        let freshness = framework_of(config, vacancy).map_or_else(Freshness::default, |framework| Freshness {
            fresh_days: framework.fresh_days,
            expire_days: framework.expire_days,
        });
        Self { freshness, is_registered: is_registered(urn, &held_to(config, day)) }
    }
}

/// The rules of frameworks and of the register that a home breaks on a day: it is kept, and they are told.
pub(crate) fn broken(config: &Config, urn: ProviderUrn, vacancy: &Vacancy, day: Date) -> Vec<&'static Rule> {
    check_vacancy(urn, vacancy, &held_to(config, day))
}

/// The rules that a provider breaks on a day by what it says of itself; `held` is what was held of it before.
pub(crate) fn broken_by(
    config: &Config,
    urn: ProviderUrn,
    (told, held): (&Provider, Option<&Provider>),
    day: Date,
) -> Vec<&'static Rule> {
    check_provider(urn, told, held, &held_to(config, day))
}

/// Whether a provider may work on a day, as far as the register says.
pub(crate) fn may_work(config: &Config, urn: ProviderUrn, day: Date) -> bool {
    is_registered(urn, &held_to(config, day))
}

fn held_to(config: &Config, day: Date) -> HeldTo<'_> {
    HeldTo { frameworks: &config.frameworks, register: config.registers.providers.as_deref(), day }
}

/// The framework under which a home is offered, where it names one that is configured.
fn framework_of<'c>(config: &'c Config, vacancy: &Vacancy) -> Option<&'c Framework> {
    let said = vacancy.more.as_ref()?.framework.as_ref().is()?.id.as_ref().is()?;
    framework(&config.frameworks, said)
}

/// What an authority's search takes into account beside the homes.
pub(crate) struct Around {
    config: Arc<Config>,
    authority: LaCode,
    today: Date,
}

impl Around {
    /// Of an authority, on a day.
    pub(crate) fn of(config: &Arc<Config>, authority: LaCode, today: Date) -> Self {
        Self { config: Arc::clone(config), authority, today }
    }
}

impl Surroundings for Around {
    fn miles(&self, from: Postcode, to: Postcode) -> Option<f64> {
        self.config.registers.outcodes.miles(from, to)
    }

    fn framework_price(&self, vacancy: &Vacancy, age: Option<u8>, day: Date) -> Option<Pence> {
        let lot = vacancy.lot.as_ref().is()?;
        framework_of(&self.config, vacancy)?.price(lot, age?, day)
    }

    fn is_near(&self, area: LaCode) -> bool {
        area == self.authority || self.config.registers.neighbours.contains(&area)
    }

    fn today(&self) -> Date {
        self.today
    }
}
