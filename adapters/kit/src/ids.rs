//! Resource ids: names under a key, repeatable and never a fingerprint of an identifier (record, section 1.8).
//!
//! An id is the first 128 bits of HMAC-SHA-256 over `<anchor>|<resource type>|<role>|<key part>…`, shaped as a UUID of
//! version 8. The anchor is taken in once, when [`SubjectIds`] is made, and cannot be asked for again.

use std::cell::RefCell;

use sha2::{Digest, Sha256, block_api::compress256};

/// The seed of the published constant key.
const PUBLISHED_SEED: &[u8] = b"urn:homeward:ns:id:1";

/// The bytes of a block of SHA-256, where the last of them begins to say the length, and the bytes of a hash.
const BLOCK_BYTES: usize = 64;
const LENGTH_AT: usize = BLOCK_BYTES - 8;
const HASH_BYTES: usize = 32;

/// How SHA-256 begins (FIPS 180-4, 5.3.3).
const BEGINNING: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// What SHA-256 knows between two blocks.
type State = [u32; 8];

/// The key under which ids are made: HMAC's two halves, each after its block of the key (FIPS 198-1).
///
/// Ids are a good part of what a large translation computes, so the halves are kept as they stand after the key. The
/// hash of a block is the library's.
#[derive(Clone)]
pub struct IdKey {
    inner: State,
    outer: State,
}

impl IdKey {
    /// An installation's secret key.
    #[must_use]
    pub fn secret(key: &[u8; 32]) -> Self {
        let half = |pad: u8| {
            let mut block = [pad; BLOCK_BYTES];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            let mut state = BEGINNING;
            compress256(&mut state, &[block]);
            state
        };
        Self { inner: half(0x36), outer: half(0x5c) }
    }

    /// The published constant key: only for views that let the anchor out anyway.
    #[must_use]
    pub fn published() -> Self {
        let seed: [u8; 32] = Sha256::digest(PUBLISHED_SEED).into();
        Self::secret(&seed)
    }

    /// Ids of one subject, by its anchor.
    #[must_use]
    pub fn of_subject(&self, system: &[u8], value: &[u8]) -> SubjectIds {
        let mut name = Vec::with_capacity(NAME_BYTES_EXPECTED);
        push_part(&mut name, system);
        name.push(b'|');
        push_part(&mut name, value);
        SubjectIds { key: self.clone(), anchor_bytes: name.len(), name: RefCell::new(name) }
    }
}

/// Most names are shorter, with what ends them.
const NAME_BYTES_EXPECTED: usize = 3 * BLOCK_BYTES;

/// Makes the ids of one subject.
#[derive(Clone)]
pub struct SubjectIds {
    key: IdKey,
    anchor_bytes: usize,
    /// The anchor, and room for the rest of each name.
    name: RefCell<Vec<u8>>,
}

