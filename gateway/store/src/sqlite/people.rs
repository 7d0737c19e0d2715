//! What people decide: proposals, links, restrictions, approvals, alerts.

use rusqlite::{OptionalExtension, Row, ToSql, params};
use uuid::Uuid;

use super::{
    reading::{Reading, corrupt, items, page},
    subjects,
    writing::{Step, Writing},
};
use crate::{
    Cursor, Page, Refused, StoreFault,
    identity::{
        Alert, Approval, Link, NewProposal, Proposal, ProposalAct, ProposalState, Relation, RelationFilter, Restriction,
    },
    keys::{Cell, Keys, Wrapped},
    subject::SubjectId,
};

const PROPOSAL_COLUMNS: &str = "id, keeps, other, state, evidence, made_at, decided_by, version";

fn word(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => "open",
        ProposalState::Confirmed => "confirmed",
        ProposalState::Rejected => "rejected",
    }
}

fn of_word(word: &str) -> Result<ProposalState, StoreFault> {
    [ProposalState::Open, ProposalState::Confirmed, ProposalState::Rejected]
        .into_iter()
        .find(|state| self::word(*state) == word)
        .ok_or_else(corrupt)
}

/// Two subjects in one order, whichever of them would stay.
fn pair(keeps: SubjectId, other: SubjectId) -> [u8; 32] {
    let mut pair = [0; 32];
    let (first, second) = if keeps < other { (keeps, other) } else { (other, keeps) };
    pair[..16].copy_from_slice(first.as_bytes());
    pair[16..].copy_from_slice(second.as_bytes());
    pair
}

/// Makes proposals. A pair that is open takes new evidence; one that was rejected is proposed again on other grounds.
pub(super) fn propose(writing: &Writing<'_>, proposals: &[NewProposal]) -> Step<()> {
    for new in proposals {
        let pair = pair(new.keeps, new.other);
        let grounds = writing.keys.blind("grounds", &[&new.grounds]);
        let mut latest = writing.db.prepare_cached(&format!(
            "SELECT {PROPOSAL_COLUMNS}, grounds FROM proposal WHERE pair = ?1 ORDER BY made_at DESC, id DESC LIMIT 1"
        ))?;
        let mut rows = latest.query([pair])?;
        let latest = match rows.next()? {
            Some(row) => Some((proposal(row, writing.keys)?, row.get::<_, Option<Vec<u8>>>(8)?)),
            None => None,
        };
        drop(rows);
        let seal = |id: Uuid| {
            writing.keys.small().seal(&Cell { table: "evidence", id: id.as_bytes(), piece: 0 }, &new.evidence)
        };
        match latest {
            Some((held, on)) if held.state == ProposalState::Open => {
                if held.evidence == new.evidence && on.as_deref() == Some(&grounds) {
                    continue;
                }
                let mut renew = writing.db.prepare_cached(
                    "UPDATE proposal SET evidence = ?2, grounds = ?3, version = version + 1 WHERE id = ?1",
                )?;
                renew.execute(params![held.id, seal(held.id)?, grounds])?;
            }
            // Of a pair that was rejected in the first layout only the evidence is known.
            Some((held, on))
                if held.state == ProposalState::Confirmed
                    || on.as_ref().map_or(held.evidence == new.evidence, |on| on[..] == grounds) => {}
            _ => {
                let mut insert = writing.db.prepare_cached(
                    "INSERT INTO proposal (id, keeps, other, pair, state, evidence, made_at, grounds) \
                     VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7) ON CONFLICT DO NOTHING",
                )?;
                let evidence = seal(new.id)?;
                if insert.execute(params![new.id, new.keeps, new.other, pair, evidence, new.made_at, grounds])? == 0 {
                    return Err(Refused::Clash.into());
                }
            }
        }
    }
    Ok(())
}

