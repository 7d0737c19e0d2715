//! What is shown of a child to whoever reads over FHIR: its resources, as the reader's view lets them out today.
//!
//! **Whose.** An authority reads its own children. Anybody else reads those whom the authority has named it for, or whom
//! an approved route takes to it (views, section 2.1); of everyone else there is nothing, as of a child who was never
//! known. **What.** What all sources say, through the same passage as a delivery. **Ids** hang on the subject, as those
//! of deliveries do: who was sent a resource finds it by the id that it has.

use std::sync::Arc;

use exchange::passage::{ChildHeld, Destination, Passage, Through, Untraced, passage};
use exchange::recipient::Recipient;
use exchange::view::View;
use exchange::writing::{Written, write};
use kit::adapter::{Disclosure, Format, Options, Protection};
use kit::ids::IdKey;
use kit::report::Findings;
use schemas::date::Date;
use schemas::identifier::LaCode;
use schemas::record::Record;
use serde::Deserialize;
use store::identity::RelationFilter;
use store::subject::SubjectId;
use store::{Batch, Micros, StoreFault};
use uuid::Uuid;

use super::Durable;
use super::approve::Approved;
use super::commit::kept_blocking;
use super::held::Child;
use super::moment::{day_in, micros_of, now};
use super::planning::{ANCHOR, counted};
use super::way::{Way, options_of};

/// Resources as lines, each by itself.
const LINES: &str = "fhir-ndjson";

/// The setting by which a Bundle is the passport as a document.
const DOCUMENT: [(&str, &str); 1] = [("fhir.bundle", "document")];

/// The system of the anchor of what is made for a recipient.
const ODS: &[u8] = b"https://fhir.nhs.uk/Id/ods-organization-code";

/// Relations that are read at once.
const RELATIONS_LOT: u32 = 500;

/// Who reads, and through what.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(super) partner: String,
    view: Arc<View>,
    recipient: Recipient,
}

/// On which ground a child is shown.
enum Ground {
    /// It is the reader's own, or the authority has named the reader.
    Partner,
    /// An approved route takes it there.
    Way(Arc<Way>),
    /// The reader has spoken of it itself, and reads back its own words.
    Words,
}

/// What is shown of a child.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) id: SubjectId,
    /// The epoch of what protects it, as it was looked at.
    epoch: u64,
    /// The reader is not related to the child, and is told nothing but its own words.
    is_own_words: bool,
    /// Through which view, with its digest, and on which ground: for the audit chain.
    pub(crate) view: String,
    pub(crate) basis: String,
    pub(crate) statements: Vec<(&'static str, u64)>,
    pub(crate) resources: Vec<Resource>,
}

/// A resource, as it is shown.
#[derive(Clone)]
pub(crate) struct Resource {
    /// Its type: `Observation`.
    pub(crate) kind: String,
    pub(crate) id: Uuid,
    /// The whole of it in JSON, without white space, beginning with type and id.
    pub(crate) json: Box<[u8]>,
}

/// The first members of every resource that we write.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "resourceType")]
    kind: String,
    id: Uuid,
}

impl Reader {
    /// Whether the reader is an authority, which reads its own children and may list them.
    pub(crate) fn lists_its_own(&self) -> bool {
        self.own_authority().is_some()
    }

    /// The authority that it is.
    pub(crate) fn own_authority(&self) -> Option<String> {
        let authority = self.recipient.authority.filter(|_| self.view.is_for_an_authority());
        authority.map(|code| code.to_string())
    }

    /// Its code in the Organisation Data Service.
    pub(crate) fn ods_code(&self) -> Option<&str> {
        self.recipient.ods_code.as_deref()
    }

    /// What it may see.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }
}

impl Durable {
    /// Whoever reads as this partner; `None` when its view is not there.
    pub(crate) fn reader(&self, partner: &str) -> Option<Reader> {
        let known = self.config.partner(partner)?;
        let view = self.config.views.get(&known.view)?;
        let recipient = known.ods_code.as_deref().map_or_else(Recipient::default, Recipient::organisation);
        let authority = view.is_for_an_authority().then(|| self.config.authority_of(partner)).flatten();
        Some(Reader { partner: partner.to_owned(), view, recipient: recipient.of_authority(authority) })
    }

    /// Today, where the gateway's deadlines are.
    pub(crate) fn today(&self) -> Date {
        day_in(&self.config.timezone, now())
    }

