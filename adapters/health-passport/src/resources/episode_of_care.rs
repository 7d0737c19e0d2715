//! EpisodeOfCare: one episode of the return.

use schemas::{
    code::{Code, PlacementLocation},
    record::CareEpisode,
    said::Said,
};

use super::{identify, refer, refer_to_authority, write_period};
use crate::{
    child::Child,
    coding::{
        CATEGORY_OF_NEED, Codings, LEGAL_STATUS, PLACEMENT_CHANGE_REASON, PLACEMENT_PROVIDER, PLACEMENT_TYPE, REC, RNE,
    },
    resource_type::ResourceType,
    writer::{Array, IdText, Members, Object, key, members, value},
};

/// Writes an episode. Legal status is a type and never Extension-UKCore-LegalStatus: that is Mental Health Act status.
pub(super) fn write(child: &Child<'_>, episode: &CareEpisode, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    object.array(key!(extension), |extensions| {
        extensions.object_with(members!(r#""url":"urn:homeward:ext:care-episode""#), |extension| {
            extension.array(key!(extension), |parts| write_parts(episode, parts));
        });
    });
    identify(object, id);
    let over = episode.end_date.has_value();
    object.members(match (retracted, over) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, true) => members!(r#""status":"finished""#),
        (_, false) => members!(r#""status":"active""#),
    });
    object.array(key!(type), |types| {
        types.value(value!(
            r#"{"coding":[{"system":"http://snomed.info/sct","code":"764841000000100","display":"Looked after child"}]}"#
        ));
        concept(types, &LEGAL_STATUS, episode.legal_status);
        concept(types, &CATEGORY_OF_NEED, episode.category_of_need);
        concept(types, &PLACEMENT_TYPE, episode.placement_type);
    });
    object.value(key!(patient), child.patient_reference.value());
    refer_to_authority(object, key!(managingOrganization), child.authority);
    write_period(object, key!(period), episode.start_date.is(), episode.end_date.is());
    if let Some(manager) = child.workers.manager().filter(|_| !over && !retracted) {
        refer(object, key!(careManager), child, ResourceType::Practitioner, manager);
    }
}

fn write_parts(episode: &CareEpisode, parts: &mut Array<'_>) {
    coding(parts, members!(r#""url":"startReason""#), &RNE, episode.start_reason);
    coding(parts, members!(r#""url":"endReason""#), &REC, episode.end_reason);
    coding(parts, members!(r#""url":"changeReason""#), &PLACEMENT_CHANGE_REASON, episode.placement_change_reason);
    coding(parts, members!(r#""url":"placementProvider""#), &PLACEMENT_PROVIDER, episode.placement_provider);
    let urn = |out: &mut Vec<u8>| episode.placement_urn.is().iter().for_each(|urn| urn.write(out));
    text(parts, members!(r#""url":"placementUrn""#), urn);
    let postcode = |out: &mut Vec<u8>| episode.placement_postcode.is().iter().for_each(|code| code.write_spaced(out));
    text(parts, members!(r#""url":"placementPostcode""#), postcode);
    let home = |out: &mut Vec<u8>| episode.home_postcode.is().iter().for_each(|code| code.write_spaced(out));
    text(parts, members!(r#""url":"homePostcode""#), home);
    let authority = |out: &mut Vec<u8>| episode.placement_la.is().iter().for_each(|code| code.write(out));
    text(parts, members!(r#""url":"placementLa""#), authority);
    let location = |out: &mut Vec<u8>| {
        let code = episode.placement_location.is().map_or("", PlacementLocation::code);
        out.extend_from_slice(code.as_bytes());
    };
    text(parts, members!(r#""url":"placementLocation""#), location);
    let distance = |out: &mut Vec<u8>| episode.placement_distance.is().iter().for_each(|miles| miles.write(out));
    text(parts, members!(r#""url":"placementDistance""#), distance);
    if let Said::Is(since) = episode.period_start {
        parts.object(|part| {
            part.members(members!(r#""url":"periodStart""#));
            part.date(key!(valueDate), since);
        });
    }
}

fn concept<C: Code>(types: &mut Array<'_>, list: &Codings<C>, code: Said<C>) {
    if let Said::Is(code) = code {
        types.value(list.concept(code));
    }
}

fn coding<C: Code>(parts: &mut Array<'_>, url: Members, list: &Codings<C>, code: Said<C>) {
    if let Said::Is(code) = code {
        parts.object(|part| {
            part.members(url);
            part.value(key!(valueCoding), list.coding(code));
        });
    }
}

fn text(parts: &mut Array<'_>, url: Members, write: impl FnOnce(&mut Vec<u8>)) {
    parts.object_with(url, |part| part.written(key!(valueString), write));
}