impl SubjectIds {
    /// The id of a resource: its type, its role, and the parts of its natural key.
    #[must_use]
    pub fn id(&self, resource_type: &str, role: &str, key: &[&[u8]]) -> ResourceId {
        let mut name = self.name.borrow_mut();
        name.truncate(self.anchor_bytes);
        for word in [resource_type, role] {
            name.push(b'|');
            name.extend_from_slice(word.as_bytes());
        }
        for part in key {
            name.push(b'|');
            push_part(&mut name, part);
        }
        end(&mut name);
        let inner = hashed(self.key.inner, &name);
        // The other half has one block more: the hash of the first, and how it ends.
        let mut block = [0; BLOCK_BYTES];
        block[..HASH_BYTES].copy_from_slice(&inner);
        block[HASH_BYTES] = ENDS;
        block[LENGTH_AT..].copy_from_slice(&bits(BLOCK_BYTES + HASH_BYTES));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hashed(self.key.outer, &block)[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        ResourceId(bytes)
    }
}

/// `%` and `|` inside a part are escaped, so that no two names are spelt alike.
fn push_part(name: &mut Vec<u8>, part: &[u8]) {
    if !part.iter().any(|byte| matches!(byte, b'%' | b'|')) {
        return name.extend_from_slice(part);
    }
    for byte in part {
        match byte {
            b'%' => name.extend_from_slice(b"%25"),
            b'|' => name.extend_from_slice(b"%7C"),
            other => name.push(*other),
        }
    }
}

/// Ends a name that follows the block of a key: a one, zeros up to a whole number of blocks, and the length in bits
/// (FIPS 180-4, 5.1.1).
fn end(name: &mut Vec<u8>) {
    let bits = bits(BLOCK_BYTES + name.len());
    name.push(ENDS);
    let blocks = (name.len() + bits.len()).div_ceil(BLOCK_BYTES);
    name.resize(blocks * BLOCK_BYTES - bits.len(), 0);
    name.extend_from_slice(&bits);
}

/// The first bit after a text is a one, the rest of its byte zero.
const ENDS: u8 = 0x80;

fn bits(bytes: usize) -> [u8; 8] {
    (bytes as u64 * 8).to_be_bytes()
}

/// The hash of whole blocks after the block of a key.
fn hashed(mut state: State, blocks: &[u8]) -> [u8; HASH_BYTES] {
    compress256(&mut state, blocks.as_chunks().0);
    let mut bytes = [0; HASH_BYTES];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    bytes
}

/// A resource id: a UUID of version 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub [u8; 16]);

impl ResourceId {
    /// The id as 36 characters.
    #[must_use]
    pub fn text(&self) -> [u8; 36] {
        let mut text = [b'-'; 36];
        for (place, byte) in PLACES.into_iter().zip(self.0) {
            [text[place], text[place + 1]] = HEX[usize::from(byte)];
        }
        text
    }
}

/// Where the two digits of each byte stand: dashes part them after the 4th, 6th, 8th and 10th byte (RFC 9562, 4).
const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// The two digits of every byte.
static HEX: [[u8; 2]; 256] = {
    let (digits, mut pairs, mut byte) = (b"0123456789abcdef", [[0; 2]; 256], 0);
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_hmac_sha_256_of_its_name(
            secret in any::<[u8; 32]>(),
            system in "[a-z:/.|%]{0,80}",
            value in "[0-9A-Z]{1,20}",
            names in prop::collection::vec(("[A-Za-z]{1,20}", "[a-z-]{0,14}", prop::collection::vec("[0-9|%-]{0,70}", 0..4)), 1..6),
        ) {
            let ids = IdKey::secret(&secret).of_subject(system.as_bytes(), value.as_bytes());
            let escaped = |part: &str| part.replace('%', "%25").replace('|', "%7C");
            // Each name twice: what names have in common is hashed once.
            for (kind, role, key) in names.iter().chain(&names) {
                let mut whole = format!("{}|{value}|{kind}|{role}", escaped(&system));
                key.iter().for_each(|part| whole += &format!("|{}", escaped(part)));
                let mut peer = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
                peer.update(whole.as_bytes());
                let expected = peer.finalize().into_bytes();
                let parts: Vec<&[u8]> = key.iter().map(|part| part.as_bytes()).collect();
                let ResourceId(id) = ids.id(kind, role, &parts);
                let free = |n: usize| match n { 6 => 0x0f, 8 => 0x3f, _ => 0xff };
                for n in 0..16 {
                    prop_assert_eq!(id[n] & free(n), expected[n] & free(n));
                }
            }
        }
    }

    #[test]
    fn an_id_is_the_same_for_ever_and_has_the_shape_of_a_uuid_of_version_8() {
        let ids = IdKey::published().of_subject(b"urn:homeward:id:la-child:330", b"4017");
        let id = ids.id("EpisodeOfCare", "care-episode", &[b"2025-03-12", b"0"]);
        assert_eq!(id, ids.clone().id("EpisodeOfCare", "care-episode", &[b"2025-03-12", b"0"]));
        let text = String::from_utf8(id.text().to_vec()).unwrap();
        assert_eq!(text.len(), 36);
        assert_eq!(&text[14..15], "8", "version");
        assert!("89ab".contains(&text[19..20]), "variant");
    }

    #[test]
    fn another_key_anchor_type_role_or_part_is_another_id() {
        let id = |key: &IdKey, value: &[u8], kind: &str, role: &str, part: &[u8]| {
            key.of_subject(b"s", value).id(kind, role, &[part])
        };
        let published = IdKey::published();
        let all = [
            id(&published, b"1", "A", "r", b"k"),
            id(&IdKey::secret(&[7; 32]), b"1", "A", "r", b"k"),
            id(&published, b"2", "A", "r", b"k"),
            id(&published, b"1", "B", "r", b"k"),
            id(&published, b"1", "A", "q", b"k"),
            id(&published, b"1", "A", "r", b"l"),
        ];
        for (n, left) in all.iter().enumerate() {
            assert!(!all[..n].contains(left));
        }
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        let ids = IdKey::published().of_subject(b"s", b"v");
        assert_ne!(ids.id("A", "", &[b"x|y"]), ids.id("A", "", &[b"x", b"y"]));
        assert_ne!(ids.id("A", "", &[b"x%7Cy"]), ids.id("A", "", &[b"x|y"]));
    }
}
