//! What an attempt came to: accepted, to be tried again, or dead; whose fault it is; and why, in words of ours.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

use super::mesh::{MessageId, Refusal};

/// Longest wait that a recipient may ask for.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 3_600;

/// What an attempt came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The recipient has it, now or from before.
    Accepted,
    /// MESH has it: word of what became of it comes later, by the id of the delivery.
    Sent {
        /// What MESH calls it; an installed client tells later.
        message_id: Option<MessageId>,
    },
    /// To be tried again.
    Retry {
        /// The wait that the recipient asked for.
        after: Option<Duration>,
        /// Whether more attempts are pointless until a person has looked.
        breaker_at_once: bool,
        /// Whose fault it is.
        side: FaultSide,
        /// Why.
        reason: Reason,
    },
    /// Not to be tried again by itself.
    Dead {
        /// Why.
        reason: Reason,
        /// Whose fault it is.
        side: FaultSide,
    },
}

/// Whose fault it is that a delivery did not arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FaultSide {
    /// Our credentials, our address for the recipient, our own folder.
    Ours,
    /// What lies between.
    Network,
    /// The recipient cannot take it now.
    RecipientBusy,
    /// The recipient does not want it.
    RecipientRefused,
}

impl FaultSide {
    /// Its word, as the interfaces tell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Network => "network",
            Self::RecipientBusy => "recipient-busy",
            Self::RecipientRefused => "recipient-refused",
        }
    }
}

/// Why a delivery did not arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    /// The recipient answered with this status.
    Status(u16),
    /// The host has no address.
    Unresolved,
    /// The host has only addresses that need `private_network`.
    PrivateAddress,
    /// No connection came about.
    NoConnection,
    /// The proxy did not let us through.
    ProxyRefused,
    /// The certificate of the recipient is not believed.
    CertificateNotTrusted,
    /// The recipient ended the handshake with an alert: our certificate is missing or not believed.
    TlsAlert,
    /// TLS failed in another way.
    TlsBroken,
    /// The keys of hosts that are written down hold none of this host.
    HostKeyUnknown,
    /// The host shows none of the keys that are written down for it, or one that is revoked.
    HostKeyChanged,
    /// The host does not let our user in with our key, or not to its files.
    SignInRefused,
    /// SSH failed in another way.
    SshBroken,
    /// Time ran out in this phase.
    TimedOut(Phase),
    /// The connection broke before the answer was whole, whatever its status said.
    Broken,
    /// What came is no answer of its protocol, or has no end.
    Unintelligible,
    /// The token endpoint answered with this status.
    TokenStatus(u16),
    /// The token endpoint gave nothing that is a token.
    TokenUnreadable,
    /// The folder is not there, or cannot be written.
    FolderClosed,
    /// The folder's disk is full.
    FolderFull,
    /// Writing into the folder failed in another way.
    FolderBroken,
    /// Another file of that name has not been collected yet.
    NameTaken,
    /// MESH answered with this status before anything was sent: to the handshake, or to the question for a mailbox.
    Handshake(u16),
    /// MESH refused it, or could not deliver it, for this reason of its own.
    Mesh(Refusal),
    /// MESH names no mailbox for the organisation and the workflow, or more than one.
    NoMailbox,
    /// The body goes in more pieces than MESH takes.
    TooLarge,
    /// MESH took it, and has told nothing of it in the time that it gives itself.
    NoWord,
    /// The MESH client has left it in its folder.
    NotTaken,
    /// A fault of the gateway itself.
    Internal,
}

/// Phases of an attempt that have a time of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Finding the host and connecting to it.
    Connection,
    /// The way through a proxy.
    Proxy,
    /// The TLS handshake.
    Handshake,
    /// From the first byte of SSH until files can be asked for.
    Session,
    /// Asking for a token.
    Token,
    /// From the first byte sent to the last one read.
    Exchange,
}

/// What a status or a reason means for its delivery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Class {
    Accepted,
    Retry(FaultSide),
    /// Retried, but the breaker opens at once and the operator is told.
    Alarm(FaultSide),
    Dead(FaultSide),
}

