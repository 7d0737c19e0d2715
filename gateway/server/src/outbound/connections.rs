//! Connections to one host, kept between exchanges: a request goes on one that rests, or on a new one.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};

use super::address::Address;
use super::outcome::Reason;
use super::reach::{Connection, Reach};

/// Connections that rest between exchanges with one host.
const IDLE_CONNECTIONS_MAX: usize = 4;

/// Time for which a connection may rest: shorter than what servers and middleboxes commonly allow.
const IDLE_SECONDS_MAX: u64 = 30;

/// The connections to one host.
pub(super) struct Connections {
    pub(super) reach: Reach,
    idle: Mutex<Vec<Connection>>,
}

impl Connections {
    pub(super) fn new(reach: Reach) -> Self {
        Self { reach, idle: Mutex::default() }
    }

    /// Sends a request and waits for the head of its answer, whose body comes on the connection given back.
    pub(super) async fn respond(
        &self,
        address: &Address,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Connection, Response<Incoming>), Reason> {
        while let Some(mut connection) = self.rested() {
            match connection.sender.try_send_request(request).await {
                Ok(response) => return Ok((connection, response)),
                // It had ended while it rested, and nothing of the request has left.
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(connection.reason_of(error.error()).await),
                },
            }
        }
        let mut connection = self.reach.connect(address).await?;
        match connection.sender.send_request(request).await {
            Ok(response) => Ok((connection, response)),
            Err(error) => Err(connection.reason_of(&error).await),
        }
    }

    /// Takes back a connection whose answer has been read to its end.
    pub(super) async fn rest(&self, mut connection: Connection) {
        if connection.sender.ready().await.is_ok() {
            connection.rested_since = Instant::now();
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE_CONNECTIONS_MAX {
                idle.push(connection);
            }
        }
    }

    fn rested(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| {
            connection.sender.is_ready() && connection.rested_since.elapsed().as_secs() < IDLE_SECONDS_MAX
        });
        idle.pop()
    }
}
