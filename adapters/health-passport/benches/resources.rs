//! Reading and judging a Bundle of small resources beside serde_json reading the same bytes into values, and beside
//! the validators of npm over the same resources, turn by turn in one run; each figure is the median of the turns.
//!
//! `cargo bench -p health-passport` prints the ratios. The validators need `npm ci --prefix contract-tests/medplum-oracle`;
//! without it that part is loudly left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench looks at the clock and calls its peers"
)]

use std::{
    fmt::Write as _,
    hint::black_box,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};

use health_passport::fhir::{self, Notation, TreeLimits};
use kit::limits::ReadingLimits;

/// How often each side is measured.
const TURNS: usize = 9;

/// How many resources of each kind.
const EACH: usize = 2_000;

fn main() {
    let resources = invented(EACH);
    let bundle = bundle(&resources);
    let limits = TreeLimits::from(&ReadingLimits::default());
    let reading = fhir::read(bundle.as_bytes(), Notation::Json, limits);
    assert!(reading.faults.is_empty(), "the Bundle is valid: {:?}", reading.faults.first());
    let xml = written(&bundle, limits);
    // For a profile of the reading alone.
    if std::env::args().any(|argument| argument == "--read") {
        return (0..200).for_each(|_| drop(black_box(fhir::read(bundle.as_bytes(), Notation::Json, limits))));
    }
    let [ours, values, from_xml, xml_events, writing] = interleaved([
        &|| drop(black_box(fhir::read(bundle.as_bytes(), Notation::Json, limits))),
        &|| drop(black_box(serde_json::from_str::<serde_json::Value>(&bundle).unwrap())),
        &|| drop(black_box(fhir::read(&xml, Notation::Xml, limits))),
        &|| {
            black_box(events(&xml));
        },
        &|| {
            let mut out = Vec::with_capacity(bundle.len());
            fhir::write(reading.tree.as_ref().unwrap(), Notation::Json, &mut out);
            black_box(out);
        },
    ]);
    println!(
        "input: {} resources, {} KB of JSON, in memory; median of {TURNS} turns",
        resources.len(),
        bundle.len() >> 10
    );
    println!("reading and judging, of serde_json reading values: {:.3} (wanted: no less than 0.5)", values / ours);
    println!("the same in XML, of quick-xml's event loop: {:.3}", xml_events / from_xml);
    println!("writing JSON, of reading it: {:.3}", ours / writing);
    println!(
        "memory of a tree, of its body: {:.2}, the body among it (wanted: no more than 3)",
        1.0 + reading.tree.as_ref().unwrap().bytes() as f64 / bundle.len() as f64
    );
    let per_second = resources.len() as f64 / ours;
    for (name, wanted) in [("@medplum/core validateResource", 10.0), ("npm fhir", 3.0)] {
        match validators(name, &resources) {
            Some(theirs) => {
                println!("reading and judging, of {name}: {:.1} times (wanted: at least {wanted})", per_second / theirs)
            }
            None => eprintln!("NOT MEASURED: {name}: `npm ci --prefix contract-tests/medplum-oracle`"),
        }
    }
}

/// Small resources as they are exchanged: a patient, a height, an injection, an illness, in turn.
fn invented(each: usize) -> Vec<String> {
    let mut all = Vec::with_capacity(4 * each);
    for n in 0..each {
        all.push(format!(
            r#"{{"resourceType":"Patient","id":"p{n}","meta":{{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]}},"identifier":[{{"use":"secondary","system":"urn:homeward:id:la-child:330","value":"{n}"}}],"active":true,"name":[{{"use":"usual","family":"Example","given":["Ash","Robin"]}}],"gender":"female","birthDate":"2016-05-14","address":[{{"use":"home","line":["1 Example Road"],"city":"Exampleton","postalCode":"B99 1AA"}}]}}"#
        ));
        all.push(format!(
            r#"{{"resourceType":"Observation","id":"o{n}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"8302-2","display":"Body height"}},{{"system":"http://snomed.info/sct","code":"50373000","display":"Body height"}}]}},"subject":{{"reference":"Patient/p{n}"}},"effectiveDateTime":"2025-11-04","valueQuantity":{{"value":128.50,"unit":"centimeter","system":"http://unitsofmeasure.org","code":"cm"}}}}"#
        ));
        all.push(format!(
            r#"{{"resourceType":"Immunization","id":"i{n}","status":"completed","vaccineCode":{{"coding":[{{"system":"https://dmd.nhs.uk","code":"34925111000001104","display":"A vaccine"}}]}},"patient":{{"reference":"Patient/p{n}"}},"occurrenceDateTime":"2024-02-06T13:28:17+00:00","recorded":"2024-02-06","primarySource":true,"lotNumber":"ABC{n}","protocolApplied":[{{"targetDisease":[{{"coding":[{{"system":"http://snomed.info/sct","code":"14189004","display":"Measles"}}]}}],"doseNumberPositiveInt":1}}]}}"#
        ));
        all.push(format!(
            r#"{{"resourceType":"Condition","id":"c{n}","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"verificationStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}}]}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"195967001","display":"Asthma"}}],"text":"Asthma"}},"subject":{{"reference":"Patient/p{n}"}},"onsetDateTime":"2021-03"}}"#
        ));
    }
    all
}

fn bundle(resources: &[String]) -> String {
    let mut out = String::from(r#"{"resourceType":"Bundle","type":"collection","entry":["#);
    for (n, resource) in resources.iter().enumerate() {
        let comma = if n > 0 { "," } else { "" };
        write!(out, r#"{comma}{{"fullUrl":"https://homeward.invalid/fhir/R4/x/{n}","resource":{resource}}}"#).unwrap();
    }
    out + "]}"
}

fn written(bundle: &str, limits: TreeLimits) -> Vec<u8> {
    let mut out = Vec::new();
    fhir::write(&fhir::read(bundle.as_bytes(), Notation::Json, limits).tree.unwrap(), Notation::Xml, &mut out);
    out
}

/// Every event of quick-xml, and nothing done with it.
fn events(bytes: &[u8]) -> u64 {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut events = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => return events,
            event => {
                black_box(&event);
                events += 1;
            }
        }
    }
}

/// How many of the resources a validator of npm judges in a second, once it has warmed up.
fn validators(name: &str, resources: &[String]) -> Option<f64> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../contract-tests/medplum-oracle");
    let program = folder.join("speed.mjs");
    if !folder.join("node_modules").is_dir() {
        return None;
    }
    let mut node =
        Command::new("node").arg(program).arg(name).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let lines = resources.join("\n");
    let mut input = node.stdin.take()?;
    let feeding = std::thread::spawn(move || drop(input.write_all(lines.as_bytes())));
    let output = node.wait_with_output().ok()?;
    feeding.join().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Measures each closure once a turn, so that whatever else the machine does falls on all; gives the medians.
fn interleaved<const N: usize>(sides: [&dyn Fn(); N]) -> [f64; N] {
    let mut seconds: [Vec<f64>; N] = [const { Vec::new() }; N];
    for _ in 0..TURNS {
        for (side, seconds) in sides.iter().zip(&mut seconds) {
            let began = Instant::now();
            side();
            seconds.push(began.elapsed().as_secs_f64());
        }
    }
    seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        seconds[TURNS / 2]
    })
}
