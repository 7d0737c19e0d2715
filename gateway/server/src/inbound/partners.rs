//! Who calls: from what a request and its connection show to a partner that is configured.
//!
//! Everything shown must name the same partner and be good; a partner may ask for several things at once. A refusal
//! never says which part of a credential was wrong.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::Extensions;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use governor::clock::MonotonicClock;

use super::problem::Problem;
use super::quota::PartnerQuota;
use super::token::{Claims, TokenKey};
use crate::api_key;
use crate::config::{ApiKey, Config, Means, Partner, PartnerCertificate, Role, Scope, Scopes};
use crate::tls::client::{ClientCertificates, ShownCertificate};

pub(super) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// A partner and what it has left.
pub(crate) struct Known {
    pub(crate) partner: Partner,
    pub(crate) quota: Arc<PartnerQuota<MonotonicClock>>,
}

/// Whoever asks, found among the extensions of a request.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) known: Arc<Known>,
    pub(crate) scopes: Scopes,
    /// The certificate that it showed.
    pub(crate) certificate: Option<Arc<ShownCertificate>>,
    /// Whether it showed a token.
    pub(crate) token: bool,
    /// The id of the key that it showed.
    pub(crate) key_id: Option<String>,
}

impl Caller {
    /// How it was recognised, in the words of the audit: `certificate:3f5a…`, `token`, `api-key:b1`.
    pub(crate) fn recognised_by(&self) -> Vec<String> {
        let certificate =
            self.certificate.as_ref().map(|certificate| format!("certificate:{}", hex::encode(certificate.sha256)));
        let token = self.token.then(|| "token".to_owned());
        let key = self.key_id.as_ref().map(|id| format!("api-key:{id}"));
        [certificate, token, key].into_iter().flatten().collect()
    }
}

impl Caller {
    /// Who sends a request, once it has been admitted.
    ///
    /// # Errors
    /// [`Problem::Unauthenticated`] where nobody is asked for a credential.
    pub(crate) fn of(extensions: &Extensions) -> Result<Self, Problem> {
        extensions.get::<Self>().cloned().ok_or(Problem::Unauthenticated)
    }

    /// The partner's name; of a person, one that no partner can have.
    pub(crate) fn name(&self) -> &str {
        &self.known.partner.name
    }

    /// Who acts, as the audit chain names it.
    pub(crate) fn actor(&self) -> String {
        let partner = &self.known.partner;
        partner.person.as_ref().map_or_else(|| partner.name.clone(), |person| person.name.clone())
    }

    /// How it was recognised.
    pub(crate) fn by(&self) -> String {
        self.recognised_by().join(" ")
    }

    /// The authority whose children it sends and may act on.
    pub(crate) fn authority(&self) -> Option<&str> {
        self.known.partner.authority.as_deref()
    }

    /// Whether it sees what all partners send and get, without content.
    pub(crate) fn is_operator(&self) -> bool {
        self.scopes.contains(Scope::Operator)
    }

    /// Whether a person calls.
    pub(crate) fn is_person(&self) -> bool {
        self.known.partner.person.is_some()
    }

    /// Whether a person calls who has this role.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.known.partner.person.as_ref().is_some_and(|person| person.roles.contains(&role))
    }
}

/// The client certificate of a connection with the partner that it names, among the extensions of its requests.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: Arc<ShownCertificate>,
    pub(crate) known: Option<Arc<Known>>,
}

/// Every partner, found by what it shows.
pub(crate) struct Partners {
    all: Vec<Arc<Known>>,
    by_name: HashMap<String, Arc<Known>>,
    by_client_id: HashMap<String, Arc<Known>>,
    by_fingerprint: HashMap<[u8; 32], Arc<Known>>,
    by_key_id: HashMap<String, (Arc<Known>, ApiKey)>,
    client: ClientCertificates,
    pub(crate) token_key: TokenKey,
    tokens_not_before: Option<i64>,
}

impl Partners {
    pub(crate) fn new(config: &Config, token_key: TokenKey) -> Self {
        Self::with(config, token_key, |partner| Arc::new(PartnerQuota::new(&partner.limits, &MonotonicClock)))
    }

    /// The partners of another configuration: who stays has used as much of its quotas as before.
    pub(crate) fn under(&self, config: &Config) -> Self {
        Self::with(config, self.token_key.clone(), |partner| match self.by_name.get(&partner.name) {
            Some(before) if before.partner.limits == partner.limits => before.quota.clone(),
            Some(before) => Arc::new(before.quota.limited(&partner.limits, &MonotonicClock)),
            None => Arc::new(PartnerQuota::new(&partner.limits, &MonotonicClock)),
        })
    }