/// Decides about a proposal that is open.
pub(super) fn decide(writing: &Writing<'_>, act: &ProposalAct) -> Step<()> {
    let mut held = writing.db.prepare_cached("SELECT state, version FROM proposal WHERE id = ?1")?;
    let held: Option<(String, u64)> = held.query_row([act.id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (state, version) = held.ok_or(Refused::Missing)?;
    if version != act.version {
        return Err(Refused::Clash.into());
    }
    let state = of_word(&state)?;
    if state != ProposalState::Open || act.state == ProposalState::Open {
        return Err(Refused::State(word(state)).into());
    }
    let mut decide = writing.db.prepare_cached(
        "UPDATE proposal SET state = ?2, decided_by = ?3, decided_at = ?4, version = version + 1 WHERE id = ?1",
    )?;
    decide.execute(params![act.id, word(act.state), act.by, act.at])?;
    Ok(())
}

/// Makes a link, or replaces it at the version that follows.
pub(super) fn link(writing: &Writing<'_>, link: &Link) -> Step<()> {
    follows(writing, "link", link.id, link.version)?;
    let key = subjects::data_key(writing, link.loser)?.ok_or(Refused::Missing)?;
    let moves = key.seal(&Cell { table: "link", id: link.id.as_bytes(), piece: 0 }, &link.moves)?;
    let mut set = writing.db.prepare_cached("INSERT OR REPLACE INTO link VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    set.execute(params![
        link.id,
        link.proposal,
        link.winner,
        link.loser,
        link.made_at,
        link.undone_at,
        moves,
        link.version
    ])?;
    Ok(())
}

/// Sets a restriction, or replaces it at the version that follows.
pub(super) fn restrict(writing: &Writing<'_>, restriction: &Restriction) -> Step<()> {
    follows(writing, "restriction", restriction.id, restriction.version)?;
    let key = subjects::data_key(writing, restriction.subject)?.ok_or(Refused::Missing)?;
    let cell = Cell { table: "restriction", id: restriction.id.as_bytes(), piece: 0 };
    let body = key.seal(&cell, &restriction.body)?;
    let mut set = writing
        .db
        .prepare_cached("INSERT OR REPLACE INTO restriction VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    set.execute(params![
        restriction.id,
        restriction.subject,
        restriction.kind,
        body,
        restriction.set_by,
        restriction.set_at,
        restriction.review_at,
        restriction.lift_first_by,
        restriction.lifted_at,
        restriction.version
    ])?;
    Ok(())
}

/// Sets a relation, or replaces it at the version that follows.
pub(super) fn relate(writing: &Writing<'_>, relation: &Relation) -> Step<()> {
    follows(writing, "relation", relation.id, relation.version)?;
    subjects::data_key(writing, relation.subject)?.ok_or(Refused::Missing)?;
    let mut set =
        writing.db.prepare_cached("INSERT OR REPLACE INTO relation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    set.execute(params![
        relation.id,
        relation.ods,
        relation.subject,
        relation.since,
        relation.until,
        relation.set_by,
        relation.set_at,
        relation.ended_at,
        relation.version
    ])?;
    Ok(())
}

/// A new thing has version 1; what replaces one has the version after it.
fn follows(writing: &Writing<'_>, table: &'static str, id: Uuid, version: u64) -> Step<()> {
    let mut held = writing.db.prepare_cached(&format!("SELECT version FROM {table} WHERE id = ?1"))?;
    let held: Option<u64> = held.query_row([id], |row| row.get(0)).optional()?;
    if version == held.unwrap_or(0) + 1 { Ok(()) } else { Err(Refused::Clash.into()) }
}

/// Approves, or replaces an approval of the same.
pub(super) fn approve(writing: &Writing<'_>, approval: &Approval) -> Step<()> {
    let mut set = writing.db.prepare_cached("INSERT OR REPLACE INTO approval VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    set.execute(params![
        approval.route,
        approval.recipient,
        approval.digest,
        approval.first_by,
        approval.second_by,
        approval.at
    ])?;
    Ok(())
}

