//! What is read, and how: flags and files become a document, a format and options.

use std::{
    env,
    fs::File,
    io::{self, Read},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

use exchange::{
    ask::{self, Ask, Parameter, Settled},
    views::Views,
};
use jiff::{Timestamp, tz::TimeZone};
use kit::{
    adapter::{Format, Options, Organisation},
    dialect::Dialect,
    document::Document,
    ids::IdKey,
    limits::ReadingLimits,
    nearest::nearest,
    pep::PepSettings,
    render::people::{self, Colour},
};
use schemas::date::Date;
use server::{
    config::{Config, ConfigError, Environment, Limits, decode_key},
    documents::{self, DocumentLimits, Input},
};

use crate::{arguments::ReadingArguments, failure::Failure, terminal::Terminal};

/// A document that has been opened, with everything that reading it takes into account.
pub(crate) struct Reading {
    /// The document.
    pub(crate) document: Document,
    /// The format it is in.
    pub(crate) format: &'static Format,
    /// Options of reading and writing.
    pub(crate) options: Options,
    /// View, year, authority and day.
    pub(crate) settled: Settled,
    /// How many threads.
    pub(crate) workers: NonZeroUsize,
    /// The configuration, where one was named.
    pub(crate) config: Option<Config>,
}

/// Opens what the flags name, to be written as `to` through `view`, or only to be checked.
///
/// # Errors
/// Whatever makes the command wrong: status 2.
pub(crate) fn open(
    arguments: &ReadingArguments,
    to: Option<&'static Format>,
    view: Option<&str>,
    terminal: &Terminal,
) -> Result<Reading, Failure> {
    let config = arguments.config.as_deref().map(load_config).transpose()?;
    // Time and body limits of the gateway do not hold here; limits of archives and spools do.
    let limits = config.as_ref().map_or_else(Limits::default, |config| config.limits.clone());
    let (document, companions) = open_document(arguments, &limits)?;
    let format = match &arguments.from {
        Some(name) => readable_format(name)?,
        None => {
            ask::recognise_format(&document, roster::formats().map(|(_, format)| format)).map_err(|candidates| {
                Failure::new(
                    "the format cannot be told from the heading rows",
                    format!("name it with --from: {}", candidates.join(", ")),
                )
            })?
        }
    };
    if arguments.from.is_none() {
        terminal.note(&format!("note: read as {}", format.name));
    }
    let default_authority = config.as_ref().and_then(|config| config.authority.as_deref());
    let views = config.as_ref().map_or_else(Views::default, |config| config.views.clone());
    let settled = ask::settle(&Ask {
        from: format,
        to,
        view,
        views: &views,
        year: arguments.year.as_deref(),
        authority: arguments.authority.as_deref().or(default_authority),
        as_at: arguments.as_at.as_deref(),
        today: today()?,
    })
    .map_err(|fault| {
        let flag = flag(fault.parameter);
        Failure::new(format!("{flag} {}", fault.fault), fault.help())
    })?;
    let dialect = match &arguments.dialect {
        Some(file) => read_dialect(file, format)?,
        None => Dialect::default(),
    };
    for companion in &companions {
        companion.is_what_its_flag_says(&dialect)?;
    }
    let mut settings: Vec<(Box<str>, Box<str>)> = dialect.options().to_vec();
    for option in &arguments.options {
        settings.push(setting(option, [Some(format), to])?);
    }
    let organisation = config.as_ref().map_or_else(Organisation::default, |config| Organisation {
        ods_code: config.organisation.ods_code.as_deref().map(Into::into),
        office_phone: config.organisation.office_phone.as_deref().map(Into::into),
        duty_phone: config.organisation.duty_phone.as_deref().map(Into::into),
    });
    let options = Options {
        year: settled.year,
        authority: settled.authority,
        as_at: Some(settled.as_at),
        dialect,
        organisation,
        pep: config.as_ref().map_or_else(PepSettings::default, |config| config.pep.clone()),
        settings,
        id_key: IdKey::published(),
        limits: config.as_ref().map_or_else(ReadingLimits::default, |config| config.reading_limits),
        ..Options::plain()
    };
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    Ok(Reading { document, format, options, settled, workers: arguments.workers.unwrap_or(cores), config })
}

/// Today in Europe/London.
///
/// # Errors
/// When the clock shows a day that no record has.
pub(crate) fn today() -> Result<Date, Failure> {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let today = Timestamp::now().to_zoned(zone).date();
    Date::new(today.year(), today.month().unsigned_abs(), today.day().unsigned_abs())
        .ok_or_else(|| Failure::new("the clock of this machine shows no usable day", "set the clock"))
}

/// The instant of now, RFC 3339.
#[must_use]
pub(crate) fn now() -> String {
    Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| Timestamp::now()).to_string()
}