    fn with(
        config: &Config,
        token_key: TokenKey,
        quota: impl Fn(&Partner) -> Arc<PartnerQuota<MonotonicClock>>,
    ) -> Self {
        let known = |partner: &Partner| Arc::new(Known { quota: quota(partner), partner: partner.clone() });
        let all: Vec<Arc<Known>> = config.partners.iter().map(known).collect();
        let mut partners = Self {
            by_name: HashMap::new(),
            by_client_id: HashMap::new(),
            by_fingerprint: HashMap::new(),
            by_key_id: HashMap::new(),
            client: config.public.tls.as_ref().map(|tls| tls.client.clone()).unwrap_or_default(),
            token_key,
            tokens_not_before: config.oauth.tokens_not_before,
            all,
        };
        for known in &partners.all {
            let partner = &known.partner;
            partners.by_name.insert(partner.name.clone(), known.clone());
            if let Some(oauth) = &partner.oauth {
                partners.by_client_id.insert(oauth.client_id.clone(), known.clone());
            }
            for certificate in &partner.certificates {
                if let PartnerCertificate::Fingerprint(hash) = certificate {
                    partners.by_fingerprint.insert(*hash, known.clone());
                }
            }
            for key in &partner.api_keys {
                partners.by_key_id.insert(key.id.clone(), (known.clone(), key.clone()));
            }
        }
        partners
    }

    /// Whether there are none: then nobody is asked for a credential, and the listener is loopback.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether anyone may ask for tokens.
    pub(crate) fn has_clients(&self) -> bool {
        !self.by_client_id.is_empty()
    }

    /// Whether some partner's tokens are bound to certificates.
    pub(crate) fn bind_tokens(&self) -> bool {
        self.all.iter().any(|known| known.partner.binds_tokens())
    }

    /// The partner of a client id, when it may call.
    pub(crate) fn client(&self, client_id: &str) -> Option<&Arc<Known>> {
        self.by_client_id.get(client_id).filter(|known| known.partner.enabled)
    }

    /// Whose certificate it is; judged once a connection, and again after each reload.
    pub(crate) fn identify(&self, certificate: Arc<ShownCertificate>) -> Identity {
        let known = self.by_fingerprint.get(&certificate.sha256).cloned().or_else(|| self.named(&certificate));
        let known = known.filter(|_| !certificate.is_revoked(&self.client.revocations));
        Identity { certificate, known }
    }

    /// The one partner below whose authority the certificate has a name; two would be nobody.
    fn named(&self, certificate: &ShownCertificate) -> Option<Arc<Known>> {
        let authority = self.client.authority.as_ref()?;
        let is_own = |own: &PartnerCertificate| match own {
            PartnerCertificate::Fingerprint(_) => false,
            PartnerCertificate::Named { name, below } => {
                certificate.has_name(name)
                    && certificate.is_below(authority, &self.client.revocations)
                    && certificate.is_below(below, &self.client.revocations)
            }
        };
        let mut owners = self.all.iter().filter(|known| known.partner.certificates.iter().any(is_own));
        let owner = owners.next()?;
        owners.next().is_none().then(|| owner.clone())
    }

    /// Who asks; `None` when no credential is shown at all.
    ///
    /// A certificate that names nobody is no credential: it neither lets in nor keeps out.
    ///
    /// # Errors
    /// [`Problem::Unauthenticated`], [`Problem::InvalidToken`], [`Problem::CredentialsDisagree`].
    pub(crate) fn recognise(
        &self,
        headers: &HeaderMap,
        identity: Option<&Identity>,
        address: IpAddr,
        now: i64,
    ) -> Result<Option<Caller>, Problem> {
        let token = bearer(headers)?.map(|token| self.token(token, identity, now)).transpose()?;
        let key = single(headers, &API_KEY)?.map(|key| self.api_key(key, address, now)).transpose()?;
        let certificate = identity.and_then(|identity| Some((identity, identity.known.as_ref()?)));
        // It may have expired while the connection lasted.
        let certificate = match certificate {
            Some((identity, _)) if identity.certificate.expires < now => return Err(Problem::Unauthenticated),
            certificate => certificate,
        };
        let mut named = [
            token.as_ref().map(|(known, _)| known),
            key.as_ref().map(|(known, _)| known),
            certificate.map(|(_, known)| known),
        ]
        .into_iter()
        .flatten();
        let Some(known) = named.next() else { return Ok(None) };
        if named.any(|other| !Arc::ptr_eq(other, known)) {
            return Err(Problem::CredentialsDisagree);
        }
        let partner = &known.partner;
        let shown = |means: &Means| match means {
            Means::Certificate => certificate.is_some(),
            Means::Token => token.is_some(),
            Means::ApiKey => key.is_some(),
        };
        if !partner.enabled || !partner.require.iter().all(shown) {
            return Err(Problem::Unauthenticated);
        }
        // A token may have fewer scopes than its partner, never more.
        let scopes = token.as_ref().map_or(partner.scopes, |(_, claims)| claims.scopes.common(partner.scopes));
        Ok(Some(Caller {
            known: known.clone(),
            scopes,
            certificate: certificate.map(|(identity, _)| identity.certificate.clone()),
            token: token.is_some(),
            key_id: key.as_ref().map(|(_, id)| id.clone()),
        }))
    }

