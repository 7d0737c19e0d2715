//! `[[route]]`: who sends, which children, what an error does, and to whom it goes.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;

use exchange::children::Children;
use kit::adapter::Format;
use kit::nearest::nearest;

use super::delivery::{Delivery, Outbound};
use super::dialects::NamedDialect;
use super::fault;
use super::mesh::{By, Mailboxes, MeshInbox};
use super::section::{Placed, Section};
use super::sftp::SftpPickup;
use super::targets::{self, Target};
use super::views::read_children;

/// Characters of the name of a route or a partner.
const NAME_CHARACTERS_MAX: usize = 64;

/// One sender and those who get what it sends.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name, as in addresses.
    pub name: String,
    /// Who sends, and what.
    pub from: Source,
    /// Who gets it; at least one.
    pub to: Vec<Target>,
    /// What a wrong row does.
    pub errors: RowErrors,
    /// Errors above which the whole message is quarantined.
    pub errors_max: u64,
    /// A message is the whole of its period and authority: what is missing is withdrawn.
    pub complete: bool,
    /// Of the subjects held, how many in a hundred may be missing before a person is asked.
    pub subjects_missing_percent_max: u64,
    /// How many subjects may be missing before a person is asked.
    pub subjects_missing_max: u64,
    /// Which children it carries.
    pub children: Children,
    /// When it runs; at once without one.
    pub schedule: Option<Schedule>,
    /// Whether a message without an `Idempotency-Key` is refused.
    pub idempotency_required: bool,
    /// Whether it takes messages and sends deliveries.
    pub enabled: bool,
}

/// A format of the roster.
#[derive(Clone, Copy)]
pub struct KnownFormat(&'static Format);

impl KnownFormat {
    /// The format itself.
    #[must_use]
    pub fn get(self) -> &'static Format {
        self.0
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        roster::format(name).map(|(_, format)| Self(format))
    }
}

impl Deref for KnownFormat {
    type Target = Format;

    fn deref(&self) -> &Format {
        self.0
    }
}

impl fmt::Debug for KnownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

/// Who sends, and what.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the partner.
    pub partner: String,
    /// What it sends.
    pub format: KnownFormat,
    /// Name of the dialect it is written in.
    pub dialect: Option<String>,
    /// Collection year by its end, or `current`.
    pub year: Option<String>,
    /// Options of the format.
    pub options: Vec<(String, String)>,
    /// How it comes.
    pub transport: Intake,
}

impl Source {
    /// Whether it sends homes that providers offer.
    #[must_use]
    pub fn is_of_homes(&self) -> bool {
        self.format.get().together.contains(&"Vacancy")
    }
}

/// How messages come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Intake {
    /// The partner posts them to us.
    Https,
    /// They are picked up from a folder.
    Directory(Pickup),
    /// They are picked up from a folder of another host.
    Sftp(Box<SftpPickup>),
    /// They are fetched from a mailbox of MESH.
    Mesh(MeshInbox),
    /// An installed MESH client fetches them into a folder.
    MeshFolder(MeshInbox),
}

impl Intake {
    /// The mailbox from which they are fetched, if it is one.
    #[must_use]
    pub fn inbox(&self) -> Option<&MeshInbox> {
        match self {
            Self::Mesh(inbox) | Self::MeshFolder(inbox) => Some(inbox),
            Self::Https | Self::Directory(_) | Self::Sftp(_) => None,
        }
    }
}

/// A folder from which files are taken, with paths of the kind that its machine has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pickup<P = PathBuf> {
    /// The folder.
    pub path: P,
    /// Names of files that are taken, with `*` for any characters.
    pub pattern: String,
    /// Seconds in which neither size nor time of a file may change before it is taken.
    pub settle_seconds: u64,
    /// What becomes of a file once its message is committed.
    pub after: AfterPickup<P>,
    /// Where a file goes whose message was quarantined.
    pub failed_path: Option<P>,
}

/// What becomes of a file once its message is committed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AfterPickup<P = PathBuf> {
    /// It goes to this folder.
    Move(P),
    /// It is removed.
    Delete,
}

/// What a wrong row does to its message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RowErrors {
    /// The whole message is quarantined.
    Fail,
    /// Wrong rows are left out.
    Skip,
    /// Wrong rows stay with the message and can be replayed.
    Quarantine,
}

