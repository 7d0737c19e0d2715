//! What a notice says: which child it is about, what kind it is of, and what becomes of one that is corrected or cancelled.

use ifa::notices::{NOTICE_CSV, NOTICE_JSON};
use kit::adapter::Options;
use schemas::{
    code::{NoticeKind, PlacementEndReason, PlacementEndedBy, VacancyPlacementType},
    identifier::{Identifier, LaChildId, LaCode, ReferralRef},
    said::Said,
};

use crate::support::{END, START, day, options, read, read_with, table};

/// The document of the formats' description (IFA formats, section 6.2).
pub(crate) const DOCUMENT: &str = r#"{"format":"homeward/notice","version":"1","notices":[{"noticeId":"N-3301","kind":"start","referralId":"R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P","providerUrn":"SC999901","carerRef":"C-2207","provision":"fostering","placementType":"short-term","startDate":"2026-01-16","planned":true,"placementPostcode":"B13 9ZZ","cost":{"corePence":94500,"supportPence":0,"educationPence":0,"otherPence":0,"totalPence":94500,"from":"2026-01-16"},"framework":{"id":"wm-fostering","lot":"standard","contract":"spot"},"asAt":"2026-01-16T18:10:00+00:00"}]}"#;

#[test]
fn the_document_of_the_description_is_read_whole() {
    let read = read(&NOTICE_JSON, &[DOCUMENT.as_bytes()]);
    assert!(read.told.is_empty(), "{:#?}", read.told);
    let [(notice, false)] = read.notices()[..] else { panic!("one notice") };
    assert_eq!(notice.kind, Said::Is(NoticeKind::Start));
    assert_eq!(notice.start_date, Said::Is(day("2026-01-16")));
    assert_eq!(notice.end_date, Said::Blank, "what a notice leaves out is not so");
    assert_eq!(notice.more.as_deref().unwrap().placement_type, Said::Is(VacancyPlacementType::ShortTerm));
    let [(cost, false)] = read.costs()[..] else { panic!("one cost") };
    assert_eq!(cost.total.is().unwrap().number(), 94_500, "pence stay pence");
    assert_eq!(cost.notice_id, notice.notice_id);
    assert_eq!(cost.more.as_deref().unwrap().lot, Said::Is("standard".into()));
    let subject = &read.subjects[0][0].subject;
    let referral = ReferralRef::read(b"R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P").unwrap();
    assert_eq!((subject.identifiers.clone(), subject.authority), (vec![Identifier::Referral(referral)], None));
}

#[test]
fn a_table_says_what_the_document_says() {
    let csv = "notice_id,kind,referral_id,provider_urn,carer_ref,provision,placement_type,start_date,planned,placement_postcode,core_weekly,support_weekly,education_weekly,other_weekly,total_weekly,cost_from,framework,lot,contract,as_at\n\
        N-3301,start,R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P,SC999901,C-2207,fostering,short-term,16/01/2026,Y,b139zz,945,0,0,0,£945.00,,wm-fostering,standard,spot,2026-01-16T18:10:00+00:00\n";
    let (table, document) = (read(&NOTICE_CSV, &[csv.as_bytes()]), read(&NOTICE_JSON, &[DOCUMENT.as_bytes()]));
    assert!(table.told.is_empty(), "{:#?}", table.told);
    assert_eq!(table.said(), document.said());
}

#[test]
fn a_child_is_known_by_the_referral_or_by_the_authoritys_id_and_by_both_where_both_stand() {
    let both = START.replace("R-77,,,", "R-77,330,1029384,");
    let own = START.replace("R-77,,,", ",330,1029384,").replace("N-1", "N-3");
    let other = START.replace("R-77,,,", ",331,1029384,").replace("N-1", "N-4");
    let read_it = read(&NOTICE_CSV, &[&table(&[&both, &own, &other])]);
    assert_eq!(read_it.subjects.len(), 2, "two authorities may have a child of one id");
    let id = Identifier::LaChild(LaChildId::read(b"1029384").unwrap().0);
    let referral = Identifier::Referral(ReferralRef::read(b"R-77").unwrap());
    let subjects: Vec<_> = read_it.subjects.iter().map(|records| (*records[0].subject).clone()).collect();
    assert_eq!(subjects[0].identifiers, [id, referral]);
    assert_eq!((subjects[0].authority, subjects[1].authority), (LaCode::new(330), LaCode::new(331)));
    assert_eq!(subjects[1].identifiers, [id]);
}

