//! Partners as the person who runs the gateway makes them: a key, its block, and the door that it opens.

#![cfg(unix)]

use crate::{
    gateway::Gateway,
    program::{Scratch, run},
};

#[test]
fn a_key_that_was_made_opens_the_gateway_and_nothing_else_does() {
    let made = run(["partner", "key", "nurses", "--days", "30"]).ended(0);
    let (key, block) = (made.text(), &made.talk);
    let key = key.trim_end();
    assert!(key.starts_with("hw_k") && !block.contains(key), "the key is told once");
    let partner = format!("[[partner]]\nname = \"nurses\"\nview = \"health\"\nscopes = [\"translate\"]\n{block}");
    let gateway = Gateway::start("partner-key.toml", &partner);
    let me = |headers: &[(&str, &str)]| gateway.client.send("GET", "/v1/me", headers, b"");
    assert_eq!(me(&[]).status, 401);
    assert_eq!(me(&[("X-API-Key", key)]).status, 200);
    let other = run(["partner", "key", "nurses", "--days", "30"]).ended(0).text();
    assert_eq!(me(&[("X-API-Key", other.trim_end())]).status, 401);
}

#[test]
fn what_a_partner_sees_is_shown_and_unknown_ones_are_told() {
    let scratch = Scratch::new();
    scratch.key("ids.key", 7);
    let file = scratch.write(
        "homeward.toml",
        "version = 1\nname = \"t\"\npublic_url = \"https://t\"\n[ids]\nkey_file = \"ids.key\"\n\
         [[partner]]\nname = \"nurses\"\nview = \"health\"\n",
    );
    let page = run(["partner", "show", "nurses", "--config", &file]).ended(0).text();
    assert!(page.starts_with("# nurses\n") && page.contains("| statement | field | let out | why |"), "{page}");
    run(["partner", "show", "nurse", "--config", &file]).refused("no partner of that name", "did you mean nurses?");
    run(["partner", "show", "nurses"]).refused("--config", "homeward partner show --help");
    run(["partner", "key", "nurses"]).refused("--days", "homeward partner key --help");
    run(["partner", "key", "nurses", "--days", "401"]).refused("it takes 1 to 400 days", "shows every flag");
    run(["partner", "key", "The Nurses", "--days", "1"]).refused("another form", "a-z");
}
