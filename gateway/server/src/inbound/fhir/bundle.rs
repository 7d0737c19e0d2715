//! Bundles that answer a search (FHIR R4, section 3.2.1.3): what was found, how much there is, and where the next page is.

use serde_json::json;

use crate::durable::shown::Resource;

/// Why a resource is in the Bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is what was asked for.
    Match,
    /// What was found refers to it.
    Include,
}

/// A Bundle that is being written.
pub(crate) struct Bundle {
    out: Vec<u8>,
    base: String,
    entries: usize,
}

impl Bundle {
    /// Begins a Bundle of a type, with what is known of the whole; `base` is the address of this server.
    pub(crate) fn begin(base: &str, kind: &str, total: Option<u64>, links: &[(&str, &str)]) -> Self {
        let mut out = format!("{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\"").into_bytes();
        if let Some(total) = total {
            out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        let links: Vec<_> = links.iter().map(|(relation, url)| json!({ "relation": relation, "url": url })).collect();
        if !links.is_empty() {
            out.extend_from_slice(b",\"link\":");
            out.extend_from_slice(json!(links).to_string().as_bytes());
        }
        Self { out, base: base.to_owned(), entries: 0 }
    }

    /// A resource that was found.
    pub(crate) fn entry(&mut self, resource: &Resource, mode: Mode) {
        let mode = match mode {
            Mode::Match => "match",
            Mode::Include => "include",
        };
        self.open();
        let Resource { kind, id, .. } = resource;
        self.out.extend_from_slice(format!("{{\"fullUrl\":\"{}/{kind}/{id}\",\"resource\":", self.base).as_bytes());
        self.out.extend_from_slice(&resource.told());
        self.out.extend_from_slice(format!(",\"search\":{{\"mode\":\"{mode}\"}}}}").as_bytes());
    }

    /// What has to be said of the search itself.
    pub(crate) fn outcome(&mut self, outcome: &[u8]) {
        self.open();
        self.out.extend_from_slice(b"{\"resource\":");
        self.out.extend_from_slice(outcome);
        self.out.extend_from_slice(b",\"search\":{\"mode\":\"outcome\"}}");
    }

    /// A version of a resource, in its history.
    pub(crate) fn version(&mut self, resource: &Resource) {
        self.open();
        let Resource { kind, id, .. } = resource;
        self.out.extend_from_slice(format!("{{\"fullUrl\":\"{}/{kind}/{id}\",\"resource\":", self.base).as_bytes());
        self.out.extend_from_slice(&resource.told());
        let (request, response) = (
            json!({ "method": "PUT", "url": format!("{kind}/{id}") }),
            json!({ "status": "200", "etag": format!("W/\"{}\"", resource.version()) }),
        );
        self.out.extend_from_slice(format!(",\"request\":{request},\"response\":{response}}}").as_bytes());
    }

    fn open(&mut self) {
        self.out.extend_from_slice(if self.entries == 0 { b",\"entry\":[" } else { b"," });
        self.entries += 1;
    }

    /// The whole of it.
    pub(crate) fn end(mut self) -> Vec<u8> {
        if self.entries > 0 {
            self.out.push(b']');
        }
        self.out.push(b'}');
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_json_with_and_without_entries() {
        let read = |bytes: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
        let empty = read(Bundle::begin("https://h.example/fhir/R4", "searchset", Some(0), &[("self", "a\"b")]).end());
        assert_eq!((&empty["total"], &empty["link"][0]["url"], empty.get("entry")), (&json!(0), &json!("a\"b"), None));
        let id = uuid::Uuid::from_u128(7);
        let json = format!("{{\"resourceType\":\"Flag\",\"id\":\"{id}\",\"meta\":{{\"profile\":[\"p\"]}}}}");
        let resource = Resource { kind: "Flag".to_owned(), id, json: json.into_bytes().into() };
        let mut bundle = Bundle::begin("https://h.example/fhir/R4", "searchset", None, &[]);
        bundle.entry(&resource, Mode::Match);
        bundle.outcome(b"{\"resourceType\":\"OperationOutcome\"}");
        bundle.version(&resource);
        let bundle = read(bundle.end());
        assert_eq!(bundle["entry"].as_array().unwrap().len(), 3);
        assert_eq!(bundle["entry"][0]["fullUrl"], format!("https://h.example/fhir/R4/Flag/{id}"));
        assert_eq!(bundle["entry"][2]["response"]["etag"], format!("W/\"{}\"", resource.version()));
    }
}
