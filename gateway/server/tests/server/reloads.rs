//! Reloading: what a running gateway takes anew, what it refuses, and that nobody's connection ends by it.

mod connections;
mod exchange;
mod files;
mod refused;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use server::config::{Config, Environment};
use server::{Gateway, Running};

use crate::client::{Answer, get, post};
use crate::house::Echo;
use crate::partners::support::Setup;

/// A gateway whose configuration stands in a file.
struct Filed {
    setup: Setup,
    house: Running,
}

impl Filed {
    /// Starts with TLS under these further lines, or without.
    fn start(tls: Option<&str>, rest: &str) -> Self {
        let setup = Setup::new();
        let head = head(tls);
        Self::start_in(setup, &format!("{head}{rest}"))
    }

    fn start_in(setup: Setup, source: &str) -> Self {
        setup.write("homeward.toml", source);
        let config = Config::load(&setup.path("homeward.toml"), &Environment::default());
        let config = config.unwrap_or_else(|fault| panic!("{fault}"));
        let house = Gateway::start(config, Arc::new(Echo::default())).unwrap();
        Self { setup, house }
    }

    /// Writes another configuration and asks for a reload.
    fn reload(&self, source: &str) -> Answer {
        self.setup.write("homeward.toml", source);
        reload(self.house.admin)
    }

    /// As [`Self::reload`], of a configuration that is good.
    #[track_caller]
    fn reloaded(&self, source: &str) -> serde_json::Value {
        let answer = self.reload(source);
        assert_eq!(answer.status, 200, "{}", answer.whole());
        answer.json()
    }

    /// As [`Self::reload`], of a configuration that is refused: the rules that it breaks.
    #[track_caller]
    fn refused(&self, source: &str) -> Vec<String> {
        let answer = self.reload(source);
        assert_eq!(answer.status, 422, "{}", answer.whole());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let faults = answer.json()["faults"].clone();
        faults.as_array().unwrap().iter().map(|fault| fault["rule"].as_str().unwrap().to_owned()).collect()
    }

    fn metric(&self, name: &str) -> u64 {
        let text = get(self.house.admin, "/metrics").text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.setup.path(name)
    }

    /// Puts another certificate for `localhost` with its key in the place of the server's.
    fn renew_certificate(&self, folder: &str) -> rustls::pki_types::CertificateDer<'static> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        self.setup.write(&format!("{folder}server.pem"), &made.cert.pem());
        self.setup.write(&format!("{folder}server.key"), &made.signing_key.serialize_pem());
        made.cert.der().clone()
    }
}

fn reload(admin: SocketAddr) -> Answer {
    post(admin, "/reload", "", b"")
}

/// The head of a configuration on free ports of loopback.
fn head(tls: Option<&str>) -> String {
    head_with("", tls)
}

/// As [`head`], with lines before the first table.
fn head_with(first: &str, tls: Option<&str>) -> String {
    let tls = tls.map_or_else(String::new, |more| {
        format!("[listen.public.tls]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n{more}")
    });
    format!(
        "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n{first}[ids]\nkey_file = \"ids.key\"\n\
         [listen.public]\naddress = \"127.0.0.1:0\"\n{tls}[listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [limits.address]\nrequests_per_minute = 1000000\n"
    )
}
