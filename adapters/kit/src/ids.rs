//! Resource ids: names under a key, repeatable and never a fingerprint of an identifier (record, section 1.8).
//!
//! An id is the first 128 bits of HMAC-SHA-256 over `<anchor>|<resource type>|<role>|<key part>…`, shaped as a UUID of
//! version 8. The anchor is taken in once, when [`SubjectIds`] is made, and cannot be asked for again.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The seed of the published constant key.
const PUBLISHED_SEED: &[u8] = b"urn:homeward:ns:id:1";

/// The key under which ids are made.
#[derive(Clone)]
pub struct IdKey {
    primed: Hmac<Sha256>,
}

impl IdKey {
    /// An installation's secret key.
    #[must_use]
    pub fn secret(key: &[u8; 32]) -> Self {
        // A key of a block or less is always taken; there is no length that HMAC refuses.
        let primed = Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        Self { primed }
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
        let mut primed = self.primed.clone();
        name_part(&mut primed, system);
        primed.update(b"|");
        name_part(&mut primed, value);
        SubjectIds { primed }
    }
}

/// Makes the ids of one subject.
#[derive(Clone)]
pub struct SubjectIds {
    primed: Hmac<Sha256>,
}

impl SubjectIds {
    /// The id of a resource: its type, its role, and the parts of its natural key.
    #[must_use]
    pub fn id(&self, resource_type: &str, role: &str, key: &[&[u8]]) -> ResourceId {
        let mut name = self.primed.clone();
        name.update(b"|");
        name.update(resource_type.as_bytes());
        name.update(b"|");
        name.update(role.as_bytes());
        for part in key {
            name.update(b"|");
            name_part(&mut name, part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&name.finalize().into_bytes()[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        ResourceId(bytes)
    }
}

/// A resource id: a UUID of version 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub [u8; 16]);

impl ResourceId {
    /// The id as 36 characters.
    #[must_use]
    pub fn text(&self) -> [u8; 36] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (n, byte) in self.0.iter().enumerate() {
            if matches!(n, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 15)];
            at += 2;
        }
        text
    }
}

/// `%` and `|` inside a part are escaped, so that no two names are spelt alike.
fn name_part(name: &mut Hmac<Sha256>, part: &[u8]) {
    if part.iter().any(|byte| matches!(byte, b'%' | b'|')) {
        for byte in part {
            match byte {
                b'%' => name.update(b"%25"),
                b'|' => name.update(b"%7C"),
                other => name.update(&[*other]),
            }
        }
    } else {
        name.update(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
