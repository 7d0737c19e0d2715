//! The floor plan: who may import whom, and on which floor a heavy part may stand, read from the manifests.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::support::workspace;

/// A floor of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    Schemas,
    Kit,
    Adapter,
    Roster,
    Exchange,
    Store,
    Server,
    Cli,
    ContractTests,
}

impl Floor {
    fn of(folder: &str) -> Option<Self> {
        Some(match folder {
            "schemas" => Self::Schemas,
            "adapters/kit" => Self::Kit,
            "adapters/roster" => Self::Roster,
            "gateway/exchange" => Self::Exchange,
            "gateway/store" => Self::Store,
            "gateway/server" => Self::Server,
            "gateway/cli" => Self::Cli,
            "contract-tests" => Self::ContractTests,
            adapter if adapter.starts_with("adapters/") => Self::Adapter,
            _ => return None,
        })
    }

    /// The arrows that the plan draws; further down than the next floor is allowed only where it says so.
    fn may_import(self, other: Self) -> bool {
        use Floor::{Adapter, Cli, ContractTests, Exchange, Kit, Roster, Schemas, Server, Store};
        match self {
            Schemas => false,
            Kit | Store => other == Schemas,
            Adapter | Exchange => matches!(other, Kit | Schemas),
            Roster => matches!(other, Adapter | Kit | Schemas),
            Server => matches!(other, Roster | Exchange | Store | Kit | Schemas),
            Cli => matches!(other, Server | Exchange | Roster | Store | Kit | Schemas),
            ContractTests => other != ContractTests,
        }
    }

    /// Whether nothing here touches the world.
    fn is_pure(self) -> bool {
        matches!(self, Self::Schemas | Self::Kit | Self::Adapter | Self::Roster | Self::Exchange)
    }
}

/// What no pure floor depends on: runtimes, sockets, TLS, files, processes, clocks, terminals.
const NEVER_ON_PURE_FLOORS: [&str; 23] = [
    "tokio",
    "hyper",
    "hyper-util",
    "axum",
    "tower",
    "tower-http",
    "rustls",
    "tokio-rustls",
    "aws-lc-rs",
    "tempfile",
    "zip",
    "clap",
    "ctrlc",
    "getrandom",
    "indicatif",
    "reqwest",
    "ureq",
    "rusqlite",
    "sqlx",
    "governor",
    "tracing",
    "tracing-subscriber",
    "memmap2",
];

/// Parts that stand on these floors and nowhere else.
const ONLY_ON: [(&str, &[Floor]); 16] = [
    ("tokio", &[Floor::Server]),
    ("hyper", &[Floor::Server]),
    ("axum", &[Floor::Server]),
    ("tower", &[Floor::Server]),
    ("tower-http", &[Floor::Server]),
    ("rustls", &[Floor::Server]),
    ("tokio-rustls", &[Floor::Server]),
    ("russh", &[Floor::Server]),
    ("aws-lc-rs", &[Floor::Server, Floor::Store]),
    ("rusqlite", &[Floor::Store]),
    ("governor", &[Floor::Server]),
    ("clap", &[Floor::Cli]),
    ("indicatif", &[Floor::Cli]),
    ("jsonschema", &[Floor::ContractTests]),
    ("wiremock", &[Floor::ContractTests]),
    ("fhirbolt", &[]),
];

/// A crate of the workspace, as its manifest says.
struct Manifest {
    folder: String,
    toml: toml::Table,
    has_clippy: bool,
}

impl Manifest {
    fn name(&self) -> &str {
        self.toml["package"]["name"].as_str().unwrap_or_default()
    }