/// When a route runs, in the time zone of the gateway.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Schedule {
    /// How often.
    pub every: Every,
    /// `HH:MM`; midnight when it is not said.
    pub at: Option<String>,
    /// Day of the week (`monday`) or of the month (`1` to `28`).
    pub on: Option<String>,
}

/// How often a route runs; a term's run is on its first school day by the calendar of `[pep]`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Every {
    Hour,
    Day,
    Week,
    Month,
    Term,
}

impl Every {
    const WORDS: [(&'static str, Self); 5] =
        [("hour", Self::Hour), ("day", Self::Day), ("week", Self::Week), ("month", Self::Month), ("term", Self::Term)];

    /// Its word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, every)| *every == self).map_or("", |(word, _)| word)
    }
}

/// What routes may name, gathered before they are read.
pub(super) struct Known<'k> {
    pub(super) partners: Vec<PartnerName>,
    pub(super) views: Vec<String>,
    /// What each configured view narrows, by name.
    pub(super) bases: Vec<(String, String)>,
    pub(super) dialects: &'k [NamedDialect],
    /// The responsible authority for everyone, where the file names one.
    pub(super) authority: Option<String>,
    pub(super) delivery: &'k Delivery,
    pub(super) outbound: &'k Outbound,
    pub(super) mailboxes: &'k Mailboxes,
}

/// What a route needs to know of a partner.
pub(super) struct PartnerName {
    pub(super) name: String,
    pub(super) authority: Option<String>,
    pub(super) view: Option<String>,
}

/// The names in the `[[partner]]` tables.
pub(super) fn partner_names(root: &Section<'_>) -> Vec<PartnerName> {
    let named = root.sections("partner").into_iter().filter_map(|section| {
        let name = section.text("name")?.value.to_owned();
        let view = section.text("view").map(|found| found.value.to_owned());
        let authority = section.text("authority").map(|found| found.value.to_owned());
        Some(PartnerName { name, authority, view })
    });
    named.collect()
}

/// What each `[[view]]` narrows, by name.
pub(super) fn view_bases(root: &Section<'_>) -> Vec<(String, String)> {
    let named = root
        .sections("view")
        .into_iter()
        .filter_map(|section| Some((section.text("name")?.value.to_owned(), section.text("base")?.value.to_owned())));
    named.collect()
}

/// Reads every route; a faulty one is told and left out.
pub(super) fn read(root: &Section<'_>, known: &Known<'_>) -> Vec<Route> {
    let mut names: Vec<&str> = Vec::new();
    let mut routes = Vec::new();
    for section in root.sections("route") {
        if let Some(name) = section.text("name") {
            if names.contains(&name.value) {
                section.fault(&fault::NAME_TAKEN, name.byte, None);
            }
            names.push(name.value);
        }
        let byte = section.byte();
        let Some(route) = read_route(section, known) else { continue };
        let inbox = route.from.transport.inbox();
        let others = routes.iter().filter_map(|other: &Route| other.from.transport.inbox());
        if inbox.is_some_and(|inbox| others.into_iter().any(|other| inbox.overlaps(other))) {
            root.fault(&fault::INBOX_TAKEN, byte, None);
        }
        routes.push(route);
    }
    routes
}

