//! A recipient that speaks plain HTTP on loopback: it keeps what it is sent and answers what it is told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    thread,
};

/// A request as it came.
#[derive(Clone)]
pub(crate) struct Received {
    head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The recipient.
pub(crate) struct Stub {
    pub(crate) port: u16,
    status: Arc<AtomicU16>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Stub {
    /// One that answers everything with this status, until it is told otherwise.
    pub(crate) fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (status, received) = (Arc::new(AtomicU16::new(status)), Arc::new(Mutex::new(Vec::new())));
        let (answers, kept) = (status.clone(), received.clone());
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (answers, kept) = (answers.clone(), kept.clone());
                thread::spawn(move || serve(socket, &answers, &kept));
            }
        });
        Self { port, status, received }
    }

    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers request after request until the other end goes.
fn serve(socket: TcpStream, status: &AtomicU16, kept: &Mutex<Vec<Received>>) -> Option<()> {
    let mut writer = socket.try_clone().ok()?;
    let mut reader = BufReader::new(socket);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_owned()),
            }
        }
        let mut request = Received { head, body: Vec::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).ok()?;
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let status = status.load(Ordering::Relaxed);
        write!(writer, "HTTP/1.1 {status} told\r\nContent-Length: 0\r\n\r\n").ok()?;
    }
}
