//! A stream of resources: `application/fhir+ndjson`, one a line, the authority first and then child by child.
//!
//! A child of another authority than the document's is preceded by that authority, each time with the same bytes.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::{PartName, Sheaf},
};
use schemas::diagnostic::Report;

use crate::{
    child::{Child, Resource},
    conventions::{Authority, Conventions, SPLIT},
    resource_type::ResourceType,
    resources::{self, organization},
    writer::{Object, write_object},
};

/// Writes streams.
pub(crate) struct Stream;

impl Encode for Stream {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(StreamEncoder {
            conventions: Conventions::new(options),
            splits_by_type: options.setting(&SPLIT) == "type",
        })
    }
}

struct StreamEncoder<'o> {
    conventions: Conventions<'o>,
    splits_by_type: bool,
}

impl Encoder for StreamEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        if let Some(authority) = &self.conventions.authority {
            self.write_authority(authority, sheaf);
        }
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        self.conventions.with_child(disclosure, report, |child| self.write_child(child, sheaf));
    }
}

impl StreamEncoder<'_> {
    fn write_authority(&self, authority: &Authority, sheaf: &mut Sheaf) {
        let part = self.part(ResourceType::Organization);
        write_line(sheaf.part(part), |object| organization::write(&self.conventions, authority, object));
        sheaf.count(ResourceType::Organization.name(), 1);
    }

    fn write_child(&self, child: &Child<'_>, sheaf: &mut Sheaf) {
        let known = self.conventions.authority.as_ref().map(|authority| authority.code);
        if let Some(authority) = child.authority.filter(|authority| Some(authority.code) != known) {
            self.write_authority(authority, sheaf);
        }
        for (kind, resources) in in_stream_order(&child.resources) {
            let out = sheaf.part(self.part(kind));
            for resource in resources {
                write_line(out, |object| resources::write(child, resource, object));
            }
            sheaf.count(kind.name(), resources.len() as u64);
        }
    }

    fn part(&self, kind: ResourceType) -> PartName {
        if self.splits_by_type { kind.part() } else { PartName::Whole }
    }
}

/// The resources type by type, the Patient before all others; they come in the order of their types.
fn in_stream_order<'r, 'c>(resources: &'r [Resource<'c>]) -> impl Iterator<Item = (ResourceType, &'r [Resource<'c>])> {
    let start = resources.partition_point(|resource| resource.kind < ResourceType::Patient);
    let (before, from) = resources.split_at(start);
    let (patient, after) = from.split_at(from.partition_point(|resource| resource.kind == ResourceType::Patient));
    let by_type = |resources: &'r [Resource<'c>]| resources.chunk_by(|left, right| left.kind == right.kind);
    [patient, before, after].into_iter().flat_map(by_type).map(|resources| (resources[0].kind, resources))
}

fn write_line(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    write_object(out, fill);
    out.push(b'\n');
}
