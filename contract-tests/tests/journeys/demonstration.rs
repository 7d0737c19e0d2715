//! The demonstration, and the commands that it tells people to try.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    client::Client,
    program::{Running, Scratch, command, names, run, skipped},
};

#[test]
fn the_demonstration_tells_what_went_in_and_out_and_ends() {
    let ran = run(["demo", "--once", "--port", "0", "--children", "200", "--color", "never"]).ended(0);
    let told = ran.text();
    let sections: Vec<&str> = told.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).collect();
    assert_eq!(sections, ["in", "out", "wrong", "withheld", "do it yourself"]);
    let section = |name: &str| told.split(&format!("{name}\n")).nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(section("in").contains("200 children of authority 330"), "{told}");
    assert!(section("out").lines().any(|line| line.ends_with(" Patient")), "{told}");
    // A guard that cannot be read is told twice: for itself, and for what it holds back.
    let planted = section("wrong").lines().filter(|line| !line.contains("view/guard-unreadable"));
    let planted: u64 = planted.map(|line| line.split_whitespace().next().unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(planted, 20, "the planted faults are told: {told}");
    assert!(section("wrong").lines().all(|line| line.contains("(first at ")), "{told}");
    assert!(section("withheld").contains("children left out: not-looked-after"), "{told}");
    assert!(section("withheld").contains("CareEpisode.home_postcode"), "{told}");
    assert_eq!(told.matches("\n  curl --cacert ").count(), 3, "{told}");
    let folder = told.split("--cacert '").nth(1).unwrap().split('\'').next().unwrap();
    assert!(!Path::new(folder).exists(), "what it needed is removed");
}

#[test]
fn two_demonstrations_cannot_have_one_port() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    run(["demo", "--once", "--children", "20", "--port", &port]).refused(&format!("port {port}"), "--port 0");
    run(["demo", "--once", "--children", "0", "--port", "0"]).refused("from 1 to", "--children");
}

#[cfg(unix)]
#[test]
fn the_commands_that_it_tells_work_as_they_are_printed() {
    let scratch = Scratch::new();
    let place = scratch.file("the demonstration");
    let arguments = ["demo", "--port", "0", "--children", "60", "--seed", "4", "--folder", &place];
    let (mut running, mut out) = Running::start_telling(&mut command(arguments));
    out.find("do it yourself");
    let lines: Vec<String> = (0..3).map(|_| out.find("curl ")).collect();
    running.talks_of("serves until Ctrl-C");
    let port = lines[0].split("localhost:").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let place = Path::new(&place);
    let client = Client::new(port, &place.join("authority.pem"));
    assert_eq!(client.get("/v1/formats").status, 200);

    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        let answers: Vec<Vec<u8>> = lines.iter().map(|line| shell(line)).collect();
        let formats: Value = serde_json::from_slice(&answers[0]).unwrap();
        assert!(formats.as_array().unwrap().iter().any(|format| format["name"] == "ssda903-csv"));
        let report: Value = serde_json::from_slice(&answers[1]).unwrap();
        let planted = fs::read_to_string(place.join("authority/faults.csv")).unwrap();
        let found = report["diagnostics"].as_array().unwrap();
        for fault in planted.lines().skip(1) {
            let is_told = |told: &Value| {
                let place = &told["place"];
                let [rule, part] = [&told["rule"], &place["part"]].map(|word| word.as_str().unwrap());
                format!("{rule},{part},{},{}", place["line"], place["column"]) == fault
            };
            assert!(found.iter().any(is_told), "{fault} is not told: {report}");
        }
        let resources: Vec<Value> =
            std::str::from_utf8(&answers[2]).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(resources.iter().any(|resource| resource["resourceType"] == "Patient"));
    } else {
        skipped("curl is absent, so the printed commands are not tried; install it with `apt-get install curl`");
    }

    running.signal("INT");
    running.end().ended(0);
    assert_eq!(names(place), ["authority", "authority.pem", "return.zip", "server.key", "server.pem"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(place.join("server.key")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "only its owner reads the key");
}

/// What a line prints when a shell runs it.
#[cfg(unix)]
fn shell(line: &str) -> Vec<u8> {
    let output = Command::new("sh").args(["-c", &format!("{line} --silent --show-error --fail")]).output().unwrap();
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
