//! The keys of a store: what encrypts, what still decrypts, what finds without reading, what others derive from it.
//!
//! **Format of a key file.** One key a line, `id:base64 of 32 bytes`; the first encrypts, all decrypt, the last is the
//! oldest and gives the blind indexes and everything that is derived, so it stays for as long as the store does.
//!
//! **Operation.** Each message, delivery and subject has a random data key. It is stored wrapped under a key of its
//! own, which HKDF-SHA-256 (RFC 5869) makes of a line's key and the owner's name, so that no key-encryption key ever
//! seals two data keys. Cells are sealed with AES-256-GCM (NIST SP 800-38D) under a random nonce; table, id and piece
//! are authenticated with each, so that a cell cannot be moved to another place.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac, rand,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::StoreFault;

/// Keys that one file may hold: rotation once a month for eight years.
const KEYS_COUNT_MAX: usize = 100;

/// Bytes of a key's id.
const KEY_ID_BYTES_MAX: usize = 64;

/// Bytes of the tag after each sealed cell.
const TAG_BYTES: usize = 16;

/// Why a key file is refused; never a part of a key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeysFault {
    /// There is no key in it.
    #[error("the key file holds no key")]
    Empty,
    /// There are too many.
    #[error("the key file holds more than {KEYS_COUNT_MAX} keys")]
    Many,
    /// A line is not `id:base64 of 32 bytes`.
    #[error("line {0} of the key file is not an id, a colon and 32 bytes in base64")]
    Line(usize),
    /// An id stands twice.
    #[error("line {0} of the key file has the id of an earlier line")]
    Twice(usize),
}

/// The keys of a key file.
pub struct Keys {
    lines: Vec<Line>,
    index: hmac::Key,
    small: DataKey,
}

struct Line {
    id: String,
    secret: hkdf::Prk,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Reads a key file. Empty lines and lines that begin with `#` count for nothing.
    ///
    /// # Errors
    /// With the number of the first line that is not a key.
    pub fn parse(file: &[u8]) -> Result<Self, KeysFault> {
        let mut lines: Vec<Line> = Vec::new();
        for (at, line) in file.split(|byte| *byte == b'\n').enumerate() {
            let number = at + 1;
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            if lines.len() == KEYS_COUNT_MAX {
                return Err(KeysFault::Many);
            }
            let colon = line.iter().position(|byte| *byte == b':').ok_or(KeysFault::Line(number))?;
            let id = std::str::from_utf8(&line[..colon]).map_err(|_| KeysFault::Line(number))?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            if id.is_empty() || id.len() > KEY_ID_BYTES_MAX || !id.bytes().all(plain) {
                return Err(KeysFault::Line(number));
            }
            if lines.iter().any(|line| line.id == id) {
                return Err(KeysFault::Twice(number));
            }
            let bytes = Zeroizing::new(STANDARD.decode(&line[colon + 1..]).map_err(|_| KeysFault::Line(number))?);
            if bytes.len() != 32 {
                return Err(KeysFault::Line(number));
            }
            let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"homeward store 1").extract(&bytes);
            lines.push(Line { id: id.to_owned(), secret });
        }
        let oldest = lines.last().ok_or(KeysFault::Empty)?;
        let index = hmac::Key::new(hmac::HMAC_SHA256, expand(&oldest.secret, &[b"blind index"]).as_ref());
        let small = DataKey::of(&expand(&oldest.secret, &[b"small cells"])).map_err(|_| KeysFault::Empty)?;
        Ok(Self { lines, index, small })
    }

    /// 32 bytes for a purpose outside the store, from the oldest key.
    pub(crate) fn derive(&self, label: &str) -> [u8; 32] {
        // There is always a last line: `parse` refuses an empty file.
        self.lines.last().map_or([0; 32], |line| *expand(&line.secret, &[b"derived ", label.as_bytes()]))
    }

    /// The id of the key that encrypts.
    pub(crate) fn first(&self) -> &str {
        self.lines.first().map_or("", |line| &line.id)
    }

    /// The id of the oldest key.
    pub(crate) fn last(&self) -> &str {
        self.lines.last().map_or("", |line| &line.id)
    }

    /// What tells that a line's key is the one it was; `None` when there is no such line.
    pub(crate) fn check(&self, id: &str) -> Option<[u8; 32]> {
        self.lines.iter().find(|line| line.id == id).map(|line| *expand(&line.secret, &[b"check"]))
    }

    /// The blind index of a value: equal for equal parts, and nothing else is learned of them without the key.
    pub(crate) fn blind(&self, table: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.index);
        for part in std::iter::once(table.as_bytes()).chain(parts.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut index = [0; 32];
        index.copy_from_slice(context.sign().as_ref());
        index
    }

    /// What seals cells that have no owner with a data key: answers to repeat, evidence.
    pub(crate) fn small(&self) -> &DataKey {
        &self.small
    }

    /// A fresh data key and its wrapped form, under the first line.
    pub(crate) fn data_key(&self, table: &'static str, id: &[u8]) -> Result<(DataKey, Wrapped), StoreFault> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::fill(bytes.as_mut()).map_err(|_| StoreFault::Failed("no random bytes".to_owned()))?;
        Ok((DataKey::of(&bytes)?, self.wrap(table, id, &bytes)?))
    }

    /// Opens a wrapped data key.
    pub(crate) fn unwrap(&self, table: &'static str, id: &[u8], wrapped: &Wrapped) -> Result<DataKey, StoreFault> {
        let bytes = self.open_wrapped(table, id, wrapped)?;
        DataKey::of(&bytes)
    }

    /// Wraps a data key again, under the first line.
    pub(crate) fn rewrap(&self, table: &'static str, id: &[u8], wrapped: &Wrapped) -> Result<Wrapped, StoreFault> {
        let bytes = self.open_wrapped(table, id, wrapped)?;
        self.wrap(table, id, &bytes)
    }

    fn wrap(&self, table: &'static str, id: &[u8], key: &[u8; 32]) -> Result<Wrapped, StoreFault> {
        let line = self.lines.first().ok_or(StoreFault::Corrupt("no key"))?;
        let sealed = wrapping(line, table, id)?.seal(&Cell { table: "data key", id, piece: 0 }, key)?;
        Ok(Wrapped { key_id: line.id.clone(), sealed })
    }

    fn open_wrapped(
        &self,
        table: &'static str,
        id: &[u8],
        wrapped: &Wrapped,
    ) -> Result<Zeroizing<[u8; 32]>, StoreFault> {
        let line = self.lines.iter().find(|line| line.id == wrapped.key_id);
        let line = line.ok_or(StoreFault::Corrupt("its key is not in the key file"))?;
        let cell = Cell { table: "data key", id, piece: 0 };
        let plain = Zeroizing::new(wrapping(line, table, id)?.open(&cell, &wrapped.sealed)?);
        let mut key = Zeroizing::new([0; 32]);
        if plain.len() != key.len() {
            return Err(StoreFault::Corrupt("a data key"));
        }
        key.copy_from_slice(&plain);
        Ok(key)
    }
}

