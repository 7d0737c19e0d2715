//! The command line as it is written: every command, flag and default.

pub mod gateway;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use gateway::{AuditCommand, DeliveriesCommand, IdentityCommand, MessagesCommand, RouteCommand, ToGateway};

/// Homeward translates between the systems that hold a looked-after child's life in England.
///
/// Data goes to standard output, talk to standard error. Exit status: 0 all is well, 1 the input has errors,
/// 2 the command was wrong or could not run.
#[derive(Debug, Parser)]
#[command(name = "homeward", version, propagate_version = true, disable_help_subcommand = true)]
pub struct Arguments {
    /// No progress and no notes; errors stay.
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Whether to colour what people read.
    #[arg(long, global = true, value_enum, default_value_t = ColourWhen::Auto, value_name = "WHEN")]
    pub color: ColourWhen,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColourWhen {
    /// When a terminal reads it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read a document, run every rule, and tell what is wrong and where.
    Check(CheckArguments),
    /// Write a document in another format, through the recipient's view.
    Translate(TranslateArguments),
    /// Write a document of one's own in another notation of the same standard: no records, no view.
    Convert(ConvertArguments),
    /// List every format.
    Formats {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show a format's reference page: tables, columns, rules, options, losses. `record` shows the record.
    Describe(DescribeArguments),
    /// Write a blank file to fill.
    Template(TemplateArguments),
    /// Make a whole synthetic authority that agrees with itself, or a region of agencies and their homes.
    Synth(SynthArguments),
    /// Draft a dialect for an export that differs.
    #[command(subcommand)]
    Dialect(DialectCommand),
    /// Run the gateway.
    Serve(ServeArguments),
    /// Look at a gateway's configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make a key for a partner of a gateway, or show what one may see.
    #[command(subcommand)]
    Partner(PartnerCommand),
    /// Send messages to a gateway, see what became of them, read them again.
    Messages(ToGateway<MessagesCommand>),
    /// See what leaves a gateway, and what could not.
    Deliveries(ToGateway<DeliveriesCommand>),
    /// See what a route would send first, and approve it.
    Route(ToGateway<RouteCommand>),
    /// Decide who is who and who must not be found.
    Identity(ToGateway<IdentityCommand>),
    /// Read the audit chain of a gateway, and verify it.
    Audit(ToGateway<AuditCommand>),
    /// Show the gateway at work on a synthetic authority.
    Demo(DemoArguments),
    /// Print a shell's completion script.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Flags of everything that reads a document.
#[derive(Args, Debug)]
pub struct ReadingArguments {
    /// What to read: files, a folder, a .zip, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,

    /// The format read; found from the heading rows when it is not given.
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<String>,

    /// Collection year by its end (2018 is 2017/18), or `current`.
    #[arg(long, value_name = "YEAR")]
    pub year: Option<String>,

    /// Three-digit code of the responsible authority.
    #[arg(long, value_name = "LA")]
    pub authority: Option<String>,

    /// The day of "looked after" and of ages, YYYY-MM-DD; by default 31 March of the year.
    #[arg(long, value_name = "DATE")]
    pub as_at: Option<String>,

    /// A dialect: how this sender's files differ.
    #[arg(long, value_name = "FILE")]
    pub dialect: Option<PathBuf>,

    /// A links-csv file to read beside the document.
    #[arg(long, value_name = "FILE")]
    pub links: Vec<PathBuf>,

    /// A restrictions-csv file to read beside the document.
    #[arg(long, value_name = "FILE")]
    pub restrictions: Vec<PathBuf>,

    /// A configuration; only [ids], [limits], [organisation], [pep] and the views are used.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// An option of a format.
    #[arg(long = "option", value_name = "NAME=VALUE")]
    pub options: Vec<String>,

    /// Threads; what is written does not depend on it. By default one a core.
    #[arg(long, value_name = "N")]
    pub workers: Option<std::num::NonZeroUsize>,

    /// How many places to tell; counts are always whole.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub diagnostics_max: usize,

    /// Machine form: one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// `homeward check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// What is read, and how.
    #[command(flatten)]
    pub reading: ReadingArguments,

    /// The form of the report.
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    pub format: Option<ReportForm>,
}

/// `homeward convert`.
#[derive(Args, Debug)]
pub struct ConvertArguments {
    /// What to read: a file, or - for standard input.
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,

    /// The format read.
    #[arg(long, value_name = "FORMAT")]
    pub from: String,

    /// The format written.
    #[arg(long, value_name = "FORMAT")]
    pub to: String,

    /// Where to write; by default standard output.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,

    /// A configuration; only [limits] is used.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How many places to tell; counts are always whole.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub diagnostics_max: usize,

    /// Machine form of what is wrong: one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportForm {
    /// One line a diagnostic: rule, severity, part, line, column, path, byte, message, help.
    Csv,
}

/// `homeward translate`.
#[derive(Args, Debug)]
pub struct TranslateArguments {
    /// What is read, and how.
    #[command(flatten)]
    pub reading: ReadingArguments,

    /// The format written.
    #[arg(long, value_name = "FORMAT")]
    pub to: String,

    /// The recipient's view. Needed for everything but an authority's own formats.
    #[arg(long, value_name = "VIEW")]
    pub view: Option<String>,

    /// A document a child in place of a transaction: the health passport (fhir-json, fhir-xml).
    #[arg(long)]
    pub document: bool,

    /// What an error does: leave out what is wrong, or write nothing.
    #[arg(long, value_enum, default_value_t = ErrorsDo::Skip, value_name = "HOW")]
    pub errors: ErrorsDo,

    /// More errors than this: reading stops and nothing is written.
    #[arg(long, value_name = "N")]
    pub errors_max: Option<u64>,

    /// The key of resource ids: a file with 32 bytes in base64.
    #[arg(long, value_name = "FILE")]
    pub id_key_file: Option<PathBuf>,

    /// The key of pseudonyms, for --view statistics: a file with 32 bytes in base64.
    #[arg(long, value_name = "FILE")]
    pub pseudonym_key_file: Option<PathBuf>,

    /// When the output was made, RFC 3339, where a format writes it; by default now.
    #[arg(long, value_name = "INSTANT")]
    pub recorded_at: Option<String>,

    /// Where to write: a file, a folder or a .zip; by default, and for `-`, standard output.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// What an error does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ErrorsDo {
    /// Wrong rows are left out and the rest is written; status 1.
    Skip,
    /// Any error: nothing is written; status 1.
    Fail,
}

/// `homeward describe`.
#[derive(Args, Debug)]
pub struct DescribeArguments {
    /// The format, `record`, or `rules` for those that no format has.
    pub format: String,

    /// Collection year by its end, or `current`.
    #[arg(long, value_name = "YEAR")]
    pub year: Option<String>,

    /// Only this table.
    #[arg(long, value_name = "TABLE")]
    pub part: Option<String>,

    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `homeward template`.
#[derive(Args, Debug)]
pub struct TemplateArguments {
    /// The format.
    pub format: String,

    /// Collection year by its end, or `current`.
    #[arg(long, value_name = "YEAR")]
    pub year: Option<String>,

    /// Only this table.
    #[arg(long, value_name = "TABLE")]
    pub part: Option<String>,

    /// Where to write: a file, a folder or a .zip; by default, and for `-`, standard output.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// `homeward synth`.
#[derive(Args, Debug)]
pub struct SynthArguments {
    /// How many children.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub children: u32,

    /// The seed: equal seed, equal bytes.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// How many faults to plant; they are listed in faults.csv.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub faults: u32,

    /// Collection year by its end, or `current`; by default the last full one.
    #[arg(long, value_name = "YEAR")]
    pub year: Option<String>,

    /// Three-digit code of the authority.
    #[arg(long, value_name = "LA", default_value = "330")]
    pub authority: String,

    /// Make a region instead: a market of agencies and the homes that they offer, and a configuration for it.
    #[arg(long, conflicts_with_all = ["children", "faults", "year", "authority"])]
    pub region: bool,

    /// The size of the region.
    #[command(flatten)]
    pub market: RegionArguments,

    /// The folder to write.
    #[arg(short, long, value_name = "FOLDER")]
    pub output: PathBuf,
}

/// The size of a region.
#[derive(Args, Debug)]
pub struct RegionArguments {
    /// How many authorities the region has.
    #[arg(long, value_name = "N", default_value_t = 14, requires = "region")]
    pub authorities: u32,

    /// How many agencies.
    #[arg(long, value_name = "N", default_value_t = 68, requires = "region")]
    pub agencies: u32,

    /// How many foster carers, children's homes and settings they offer.
    #[arg(long, value_name = "N", default_value_t = 11_000, requires = "region")]
    pub carers: u32,

    /// How many searches for a home, with what agencies answer.
    #[arg(long, value_name = "N", default_value_t = 500, requires = "region")]
    pub referrals: u32,

    /// The day on which the agencies say what has changed, YYYY-MM-DD; by default today.
    #[arg(long, value_name = "DATE", requires = "region")]
    pub as_at: Option<String>,
}

/// `homeward dialect`.
#[derive(Debug, Subcommand)]
pub enum DialectCommand {
    /// Draft a dialect from a file's headings and values: each line says whether it is sure or a guess.
    ///
    /// Nothing is confirmed by itself: look at each guess, then read with `--dialect`. The draft holds the file's own
    /// headings and never a cell's value; what no column fits is listed at its end by number. Exit status: 0 every
    /// column that the table needs was found, 1 some are missing.
    Infer(InferArguments),
}

/// `homeward dialect infer`.
#[derive(Args, Debug)]
pub struct InferArguments {
    /// A file with one table, or - for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The format it is meant to be; by default the one whose table fits best.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,

    /// Where to write: a file; by default, and for `-`, standard output.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// `homeward config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read it as the gateway would, with the files that it names, and tell every fault with its place.
    Check {
        /// The configuration.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Tell as a page in Markdown who gets what: a section a route, with every field and its precision. No secret.
    Describe {
        /// The configuration.
        #[arg(value_name = "FILE")]
        file: PathBuf,

        /// Where to write: a file; by default, and for `-`, standard output.
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
}

/// `homeward partner`.
#[derive(Debug, Subcommand)]
pub enum PartnerCommand {
    /// Make an API key: the key, once, on standard output; the block of the configuration on standard error.
    ///
    /// No file is touched. The block holds a hash: nobody can make the key of it.
    Key {
        /// The name of the partner.
        #[arg(value_name = "NAME")]
        name: String,

        /// How many days the key lasts, 400 at most.
        #[arg(long, value_name = "N", value_parser = commands::partner::days)]
        days: i64,
    },
    /// Show what a partner may do and see: its view, field by field.
    Show {
        /// The name of the partner.
        #[arg(value_name = "NAME")]
        name: String,

        /// The configuration.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,

        /// Only what differs from what the gateway loaded last. It may run or be stopped; its store is only read.
        #[arg(long)]
        diff: bool,
    },
}

/// `homeward serve`.
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// The configuration; else HOMEWARD_CONFIG, else ./homeward.toml.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `homeward demo`.
#[derive(Args, Debug)]
pub struct DemoArguments {
    /// How many children.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub children: u32,

    /// The seed: equal seed, equal authority.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Stop after the translation instead of serving until Ctrl-C.
    #[arg(long)]
    pub once: bool,

    /// Where to put keys, certificates and the authority; by default a temporary folder, removed at the end.
    #[arg(long, value_name = "PATH")]
    pub folder: Option<PathBuf>,

    /// The port of https://localhost; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    pub port: u16,
}
