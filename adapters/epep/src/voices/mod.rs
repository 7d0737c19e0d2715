//! Views from elsewhere, an app, a review or a survey: one row is one thing said (epep, section 2.3).

pub mod tables;

use schemas::{
    code::{VoiceBy, VoiceContext, VoiceWhose},
    record::Voice,
    said::Said,
};

use self::tables::VoiceRow;
use crate::{
    document::{Says, Telling},
    records::ChildRecords,
    rules,
};

impl Says for VoiceRow {
    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let whose = self.whose.map(|whose| whose.0);
        // Nobody's word is taken for a professional's here, nor a professional's for anybody's.
        if matches!(whose, Said::Is(VoiceWhose::Professional)) {
            return row.tell(&rules::VOICE_WHOSE, "whose");
        }
        let by = match (self.by, whose) {
            (Said::Is(by), _) => Said::Is(by.0),
            (_, Said::Is(whose)) => speaks_for_itself(whose),
            _ => Said::NotAsked,
        };
        let voice = Voice {
            context: if let Said::Is(context) = self.context {
                Said::Is(context.0)
            } else {
                Said::Is(VoiceContext::Other)
            },
            date: self.said_on,
            whose,
            by,
            how: self.how.map(|how| how.0),
            topic: self.topic.map(|topic| topic.0),
            words: self.words,
            share: self.share.map(|share| share.0),
            ..Voice::default()
        };
        child.say_beside(voice, row);
    }
}

/// Where nobody else wrote it down, whoever has the view gave it.
fn speaks_for_itself(whose: VoiceWhose) -> Said<VoiceBy> {
    match whose {
        VoiceWhose::Child => Said::Is(VoiceBy::Child),
        VoiceWhose::Parent => Said::Is(VoiceBy::Parent),
        VoiceWhose::Carer => Said::Is(VoiceBy::Carer),
        VoiceWhose::Professional => Said::NotAsked,
    }
}
