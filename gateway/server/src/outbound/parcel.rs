//! What one attempt carries.

use bytes::Bytes;
use schemas::date::Date;
use uuid::Uuid;

/// One delivery on its way, whole.
#[derive(Clone)]
pub struct Parcel {
    /// Id of the delivery: the key by which a recipient knows it when it comes again.
    pub delivery: Uuid,
    /// Token of the lease under which it is sent: of two attempts the older has the smaller one.
    pub fence: u64,
    /// What the sender of the message gave to follow it by.
    pub correlation_id: Option<String>,
    /// Media type of the body.
    pub media_type: &'static str,
    /// The body.
    pub body: Bytes,
    /// The day in the gateway's time zone, for the name of a file.
    pub date: Date,
    /// Name of the route, for the name of a file.
    pub route: String,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parcel")
            .field("delivery", &self.delivery)
            .field("fence", &self.fence)
            .field("media_type", &self.media_type)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