#[test]
fn without_a_council_an_id_is_of_the_routes_own_authority_or_of_nobody() {
    let row = START.replace("R-77,,,", ",,1029384,");
    let nobody = read(&NOTICE_CSV, &[&table(&[&row])]);
    assert_eq!((nobody.codes(), nobody.subjects.len()), (vec!["ifa/notice-no-child"], 0));
    let own = Options { authority: LaCode::new(330), ..options() };
    let read = read_with(&NOTICE_CSV, &[&table(&[&row])], &own);
    assert!(read.told.is_empty(), "{:?}", read.told);
    assert_eq!(read.subjects[0][0].subject.authority, LaCode::new(330));
}

#[test]
fn an_end_says_when_and_why_and_by_whom() {
    let read = read(&NOTICE_CSV, &[&table(&[START, END])]);
    assert!(read.told.is_empty(), "{:#?}", read.told);
    let [(_, false), (end, false)] = read.notices()[..] else { panic!("two notices") };
    let more = end.more.as_deref().unwrap();
    assert_eq!((end.kind, end.end_date), (Said::Is(NoticeKind::End), Said::Is(day("2026-01-24"))));
    assert_eq!(more.ended_by, Said::Is(PlacementEndedBy::Provider));
    assert_eq!(more.end_reason, Said::Is(PlacementEndReason::CarerAsked));
    assert_eq!(more.planned, Said::Is(false));
    assert_eq!(read.costs().len(), 1, "an end that says no price says nothing of it");
}

#[test]
fn a_change_of_fee_is_a_change_with_a_cost_from_its_day() {
    let row = "N-5,fee-change,R-77,,,SC999901,C-2207,fostering,,2026-01-10,,,,,,990.00,990.00,2026-02-01,2026-01-28\n";
    let read = read(&NOTICE_CSV, &[&table(&[START, row])]);
    assert!(read.told.is_empty(), "{:#?}", read.told);
    let kinds: Vec<_> = read.notices().iter().map(|(notice, _)| notice.kind.is().unwrap()).collect();
    assert_eq!(kinds, [NoticeKind::Start, NoticeKind::Change]);
    let from: Vec<_> = read.costs().iter().map(|(cost, _)| cost.cost_from).collect();
    assert_eq!(
        from,
        [Said::Is(day("2026-01-10")), Said::Is(day("2026-02-01"))],
        "from the first day where none is given"
    );
}

#[test]
fn a_correction_takes_the_place_of_the_notice_and_keeps_its_kind() {
    let wrong_day =
        END.replace("2026-01-24T09", "2026-01-25T09").replace("end,", "correction,").replace("24,N", "23,N");
    for rows in [[START, END, &wrong_day], [&wrong_day, START, END]] {
        let read = read(&NOTICE_CSV, &[&table(&rows)]);
        let ends: Vec<_> =
            read.notices().into_iter().filter(|(notice, _)| notice.kind == Said::Is(NoticeKind::End)).collect();
        assert_eq!(ends.len(), 1, "{rows:?}");
        assert_eq!(
            ends[0].0.end_date,
            Said::Is(day("2026-01-23")),
            "the later as_at stands, wherever it is in the file"
        );
    }
    let told = read(&NOTICE_CSV, &[&table(&[START, END, &wrong_day])]);
    assert!(told.told.is_empty(), "a correction is no mistake: {:?}", told.told);
    let backwards = read(&NOTICE_CSV, &[&table(&[&wrong_day, START, END])]);
    assert_eq!(backwards.codes(), ["ifa/notice-older"]);
}

