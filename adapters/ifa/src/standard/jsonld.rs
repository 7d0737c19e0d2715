//! The standard's linked data, read and written.
//!
//! Format: one object a placement, or several in an array, in `@graph`, or one a line. The names of a context are matched
//! as they are, or behind the prefix `pl:`; a context is never fetched. What is written brings its own context, made of
//! the table, so that nobody has to fetch one.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    json::members::{Members, members_of},
    nested::{Branch, LeftOut, Outline, Syntax},
    sheaf::{PartName, Sheaf},
    wire::WireType,
};
use schemas::{
    diagnostic::{Diagnostic, Report},
    said::Said,
};

use crate::{
    encode::writing,
    lists::json::{self, ListDecode, Listed},
    rules,
    standard::{
        records::WITHHELD,
        tables::{COLUMNS, EARLIER, NODES, PLACEMENT, PlacementRow},
        write::{rows_of, tell_what_is_missing},
    },
    wire::Text,
};

/// The address below which the standard names everything.
const NAMESPACE: &str = "https://ns.socialcaredata.io/placements/";

/// What the model calls what stands in the rows.
const ITEMS: &str = "@graph";

/// Where the columns stand, those of earlier drafts among them.
const READ: [(&str, &str); COLUMNS.len() + EARLIER.len()] = {
    let mut read = [("", ""); COLUMNS.len() + EARLIER.len()];
    let mut n = 0;
    while n < read.len() {
        read[n] = if n < COLUMNS.len() { COLUMNS[n] } else { EARLIER[n - COLUMNS.len()] };
        n += 1;
    }
    read
};

impl Listed for PlacementRow {
    const FORMAT: Option<&'static str> = None;
    const ITEMS: &'static str = ITEMS;
    const COLUMNS: &'static [(&'static str, &'static str)] = COLUMNS;
    const READ: &'static [(&'static str, &'static str)] = &READ;
    const PASSED_OVER: &'static [&'static str] = &["@context", "@id", "@type"];

    /// Every name is read with its prefix too.
    fn outline(branches: &[Branch]) -> Outline {
        let left_out = ["riskOther", "riskToOthersOther"]
            .map(|name| LeftOut { at: ("@graph/riskAssessment", name), rule: &rules::COLUMN_LEFT_OUT });
        let mut outline = Outline::of(Syntax::Json, branches, ITEMS, &left_out, &rules::UNKNOWN_MEMBER)
            .passing_over(Self::PASSED_OVER)
            .also("@graph/riskAssessment", "risks");
        // Leaves before the nodes that they stand in: a second name has the children that the first has by then.
        let leaves = READ.iter().map(|(_, path)| *path);
        for path in leaves.chain(NODES.iter().map(|(node, _, _)| *node)) {
            let name = path.rsplit('/').next().unwrap_or(path);
            outline = outline.also(&format!("{ITEMS}/{path}"), &format!("pl:{name}"));
        }
        outline
    }
}

/// Reads linked data.
pub static LINKED_DECODE: ListDecode<PlacementRow> = ListDecode::NEW;

/// Writes linked data.
pub struct LinkedEncode;

impl Encode for LinkedEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(LinkedEncoder { options })
    }
}

struct LinkedEncoder<'o> {
    options: &'o Options,
}

impl Encoder for LinkedEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        let head = format!("{{\"@context\":{},\"{ITEMS}\":[", context());
        sheaf.part(PartName::Whole).extend_from_slice(head.as_bytes());
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let writing = writing(self.options);
        for (record, mut row) in rows_of(disclosure, report) {
            tell_what_is_missing(&row, record, |_| true, report);
            if !row.placement_officer.has_value() {
                // The shape requires a name.
                row.placement_officer = Said::Is(Text(WITHHELD.into()));
            }
            let written = members_of(&row, COLUMNS, &writing, |column| {
                let lost = Diagnostic::new(&rules::NOT_EXPRESSIBLE, record.source.place.clone());
                report.raise(lost.of_field(PLACEMENT.columns[column].record_field()));
            });
            let mut members = Members::default();
            members.text("@type", "Placement");
            members.add(written);
            members.begin_groups(NODES);
            json::item::<PlacementRow>(&members, sheaf);
        }
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        json::tail(sheaf);
    }
}

/// What the names mean: each property by its address, and of what kind its values are.
fn context() -> String {
    let mut terms = vec![
        format!("\"pl\":\"{NAMESPACE}\""),
        format!("\"olr\":\"{NAMESPACE}outof-la-reason#\""),
        "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"".to_owned(),
        "\"Placement\":\"pl:Placement\"".to_owned(),
    ];
    for (node, _, class) in NODES {
        terms.push(format!("\"{class}\":\"pl:{class}\""));
        terms.push(format!("\"{node}\":{{\"@id\":\"pl:{node}\",\"@type\":\"@id\"}}"));
    }
    for (column, path) in COLUMNS {
        let Some(column) = PLACEMENT.columns.iter().find(|known| known.name == *column) else { continue };
        let name = path.rsplit('/').next().unwrap_or(path);
        let kind = match column.wire {
            WireType::Label(list) if list.labels.iter().any(|(_, concept)| concept.contains(':')) => {
                "\"@type\":\"@id\"".to_owned()
            }
            WireType::Label(list) | WireType::Labels(list) => {
                let vocabulary = format!("\"@context\":{{\"@vocab\":\"{NAMESPACE}{}#\"}}", list.name);
                let container = if column.wire.is_list() { ",\"@container\":\"@set\"" } else { "" };
                format!("\"@type\":\"@vocab\"{container},{vocabulary}")
            }
            WireType::Number { .. } => "\"@type\":\"xsd:nonNegativeInteger\"".to_owned(),
            WireType::Decimal => "\"@type\":\"xsd:decimal\"".to_owned(),
            WireType::Date => "\"@type\":\"xsd:date\"".to_owned(),
            _ => String::new(),
        };
        let kind = if kind.is_empty() { kind } else { format!(",{kind}") };
        terms.push(format!("\"{name}\":{{\"@id\":\"pl:{name}\"{kind}}}"));
    }
    format!("{{{}}}", terms.join(","))
}
