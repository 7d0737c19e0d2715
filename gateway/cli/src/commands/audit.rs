//! `homeward audit`: the lines of a gateway's audit chain, and whether it is whole.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use store::{
    anchors::{Anchor, read_anchors},
    audit::{Break, Verdict},
    sqlite::verify_file,
};

use crate::{
    arguments::gateway::{AuditCommand, ReachArguments, ToGateway},
    asking::{self, Asked, Lines, List},
    failure::{Ended, Failure, Outcome},
    reading::load_config,
    terminal::Terminal,
};

/// The file of a store in its folder.
const STORE_FILE: &str = "homeward.sqlite";

const LIST: [(&str, &str); 7] = [
    ("seq", "seq"),
    ("at", "at"),
    ("actor", "actor"),
    ("action", "action"),
    ("object", "object"),
    ("recipient", "recipient"),
    ("outcome", "outcome"),
];

pub(crate) fn run(group: &ToGateway<AuditCommand>, terminal: &Terminal) -> Outcome {
    match &group.command {
        AuditCommand::List { subject, actor, action, object, list } => asking::run(&group.reach, terminal, |asking| {
            let filters = [
                ("subject", subject.as_deref()),
                ("actor", actor.as_deref()),
                ("action", action.as_deref()),
                ("object", object.as_deref()),
                ("since", list.since.as_deref()),
                ("until", list.until.as_deref()),
            ];
            List { path: "/v1/audit", filters: &filters, limit: list.limit, columns: &LIST }.run(asking)
        }),
        AuditCommand::Export { since, until, output } => asking::run(&group.reach, terminal, |asking| {
            let filters = [("since", since.as_deref()), ("until", until.as_deref())];
            let lines = Lines { path: "/v1/audit", filters: &filters, media_type: "application/fhir+ndjson" };
            let mut unreadable = 0_u64;
            let count = lines.write(asking, output.as_deref(), |line| unreadable += u64::from(is_unreadable(line)))?;
            terminal.note(&format!("note: {count} lines; each names ids of ours, and no value of a record"));
            if unreadable > 0 {
                terminal.note(&format!(
                    "warning: {unreadable} of them cannot be read, and are told as events of that name: somebody has changed \
                     the store; `homeward audit verify` says where"
                ));
            }
            Ok(Ended::Well)
        }),
        AuditCommand::Verify { from, to, anchor_file, store } => {
            let range = Range { from: *from, to: *to };
            let configured = if store.is_none() { configured_store(&group.reach)? } else { None };
            let anchor =
                anchor_file.as_deref().map(|file| newest_anchor(file, &range, terminal)).transpose()?.flatten();
            match store.as_ref().or(configured.as_ref()) {
                Some(path) => of_file(path, &range, anchor, &group.reach, terminal),
                None => asking::run(&group.reach, terminal, |asking| {
                    let told = asking.act("/v1/audit/verify", &question(&range, anchor.as_ref()), None)?;
                    asking.tell(&told, verdict)?;
                    answered(&told.value)
                }),
            }
        }
    }
}

/// Whether an event stands for a line of the chain that cannot be read.
fn is_unreadable(event: &[u8]) -> bool {
    let event: Value = serde_json::from_slice(event).unwrap_or_default();
    event["subtype"][0]["code"] == "unreadable"
}

/// Which lines are verified.
struct Range {
    from: Option<u64>,
    to: Option<u64>,
}

fn question(range: &Range, anchor: Option<&Anchor>) -> Value {
    let mut body = Map::new();
    let numbers = [("fromSeq", range.from), ("toSeq", range.to)];
    body.extend(numbers.into_iter().filter_map(|(name, seq)| Some((name.to_owned(), json!(seq?)))));
    if let Some(anchor) = anchor {
        body.insert("anchor".to_owned(), json!({ "seq": anchor.seq, "hash": hex(&anchor.hash) }));
    }
    Value::Object(body)
}

/// The store of a configuration that is given alone: nobody is to be asked.
fn configured_store(reach: &ReachArguments) -> Result<Option<PathBuf>, Failure> {
    let Some(file) = reach.at_rest() else { return Ok(None) };
    let store = load_config(file)?.store;
    let store = store.ok_or_else(|| Failure::new("this configuration has no [store]", "give --store, or --gateway"))?;
    Ok(Some(store.folder))
}

