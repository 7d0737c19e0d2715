//! API keys: `hw_<id>_<secret>`, the secret 256 random bits in base64url. What is kept is a hash: with so many random
//! bits a plain one is enough.

use aws_lc_rs::digest;
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::config::is_name;

const PREFIX: &str = "hw_";

/// Characters of the secret part.
const SECRET_CHARS: usize = 43;

/// Random bytes of the secret part, and of the id.
const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 5;

/// A new key, to be told once.
pub struct NewApiKey {
    /// The part that may be told.
    pub id: String,
    /// The whole key.
    pub text: Zeroizing<String>,
    /// SHA-256 of the whole key, in hex, as the configuration keeps it.
    pub sha256: String,
}

/// Makes a key; `None` when the system gives no random numbers.
#[must_use]
pub fn make() -> Option<NewApiKey> {
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    let mut id = [0; ID_BYTES];
    rand::fill(secret.as_mut_slice()).ok()?;
    rand::fill(&mut id).ok()?;
    let id = format!("k{}", hex::encode(id));
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.as_slice()));
    let text = Zeroizing::new(format!("{PREFIX}{id}_{}", encoded.as_str()));
    let sha256 = hex::encode(hash(text.as_bytes()));
    Some(NewApiKey { id, text, sha256 })
}

/// The id of a key as it is shown; `None` when it has not the form of one.
pub(crate) fn id_of(shown: &[u8]) -> Option<&str> {
    let shown = std::str::from_utf8(shown).ok()?.strip_prefix(PREFIX)?;
    let (id, secret) = shown.split_at_checked(shown.len().checked_sub(SECRET_CHARS)?)?;
    let id = id.strip_suffix('_').filter(|id| is_name(id))?;
    let plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    plain.then_some(id)
}

/// SHA-256 of a whole key.
pub(crate) fn hash(shown: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, shown).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_made_has_the_form_of_one_and_no_other_is_the_same() {
        let (one, two) = (make().unwrap(), make().unwrap());
        assert_eq!(id_of(one.text.as_bytes()), Some(one.id.as_str()));
        assert_eq!(one.sha256, hex::encode(hash(one.text.as_bytes())));
        assert!(one.text.as_str() != two.text.as_str() && one.id != two.id);
    }

    #[test]
    fn what_has_not_the_form_is_no_key() {
        let secret = "-_".repeat(21) + "A";
        assert_eq!(id_of(format!("hw_b1_{secret}").as_bytes()), Some("b1"));
        for wrong in [
            String::new(),
            "hw_".to_owned(),
            format!("hw__{secret}"),
            format!("hw_b1{secret}"),
            format!("hw_b1_{secret}A="),
            format!("HW_b1_{secret}"),
            format!("hw_B1_{secret}"),
            format!("hw_b1_{}", &secret[1..]),
            format!("hw_b1_é{}", &secret[2..]),
            format!("hw_{}_{secret}", "a".repeat(65)),
        ] {
            assert_eq!(id_of(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(id_of(&[0xff; 60]), None);
    }
}