/// What each status means; the first line that holds it counts. A status that no line holds is no status of HTTP.
const STATUSES: &[(RangeInclusive<u16>, Class)] = &[
    (200..=299, Class::Accepted),
    // Redirects are not followed: what we hold of children goes to the address that was approved.
    (300..=399, Class::Dead(FaultSide::Ours)),
    (401..=401, Class::Alarm(FaultSide::Ours)),
    (403..=403, Class::Alarm(FaultSide::Ours)),
    (404..=404, Class::Retry(FaultSide::RecipientBusy)),
    (407..=407, Class::Alarm(FaultSide::Ours)),
    (408..=408, Class::Retry(FaultSide::RecipientBusy)),
    (425..=425, Class::Retry(FaultSide::RecipientBusy)),
    (429..=429, Class::Retry(FaultSide::RecipientBusy)),
    (400..=499, Class::Dead(FaultSide::RecipientRefused)),
    (500..=599, Class::Retry(FaultSide::RecipientBusy)),
];

impl Outcome {
    /// What a reason means, and the wait that the recipient asked for.
    #[must_use]
    pub fn of(reason: Reason, after: Option<Duration>) -> Self {
        match reason.class() {
            Class::Accepted => Self::Accepted,
            Class::Retry(side) => Self::Retry { after, breaker_at_once: false, side, reason },
            Class::Alarm(side) => Self::Retry { after, breaker_at_once: true, side, reason },
            Class::Dead(side) => Self::Dead { reason, side },
        }
    }

    /// What an answer means. A conflict that names our own delivery is the recipient's word that it has it already.
    #[must_use]
    pub fn of_answer(status: u16, names_our_delivery: bool, after: Option<Duration>) -> Self {
        if status == 409 && names_our_delivery { Self::Accepted } else { Self::of(Reason::Status(status), after) }
    }
}

impl Reason {
    /// The status that was answered, where one was.
    #[must_use]
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) | Self::TokenStatus(status) => Some(status),
            _ => None,
        }
    }

    fn class(self) -> Class {
        use FaultSide::{Network, Ours, RecipientBusy};
        match self {
            Self::Status(status) => {
                let found = STATUSES.iter().find(|(range, _)| range.contains(&status));
                found.map_or(Class::Retry(Network), |(_, class)| *class)
            }
            Self::TokenStatus(status) | Self::Handshake(status) => match Self::Status(status).class() {
                Class::Retry(side) if status != 404 => Class::Retry(side),
                // No answer to a handshake or of a token endpoint says anything of the content: only of our way to sign in.
                _ => Class::Alarm(Ours),
            },
            Self::PrivateAddress
            | Self::CertificateNotTrusted
            | Self::TlsAlert
            | Self::TokenUnreadable
            | Self::HostKeyUnknown
            | Self::HostKeyChanged
            | Self::SignInRefused
            | Self::FolderClosed => Class::Alarm(Ours),
            Self::Unresolved
            | Self::NoConnection
            | Self::ProxyRefused
            | Self::TlsBroken
            | Self::SshBroken
            | Self::TimedOut(_)
            | Self::Broken
            | Self::Unintelligible
            | Self::FolderBroken => Class::Retry(Network),
            Self::Mesh(refusal) => Class::Dead(refusal.side()),
            Self::NoMailbox => Class::Alarm(Ours),
            Self::TooLarge | Self::NoWord | Self::NotTaken => Class::Dead(Ours),
            Self::FolderFull | Self::NameTaken => Class::Retry(RecipientBusy),
            Self::Internal => Class::Retry(Ours),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Status(status) => return write!(f, "the recipient answered {status}"),
            Self::TokenStatus(status) => return write!(f, "the token endpoint answered {status}"),
            Self::Handshake(status) => return write!(f, "MESH answered {status} before anything was sent"),
            Self::Mesh(refusal) => return write!(f, "MESH refused: {refusal}"),
            Self::NoMailbox => "MESH names no mailbox for the organisation and the workflow, or more than one",
            Self::TooLarge => "the body goes in more pieces than MESH takes",
            Self::NoWord => "MESH took it and tells nothing of it: ask the recipient whether it was collected",
            Self::NotTaken => "the MESH client did not take it from its folder: it was taken back",
            Self::TimedOut(Phase::Connection) => "no connection in time",
            Self::TimedOut(Phase::Proxy) => "no way through the proxy in time",
            Self::TimedOut(Phase::Handshake) => "no TLS handshake in time",
            Self::TimedOut(Phase::Session) => "no session of SFTP in time",
            Self::TimedOut(Phase::Token) => "no token in time",
            Self::TimedOut(Phase::Exchange) => "no whole answer in time",
            Self::Unresolved => "the host has no address",
            Self::PrivateAddress => "the host has only private addresses, and the target has no private_network",
            Self::NoConnection => "no connection",
            Self::ProxyRefused => "the proxy refused",
            Self::CertificateNotTrusted => "the recipient's certificate is not believed",
            Self::TlsAlert => "the recipient ended the handshake: our certificate is missing or not believed",
            Self::TlsBroken => "TLS failed",
            Self::Broken => "the connection broke before the answer was whole",
            Self::Unintelligible => "what came is no answer of its protocol",
            Self::HostKeyUnknown => {
                "delivery/host-key: known_hosts_file has no key of this host and port; ask its operator for the key, \
                 and add the line"
            }
            Self::HostKeyChanged => {
                "delivery/host-key: the host does not show a key that known_hosts_file has for it; nothing was sent, \
                 and it may be another host: ask its operator before you change the line"
            }
            Self::SignInRefused => "the host does not let our user in with our key, or gives it no SFTP",
            Self::SshBroken => "SSH failed",
            Self::TokenUnreadable => "the token endpoint gave no token",
            Self::FolderClosed => "the folder is not there or cannot be written",
            Self::FolderFull => "the folder's disk is full",
            Self::FolderBroken => "writing into the folder failed",
            Self::NameTaken => "another file of that name has not been collected yet",
            Self::Internal => "a fault of the gateway",
        };
        f.write_str(words)
    }
}