/// Reads one; `None` only with a fault.
fn read_route(section: Section<'_>, known: &Known<'_>) -> Option<Route> {
    for key in ["name", "from"] {
        section.require(key);
    }
    let name = section.text("name").filter(|found| is_name(&section, *found));
    let from_section = section.section("from");
    let from_is_there = from_section.is_present();
    let from = if from_is_there { read_source(from_section, known) } else { None };
    let to_sections = section.sections("to");
    let to_count = to_sections.len();
    let schedule_section = section.section("schedule");
    let of = targets::OfRoute { from: from.as_ref(), is_scheduled: schedule_section.is_present() };
    let to: Vec<Target> = to_sections.into_iter().filter_map(|to| targets::read(to, &of, known)).collect();
    if to_count == 0 {
        section.fault(&fault::MISSING_KEY, section.byte(), Some("`to`, with at least one table".to_owned()));
    }

    let words = [("fail", RowErrors::Fail), ("skip", RowErrors::Skip), ("quarantine", RowErrors::Quarantine)];
    let errors = section.choice("errors", &words).map_or(RowErrors::Quarantine, |found| found.value);
    let errors_max = section.integer("errors_max", 1..=1_000_000_000).map_or(10_000, |found| found.value);
    let complete = section.boolean("complete").filter(|found| found.value);
    if let (Some(complete), Some(from)) = (complete, &from) {
        let own = known.partners.iter().any(|partner| partner.name == from.partner && partner.authority.is_some());
        if known.authority.is_none() && !own && !from.is_of_homes() {
            section.fault(&fault::COMPLETE, complete.byte, None);
        }
    }
    let percent = section.integer("subjects_missing_percent_max", 0..=100).map_or(1, |found| found.value);
    let missing = section.integer("subjects_missing_max", 0..=1_000_000).map_or(5, |found| found.value);
    let children = read_children(section.section("children"));
    let schedule = read_schedule(schedule_section);
    let idempotency_required = section.boolean("idempotency_required").is_some_and(|found| found.value);
    let enabled = section.boolean("enabled").is_none_or(|found| found.value);
    section.finish();
    Some(Route {
        name: name?.value.to_owned(),
        from: from?,
        to,
        errors,
        errors_max,
        complete: complete.is_some(),
        subjects_missing_percent_max: percent,
        subjects_missing_max: missing,
        children,
        schedule,
        idempotency_required,
        enabled,
    })
}

fn read_source(section: Section<'_>, known: &Known<'_>) -> Option<Source> {
    let partner = read_partner(&section, known);
    let format = read_format(&section, |format| format.decode.is_some(), "it cannot be read");
    let dialect = section.text("dialect").map(|found| {
        let right = |dialect: &&NamedDialect| format.is_none_or(|format| format.name == dialect.format.name);
        if !known.dialects.iter().filter(right).any(|dialect| dialect.name == found.value) {
            let names = known.dialects.iter().filter(right).map(|dialect| dialect.name.as_str());
            section.fault(&fault::ROUTE_DIALECT, found.byte, nearest_words(found.value, names));
        }
        found.value.to_owned()
    });
    let year = section.text("year").map(|found| {
        if found.value != "current" && schemas::date::CollectionYear::parse(found.value.as_bytes()).is_none() {
            section.range(found.byte, "\"current\", or the collection year by its end".to_owned());
        }
        found.value.to_owned()
    });
    let options = read_options(&section, format);
    let transport = match read_transport(&section) {
        Transported::Https => Some(Intake::Https),
        Transported::Directory => read_files(&section, |key| section.path(key)).map(Intake::Directory),
        Transported::Sftp => SftpPickup::read(&section, known).map(|pickup| Intake::Sftp(Box::new(pickup))),
        Transported::Mesh => known.mailboxes.read_inbox(&section, By::Api).map(Intake::Mesh),
        Transported::MeshFolder => known.mailboxes.read_inbox(&section, By::Folder).map(Intake::MeshFolder),
    };
    section.finish();
    Some(Source { partner: partner?, format: format?, dialect, year, options, transport: transport? })
}

/// Which files are taken and what becomes of them; `path` reads a path of the kind that the folder's machine has.
pub(super) fn read_files<P>(
    section: &Section<'_>,
    path: impl Fn(&'static str) -> Option<Placed<P>>,
) -> Option<Pickup<P>> {
    section.require("path");
    let path = |key| path(key).map(|found| found.value);
    let folder = path("path");
    let pattern = section.text("pattern").map_or("*", |found| {
        if found.value.is_empty() || found.value.contains(['/', '\\']) || found.value.chars().any(char::is_control) {
            section.range(found.byte, "a file name, with `*` for any characters".to_owned());
        }
        found.value
    });
    let settle_seconds = section.integer("settle_seconds", 1..=3_600).map_or(10, |found| found.value);
    let moves = section.choice("after", &[("move", true), ("delete", false)]).is_none_or(|found| found.value);
    let (done_path, failed_path) = (path("done_path"), path("failed_path"));
    if moves {
        section.require("done_path");
    }
    let after = if moves { AfterPickup::Move(done_path?) } else { AfterPickup::Delete };
    Some(Pickup { path: folder?, pattern: pattern.to_owned(), settle_seconds, after, failed_path })
}

fn read_schedule(section: Section<'_>) -> Option<Schedule> {
    if section.is_present() {
        section.require("every");
    }
    let every = section.choice("every", &Every::WORDS).map(|found| found.value);
    let at = section.text("at");
    if let Some(at) = at.filter(|at| !is_time(at.value)) {
        section.fault(&fault::SCHEDULE, at.byte, None);
    }
    let on = section.text("on");
    if let (Some(on), Some(every)) = (on, every) {
        const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let fits = match every {
            Every::Week => DAYS.contains(&on.value),
            Every::Month => on.value.parse::<u8>().is_ok_and(|day| (1..=28).contains(&day)),
            Every::Hour | Every::Day | Every::Term => false,
        };
        if !fits {
            section.fault(&fault::SCHEDULE, on.byte, None);
        }
    }
    section.finish();
    let owned = |found: Option<Placed<&str>>| found.map(|found| found.value.to_owned());
    Some(Schedule { every: every?, at: owned(at), on: owned(on) })
}

fn is_time(text: &str) -> bool {
    let number = |text: &str, max: u8| text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number <= max);
    text.split_once(':').is_some_and(|(hours, minutes)| number(hours, 23) && number(minutes, 59))
}

