//! Files that the configuration names and that change by themselves.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{connect, read};
use crate::house::eventually;
use crate::partners::support::{Setup, oauth, partner, request};

use super::{Filed, head};

/// A connection of somebody who believes this certificate alone.
fn secured(filed: &Filed, certificate: &CertificateDer<'static>) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), connect(filed.house.public))
}

/// Whether the server shows this certificate to whoever comes now.
fn shows(filed: &Filed, certificate: &CertificateDer<'static>) -> bool {
    let mut stream = secured(filed, certificate);
    stream.write_all(&request("/v1/formats", "")).is_ok() && read(&mut stream).is_ok_and(|answer| answer.status == 200)
}

#[test]
fn another_certificate_is_shown_from_the_next_handshake_on() {
    let filed = Filed::start(Some(""), "");
    let before = filed.setup.server();
    let mut open = filed.setup.secured(&filed.house, None, &rustls::version::TLS13);
    open.write_all(&request("/v1/formats", "")).unwrap();
    assert_eq!(read(&mut open).unwrap().status, 200);
    let after = filed.renew_certificate("");
    // The same words, other files: told by the digest of each.
    let told = filed.house.reload().unwrap();
    assert_eq!(told.changed, ["listen"]);
    assert_eq!(told.files, ["listen.public.tls.certificate_file", "listen.public.tls.key_file"]);
    assert!(shows(&filed, &after) && !shows(&filed, &before));
    open.write_all(&request("/v1/formats", "")).unwrap();
    assert_eq!(read(&mut open).unwrap().status, 200, "the connection of before goes on");
}

/// As Kubernetes renews a mounted secret: the files are links through a link to a folder, and that link is moved.
#[cfg(unix)]
#[test]
fn a_folder_that_is_swapped_under_a_link_is_seen() {
    use std::os::unix::fs::symlink;
    let setup = Setup::new();
    let made = |name: &str| {
        std::fs::create_dir(setup.path(name)).unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        setup.write(&format!("{name}/server.pem"), &made.cert.pem());
        setup.write(&format!("{name}/server.key"), &made.signing_key.serialize_pem());
        made.cert.der().clone()
    };
    let (first, second) = (made("..1"), made("..2"));
    symlink("..1", setup.path("..data")).unwrap();
    for name in ["server.pem", "server.key"] {
        std::fs::remove_file(setup.path(name)).unwrap();
        symlink(format!("..data/{name}"), setup.path(name)).unwrap();
    }
    let filed = Filed::start_in(setup, &head(Some("")));
    assert!(shows(&filed, &first));
    symlink("..2", filed.path("..next")).unwrap();
    std::fs::rename(filed.path("..next"), filed.path("..data")).unwrap();
    eventually("the new certificate is shown", || shows(&filed, &second));
    assert!(!shows(&filed, &first));
    assert_eq!(filed.metric("homeward_configuration_loads_total"), 2);
    assert_eq!(filed.metric("homeward_reload_failures_total"), 0);
}

#[test]
fn a_file_that_becomes_faulty_is_told_once_and_the_one_of_before_goes_on() {
    let source = head(Some("")) + &partner("uhcw", "", &oauth());
    let filed = Filed::start_in(Setup::new(), &source);
    let before = filed.setup.server();
    filed.setup.write("server.pem", "canary");
    // What somebody writes into the configuration meanwhile waits until it is asked for.
    filed.setup.write("homeward.toml", &head(Some("")));
    eventually("it is told", || filed.metric("homeward_reload_failures_total") == 1);
    assert!(shows(&filed, &before));
    filed.setup.write("keys.json", "{\"keys\":[]}");
    eventually("another is told", || filed.metric("homeward_reload_failures_total") == 2);
    let after = filed.renew_certificate("");
    filed.setup.write("keys.json", &filed.setup.key_set_text());
    eventually("all are mended", || shows(&filed, &after));
    let mut open = secured(&filed, &after);
    open.write_all(&request("/v1/me", "")).unwrap();
    assert_eq!(read(&mut open).unwrap().status, 401, "the partner is still one");
}

/// A key is often put in its place first, and its mode set afterwards.
#[cfg(unix)]
#[test]
fn a_secret_that_others_could_read_is_taken_once_they_cannot() {
    let filed = Filed::start(Some(""), "");
    let mode = |mode| crate::configuration::mode(&filed.path("server.key"), mode);
    let after = filed.renew_certificate("");
    mode(0o644);
    eventually("it is told", || filed.metric("homeward_reload_failures_total") > 0);
    assert!(!shows(&filed, &after));
    mode(0o600);
    eventually("it is taken", || shows(&filed, &after));
}

#[test]
fn a_register_that_changes_is_read_anew_and_a_faulty_one_never() {
    let source = head(None) + "[registers]\noutcodes_file = \"outcodes.csv\"\n";
    let (setup, one) = (Setup::new(), "outcode,easting,northing\nB13,407500,282300\n");
    setup.write("outcodes.csv", one);
    let filed = Filed::start_in(setup, &source);
    filed.setup.write("outcodes.csv", &format!("{one}B14,407900,279700\n"));
    let told = filed.house.reload().unwrap();
    assert_eq!((told.changed, told.files), (vec!["registers".to_owned()], vec!["registers.outcodes_file".to_owned()]));
    filed.setup.write("outcodes.csv", &format!("{one}B13,407500,282300\n"));
    eventually("it is told", || filed.metric("homeward_reload_failures_total") > 0);
    assert_eq!(filed.refused(&source), ["config/reference"]);
}
