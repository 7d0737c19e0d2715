//! Reading the configuration anew while the gateway runs: checked whole, swapped whole, or nothing is changed.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use store::{Keys, SqliteStore, Store, StoreFault};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::config::succession::{Successor, differs_in_ids, refused_keys, refused_tls};
use crate::config::{Config, ConfigError, ConfigFault, ConfigFaults, Origin};
use crate::durable::keeper;
use crate::inbound::stack::House;
use crate::log::change_level;
use crate::metrics::Metrics;
use crate::standing::{Current, Standing, public_tls};

/// What a reload changed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reloaded {
    /// SHA-256 of the configuration file, in hex.
    pub digest: String,
    /// Tables, and keys outside any, that say something else or name a file that holds something else.
    pub changed: Vec<String>,
    /// Keys whose file holds something else.
    pub files: Vec<String>,
    /// Keys that differ from what runs, and were left as they were: they need a restart.
    pub needs_restart: Vec<&'static str>,
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |words: &[String]| if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
        write!(f, "configuration {}, changed: {}", self.digest, words(&self.changed))?;
        if !self.files.is_empty() {
            write!(f, "; files: {}", self.files.join(", "))?;
        }
        if !self.needs_restart.is_empty() {
            write!(f, "; left as it was, needs a restart: {}", self.needs_restart.join(", "))?;
        }
        Ok(())
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReloadFault {
    /// The configuration was made by a program.
    #[error("the configuration of this gateway was not read from a file")]
    NoFile,
    /// The configuration has faults, by itself or as the successor of the one that runs.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    /// The store cannot be asked.
    #[error("the store cannot be read: {0}")]
    Store(#[from] StoreFault),
    /// The gateway ends.
    #[error("the gateway ends")]
    Ended,
}

impl From<ConfigFaults> for ReloadFault {
    fn from(faults: ConfigFaults) -> Self {
        Self::Configuration(ConfigError::Faults(faults))
    }
}

impl ReloadFault {
    /// The faults of the configuration, in the order of its file.
    #[must_use]
    pub fn faults(&self) -> &[ConfigFault] {
        match self {
            Self::Configuration(ConfigError::Faults(ConfigFaults(faults))) => faults,
            _ => &[],
        }
    }

    /// One line.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.faults().len() {
            0 => self.to_string(),
            1 => "the configuration has a fault".to_owned(),
            count => format!("the configuration has {count} faults"),
        }
    }
}

/// Puts another configuration in the place of the one that runs.
pub(crate) struct Reloader {
    standing: watch::Sender<Arc<Standing>>,
    current: Current,
    store: Option<Arc<SqliteStore>>,
    metrics: Arc<Metrics>,
    /// Held by whoever reloads: one follows the other.
    reloading: Mutex<()>,
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reloader(..)")
    }
}

impl Reloader {
    pub(crate) fn new(
        standing: watch::Sender<Arc<Standing>>,
        current: Current,
        store: Option<Arc<SqliteStore>>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { standing, current, store, metrics, reloading: Mutex::default() }
    }

    /// Reads the configuration anew with every file that it names. `by` says for the audit chain who asked.
    ///
    /// # Errors
    /// [`ReloadFault`]; nothing is changed then.
    pub(crate) async fn reload_from(self: &Arc<Self>, by: &'static str) -> Result<Reloaded, ReloadFault> {
        self.run(by, |origin| Ok(origin.load_again()?)).await
    }

    /// Reads the files anew that the configuration names.
    ///
    /// # Errors
    /// [`ReloadFault`]; nothing is changed then.
    pub(crate) async fn reload_files(self: &Arc<Self>) -> Result<Reloaded, ReloadFault> {
        self.run("file", |origin| Ok(origin.read_files_again()?)).await
    }

