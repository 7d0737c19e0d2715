//! The commands that ask a gateway, as they are written.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

/// A group of commands that ask a gateway, with how it is reached.
#[derive(Args, Debug)]
pub struct ToGateway<C: Subcommand> {
    /// How it is reached.
    #[command(flatten)]
    pub reach: ReachArguments,

    /// What is asked.
    #[command(subcommand)]
    pub command: C,
}

/// How a gateway is reached and signed in to, and the form of what it tells.
#[derive(Args, Debug)]
pub struct ReachArguments {
    /// The gateway, as in https://gateway.example; by default `public_url` of --config.
    #[arg(long, global = true, value_name = "URL")]
    pub gateway: Option<String>,

    /// The gateway's configuration. Alone it stands for a stopped gateway: its store is read, for lists, `show`,
    /// `audit export` and `audit verify`.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Your certificate, and its chain, in PEM.
    #[arg(long, global = true, value_name = "FILE")]
    pub certificate_file: Option<PathBuf>,

    /// The private key of the certificate, in PEM.
    #[arg(long, global = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// A file with your API key and nothing else.
    #[arg(long, global = true, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,

    /// The authorities below which the gateway's certificate stands, in PEM; by default those of this system.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,

    /// Machine form: the gateway's answer as it came.
    #[arg(long, global = true)]
    pub json: bool,
}

impl ReachArguments {
    /// The configuration of a stopped gateway: one that is given alone, so that nobody is to be asked.
    pub(crate) fn at_rest(&self) -> Option<&Path> {
        let signs_in = self.certificate_file.is_some() || self.key_file.is_some() || self.api_key_file.is_some();
        self.config.as_deref().filter(|_| !signs_in && self.gateway.is_none())
    }
}

/// A thing that is acted on.
#[derive(Args, Debug)]
pub struct ActArguments {
    /// Its id.
    pub id: String,

    /// What was seen of it: `etag` of `show --json`. Needed where nobody can be asked.
    #[arg(long, value_name = "ETAG")]
    pub if_match: Option<String>,
}

/// When, and how many.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// Not before this instant, RFC 3339.
    #[arg(long, value_name = "INSTANT")]
    pub since: Option<String>,

    /// Before this instant, RFC 3339.
    #[arg(long, value_name = "INSTANT")]
    pub until: Option<String>,

    /// How many at most, the newest.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