/// The wait that a `Retry-After` asks for (RFC 9110, section 10.2.3): seconds or a date, an hour at most.
pub(crate) fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    let asked = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are longer than any wait that is obeyed.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(asked.min(Duration::from_secs(RETRY_AFTER_SECONDS_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_the_meaning_of_the_table() {
        let word = |status| match Outcome::of_answer(status, false, None) {
            Outcome::Accepted | Outcome::Sent { .. } => "accepted",
            Outcome::Retry { breaker_at_once: true, side: FaultSide::Ours, .. } => "credentials",
            Outcome::Retry { side: FaultSide::RecipientBusy, .. } => "busy",
            Outcome::Retry { .. } => "network",
            Outcome::Dead { side: FaultSide::RecipientRefused, .. } => "refused",
            Outcome::Dead { .. } => "address",
        };
        let cases: [(&str, &[u16]); 6] = [
            ("accepted", &[200, 201, 202, 204, 299]),
            ("address", &[300, 301, 302, 307, 308, 399]),
            ("credentials", &[401, 403, 407]),
            ("busy", &[404, 408, 425, 429, 500, 502, 503, 504, 599]),
            ("refused", &[400, 402, 405, 409, 410, 412, 413, 415, 417, 422, 451, 499]),
            ("network", &[0, 199, 600, 999]),
        ];
        for (expected, statuses) in cases {
            for status in statuses {
                assert_eq!(word(*status), expected, "{status}");
            }
        }
        assert_eq!(Outcome::of_answer(409, true, None), Outcome::Accepted);
        assert!(matches!(Outcome::of_answer(400, true, None), Outcome::Dead { .. }));
    }

    #[test]
    fn a_token_that_is_refused_never_kills_a_delivery() {
        for status in 100..1_000 {
            assert!(matches!(Outcome::of(Reason::TokenStatus(status), None), Outcome::Retry { .. }), "{status}");
            assert!(matches!(Outcome::of(Reason::Handshake(status), None), Outcome::Retry { .. }), "{status}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_an_hour_at_most() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let seconds = |text: &str| retry_after(text.as_bytes(), now).map(|wait| wait.as_secs());
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("3601"), Some(3_600));
        assert_eq!(seconds("99999999999999999999999999"), Some(3_600));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(seconds("Fri, 31 Dec 9999 23:59:59 GMT"), Some(3_600));
        for text in ["", "-1", "1.5", "soon", "Sun, 06 Nov", "\u{663}"] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(retry_after(&[0xff, 0xfe], now), None);
    }
}
