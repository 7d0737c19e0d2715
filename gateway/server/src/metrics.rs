//! Counters in the text form of Prometheus (0.0.4), from a small registry of our own: a handful of families that are
//! known when the program is built. Labels are route templates, classes of status, formats and rules; never anything
//! of a request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::Census;

/// Upper bounds of the histogram of request times, in milliseconds.
const BUCKETS_MS: [u64; 10] = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 30_000, 120_000];

/// Pairs of format and rule that are counted apart. There are fewer rules than this.
const RULES_MAX: usize = 8_192;

/// All counters of one gateway.
#[derive(Default)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<&'static str, RouteCounts>>,
    rules: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    limited: AtomicU64,
    connections_open: AtomicI64,
    connections_refused: AtomicU64,
    handshakes_failed: AtomicU64,
    configuration_loads: AtomicU64,
    reload_failures: AtomicU64,
    messages_read: Mutex<BTreeMap<&'static str, u64>>,
    delivered: Mutex<BTreeMap<(String, &'static str), u64>>,
    breakers_opened: AtomicU64,
    breakers: Mutex<BTreeMap<String, u64>>,
    /// Whether the disk has less room than intake needs.
    disk_full: AtomicBool,
    disk_free_bytes: AtomicU64,
    folders_unreadable: AtomicU64,
    mailboxes_unreadable: AtomicU64,
    /// What the store held when it was last looked at, and whether it could be written.
    store: Mutex<Option<(Option<Arc<Census>>, bool)>>,
}

#[derive(Clone, Default)]
struct RouteCounts {
    /// By class of status, `1xx` to `5xx`.
    classes: [u64; 5],
    buckets: [u64; BUCKETS_MS.len()],
    seconds: f64,
}

impl Metrics {
    pub(crate) fn request(&self, route: &'static str, status: u16, took: Duration) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = routes.entry(route).or_default();
        if let Some(class) = counts.classes.get_mut(usize::from(status / 100).wrapping_sub(1)) {
            *class += 1;
        }
        let bucket = BUCKETS_MS.iter().position(|bound| took.as_millis() <= u128::from(*bound));
        if let Some(bucket) = bucket {
            counts.buckets[bucket] += 1;
        }
        counts.seconds += took.as_secs_f64();
    }

