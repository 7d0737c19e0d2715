//! Where a request goes, and which network addresses may be reached there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;
use hyper::http::uri::{PathAndQuery, Scheme};

/// An `http` or `https` address. Its query is never shown: it may hold a key.
#[derive(Clone, Eq, PartialEq)]
pub struct Address {
    secured: bool,
    host: String,
    port: u16,
    path_and_query: PathAndQuery,
}

impl Address {
    /// Reads an address with a scheme and a host; `None` for any other, and for one that names a user.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let secured = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority.host();
        let port = if authority.as_str().len() == host.len() { None } else { Some(authority.port_u16()?) };
        if authority.as_str().contains('@') || host.is_empty() || port == Some(0) || text.contains('#') {
            return None;
        }
        Some(Self {
            secured,
            host: host.to_ascii_lowercase(),
            port: port.unwrap_or(if secured { 443 } else { 80 }),
            path_and_query: uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")),
        })
    }

    /// The address of a host by name or number; `None` for what is neither.
    #[must_use]
    pub fn of_host(host: &str, port: u16) -> Option<Self> {
        let bracketed = host.parse::<Ipv6Addr>().is_ok();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if !bracketed && !host.bytes().all(plain) {
            return None;
        }
        let (before, after) = if bracketed { ("[", "]") } else { ("", "") };
        Self::parse(&format!("http://{before}{host}{after}:{port}"))
    }

    /// Whether it is `https`.
    #[must_use]
    pub fn is_secured(&self) -> bool {
        self.secured
    }

    /// Whether it is no more than a scheme, a host and a port.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.path_and_query.as_str() == "/"
    }

    /// Whether its host is this machine by name or by number.
    #[must_use]
    pub fn is_loopback_host(&self) -> bool {
        self.name() == "localhost" || self.number().is_some_and(|number| number.is_loopback())
    }

    /// The host as resolvers and certificates have it: without the brackets of an IPv6 address.
    #[must_use]
    pub fn name(&self) -> &str {
        self.host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&self.host)
    }

    /// The host where it is a number.
    pub(crate) fn number(&self) -> Option<IpAddr> {
        self.name().parse().ok()
    }

    /// Port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port, as `CONNECT` names them.
    pub(crate) fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The value of `Host` (RFC 9110, section 7.2): without the port that the scheme implies.
    pub(crate) fn host_header(&self) -> String {
        let implied = if self.secured { 443 } else { 80 };
        if self.port == implied { self.host.clone() } else { self.host_and_port() }
    }

    /// What stands in the request line.
    pub(crate) fn path_and_query(&self) -> &PathAndQuery {
        &self.path_and_query
    }

    /// The whole address, for the one place where it is a claim and not told to anyone else: `aud` of an assertion.
    pub(crate) fn audience(&self) -> String {
        let scheme = if self.secured { "https" } else { "http" };
        format!("{scheme}://{}{}", self.host_header(), self.path_and_query)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secured { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.host_header(), self.path_and_query.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Whether an address is reached over the open internet: not of this machine, its links, a private network, or a range
/// that stands for one of these (IANA special-purpose registries, RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(embedded) => is_public_v4(embedded),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only 2000::/3 is global unicast; of it, documentation, Teredo and benchmarking are not.
    let [first, second, ..] = address.segments();
    first & 0xe000 == 0x2000 && !(first == 0x2001 && (second == 0x0db8 || second < 0x0200)) && first != 0x3fff
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, 6to4 or translated (RFC 4291, 3056, 6052).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff | 0) => Some(of(g, h)),
        (0x64, 0xff9b, 0, 0, 0, 0) => Some(of(g, h)),
        (0x2002, ..) => Some(of(b, c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_reached_over_the_open_internet_is_public() {
        for text in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "64:ff9b:1::1",
            "::7f00:1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn an_address_has_a_host_and_no_user_and_hides_its_query() {
        let address = Address::parse("https://API.example:8443/in/x?code=canary").unwrap();
        assert_eq!((address.name(), address.port(), address.is_secured()), ("api.example", 8443, true));
        assert_eq!(address.to_string(), "https://api.example:8443/in/x");
        assert!(!format!("{address:?}").contains("canary"));
        assert_eq!(Address::parse("https://[::1]/").unwrap().name(), "::1");
        assert!(Address::parse("http://[::1]:80/").unwrap().is_loopback_host());
        for text in [
            "",
            "api.example",
            "/in",
            "ftp://api.example",
            "https://",
            "https://user@api.example",
            "https://a:b@c",
            "https://a:0/",
            "https://a:99999/",
            "https://a b/",
            "https://a/#x",
            "https://a:/",
        ] {
            assert!(Address::parse(text).is_none(), "{text}");
        }
    }
}
