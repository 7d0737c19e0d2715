//! A gateway with a store in a folder of its own, and one partner whose key is at hand.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use server::config::{Config, Environment};
use server::desk::Desk;
use server::{Gateway, Running, api_key};

use crate::secrets::write_secrets;

/// Starts it, and gives the partner's key; `partner` is the partner, and what stands behind its key.
pub(crate) fn start_gateway(
    folder: &Path,
    (certificate, key): (&str, &str),
    (partner, behind): (&str, &str),
) -> (Running, String) {
    let made = api_key::make().unwrap();
    let source = format!(
        "version = 1\nname = \"bench\"\npublic_url = \"https://localhost\"\nauthority = \"330\"\n\
         [ids]\nkey_file = \"ids.key\"\n[store]\npath = \"store\"\nkey_file = \"store.key\"\n\
         [listen.public]\naddress = \"127.0.0.1:0\"\n\
         [listen.public.tls]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n\
         [listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [limits.partner]\nrequests_per_minute = 100000000\nrequests_burst = 100000000\nbytes_per_minute = 1000000000\n\
         [[partner]]\n{partner}\n\
         [[partner.api_key]]\nid = \"{}\"\nsha256 = \"{}\"\nexpires = {}\n{behind}\n",
        made.id,
        made.sha256,
        jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap(),
    );
    let encode = |bytes: [u8; 32]| base64::engine::general_purpose::STANDARD.encode(bytes);
    fs::create_dir(folder.join("store")).unwrap();
    fs::create_dir(folder.join("out")).unwrap();
    write_secrets(
        folder,
        [
            ("server.pem", certificate.to_owned()),
            ("server.key", key.to_owned()),
            ("ids.key", encode([7; 32])),
            ("store.key", format!("k:{}", encode([9; 32]))),
        ],
    );
    let config = Config::parse(&folder.join("homeward.toml"), &source, &Environment::default()).unwrap();
    let desk = Arc::new(Desk::new(&config));
    (Gateway::start(config, desk).unwrap(), made.text.to_string())
}