    pub(crate) fn rules(&self, format: &'static str, broken: &[(&'static str, u64)]) {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        for (rule, count) in broken {
            if rules.len() < RULES_MAX || rules.contains_key(&(format, *rule)) {
                *rules.entry((format, rule)).or_default() += count;
            }
        }
    }

    /// A message was read, and is in this state.
    pub(crate) fn read(&self, state: &'static str) {
        let mut read = self.messages_read.lock().unwrap_or_else(PoisonError::into_inner);
        *read.entry(state).or_default() += 1;
    }

    /// An attempt to deliver ended so. Recipients are names of the configuration.
    pub(crate) fn delivered(&self, recipient: &str, outcome: &'static str) {
        let mut delivered = self.delivered.lock().unwrap_or_else(PoisonError::into_inner);
        *delivered.entry((recipient.to_owned(), outcome)).or_default() += 1;
    }

    pub(crate) fn breaker_opened(&self) {
        self.breakers_opened.fetch_add(1, Relaxed);
    }

    /// How the breakers to each recipient stand: 0 closed, 1 waits for a probe, 2 open; the worst of several.
    pub(crate) fn breakers(&self, states: BTreeMap<String, u64>) {
        *self.breakers.lock().unwrap_or_else(PoisonError::into_inner) = states;
    }

    /// Whether the disk has room for intake, and how many bytes are free, where the system tells.
    pub(crate) fn disk(&self, has_room: bool, free_bytes: Option<u64>) {
        self.disk_full.store(!has_room, Relaxed);
        self.disk_free_bytes.store(free_bytes.unwrap_or(0), Relaxed);
    }

    /// Whether the disk had room when it was last looked at; true without a store.
    pub(crate) fn disk_is_well(&self) -> bool {
        !self.disk_full.load(Relaxed)
    }

    pub(crate) fn mailbox_unreadable(&self) {
        self.mailboxes_unreadable.fetch_add(1, Relaxed);
    }

    pub(crate) fn folder_unreadable(&self) {
        self.folders_unreadable.fetch_add(1, Relaxed);
    }

    /// What the store holds now, and whether it could be written just now.
    pub(crate) fn store(&self, census: Option<Arc<Census>>, writable: bool) {
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = Some((census, writable));
    }

    /// Whether the store could be read and written when it was last looked at; true without a store.
    pub(crate) fn store_is_well(&self) -> bool {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.as_ref().is_none_or(|(census, writable)| census.is_some() && *writable)
    }

    pub(crate) fn limited(&self) {
        self.limited.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_refused(&self) {
        self.connections_refused.fetch_add(1, Relaxed);
    }

    pub(crate) fn handshake_failed(&self) {
        self.handshakes_failed.fetch_add(1, Relaxed);
    }

    pub(crate) fn configuration_loaded(&self) {
        self.configuration_loads.fetch_add(1, Relaxed);
    }

    pub(crate) fn reload_failed(&self) {
        self.reload_failures.fetch_add(1, Relaxed);
    }

    /// Counts a connection as open until the guard is dropped.
    pub(crate) fn connection_opened(self: &Arc<Self>) -> OpenConnection {
        self.connections_open.fetch_add(1, Relaxed);
        OpenConnection(self.clone())
    }

    /// All counters as text. `certificate_seconds_left` is absent without TLS.
    pub(crate) fn text(&self, certificate_seconds_left: Option<i64>) -> String {
        let mut text = String::new();
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner).clone();
        family(&mut text, "homeward_requests_total", "counter", "Requests answered.");
        for (route, counts) in &routes {
            for (class, count) in (1..).zip(counts.classes).filter(|(_, count)| *count > 0) {
                line(&mut text, &format!("homeward_requests_total{{route=\"{route}\",status=\"{class}xx\"}} {count}"));
            }
        }
        family(&mut text, "homeward_request_seconds", "histogram", "Seconds from header to answer.");
        for (route, counts) in &routes {
            let mut sum = 0;
            for (bound, count) in BUCKETS_MS.iter().zip(counts.buckets) {
                sum += count;
                let bound = *bound as f64 / 1000.0;
                line(&mut text, &format!("homeward_request_seconds_bucket{{route=\"{route}\",le=\"{bound}\"}} {sum}"));
            }
            let count: u64 = counts.classes.iter().sum();
            line(&mut text, &format!("homeward_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}"));
            line(&mut text, &format!("homeward_request_seconds_sum{{route=\"{route}\"}} {}", counts.seconds));
            line(&mut text, &format!("homeward_request_seconds_count{{route=\"{route}\"}} {count}"));
        }
        family(&mut text, "homeward_rule_total", "counter", "How often a rule was broken in documents.");
        for ((format, rule), count) in &rules {
            line(&mut text, &format!("homeward_rule_total{{format=\"{format}\",rule=\"{rule}\"}} {count}"));
        }
        let single = [
            ("homeward_limited_total", "counter", "Requests above a limit on requests.", self.limited.load(Relaxed)),
            (
                "homeward_connections_refused_total",
                "counter",
                "Connections above the limit of one address.",
                self.connections_refused.load(Relaxed),
            ),
            (
                "homeward_handshakes_failed_total",
                "counter",
                "TLS handshakes that failed or took too long.",
                self.handshakes_failed.load(Relaxed),
            ),
            (
                "homeward_configuration_loads_total",
                "counter",
                "Configurations taken, the one of the start included.",
                self.configuration_loads.load(Relaxed),
            ),
            (
                "homeward_reload_failures_total",
                "counter",
                "Configurations and files that were refused while the ones of before went on.",
                self.reload_failures.load(Relaxed),
            ),
        ];
        for (name, kind, help, value) in single {
            family(&mut text, name, kind, help);
            line(&mut text, &format!("{name} {value}"));
        }
        self.durable_text(&mut text);
        family(&mut text, "homeward_connections_open", "gauge", "Connections open now.");
        line(&mut text, &format!("homeward_connections_open {}", self.connections_open.load(Relaxed)));
        if let Some(seconds) = certificate_seconds_left {
            family(&mut text, "homeward_certificate_expiry_seconds", "gauge", "Seconds until the certificate expires.");
            line(&mut text, &format!("homeward_certificate_expiry_seconds {seconds}"));
        }
        text
    }
}