    /// Names of what is depended on, by any name it is given; with tests where these count too.
    fn dependencies(&self, with_tests: bool) -> BTreeSet<String> {
        let mut sections = vec!["dependencies", "build-dependencies"];
        if with_tests {
            sections.push("dev-dependencies");
        }
        let mut tables: Vec<&toml::Table> = vec![&self.toml];
        if let Some(targets) = self.toml.get("target").and_then(toml::Value::as_table) {
            tables.extend(targets.values().filter_map(toml::Value::as_table));
        }
        let mut names = BTreeSet::new();
        for table in tables {
            for section in &sections {
                let Some(dependencies) = table.get(*section).and_then(toml::Value::as_table) else { continue };
                for (name, value) in dependencies {
                    let package = value.get("package").and_then(toml::Value::as_str);
                    names.insert(package.unwrap_or(name).to_owned());
                }
            }
        }
        names
    }
}

/// What breaks the plan, in words.
fn judge(manifests: &[Manifest]) -> Vec<String> {
    let floors: BTreeMap<&str, Floor> =
        manifests.iter().filter_map(|manifest| Some((manifest.name(), Floor::of(&manifest.folder)?))).collect();
    let mut wrong = Vec::new();
    for manifest in manifests {
        let folder = &manifest.folder;
        let Some(floor) = Floor::of(folder) else {
            wrong.push(format!("{folder} is on no floor of the plan"));
            continue;
        };
        for name in manifest.dependencies(true) {
            match floors.get(name.as_str()) {
                Some(other) if !floor.may_import(*other) => wrong.push(format!("{folder} imports {name}")),
                _ => {}
            }
            let only = ONLY_ON.iter().find(|(known, _)| *known == name);
            if only.is_some_and(|(_, floors)| floor != Floor::ContractTests && !floors.contains(&floor))
                || (name == "fhirbolt")
            {
                wrong.push(format!("{name} stands in {folder}"));
            }
        }
        for name in manifest.dependencies(false) {
            if floor.is_pure() && NEVER_ON_PURE_FLOORS.contains(&name.as_str()) {
                wrong.push(format!("{folder} is pure and depends on {name}"));
            }
        }
        if floor.is_pure() && !manifest.has_clippy {
            wrong.push(format!("{folder} is pure and no clippy.toml above it but the root's"));
        }
        if manifest.toml.get("lints").and_then(|lints| lints.get("workspace")) != Some(&toml::Value::Boolean(true)) {
            wrong.push(format!("{folder} does not take the workspace's lints"));
        }
    }
    wrong
}