/// Verifies a store without its key and without changing it.
fn of_file(path: &Path, range: &Range, anchor: Option<Anchor>, reach: &ReachArguments, terminal: &Terminal) -> Outcome {
    let file = if path.is_dir() { path.join(STORE_FILE) } else { path.to_owned() };
    if !file.is_file() {
        return Err(Failure::new("there is no store at --store", "name its folder, or its file homeward.sqlite"));
    }
    let anchor = anchor.map(|anchor| (anchor.seq, anchor.hash));
    let found = verify_file(&file, (range.from, range.to), anchor, &mut |_| ())
        .map_err(|fault| Failure::new("the store cannot be read", fault.to_string()))?;
    let answer = match found {
        Verdict::Intact { from, to, head, lines } => {
            json!({ "intact": true, "from": from, "to": to, "head": hex(&head), "lines": lines })
        }
        Verdict::Broken { seq, how } => json!({ "intact": false, "seq": seq, "how": word(how) }),
    };
    let told = if reach.json { format!("{answer}\n") } else { verdict(&answer) };
    terminal.print(told.as_bytes())?;
    Ok(if answer["intact"] == true { Ended::Well } else { Ended::WithErrors })
}

fn word(how: Break) -> &'static str {
    match how {
        Break::Edited => "edited",
        Break::Missing => "missing",
        Break::Reordered => "reordered",
        Break::Truncated => "truncated",
        Break::AnchorDiffers => "anchor-differs",
    }
}

/// What was found, in one line.
fn verdict(answer: &Value) -> String {
    let text = |name: &str| match &answer[name] {
        Value::String(text) => text.chars().filter(|c| !c.is_control()).collect(),
        value => value.to_string(),
    };
    if answer["intact"] == true {
        let [lines, from, to, head] = ["lines", "from", "to", "head"].map(text);
        format!("intact: {lines} lines, {from} to {to}, head {head}\n")
    } else {
        format!("broken at line {}: {}\n", text("seq"), text("how"))
    }
}

fn answered(answer: &Value) -> Asked<Ended> {
    match answer["intact"].as_bool() {
        Some(true) => Ok(Ended::Well),
        Some(false) => Ok(Ended::WithErrors),
        None => {
            Err(Failure::new("the answer is no verdict", "is it a gateway of this version that listens there?").into())
        }
    }
}

/// The newest anchor within the lines that are verified. It stands for those before it: the chain leads from each to it.
fn newest_anchor(file: &Path, range: &Range, terminal: &Terminal) -> Result<Option<Anchor>, Failure> {
    let (anchors, others) = read_anchors(file).map_err(|error| {
        Failure::new("the file of --anchor-file cannot be read", format!("the system says: {}", error.kind()))
    })?;
    if anchors.is_empty() {
        return Err(Failure::new(
            "the file of --anchor-file holds no anchor",
            "each line is {\"seq\", \"hash\", \"at\"}",
        ));
    }
    if others > 0 {
        terminal.note(&format!("note: {others} lines of --anchor-file are no anchors"));
    }
    let within = |seq: u64| range.from.is_none_or(|from| from <= seq) && range.to.is_none_or(|to| seq <= to);
    let newest = anchors.into_iter().filter(|anchor| within(anchor.seq)).max_by_key(|anchor| anchor.seq);
    if newest.is_none() {
        terminal.note("note: no anchor stands among the lines that are verified");
    }
    Ok(newest)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_anchor_in_reach_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anchors.ndjson");
        let line = |seq: u64| format!("{{\"seq\":{seq},\"hash\":\"{seq:064x}\",\"at\":\"2026-11-21T09:00:00Z\"}}\n");
        std::fs::write(&file, format!("{}{}\n{}{{\"seq\":99", line(5), line(12), line(9))).unwrap();
        let terminal = Terminal::new(true, crate::arguments::ColourWhen::Never);
        let newest = |from, to| newest_anchor(&file, &Range { from, to }, &terminal).unwrap().map(|anchor| anchor.seq);
        assert_eq!((newest(None, None), newest(None, Some(11))), (Some(12), Some(9)));
        assert_eq!((newest(Some(13), None), newest(Some(6), Some(8))), (None, None));
        std::fs::write(&file, "no anchor\n").unwrap();
        let none = newest_anchor(&file, &Range { from: None, to: None }, &terminal).err().unwrap();
        assert!(none.what.contains("no anchor"), "{none}");
    }

    #[test]
    fn a_verdict_is_one_line_and_one_that_is_none_is_a_fault() {
        let intact = json!({"intact": true, "from": 1, "to": 9, "head": "41ab", "lines": 9});
        assert_eq!(verdict(&intact), "intact: 9 lines, 1 to 9, head 41ab\n");
        assert_eq!(verdict(&json!({"intact": false, "seq": 4, "how": "edited\u{1b}"})), "broken at line 4: edited\n");
        assert!(answered(&json!({"intact": "yes"})).is_err());
        assert_eq!(answered(&json!({"intact": false})).unwrap(), Ended::WithErrors);
    }
}
