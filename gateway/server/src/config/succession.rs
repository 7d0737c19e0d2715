//! How one configuration follows another while the gateway runs: what waits for a restart, and what cannot be.

use store::sqlite::OpenFault;

use super::fault::{self, ConfigFaults};
use super::{Config, Origin};
use crate::tls::TlsFault;

/// A configuration that may take the place of the one that runs.
#[derive(Debug)]
pub(crate) struct Successor {
    /// The configuration, in which whatever needs a restart is as it was.
    pub(crate) config: Config,
    /// The keys that differ and need a restart.
    pub(crate) needs_restart: Vec<&'static str>,
}

impl Successor {
    /// Judges whether a configuration may take the place of the one that runs. `holds_data` says whether anything was
    /// kept under the ids of now.
    ///
    /// # Errors
    /// Every fault that the configuration has only as a successor; by itself it has been found good.
    pub(crate) fn of(mut config: Config, running: &Config, holds_data: bool) -> Result<Self, ConfigFaults> {
        let mut faults = Vec::new();
        let origin = config.origin.clone().unwrap_or_default();
        if differs_in_ids(&config, running) && holds_data {
            faults.push(origin.fault(&fault::IDS_KEY, "ids.key_file", None));
        }
        let needs_restart = leave_as_it_was(&mut config, running);
        // Judged again by the address that goes on, which the file may have given up together with what guarded it.
        if !config.public.address.ip().is_loopback() {
            let detail = Some("the address of before goes on until a restart".to_owned());
            if config.public.tls.is_none() {
                faults.push(origin.fault(&fault::PLAIN_PUBLIC, "listen.public", detail));
            } else if !config.partners.iter().any(|partner| partner.enabled) {
                faults.push(origin.fault(&fault::PUBLIC_WITHOUT_PARTNER, "listen.public", detail));
            }
        }
        if faults.is_empty() { Ok(Self { config, needs_restart }) } else { Err(ConfigFaults(faults)) }
    }
}

/// Whether the key of resource ids is another.
pub(crate) fn differs_in_ids(config: &Config, running: &Config) -> bool {
    config.ids_key.bytes() != running.ids_key.bytes()
}

/// Leaves what needs a restart as it was; the keys that differ.
fn leave_as_it_was(config: &mut Config, running: &Config) -> Vec<&'static str> {
    let mut differing = Vec::new();
    let mut leave = |key, differs: bool| {
        if differs {
            differing.push(key);
        }
    };
    leave("public_url", config.public_url != running.public_url);
    leave("listen.public.address", config.public.address != running.public.address);
    leave("listen.admin.address", config.admin_address != running.admin_address);
    leave("limits.connections_max", config.limits.connections_max != running.limits.connections_max);
    leave("ids.key_file", differs_in_ids(config, running));
    leave("log.format", config.log.format != running.log.format);
    config.public_url.clone_from(&running.public_url);
    config.public.address = running.public.address;
    config.admin_address = running.admin_address;
    config.limits.connections_max = running.limits.connections_max;
    config.ids_key = running.ids_key.clone();
    config.log.format = running.log.format;
    match (&mut config.store, &running.store) {
        (Some(store), Some(running)) => {
            leave("store.path", store.folder != running.folder);
            store.folder.clone_from(&running.folder);
        }
        (None, None) => {}
        (store, running) => {
            leave("store", true);
            store.clone_from(running);
        }
    }
    differing
}

/// The store does not agree with the keys of a configuration.
pub(crate) fn refused_keys(origin: &Origin, told: &OpenFault) -> ConfigFaults {
    ConfigFaults(vec![origin.fault(&fault::STORE_KEY, "store.key_file", Some(told.to_string()))])
}

/// A certificate of a configuration cannot be used.
pub(crate) fn refused_tls(origin: &Origin, told: TlsFault) -> ConfigFaults {
    ConfigFaults(vec![origin.fault(&fault::CERTIFICATE, "listen.public.tls.certificate_file", Some(told.to_string()))])
}
