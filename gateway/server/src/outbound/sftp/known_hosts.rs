//! The file in which the keys of hosts are written down before we talk to them (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
//!
//! A host is believed by its key alone, and never for the first time: a line must name it with its port. A line that
//! cannot be read says nothing, as in OpenSSH. Lines of authorities (`@cert-authority`) are not used.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use russh::keys::ssh_key::{Algorithm, HashAlg, PublicKey};

use crate::outbound::address::Address;

/// The port of SSH (RFC 4253, section 4.1), which a line need not name.
const PORT: u16 = 22;

/// Keys of hosts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownHosts(Vec<Line>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Line {
    hosts: Vec<Pattern>,
    key: PublicKey,
    is_revoked: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Pattern {
    /// A name in clear, in lower case, with `*` and `?`; one that begins with `!` excludes.
    Clear { text: String, excludes: bool },
    /// HMAC-SHA-1 of a name under a salt.
    Hashed { salt: Vec<u8>, hash: Vec<u8> },
}

impl KnownHosts {
    /// Reads a file; `None` when it holds no line of a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lines: Vec<Line> = text.lines().filter_map(Line::parse).collect();
        if lines.is_empty() { None } else { Some(Self(lines)) }
    }

    /// The algorithms in which a host may prove that it holds one of the keys written down for it, best first; none
    /// when there is no key.
    pub(super) fn algorithms(&self, address: &Address) -> Vec<Algorithm> {
        let mut asked: Vec<Algorithm> = self.keys(address).flat_map(signed_by).collect();
        asked.sort_by(|one, other| (rank(one), one.as_str()).cmp(&(rank(other), other.as_str())));
        asked.dedup();
        asked
    }

    /// Whether this key is written down for this host.
    pub(super) fn hold(&self, address: &Address, shown: &PublicKey) -> bool {
        self.keys(address).any(|key| key.key_data() == shown.key_data())
    }

    /// The keys of a host that are not revoked, by whatever line.
    fn keys(&self, address: &Address) -> impl Iterator<Item = &PublicKey> {
        let names = names(address);
        let (revoked, good): (Vec<&Line>, Vec<&Line>) =
            self.0.iter().filter(|line| line.is_of(&names)).partition(|line| line.is_revoked);
        let is_revoked = move |key: &PublicKey| revoked.iter().any(|line| line.key.key_data() == key.key_data());
        good.into_iter().map(|line| &line.key).filter(move |key| !is_revoked(key))
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let first = words.next().filter(|word| !word.starts_with('#'))?;
        let (hosts, is_revoked) = match first {
            "@revoked" => (words.next()?, true),
            mark if mark.starts_with('@') => return None,
            hosts => (hosts, false),
        };
        let key = PublicKey::from_openssh(&format!("{} {}", words.next()?, words.next()?)).ok()?;
        Some(Self { hosts: hosts.split(',').filter_map(Pattern::parse).collect(), key, is_revoked })
    }

    /// Whether it is of the host that has one of these names.
    fn is_of(&self, names: &[String]) -> bool {
        let fits = |pattern: &Pattern| names.iter().any(|name| pattern.fits(name));
        let excludes = |pattern: &Pattern| matches!(pattern, Pattern::Clear { excludes: true, .. });
        let (excluding, including): (Vec<&Pattern>, Vec<&Pattern>) =
            self.hosts.iter().partition(|pattern| excludes(pattern));
        including.into_iter().any(fits) && !excluding.into_iter().any(fits)
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        if let Some(hashed) = text.strip_prefix("|1|") {
            let (salt, hash) = hashed.split_once('|')?;
            return Some(Self::Hashed { salt: STANDARD.decode(salt).ok()?, hash: STANDARD.decode(hash).ok()? });
        }
        let (text, excludes) = text.strip_prefix('!').map_or((text, false), |rest| (rest, true));
        if text.is_empty() { None } else { Some(Self::Clear { text: text.to_ascii_lowercase(), excludes }) }
    }

    fn fits(&self, name: &str) -> bool {
        match self {
            Self::Clear { text, .. } => fits(name.as_bytes(), text.as_bytes()),
            Self::Hashed { salt, hash } => {
                let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
                hmac::verify(&key, name.as_bytes(), hash).is_ok()
            }
        }
    }
}

/// What a line may call a host: with its port, and without where it is the usual one.
fn names(address: &Address) -> Vec<String> {
    let name = address.name();
    let with_port = format!("[{name}]:{}", address.port());
    if address.port() == PORT { vec![name.to_owned(), with_port] } else { vec![with_port] }
}

/// Whether a name fits a pattern in which `*` stands for any characters and `?` for one. What was tried last at a star
/// is all that is ever tried again, so the work is bounded by the product of both lengths.
fn fits(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut of, mut star) = (0, 0, None);
    while at < name.len() {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[at] => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((back, from)) = star else { return false };
                star = Some((back, from + 1));
                at = from + 1;
                of = back + 1;
            }
        }
    }
    pattern[of..].iter().all(|byte| *byte == b'*')
}

