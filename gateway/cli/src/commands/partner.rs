//! `homeward partner`: what a gateway's partners are: what one may see, and a key for one.

use exchange::market::registration;
use std::collections::{BTreeMap, BTreeSet};

use exchange::{
    precision::Precision,
    view::{View, matrix},
};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use kit::nearest::nearest;
use server::{
    api_key::{self, NewApiKey},
    config::{API_KEY_DAYS_MAX, Config, Partner, is_name},
};
use store::StoreFault;

use crate::{
    arguments::PartnerCommand,
    failure::{Ended, Failure, Outcome},
    reading::load_config,
    terminal::Terminal,
};

pub(crate) fn run(command: &PartnerCommand, terminal: &Terminal) -> Outcome {
    match command {
        PartnerCommand::Key { name, days } => key(name, *days, terminal),
        PartnerCommand::Show { name, config, diff } => {
            let config = load_config(config)?;
            let partner = config.partners.iter().find(|partner| partner.name == *name).ok_or_else(|| {
                let help = match nearest(name, config.partners.iter().map(|partner| partner.name.as_str())) {
                    Some(near) => format!("did you mean {near}?"),
                    None => "the configuration has no [[partner]] of that name".to_owned(),
                };
                Failure::new("there is no partner of that name", help)
            })?;
            let view = config.views.get(&partner.view).ok_or_else(|| {
                Failure::new("the configuration has no view of this partner's", "name one in its `view`")
            })?;
            let text = if *diff { changes(partner, &view, &config)? } else { page(partner, &view) };
            terminal.print(text.as_bytes())?;
            Ok(Ended::Well)
        }
    }
}

/// Makes a key: itself on standard output, what the configuration keeps of it on standard error.
fn key(name: &str, days: i64, terminal: &Terminal) -> Outcome {
    if !is_name(name) {
        return Err(Failure::new("the name of a partner has another form", "1 to 64 of a-z, 0-9 and -"));
    }
    let made = api_key::make().ok_or_else(|| Failure::new("this system gives no random numbers", ""))?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let expires = today
        .checked_add(days.days())
        .map_err(|_| Failure::new("the clock of this machine shows no usable day", "set the clock"))?;
    let block = block(name, &made, &expires.to_string());
    terminal.print(made.text.as_bytes())?;
    terminal.print(b"\n")?;
    terminal.talk(&block);
    Ok(Ended::Well)
}

/// The lines that make a key a partner's.
fn block(name: &str, made: &NewApiKey, expires: &str) -> String {
    format!(
        "# below the [[partner]] whose name is \"{name}\"; the key itself is told once and kept nowhere\n\
         [[partner.api_key]]\nid = \"{}\"\nsha256 = \"{}\"\nexpires = {expires}",
        made.id, made.sha256
    )
}

/// What a partner may do and see: its view row by row.
fn page(partner: &Partner, view: &View) -> String {
    let mut page = format!("# {}\n\n", partner.name);
    let scopes = partner.scopes.to_string();
    let registrations: Vec<String> = partner.urns.iter().map(|urn| registration::write(*urn)).collect();
    let facts = [
        ("title", partner.title.as_deref().unwrap_or_default()),
        ("view", &partner.view),
        ("authority", partner.authority.as_deref().unwrap_or_default()),
        ("ODS code", partner.ods_code.as_deref().unwrap_or_default()),
        ("registrations", &registrations.join(", ")),
        ("scopes", if scopes.is_empty() { "none: it only receives" } else { &scopes }),
        ("enabled", if partner.enabled { "yes" } else { "no" }),
    ];
    for (fact, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        page.push_str(&format!("* {fact}: {value}\n"));
    }
    page.push_str("\n| statement | field | let out | why |\n|---|---|---|---|\n");
    for row in matrix() {
        let precision = view.precision(row.statement, row.field);
        let told = if precision == Precision::Withheld { "-" } else { precision.word() };
        page.push_str(&format!("| `{}` | `{}` | {told} | {} |\n", row.statement, row.field, row.reason));
    }
    page
}

