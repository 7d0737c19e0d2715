//! Photographs without anything but the picture: what a JPEG or PNG file holds beside it (place, time, device, names,
//! thumbnails, comments, whatever hangs behind its end) is left behind at the door.
//!
//! Limits: [`PhotoLimits`]; one photograph in memory, read once and written once. Format: an allow-list of segments
//! (JPEG, ITU T.81) and of chunks (PNG, third edition), each looked into, so that nothing stands in a table that is not
//! the table; what is on no list is left behind, and what a picture cannot be shown without is refused. Colour profiles
//! are left behind: they hold texts (description, copyright, maker), and a picture without one is shown as sRGB. Which way
//! up a picture is stands in its EXIF: that number alone is kept, in a block written here. What is written is read again to
//! the same bytes. Samples are not decoded: a text that somebody paints, or hides in the samples themselves, stays. The
//! crates that read such files keep whole segments as they stand, and would be most of the work again.
//! Operations: [`strip`].

mod jpeg;
mod orientation;
mod png;

use std::sync::Arc;

use schemas::diagnostic::{Rule, Severity};
use sha2::{Digest, Sha256};

/// Where the photographs of a document stand, beside it in a folder or an archive.
pub const FOLDER: &str = "photos/";

/// How large a photograph may be, and how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoLimits {
    /// The largest photograph, in bytes as it comes.
    pub photo_bytes_max: u64,
    /// The longest side of one, in pixels.
    pub photo_side_pixels_max: u32,
    /// The most photographs of one profile.
    pub photos_per_profile_max: u32,
    /// All photographs that one provider's document brings, in bytes.
    pub photos_bytes_max: u64,
}

impl Default for PhotoLimits {
    fn default() -> Self {
        Self {
            photo_bytes_max: 4 << 20,
            photo_side_pixels_max: 6_000,
            photos_per_profile_max: 12,
            photos_bytes_max: 256 << 20,
        }
    }
}

/// What a photograph is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl Picture {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Jpeg, Self::Png];

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The one of a media type, without parameters.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|picture| picture.media_type().eq_ignore_ascii_case(media_type.trim()))
    }

    /// The one that bytes begin as.
    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            _ if bytes.starts_with(png::SIGNATURE) => Some(Self::Png),
            _ => None,
        }
    }
}

/// A photograph that holds nothing but its picture. There is no way to have one but [`strip`].
#[derive(Clone, PartialEq, Eq)]
pub struct Photograph {
    picture: Picture,
    bytes: Arc<[u8]>,
    sha256: Arc<str>,
}

impl std::fmt::Debug for Photograph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Photograph").field("picture", &self.picture).finish_non_exhaustive()
    }
}

impl Photograph {
    /// What it is written in.
    #[must_use]
    pub fn picture(&self) -> Picture {
        self.picture
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of its bytes, in hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// SHA-256 of bytes, in hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why a photograph is not taken. Every one is of the rule `ifa/photo`, and costs that photograph alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is neither a JPEG nor a PNG.
    NotAPicture,
    /// It is cut short or damaged, or written in a way that browsers do not show.
    Damaged,
    /// It has too many bytes.
    Bytes,
    /// It is too wide or too high.
    Pixels,
    /// There are too many of one home.
    Many,
    /// It is not what is said of it.
    Other,
    /// Nobody has ticked what must not be on it.
    NotAssured,
    /// A part that no photograph of the document is called by.
    Unknown,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident $message:literal $help:literal;)+) => {
        $($(#[doc = $doc])+
        static $rule: Rule = Rule {
            code: "ifa/photo",
            severity: Severity::Error,
            message: $message,
            help: $help,
            source: "IFA formats, section 9",
        };)+
    };
}

