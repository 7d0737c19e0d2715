//! A gateway with partners, and everything that they can show: certificates, keys, assertions, tokens.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use server::config::{AddressLimits, Config, Environment};
use server::{Gateway, Running, api_key};

use crate::client::{Answer, ask, connect, post, read};
use crate::house::Echo;

pub(crate) const CLIENT_ID: &str = "c6f1a0e2";
pub(crate) const AUDIENCE: &str = "https://gateway.example/oauth2/token";
pub(crate) const TOKEN: &str = "/oauth2/token";
pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An authority of certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let name = format!("authority {}", NEXT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn issue(&self, names: Vec<SanType>, last_year: i32) -> Shown {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names = names;
        params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        params.serial_number = Some(NEXT.fetch_add(1, Ordering::Relaxed).into());
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Shown { der: certificate.der().clone(), key: key.serialize_der(), serial: params.serial_number.unwrap() }
    }

    /// A list that takes this certificate back.
    pub(crate) fn revoke(&self, revoked: &Shown) -> String {
        let list = rcgen::CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2026, 1, 1),
            next_update: rcgen::date_time_ymd(2036, 1, 1),
            crl_number: rcgen::SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![rcgen::RevokedCertParams {
                serial_number: revoked.serial.clone(),
                revocation_time: rcgen::date_time_ymd(2026, 1, 1),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        list.signed_by(&self.0).unwrap().pem().unwrap()
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1_000);

/// A client certificate with its key.
pub(crate) struct Shown {
    der: CertificateDer<'static>,
    key: Vec<u8>,
    serial: rcgen::SerialNumber,
}

impl Shown {
    pub(crate) fn sha256(&self) -> String {
        hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.der))
    }
}

pub(crate) fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

pub(crate) fn uri(name: &str) -> SanType {
    SanType::URI(name.try_into().unwrap())
}

/// The folder of a configuration.
pub(crate) struct Setup {
    folder: tempfile::TempDir,
    server: CertificateDer<'static>,
    /// Above all client certificates that are issued properly.
    pub(crate) authority: Authority,
    pub(crate) rsa: RsaKeyPair,
    pub(crate) ec: EcdsaKeyPair,
    /// Set before the start: requests a minute from one address.
    pub(crate) address_requests: u64,
}

impl Setup {
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let setup = Self {
            folder: tempfile::tempdir().unwrap(),
            server: made.cert.der().clone(),
            authority: Authority::new(),
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            ec: EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap(),
            address_requests: 1_000_000,
        };
        setup.write("ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        setup.write("server.pem", &made.cert.pem());
        setup.write("server.key", &made.signing_key.serialize_pem());
        setup.write("ca.pem", &setup.authority.pem());
        setup.write("keys.json", &setup.key_set().to_string());
        setup
    }

    /// The certificate that the server was given first.
    pub(crate) fn server(&self) -> CertificateDer<'static> {
        self.server.clone()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn key_set(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let public = self.rsa.public_key();
        let point = self.ec.public_key().as_ref();
        json!({ "keys": [
            {
                "kty": "RSA", "kid": "rsa-1",
                "n": encode(public.modulus().big_endian_without_leading_zero()),
                "e": encode(public.exponent().big_endian_without_leading_zero()),
            },
            { "kty": "EC", "crv": "P-384", "kid": "ec-1", "x": encode(&point[1..49]), "y": encode(&point[49..]) },
        ] })
    }

    pub(crate) fn key_set_text(&self) -> String {
        self.key_set().to_string()
    }

    /// Starts a gateway on loopback with these lines; TLS when there are lines for it.
    pub(crate) fn start(&self, tls: Option<&str>, partners: &str) -> Running {
        self.start_with_head("", tls, partners)
    }

    /// As [`Self::start`], with lines before the first table.
    pub(crate) fn start_with_head(&self, head: &str, tls: Option<&str>, partners: &str) -> Running {
        let tls = tls.map_or_else(String::new, |more| {
            format!("[listen.public.tls]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n{more}")
        });
        let source = format!(
            "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n{head}[ids]\nkey_file = \"ids.key\"\n\
             [listen.public]\naddress = \"127.0.0.1:0\"\n{tls}[listen.admin]\naddress = \"127.0.0.1:0\"\n{partners}"
        );
        let file = self.folder.path().join("homeward.toml");
        let mut config =
            Config::parse(&file, &source, &Environment::default()).unwrap_or_else(|faults| panic!("{faults}"));
        config.address_limits =
            AddressLimits { requests_per_minute: self.address_requests, ..AddressLimits::default() };
        Gateway::start(config, Arc::new(Echo::default())).unwrap()
    }