/// The format of that name.
///
/// # Errors
/// When there is none: the nearest is named.
pub(crate) fn known_format(name: &str) -> Result<&'static Format, Failure> {
    roster::format(name).map(|(_, format)| format).ok_or_else(|| {
        let help = match nearest(name, roster::formats().map(|(_, format)| format.name)) {
            Some(near) => format!("did you mean {near}? `homeward formats` lists them all"),
            None => "`homeward formats` lists them all".to_owned(),
        };
        Failure::new("there is no format of that name", help)
    })
}

/// The format of that name, if it can be read.
///
/// # Errors
/// When there is none, or it is only written.
pub(crate) fn readable_format(name: &str) -> Result<&'static Format, Failure> {
    let format = known_format(name)?;
    if format.decode.is_none() {
        let help = "`homeward formats` shows which direction each format has";
        return Err(Failure::new(format!("{} is written here and not read", format.name), help));
    }
    Ok(format)
}

/// The format of that name, if it can be written.
///
/// # Errors
/// When there is none, or it is only read.
pub(crate) fn writable_format(name: &str) -> Result<&'static Format, Failure> {
    let format = known_format(name)?;
    if format.encode.is_none() {
        let help = "`homeward formats` shows which direction each format has";
        return Err(Failure::new(format!("{} is read here and not written", format.name), help));
    }
    Ok(format)
}

/// The bytes that a key or a dialect may have; the same as a configuration file may have.
const SIDE_FILE_BYTES_MAX: u64 = server::config::CONFIG_BYTES_MAX;

/// Reads a small file that is named beside the input: never more of it than its limit, whatever it is.
fn read_side_file(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(SIDE_FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > SIDE_FILE_BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

/// A key of 32 bytes in base64, from a file that only its owner reads.
///
/// # Errors
/// When the file cannot be read or holds no such key.
pub(crate) fn read_key(file: &Path, flag: &str) -> Result<[u8; 32], Failure> {
    let help = "the file holds 32 bytes in base64 and nothing else: `head -c 32 /dev/urandom | base64 > FILE`";
    let text = read_side_file(file).map_err(|error| {
        Failure::new(format!("the file of {flag} cannot be read"), format!("the system says: {}", error.kind()))
    })?;
    decode_key(text.trim_end_matches(['\n', '\r']).as_bytes())
        .ok_or_else(|| Failure::new(format!("the file of {flag} holds no key"), help))
}

/// Reads a configuration and the files that it names; the failure has every fault with its place.
pub(crate) fn load_config(file: &Path) -> Result<Config, Failure> {
    let environment = Environment { credentials_directory: env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from) };
    Config::load(file, &environment).map_err(|error| match error {
        ConfigError::Faults(faults) => {
            Failure::new(format!("the configuration has faults\n{faults}\n"), "mend them and try again")
        }
        other => Failure::new(other.to_string(), "name a file that can be read"),
    })
}

/// A file that a flag says is of one format.
struct Companion<'a> {
    flag: &'static str,
    format: &'static str,
    file: &'a Path,
    /// What it holds, also among the parts of the whole document.
    document: Document,
}

impl Companion<'_> {
    /// A file of restrictions that is left aside protects nobody: what was said to be one must be one.
    fn is_what_its_flag_says(&self, dialect: &Dialect) -> Result<(), Failure> {
        let format = known_format(self.format)?;
        if self.document.parts().all(|(id, part)| ask::is_table_of(format, id, part, dialect)) {
            return Ok(());
        }
        Err(Failure::new(
            format!("{} {}: this is no whole {} by its heading row", self.flag, self.file.display(), self.format),
            format!("`homeward describe {}` shows the headings, `homeward check` what is wrong with it", self.format),
        ))
    }
}

