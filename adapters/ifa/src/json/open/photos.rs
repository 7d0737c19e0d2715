//! The photographs that stand beside a document, each taken for what a child may read that names it.
//!
//! Limits: those of [`kit::photograph`]; one photograph as it came in memory beside those that are kept. Format: parts
//! under `photos/`, called by the id of a photograph, with or without `.jpg`, `.jpeg` or `.png` behind it. A photograph
//! without a part is named and no more.

use kit::{
    document::{Part, ReadAt},
    nested::Held as HeldRow,
    photograph::{FOLDER, Fault, Photograph, Picture, sha256, strip},
};
use schemas::{
    diagnostic::{Diagnostic, PartId, Place, Report},
    record::Photo,
    said::Said,
};

use super::{ProviderReader, Teller};
use crate::{json::shape::PhotoRow, records::ProviderRecords};

/// What may stand behind the id of a photograph in the name of its part.
const EXTENSIONS: [&str; 4] = ["", ".jpg", ".jpeg", ".png"];

/// The parts of a document that are photographs.
#[derive(Default)]
pub(super) struct PhotoParts<'d>(Vec<(&'d str, PartId, &'d dyn ReadAt)>);

impl<'d> PhotoParts<'d> {
    /// Takes a part that is one; the how manieth it is.
    pub(super) fn take(&mut self, id: PartId, part: &'d Part) -> Option<u16> {
        let name = part.name.strip_prefix(FOLDER)?;
        self.0.push((name, id, part.bytes.as_ref()));
        Some(u16::try_from(self.0.len()).unwrap_or(u16::MAX))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part of a photograph of that id.
    fn called(&self, id: &str) -> Option<&'d dyn ReadAt> {
        let found =
            EXTENSIONS.iter().find_map(|extension| self.0.iter().find(|(name, ..)| is_called(name, id, extension)));
        found.map(|(.., bytes)| *bytes)
    }

    /// Tells of those that none of these ids names.
    pub(super) fn tell_unnamed(&self, ids: &[Box<str>], report: &mut dyn Report) {
        for (name, part, _) in &self.0 {
            let is_named = ids.iter().any(|id| EXTENSIONS.iter().any(|extension| is_called(name, id, extension)));
            if !is_named {
                report.raise(Diagnostic::new(Fault::Unknown.rule(), Place::Part(*part)));
            }
        }
    }
}

fn is_called(name: &str, id: &str, extension: &str) -> bool {
    name.strip_suffix(extension) == Some(id)
}

impl ProviderReader<'_> {
    /// The photographs of what a child may read; each that is not taken is told, and costs nothing else.
    pub(super) fn photos(
        &self,
        rows: Vec<HeldRow<PhotoRow>>,
        provider: &mut ProviderRecords,
        teller: &mut Teller<'_>,
    ) -> Vec<Photo> {
        let most = self.opened.options.limits.photos.photos_per_profile_max as usize;
        let mut photos = Vec::new();
        for held in rows {
            let taken = if photos.len() < most { self.photo(held.row, provider) } else { Err(Fault::Many) };
            match taken {
                Ok(photo) => photos.push(photo),
                Err(fault) => teller.tell(fault.rule(), &held.spot),
            }
        }
        photos
    }

    fn photo(&self, row: PhotoRow, provider: &mut ProviderRecords) -> Result<Photo, Fault> {
        let said = Photo {
            id: row.id.map(|text| text.0),
            caption: row.caption.map(|text| text.0),
            media_type: row.media_type.map(|text| text.0),
            sha256: row.sha256.map(|text| text.0),
        };
        let part = said.id.as_ref().is().and_then(|id| self.opened.photos.called(id));
        let Some(part) = part else { return Ok(said) };
        if row.assured != Said::Is(true) {
            return Err(Fault::NotAssured);
        }
        let photograph = self.read_photo(part, &said, provider.photographs_bytes())?;
        let named = Photo {
            media_type: Said::Is(photograph.picture().media_type().into()),
            sha256: Said::Is(photograph.sha256().into()),
            ..said
        };
        provider.photograph(photograph);
        Ok(named)
    }

    /// Reads a part, which is to be what is said of it.
    fn read_photo(&self, part: &dyn ReadAt, said: &Photo, held_bytes: u64) -> Result<Photograph, Fault> {
        let limits = &self.opened.options.limits.photos;
        let left = limits.photos_bytes_max.saturating_sub(held_bytes);
        if part.len() > limits.photo_bytes_max.min(left) {
            return Err(Fault::Bytes);
        }
        let mut bytes = vec![0; usize::try_from(part.len()).map_err(|_| Fault::Bytes)?];
        let mut at = 0;
        while at < bytes.len() {
            match part.read_at(at as u64, &mut bytes[at..]) {
                Ok(0) | Err(_) => return Err(Fault::Damaged),
                Ok(count) => at += count,
            }
        }
        let photograph = strip(&bytes, limits)?;
        let is_another = said
            .media_type
            .as_ref()
            .is()
            .is_some_and(|said| Picture::of_media_type(said) != Some(photograph.picture()));
        // Whoever reads it again knows it by what was kept.
        let is_changed = said.sha256.as_ref().is().is_some_and(|said| {
            ![sha256(&bytes).as_str(), photograph.sha256()].iter().any(|known| said.eq_ignore_ascii_case(known))
        });
        if is_another || is_changed { Err(Fault::Other) } else { Ok(photograph) }
    }
}