/// A data key as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Wrapped {
    /// Under which line.
    pub(crate) key_id: String,
    /// Nonce, ciphertext and tag.
    pub(crate) sealed: Vec<u8>,
}

/// Where a cell stands: authenticated with its content.
pub(crate) struct Cell<'a> {
    /// The table, and the column where it has several.
    pub(crate) table: &'static str,
    /// The row.
    pub(crate) id: &'a [u8],
    /// The piece of it.
    pub(crate) piece: u64,
}

impl Cell<'_> {
    fn name(&self) -> Vec<u8> {
        let mut name = Vec::with_capacity(self.table.len() + self.id.len() + 16);
        name.extend_from_slice(self.table.as_bytes());
        name.push(0);
        name.extend_from_slice(&(self.id.len() as u64).to_be_bytes());
        name.extend_from_slice(self.id);
        name.extend_from_slice(&self.piece.to_be_bytes());
        name
    }
}

/// What seals the cells of one owner.
#[derive(Clone)]
pub(crate) struct DataKey(std::sync::Arc<LessSafeKey>);

impl DataKey {
    fn of(bytes: &[u8; 32]) -> Result<Self, StoreFault> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| StoreFault::Failed("no key".to_owned()))?;
        Ok(Self(std::sync::Arc::new(LessSafeKey::new(key))))
    }

    /// Nonce, ciphertext and tag.
    pub(crate) fn seal(&self, cell: &Cell<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| StoreFault::Failed("no random bytes".to_owned()))?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let name = Aad::from(cell.name());
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), name, &mut sealed[NONCE_LEN..])
            .map_err(|_| StoreFault::Failed("a cell could not be sealed".to_owned()))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// What was sealed, if it stands where it was put and nothing was changed.
    pub(crate) fn open(&self, cell: &Cell<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(StoreFault::Corrupt(cell.table))?;
        let mut plain = rest.to_vec();
        let length = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(cell.name()), &mut plain)
            .map_err(|_| StoreFault::Corrupt(cell.table))?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

