//! Packs members into one file (ZIP, APPNOTE 6.3.10): deflated, in their order, without a clock, so that the same
//! members give the same bytes.

use miniz_oxide::deflate::compress_to_vec;

/// The first day that a packed file can tell, 1 January 1980: what was made here carries no time.
const NO_DAY: u16 = 0x21;

/// The version of the format that is needed to unpack it (section 4.4.3).
const VERSION: u16 = 20;
const DEFLATED: u16 = 8;

/// How hard to pack, 0 to 10.
const LEVEL: u8 = 6;

/// Members packed so far.
#[derive(Default)]
pub(super) struct Pack {
    out: Vec<u8>,
    directory: Vec<u8>,
    members: u16,
}

impl Pack {
    /// Adds a member. All members together stay below the 4 GiB that the format can tell: see `sheet_rows_max`.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) {
        let packed = compress_to_vec(bytes, LEVEL);
        let at = below_4_gib(self.out.len());
        let mut shared = Vec::new();
        for two in [VERSION, 0, DEFLATED, 0, NO_DAY] {
            shared.extend_from_slice(&two.to_le_bytes());
        }
        for four in [crc32fast::hash(bytes), below_4_gib(packed.len()), below_4_gib(bytes.len())] {
            shared.extend_from_slice(&four.to_le_bytes());
        }
        shared.extend_from_slice(&(name.len() as u16).to_le_bytes());
        // Nothing more is said of a member.
        shared.extend_from_slice(&[0; 2]);
        self.out.extend_from_slice(b"PK\x03\x04");
        self.out.extend_from_slice(&shared);
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(&packed);
        self.directory.extend_from_slice(b"PK\x01\x02");
        self.directory.extend_from_slice(&VERSION.to_le_bytes());
        self.directory.extend_from_slice(&shared);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&at.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.members += 1;
    }

    /// The file.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let at = below_4_gib(self.out.len());
        self.out.extend_from_slice(&self.directory);
        self.out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        self.out.extend_from_slice(&self.members.to_le_bytes());
        self.out.extend_from_slice(&self.members.to_le_bytes());
        self.out.extend_from_slice(&below_4_gib(self.directory.len()).to_le_bytes());
        self.out.extend_from_slice(&at.to_le_bytes());
        self.out.extend_from_slice(&[0; 2]);
        self.out
    }
}

fn below_4_gib(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
