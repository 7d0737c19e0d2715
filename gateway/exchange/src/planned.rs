//! What a recipient was last told of a child, as hashes under a key: enough to see what changed, and nothing to read.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use schemas::{
    document::{content_hash, natural_key, subject_hash},
    record::{Record, STATEMENTS, Statement, Subject},
};
use sha2::Sha256;

/// The first byte of the compact form: which form it is.
const FORM: u8 = 1;

/// The most statements that one child's plan is read with.
pub const PLANNED_STATEMENTS_MAX: usize = 1_000_000;

const HASH_BYTES: usize = 16;

/// A hash under a key, cut to 128 bits.
pub type Hash = [u8; HASH_BYTES];

/// The key of plans: nobody without it can guess at what was told.
#[derive(Clone)]
pub struct PlanKey {
    mac: Hmac<Sha256>,
    version: Box<[u8]>,
}

impl PlanKey {
    /// A secret, and the digest of the view, the format and the options that what is told depends on. Another version
    /// makes everything differ, but for the names of the statements: then all is told again once.
    #[must_use]
    pub fn new(secret: &[u8; 32], version: &[u8]) -> Self {
        // HMAC fills a short key up to its block with zeros (FIPS 198-1).
        let mut block = [0; 64];
        block[..secret.len()].copy_from_slice(secret);
        Self { mac: Hmac::<Sha256>::new(&block.into()), version: version.into() }
    }

    fn of(&self, purpose: &[u8], name: &str, hashed: &[u8]) -> Hash {
        let mut mac = self.mac.clone();
        for part in [purpose, name.as_bytes()] {
            mac.update(part);
            mac.update(&[0]);
        }
        mac.update(hashed);
        let mut hash = [0; HASH_BYTES];
        hash.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        hash
    }

    fn of_content(&self, purpose: &[u8], content: [u8; 32]) -> Hash {
        let mut versioned = content.to_vec();
        versioned.extend_from_slice(&self.version);
        self.of(purpose, "", &versioned)
    }
}

/// One statement that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its type.
    pub statement: &'static str,
    /// Its natural key.
    pub key: Hash,
    /// What it said.
    pub content: Hash,
}

impl Told {
    pub(crate) fn of(statement: &Statement, key: &PlanKey) -> Self {
        let name = statement.statement_type().name;
        Self {
            statement: name,
            key: key.of(b"key", name, &natural_key(statement)),
            content: key.of_content(b"content", content_hash(statement)),
        }
    }

    /// Whether both name the same thing.
    #[must_use]
    pub fn names_the_same(&self, other: &Self) -> bool {
        (self.statement, self.key) == (other.statement, other.key)
    }
}

/// What was told, in its order; by default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Whom it was about.
    subject: Hash,
    told: Vec<Told>,
}

/// Bytes that are no plan, or one of another form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlan;

impl fmt::Display for NoPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes are no plan of this form")
    }
}

impl std::error::Error for NoPlan {}

impl Planned {
    /// The plan of telling these records.
    #[must_use]
    pub fn of(subject: &Subject, records: &[Record], key: &PlanKey) -> Self {
        let told = records.iter().map(|record| Told::of(&record.statement, key)).collect();
        Self { subject: key.of_content(b"subject", subject_hash(subject)), told }
    }

    /// The plan of telling these records within a whole file: that they were told, and whether they are the same. What
    /// is not in the next file is gone, so nothing is kept by which one of them could be taken back.
    #[must_use]
    pub fn whole(subject: &Subject, records: &[Record], key: &PlanKey) -> Self {
        let mut contents: Vec<[u8; 32]> = records.iter().map(|record| content_hash(&record.statement)).collect();
        // Which of them a source said first changes nothing.
        contents.sort_unstable();
        contents.insert(0, subject_hash(subject));
        let mut versioned = contents.concat();
        versioned.extend_from_slice(&key.version);
        Self { subject: key.of(b"whole", "", &versioned), told: Vec::new() }
    }

    /// Whether nothing was told.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What was told, in its order.
    #[must_use]
    pub fn told(&self) -> &[Told] {
        &self.told
    }

    /// Whether both are about a subject of the same identifiers, under the same version.
    #[must_use]
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.subject == other.subject
    }

    /// What a recipient may have been told of whom it is not known which of two plans it was told: what both say alike
    /// stands; of what they say differently, or only one of them says, nothing is known but that it may be there.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let says = |plan: &Self, told: &Told| plan.told.contains(told);
        let unknown = |told: &Told| Told { content: [0; HASH_BYTES], ..*told };
        let mut told: Vec<Told> = Vec::new();
        for one in self.told.iter().chain(&other.told) {
            let one = if says(self, one) && says(other, one) { *one } else { unknown(one) };
            if !told.contains(&one) {
                told.push(one);
            }
        }
        let subject = if self.subject == other.subject { self.subject } else { [0; HASH_BYTES] };
        Self { subject, told }
    }

    /// Appends the compact form: the same bytes for the same plan.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(FORM);
        out.extend_from_slice(&self.subject);
        for told in &self.told {
            // The names of types are ours and short.
            out.push(u8::try_from(told.statement.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(told.statement.as_bytes());
            out.extend_from_slice(&told.key);
            out.extend_from_slice(&told.content);
        }
    }

    /// Reads the compact form.
    ///
    /// # Errors
    /// [`NoPlan`] for anything else, and for a type of statement that is not declared.
    pub fn read(bytes: &[u8]) -> Result<Self, NoPlan> {
        let (&form, mut rest) = bytes.split_first().ok_or(NoPlan)?;
        let subject = take_hash(&mut rest)?;
        let mut told = Vec::new();
        while let Some((&length, after)) = rest.split_first() {
            let (name, after) = after.split_at_checked(usize::from(length)).ok_or(NoPlan)?;
            rest = after;
            let of = STATEMENTS.iter().find(|of| of.name.as_bytes() == name).ok_or(NoPlan)?;
            let (key, content) = (take_hash(&mut rest)?, take_hash(&mut rest)?);
            told.push(Told { statement: of.name, key, content });
            if told.len() > PLANNED_STATEMENTS_MAX {
                return Err(NoPlan);
            }
        }
        if form == FORM { Ok(Self { subject, told }) } else { Err(NoPlan) }
    }
}

fn take_hash(rest: &mut &[u8]) -> Result<Hash, NoPlan> {
    let (hash, after) = rest.split_first_chunk().ok_or(NoPlan)?;
    *rest = after;
    Ok(*hash)
}
