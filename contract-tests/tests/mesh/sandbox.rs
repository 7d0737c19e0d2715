//! The sandbox that NHS England gives for MESH, started on a free port of loopback with mutual TLS, and ended with its
//! owner. It is a Python package: `.ci/run` installs it under `target/mesh-sandbox`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use contract_tests::proof::not_proved;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// The password of every mailbox of the sandbox.
pub(crate) const PASSWORD: &str = "password";

/// The key that they share.
pub(crate) const SHARED_KEY: &str = "TestKey";

/// How long the sandbox may take to listen: Python reads a hundred files before.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running sandbox.
pub(crate) struct Sandbox {
    process: Child,
    python: PathBuf,
    /// Certificates, and the secrets of its mailboxes.
    folder: tempfile::TempDir,
    port: u16,
}

impl Sandbox {
    /// Starts one; `None`, said loudly, where it is not installed. Where all must be proved it is a failure.
    pub(crate) fn start() -> Option<Self> {
        let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/mesh-sandbox");
        let python = Path::new(installed).join("bin/python");
        if !python.is_file() {
            not_proved("the MESH sandbox is not installed (see `.ci/run`, step \"mesh sandbox\")");
            return None;
        }
        let folder = certificates();
        let path = |name: &str| folder.path().join(name);
        let mut process = Command::new(&python)
            .args(["-m", "uvicorn", "mesh_sandbox.api:app", "--host", "127.0.0.1", "--workers", "1"])
            .args(["--log-level", "info", "--no-use-colors", "--no-access-log", "--port", "0", "--ssl-cert-reqs", "2"])
            .arg("--ssl-certfile")
            .arg(path("mesh.pem"))
            .arg("--ssl-keyfile")
            .arg(path("mesh.key"))
            .arg("--ssl-ca-certs")
            .arg(path("ca.pem"))
            .envs([("AUTH_MODE", "full"), ("STORE_MODE", "memory"), ("SHARED_KEY", SHARED_KEY)])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = process.stderr.take().unwrap();
        let mut sandbox = Self { process, python, folder, port: 0 };
        sandbox.port = announced_port(said);
        Some(sandbox)
    }

    /// The keys of a `[[mesh]]` table by which this mailbox is reached.
    pub(crate) fn mailbox(&self, name: &str) -> String {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        format!(
            "mailbox = \"{name}\"\nurl = \"https://localhost:{}\"\nprivate_network = true\n\
             password_file = \"{}\"\nshared_key_file = \"{}\"\n\
             certificate_file = \"{}\"\nkey_file = \"{}\"\nca_file = \"{}\"",
            self.port,
            path("password"),
            path("shared"),
            path("own.pem"),
            path("own.key"),
            path("ca.pem")
        )
    }

    /// Runs a few lines of Python with the reference client of NHS England at hand; what they print.
    pub(crate) fn python(&self, lines: &str) -> String {
        let head = format!(
            "import json, requests\nfrom mesh_client import MeshClient\nurl = 'https://localhost:{}'\n\
             def client(mailbox):\n    return MeshClient(url, mailbox, '{PASSWORD}', shared_key=b'{SHARED_KEY}', \
             cert=('own.pem', 'own.key'), verify='ca.pem', max_chunk_size=50)\n\
             def post(path, body):\n    requests.post(url + path, json=body, cert=('own.pem', 'own.key'), \
             verify='ca.pem').raise_for_status()\n",
            self.port
        );
        let run = Command::new(&self.python).arg("-c").arg(head + lines).current_dir(self.folder.path()).output();
        let run = run.unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It holds nothing that is worth an orderly end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port the sandbox says that it listens on, by `said`, what it writes while it starts. The system chooses it: one
/// that we had chosen and let go could be taken by another sandbox meanwhile, and answer under another authority.
fn announced_port(said: ChildStderr) -> u16 {
    let (found, port) = mpsc::channel();
    // Read to the end, so that it never waits for a reader.
    std::thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let after = line.split_once("running on https://127.0.0.1:").map(|(_, after)| after);
            if let Some(port) = after.and_then(|after| after.split_whitespace().next()?.parse().ok()) {
                let _ = found.send(port);
            }
        }
    });
    port.recv_timeout(PATIENCE).expect("the sandbox ended, or does not listen")
}

/// An authority, a certificate of the sandbox for `localhost`, one by which we are known, and the two secrets.
fn certificates() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // By its default name each certificate would look as if it had signed itself.
    params.distinguished_name.push(DnType::CommonName, "an authority");
    params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate().unwrap();
    fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    for (file, host) in [("mesh", "localhost"), ("own", "local.x26.api.mesh-client.nhs.uk")] {
        let key = KeyPair::generate().unwrap();
        let signed = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        fs::write(folder.path().join(format!("{file}.pem")), signed.pem()).unwrap();
        secret(folder.path(), &format!("{file}.key"), &key.serialize_pem());
    }
    secret(folder.path(), "password", PASSWORD);
    secret(folder.path(), "shared", SHARED_KEY);
    folder
}

/// A file with a secret, which only its owner may read.
pub(crate) fn secret(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("{text}\n")).unwrap();
    only_for_us(&path);
}

#[cfg(unix)]
fn only_for_us(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(windows)]
fn only_for_us(_: &Path) {}
