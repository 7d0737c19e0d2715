//! Documents that are the same for everyone and stay true for a while: made once, tagged, and given without copying.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::digest;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::media::negotiate;
use super::problem::Problem;

/// Documents kept at once: there are fewer formats than this.
const DOCUMENTS_MAX: usize = 1_024;

/// A document with the tag of its bytes.
#[derive(Clone)]
pub(crate) struct Published {
    media_type: &'static str,
    bytes: Bytes,
    etag: HeaderValue,
}

impl Published {
    pub(crate) fn new(media_type: &'static str, bytes: Vec<u8>) -> Result<Self, Problem> {
        let hash = digest::digest(&digest::SHA256, &bytes);
        let etag = format!("\"{}\"", hex::encode(&hash.as_ref()[..16]));
        let etag = HeaderValue::from_str(&etag).map_err(|_| Problem::Internal)?;
        Ok(Self { media_type, bytes: bytes.into(), etag })
    }

    /// The answer to who asks with these headers.
    ///
    /// # Errors
    /// [`Problem::NotAcceptable`].
    pub(crate) fn answer(self, asked: &HeaderMap) -> Result<Response, Problem> {
        self.draw(asked, false)
    }

    /// The same of a document whose form its caller has chosen already.
    ///
    /// # Errors
    /// None but those of a later version.
    pub(crate) fn in_this_form(self, asked: &HeaderMap) -> Result<Response, Problem> {
        self.draw(asked, true)
    }

    fn draw(self, asked: &HeaderMap, judged: bool) -> Result<Response, Problem> {
        let Self { media_type, bytes, etag } = self;
        let known = asked.get_all(header::IF_NONE_MATCH).iter().any(|value| {
            let tags = value.to_str().unwrap_or_default();
            let matches = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes();
            tags.split(',').any(|tag| matches(tag.trim()))
        });
        let cache = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        let etag = (header::ETAG, etag);
        if known {
            return Ok((StatusCode::NOT_MODIFIED, [cache, etag]).into_response());
        }
        // Judged last: what is the same for everyone has one form.
        if !judged {
            negotiate(asked, &[media_type])?;
        }
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Ok(([cache, etag, content_type], Body::from(bytes)).into_response())
    }
}

/// Documents that have been made, by their names.
#[derive(Default)]
pub(crate) struct PublishedDocuments(RwLock<HashMap<String, Published>>);

impl PublishedDocuments {
    /// The document of this name, if it was made before.
    pub(crate) fn find(&self, name: &str) -> Option<Published> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps a document. Only what was found is kept, so that no caller can fill the table with names.
    pub(crate) fn keep(&self, name: &str, document: &Published) {
        let mut documents = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if documents.len() < DOCUMENTS_MAX {
            documents.insert(name.to_owned(), document.clone());
        }
    }
}
