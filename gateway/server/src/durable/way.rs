//! Ways: each target of each route, with everything that decides what goes there, put together once.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use exchange::passage::{Destination, Untraced as Place};
use exchange::planned::PlanKey;
use exchange::recipient::Recipient;
use exchange::view::View;
use exchange::views::COLLECTOR;
use kit::adapter::{Format, Options, Organisation};
use kit::ids::IdKey;
use schemas::date::{CollectionYear, Date};
use schemas::identifier::LaCode;
use store::delivery::Target as TargetKey;

use super::moment::rfc3339;
use crate::config::{Batch, Config, Roll, Route, Target, Untraced};

/// One way from a sender to a recipient.
pub(crate) struct Way {
    /// Its name in the store: `route/recipient/number`.
    pub(crate) key: TargetKey,
    /// The route it belongs to.
    pub(crate) route: Arc<Route>,
    /// What the configuration says of it.
    pub(crate) target: Target,
    /// What the recipient may see on this way: the partner's view, the target's, and the route's children, met.
    pub(crate) view: Arc<View>,
    /// Who it is, as consents and restrictions name it.
    pub(crate) recipient: Recipient,
    /// Of a roll: who besides the sender says where a child learns.
    pub(crate) schools: Vec<String>,
    /// Digest of everything else that what goes depends on.
    pub(crate) terms: String,
    /// Whether recipient, route and gateway let anything go.
    enabled: bool,
}

/// All ways of a configuration.
pub(crate) struct Ways {
    pub(crate) routes: Vec<Arc<Route>>,
    ways: Vec<Arc<Way>>,
}

impl Ways {
    /// The ways of a configuration that has been checked: whatever names another thing names one that is there.
    pub(crate) fn of(config: &Config) -> Self {
        let routes: Vec<Arc<Route>> = config.routes.iter().cloned().map(Arc::new).collect();
        let ways = routes.iter().flat_map(|route| {
            route.to.iter().enumerate().filter_map(|(n, target)| Way::of(config, route, n, target).map(Arc::new))
        });
        let ways = ways.collect();
        Self { routes, ways }
    }

    /// Every way.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Way>> {
        self.ways.iter()
    }

    /// The way of that name.
    pub(crate) fn by_key(&self, key: &str) -> Option<&Arc<Way>> {
        self.ways.iter().find(|way| way.key == key)
    }

    /// The names of all ways.
    pub(crate) fn keys(&self) -> Vec<TargetKey> {
        self.ways.iter().map(|way| way.key.clone()).collect()
    }
}

impl Way {
    fn of(config: &Config, route: &Arc<Route>, number: usize, target: &Target) -> Option<Self> {
        let partner = config.partner(&target.partner)?;
        let mut view = config.views.get(&partner.view)?;
        if let Some(narrower) = &target.view {
            view = Arc::new(view.meet(&*config.views.get(narrower)?));
        }
        if target.is_collectors_roll() {
            view = Arc::new(view.meet(&*config.views.get(COLLECTOR)?));
        }
        let view = Arc::new(view.of_children(&route.children));
        let recipient = partner.ods_code.as_deref().map_or_else(Recipient::default, Recipient::organisation);
        let authority = view.is_for_an_authority().then(|| config.authority_of(&partner.name)).flatten();
        let recipient = recipient.of_authority(authority);
        let schools = config.schools_of_roll(route, target);
        let terms = terms(route, target, &schools, &recipient);
        Some(Self {
            key: format!("{}/{}/{number}", route.name, target.partner),
            route: route.clone(),
            target: target.clone(),
            view,
            recipient,
            schools,
            terms,
            enabled: route.enabled && partner.enabled,
        })
    }

    /// Whether anything may go this way at all.
    pub(crate) fn is_open(&self) -> bool {
        self.enabled
    }

    /// The format that goes this way.
    pub(crate) fn format(&self) -> &'static Format {
        self.target.format.get()
    }

    /// The media type, as the format declares it; what was planned under another version goes as that.
    pub(crate) fn media_type(&self, planned: &str) -> &'static str {
        let types = self.format().media_types;
        types
            .iter()
            .copied()
            .find(|known| *known == planned)
            .or(types.first().copied())
            .unwrap_or("application/octet-stream")
    }

    /// Whether one delivery holds one child.
    pub(crate) fn is_by_child(&self) -> bool {
        self.target.batch == Batch::Child
    }

    /// Whether a delivery holds everybody, one a run of the route's schedule.
    pub(crate) fn is_by_schedule(&self) -> bool {
        self.target.batch == Batch::Schedule
    }

    /// What becomes of the place of a child whom nobody has traced.
    pub(crate) fn untraced(&self) -> Place {
        match self.target.untraced {
            Untraced::Withhold => Place::Withhold,
            Untraced::Send => Place::Send,
        }
    }

    /// Where what is held of a child goes this way, on a day.
    pub(crate) fn destination(&self, today: Date) -> Destination<'_> {
        Destination {
            view: &self.view,
            recipient: &self.recipient,
            as_at: Some(today),
            untraced: self.untraced(),
            labels: self.view.is_for_others() || !self.format().case_management,
            diagnostics_max: 0,
        }
    }

    /// The ground that a disclosure is told with.
    pub(crate) fn basis(&self) -> String {
        self.view.basis().map_or_else(|| format!("the view {}", self.view.name()), str::to_owned)
    }

    /// The key under which what was told this way is remembered; another view, format or option makes all differ.
    pub(crate) fn plan_key(&self, secret: &[u8; 32]) -> PlanKey {
        PlanKey::new(secret, format!("{}\n{}", self.view.digest(), self.terms).as_bytes())
    }

    /// What encoding takes into account.
    pub(crate) fn options(
        &self,
        config: &Config,
        today: Date,
        authority: Option<LaCode>,
        at: store::Micros,
    ) -> Options {
        Options {
            settings: self
                .target
                .options
                .iter()
                .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
                .collect(),
            ..options_of(config, today, authority, at)
        }
    }
}

/// What encoding takes into account whoever gets it.
pub(super) fn options_of(config: &Config, today: Date, authority: Option<LaCode>, at: store::Micros) -> Options {
    Options {
        year: CollectionYear::of(today),
        authority,
        as_at: Some(today),
        id_key: IdKey::secret(config.ids_key.bytes()),
        recorded_at: Some(rfc3339(at).into_boxed_str()),
        organisation: Organisation {
            ods_code: config.organisation.ods_code.as_deref().map(Into::into),
            office_phone: config.organisation.office_phone.as_deref().map(Into::into),
            duty_phone: config.organisation.duty_phone.as_deref().map(Into::into),
        },
        pep: config.pep.clone(),
        limits: config.reading_limits,
        ..Options::plain()
    }
}

/// What besides the view decides what a recipient gets.
fn terms(route: &Route, target: &Target, schools: &[String], recipient: &Recipient) -> String {
    let mut context = Context::new(&SHA256);
    let mut say = |text: &str| {
        context.update(&(text.len() as u64).to_be_bytes());
        context.update(text.as_bytes());
    };
    say(&route.from.partner);
    say(target.format.name);
    say(if target.untraced == Untraced::Send { "send" } else { "withhold" });
    say(target.batch.word());
    if target.roll == Roll::Full {
        say(target.roll.word());
    }
    schools.iter().for_each(|school| say(school));
    say(recipient.ods_code.as_deref().unwrap_or_default());
    if let Some(authority) = recipient.authority {
        say(&authority.to_string());
    }
    for (name, value) in &target.options {
        say(name);
        say(value);
    }
    hex::encode(&context.finish().as_ref()[..8])
}