/// How a key signs. That of RSA is not in its name (RFC 8332, section 3); SHA-1 is not asked for.
fn signed_by(key: &PublicKey) -> Vec<Algorithm> {
    match key.algorithm() {
        Algorithm::Rsa { .. } => {
            [HashAlg::Sha512, HashAlg::Sha256].map(|hash| Algorithm::Rsa { hash: Some(hash) }).into()
        }
        algorithm => vec![algorithm],
    }
}

/// Which is asked for first: what is short and quick to check.
fn rank(algorithm: &Algorithm) -> u8 {
    match algorithm {
        Algorithm::Ed25519 => 0,
        Algorithm::Ecdsa { .. } => 1,
        Algorithm::Rsa { hash: Some(HashAlg::Sha512) } => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";
    const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

    fn address(host: &str, port: u16) -> Address {
        Address::of_host(host, port).unwrap()
    }

    fn key(line: &str) -> PublicKey {
        PublicKey::from_openssh(line).unwrap()
    }

    fn holds(lines: &str, host: &str, port: u16) -> bool {
        KnownHosts::parse(lines).is_some_and(|known| known.hold(&address(host, port), &key(ED25519)))
    }

    #[test]
    fn a_host_is_known_by_name_and_port_and_by_no_other() {
        for (pattern, host, port) in [
            ("files.example", "files.example", 22),
            ("FILES.example", "Files.Example", 22),
            ("[files.example]:22", "files.example", 22),
            ("[files.example]:2022", "files.example", 2022),
            ("other,192.0.2.1", "192.0.2.1", 22),
            ("[2001:db8::1]:2022", "2001:db8::1", 2022),
            ("2001:db8::1", "2001:db8::1", 22),
            ("*.example", "files.example", 22),
            ("f?les.*", "files.example", 22),
            ("*.example,!other.example", "files.example", 22),
        ] {
            assert!(holds(&format!("{pattern} {ED25519} a comment\n"), host, port), "{pattern}");
        }
        for (pattern, host, port) in [
            ("files.example", "files.example", 2022),
            ("[files.example]:2022", "files.example", 22),
            ("files.example", "files.example.org", 22),
            ("*.example,!files.example", "files.example", 22),
            ("!other.example", "files.example", 22),
            ("f?les.example", "fles.example", 22),
            ("#files.example", "files.example", 22),
            ("@cert-authority files.example", "files.example", 22),
        ] {
            assert!(!holds(&format!("{pattern} {ED25519}\n"), host, port), "{pattern}");
        }
        assert!(!holds(&format!("files.example {OTHER}\n"), "files.example", 22), "another key");
    }

    #[test]
    fn a_hashed_name_is_known_by_its_hash() {
        let salt = [7_u8; 20];
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
        let hash = hmac::sign(&key, b"[files.example]:2022");
        let line = format!("|1|{}|{} {ED25519}", STANDARD.encode(salt), STANDARD.encode(hash.as_ref()));
        assert!(holds(&line, "files.example", 2022));
        assert!(!holds(&line, "files.example", 22));
        assert!(!holds(&format!("|1|x|y {ED25519}"), "files.example", 22));
    }

    #[test]
    fn a_revoked_key_is_believed_by_no_line() {
        let lines = format!("files.example {ED25519}\nfiles.example {ECDSA}\n@revoked * {ED25519}\n");
        assert!(!holds(&lines, "files.example", 22));
        let known = KnownHosts::parse(&lines).unwrap();
        assert!(known.hold(&address("files.example", 22), &key(ECDSA)));
        assert_eq!(known.algorithms(&address("files.example", 22)), [key(ECDSA).algorithm()]);
    }

    #[test]
    fn a_host_is_asked_only_for_keys_that_are_written_down() {
        let known = KnownHosts::parse(&format!("a {ECDSA}\na {ED25519}\nb {ECDSA}\n")).unwrap();
        assert_eq!(known.algorithms(&address("a", 22)), [Algorithm::Ed25519, key(ECDSA).algorithm()]);
        assert_eq!(known.algorithms(&address("b", 22)), [key(ECDSA).algorithm()]);
        assert_eq!(known.algorithms(&address("c", 22)), []);
    }

    #[test]
    fn what_is_no_line_says_nothing_and_is_no_fault() {
        for text in [
            "",
            "\n\n",
            "# none",
            "files.example",
            "files.example ssh-ed25519",
            "a ssh-ed25519 AAAA",
            "a ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ",
            "\u{0}\u{1} x y",
        ] {
            assert!(KnownHosts::parse(text).is_none(), "{text:?}");
        }
        assert!(holds(&format!("nonsense\r\nfiles.example {ED25519}\r\n"), "files.example", 22));
    }

    #[test]
    fn a_pattern_of_many_stars_is_judged_at_once() {
        let pattern = "*a".repeat(2_000);
        assert!(!fits("a".repeat(1_999).as_bytes(), format!("{pattern}b").as_bytes()));
    }
}