/// What the view of a partner lets out that it did not when the gateway last loaded its configuration, and the other way
/// round.
fn changes(partner: &Partner, view: &View, config: &Config) -> Result<String, Failure> {
    let store = config.store.as_ref().ok_or_else(|| {
        Failure::new("the configuration has no [store]", "what was loaded last is kept in the store of the gateway")
    })?;
    let unreadable = |fault: StoreFault| Failure::new("the store cannot be read", fault.to_string());
    let loaded = store::sqlite::loaded_views(&store.folder).map_err(unreadable)?.ok_or_else(|| {
        Failure::new(
            "there is no store in the folder that the configuration names, or none of this version",
            "a gateway makes it when it starts",
        )
    })?;
    let mut text = format!("# {}\n\n", partner.name);
    let Some(before) = loaded.iter().find(|loaded| loaded.partner == partner.name) else {
        text.push_str("This partner was not there when the configuration was last loaded: all of it is new.\n");
        return Ok(text);
    };
    let at = Timestamp::from_microsecond(before.loaded_at).map_or_else(|_| String::new(), |at| format!("{at:.0}"));
    text.push_str(&format!("* last loaded: {at}\n* view then: {}\n* view now: {}\n\n", before.view, view.digest()));
    if before.view == view.digest() {
        text.push_str("Nothing has changed.\n");
        return Ok(text);
    }
    let was: BTreeMap<&str, &str> = before.cells.lines().filter_map(|line| line.rsplit_once('=')).collect();
    let is: BTreeMap<String, &str> =
        view.cells_let_out().map(|(of, field, word)| (format!("{of}.{field}"), word)).collect();
    let cells: BTreeSet<&str> = was.keys().copied().chain(is.keys().map(String::as_str)).collect();
    let told = |word: Option<&&str>| word.copied().unwrap_or("-").to_owned();
    let changed: Vec<String> = cells
        .into_iter()
        .map(|cell| (cell, told(was.get(cell)), told(is.get(cell))))
        .filter(|(_, was, is)| was != is)
        .filter_map(|(cell, was, is)| {
            let (statement, field) = cell.split_once('.')?;
            Some(format!("| `{statement}` | `{field}` | {was} | {is} |\n"))
        })
        .collect();
    if changed.is_empty() {
        text.push_str("No field has changed: the view carries other children, or on another ground.\n");
    } else {
        text.push_str("| statement | field | was let out | is let out |\n|---|---|---|---|\n");
        text.push_str(&changed.concat());
    }
    Ok(text)
}

/// Reads the days that a key may last.
pub(crate) fn days(text: &str) -> Result<i64, String> {
    let days = text.parse().ok().filter(|days| (1..=API_KEY_DAYS_MAX).contains(days));
    days.ok_or_else(|| format!("it takes 1 to {API_KEY_DAYS_MAX} days"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use exchange::view::NAMES;
    use server::config::Environment;

    use super::*;

    /// Reads these partners as a gateway would.
    fn partners(lines: &str) -> Vec<Partner> {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("ids.key");
        std::fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let head = "version = 1\nname = \"t\"\npublic_url = \"https://t\"\n[ids]\nkey_file = \"ids.key\"\n";
        let file = folder.path().join("homeward.toml");
        let source = format!("{head}{lines}");
        Config::parse(Path::new(&file), &source, &Environment::default()).unwrap().partners
    }

    #[test]
    fn the_block_of_a_new_key_is_taken_by_the_gateway() {
        let made = api_key::make().unwrap();
        let block = block("bluebird", &made, "2026-12-31");
        assert!(!block.contains(made.text.as_str()));
        let read = partners(&format!("[[partner]]\nname = \"bluebird\"\nview = \"provider\"\n{block}\n"));
        assert_eq!(read[0].api_keys[0].id, made.id);
    }

    #[test]
    fn the_page_has_every_row_of_the_matrix_as_the_view_has_it() {
        let read = partners("[[partner]]\nname = \"nurses\"\nview = \"health\"\nscopes = [\"translate\"]\n");
        let shown = |partner: &Partner| page(partner, View::shipped(&partner.view).unwrap());
        let page = shown(&read[0]);
        assert!(page.starts_with("# nurses\n\n* view: health\n* scopes: translate\n"), "{page}");
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(rows.len(), matrix().count());
        let health = NAMES.iter().position(|name| *name == "health").unwrap();
        for (line, row) in rows.iter().zip(matrix()) {
            let precision = row.precisions[health].unwrap();
            // What a precision has no words for yet is withheld; what is let out whole, or not at all, is shown so.
            if [Precision::Full, Precision::Withheld].contains(&precision) {
                assert_eq!(line.contains("| - |"), precision == Precision::Withheld, "{line}");
            }
        }
        // One view shows what another does not.
        let provider = shown(&partners("[[partner]]\nname = \"p\"\nview = \"provider\"\n")[0]);
        assert_ne!(page.lines().skip(5).collect::<Vec<_>>(), provider.lines().skip(5).collect::<Vec<_>>());
    }

    #[test]
    fn a_key_lasts_from_one_day_to_the_most() {
        assert_eq!((days("1"), days("400")), (Ok(1), Ok(400)));
        for wrong in ["0", "401", "-1", "", "a year", "1e2", "99999999999999999999"] {
            assert!(days(wrong).is_err(), "{wrong}");
        }
    }
}
