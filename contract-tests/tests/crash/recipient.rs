//! A recipient that writes down all that comes, and does with it what it is told to.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::{children, house::PATIENCE};

/// A delivery as it came, whole.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The key of the delivery.
    pub(crate) key: String,
    /// Its lease.
    pub(crate) fence: u64,
    /// When its last byte was there.
    pub(crate) at: Instant,
    pub(crate) body: Vec<u8>,
}

impl Arrival {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The child that it is about.
    pub(crate) fn child(&self) -> Option<u32> {
        children::child_of(&self.json())
    }

    /// What it says, without the instants at which it was said: two plans of one thing differ in no more.
    pub(crate) fn content(&self) -> String {
        let mut bundle = self.json();
        forget_instants(&mut bundle);
        bundle.to_string()
    }
}

fn forget_instants(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_instants),
        Value::Object(members) => {
            for name in ["recorded", "timestamp", "lastUpdated"] {
                members.remove(name);
            }
            members.values_mut().for_each(forget_instants);
        }
        _ => {}
    }
}

trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

/// One connection as the behaviour of a recipient sees it.
pub(crate) struct Talk {
    stream: Box<dyn Stream>,
    pub(crate) socket: TcpStream,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
}

impl Talk {
    /// Reads a whole request, and writes it down.
    pub(crate) fn hear(&mut self) -> io::Result<Arrival> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let header = |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body)?;
        let key = header("idempotency-key").expect("every delivery has a key");
        let fence = header("homeward-fence").and_then(|fence| fence.parse().ok()).unwrap_or_default();
        let arrival = Arrival { key, fence, at: Instant::now(), body };
        self.arrivals.lock().unwrap().push(arrival.clone());
        Ok(arrival)
    }

    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }

    /// Reads and takes whatever comes.
    pub(crate) fn take_all(&mut self) -> io::Result<()> {
        loop {
            self.hear()?;
            self.say(TAKEN)?;
        }
    }
}

/// An answer that takes a delivery.
pub(crate) const TAKEN: &str = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

/// A recipient on a free port of 127.0.0.1.
pub(crate) struct Recipient {
    pub(crate) address: SocketAddr,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
}

impl Recipient {
    /// One over plain HTTP that takes all.
    pub(crate) fn taking() -> Self {
        Self::start(None, |talk| talk.take_all())
    }

    /// One that does this on each connection, over TLS where it has a certificate.
    pub(crate) fn start(
        tls: Option<Arc<ServerConfig>>,
        behaviour: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let arrivals: Arc<Mutex<Vec<Arrival>>> = Arc::default();
        let recipient = Self { address, arrivals: arrivals.clone() };
        let behaviour = Arc::new(behaviour);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let socket = socket.unwrap();
                socket.set_nodelay(true).unwrap();
                socket.set_read_timeout(Some(PATIENCE)).unwrap();
                socket.set_write_timeout(Some(PATIENCE)).unwrap();
                let (tls, behaviour, arrivals) = (tls.clone(), behaviour.clone(), arrivals.clone());
                thread::spawn(move || {
                    let wire = socket.try_clone().unwrap();
                    let stream: Box<dyn Stream> = match tls {
                        Some(tls) => Box::new(StreamOwned::new(ServerConnection::new(tls).unwrap(), wire)),
                        None => Box::new(wire),
                    };
                    // The peer may end at any time; that is what the tests are about.
                    let _ = behaviour(&mut Talk { stream, socket, arrivals });
                });
            }
        });
        recipient
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }
}