    async fn run(
        self: &Arc<Self>,
        by: &'static str,
        read: impl FnOnce(&Origin) -> Result<Config, ReloadFault> + Send + 'static,
    ) -> Result<Reloaded, ReloadFault> {
        let shared = self.clone();
        let outcome = spawn_blocking(move || {
            let _reloading = shared.reloading.lock().unwrap_or_else(PoisonError::into_inner);
            let house = shared.current.house().ok_or(ReloadFault::Ended)?;
            let origin = house.config.origin.as_ref().ok_or(ReloadFault::NoFile)?;
            shared.swap(&house, origin, read(origin)?, by)
        });
        let outcome = outcome.await.unwrap_or(Err(ReloadFault::Ended));
        self.tell(by, &outcome);
        outcome
    }

    /// Makes everything that a configuration needs, then swaps.
    fn swap(&self, house: &House, before: &Origin, config: Config, by: &str) -> Result<Reloaded, ReloadFault> {
        let running = &house.config;
        let holds_data = differs_in_ids(&config, running) && self.holds_data()?;
        let Successor { config, needs_restart } = Successor::of(config, running, holds_data)?;
        let config = Arc::new(config);
        let Some(origin) = &config.origin else { return Err(ReloadFault::NoFile) };
        let unusable = |told| ReloadFault::from(refused_tls(origin, told));
        let durable = match &house.durable {
            Some(durable) => Some(durable.under(config.clone()).map_err(unusable)?),
            None => None,
        };
        let tls = public_tls(&config).map_err(unusable)?;
        // Last of what can be refused: the store, once it has taken keys, does not give them back.
        self.renew_keys(running, &config, origin)?;
        self.standing.send_replace(Standing::new(house.under(config.clone(), durable.clone()), tls));
        self.metrics.configuration_loaded();
        change_level(config.log.level);
        self.tune(&config);
        if let Some(durable) = durable {
            durable.wake_reader();
            durable.wake_courier();
            if let Err(fault) = durable.review_market() {
                tracing::error!(%fault, "homes that are offered could not be looked at");
            }
            keeper::tell_configuration(&durable, by);
        }
        Ok(Reloaded {
            digest: config.digest.clone(),
            changed: origin.changed_since(before),
            files: origin.files.changed_since(&before.files).map(str::to_owned).collect(),
            needs_restart,
        })
    }

    /// Whether anything has been kept under the ids of now.
    fn holds_data(&self) -> Result<bool, StoreFault> {
        let Some(store) = &self.store else { return Ok(false) };
        Ok(!store.all_subjects(None, 1)?.is_empty() || store.census()?.messages.iter().any(|(_, count)| *count > 0))
    }

    fn renew_keys(&self, running: &Config, config: &Config, origin: &Origin) -> Result<(), ReloadFault> {
        let (Some(store), Some(before), Some(after)) = (&self.store, &running.store, &config.store) else {
            return Ok(());
        };
        if before.keys == after.keys {
            return Ok(());
        }
        // The reader of configurations has looked at the keys.
        let keys = Keys::parse(&after.keys).map_err(|_| StoreFault::Corrupt("the key file holds no keys"))?;
        store.renew_keys(keys).map_err(|told| refused_keys(origin, &told).into())
    }

    /// Tells the store how it is kept from now on.
    fn tune(&self, config: &Config) {
        let (Some(store), Some(settings)) = (&self.store, &config.store) else { return };
        let messages_max = usize::try_from(settings.commit_messages_max).unwrap_or(usize::MAX);
        store.tune(settings.commit_wait_us_max, messages_max, settings.disk_free_bytes_min);
    }

    fn tell(&self, by: &str, outcome: &Result<Reloaded, ReloadFault>) {
        match outcome {
            Ok(reloaded) => tracing::info!(by, %reloaded, "the configuration was read anew"),
            Err(refused) => {
                self.metrics.reload_failed();
                tracing::error!(by, reason = refused.summary(), "the configuration of before goes on");
                for fault in refused.faults() {
                    let (file, line, column) = (fault.file.display(), fault.line, fault.column);
                    let (rule, detail) = (fault.rule.code, fault.detail.as_deref());
                    tracing::error!(rule, %file, line, column, detail, "a fault of the configuration");
                }
            }
        }
    }
}