    /// What is shown of these children, in their order; of whoever is not shown there is nothing.
    ///
    /// # Errors
    /// When the store cannot be read, or a resource not be written.
    pub(crate) fn shown(&self, ids: &[SubjectId], reader: &Reader) -> Result<Vec<Shown>, StoreFault> {
        let approved = Approved::of(self)?;
        let mut all = Vec::new();
        for child in self.open_children(ids)? {
            let Some((ground, through)) = self.let_through(&child, reader, &approved)? else { continue };
            let parts = self.written(child.id, &through, roster_format(LINES)?, &[])?;
            let resources = parts.iter().flat_map(|(_, bytes)| lines_of(bytes)).collect::<Result<_, _>>()?;
            let view = ground.view(reader);
            all.push(Shown {
                id: child.id,
                epoch: child.epoch,
                is_own_words: ground.is_own_words(),
                view: view.digest().to_owned(),
                basis: basis_of(view),
                statements: counted(&through.records),
                resources,
            });
        }
        Ok(all)
    }

    /// The passport of a child, as a document or as a page; `None` for a child that is not shown or has none. With it
    /// what is shown of the child, for the audit chain.
    ///
    /// # Errors
    /// As [`Durable::shown`].
    pub(crate) fn passport(
        &self,
        id: SubjectId,
        reader: &Reader,
        format: &'static str,
    ) -> Result<Option<(Shown, Vec<u8>)>, StoreFault> {
        let approved = Approved::of(self)?;
        let Some(child) = self.open_children(&[id])?.pop() else { return Ok(None) };
        let Some((ground, through)) = self.let_through(&child, reader, &approved)? else { return Ok(None) };
        let parts = self.written(id, &through, roster_format(format)?, &DOCUMENT)?;
        let Some((_, bytes)) = parts.into_iter().find(|(_, bytes)| !bytes.is_empty()) else { return Ok(None) };
        let view = ground.view(reader);
        let shown = Shown {
            id,
            epoch: child.epoch,
            is_own_words: ground.is_own_words(),
            view: view.digest().to_owned(),
            basis: basis_of(view),
            statements: counted(&through.records),
            resources: Vec::new(),
        };
        Ok(Some((shown, bytes)))
    }

    /// The id of the Patient that a child is.
    pub(crate) fn patient_id(&self, id: SubjectId) -> Uuid {
        let ids = IdKey::secret(self.config.ids_key.bytes()).of_subject(ANCHOR, id.hyphenated().to_string().as_bytes());
        Uuid::from_bytes(ids.id("Patient", "", &[]).0)
    }

    /// The id of the list of the children that a recipient is related to.
    pub(crate) fn list_id(&self, ods: &str) -> Uuid {
        let ids = IdKey::secret(self.config.ids_key.bytes()).of_subject(ODS, ods.as_bytes());
        Uuid::from_bytes(ids.id("List", "related-children", &[]).0)
    }

    /// Whether a partner's routes take anybody to it.
    pub(crate) fn has_ways_to(&self, reader: &Reader) -> bool {
        self.ways.all().any(|way| way.target.partner == reader.partner && way.is_open())
    }

