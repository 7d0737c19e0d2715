//! Lines of a gateway, all of them: page after page down to the first, written as they come.

use std::{io, path::Path, thread, time::Duration};

use exchange::pipeline::Output;
use server::outbound::client::{Ask, Deed};

use super::{
    Asked, Asking, Came, failed,
    list::{Cursor, PAGE_ITEMS_MAX, no_list},
    problem::Stopped,
};
use crate::output::{Target, cannot_write};

/// Seconds that are waited at once until a quota allows another page; who is told to wait longer is told so.
const QUOTA_SECONDS_MAX: u64 = 60;

/// Lines, which of them, and in which form.
pub(crate) struct Lines<'a> {
    pub(crate) path: &'a str,
    /// Those that are given are asked for.
    pub(crate) filters: &'a [(&'a str, Option<&'a str>)],
    pub(crate) media_type: &'static str,
}

impl Lines<'_> {
    /// Writes them, the newest first, and tells how many; `each` hears every one. Under the final name stands the whole of
    /// them or nothing.
    pub(crate) fn write(&self, asking: &Asking<'_>, path: Option<&Path>, mut each: impl FnMut(&[u8])) -> Asked<u64> {
        let mut target = Target::open_plain(path)?;
        let (mut lines, mut before) = (0, None);
        loop {
            let page = self.page(asking, before)?;
            for line in page.body.split_inclusive(|byte| *byte == b'\n') {
                lines += 1;
                each(line);
            }
            match target.write("", &page.body) {
                // Whoever read has gone, and wants nothing more.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(lines),
                written => written.map_err(cannot_write)?,
            }
            let Some(next) = page.next else { break };
            let next = Cursor::of_link(&next).and_then(|cursor| cursor.line()).ok_or_else(no_list)?;
            // Downwards, and so to an end.
            if before.is_some_and(|before| next >= before) {
                return Err(no_list().into());
            }
            before = Some(next);
        }
        target.finish()?;
        Ok(lines)
    }

    fn page(&self, asking: &Asking<'_>, before: Option<u64>) -> Asked<Came> {
        let (limit, before) = (PAGE_ITEMS_MAX.to_string(), before.map(|before| before.to_string()));
        let given = self.filters.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
        let before = before.as_deref().map(|before| ("before", before));
        let query: Vec<(&str, &str)> = given.chain([("limit", &*limit)]).chain(before).collect();
        let headers = [("accept", self.media_type)];
        loop {
            let ask = Ask { path: self.path, query: &query, headers: &headers, deed: Deed::Read };
            match asking.came(ask).map_err(|fault| failed(&fault))? {
                Ok(page) if page.media_type.as_deref() == Some(self.media_type) => return Ok(page),
                Ok(_) => return Err(no_list().into()),
                Err(Stopped::Refused(problem)) => match problem.quota_seconds() {
                    Some(seconds) if seconds <= QUOTA_SECONDS_MAX => {
                        asking.terminal.note(&format!("note: the quota is used up; going on in {seconds} s"));
                        thread::sleep(Duration::from_secs(seconds));
                    }
                    _ => return Err(Stopped::Refused(problem)),
                },
                Err(stopped) => return Err(stopped),
            }
        }
    }
}
