//! A client that says exactly what it is told to, byte by byte, and reads what comes.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::house::PATIENCE;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The whole answer, to look for what must not be in it.
    pub(crate) fn whole(&self) -> String {
        format!("{}\n{}", self.head, self.text())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts a problem with all members of RFC 9457 that we promise.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, slug: &str) -> serde_json::Value {
        assert_eq!(self.status, status, "{}", self.whole());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:homeward:problem:{slug}"));
        assert_eq!(problem["status"], status);
        let id = self.header("x-request-id").unwrap().to_ascii_lowercase();
        assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
        for member in ["title", "detail", "help"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        problem
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends these bytes on a connection of their own and reads one answer.
pub(crate) fn ask(address: SocketAddr, bytes: impl AsRef<[u8]>) -> Answer {
    let mut socket = connect(address);
    socket.write_all(bytes.as_ref()).unwrap();
    read(&mut socket).unwrap()
}

pub(crate) fn get(address: SocketAddr, target: &str) -> Answer {
    ask(address, format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
}

/// A POST with the length told.
pub(crate) fn posted(target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes =
        format!("POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A POST in chunks of this size.
pub(crate) fn chunked(target: &str, headers: &str, body: &[u8], chunk: usize) -> Vec<u8> {
    let mut bytes = format!("POST {target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n{headers}\r\n")
        .into_bytes();
    for piece in body.chunks(chunk) {
        bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

pub(crate) fn post(address: SocketAddr, target: &str, headers: &str, body: &[u8]) -> Answer {
    ask(address, posted(target, headers, body))
}

pub(crate) const CSV: &str = "Content-Type: text/csv\r\n";
pub(crate) const CHECK: &str = "/v1/check";
pub(crate) const TRANSLATE: &str = "/v1/translate?to=echo-lines&view=health";

/// Reads one answer; an error when the peer ends before it is whole.
pub(crate) fn read(socket: &mut impl Read) -> io::Result<Answer> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer { status, head, body: Vec::new() };
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    answer.body = vec![0; length];
    socket.read_exact(&mut answer.body)?;
    Ok(answer)
}

/// Whether the peer has ended the connection without another word.
pub(crate) fn is_ended(socket: &mut impl Read) -> bool {
    let mut rest = Vec::new();
    match socket.read_to_end(&mut rest) {
        Ok(_) => rest.is_empty(),
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    }
}