    /// Notes by which resources those of these children are found of whom something new is said.
    ///
    /// # Errors
    /// As [`Durable::resource_ids`].
    pub(crate) fn index<'c>(&self, children: impl Iterator<Item = &'c mut Child>) -> Result<(), StoreFault> {
        for child in children.filter(|child| child.has_news()) {
            child.index(self.resource_ids(child)?);
        }
        Ok(())
    }

    /// Notes the same of children who have been held since before it was noted, so many after one of them; the last of
    /// them, `None` when there are no more.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(crate) fn index_earlier(&self, after: Option<SubjectId>, most: usize) -> Result<Option<SubjectId>, StoreFault> {
        let ids = self.store.unindexed_subjects(after, most)?;
        let today = self.today();
        for mut child in self.open_children(&ids)? {
            child.index(self.resource_ids(&child)?);
            let batch = Batch { subjects: vec![child.change(today)], ..Batch::default() };
            // Whoever changed meanwhile comes again with the next round.
            let _ = kept_blocking(|done| self.store.keep(batch, done))?;
        }
        Ok(ids.last().copied().filter(|_| ids.len() == most))
    }

    /// The ids of every resource that anybody may ever be shown of a child, so that it is found by them.
    ///
    /// # Errors
    /// When a resource cannot be written.
    pub(crate) fn resource_ids(&self, child: &Child) -> Result<Vec<Uuid>, StoreFault> {
        let mut records: Vec<Record> = child.dossier().records;
        records.extend(child.holdings.values().flat_map(|holding| holding.former.iter().cloned()));
        Ok(self.as_resources(child.id, records)?.into_iter().map(|resource| resource.id).collect())
    }

    /// What these records of a child are as resources, whoever may see them.
    ///
    /// # Errors
    /// When a resource cannot be written.
    pub(super) fn as_resources(&self, id: SubjectId, records: Vec<Record>) -> Result<Vec<Resource>, StoreFault> {
        let Some(subject) = records.first().map(|record| record.subject.clone()) else { return Ok(Vec::new()) };
        let through = Through {
            subject,
            records,
            protection: Protection::default(),
            former: Vec::new(),
            findings: Findings::new(0),
        };
        let parts = self.written(id, &through, roster_format(LINES)?, &[])?;
        parts.iter().flat_map(|(_, bytes)| lines_of(bytes)).collect()
    }

    /// Whoever is shown to a reader of the subjects after one, so many of them at a time; with them the last that was
    /// looked at, `None` when there are no more.
    ///
    /// # Errors
    /// As [`Durable::shown`].
    pub(crate) fn all_shown(
        &self,
        after: Option<SubjectId>,
        most: usize,
        reader: &Reader,
    ) -> Result<(Vec<Shown>, Option<SubjectId>), StoreFault> {
        let lot = self.store.all_subjects(after, most)?;
        let last = lot.last().copied().filter(|_| lot.len() == most);
        let mut shown = self.shown(&lot, reader)?;
        // To have spoken of a child is no relation to it.
        shown.retain(|shown| !shown.is_own_words);
        Ok((shown, last))
    }

    /// The children whom an authority has named a recipient for, on a day.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn related(&self, ods: &str, today: Date) -> Result<Vec<SubjectId>, StoreFault> {
        let mut filter =
            RelationFilter { ods: Some(ods.to_owned()), limit: RELATIONS_LOT, ..RelationFilter::default() };
        let mut related = Vec::new();
        loop {
            let page = self.store.relations(&filter)?;
            let stand = page.items.iter().filter(|relation| stands(relation.since, relation.until, today));
            related.extend(stand.map(|relation| relation.subject));
            filter.after = page.next;
            if filter.after.is_none() {
                return Ok(related);
            }
        }
    }

    /// Whether nothing that protects these children has changed since they were looked at.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn still_stands(&self, shown: &[(SubjectId, u64)]) -> Result<bool, StoreFault> {
        let ids: Vec<SubjectId> = shown.iter().map(|(id, _)| *id).collect();
        let states = self.store.subjects(&ids, &[])?;
        Ok(states
            .iter()
            .zip(shown)
            .all(|(state, (_, epoch))| state.as_ref().is_some_and(|state| state.epoch == *epoch)))
    }

    /// What passes to a reader, and on which ground.
    fn let_through(
        &self,
        child: &Child,
        reader: &Reader,
        approved: &Approved,
    ) -> Result<Option<(Ground, Through)>, StoreFault> {
        if child.standing.merged_into.is_some() || child.is_erased() {
            return Ok(None);
        }
        let (sources, today) = (child.sources(), self.today());
        let shares_place = self.shares_place(child, today)?;
        let held = ChildHeld { holdings: &sources, beside: &[], shares_place, restrictions: &child.restrictions };
        let own = reader.lists_its_own() && reader.own_authority() == child.standing.authority;
        if own || (!reader.view.is_for_an_authority() && self.is_related(child.id, reader, today)?) {
            let to = Destination {
                view: &reader.view,
                recipient: &reader.recipient,
                as_at: Some(today),
                untraced: Untraced::Withhold,
                labels: true,
                diagnostics_max: 0,
            };
            return match passage(&held, &to) {
                Passage::Through(through) => Ok(Some((Ground::Partner, through))),
                // Whoever may not be shown is to the reader one of whom it knows what it has said itself.
                Passage::LeftOut(_) => self.own_words(child, reader),
            };
        }
        for way in self.ways.all().filter(|way| way.target.partner == reader.partner) {
            let carries = way.is_open() && child.holdings.contains_key(&way.route.from.partner) && approved.holds(way);
            if !carries || way.view.carries_nobody() {
                continue;
            }
            if let Passage::Through(through) = passage(&held, &Destination { labels: true, ..way.destination(today) }) {
                return Ok(Some((Ground::Way(way.clone()), through)));
            }
        }
        self.own_words(child, reader)
    }

    /// Whether a recipient that has spoken of a child asks by that to be related to it: an authority answers for the child,
    /// and has neither named the recipient nor a route that takes the child there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn asks_for_relation(&self, child: &Child, partner: &str) -> Result<bool, StoreFault> {
        let Some(reader) = self.reader(partner) else { return Ok(false) };
        if reader.ods_code().is_none() || reader.lists_its_own() || child.standing.authority.is_none() {
            return Ok(false);
        }
        let ground = self.let_through(child, &reader, &Approved::of(self)?)?.map(|(ground, _)| ground);
        Ok(ground.is_none_or(|ground| ground.is_own_words()))
    }

    /// What a reader itself says over FHIR of a child that it is not shown: its own words and nobody else's, whether the
    /// child is looked after, held back, adopted or none of it, so that nobody learns of that by speaking of a child.
    fn own_words(&self, child: &Child, reader: &Reader) -> Result<Option<(Ground, Through)>, StoreFault> {
        let own_child = reader.lists_its_own() && reader.own_authority() == child.standing.authority;
        let Some(words) = child.holdings.get(&reader.partner).filter(|_| !own_child) else { return Ok(None) };
        let sources = [words.clone()];
        let held = ChildHeld { holdings: &sources, beside: &[], shares_place: false, restrictions: &[] };
        let to = Destination {
            view: &reader.view,
            recipient: &reader.recipient.clone().released(),
            as_at: Some(self.today()),
            untraced: Untraced::Withhold,
            labels: true,
            diagnostics_max: 0,
        };
        Ok(match passage(&held, &to) {
            Passage::Through(through) => Some((Ground::Words, through)),
            Passage::LeftOut(_) => None,
        })
    }

    fn is_related(&self, id: SubjectId, reader: &Reader, today: Date) -> Result<bool, StoreFault> {
        let Some(ods) = reader.ods_code() else { return Ok(false) };
        let filter =
            RelationFilter { ods: Some(ods.to_owned()), subject: Some(id), limit: 1, ..RelationFilter::default() };
        Ok(self.store.relations(&filter)?.items.iter().any(|relation| stands(relation.since, relation.until, today)))
    }

    /// The parts of a format about one child.
    fn written(
        &self,
        id: SubjectId,
        through: &Through,
        format: &'static Format,
        settings: &[(&str, &str)],
    ) -> Result<Vec<(String, Vec<u8>)>, StoreFault> {
        let options = self.fhir_options(through.subject.authority, settings);
        let ids = options.id_key.of_subject(ANCHOR, id.hyphenated().to_string().as_bytes());
        let disclosure = Disclosure {
            subject: &through.subject,
            records: &through.records,
            ids: &ids,
            protection: through.protection,
            photographs: &[],
        };
        let Written { parts, .. } = write(format, &options, std::iter::once(disclosure))
            .map_err(|error| StoreFault::Failed(error.kind().to_string()))?;
        Ok(parts)
    }

    fn fhir_options(&self, authority: Option<LaCode>, settings: &[(&str, &str)]) -> Options {
        let (config, today) = (&self.config, self.today());
        let authority = authority.or_else(|| {
            let code = config.authority.as_deref()?;
            LaCode::read(code.as_bytes())
        });
        Options {
            settings: settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..options_of(config, today, authority, now())
        }
    }
}

