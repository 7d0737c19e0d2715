//! Starting and ending a gateway. Everything here is called from ordinary blocking code: the runtime stays inside.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use store::sqlite::Settings;
use store::{Keys, SqliteStore};

use crate::admin::{self, Admin};
use crate::config::{Config, Limits, StoreConfig};
use crate::durable::courier::Rounds;
use crate::durable::market::referrals::clock;
use crate::durable::market::review;
use crate::durable::{Durable, keeper, mail, pickup, reader, runs, telling};
use crate::inbound::accept::{Listener, Surface};
use crate::inbound::stack::House;
use crate::metrics::Metrics;
use crate::reload::{ReloadFault, Reloaded, Reloader};
use crate::standing::{Current, Standing, public_tls};
use crate::tls::TlsFault;
use crate::watch::watch_files;
use crate::work::Work;

/// Connections of the admin listener: probes and one scraper.
const ADMIN_CONNECTIONS_MAX: u64 = 64;

/// How long the end waits for threads that may block.
const CLOSE: Duration = Duration::from_secs(5);

/// Time between two sweeps of the table of addresses.
const SWEEP: Duration = Duration::from_secs(60);

/// A gateway that could be started.
#[derive(Debug)]
pub struct Gateway;

/// Why a gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The public listener would be reachable from other machines, without TLS or without partners.
    #[error(
        "the public listener would listen on {address}, which is not loopback, and there is no partner with TLS, so \
         whoever reached it could use it: name a partner, or listen on 127.0.0.1 or [::1]"
    )]
    PublicWithoutPartner {
        /// The address of the configuration.
        address: SocketAddr,
    },
    /// The admin listener would be reachable from other machines.
    #[error("the admin listener would listen on {address}: it asks for no credential, so it listens on loopback only")]
    AdminPublic {
        /// The address of the configuration.
        address: SocketAddr,
    },
    /// A port is taken, or the address is not one of this machine.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        reason: io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The configuration names no store.
    #[error("the configuration has no [store]")]
    NoStore,
    /// The store cannot be opened.
    #[error("the store cannot be opened: {0}")]
    Store(#[from] store::sqlite::OpenFault),
    /// The store cannot be read.
    #[error("the store cannot be read: {0}")]
    Kept(#[from] store::StoreFault),
    /// The system gives no threads or no signals.
    #[error("the runtime cannot be started: {0}")]
    Runtime(#[source] io::Error),
}

impl Gateway {
    /// Opens both listeners and begins to answer.
    ///
    /// # Errors
    /// [`StartFault`]; nothing is left open then.
    pub fn start(config: Config, work: Arc<dyn Work>) -> Result<Running, StartFault> {
        // The reader of configurations says the same with a line number; a configuration may also be made in a program.
        let guarded = config.public.tls.is_some() && config.partners.iter().any(|partner| partner.enabled);
        if !guarded && !config.public.address.ip().is_loopback() {
            return Err(StartFault::PublicWithoutPartner { address: config.public.address });
        }
        if !config.admin_address.ip().is_loopback() {
            return Err(StartFault::AdminPublic { address: config.admin_address });
        }
        let tls = public_tls(&config)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("homeward")
            .build()
            .map_err(StartFault::Runtime)?;
        let public_socket = runtime.block_on(listen(config.public.address))?;
        let admin_socket = runtime.block_on(listen(config.admin_address))?;
        let (public, admin) = (local(&public_socket)?, local(&admin_socket)?);

        let (drain, draining) = watch::channel(false);
        let (close_admin, admin_closing) = watch::channel(false);
        let metrics = Arc::new(Metrics::default());
        let digest = config.digest.clone();
        let config = Arc::new(config);
        let store = config.store.as_ref().map(open_store).transpose()?;
        let durable = match &store {
            Some(store) => Some(Durable::new(config.clone(), store.clone(), metrics.clone())?),
            None => None,
        };
        let house = House::new(config.clone(), work, metrics.clone(), durable.clone());
        let (standing, current) = Current::new(Standing::new(house, tls));
        let exchange = match &durable {
            Some(durable) => Some(runtime.block_on(Exchange::begin(&current, durable))?),
            None => None,
        };
        metrics.configuration_loaded();
        let reloader = Arc::new(Reloader::new(standing, current.clone(), store, metrics.clone()));
        let admin_router = admin::routes(Admin {
            metrics: metrics.clone(),
            current: current.clone(),
            reloader: reloader.clone(),
            drain: draining.clone(),
        });
        let public_listener = Listener {
            socket: public_socket,
            connections_max: config.limits.connections_max,
            current: current.clone(),
            metrics,
            drain: draining,
        };
        let admin_limits =
            Limits { connections_per_address_max: ADMIN_CONNECTIONS_MAX, drain_seconds_max: 1, ..Limits::default() };
        let admin_surface = Surface::new(admin_limits, None, admin_router, None);
        let admin_listener = Listener {
            socket: admin_socket,
            connections_max: ADMIN_CONNECTIONS_MAX,
            current: Current::new(Arc::new(Standing { surface: admin_surface, house: None })).1,
            // Probes are not what the counters are about.
            metrics: Arc::new(Metrics::default()),
            drain: admin_closing,
        };
        let public_task = runtime.spawn(public_listener.run());
        let admin_task = runtime.spawn(admin_listener.run());
        runtime.spawn(sweep(current.clone()));
        runtime.spawn(watch_files(reloader.clone(), current));
        Ok(Running {
            public,
            admin,
            digest,
            drain,
            close_admin,
            public_task,
            admin_task,
            exchange,
            reloader,
            runtime: Some(runtime),
        })
    }
}

/// A gateway that answers. Dropping it ends it at once; [`Running::drain`] ends it in order.
#[derive(Debug)]
pub struct Running {
    /// Where the public listener listens.
    pub public: SocketAddr,
    /// Where the admin listener listens.
    pub admin: SocketAddr,
    /// SHA-256 of the configuration file as it was at the start, in hex; empty when there was none.
    pub digest: String,
    drain: watch::Sender<bool>,
    close_admin: watch::Sender<bool>,
    public_task: JoinHandle<()>,
    admin_task: JoinHandle<()>,
    exchange: Option<Exchange>,
    reloader: Arc<Reloader>,
    runtime: Option<Runtime>,
}

impl Running {
    /// From now on SIGTERM and Ctrl-C end nothing by themselves: [`Running::until_signal`] waits for them. To be called
    /// before anybody is told that the gateway runs, so that no signal comes too early.
    ///
    /// # Errors
    /// When signals cannot be waited for.
    pub fn heed_signals(&self) -> io::Result<impl Future<Output = ()> + use<>> {
        let _entered = self.runtime.as_ref().map(Runtime::enter);
        signal()
    }

    fn heed_hangups(&self) -> io::Result<Hangups> {
        let _entered = self.runtime.as_ref().map(Runtime::enter);
        Hangups::new()
    }

    /// Reads the configuration anew from its file, with every file that it names, checks it whole and swaps it whole.
    /// Requests and connections that are under way go on.
    ///
    /// # Errors
    /// [`ReloadFault`] with everything that is wrong; the configuration of before then goes on unchanged.
    pub fn reload(&self) -> Result<Reloaded, ReloadFault> {
        let runtime = self.runtime.as_ref().ok_or(ReloadFault::Ended)?;
        runtime.block_on(self.reloader.reload_from("program"))
    }

    /// Waits until the system asks the process to end, and reloads whenever it is asked to.
    fn reload_until_signal(
        &self,
        end: impl Future<Output = ()>,
        mut hangups: Hangups,
        mut reloaded: impl FnMut(&Result<Reloaded, ReloadFault>),
    ) {
        let Some(runtime) = &self.runtime else { return };
        runtime.block_on(async {
            let mut end = std::pin::pin!(end);
            loop {
                tokio::select! {
                    () = &mut end => return,
                    () = hangups.next() => reloaded(&self.reloader.reload_from("signal").await),
                }
            }
        });
    }

    /// Waits until the system asks the process to end.
    pub fn until_signal(&self, signal: impl Future<Output = ()>) {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(signal);
        }
    }

    /// Becomes unready, takes no more connections, lets running requests finish within `drain_seconds_max`, and ends.
    pub fn drain(mut self) {
        self.begin_drain();
        if let Some(runtime) = self.runtime.take() {
            runtime.block_on(async {
                let _ = (&mut self.public_task).await;
                // What was acknowledged last is read when the gateway starts again.
                if let Some(exchange) = self.exchange.take() {
                    exchange.end().await;
                }
                // The last thing to go quiet is what tells the operator how it ends.
                self.close_admin.send_replace(true);
                let _ = (&mut self.admin_task).await;
            });
            // Whatever still holds the store lets go of it, so that it is closed in order.
            runtime.shutdown_timeout(CLOSE);
        }
    }

    /// Begins to drain without waiting for the end.
    pub fn begin_drain(&self) {
        self.drain.send_replace(true);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The tasks of the durable exchange.
#[derive(Debug)]
struct Exchange {
    current: Current,
    reader: JoinHandle<()>,
    courier: JoinHandle<()>,
    others: Vec<JoinHandle<()>>,
}

impl Exchange {
    /// Tells the audit chain under which configuration it works, and sets the tasks to work.
    async fn begin(current: &Current, durable: &Arc<Durable>) -> Result<Self, StartFault> {
        let rounds = Rounds::new(current.clone(), durable.clone())?;
        durable.load_market()?;
        durable.load_referrals()?;
        durable.plan_referrals()?;
        // What cannot be used is told at the start, not at the first alert.
        telling::ways(durable)?;
        keeper::tell_configuration(durable, "start");
        let first = reader::read_suspect(durable).await;
        Ok(Self {
            current: current.clone(),
            reader: tokio::spawn(reader::read_on(current.clone(), first)),
            courier: tokio::spawn(rounds.go()),
            others: vec![
                tokio::spawn(keeper::keep_house(current.clone())),
                tokio::spawn(pickup::pick_up(current.clone())),
                tokio::spawn(runs::run_schedules(current.clone())),
                tokio::spawn(mail::look_for_mail(current.clone())),
                tokio::spawn(telling::tell(current.clone())),
                tokio::spawn(review::review(current.clone())),
                tokio::spawn(clock::keep_time(current.clone())),
            ],
        })
    }

    /// Begins nothing more, and waits for what is under way; what does not end in time is done again after the start.
    async fn end(self) {
        let Some(durable) = self.current.durable() else { return };
        durable.stop();
        for task in self.others {
            task.abort();
        }
        let patience = Duration::from_secs(durable.config.limits.drain_seconds_max);
        let _ = tokio::time::timeout(patience, async {
            let _ = self.courier.await;
            let _ = self.reader.await;
        })
        .await;
        keeper::tell_failed_sign_ins(&durable).await;
        keeper::anchor(&durable).await;
    }
}

fn open_store(config: &StoreConfig) -> Result<Arc<SqliteStore>, StartFault> {
    Ok(Arc::new(SqliteStore::open(store_settings(config)?)?))
}

/// Where the store of a configuration is and how it is kept.
pub(crate) fn store_settings(config: &StoreConfig) -> Result<Settings, StartFault> {
    // The reader of configurations has looked at the keys.
    let keys = Keys::parse(&config.keys).map_err(|_| store::StoreFault::Corrupt("the key file holds no keys"))?;
    Ok(Settings {
        folder: config.folder.clone(),
        keys,
        commit_wait_us_max: config.commit_wait_us_max,
        commit_messages_max: usize::try_from(config.commit_messages_max).unwrap_or(usize::MAX),
        disk_free_bytes_min: config.disk_free_bytes_min,
    })
}

/// Starts a gateway, tells `started` where it listens, and runs until SIGTERM or Ctrl-C; then drains. On SIGHUP it
/// reloads, and tells `reloaded` what came of it.
///
/// # Errors
/// [`StartFault`].
pub fn run_until_signal(
    config: Config,
    work: Arc<dyn Work>,
    started: impl FnOnce(&Running),
    reloaded: impl FnMut(&Result<Reloaded, ReloadFault>),
) -> Result<(), StartFault> {
    let running = Gateway::start(config, work)?;
    let end = running.heed_signals().map_err(StartFault::Runtime)?;
    let hangups = running.heed_hangups().map_err(StartFault::Runtime)?;
    started(&running);
    running.reload_until_signal(end, hangups, reloaded);
    running.drain();
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartFault> {
    TcpListener::bind(address).await.map_err(|reason| StartFault::Listen { address, reason })
}

fn local(socket: &TcpListener) -> Result<SocketAddr, StartFault> {
    socket.local_addr().map_err(StartFault::Runtime)
}

async fn sweep(current: Current) {
    let mut each = interval(SWEEP);
    each.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        each.tick().await;
        if let Some(house) = current.house() {
            house.limiter.retain_recent();
        }
    }
}

/// SIGHUP, which asks for a reload where there is such a signal.
struct Hangups {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Hangups {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { signal: signal(SignalKind::hangup())? })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        // A stream of signals that has ended brings no more.
        if self.signal.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        std::future::pending().await
    }
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()> + use<>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(windows)]
fn signal() -> io::Result<impl Future<Output = ()> + use<>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut interrupt, mut close, mut shutdown) = (ctrl_c()?, ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}