    /// A connection over TLS, with a client certificate or without.
    pub(crate) fn secured(
        &self,
        house: &Running,
        shown: Option<&Shown>,
        version: &'static rustls::SupportedProtocolVersion,
    ) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.server.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots);
        let config = match shown {
            Some(shown) => {
                let key = PrivateKeyDer::try_from(shown.key.clone()).unwrap();
                builder.with_client_auth_cert(vec![shown.der.clone()], key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        let name = ServerName::try_from("localhost").unwrap();
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), connect(house.public))
    }

    /// One request over TLS; `None` when the peer does not talk to us.
    pub(crate) fn ask(&self, house: &Running, shown: Option<&Shown>, request: &[u8]) -> Option<Answer> {
        use std::io::Write;
        let mut stream = self.secured(house, shown, &rustls::version::TLS13);
        stream.write_all(request).ok()?;
        read(&mut stream).ok()
    }

    /// The claims of a good assertion; each has another `jti`.
    pub(crate) fn claims(&self) -> Value {
        let jti = format!("jti-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        json!({ "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": AUDIENCE, "jti": jti, "exp": now() + 240 })
    }

    pub(crate) fn assertion(&self, claims: &Value) -> String {
        self.signed(&json!({ "alg": "RS512", "typ": "JWT", "kid": "rsa-1" }), claims)
    }

    /// Signs as the header says; what the header says that is no algorithm gets a signature of RS512.
    pub(crate) fn signed(&self, head: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(head), encode(claims));
        let random = SystemRandom::new();
        let rsa = |padding| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &random, text.as_bytes(), &mut signature).unwrap();
            signature
        };
        let signature = match head["alg"].as_str() {
            Some("RS384") => rsa(&RSA_PKCS1_SHA384),
            Some("RS256") => rsa(&RSA_PKCS1_SHA256),
            Some("ES384") => self.ec.sign(&random, text.as_bytes()).unwrap().as_ref().to_vec(),
            Some("none") => Vec::new(),
            Some("HS256") => {
                // The oldest trick: the public key taken for a shared secret.
                let key = self.key_set()["keys"][0]["n"].as_str().unwrap().to_owned();
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.as_bytes());
                aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
            _ => rsa(&RSA_PKCS1_SHA512),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token of a good assertion, over plain HTTP.
    pub(crate) fn token(&self, house: &Running) -> String {
        let answer = post(house.public, TOKEN, FORM, form(&self.assertion(&self.claims()), "").as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.whole());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn form(assertion: &str, more: &str) -> String {
    format!("grant_type=client_credentials&client_assertion_type={ASSERTION_TYPE}&client_assertion={assertion}{more}")
}

pub(crate) fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64
}

/// A key and the lines that make it a partner's.
pub(crate) fn key() -> (String, String) {
    let made = api_key::make().unwrap();
    let expires = jiff_day(now() + 10 * 86_400);
    let lines =
        format!("[[partner.api_key]]\nid = \"{}\"\nsha256 = \"{}\"\nexpires = {expires}\n", made.id, made.sha256);
    (made.text.to_string(), lines)
}

pub(crate) fn jiff_day(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap().to_string()[..10].to_owned()
}

pub(crate) fn partner(name: &str, scopes: &str, more: &str) -> String {
    format!("[[partner]]\nname = \"{name}\"\nview = \"local-authority\"\nscopes = [{scopes}]\n{more}")
}

pub(crate) fn oauth() -> String {
    format!("[partner.oauth]\nclient_id = \"{CLIENT_ID}\"\njwks_file = \"keys.json\"\n")
}

/// A GET with these headers.
pub(crate) fn get(house: &Running, target: &str, headers: &str) -> Answer {
    ask(house.public, request(target, headers))
}

pub(crate) fn request(target: &str, headers: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").into_bytes()
}