/// `homeward messages`.
#[derive(Debug, Subcommand)]
pub enum MessagesCommand {
    /// List messages, the newest first.
    List {
        /// Only in this state.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,

        /// Only of this route.
        #[arg(long, value_name = "ROUTE")]
        route: Option<String>,

        /// Only with this correlation id.
        #[arg(long, value_name = "ID")]
        correlation_id: Option<String>,

        /// When, and how many.
        #[command(flatten)]
        list: ListArguments,
    },
    /// Show a message: its state, counts and receipt.
    Show {
        /// The message.
        id: String,
    },
    /// Show what reading a message found: rules, places, losses.
    Report {
        /// The message.
        id: String,

        /// Which reading; by default the latest.
        #[arg(long, value_name = "N")]
        attempt: Option<u32>,
    },
    /// Show the rows that were rejected. They hold what you sent: only its sender sees them.
    Rejects {
        /// The message.
        id: String,
    },
    /// Write the bytes of a message as they were received.
    Content {
        /// The message.
        id: String,

        /// Where to write: a file; by default, and for `-`, standard output.
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Send a file on a route, and print the receipt.
    Send(SendArguments),
    /// Read a message again.
    Replay {
        /// The message.
        #[command(flatten)]
        act: ActArguments,

        /// Another dialect, by its name in the gateway's configuration.
        #[arg(long, value_name = "NAME")]
        dialect: Option<String>,

        /// What an error does this time.
        #[arg(long, value_enum, value_name = "HOW")]
        errors: Option<ReplayErrors>,

        /// More errors than this: reading stops.
        #[arg(long, value_name = "N")]
        errors_max: Option<u64>,

        /// Only tell what would go to whom. Nothing is changed.
        #[arg(long)]
        dry_run: bool,
    },
    /// Give a message up. Nothing more of it is read or sent.
    Discard {
        /// The message.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// What an error of a row does on a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReplayErrors {
    /// Nothing of the document is taken.
    Fail,
    /// Wrong rows are left out.
    Skip,
    /// Wrong rows are kept aside, and the rest is taken.
    Quarantine,
}

/// `homeward messages send`.
#[derive(Args, Debug)]
pub struct SendArguments {
    /// The route.
    pub route: String,

    /// What to send: a file, or - for standard input. Several files go as one .zip.
    pub file: PathBuf,

    /// Only tell what reading would find. Nothing is kept.
    #[arg(long)]
    pub dry_run: bool,

    /// The key under which a repeat is the same message; by default a new one, which is told.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,

    /// The file is the whole of its period: what is missing in it is withdrawn.
    #[arg(long, requires_all = ["period", "authority"])]
    pub complete: bool,

    /// The period that the file tells of, as in 2025-04-01/2026-03-31.
    #[arg(long, value_name = "FIRST/LAST")]
    pub period: Option<String>,

    /// Three-digit code of the authority that the file is of.
    #[arg(long, value_name = "LA")]
    pub authority: Option<String>,
}

/// `homeward deliveries`.
#[derive(Debug, Subcommand)]
pub enum DeliveriesCommand {
    /// List deliveries, the newest first.
    List {
        /// Only those that are given up and wait for a person.
        #[arg(long, conflicts_with = "state")]
        dead: bool,

        /// Only in this state.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,

        /// Only of this route.
        #[arg(long, value_name = "ROUTE")]
        route: Option<String>,

        /// Only to this partner.
        #[arg(long, value_name = "PARTNER")]
        recipient: Option<String>,

        /// Only of this message.
        #[arg(long, value_name = "ID")]
        message: Option<String>,

        /// When, and how many.
        #[command(flatten)]
        list: ListArguments,
    },
    /// Show a delivery: its state, what stopped it, when it is tried again.
    Show {
        /// The delivery.
        id: String,
    },
    /// Try a delivery again now.
    Retry {
        /// The delivery.
        #[command(flatten)]
        act: ActArguments,
    },
    /// Give a delivery up, so that the next one to its recipient can go.
    Discard {
        /// The delivery.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// `homeward route`.
#[derive(Debug, Subcommand)]
pub enum RouteCommand {
    /// Show what the first run of a route would send, and to whom. No values.
    Preview {
        /// The route.
        route: String,
    },
    /// Show what the first run of a route would send, and approve it as it was seen.
    Approve {
        /// The route.
        route: String,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,

        /// What was seen: `etag` of `homeward route preview --json`. Needed where nobody can be asked.
        #[arg(long, value_name = "ETAG")]
        if_match: Option<String>,
    },
}

/// `homeward identity`.
#[derive(Debug, Subcommand)]
pub enum IdentityCommand {
    /// List pairs of records that may be of one child.
    Proposals {
        /// Only in this state: open, confirmed or rejected.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,

        /// How many at most, the newest.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show a proposal: what agrees and what differs, by names of fields.
    Show {
        /// The proposal.
        id: String,
    },
    /// Say that a proposal is of one child: what is held of both becomes one record.
    Confirm {
        /// The proposal.
        #[command(flatten)]
        act: ActArguments,
    },
    /// Take a confirmation back: both children are as before, and whoever was sent the one is told.
    Undo {
        /// The link that the confirmation made.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say that a proposal is of two children. The pair is not proposed again unless an identifier changes.
    Reject {
        /// The proposal.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Protect a child, at once. The child's identifier is asked for, or read from standard input.
    Restrict(RestrictArguments),
    /// List the restrictions that are in force.
    Restrictions {
        /// Only those whose review is due.
        #[arg(long)]
        review_due: bool,
    },
    /// List who was sent the place of a protected child.
    Holders {
        /// The restriction.
        id: String,
    },
    /// End a restriction. Two persons are needed: the first leaves it `lifting`, the second ends it.
    Lift {
        /// The restriction.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say which recipients may ask for a child, and end that.
    Relation {
        /// What to do.
        #[command(subcommand)]
        command: RelationCommand,
    },
    /// List children that wait for people, by our ids.
    Subjects {
        /// Only in this state: held (a cell that protects the child could not be read), releasing, erasing, readmitting,
        /// to-hand-over (nothing is owed to the child any more).
        #[arg(long, value_name = "STATE")]
        state: Option<String>,

        /// How many at most.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show how a child stands, by our id: whether it is held back, and what is begun.
    Subject {
        /// Our id of the child.
        id: String,
    },
    /// Let go on what an unreadable cell holds back. Two persons are needed: the first leaves it `releasing`.
    Release {
        /// Our id of the child.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say that what is held of a child was handed over, or could not be: before that nothing goes by itself.
    HandedOver {
        /// Our id of the child.
        #[command(flatten)]
        act: ActArguments,

        /// What came of it.
        #[arg(long, value_enum, value_name = "OUTCOME")]
        outcome: HandOverOutcome,
    },
    /// Erase everything held of a child. Two persons are needed; whoever holds records is sent the withdrawal.
    Erase {
        /// Our id of the child.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take in again what is said of a child that was erased, as of somebody new. Two persons are needed.
    Readmit {
        /// Our id of the child.
        #[command(flatten)]
        act: ActArguments,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Write all that is held of a child, from whom, and every disclosure. Review it before it is handed over.
    Export {
        /// Our id of the child.
        subject: String,

        /// Why, in a sentence that names no child.
        #[arg(long, value_name = "TEXT")]
        reason: String,

        /// The .zip to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

/// `homeward identity relation`.
#[derive(Debug, Subcommand)]
pub enum RelationCommand {
    /// List the relations that stand, of your own children.
    List {
        /// Only with this recipient, by its ODS code.
        #[arg(long, value_name = "ODS")]
        ods: Option<String>,

        /// Only of this child, by our id.
        #[arg(long, value_name = "ID")]
        subject: Option<String>,

        /// How many at most, the newest.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Name a recipient for a child. The child's identifier is asked for, or read from standard input.
    Set {
        /// Which identifier is given: nhs-number, la-child, upn, uln, la-person.
        #[arg(long, value_name = "SYSTEM")]
        system: String,

        /// The recipient, by its ODS code.
        #[arg(long, value_name = "ODS")]
        ods: String,

        /// From this day on, YYYY-MM-DD.
        #[arg(long, value_name = "DATE")]
        since: String,

        /// Until this day, YYYY-MM-DD.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// End a relation, at once.
    End {
        /// The relation.
        id: String,
    },
}

/// `homeward identity restrict`.
#[derive(Args, Debug)]
pub struct RestrictArguments {
    /// Which identifier is given: nhs-number, la-child, upn, uln, la-person.
    #[arg(long, value_name = "SYSTEM")]
    pub system: String,

    /// What must not be found.
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: RestrictKind,

    /// From this day on, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub since: String,

    /// The role of whoever sets it, never a name.
    #[arg(long, value_name = "ROLE")]
    pub set_by_role: String,

    /// Until this day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,

    /// The day of its review, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub review_on: Option<String>,

    /// ODS codes of those who keep the address all the same; by default nobody.
    #[arg(long, value_name = "ODS", value_delimiter = ',')]
    pub recipients: Vec<String>,
}

/// Kinds of restriction that an authority sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RestrictKind {
    /// Where the child lives.
    Location,
    /// The child is adopted: nothing goes out.
    Adopted,
}

/// What came of handing over what is held of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HandOverOutcome {
    /// It was handed over.
    HandedOver,
    /// It could not be.
    CouldNotBe,
}

/// `homeward audit`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List lines of the audit chain, the newest first.
    List {
        /// Only about this child, by our id.
        #[arg(long, value_name = "ID")]
        subject: Option<String>,

        /// Only of this partner or person.
        #[arg(long, value_name = "NAME")]
        actor: Option<String>,

        /// Only of this kind, as in `disclose`.
        #[arg(long, value_name = "ACTION")]
        action: Option<String>,

        /// Only on this thing, as in `message:ID`.
        #[arg(long, value_name = "KIND:ID")]
        object: Option<String>,

        /// When, and how many.
        #[command(flatten)]
        list: ListArguments,
    },
    /// Write the lines of the audit chain, the newest first, as FHIR: one AuditEvent a line (NDJSON).
    Export {
        /// Not before this instant, RFC 3339.
        #[arg(long, value_name = "INSTANT")]
        since: Option<String>,

        /// Before this instant, RFC 3339.
        #[arg(long, value_name = "INSTANT")]
        until: Option<String>,

        /// Where to write: a file; by default, and for `-`, standard output.
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Recompute the audit chain. Status 0 when it is whole, 1 when it is not.
    Verify {
        /// From this line on.
        #[arg(long, value_name = "SEQ")]
        from: Option<u64>,

        /// Up to this line.
        #[arg(long, value_name = "SEQ")]
        to: Option<u64>,

        /// The anchors that the gateway wrote outside its store; the newest in reach is held against the chain.
        #[arg(long, value_name = "FILE")]
        anchor_file: Option<PathBuf>,

        /// A copy of the store, its file or its folder. Nobody is asked, and its key is not needed.
        #[arg(long, value_name = "PATH", conflicts_with_all = ["gateway", "config"])]
        store: Option<PathBuf>,
    },
}