impl Shown {
    /// What has to stand still while it is told.
    pub(crate) fn seen(&self) -> (SubjectId, u64) {
        (self.id, self.epoch)
    }
}

impl Ground {
    fn is_own_words(&self) -> bool {
        matches!(self, Self::Words)
    }

    fn view<'v>(&'v self, reader: &'v Reader) -> &'v View {
        match self {
            Self::Partner | Self::Words => &reader.view,
            Self::Way(way) => &way.view,
        }
    }
}

/// Whether a relation stands on a day; its days are kept as moments.
fn stands(since: Micros, until: Option<Micros>, today: Date) -> bool {
    let today = micros_of(today);
    since <= today && until.is_none_or(|until| today <= until)
}

fn basis_of(view: &View) -> String {
    view.basis().map_or_else(|| format!("the view {}", view.name()), str::to_owned)
}

fn roster_format(name: &str) -> Result<&'static Format, StoreFault> {
    let missing = || StoreFault::Failed("a format of the passport is not built in".to_owned());
    roster::format(name).map(|(_, format)| format).ok_or_else(missing)
}

fn lines_of(bytes: &[u8]) -> impl Iterator<Item = Result<Resource, StoreFault>> + '_ {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(|line| {
        let Head { kind, id } = head_of(line)?;
        Ok(Resource { kind, id, json: line.into() })
    })
}

fn head_of(line: &[u8]) -> Result<Head, StoreFault> {
    serde_json::from_slice(line).map_err(|_| StoreFault::Corrupt("a resource of ours is none"))
}
