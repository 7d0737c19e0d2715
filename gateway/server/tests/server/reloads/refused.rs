//! Configurations that are refused, or wait in part for a restart.

use serde_json::json;

use crate::client::get;
use crate::partners::support::{Setup, key, partner};

use super::{Filed, head, head_with, reload};

#[test]
fn a_faulty_configuration_changes_nothing_and_tells_every_fault() {
    let (key, lines) = key();
    let filed = Filed::start(None, &partner("one", "", &lines));
    let faulty = format!("{}[limits]\nerrors_max = 0\ncanary = 1\n", head(None));
    assert_eq!(filed.refused(&faulty), ["config/range", "config/unknown-key"]);
    let answer = reload(filed.house.admin);
    let fault = &answer.json()["faults"][0];
    assert_eq!(fault["line"], 13, "{fault}");
    assert!(fault["help"].as_str().is_some_and(|help| !help.is_empty()));
    // The partner, whom that file no longer names, is still there.
    let header = format!("X-API-Key: {key}\r\n");
    assert_eq!(crate::partners::support::get(&filed.house, "/v1/me", &header).status, 200);
    assert_eq!(filed.metric("homeward_reload_failures_total"), 2);
    assert_eq!(filed.metric("homeward_configuration_loads_total"), 1);
    assert_eq!(get(filed.house.admin, "/readyz").status, 200);
    std::fs::remove_file(filed.path("homeward.toml")).unwrap();
    let gone = reload(filed.house.admin);
    assert_eq!((gone.status, &gone.json()["faults"]), (422, &json!([])));
    assert!(gone.json()["title"].as_str().unwrap().contains("cannot be read"), "{}", gone.whole());
}

#[test]
fn the_admin_listener_alone_reloads_and_only_when_posted_to() {
    let filed = Filed::start(None, "");
    assert_eq!(get(filed.house.admin, "/reload").status, 405);
    assert_eq!(reload(filed.house.public).status, 404);
    let house = crate::house::start(server::config::Limits::default());
    assert_eq!(reload(house.admin).status, 422, "nothing to read anew");
    assert!(matches!(house.reload(), Err(server::ReloadFault::NoFile)));
}

#[test]
fn keys_that_need_a_restart_are_named_and_left_as_they_were() {
    let filed = Filed::start(None, "");
    let changed = head_with("public_documents = false\n", None)
        .replace("https://gateway.example", "https://other.example")
        .replace("[listen.public]\naddress = \"127.0.0.1:0\"", "[listen.public]\naddress = \"127.0.0.1:1\"")
        + "[limits]\nconnections_max = 7\n[log]\nlevel = \"debug\"\nformat = \"text\"\n";
    let told = filed.reloaded(&changed);
    assert_eq!(told["changed"], json!(["limits", "listen", "log", "public_documents", "public_url"]));
    let waiting = json!(["public_url", "listen.public.address", "limits.connections_max", "log.format"]);
    assert_eq!(told["needsRestart"], waiting);
    // What needs none has taken effect, over the address that goes on.
    assert_eq!(get(filed.house.public, "/v1/formats").status, 401);
    // Nothing is changed by a second reload, and it still waits.
    let again = filed.house.reload().unwrap();
    assert_eq!((again.changed.len(), again.needs_restart.len()), (0, 4));
    assert!(again.to_string().contains("needs a restart: public_url"), "{again}");
}

#[test]
fn an_address_that_goes_on_keeps_what_guards_it() {
    let (_, lines) = key();
    let everywhere = |tls| {
        head(tls).replace("[listen.public]\naddress = \"127.0.0.1:0\"", "[listen.public]\naddress = \"0.0.0.0:0\"")
    };
    let setup = Setup::new();
    let filed = Filed::start_in(setup, &(everywhere(Some("")) + &partner("one", "", &lines)));
    // Each of these is good by itself; over the address that stays, whoever reached it could use it.
    assert_eq!(filed.refused(&head(None)), ["config/plain-public"]);
    assert_eq!(filed.refused(&head(Some(""))), ["config/public-without-partner"]);
    let disabled = head(Some("")) + &partner("one", "", &format!("enabled = false\n{lines}"));
    assert_eq!(filed.refused(&disabled), ["config/public-without-partner"]);
    filed.reloaded(&(head(Some("")) + &partner("one", "", &lines)));
}

#[test]
fn the_first_partner_closes_what_was_open_and_the_last_opens_it_again() {
    let (_, lines) = key();
    let filed = Filed::start(None, "");
    assert_eq!(crate::client::post(filed.house.public, "/v1/check", crate::client::CSV, b"a").status, 200);
    filed.reloaded(&(head(None) + &partner("one", "", &lines)));
    crate::client::post(filed.house.public, "/v1/check", crate::client::CSV, b"a")
        .assert_problem(401, "unauthenticated");
    filed.reloaded(&head(None));
    assert_eq!(crate::client::post(filed.house.public, "/v1/check", crate::client::CSV, b"a").status, 200);
}