/// Raises an alert, or replaces it.
pub(super) fn alert(writing: &Writing<'_>, alert: &Alert) -> Step<()> {
    let mut set = writing.db.prepare_cached("INSERT OR REPLACE INTO alert VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    set.execute(params![alert.id, alert.kind, alert.about, alert.subject, alert.raised_at, alert.seen_by])?;
    Ok(())
}

fn proposal(row: &Row<'_>, keys: &Keys) -> Result<Proposal, StoreFault> {
    let id: Uuid = row.get(0)?;
    let (state, evidence): (String, Vec<u8>) = (row.get(3)?, row.get(4)?);
    Ok(Proposal {
        id,
        keeps: row.get(1)?,
        other: row.get(2)?,
        state: of_word(&state)?,
        evidence: keys.small().open(&Cell { table: "evidence", id: id.as_bytes(), piece: 0 }, &evidence)?,
        made_at: row.get(5)?,
        decided_by: row.get(6)?,
        version: row.get(7)?,
    })
}

fn restriction(row: &Row<'_>, keys: &Keys) -> Result<Restriction, StoreFault> {
    let (id, subject): (Uuid, SubjectId) = (row.get(0)?, row.get(1)?);
    let wrapped = Wrapped { sealed: row.get(10)?, key_id: row.get(11)? };
    let sealed: Vec<u8> = row.get(3)?;
    let key = keys.unwrap("subject", subject.as_bytes(), &wrapped)?;
    Ok(Restriction {
        id,
        subject,
        kind: row.get(2)?,
        body: key.open(&Cell { table: "restriction", id: id.as_bytes(), piece: 0 }, &sealed)?,
        set_by: row.get(4)?,
        set_at: row.get(5)?,
        review_at: row.get(6)?,
        lift_first_by: row.get(7)?,
        lifted_at: row.get(8)?,
        version: row.get(9)?,
    })
}

const RELATION_COLUMNS: &str = "id, ods, subject, since, until, set_by, set_at, ended_at, version";

fn relation(row: &Row<'_>) -> Result<Relation, StoreFault> {
    Ok(Relation {
        id: row.get(0)?,
        ods: row.get(1)?,
        subject: row.get(2)?,
        since: row.get(3)?,
        until: row.get(4)?,
        set_by: row.get(5)?,
        set_at: row.get(6)?,
        ended_at: row.get(7)?,
        version: row.get(8)?,
    })
}

/// Restrictions, with the data keys of whom they protect.
const RESTRICTIONS: &str = "SELECT r.id, r.subject, r.kind, r.body, r.set_by, r.set_at, r.review_at, r.lift_first_by, \
    r.lifted_at, r.version, s.data_key, s.key_id FROM restriction r JOIN subject s ON s.id = r.subject";

impl Reading<'_> {
    /// Identity proposals, newest first.
    pub(super) fn proposals(
        &self,
        state: ProposalState,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<Proposal>, StoreFault> {
        let state = word(state);
        let select = format!("SELECT {PROPOSAL_COLUMNS} FROM proposal");
        let query = self.newest(&select, vec![("state = ?", &state)], after.as_ref(), items(limit));
        let items = query.rows(|row| proposal(row, self.keys))?;
        Ok(page(items, limit, |proposal| proposal.id))
    }

    /// The open proposals of a subject, newest first.
    pub(super) fn proposals_of(&self, subject: SubjectId, most: u32) -> Result<Vec<Proposal>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!(
            "SELECT {PROPOSAL_COLUMNS} FROM proposal WHERE state = 'open' AND id IN (SELECT id FROM proposal \
             WHERE keeps = ?1 UNION ALL SELECT id FROM proposal WHERE other = ?1) ORDER BY id DESC LIMIT ?2"
        ))?;
        let mut rows = held.query(params![subject, most])?;
        let mut proposals = Vec::new();
        while let Some(row) = rows.next()? {
            proposals.push(proposal(row, self.keys)?);
        }
        Ok(proposals)
    }

    /// One proposal.
    pub(super) fn proposal(&self, id: Uuid) -> Result<Option<Proposal>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!("SELECT {PROPOSAL_COLUMNS} FROM proposal WHERE id = ?1"))?;
        let mut rows = held.query([id])?;
        rows.next()?.map(|row| proposal(row, self.keys)).transpose()
    }

    /// A link.
    pub(super) fn link(&self, id: Uuid) -> Result<Option<Link>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT l.proposal, l.winner, l.loser, l.made_at, l.undone_at, l.moves, l.version, s.data_key, s.key_id \
             FROM link l JOIN subject s ON s.id = l.loser WHERE l.id = ?1",
        )?;
        let mut rows = held.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let loser: SubjectId = row.get(2)?;
        let wrapped = Wrapped { sealed: row.get(7)?, key_id: row.get(8)? };
        let sealed: Vec<u8> = row.get(5)?;
        let key = self.keys.unwrap("subject", loser.as_bytes(), &wrapped)?;
        Ok(Some(Link {
            id,
            proposal: row.get(0)?,
            winner: row.get(1)?,
            loser,
            made_at: row.get(3)?,
            undone_at: row.get(4)?,
            moves: key.open(&Cell { table: "link", id: id.as_bytes(), piece: 0 }, &sealed)?,
            version: row.get(6)?,
        }))
    }

    /// Restrictions of a subject, or all in force.
    pub(super) fn restrictions(&self, subject: Option<SubjectId>) -> Result<Vec<Restriction>, StoreFault> {
        let filter = if subject.is_some() { "r.subject = ?1" } else { "r.lifted_at IS NULL AND ?1 IS NULL" };
        let mut held = self.db.prepare_cached(&format!("{RESTRICTIONS} WHERE {filter} ORDER BY r.set_at, r.id"))?;
        let mut rows = held.query([subject])?;
        let mut restrictions = Vec::new();
        while let Some(row) = rows.next()? {
            restrictions.push(restriction(row, self.keys)?);
        }
        Ok(restrictions)
    }

    /// One restriction.
    pub(super) fn restriction(&self, id: Uuid) -> Result<Option<Restriction>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!("{RESTRICTIONS} WHERE r.id = ?1"))?;
        let mut rows = held.query([id])?;
        rows.next()?.map(|row| restriction(row, self.keys)).transpose()
    }

    /// Relations that nobody has ended, newest first.
    pub(super) fn relations(&self, filter: &RelationFilter) -> Result<Page<Relation>, StoreFault> {
        let mut wanted: Vec<(&str, &dyn ToSql)> = Vec::new();
        if let Some(ods) = &filter.ods {
            wanted.push(("ods = ?", ods));
        }
        if let Some(subject) = &filter.subject {
            wanted.push(("subject = ?", subject));
        }
        let select = format!("SELECT {RELATION_COLUMNS} FROM (SELECT * FROM relation WHERE ended_at IS NULL)");
        let query = self.newest(&select, wanted, filter.after.as_ref(), items(filter.limit));
        let items = query.rows(relation)?;
        Ok(page(items, filter.limit, |relation| relation.id))
    }

    /// One relation.
    pub(super) fn relation(&self, id: Uuid) -> Result<Option<Relation>, StoreFault> {
        let mut held = self.db.prepare_cached(&format!("SELECT {RELATION_COLUMNS} FROM relation WHERE id = ?1"))?;
        let mut rows = held.query([id])?;
        rows.next()?.map(relation).transpose()
    }

    /// What was approved of a route, or of all.
    pub(super) fn approvals(&self, route: Option<&str>) -> Result<Vec<Approval>, StoreFault> {
        let mut held = self.db.prepare_cached(
            "SELECT route, recipient, digest, first_by, second_by, at FROM approval WHERE ?1 IS NULL OR route = ?1 \
             ORDER BY route, recipient, at",
        )?;
        let approvals = held.query_map([route], |row| {
            Ok(Approval {
                route: row.get(0)?,
                recipient: row.get(1)?,
                digest: row.get(2)?,
                first_by: row.get(3)?,
                second_by: row.get(4)?,
                at: row.get(5)?,
            })
        })?;
        Ok(approvals.collect::<Result<_, _>>()?)
    }

    /// Alerts that nobody has seen yet, or all; oldest first.
    pub(super) fn alerts(&self, open_only: bool) -> Result<Vec<Alert>, StoreFault> {
        let filter = if open_only { "WHERE seen_by IS NULL" } else { "" };
        let mut held = self.db.prepare_cached(&format!(
            "SELECT id, kind, about, subject, raised_at, seen_by FROM alert {filter} ORDER BY raised_at, id"
        ))?;
        let alerts = held.query_map([], |row| {
            Ok(Alert {
                id: row.get(0)?,
                kind: row.get(1)?,
                about: row.get(2)?,
                subject: row.get(3)?,
                raised_at: row.get(4)?,
                seen_by: row.get(5)?,
            })
        })?;
        Ok(alerts.collect::<Result<_, _>>()?)
    }
}
