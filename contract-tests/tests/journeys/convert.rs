//! `homeward convert`: resources of FHIR in another notation, whole or not at all.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Stdio,
};

use contract_tests::homeward::samples;
use serde_json::{Value, json};

use crate::program::{Ran, Running, Scratch, command, run, run_with, skipped, text};

/// A value that nobody else writes.
const CANARY: &str = "zqXconvertlark";

/// The published examples that are wrong: status 1 and no output.
const KNOWN_BAD: [&str; 3] =
    ["PatientCompoundName", "UKCore-Patient-BabyPatient-Example", "sample_immunization_response _for _not_done_event"];

fn arguments<'a>(from: &'a str, to: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["convert", "--from", from, "--to", to][..], rest].concat()
}

fn convert(from: &str, to: &str, rest: &[&str]) -> Ran {
    run(arguments(from, to, rest))
}

/// From standard input to standard output, well and without a word.
#[track_caller]
fn piped(from: &str, to: &str, input: &[u8]) -> Vec<u8> {
    let ran = run_with(arguments(from, to, &["-"]), input).ended(0);
    assert_eq!(ran.talk, "");
    ran.out
}

/// The public samples of an ending that hold a resource, and whether each is right.
fn resources(ending: &str) -> Vec<(PathBuf, bool)> {
    let Some(folder) = samples().map(|samples| samples.join("fhir")) else {
        skipped("the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return Vec::new();
    };
    let folders = fs::read_dir(folder).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let of_ending = files.filter(|file| file.extension().is_some_and(|extension| extension == ending));
    let mut found: Vec<_> = of_ending
        .map(|file| {
            let is_right = !KNOWN_BAD.iter().any(|bad| file.file_stem().is_some_and(|stem| stem == *bad));
            (file, is_right)
        })
        .collect();
    found.sort();
    assert!(found.len() > 50, "{} samples in {ending}", found.len());
    found
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn the_samples_go_to_the_other_notation_and_come_back_the_same() {
    let scratch = Scratch::new();
    let (xml, json) = (scratch.file("out.xml"), scratch.file("out.json"));
    for (file, is_right) in resources("json") {
        let ran = convert("fhir-json", "fhir-xml", &[&text(&file), "-o", &xml]);
        if !is_right {
            let ran = ran.ended(1);
            assert!(ran.out.is_empty() && !PathBuf::from(&xml).exists(), "{file:?}");
            continue;
        }
        ran.ended(0);
        let back = convert("fhir-xml", "fhir-json", &[&xml]).ended(0).out;
        assert_eq!(value(&back), value(&fs::read(&file).unwrap()), "{file:?}");
        fs::remove_file(&xml).unwrap();
    }
    for (file, is_right) in resources("xml") {
        let ran = convert("fhir-xml", "fhir-json", &[&text(&file), "-o", &json]);
        if !is_right {
            ran.ended(1);
            continue;
        }
        ran.ended(0);
        let once = fs::read(&json).unwrap();
        convert("fhir-json", "fhir-xml", &[&json, "-o", &xml]).ended(0);
        // Some samples are out of order, which XML mends and JSON does not need.
        assert_eq!(value(&convert("fhir-xml", "fhir-json", &[&xml]).ended(0).out), value(&once), "{file:?}");
    }
}

#[test]
fn standard_input_and_output_carry_what_files_do() {
    let scratch = Scratch::new();
    let patient = br#"{"resourceType":"Patient","id":"a","birthDate":"2012"}"#;
    let xml = b"<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"a\"/><birthDate value=\"2012\"/></Patient>\n";
    assert_eq!(piped("fhir-json", "fhir-xml", patient), xml);
    assert_eq!(piped("fhir-xml", "fhir-json", xml), [patient, &b"\n"[..]].concat());
    assert_eq!(piped("fhir-xml", "fhir-ndjson", xml), [patient, &b"\n"[..]].concat());
    let (input, output) = (scratch.write("in.json", patient), scratch.file("out.xml"));
    let ran = convert("fhir-json", "fhir-xml", &[&input, "-o", &output]).ended(0);
    assert!(ran.out.is_empty() && ran.talk.is_empty(), "{ran:?}");
    assert_eq!(fs::read(&output).unwrap(), xml);
    assert_eq!(convert("fhir-json", "fhir-xml", &[&input, "-o", "-"]).ended(0).out, xml);
    assert_eq!(scratch.names(), ["in.json", "out.xml"]);
}

/// Two faults, the first on line 3 from the fourteenth character.
fn faulty() -> String {
    format!(
        "{{\n  \"resourceType\": \"Patient\",\n  \"gender\": \"{CANARY}\",\n  \"name\": [{{\"text\": \"é\", \"{CANARY}\": \"{CANARY}\"}}]\n}}\n"
    )
}

#[test]
fn an_error_leaves_no_output_and_is_told_with_path_line_and_column() {
    let scratch = Scratch::new();
    let input = scratch.write("in.json", faulty());
    for output in [scratch.write("there.xml", "what was there before"), scratch.file("absent.xml")] {
        let ran = convert("fhir-json", "fhir-xml", &[&input, "-o", &output]).ended(1);
        assert!(ran.out.is_empty(), "{}", ran.text());
        for told in
            ["fhir/code", "part-1:3:14: Patient.gender", "3|   \"gender\"", "fhir/unknown-element", "part-1:4:26: "]
        {
            assert!(ran.talk.contains(told), "{told}: {}", ran.talk);
        }
    }
    assert_eq!(scratch.names(), ["in.json", "there.xml"]);
    assert_eq!(fs::read_to_string(scratch.file("there.xml")).unwrap(), "what was there before");
    assert!(convert("fhir-json", "fhir-xml", &[&input]).ended(1).out.is_empty());
    // A fault of a later line is found before the first is written.
    let lines = b"{\"resourceType\":\"Patient\",\"id\":\"a\"}\r\n\n{\"resourceType\":\"Patient\",\"id\":}\n";
    let ran = run_with(arguments("fhir-ndjson", "fhir-json", &["-"]), lines).ended(1);
    assert!(ran.out.is_empty(), "{}", ran.text());
    assert!(ran.talk.contains("part-1:3:32: Patient.id"), "{}", ran.talk);
}

#[test]
fn several_resources_become_a_collection_and_one_stays_itself() {
    let (patient, basic) =
        (r#"{"resourceType":"Patient","id":"a"}"#, r#"{"resourceType":"Basic","id":"b","code":{"text":"x"}}"#);
    let lines = format!("\n{patient}\n\n{basic}\r\n{patient}");
    let all = [value(patient.as_bytes()), value(basic.as_bytes()), value(patient.as_bytes())];
    let entries: Vec<Value> = all.iter().map(|resource| json!({ "resource": resource })).collect();
    let collection = json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
    let bundle = piped("fhir-ndjson", "fhir-json", lines.as_bytes());
    assert_eq!(value(&bundle), collection);
    let xml = piped("fhir-ndjson", "fhir-xml", lines.as_bytes());
    assert!(xml.starts_with(b"<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"collection\"/>"));
    assert_eq!(value(&piped("fhir-xml", "fhir-json", &xml)), collection);
    // A collection is one resource: nothing is taken out of it on the way back.
    assert_eq!(value(&piped("fhir-json", "fhir-ndjson", &bundle)), collection);
    let one = format!("\n{patient}\n\n");
    assert_eq!(piped("fhir-ndjson", "fhir-json", one.as_bytes()), format!("{patient}\n").into_bytes());
    assert!(piped("fhir-ndjson", "fhir-xml", one.as_bytes()).starts_with(b"<Patient "));
    let ran = run_with(arguments("fhir-ndjson", "fhir-json", &["-"]), b"\n\n").ended(1);
    assert!(ran.out.is_empty() && ran.talk.contains("fhir/no-resource"), "{}", ran.talk);
}

#[test]
fn the_machine_form_has_a_line_a_fault_then_the_report_and_no_value() {
    let scratch = Scratch::new();
    let input = scratch.write(&format!("{CANARY}.json"), faulty());
    let ran = convert("fhir-json", "fhir-xml", &[&input, "--json"]).ended(1);
    assert!(ran.out.is_empty(), "{}", ran.text());
    let lines: Vec<Value> = ran.talk.lines().map(|line| value(line.as_bytes())).collect();
    let (report, faults) = lines.split_last().unwrap();
    let counts = ["errors", "warnings", "losses"].map(|severity| report[severity].as_u64().unwrap());
    assert_eq!(faults.len() as u64, counts.iter().sum::<u64>());
    assert_eq!(report["format"], "fhir-json");
    let gender = faults.iter().find(|fault| fault["rule"] == "fhir/code").unwrap();
    let place = ["part", "line", "column", "path", "byte"].map(|member| gender[member].clone());
    assert_eq!(place, [json!("part-1"), json!(3), json!(14), json!("Patient.gender"), json!(44)]);
    let of_line: Vec<&Value> = faults.iter().filter(|fault| fault["line"] == 4).collect();
    assert!(of_line.iter().any(|fault| fault["column"] == 26), "{faults:?}");
    assert!(!ran.talk.contains(CANARY), "{}", ran.talk);
    // The control: whoever holds the file sees its lines.
    assert!(convert("fhir-json", "fhir-xml", &[&input]).ended(1).talk.contains(CANARY));
    let few = convert("fhir-json", "fhir-xml", &[&input, "--json", "--diagnostics-max", "1"]).ended(1);
    assert_eq!((few.talk.lines().count(), &few.report()["truncated"]), (2, &Value::Bool(true)));
    assert_eq!(few.report()["rules"], report["rules"]);
    // Of what is well the report is told, beside the output.
    let ran = run_with(arguments("fhir-json", "fhir-xml", &["-", "--json"]), br#"{"resourceType":"Patient","id":"a"}"#);
    let ran = ran.ended(0);
    assert!(ran.out.starts_with(b"<Patient ") && ran.report()["errors"] == 0, "{ran:?}");
}

#[test]
fn a_wrong_conversion_is_told_in_two_lines() {
    let scratch = Scratch::new();
    let input = scratch.write("in.json", r#"{"resourceType":"Patient","id":"a"}"#);
    let output = scratch.file("out");
    let folder = scratch.path().join("folder");
    fs::create_dir(&folder).unwrap();
    for name in ["a.json", "b.json"] {
        fs::copy(&input, folder.join(name)).unwrap();
    }
    let (folder, absent) = (text(&folder), scratch.file("absent.json"));
    for (from, to, inputs, what, help) in [
        ("fhir-json", "ssda903-csv", &[&*input][..], "not two notations of one standard", "fhir-json to fhir-xml"),
        ("fhir-json", "fhir-json", &[&*input], "not two notations of one standard", "homeward translate"),
        ("fhir-jsn", "fhir-xml", &[&*input], "no format of that name", "fhir-json"),
        ("fhir-json", "zzzzzzzzzzzzzzzz", &[&*input], "no format of that name", "homeward formats"),
        ("fhir-json", "fhir-xml", &[], "INPUT", "homeward convert --help"),
        ("fhir-json", "fhir-xml", &[&*input, &*input], "an argument", "homeward convert --help"),
        ("fhir-json", "fhir-xml", &[&*folder], "several files", "one file"),
        ("fhir-json", "fhir-xml", &[&*absent], "absent.json", "one file"),
        ("fhir-json", "fhir-xml", &[&*input, "--view", "health"], "--view", "--help"),
        ("fhir-json", "fhir-xml", &[&*input, "--config", &*absent], "absent.json", ""),
    ] {
        eprintln!("{from} to {to}: {inputs:?}");
        convert(from, to, &[inputs, &["-o", &output]].concat()).refused(what, help);
    }
    run(["convert", "--from", "fhir-json", &input]).refused("--to", "homeward convert --help");
    convert("fhir-json", "fhir-xml", &[&input, "-o", &folder]).refused("folder", "name a file");
    assert_eq!(scratch.names(), ["folder", "in.json"]);
}

/// Lines of resources, more of them than a pipe holds.
fn many() -> String {
    (0..20_000).map(|n| format!("{{\"resourceType\":\"Patient\",\"id\":\"p{n}\"}}\n")).collect()
}

#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_is_written_to_as_it_is() {
    let scratch = Scratch::new();
    let input = scratch.write("in.ndjson", many());
    convert("fhir-ndjson", "fhir-xml", &[&input, "-o", "/dev/null"]).ended(0);
    let whole = convert("fhir-ndjson", "fhir-xml", &[&input]).ended(0).out;
    let pipe = scratch.file("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| fs::read(&pipe).unwrap());
        convert("fhir-ndjson", "fhir-xml", &[&input, "-o", &pipe]).ended(0);
        reader.join().unwrap()
    });
    assert!(read == whole && whole.len() > 1 << 20);
    assert_eq!(scratch.names(), ["in.ndjson", "pipe"]);
}

#[test]
fn a_reader_that_goes_away_ends_the_work_quietly() {
    let scratch = Scratch::new();
    let input = scratch.write("in.ndjson", many());
    let (running, out) = Running::start_telling(&mut command(arguments("fhir-ndjson", "fhir-json", &[&input])));
    drop(out);
    let ran = running.end().ended(0);
    assert_eq!(ran.talk, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let scratch = Scratch::new();
    let input = scratch.write("in.ndjson", many());
    let full = || File::create("/dev/full").unwrap();
    let mut to_stream = command(arguments("fhir-ndjson", "fhir-json", &[&input]));
    Running::start(to_stream.stdout(Stdio::from(full()))).end().refused("cannot be written", "the system says");
    convert("fhir-ndjson", "fhir-json", &[&input, "-o", "/dev/full"]).refused("cannot be written", "the system says");
}

#[test]
fn the_limits_of_a_configuration_hold_at_their_edges() {
    let scratch = Scratch::new();
    scratch.key("ids.key", 7);
    let configured = |limit: &str| {
        scratch.write(
            "homeward.toml",
            format!(
                "version = 1\nname = \"journeys\"\npublic_url = \"https://localhost:8443\"\n\
                 [listen.public]\naddress = \"127.0.0.1:0\"\n[listen.admin]\naddress = \"127.0.0.1:0\"\n\
                 [ids]\nkey_file = \"ids.key\"\n[limits.reading]\n{limit}\n"
            ),
        )
    };
    let try_at = |limit: &str, resources: [String; 2], rule: &str| {
        let config = configured(limit);
        for (resource, status) in resources.iter().zip([0, 1]) {
            let (input, output) = (scratch.write("in.json", resource), scratch.file("out.xml"));
            let ran = convert("fhir-json", "fhir-xml", &["--config", &config, &input, "-o", &output]).ended(status);
            assert_eq!(ran.talk.contains(rule), status == 1, "{}", ran.talk);
            assert_eq!(PathBuf::from(&output).exists(), status == 0);
            // Without the configuration both are within the limits.
            convert("fhir-json", "fhir-xml", &[&input, "-o", &output]).ended(0);
            fs::remove_file(&output).unwrap();
        }
    };
    let patient = |given: &str| format!("{{\"resourceType\":\"Patient\",\"name\":[{{\"given\":[{given}]}}]}}");
    // The resource, its name and each given name are elements.
    let named = |count: usize| patient(&vec!["\"a\""; count].join(","));
    try_at("elements_max = 1000", [named(998), named(999)], "fhir/too-many-elements");
    let long = |bytes: usize| patient(&format!("\"{}\"", "x".repeat(bytes - patient("\"\"").len())));
    try_at("resource_bytes_max = 1024", [long(1_024), long(1_025)], "fhir/too-long");
    // So many faults are told, and that there are more.
    let config = configured("faults_max = 2");
    for (blanks, is_more) in [(2, false), (3, true)] {
        let input = scratch.write("in.json", patient(&vec!["\"\""; blanks].join(",")));
        let ran = convert("fhir-json", "fhir-xml", &["--config", &config, &input]).ended(1);
        assert_eq!(ran.talk.matches("error[fhir/empty]").count(), 2, "{}", ran.talk);
        assert_eq!(ran.talk.contains("fhir/too-many-faults"), is_more, "{}", ran.talk);
    }
    // Of a stream the limit is that of a line.
    let config = configured("resource_bytes_max = 1024");
    let convert_lines =
        |lines: String| run_with(arguments("fhir-ndjson", "fhir-json", &["--config", &config, "-"]), lines.as_bytes());
    convert_lines(format!("{0}\n{0}\n", long(1_024))).ended(0);
    let ran = convert_lines(format!("{}\n{}\n", long(1_024), long(1_025))).ended(1);
    assert!(ran.out.is_empty() && ran.talk.contains("part-1:2:1: Resource"), "{}", ran.talk);
}
