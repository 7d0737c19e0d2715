//! The table of views from elsewhere.

use schemas::{
    code::{VoiceBy, VoiceContext, VoiceHow, VoiceShare, VoiceTopic, VoiceWhose},
    date::Date,
};

use crate::{child::child_rows, rules, wire::Word};

child_rows! {
    /// One thing that a child, a parent or a carer said.
    VoiceRow = SAID "said" {
        /// When it was said.
        said_on: Date = "said_on" { field: "Voice.date", required: false, source: "epep 2.3" },
        /// Whose view it is: child, parent or carer.
        whose: Word<VoiceWhose> = "whose" { field: "Voice.whose", wrong: &rules::VOICE_WHOSE, blank: Some(&rules::VOICE_WHOSE), loses_row: true, source: "epep 2.3" },
        /// Who wrote it down; by default whoever has the view.
        by: Word<VoiceBy> = "by" { field: "Voice.by", required: false, source: "epep 2.3" },
        /// At what occasion; by default another.
        context: Word<VoiceContext> = "context" { field: "Voice.context", required: false, source: "epep 2.3" },
        /// How it was said.
        how: Word<VoiceHow> = "how" { field: "Voice.how", required: false, source: "epep 2.3" },
        /// What it is about.
        topic: Word<VoiceTopic> = "topic" { field: "Voice.topic", required: false, source: "epep 2.3" },
        /// The words, unedited.
        words: Box<str> = "words" { field: "Voice.words", loses_row: true, source: "epep 2.3" },
        /// How far the speaker lets them go; blank is the virtual school only.
        share: Word<VoiceShare> = "share" { field: "Voice.share", required: false, source: "epep 2.3" },
    }
}