fn manifests() -> Vec<Manifest> {
    let root = workspace();
    let mut folders = vec!["schemas".to_owned(), "contract-tests".to_owned()];
    for group in ["adapters", "gateway"] {
        for entry in std::fs::read_dir(root.join(group)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(format!("{group}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    folders.sort();
    let read = |folder: String| {
        let text = std::fs::read_to_string(root.join(&folder).join("Cargo.toml")).unwrap();
        let has_clippy = has_clippy(&root, &folder);
        Manifest { toml: text.parse().unwrap(), has_clippy, folder }
    };
    folders.into_iter().map(read).collect()
}

/// Whether the nearest `clippy.toml` upward is another than the root's.
fn has_clippy(root: &Path, folder: &str) -> bool {
    let above = root.join(folder);
    above.ancestors().take_while(|path| *path != root).any(|path| path.join("clippy.toml").is_file())
}

#[test]
fn the_house_stands_by_its_plan() {
    let manifests = manifests();
    assert!(manifests.len() >= 9, "the crates are not found");
    let wrong = judge(&manifests);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_folder_of_an_adapter_is_on_the_roster() {
    let manifests = manifests();
    let roster = manifests.iter().find(|manifest| manifest.folder == "adapters/roster").unwrap().dependencies(false);
    for manifest in manifests.iter().filter(|it| Floor::of(&it.folder) == Some(Floor::Adapter)) {
        assert!(roster.contains(manifest.name()), "{} is not on the roster", manifest.folder);
        let listed = roster::ADAPTERS.iter().any(|adapter| manifest.folder.ends_with(adapter.name));
        assert!(listed, "{} is not called by its folder's name", manifest.folder);
    }
}

#[test]
fn the_pure_floors_tell_clippy_the_same() {
    let read = |folder: &str| std::fs::read_to_string(workspace().join(folder).join("clippy.toml")).unwrap();
    assert_eq!(read("schemas"), read("adapters"));
    assert_eq!(read("schemas"), read("gateway/exchange"));
}

#[test]
fn every_wrong_arrow_turns_the_law_red() {
    let made = |folder: &str, text: &str, has_clippy: bool| Manifest {
        folder: folder.to_owned(),
        toml: format!("package.name = \"{}\"\n{text}", folder.rsplit('/').next().unwrap()).parse().unwrap(),
        has_clippy,
    };
    let house = |folder: &str, text: &str, has_clippy: bool| {
        let lints = "lints.workspace = true\n";
        let mut house: Vec<Manifest> = [
            "schemas",
            "adapters/kit",
            "adapters/liquidlogic",
            "adapters/epep",
            "adapters/roster",
            "gateway/exchange",
            "gateway/server",
            "gateway/store",
            "gateway/cli",
            "contract-tests",
        ]
        .into_iter()
        .filter(|other| *other != folder)
        .map(|other| made(other, lints, true))
        .collect();
        house.push(made(folder, text, has_clippy));
        judge(&house)
    };
    let lints = "lints.workspace = true\n";
    assert_eq!(house("gateway/cli", lints, false), [""; 0]);
    for (folder, line, complaint) in [
        ("adapters/epep", "dependencies.liquidlogic.workspace = true", "adapters/epep imports liquidlogic"),
        (
            "adapters/epep",
            "dev-dependencies.liquidlogic.path = \"../liquidlogic\"",
            "adapters/epep imports liquidlogic",
        ),
        ("adapters/epep", "dependencies.other = { package = \"liquidlogic\" }", "adapters/epep imports liquidlogic"),
        ("adapters/epep", "dependencies.exchange.workspace = true", "adapters/epep imports exchange"),
        ("adapters/epep", "dependencies.roster.workspace = true", "adapters/epep imports roster"),
        ("adapters/kit", "dependencies.epep.workspace = true", "adapters/kit imports epep"),
        ("schemas", "dependencies.kit.workspace = true", "schemas imports kit"),
        ("gateway/exchange", "dependencies.roster.workspace = true", "gateway/exchange imports roster"),
        ("gateway/exchange", "dependencies.store.workspace = true", "gateway/exchange imports store"),
        ("gateway/store", "dependencies.kit.workspace = true", "gateway/store imports kit"),
        ("gateway/server", "dependencies.liquidlogic.workspace = true", "gateway/server imports liquidlogic"),
        ("gateway/server", "dependencies.cli.workspace = true", "gateway/server imports cli"),
        ("gateway/cli", "dependencies.epep.workspace = true", "gateway/cli imports epep"),
        ("gateway/cli", "dependencies.tokio = \"1\"", "tokio stands in gateway/cli"),
        ("gateway/cli", "dependencies.jsonschema = \"1\"", "jsonschema stands in gateway/cli"),
        ("contract-tests", "dev-dependencies.fhirbolt = \"1\"", "fhirbolt stands in contract-tests"),
        ("schemas", "dependencies.tempfile = \"1\"", "schemas is pure and depends on tempfile"),
        ("schemas", "target.'cfg(unix)'.dependencies.tempfile = \"1\"", "schemas is pure and depends on tempfile"),
        ("adapters/epep", "build-dependencies.zip = \"1\"", "adapters/epep is pure and depends on zip"),
    ] {
        let wrong = house(folder, &format!("{lints}{line}\n"), true);
        assert!(wrong.iter().any(|one| one == complaint), "{line}: {wrong:?}");
    }
    assert_eq!(house("gateway/cli", "", true), ["gateway/cli does not take the workspace's lints"]);
    assert_eq!(house("schemas", lints, false), ["schemas is pure and no clippy.toml above it but the root's"]);
    assert_eq!(house("gateway/attic", lints, true), ["gateway/attic is on no floor of the plan"]);
}