#[test]
fn a_correction_of_a_notice_sent_before_is_of_the_kind_that_it_says() {
    let of = |row: &str| {
        let row =
            row.replace("start,", "correction,").replace("end,", "correction,").replace("fee-change,", "correction,");
        read(&NOTICE_CSV, &[&table(&[&row])]).notices()[0].0.kind.is().unwrap()
    };
    assert_eq!(of(START), NoticeKind::Start);
    assert_eq!(of(END), NoticeKind::End);
    let change =
        "N-5,fee-change,R-77,,,SC999901,C-2207,fostering,,2026-01-10,,,,,,990.00,990.00,2026-02-01,2026-01-28\n";
    assert_eq!(of(change), NoticeKind::Change);
}

#[test]
fn a_correction_without_a_price_takes_the_price_back() {
    let corrected = START.replace("start,", "correction,").replace("945.00,945.00", ",").replace("T18", "T19");
    let read = read(&NOTICE_CSV, &[&table(&[START, &corrected])]);
    assert!(read.told.is_empty(), "{:?}", read.told);
    assert_eq!(read.notices().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [false]);
    let [(cost, true)] = read.costs()[..] else { panic!("the price is taken back") };
    assert_eq!((cost.notice_id.clone(), cost.total), (Said::Is("N-1".into()), Said::Blank));
}

#[test]
fn a_cancelled_notice_is_taken_back_with_its_price() {
    let cancel = "N-1,cancel,R-77,,,SC999901,,,,,,,,,,,,,2026-01-11\n";
    for rows in [&[START, cancel][..], &[cancel]] {
        let read = read(&NOTICE_CSV, &[&table(rows)]);
        assert!(read.told.is_empty(), "{:?}", read.told);
        assert_eq!(read.notices().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [true]);
        assert_eq!(read.costs().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [true]);
    }
    for cells in [",SC999901,Mary Jones,hotel,,", ",SC999901,,,,2026-01-20,2026-01-10,"] {
        let empty = ",".repeat(cells.matches(',').count() - 1);
        let wrong = cancel.replacen(&format!(",SC999901{empty}"), cells, 1);
        let read = read(&NOTICE_CSV, &[&table(&[START, &wrong])]);
        assert_eq!(read.notices().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [true], "{wrong}");
        assert_ne!(wrong, cancel);
    }
    let after = START.replace("2026-01-10T18:10:00+00:00", "2026-01-12");
    let again = read(&NOTICE_CSV, &[&table(&[START, cancel, &after])]);
    assert_eq!(again.notices().iter().map(|(_, back)| *back).collect::<Vec<_>>(), [false], "a later word stands");
}

#[test]
fn one_reference_of_two_providers_is_two_notices() {
    let other = START.replace("SC999901", "SC999902").replace("2026-01-10,,Y", "2026-01-20,,Y");
    let read = read(&NOTICE_CSV, &[&table(&[START, &other])]);
    assert_eq!((read.codes(), read.notices().len()), (vec!["ifa/notice-overlap"], 2));
    assert!(!read.records().next().unwrap().statement.same_key(&read.records().nth(2).unwrap().statement));
}

#[test]
fn only_a_price_band_is_carried_without_a_price() {
    let csv = "notice_id,kind,referral_id,provider_urn,carer_ref,provision,placement_type,start_date,planned,placement_postcode,framework,as_at\n\
        N-1,start,R-77,SC999901,C-2207,fostering,short-term,2026-01-10,Y,B13 9ZZ,wm-fostering,2026-01-10\n";
    let read = read(&NOTICE_CSV, &[csv.as_bytes()]);
    assert!(read.told.is_empty(), "{:?}", read.told);
    assert_eq!(read.costs()[0].0.more.as_deref().unwrap().framework, Said::Is("wm-fostering".into()));
}