/// Opens one file, or standard input.
///
/// # Errors
/// When it cannot be read, or holds several files.
pub(crate) fn open_one(file: &Path, limits: &Limits) -> Result<Document, Failure> {
    let mut standard_input = io::stdin().lock();
    let input = if file.as_os_str() == "-" { Input::Stream(&mut standard_input) } else { Input::Path(file.to_owned()) };
    let document = documents::open(vec![input], &DocumentLimits::new(limits, u64::MAX)).map_err(|(_, fault)| {
        Failure::new(format!("input {}: {fault}", file.display()), "give one file, or - for standard input")
    })?;
    let parts = document.parts().len();
    match parts {
        1 => Ok(document),
        _ => Err(Failure::new("the input holds several files", "give one file, or - for standard input")),
    }
}

fn open_document<'a>(
    arguments: &'a ReadingArguments,
    limits: &Limits,
) -> Result<(Document, Vec<Companion<'a>>), Failure> {
    let inputs = arguments.inputs.iter().map(|file| (None, file));
    let links = arguments.links.iter().map(|file| (Some(("--links", "links-csv")), file));
    let restrictions = arguments.restrictions.iter().map(|file| (Some(("--restrictions", "restrictions-csv")), file));
    let files: Vec<(_, &Path)> =
        inputs.chain(links).chain(restrictions).map(|(flag, file)| (flag, file.as_path())).collect();
    if files.iter().filter(|(_, file)| file.as_os_str() == "-").count() > 1 {
        return Err(Failure::new("standard input can be read once", "name `-` once"));
    }
    let limits = DocumentLimits::new(limits, u64::MAX);
    let mut standard_input = io::stdin().lock();
    let (mut parts, mut companions) = (Vec::new(), Vec::new());
    for (flag, file) in files {
        let input =
            if file.as_os_str() == "-" { Input::Stream(&mut standard_input) } else { Input::Path(file.to_owned()) };
        let opened = documents::open(vec![input], &limits).map_err(|(_, fault)| {
            let fault = format!("input {}: {fault}", file.display());
            Failure::new(fault, "give files, a folder, a .zip, or - for standard input")
        })?;
        if let Some((flag, format)) = flag {
            companions.push(Companion { flag, format, file, document: opened.clone() });
        }
        parts.extend(opened.into_parts());
    }
    Ok((Document::new(parts), companions))
}

fn read_dialect(file: &Path, format: &'static Format) -> Result<Dialect, Failure> {
    let text = read_side_file(file).map_err(|error| {
        Failure::new(
            format!("the dialect {} cannot be read", file.display()),
            format!("the system says: {}", error.kind()),
        )
    })?;
    let (dialect, faults) = Dialect::read(&text, format.tables);
    if faults.is_empty() {
        return Ok(dialect);
    }
    let draw = |fault| people::dialect_fault(fault, &file.display().to_string(), &text, Colour::Off);
    let told: Vec<String> = faults.iter().map(draw).collect();
    Err(Failure::new(format!("the dialect has faults\n{}", told.join("\n")), "mend them and try again"))
}

fn setting(option: &str, formats: [Option<&'static Format>; 2]) -> Result<(Box<str>, Box<str>), Failure> {
    let known = || formats.into_iter().flatten().flat_map(|format| format.settings);
    let Some((name, value)) = option.split_once('=') else {
        return Err(Failure::new("--option takes NAME=VALUE", "`homeward describe FORMAT` lists the options"));
    };
    let Some(setting) = known().find(|setting| setting.name == name) else {
        let help = match nearest(name, known().map(|setting| setting.name)) {
            Some(near) => format!("did you mean {near}?"),
            None => "neither format has options; `homeward describe FORMAT` lists them".to_owned(),
        };
        return Err(Failure::new("--option names no option of these formats", help));
    };
    if !setting.values.is_empty() && !setting.values.contains(&value) {
        let help = format!("{} takes {}", setting.name, setting.values.join(", "));
        return Err(Failure::new(format!("--option {} has no such value", setting.name), help));
    }
    Ok((name.into(), value.into()))
}

/// A parameter as a flag.
#[must_use]
pub(crate) fn flag(parameter: Parameter) -> String {
    format!("--{}", parameter.name().replace('_', "-"))
}
