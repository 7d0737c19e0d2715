//! A mail server that does what it is told to: secured in the talk or from the first byte, good, busy or hostile.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How long it waits for a client to say something.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a mail server behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Temper {
    /// It secures the talk when asked, and takes mail.
    StartTls,
    /// It speaks TLS from the first byte, and takes mail.
    Implicit,
    /// It takes the first mail only for later.
    Busy,
    /// It does not offer to secure the talk.
    Plain,
    /// It says more before the talk is secured than was asked.
    SlipsIn,
    /// Its greeting never ends.
    Endless,
    /// It answers with what is no answer.
    Babbles,
    /// It ends at once.
    Ends,
    /// It takes no password.
    Distrusts,
}

/// A line that was heard, and whether it came secured.
pub(crate) type Line = (bool, String);

/// A mail server on a free port of 127.0.0.1, known as `localhost`.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    lines: Arc<Mutex<Vec<Line>>>,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub(crate) fn start(tls: Arc<ServerConfig>, temper: Temper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { address: listener.local_addr().unwrap(), lines: Arc::default(), mails: Arc::default() };
        let (lines, mails) = (server.lines.clone(), server.mails.clone());
        thread::spawn(move || {
            for (visit, socket) in listener.incoming().enumerate() {
                let socket = socket.unwrap();
                socket.set_read_timeout(Some(PATIENCE)).unwrap();
                let talk = Talk { tls: tls.clone(), temper, visit, lines: lines.clone(), mails: mails.clone() };
                // The client may end at any time; that is what many tests are about.
                thread::spawn(move || talk.hold(socket));
            }
        });
        server
    }

    /// The mails that were taken, as they came.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    /// Every line that was heard.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }
}

struct Talk {
    tls: Arc<ServerConfig>,
    temper: Temper,
    visit: usize,
    lines: Arc<Mutex<Vec<Line>>>,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Talk {
    fn hold(self, mut socket: TcpStream) -> io::Result<()> {
        let secure = |socket| StreamOwned::new(ServerConnection::new(self.tls.clone()).unwrap(), socket);
        match self.temper {
            Temper::Ends => {
                // That somebody came is remembered.
                self.lines.lock().unwrap().push((false, String::new()));
                return Ok(());
            }
            Temper::Endless => loop {
                self.lines.lock().unwrap().push((false, String::new()));
                socket.write_all(&[b'2'; 4096])?;
            },
            Temper::Babbles => {
                self.lines.lock().unwrap().push((false, String::new()));
                socket.write_all(b"HTTP/1.1 200 OK canary\r\n\r\n")?;
                return Ok(());
            }
            Temper::Implicit => {
                let mut stream = secure(socket);
                stream.write_all(b"220 localhost\r\n")?;
                return self.secured(&mut stream);
            }
            _ => socket.write_all(b"220 localhost\r\n")?,
        }
        loop {
            let line = self.line(&mut socket, false)?;
            match line.split(' ').next().unwrap_or_default() {
                "EHLO" if self.temper == Temper::Plain => socket.write_all(b"250-localhost\r\n250 AUTH PLAIN\r\n")?,
                "EHLO" => socket.write_all(b"250-localhost\r\n250 STARTTLS\r\n")?,
                "STARTTLS" => {
                    socket.write_all(b"220 go ahead\r\n")?;
                    if self.temper == Temper::SlipsIn {
                        socket.write_all(b"250-localhost\r\n250 AUTH PLAIN\r\n")?;
                    }
                    return self.secured(&mut secure(socket));
                }
                "QUIT" => return socket.write_all(b"221 bye\r\n"),
                _ => socket.write_all(b"250 ok\r\n")?,
            }
        }
    }

    fn secured(&self, stream: &mut (impl Read + Write)) -> io::Result<()> {
        let password = base64::engine::general_purpose::STANDARD.encode("\0homeward\0s3cret-w0rd");
        loop {
            let line = self.line(stream, true)?;
            let answer = match line.split(' ').next().unwrap_or_default() {
                "EHLO" => "250-localhost\r\n250 AUTH PLAIN",
                "AUTH" if self.temper != Temper::Distrusts && line.ends_with(&password) => "235 welcome",
                "AUTH" => "535 canary is not known here",
                "RCPT" if self.temper == Temper::Busy && self.visit == 0 => "450 canary is busy",
                "DATA" => {
                    stream.write_all(b"354 go on\r\n")?;
                    let mut mail = String::new();
                    loop {
                        let line = self.line(stream, true)?;
                        if line == "." {
                            break;
                        }
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(mail);
                    "250 taken"
                }
                "QUIT" => return stream.write_all(b"221 bye\r\n"),
                _ => "250 ok",
            };
            stream.write_all(answer.as_bytes())?;
            stream.write_all(b"\r\n")?;
            stream.flush()?;
        }
    }

    fn line(&self, stream: &mut impl Read, secured: bool) -> io::Result<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            line.push(byte[0]);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        self.lines.lock().unwrap().push((secured, line.clone()));
        Ok(line)
    }
}
