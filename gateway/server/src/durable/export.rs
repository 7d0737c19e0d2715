//! Everything that is held of one child, for the child's own request: what each source says, what was set here, and
//! who was told (UK GDPR, Article 15). Whoever hands it over reviews it first.

use std::io::{Cursor, Write};

use schemas::document::write_records;
use serde_json::json;
use store::StoreFault;
use store::audit::AuditFilter;
use store::subject::SubjectId;

use super::Durable;
use super::protect::Whose;
use crate::inbound::lists::LINES_READ_MAX;

impl Durable {
    /// The export of a child as an archive; `None` when there is no such child, or not one of these.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn export(&self, id: SubjectId, whose: &Whose) -> Result<Option<Vec<u8>>, StoreFault> {
        let Some(child) = self.open_children(&[id])?.pop() else { return Ok(None) };
        if !whose.take_in(&child) {
            return Ok(None);
        }
        let failed = |error: std::io::Error| StoreFault::Failed(error.kind().to_string());
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut put = |name: String, bytes: &[u8]| -> std::io::Result<()> {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).map_err(std::io::Error::other)?;
            archive.write_all(bytes)
        };
        for (partner, holding) in &child.holdings {
            let mut bytes = Vec::new();
            write_records(&holding.records, &mut bytes);
            put(format!("held/{partner}.json"), &bytes).map_err(failed)?;
            let mut former = Vec::new();
            write_records(&holding.former, &mut former);
            put(format!("withdrawn/{partner}.json"), &former).map_err(failed)?;
        }
        let mut restrictions = Vec::new();
        for row in self.store.restrictions(Some(id))? {
            restrictions.push(self.restriction_json(&row, child.epoch)?);
        }
        put("restrictions.json".to_owned(), json!(restrictions).to_string().as_bytes()).map_err(failed)?;
        let mut lines = Vec::new();
        let mut before = None;
        loop {
            let filter = AuditFilter { subject: Some(id), before, limit: LINES_READ_MAX, ..AuditFilter::default() };
            let page = self.store.audit(&filter)?;
            let Some(last) = page.items.last().map(|line| line.seq) else { break };
            before = Some(last);
            for line in page.items {
                lines.extend_from_slice(line.line.as_bytes());
                lines.push(b'\n');
            }
        }
        put("audit.ndjson".to_owned(), &lines).map_err(failed)?;
        let archive = archive.finish().map_err(std::io::Error::other).map_err(failed)?;
        Ok(Some(archive.into_inner()))
    }
}
