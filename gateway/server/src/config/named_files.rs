//! The files that a configuration names, and what each held when it was read: for the audit chain, and to see changes.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};

use super::fault::{ConfigFault, ConfigRule};
use super::{Config, ConfigError, ConfigFaults, Environment};

/// More of a file than any reader of the configuration takes: what stands behind it is of no account.
const LOOKED_AT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Keys that end as those of files do, and name what the gateway itself writes.
const WRITTEN_BY_US: &[&str] = &["anchor_file"];

/// Ends of keys whose file holds a secret.
const SECRET_ENDS: &[&str] = &["key_file", "password_file", "secret_file", "bearer_file", "url_file"];

/// Whether a key names a file that is read with the configuration.
pub(super) fn is_of_a_file(key: &str) -> bool {
    (key.ends_with("_file") || key == "file") && !WRITTEN_BY_US.contains(&key)
}

/// A file that the configuration names.
#[derive(Clone, Debug)]
pub struct NamedFile {
    /// The key that names it with the tables around it: `listen.public.tls.certificate_file`, `partner.2.oauth.jwks_file`.
    pub key: String,
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of what it held when the configuration was read; `None` when it could not be read.
    pub sha256: Option<[u8; 32]>,
    /// Where the key's value stands in the configuration.
    byte: usize,
}

impl NamedFile {
    pub(super) fn look(key: String, path: &Path, byte: usize) -> Self {
        Self { key, path: path.to_owned(), sha256: digest_of(path), byte }
    }

    /// What it holds now, as [`NamedFile::sha256`] tells it.
    #[must_use]
    pub fn sha256_now(&self) -> Option<[u8; 32]> {
        digest_of(&self.path)
    }

    /// Whether what it holds is a secret, of which even a digest is not for everybody: a short one could be guessed.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        SECRET_ENDS.iter().any(|end| self.key.ends_with(end)) || self.key.contains("header_files.")
    }
}

fn digest_of(path: &Path) -> Option<[u8; 32]> {
    // A pipe would be waited for.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut file = fs::File::open(path).ok()?.take(LOOKED_AT_BYTES_MAX);
    let mut context = Context::new(&SHA256);
    let mut piece = zeroize::Zeroizing::new(vec![0; 64 * 1024]);
    loop {
        match file.read(&mut piece).ok()? {
            0 => return context.finish().as_ref().try_into().ok(),
            count => context.update(&piece[..count]),
        }
    }
}

/// Every file that a configuration names, in the order of reading.
#[derive(Clone, Debug, Default)]
pub struct NamedFiles(pub Vec<NamedFile>);

impl NamedFiles {
    /// The keys whose file holds something else than in `before`, or which were not there.
    pub fn changed_since<'s>(&'s self, before: &'s Self) -> impl Iterator<Item = &'s str> {
        let is_as_before =
            |file: &NamedFile| before.0.iter().any(|old| old.key == file.key && old.sha256 == file.sha256);
        self.0.iter().filter(move |file| !is_as_before(file)).map(|file| file.key.as_str())
    }
}

/// Where a configuration was read from.
#[derive(Clone, Default)]
pub struct Origin {
    /// The file.
    pub file: PathBuf,
    /// What it said.
    pub text: Arc<str>,
    /// What was taken from the environment.
    pub environment: Environment,
    /// The files that it names.
    pub files: NamedFiles,
}

/// Without the text, where an address may carry a code, and without digests of secrets.
impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Origin {
    pub(super) fn new(file: &Path, text: &str, environment: &Environment, files: NamedFiles) -> Self {
        Self { file: file.to_owned(), text: text.into(), environment: environment.clone(), files }
    }

    /// Reads the configuration anew, with every file that it names.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_again(&self) -> Result<Config, ConfigError> {
        Config::load(&self.file, &self.environment)
    }

    /// Reads the files that the configuration names anew, under what it said when it was read itself: what somebody is
    /// writing into it meanwhile waits until it is asked for.
    ///
    /// # Errors
    /// As [`Config::parse`].
    pub fn read_files_again(&self) -> Result<Config, ConfigFaults> {
        Config::parse(&self.file, &self.text, &self.environment)
    }

    /// The names of the tables, and of the keys outside any, that say something else than in `before`, or name a file
    /// that holds something else.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let (old, new) = (before.tables(), self.tables());
        let said = new.iter().filter(|(name, value)| old.get(*name) != Some(value)).map(|(name, _)| name.as_str());
        let unsaid = old.keys().filter(|name| !new.contains_key(*name)).map(String::as_str);
        let files = self.files.changed_since(&before.files).filter_map(|key| key.split('.').next());
        let changed: BTreeSet<&str> = said.chain(unsaid).chain(files).collect();
        changed.into_iter().map(str::to_owned).collect()
    }

    /// What it says, table by table; nothing of what is no TOML.
    fn tables(&self) -> toml::Table {
        self.text.parse().unwrap_or_default()
    }

    /// A fault at the key of this name, or at the head of the file.
    pub(crate) fn fault(&self, rule: &'static ConfigRule, key: &str, detail: Option<String>) -> ConfigFault {
        let byte = self.files.0.iter().find(|file| file.key == key).map_or(0, |file| file.byte);
        ConfigFault { detail, ..ConfigFault::at(rule, &self.file, &self.text, byte) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_which_files_are_read_and_which_are_secret() {
        assert!(is_of_a_file("certificate_file") && is_of_a_file("file"));
        assert!(!is_of_a_file("anchor_file") && !is_of_a_file("path") && !is_of_a_file("profile"));
        let named = |key: &str| NamedFile { key: key.to_owned(), path: PathBuf::new(), sha256: None, byte: 0 };
        for secret in
            ["ids.key_file", "mesh.1.password_file", "mesh.1.shared_key_file", "route.1.to.1.header_files.x-key"]
        {
            assert!(named(secret).is_secret(), "{secret}");
        }
        for open in ["listen.public.tls.certificate_file", "partner.1.oauth.jwks_file", "dialect.1.file"] {
            assert!(!named(open).is_secret(), "{open}");
        }
    }

    #[test]
    fn what_is_no_file_has_no_digest() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(digest_of(folder.path()), None);
        assert_eq!(digest_of(&folder.path().join("none")), None);
        let file = folder.path().join("one");
        fs::write(&file, "one").unwrap();
        let one = digest_of(&file).unwrap();
        assert_eq!(hex::encode(one), "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
    }
}
