//! `homeward messages`: what was sent to a gateway, what became of it, and sending.

use std::{
    fs::File,
    io::{self, Seek},
    path::Path,
};

use serde_json::{Value, json};
use server::outbound::client::{Ask, Content, ContentBytes, Deed};

use crate::{
    arguments::gateway::{ActArguments, MessagesCommand, ReplayErrors, SendArguments, ToGateway},
    asking::{self, Act, Asked, Asking, List, failed, id, name, report, table, thing},
    failure::{Ended, Failure, Outcome},
    terminal::Terminal,
};

/// Bytes of an idempotency key, and of one that is made here.
const KEY_BYTES_MAX: usize = 255;
const KEY_BYTES: usize = 16;

const LIST: [(&str, &str); 7] = [
    ("id", "id"),
    ("route", "route"),
    ("state", "state"),
    ("attempt", "attempt"),
    ("bytes", "bytes"),
    ("received", "receivedAt"),
    ("reason", "reason"),
];

const REJECTS: [(&str, &str); 5] =
    [("part", "part"), ("line", "line"), ("byte", "byte"), ("rule", "rule"), ("row", "row")];

pub(crate) fn run(group: &ToGateway<MessagesCommand>, terminal: &Terminal) -> Outcome {
    asking::run(&group.reach, terminal, |asking| match &group.command {
        MessagesCommand::List { state, route, correlation_id, list } => {
            let filters = [
                ("state", state.as_deref()),
                ("route", route.as_deref()),
                ("correlation_id", correlation_id.as_deref()),
                ("since", list.since.as_deref()),
                ("until", list.until.as_deref()),
            ];
            List { path: "/v1/messages", filters: &filters, limit: list.limit, columns: &LIST }.run(asking)
        }
        MessagesCommand::Show { id } => asking.tell_seen(&asking.get(&path(id)?, &[])?, thing),
        MessagesCommand::Report { id, attempt } => {
            let attempt = attempt.map(|attempt| attempt.to_string());
            let query: Vec<_> = attempt.iter().map(|attempt| ("attempt", attempt.as_str())).collect();
            asking.tell(&asking.get(&format!("{}/report", path(id)?), &query)?, report)
        }
        MessagesCommand::Rejects { id } => rejects(asking, &format!("{}/rejects", path(id)?)),
        MessagesCommand::Content { id, output } => {
            let path = format!("{}/content", path(id)?);
            asking.download(Ask { path: &path, query: &[], headers: &[], deed: Deed::Read }, output.as_deref())?;
            Ok(Ended::Well)
        }
        MessagesCommand::Send(arguments) => send(asking, arguments),
        MessagesCommand::Replay { act, dialect, errors, errors_max, dry_run } => {
            let body =
                json!({ "dialect": dialect, "errors": errors.map(word), "errorsMax": errors_max, "dryRun": dry_run });
            replay(asking, act, body, *dry_run)
        }
        MessagesCommand::Discard { act, reason } => {
            acted(asking, act, "Discard this message?", "discard", &json!({ "reason": reason }))
        }
    })
}

fn path(text: &str) -> Result<String, Failure> {
    Ok(format!("/v1/messages/{}", id(text)?))
}

/// Rows as they were sent can be many: machines get them as they come.
fn rejects(asking: &Asking<'_>, path: &str) -> Asked<Ended> {
    if asking.for_machines() {
        asking
            .download(Ask { path, query: &[], headers: &[("accept", "application/json")], deed: Deed::Read }, None)?;
        asking.terminal.print(b"\n")?;
        return Ok(Ended::Well);
    }
    asking.tell(&asking.get(path, &[])?, |body| table(body["rejects"].as_array().map_or(&[], Vec::as_slice), &REJECTS))
}

fn word(errors: ReplayErrors) -> &'static str {
    match errors {
        ReplayErrors::Fail => "fail",
        ReplayErrors::Skip => "skip",
        ReplayErrors::Quarantine => "quarantine",
    }
}

fn replay(asking: &Asking<'_>, act: &ActArguments, mut body: Value, dry_run: bool) -> Asked<Ended> {
    // What is not said is left out: the gateway knows no members without a value.
    if let Some(members) = body.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    if !dry_run {
        return acted(asking, act, "Read this message again?", "replay", &body);
    }
    // Nothing is changed, so that nobody is asked: what there is now is what is tried.
    let path = path(&act.id)?;
    let etag = match &act.if_match {
        Some(etag) => Some(etag.clone()),
        None => asking.get(&path, &[])?.etag,
    };
    let told = asking.act(&format!("{path}/replay"), &body, etag.as_deref())?;
    asking.tell(&told, |would| {
        let mut rest = would.clone();
        let found = rest.as_object_mut().and_then(|members| members.remove("report")).unwrap_or_default();
        format!("{}\n{}", thing(&rest), report(&found))
    })
}