    /// Of whom what is shown would be, were it good: the one partner that all of it names. A key's id and a certificate
    /// are only said to be somebody's; a token that opens was made here.
    pub(crate) fn claimed(&self, headers: &HeaderMap, identity: Option<&Identity>) -> Option<&Arc<Known>> {
        let token = bearer(headers).ok().flatten().and_then(|token| self.token_key.open(token));
        let key = single(headers, &API_KEY).ok().flatten();
        let by_certificate = identity.and_then(|identity| identity.known.as_ref());
        let mut named = [
            token.and_then(|claims| self.by_name.get(&claims.partner)),
            key.and_then(|key| self.by_key_id.get(api_key::id_of(key.as_bytes())?)).map(|(known, _)| known),
            by_certificate.and_then(|known| self.by_name.get(&known.partner.name)),
        ]
        .into_iter()
        .flatten();
        let first = named.next()?;
        named.all(|other| Arc::ptr_eq(other, first)).then_some(first)
    }

    fn token(&self, token: &str, identity: Option<&Identity>, now: i64) -> Result<(Arc<Known>, Claims), Problem> {
        let good = || {
            let claims = self.token_key.open(token)?;
            let known = self.by_name.get(&claims.partner).filter(|known| known.partner.enabled)?;
            let alive = claims.expires_at > now
                && self.tokens_not_before.is_none_or(|first| claims.issued_at >= first)
                && known.partner.oauth.is_some();
            let shown = identity.map(|identity| identity.certificate.sha256);
            let bound = match claims.certificate {
                Some(certificate) => shown == Some(certificate),
                // Issued before the partner was told to bind its tokens.
                None => !known.partner.binds_tokens(),
            };
            (alive && bound).then(|| (known.clone(), claims))
        };
        good().ok_or(Problem::InvalidToken)
    }

    fn api_key(&self, shown: &HeaderValue, address: IpAddr, now: i64) -> Result<(Arc<Known>, String), Problem> {
        let good = || {
            let id = api_key::id_of(shown.as_bytes())?;
            let (known, key) = self.by_key_id.get(id)?;
            verify_slices_are_equal(&api_key::hash(shown.as_bytes()), &key.sha256).ok()?;
            let here =
                key.allow_addresses.is_empty() || key.allow_addresses.iter().any(|range| range.contains(address));
            (here && now <= key.expires).then(|| (known.clone(), id.to_owned()))
        };
        good().ok_or(Problem::Unauthenticated)
    }
}

/// Whether a request shows a credential, good or not.
pub(crate) fn shows_credential(headers: &HeaderMap, identity: Option<&Identity>) -> bool {
    headers.contains_key(header::AUTHORIZATION)
        || headers.contains_key(&API_KEY)
        || identity.is_some_and(|identity| identity.known.is_some())
}

/// Seconds since 1970 by the clock of this machine.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}

/// The bearer token of a request (RFC 6750, section 2.1). Another scheme is no credential that we could judge.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    const SCHEME: &str = "bearer ";
    let Some(value) = single(headers, &header::AUTHORIZATION)? else { return Ok(None) };
    let text = value.to_str().map_err(|_| Problem::Unauthenticated)?;
    match text.split_at_checked(SCHEME.len()) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => Ok(Some(token.trim_start_matches(' '))),
        _ => Err(Problem::Unauthenticated),
    }
}

/// The one value of a header; of several nobody could say which is meant.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h HeaderValue>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(Problem::Unauthenticated),
    }
}
