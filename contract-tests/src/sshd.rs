//! OpenSSH's server, started on a free port of loopback as whoever runs the tests, with keys and a folder of its own,
//! and ended with its owner. Debian has it as `openssh-server`: `.ci/run` installs it and starts no service.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::proof::not_proved;

/// How long the server may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where Debian's server keeps itself apart from root; its service makes it, which is not started here.
const APART: &str = "/run/sshd";

/// Kinds of keys that `ssh-keygen` makes, each a file `user_KIND` that the server lets in.
pub const KEYS: [&str; 3] = ["ed25519", "ecdsa", "rsa"];

/// A running server.
pub struct Sshd {
    process: Child,
    /// Port on loopback.
    pub port: u16,
    /// Keys, `known_hosts` and the folder `files`, where a session begins.
    folder: TempDir,
}

impl Sshd {
    /// Starts one that shows an Ed25519 key; `None`, said loudly, where it is not installed.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::showing("ed25519")
    }

    /// Starts one that shows a key of this kind.
    ///
    /// # Panics
    /// When it is installed and does not start.
    #[must_use]
    pub fn showing(kind: &str) -> Option<Self> {
        let Some(program) = program() else {
            not_proved("OpenSSH's server is not installed (see `.ci/run`, step \"sshd\")");
            return None;
        };
        let folder = TempDir::with_prefix("homeward-sshd-").expect("a folder");
        fs::create_dir(folder.path().join("files")).expect("a folder");
        let path = |name: &str| folder.path().join(name);
        make_key(&path("host"), kind);
        let mut let_in = String::new();
        for kind in KEYS {
            let key = path(&format!("user_{kind}"));
            make_key(&key, kind);
            let_in += &fs::read_to_string(key.with_extension("pub")).expect("its public half");
        }
        fs::write(path("authorized_keys"), let_in).expect("written");
        make_key(&path("stranger"), "ed25519");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let (host, keys, files) = (path("host"), path("authorized_keys"), path("files"));
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM {pam}\n\
             StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 100\n\
             PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp -d {files}\n\
             ForceCommand internal-sftp -d {files}\n",
            host.display(),
            keys.display(),
            files = files.display(),
            // By itself it lets in no account whose password is locked, as those are that run services; PAM asks for
            // nothing but the key either. Whatever the account's shell is, it is never run.
            pam = if is_root() { "no" } else { "yes" },
        );
        fs::write(path("config"), config).expect("written");
        if is_root() {
            fs::create_dir_all(APART).expect("root may make it");
        }
        let process = Command::new(program)
            .args(["-D", "-e", "-f"])
            .arg(path("config"))
            .stdin(Stdio::null())
            .stderr(File::create(path("log")).expect("a log"))
            .spawn()
            .expect("it can be started");
        let sshd = Self { process, port, folder };
        sshd.write_known_hosts("known_hosts", &format!("[127.0.0.1]:{port}"));
        sshd.listening()
    }

    fn listening(mut self) -> Option<Self> {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.process.try_wait().expect("it can be asked").is_some();
            assert!(!ended && begun.elapsed() < PATIENCE, "it does not listen: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.lets_in();
        Some(self)
    }

    /// Tries the account that runs the tests, with OpenSSH's own client: where the server would not have it whoever asks,
    /// a test of ours must not seem to fail.
    fn lets_in(&self) {
        let key = self.path("user_ed25519");
        let [port, key, destination] =
            [self.port.to_string(), key.display().to_string(), format!("{}@127.0.0.1", user())];
        let options =
            ["IdentitiesOnly=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes"];
        let options = options.iter().flat_map(|option| ["-o", option]);
        let tried = Command::new("sftp")
            .args(["-F", "none", "-b", "/dev/null", "-P", &port, "-i", &key])
            .args(options)
            .arg(&destination)
            .stdin(Stdio::null())
            .output()
            .expect("OpenSSH's client runs (Debian: openssh-client)");
        assert!(
            tried.status.success(),
            "OpenSSH's server does not let in the account that runs the tests. Run them as one whose shell is a file that \
             exists (`getent passwd NAME`) and which has not expired, without /etc/nologin. It says:\n{}\n{}",
            String::from_utf8_lossy(&tried.stderr),
            self.log()
        );
    }

    /// What is in its folder by this name.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A folder below the one where a session begins.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn make_folder(&self, name: &str) -> PathBuf {
        let path = self.path("files").join(name);
        fs::create_dir(&path).expect("a folder");
        path
    }

    /// Writes a file of known hosts that has the server's key for this host.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write_known_hosts(&self, name: &str, host: &str) {
        fs::write(self.path(name), format!("{host} {}", self.host_key())).expect("written");
    }

    /// The key that the server shows, as a line of known hosts has it.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn host_key(&self) -> String {
        fs::read_to_string(self.path("host.pub")).expect("its public half")
    }

    /// The keys of a configuration that reach it: a route's end then needs a `path`.
    #[must_use]
    pub fn keys(&self) -> String {
        self.keys_with("user_ed25519", "known_hosts")
    }

    /// The same, with another key and other known hosts.
    #[must_use]
    pub fn keys_with(&self, key: &str, known_hosts: &str) -> String {
        format!(
            "transport = \"sftp\", host = \"127.0.0.1\", port = {}, private_network = true, user = \"{}\", \
             key_file = \"{}\", known_hosts_file = \"{}\"",
            self.port,
            user(),
            self.path(key).display(),
            self.path(known_hosts).display()
        )
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // It holds nothing that is worth an orderly end; each session is a process of its own and ends with its client.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs `ssh-keygen`.
///
/// # Panics
/// When it is not there or refuses.
pub fn ssh_keygen(arguments: &[&str]) {
    let ran = Command::new("ssh-keygen").args(arguments).stdin(Stdio::null()).output().expect("ssh-keygen runs");
    assert!(ran.status.success(), "ssh-keygen: {}", String::from_utf8_lossy(&ran.stderr));
}

fn make_key(path: &Path, kind: &str) {
    ssh_keygen(&["-q", "-t", kind, "-N", "", "-C", "", "-f", &path.display().to_string()]);
}

fn program() -> Option<PathBuf> {
    let places = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].map(PathBuf::from);
    places.into_iter().find(|place| place.is_file())
}

/// Who runs the tests, and is let in.
fn user() -> String {
    told("-un")
}

fn is_root() -> bool {
    told("-u") == "0"
}

fn told(flag: &str) -> String {
    let ran = Command::new("id").arg(flag).output().expect("id runs");
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}
