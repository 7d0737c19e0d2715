//! Children of authority 330 as small 903 returns, each told by its number and, later, by what changed.

use serde_json::Value;

/// A child as one message tells of it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Told {
    /// Which child.
    pub(crate) child: u32,
    /// How many changes of placement are told: each adds an episode.
    pub(crate) changes: u32,
}

impl Told {
    /// A child that is told for the first time.
    pub(crate) fn first(child: u32) -> Self {
        Self { child, changes: 0 }
    }

    /// The authority's own id of the child.
    pub(crate) fn id(self) -> String {
        (1_000_000 + self.child).to_string()
    }

    /// The day on which the last episode began: new with each change.
    pub(crate) fn began(self) -> String {
        Self::day(self.changes)
    }

    fn day(change: u32) -> String {
        format!("2025-{:02}-{:02}", 5 + change / 28, 1 + change % 28)
    }

    fn british(change: u32) -> String {
        let day = Self::day(change);
        let parts: Vec<&str> = day.split('-').collect();
        format!("{}/{}/{}", parts[2], parts[1], parts[0])
    }

    fn rows(self, rows: &mut String) {
        for change in 0..=self.changes {
            let reason = if change == 0 { "S" } else { "P" };
            let (end, why, next) = if change == self.changes {
                (String::new(), "", "")
            } else {
                (Self::british(change + 1), "X1", "CARPL")
            };
            rows.push_str(&format!(
                "{},{},{reason},C2,N1,U6,PR4,{end},{why},{next},QX54 2XZ,XQ49 1WL,90000{:02}\r\n",
                self.id(),
                Self::british(change),
                10 + change % 90,
            ));
        }
    }
}

/// A return of episodes; with more blank lines than one piece of a body holds where it is to be long.
pub(crate) fn episodes(children: &[Told], is_long: bool) -> Vec<u8> {
    let mut rows =
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\r\n".to_owned();
    children.iter().for_each(|told| told.rows(&mut rows));
    if is_long {
        rows.push_str(&"\r\n".repeat(140 * 1024));
    }
    rows.into_bytes()
}

/// The child that a bundle is about, by the authority's own id.
pub(crate) fn child_of(bundle: &Value) -> Option<u32> {
    let mut found = None;
    walk(bundle, &mut |value| {
        if value["system"].as_str().is_some_and(|system| system.starts_with("urn:homeward:id:la-child")) {
            found = found.or(value["value"].as_str().and_then(|id| id.parse::<u32>().ok()));
        }
    });
    found.and_then(|id| id.checked_sub(1_000_000))
}

/// Calls with every value of a document.
pub(crate) fn walk(value: &Value, each: &mut impl FnMut(&Value)) {
    each(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, each)),
        Value::Object(members) => members.values().for_each(|member| walk(member, each)),
        _ => {}
    }
}