impl Metrics {
    /// What the durable exchange has counted, and what its store holds.
    fn durable_text(&self, text: &mut String) {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some((census, _)) = store else { return };
        family(text, "homeward_messages_read_total", "counter", "Messages read, by the state they came to.");
        for (state, count) in self.messages_read.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            line(text, &format!("homeward_messages_read_total{{state=\"{state}\"}} {count}"));
        }
        family(text, "homeward_attempts_total", "counter", "Attempts to deliver, by recipient and outcome.");
        for ((recipient, outcome), count) in self.delivered.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            line(text, &format!("homeward_attempts_total{{recipient=\"{recipient}\",outcome=\"{outcome}\"}} {count}"));
        }
        for (name, help, count) in [
            ("homeward_breakers_opened_total", "Breakers that opened.", &self.breakers_opened),
            (
                "homeward_folders_unreadable_total",
                "Looks into a folder that could not be read.",
                &self.folders_unreadable,
            ),
            (
                "homeward_mailboxes_unreadable_total",
                "Looks into a mailbox that could not be ended.",
                &self.mailboxes_unreadable,
            ),
        ] {
            family(text, name, "counter", help);
            line(text, &format!("{name} {}", count.load(Relaxed)));
        }
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        family(text, "homeward_breaker_state", "gauge", "Breakers: 0 closed, 1 waits for a probe, 2 open.");
        for (recipient, state) in &breakers {
            line(text, &format!("homeward_breaker_state{{recipient=\"{recipient}\"}} {state}"));
        }
        let Some(census) = census else { return };
        family(text, "homeward_messages", "gauge", "Messages held, by state.");
        for (state, count) in &census.messages {
            line(text, &format!("homeward_messages{{state=\"{state}\"}} {count}"));
        }
        family(text, "homeward_deliveries", "gauge", "Deliveries held, by state and recipient.");
        for (state, recipient, count) in &census.deliveries {
            line(text, &format!("homeward_deliveries{{state=\"{state}\",recipient=\"{recipient}\"}} {count}"));
        }
        if let Some(oldest) = census.oldest_delivery {
            let seconds = (crate::durable::moment::now() - oldest).max(0) / 1_000_000;
            family(text, "homeward_delivery_oldest_seconds", "gauge", "Age of the oldest delivery that is open.");
            line(text, &format!("homeward_delivery_oldest_seconds {seconds}"));
        }
        family(text, "homeward_store_bytes", "gauge", "Bytes of the store, by table.");
        for (table, bytes) in &census.bytes {
            line(text, &format!("homeward_store_bytes{{table=\"{table}\"}} {bytes}"));
        }
        family(text, "homeward_restrictions", "gauge", "Restrictions set here and in force, by kind.");
        for (kind, count) in &census.restrictions {
            line(text, &format!("homeward_restrictions{{kind=\"{kind}\"}} {count}"));
        }
        let gauges = [
            ("homeward_disk_free_bytes", "Free bytes of the store's disk.", self.disk_free_bytes.load(Relaxed)),
            ("homeward_audit_seq", "Last line of the audit chain.", census.audit_seq),
            ("homeward_guard_holds", "Children held back by a guard that cannot be read.", census.guard_holds),
            ("homeward_alerts_open", "Alerts that nobody has seen.", census.alerts_open),
            ("homeward_store_rewrap_left", "Data keys wrapped under an older key.", census.rewrap_left),
        ];
        for (name, help, value) in gauges {
            family(text, name, "gauge", help);
            line(text, &format!("{name} {value}"));
        }
        let (writes, commits) = census.commits;
        for (name, help, value) in [
            ("homeward_writes_total", "Writes committed since start.", writes),
            ("homeward_commits_total", "Commits they were in.", commits),
        ] {
            family(text, name, "counter", help);
            line(text, &format!("{name} {value}"));
        }
        if commits > 0 {
            family(text, "homeward_commit_batch", "gauge", "Writes of one commit, on average since start.");
            line(text, &format!("homeward_commit_batch {:.3}", writes as f64 / commits as f64));
        }
    }
}

/// A connection that is open.
pub(crate) struct OpenConnection(Arc<Metrics>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections_open.fetch_sub(1, Relaxed);
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