fn acted(asking: &Asking<'_>, act: &ActArguments, question: &str, verb: &str, body: &Value) -> Asked<Ended> {
    let path = path(&act.id)?;
    let act = Act { if_match: act.if_match.as_deref(), question, shown_by: "homeward messages show ID --json" };
    let Some(etag) = act.seen(asking, || asking.get(&path, &[]), thing)? else { return Ok(Ended::WithErrors) };
    let told = asking.act(&format!("{path}/{verb}"), body, Some(&etag))?;
    asking.tell_seen(&told, thing)
}

/// Sends a file, a second time under the same key where the connection broke: it is taken once.
fn send(asking: &Asking<'_>, arguments: &SendArguments) -> Asked<Ended> {
    asking.running()?;
    let path = format!("/v1/routes/{}/messages", name(&arguments.route)?);
    let mut file = opened(&arguments.file)?;
    let bytes = file.seek(io::SeekFrom::End(0)).map_err(unreadable)?;
    let mut query = Vec::new();
    for (name, value) in [("period", &arguments.period), ("authority", &arguments.authority)] {
        query.extend(value.as_deref().map(|value| (name, value)));
    }
    for (name, given) in [("complete", arguments.complete), ("dry_run", arguments.dry_run)] {
        query.extend(given.then_some((name, "true")));
    }
    let key = match &arguments.idempotency_key {
        Some(key)
            if key.is_empty() || key.len() > KEY_BYTES_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            return Err(
                Failure::new("the idempotency key has another form", "1 to 255 visible characters of ASCII").into()
            );
        }
        Some(key) => key.clone(),
        None => made_key()?,
    };
    if !arguments.dry_run && arguments.idempotency_key.is_none() {
        asking
            .terminal
            .note(&format!("note: sent under --idempotency-key {key}; with it a repeat is the same message"));
    }
    let once = || {
        let mut file = file.try_clone().map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        let content = Content { media_type: media_type(&arguments.file), bytes: ContentBytes::File(file, bytes) };
        let headers = [("accept", "application/json"), ("idempotency-key", key.as_str())];
        let headers = if arguments.dry_run { &headers[..1] } else { &headers[..] };
        Ok::<_, Failure>(asking.answer(Ask { path: &path, query: &query, headers, deed: Deed::Act(content) }))
    };
    let mut answer = once()?;
    if answer.as_ref().is_err_and(|fault| fault.is_broken()) {
        asking.terminal.note("note: the connection broke; sending once more under the same key");
        answer = once()?;
    }
    let told = match answer {
        Ok(told) => told,
        Err(fault) => {
            let failure = failed(&fault);
            let again = format!("{}; send it again with --idempotency-key {key}", failure.help);
            return Err(Failure::new(failure.what, if arguments.dry_run { failure.help } else { again }).into());
        }
    }?;
    if arguments.dry_run {
        asking.tell(&told, report)?;
        let errors = told.value["errors"].as_u64().unwrap_or(0);
        return Ok(if errors > 0 { Ended::WithErrors } else { Ended::Well });
    }
    if told.replayed {
        asking.terminal.note("note: this was taken before; here is its first receipt");
    }
    asking.tell(&told, thing)
}

/// The file to send; standard input is kept beside until it is whole, so that it can be sent twice.
fn opened(path: &Path) -> Result<File, Failure> {
    if path.as_os_str() == "-" {
        let mut spool = tempfile::tempfile().map_err(unreadable)?;
        io::copy(&mut io::stdin().lock(), &mut spool).map_err(unreadable)?;
        return Ok(spool);
    }
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_file() {
        Ok(file)
    } else {
        Err(Failure::new("what is to be sent is no file", "several files go as one .zip; a pipe as -"))
    }
}

fn unreadable(error: io::Error) -> Failure {
    Failure::new("the file to send cannot be read", format!("the system says: {}", error.kind()))
}

/// An archive says that it is one; for everything else the route knows what it takes.
fn media_type(path: &Path) -> &'static str {
    let archive = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    if archive { "application/zip" } else { "application/octet-stream" }
}

fn made_key() -> Result<String, Failure> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|_| Failure::new("this system gives no random numbers", "give --idempotency-key"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
