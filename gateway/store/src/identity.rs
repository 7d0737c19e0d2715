//! Who is who, and who must not be found: identifiers, proposals, links, restrictions, approvals, alerts.

use uuid::Uuid;

use crate::{Cursor, Micros, subject::SubjectId};

/// An identifier: in clear in memory, an HMAC and a ciphertext on disk.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct BlindIdentifier {
    /// Its system, a name of ours.
    pub system: String,
    /// Its value.
    pub value: String,
}

impl std::fmt::Debug for BlindIdentifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindIdentifier(..)")
    }
}

/// Two subjects that may be one person.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its id.
    pub id: Uuid,
    /// The subject that would stay.
    pub keeps: SubjectId,
    /// The subject that would be merged into it.
    pub other: SubjectId,
    /// Where it is.
    pub state: ProposalState,
    /// What agrees and differs, by field names; without values.
    pub evidence: Vec<u8>,
    /// When it was made.
    pub made_at: Micros,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Raised by every change; the ETag.
    pub version: u64,
}

/// Where a proposal is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ProposalState {
    Open,
    Confirmed,
    Rejected,
}

/// A proposal that is made. The same pair is proposed once; one that was rejected stays so unless `grounds` differ.
#[derive(Clone, Debug)]
pub struct NewProposal {
    /// Its id.
    pub id: Uuid,
    /// See [`Proposal`].
    pub keeps: SubjectId,
    /// See [`Proposal`].
    pub other: SubjectId,
    /// See [`Proposal`].
    pub evidence: Vec<u8>,
    /// What both are known by: opaque here, and kept as a blind index.
    pub grounds: Vec<u8>,
    /// See [`Proposal`].
    pub made_at: Micros,
}

/// A decision about a proposal.
#[derive(Clone, Debug)]
pub struct ProposalAct {
    /// Which.
    pub id: Uuid,
    /// The version that was seen; another refuses the batch.
    pub version: u64,
    /// Confirmed or rejected.
    pub state: ProposalState,
    /// Who.
    pub by: String,
    /// When.
    pub at: Micros,
}

impl Proposal {
    /// The proposal as it is once a decision on this version of it has been kept: what whoever decides is told.
    pub fn after(self, act: &ProposalAct) -> Self {
        Self { state: act.state, decided_by: Some(act.by.clone()), version: self.version + 1, ..self }
    }
}

/// A merge of two subjects; what moved is opaque and brings it back.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// The proposal it came from.
    pub proposal: Uuid,
    /// Who stayed.
    pub winner: SubjectId,
    /// Who was merged.
    pub loser: SubjectId,
    /// When.
    pub made_at: Micros,
    /// When it was undone.
    pub undone_at: Option<Micros>,
    /// What moved: encrypted.
    pub moves: Vec<u8>,
    /// Raised by every change; the ETag.
    pub version: u64,
}

/// A restriction that was set in the house: by a person, through the API or the command line.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// Its id.
    pub id: Uuid,
    /// Whom it protects.
    pub subject: SubjectId,
    /// `location` or `adopted`.
    pub kind: String,
    /// The restriction as a record's document: encrypted.
    pub body: Vec<u8>,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: Micros,
    /// When it is to be looked at again, as a day in microseconds.
    pub review_at: Option<Micros>,
    /// Who took the first step to lift it.
    pub lift_first_by: Option<String>,
    /// When it was lifted.
    pub lifted_at: Option<Micros>,
    /// Raised by every change; the ETag.
    pub version: u64,
}

/// A recipient that an authority has named for a child (views, section 2.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Relation {
    /// Its id.
    pub id: Uuid,
    /// The recipient's ODS code.
    pub ods: String,
    /// The child.
    pub subject: SubjectId,
    /// From this day on, as a day in microseconds.
    pub since: Micros,
    /// Until this day.
    pub until: Option<Micros>,
    /// Who named it.
    pub set_by: String,
    /// When.
    pub set_at: Micros,
    /// When it was ended by hand.
    pub ended_at: Option<Micros>,
    /// Raised by every change; the ETag.
    pub version: u64,
}

/// Which relations that stand.
#[derive(Clone, Debug, Default)]
pub struct RelationFilter {
    /// To this recipient.
    pub ods: Option<String>,
    /// Of this child.
    pub subject: Option<SubjectId>,
    /// After this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// An approval of what a route sends to a recipient.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approval {
    /// The route.
    pub route: String,
    /// The recipient.
    pub recipient: String,
    /// What was approved: the digest of view and terms.
    pub digest: String,
    /// The first person.
    pub first_by: String,
    /// The second, where two are needed.
    pub second_by: Option<String>,
    /// When the last of them did.
    pub at: Micros,
}

/// Something that a person must see.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its id.
    pub id: Uuid,
    /// Which kind: `late-restriction`, `dead-letter`, `breaker-open`, `certificate`, …
    pub kind: String,
    /// What it is about, in ids and names of ours.
    pub about: String,
    /// The subject, when there is one.
    pub subject: Option<SubjectId>,
    /// Since when.
    pub raised_at: Micros,
    /// Who has seen it.
    pub seen_by: Option<String>,
}
