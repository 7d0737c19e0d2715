//! Faults of a configuration: which rule, where, and what to do; never what the file says there.

use std::fmt;
use std::path::{Path, PathBuf};

/// A rule of the configuration file.
#[derive(Debug, Eq, PartialEq)]
pub struct ConfigRule {
    /// Its code, `config/…`.
    pub code: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// What to do.
    pub help: &'static str,
}

macro_rules! rules {
    ($($name:ident $code:literal $message:literal, $help:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $message, ".")]
            pub(super) const $name: ConfigRule = ConfigRule { code: $code, message: $message, help: $help };
        )*
        /// Every rule, for the reference page.
        pub const CONFIG_RULES: &[&ConfigRule] = &[$(&$name),*];
    };
}

rules! {
    SYNTAX "config/syntax" "this is not TOML", "see https://toml.io/en/v1.0.0; each line is `key = value` or `[table]`";
    UNKNOWN_KEY "config/unknown-key" "this key does not exist here", "correct it or remove it";
    MISSING_KEY "config/missing-key" "this key is needed here", "add it";
    TYPE "config/type" "this key takes another kind of value", "write the value as named above";
    RANGE "config/range" "out of range", "choose a value that is allowed";
    SECRET_IN_FILE "config/secret-in-file" "a secret must be in a file of its own", "use a `…_file` key, and change the secret: it has been seen";
    SECRET_READABLE "config/secret-readable" "others can read this file", "use mode 0600, or 0640 with the group of the service";
    FILE_MISSING "config/file-missing" "there is no such file", "relative paths are relative to the configuration file; `credential:NAME` needs CREDENTIALS_DIRECTORY";
    FILE_UNREADABLE "config/file-unreadable" "the file cannot be read", "give the user of the service the right to read it";
    FILE_CONTENT "config/file-content" "the file does not hold what is needed", "write one line: 32 random bytes in base64 (`openssl rand -base64 32`)";
    STORE_KEYS "config/store-keys" "the file does not hold keys of a store", "write one line a key, `id:` and 32 random bytes in base64; the first encrypts, all decrypt, the last is the oldest and stays";
    CERTIFICATE "config/certificate" "the certificate cannot be used", "give the chain as PEM, leaf first, and the key that belongs to it";
    PUBLIC_WITHOUT_PARTNER "config/public-without-partner" "without partners only loopback", "name a [[partner]] that is enabled, or use 127.0.0.1 or [::1]: whoever reached another address could use it";
    PLAIN_PUBLIC "config/plain-public" "a listener outside loopback needs tls", "add [listen.public.tls] with certificate_file and key_file";
    ADMIN_PUBLIC "config/admin-public" "the admin listener outside loopback needs client certificates, which this version does not read", "use 127.0.0.1 or [::1]";
    VIEW_WIDENS "config/view-widens" "a view lets out no more than its base", "name a precision at or below that of the base, or leave the field out";
    VIEW_NO_SUCH_FIELD "config/view-no-such-field" "no statement has this field", "write `Statement.field`, or `Statement.*` where all is withheld; `homeward describe record` lists them";
    VIEW_CHAIN "config/view-chain" "this precision does not fit the field", "choose one that does, or withhold the field";
    VIEW_LOOP "config/view-loop" "the bases of this view lead back to it", "let one of them have a shipped view as its base";
    ROUTE_PARTNER "config/route-partner" "there is no partner of this name", "name it in a [[partner]] table, or correct it here";
    ROUTE_FORMAT "config/route-format" "there is no format of this name", "`homeward formats` lists them";
    ROUTE_DIRECTION "config/route-direction" "this format has no such direction", "`homeward formats` says which can be read and which written";
    ROUTE_DIALECT "config/route-dialect" "there is no such dialect for this format", "name it in a [[dialect]] table whose file is for the format that is read";
    ROUTE_LOOP "config/route-loop" "this route feeds its own source", "write into another folder than the one it reads";
    LOGIN_KEY "config/login-key" "the key cannot be used to sign in", "give a private key as `ssh-keygen` writes it, without a passphrase: Ed25519, ECDSA, or RSA of 2048 bits or more";
    KNOWN_HOSTS "config/known-hosts" "the file holds no key of a host", "write a line as `ssh-keyscan` tells it, once the operator of the host has confirmed its fingerprint";
    ROUTE_OPTION "config/route-option" "this format has no such option, or not with this value", "`homeward describe FORMAT` lists options and their values";
    NAME_TAKEN "config/name-taken" "this name is used twice", "give each its own name";
    VIEW_UNKNOWN "config/view-unknown" "there is no view of this name", "name a shipped view, or one of a [[view]] table";
    COMPLETE "config/complete" "`complete` needs a period and an authority", "name the `authority` at the top of the file or with the partner: without it nobody knows whose children are missing";
    LANE "config/lane" "this `batch` is not possible in this format", "`homeward describe FORMAT` says how it is written: tables of everybody go whole, documents of one child go by child";
    ROLL_VIEW "config/roll-view" "this recipient is not the virtual school of the responsible authority: it gets the collector's roll", "leave `roll` out; or, for the virtual school or whoever works for it, give the partner the view virtual-school (or one on it) and the authority whose children these are";
    MAILBOX "config/mailbox" "there is no such mailbox", "name it in a table of its own, or correct it here";
    INBOX_TAKEN "config/inbox-taken" "another route takes the same messages of this mailbox", "give one of them another workflow, or name the `sender_mailbox` of each";
    MESH_RECIPIENT "config/mesh-recipient" "this names no recipient, or two", "use recipient_mailbox or recipient_ods, and one of them only";
    ADDRESS "config/address" "this is no address that may be sent to", "https:// with a host and without a user; http:// only for loopback with private_network = true";
    HEADER "config/header" "this header cannot be sent", "use a name and a value of visible ASCII, and leave to the gateway what it sets itself";
    SIGN_IN "config/sign-in" "this is no whole way to sign in", "use bearer_file; or token_url with client_id and either signing_key_file with key_id, or client_secret_file";
    SIGNING_KEY "config/signing-key" "this key cannot sign", "use an RSA key of at least 2048 bits, or an EC key on P-384, as PEM";
    AUTHORITIES "config/authorities" "this file holds no certificate in PEM", "give the certificates of the authorities as PEM";
    FILE_NAME "config/file-name" "a file name is made of plain characters and {date}, {delivery}, {route}", "no folders, and never anything of a child: use those three words";
    DIALECT "config/dialect" "the dialect has a fault", "mend the dialect";
    REFERENCE "config/reference" "a file that is named here cannot be used", "mend the file: nothing of it is taken until all of it reads";
    SCHEDULE "config/schedule" "this is no time of the schedule", "`at` is \"HH:MM\"; `on` a day of the week for week, 1 to 28 for month, and nothing for the others: a term runs on its first school day";
    TERMS "config/terms" "these terms cannot stand together", "write the terms of a school year as the authority publishes them, in days without quotes";
    DUPLICATE "config/duplicate" "this stands for two things at once", "give each its own: nobody could tell who is meant";
    MEANS "config/means" "nobody could show this to the listener", "see [listen.public.tls]: client_ca_file, and client_certificate = \"optional\" or \"required\"";
    KEY_SET "config/key-set" "the key set cannot be used", "give a JWKS file (RFC 7517) of public keys, each with its `kid`: RSA of 2048 bits or more, or P-384";
    VIEW "config/view" "there is no such view", "name a shipped view or a [[view]]";
    IDS_KEY "config/ids-key" "the store was made under another id key", "name the file with the key that the store was made under: another key would give every resource another id";
    STORE_KEY "config/store-key" "the store needs a key that this file does not hold, or holds otherwise", "put the new key first and leave every key that was there";
    NOT_YET "config/not-yet" "this version does not read this", "remove it: a key that has no effect would say what is not true";
}

/// One fault of a configuration.
#[derive(Clone, Debug)]
pub struct ConfigFault {
    /// The rule.
    pub rule: &'static ConfigRule,
    /// The configuration file.
    pub file: PathBuf,
    /// Line in it, from 1.
    pub line: usize,
    /// Column in it, in characters from 1.
    pub column: usize,
    /// More words of ours: the nearest key, the range, the kind of value. Never a value of the file.
    pub detail: Option<String>,
}

impl ConfigFault {
    pub(super) fn at(rule: &'static ConfigRule, file: &Path, source: &str, byte: usize) -> Self {
        let before = source.get(..byte).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            rule,
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            detail: None,
        }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.rule.code, self.rule.message)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        write!(f, "\n  --> {}:{}:{}", self.file.display(), self.line, self.column)?;
        write!(f, "\n   = help: {}", self.rule.help)
    }
}

/// Everything that is wrong with a configuration, in the order of the file; at least one fault.
#[derive(Debug, thiserror::Error)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, fault) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str("\n\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}