rules! {
    /// See [`Fault::NotAPicture`].
    NOT_A_PICTURE "This is no photograph in JPEG or PNG; it is left out, and everything else is kept"
        "Save it as JPEG or PNG and send it again. A phone may write HEIC: choose JPEG when it is exported.";
    /// See [`Fault::Damaged`].
    DAMAGED "This photograph is cut short or damaged, or written in a way that not everybody can see; it is left out, and everything else is kept"
        "Open it, save it as an ordinary JPEG or PNG, and send that.";
    /// See [`Fault::Bytes`].
    BYTES "This photograph has more bytes than are taken; it is left out, and everything else is kept"
        "Save it smaller: at most 4 MiB, unless the gateway is told otherwise.";
    /// See [`Fault::Pixels`].
    PIXELS "This photograph is wider or higher than is taken; it is left out, and everything else is kept"
        "Save it smaller: at most 6,000 pixels a side, unless the gateway is told otherwise.";
    /// See [`Fault::Many`].
    MANY "There are more photographs of this home than are taken; those beyond are left out"
        "Choose those that a child would want to see most: at most 12, unless the gateway is told otherwise.";
    /// See [`Fault::Other`].
    OTHER "This photograph is not what is said of it: another media type, or other bytes; it is left out, and everything else is kept"
        "Say image/jpeg of a JPEG and image/png of a PNG, and the SHA-256 of the very file, or none.";
    /// See [`Fault::NotAssured`].
    NOT_ASSURED "Nobody has ticked that this photograph shows no other child, street sign, number plate or school badge; it is left out, and everything else is kept"
        "Look at it, and then say assured: true of it.";
    /// See [`Fault::Unknown`].
    UNKNOWN "This file is named by no photograph of the document; it is left out, and everything else is kept"
        "Name it as the id of a photograph of the home that it shows, or take it away.";
}

/// Photographs beside a document that is taken in where only its words are kept.
pub static BY_ITSELF: Rule = Rule {
    code: "ifa/photo-by-itself",
    severity: Severity::Loss,
    message: "The photographs beside this document are not kept here; what it says is",
    help: "Send each photograph with PUT /v1/vacancies/{id}/photos/{name}.",
    source: "IFA formats, section 9",
};

impl Fault {
    /// The rule that it breaks.
    #[must_use]
    pub fn rule(self) -> &'static Rule {
        match self {
            Self::NotAPicture => &NOT_A_PICTURE,
            Self::Damaged => &DAMAGED,
            Self::Bytes => &BYTES,
            Self::Pixels => &PIXELS,
            Self::Many => &MANY,
            Self::Other => &OTHER,
            Self::NotAssured => &NOT_ASSURED,
            Self::Unknown => &UNKNOWN,
        }
    }
}

/// Every rule of photographs, for the formats that bring them: one code, told in several ways.
pub static RULES: &[&Rule] = &[&NOT_A_PICTURE];

/// The photograph that bytes hold, and nothing beside it.
///
/// # Errors
/// Why it is not taken.
pub fn strip(bytes: &[u8], limits: &PhotoLimits) -> Result<Photograph, Fault> {
    if bytes.len() as u64 > limits.photo_bytes_max {
        return Err(Fault::Bytes);
    }
    let picture = Picture::of_bytes(bytes).ok_or(Fault::NotAPicture)?;
    let stripped = match picture {
        Picture::Jpeg => jpeg::strip(bytes, limits.photo_side_pixels_max)?,
        Picture::Png => png::strip(bytes, limits.photo_side_pixels_max)?,
    };
    Ok(Photograph { picture, sha256: sha256(&stripped).into(), bytes: stripped.into() })
}

/// Refuses a picture without a side, or with one that is too long.
fn within(sides: [u32; 2], most: u32) -> Result<(), Fault> {
    match sides {
        [0, _] | [_, 0] => Err(Fault::Damaged),
        [width, height] if width > most || height > most => Err(Fault::Pixels),
        _ => Ok(()),
    }
}

/// Bytes that are read from their front.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    /// The next so many.
    fn take(&mut self, count: usize) -> Result<&'b [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Fault::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        self.take(1).map(|byte| byte[0])
    }

    /// A number of two bytes, the greater first.
    fn two(&mut self) -> Result<u16, Fault> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// A number of four bytes, the greatest first.
    fn four(&mut self) -> Result<u32, Fault> {
        self.take(4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}