/// The key that wraps one data key and no other.
fn wrapping(line: &Line, table: &'static str, id: &[u8]) -> Result<DataKey, StoreFault> {
    DataKey::of(&expand(&line.secret, &[b"wrap ", table.as_bytes(), b" ", id]))
}

/// HKDF-Expand to 32 bytes, which no label is too long for.
fn expand(secret: &hkdf::Prk, label: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    let filled = secret.expand(label, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(bytes.as_mut()));
    debug_assert!(filled.is_ok(), "32 bytes are one block of the hash");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, byte: u8) -> String {
        format!("{id}:{}\n", STANDARD.encode([byte; 32]))
    }

    fn keys(text: &str) -> Keys {
        Keys::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_key_file_is_read_or_told_by_its_line() {
        assert_eq!(keys(&format!("# two\n\r\n{}{}", line("b", 2), line("a", 1))).first(), "b");
        for (text, fault) in [
            (String::new(), KeysFault::Empty),
            ("# nothing\n".to_owned(), KeysFault::Empty),
            ("a\n".to_owned(), KeysFault::Line(1)),
            (":AAAA\n".to_owned(), KeysFault::Line(1)),
            (format!("{}a b:{}", line("c", 1), STANDARD.encode([1; 32])), KeysFault::Line(2)),
            (format!("a:{}", STANDARD.encode([1; 31])), KeysFault::Line(1)),
            (format!("a:{}", STANDARD.encode([1; 33])), KeysFault::Line(1)),
            ("a:not base64".to_owned(), KeysFault::Line(1)),
            (format!("{}{}", line("a", 1), line("a", 2)), KeysFault::Twice(2)),
            ((0..=KEYS_COUNT_MAX).map(|at| line(&format!("k{at}"), 1)).collect(), KeysFault::Many),
        ] {
            assert_eq!(Keys::parse(text.as_bytes()).err(), Some(fault));
        }
        assert_eq!(Keys::parse(b"\xff\xfe:AAAA").err(), Some(KeysFault::Line(1)));
    }

    #[test]
    fn a_cell_opens_only_where_it_was_put_and_as_it_was_put() {
        let keys = keys(&line("a", 1));
        let (key, wrapped) = keys.data_key("message", b"one").unwrap();
        let cell = |table, id, piece| Cell { table, id, piece };
        let sealed = key.seal(&cell("chunk", b"one", 0), b"value").unwrap();
        assert_eq!(key.open(&cell("chunk", b"one", 0), &sealed).unwrap(), b"value");
        for other in [cell("chunk", b"one", 1), cell("chunk", b"two", 0), cell("reject", b"one", 0)] {
            assert!(matches!(key.open(&other, &sealed), Err(StoreFault::Corrupt(_))));
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(&cell("chunk", b"one", 0), &changed).is_err());
            assert!(key.open(&cell("chunk", b"one", 0), &sealed[..at]).is_err());
        }
        assert!(keys.unwrap("message", b"two", &wrapped).is_err());
        assert!(keys.unwrap("subject", b"one", &wrapped).is_err());
        let again = keys.unwrap("message", b"one", &wrapped).unwrap();
        assert_eq!(again.open(&cell("chunk", b"one", 0), &sealed).unwrap(), b"value");
    }

    #[test]
    fn a_new_first_line_wraps_again_and_changes_neither_indexes_nor_what_is_derived() {
        let before = keys(&line("a", 1));
        let after = keys(&format!("{}{}", line("b", 2), line("a", 1)));
        let (key, wrapped) = before.data_key("message", b"one").unwrap();
        let cell = Cell { table: "chunk", id: b"one", piece: 0 };
        let sealed = key.seal(&cell, b"value").unwrap();
        let again = after.rewrap("message", b"one", &wrapped).unwrap();
        assert_eq!(again.key_id, "b");
        assert_eq!(after.unwrap("message", b"one", &again).unwrap().open(&cell, &sealed).unwrap(), b"value");
        assert!(matches!(before.unwrap("message", b"one", &again), Err(StoreFault::Corrupt(_))));
        assert_eq!(before.blind("t", &[b"ab", b"c"]), after.blind("t", &[b"ab", b"c"]));
        assert_ne!(before.blind("t", &[b"ab", b"c"]), before.blind("t", &[b"a", b"bc"]));
        assert_eq!(before.derive("cursor"), after.derive("cursor"));
        assert_ne!(before.derive("cursor"), before.derive("token"));
    }
}