fn is_name(section: &Section<'_>, found: Placed<&str>) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&found.value.len()) && found.value.bytes().all(plain);
    if !fits {
        section.range(found.byte, format!("1 to {NAME_CHARACTERS_MAX} of a-z, 0-9 and -"));
    }
    fits
}

/// The partner that an end of a route names.
pub(super) fn read_partner(section: &Section<'_>, known: &Known<'_>) -> Option<String> {
    section.require("partner");
    let found = section.text("partner")?;
    let names = || known.partners.iter().map(|partner| partner.name.as_str());
    if !names().any(|name| name == found.value) {
        section.fault(&fault::ROUTE_PARTNER, found.byte, nearest_words(found.value, names()));
        return None;
    }
    Some(found.value.to_owned())
}

/// The format that an end of a route names, if it has the direction.
pub(super) fn read_format(section: &Section<'_>, has: fn(&Format) -> bool, without: &str) -> Option<KnownFormat> {
    section.require("format");
    let found = section.text("format")?;
    let format = KnownFormat::named(found.value);
    match format {
        None => {
            let names = roster::formats().filter(|(_, format)| has(format)).map(|(_, format)| format.name);
            section.fault(&fault::ROUTE_FORMAT, found.byte, nearest_words(found.value, names));
        }
        Some(format) if !has(&format) => {
            section.fault(&fault::ROUTE_DIRECTION, found.byte, Some(without.to_owned()));
        }
        Some(_) => {}
    }
    format
}

/// Options of a format, each known and with a value that it takes.
pub(super) fn read_options(section: &Section<'_>, format: Option<KnownFormat>) -> Vec<(String, String)> {
    let entries = section.entries("options");
    if let Some(format) = format {
        for (name, value) in &entries {
            match format.settings.iter().find(|setting| setting.name == name.value) {
                None => {
                    let names = format.settings.iter().map(|setting| setting.name);
                    section.fault(&fault::ROUTE_OPTION, name.byte, nearest_words(name.value, names));
                }
                Some(setting) if !setting.values.is_empty() && !setting.values.contains(&value.value) => {
                    let allowed = format!("one of {}", setting.values.join(", "));
                    section.fault(&fault::ROUTE_OPTION, value.byte, Some(allowed));
                }
                Some(_) => {}
            }
        }
    }
    entries.into_iter().map(|(name, value)| (name.value.to_owned(), value.value.to_owned())).collect()
}

/// What `transport` says.
#[derive(Clone, Copy)]
pub(super) enum Transported {
    Https,
    Directory,
    Mesh,
    MeshFolder,
    Sftp,
}

pub(super) fn read_transport(section: &Section<'_>) -> Transported {
    let words = [
        ("https", Transported::Https),
        ("directory", Transported::Directory),
        ("sftp", Transported::Sftp),
        ("mesh", Transported::Mesh),
        ("mesh-folder", Transported::MeshFolder),
    ];
    section.choice("transport", &words).map_or(Transported::Https, |found| found.value)
}

pub(super) fn nearest_words<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    nearest(wrong, names).map(|nearest| format!("nearest: `{nearest}`"))
}
