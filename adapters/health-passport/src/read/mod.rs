//! From resources to records: what a resource of FHIR says of a child, as statements.
//!
//! Limits: those of trees; of a document what is kept is where each resource stands and whose it is. Format: a stream,
//! a Bundle of any type or one resource, in JSON or XML, in any number of parts. Operations: opening reads and judges
//! everything once and settles whose each resource is; a reader reads a child's resources again when it is asked.
//!
//! What a sender leaves out is not said; an element that cannot be read is unreadable, and the rest of its resource
//! stands. A resource type that says nothing that the record knows is told once as a loss. A resource that was entered
//! in error takes its statement back. What depends on others of the document waits for them: a questionnaire for what was
//! asked, a period of being looked after for its episodes. Words of a section are not read; without entries they are told.

mod care;
mod children;
mod education;
mod elements;
mod health;
mod looked_after;
mod observation;
mod opened;
mod patient;
mod person;
mod says;
mod sdq;
mod whose;

use std::num::NonZeroUsize;

use kit::{
    adapter::{Decode, Options, Subjects},
    dialect::Dialect,
    document::{Document, Part},
};
use schemas::diagnostic::{PartId, Report};

use crate::{convert::Form, read::opened::Opened};

/// Reads resources in one of the forms of FHIR.
pub(crate) struct FhirDecode {
    /// The form.
    pub(crate) form: Form,
}

impl Decode for FhirDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::open(document, self.form, options, report))
    }

    fn recognises(&self, _: PartId, part: &Part, _: &Dialect) -> Option<bool> {
        let mut first = [0; FIRST_BYTES];
        let count = part.bytes.read_at(0, &mut first).unwrap_or_default();
        let text = String::from_utf8_lossy(&first[..count]);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        Some(match self.form {
            Form::Xml => text.starts_with('<') && text.contains("\"http://hl7.org/fhir\""),
            // A line that goes on to its end is one of a stream; a document of one line is taken for itself.
            Form::Lines => is_resource(text) && has_second_line(text),
            Form::Json => is_resource(text) && !has_second_line(text),
        })
    }
}

/// How much of a part is looked at to know what it is.
const FIRST_BYTES: usize = 64 << 10;

fn is_resource(text: &str) -> bool {
    text.starts_with('{') && text.contains("\"resourceType\"")
}

/// Whether an object ends on the first line and another begins after it.
fn has_second_line(text: &str) -> bool {
    let Some((first, rest)) = text.split_once('\n') else { return false };
    first.trim_end().ends_with('}') && rest.trim_start().starts_with('{')
}
