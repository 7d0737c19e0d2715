//! The rules of the adapter: what can be wrong with a vacancy, and what an agency's office does about it (IFA formats,
//! sections 4.4 and 11).
//!
//! A rule says which check failed and what to do, never the value.

use schemas::diagnostic::{Rule, Severity};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident $code:literal $severity:ident $message:literal $help:literal;)+) => {
        $($(#[doc = $doc])+
        pub static $rule: Rule = Rule {
            code: concat!("ifa/", $code),
            severity: Severity::$severity,
            message: $message,
            help: $help,
            source: "IFA formats, sections 4.4 and 11",
        };)+
    };
}

rules! {
    /// A provider's number of another shape.
    URN_SHAPE "urn-shape" Error "This is no Ofsted URN: SC and six digits, or seven digits. The row is not read"
        "Copy the URN from your Ofsted registration. Six digits alone are the number of a school. If Ofsted does not register you, say in registered_with who does.";
    /// Another regulator's number.
    URN_UNKNOWN_KIND "urn-unknown-kind" Warning "This provider is not registered with Ofsted; its number is kept and not checked"
        "Check the number against your registration.";
    /// A row without a reference.
    VACANCY_ID_MISSING "vacancy-id-missing" Error "This row has no reference. It is not read"
        "Fill in a reference of your own for this vacancy, and use the same one every week.";
    /// One reference twice.
    VACANCY_ID_TWICE "vacancy-id-twice" Error "Another row above has the same reference; only this one, the later, is kept"
        "Remove the row that is out of date, or give one of them a reference of its own.";
    /// A reference that names somebody.
    CARER_REF_NAME "carer-ref-looks-like-a-name" Error "This reference looks like a name or an e-mail address. The row is not read, so that nobody is told who the carers are"
        "Use a code that only your office knows, such as C-2207.";
    /// A reference that tells where.
    CARER_REF_POSTCODE "carer-ref-postcode" Error "This reference holds a postcode. The row is not read, so that nobody is told where the carers live"
        "Use a code that only your office knows, such as C-2207.";
    /// A blank cell that this kind of provision needs.
    REQUIRED "required" Error "This is needed for this kind of provision. The row is not read"
        "Fill it in, or set the status to draft until you know it.";
    /// A column of another kind of provision.
    COLUMN_NOT_FOR_PROVISION "column-not-for-provision" Warning "This column does not apply to this kind of provision; the cell is not carried"
        "Leave it empty in this row.";
    /// A kind of provision that is none.
    PROVISION_UNKNOWN "provision-unknown" Error "This is no kind of provision. The row is not read"
        "Choose fostering, residential or supported-accommodation.";
    /// A status that is none.
    STATUS_UNKNOWN "status-unknown" Error "This is no status that you can set. The row is not read"
        "Choose draft, open, reserved, filled or withdrawn. A vacancy expires by itself when nobody checks it.";
    /// A gender that is none.
    GENDER_UNKNOWN "gender-unknown" Error "This does not say who could live here. The row is not read"
        "Choose any, male or female; or several with ; between.";
    /// An item of a list that is none.
    LIST_ITEM_UNKNOWN "list-item-unknown" Error "An item here is not in the list of this column; it is left out, and the others are kept"
        "Choose from the list that the description of the column names, with ; between.";
    /// A number of places that is none.
    PLACES_NUMBER "places-not-a-number" Error "This is no number of places from 0 to 99. The row is not read"
        "Write one whole number: not 2+, and not 1 or 2.";
    /// More places than approved.
    PLACES_SUM "places-sum" Error "More places are filled, reserved, available and not available than are approved. The row is not read"
        "Count again: together they cannot be more than places_approved.";
    /// Fewer places than approved.
    PLACES_GAP "places-gap" Warning "Some approved places are neither filled, reserved, available nor not available"
        "Say what has become of the others, in places_not_available for instance.";
    /// Places that are not available, and no reason.
    NOT_AVAILABLE_REASON "not-available-reason" Warning "Some places cannot be filled, and the row does not say why"
        "Choose a reason. Never write an allegation: choose on-hold.";
    /// Open, and nothing to offer.
    AVAILABLE_STATUS "available-status" Error "This vacancy is open and has no place available"
        "Set the status to reserved or filled, or fill in how many places you would fill today.";
    /// Closed, and something to offer.
    AVAILABLE_BUT_CLOSED "available-but-closed" Warning "This vacancy is filled or withdrawn and still has places available"
        "Set places_available to 0, or the status to open.";
    /// Ages out of order or range.
    AGE_RANGE "age-range" Error "The ages are out of order, or beyond 25. The row is not read"
        "Fill in the youngest and the oldest age as approved or registered, 0 to 25.";
    /// Ages that cannot be read.
    AGE_UNREADABLE "age-unreadable" Error "This is no age, or no range of ages. The row is not read"
        "Write whole years: 5 and 11, or 5-11, 0 to 4, 16+.";
    /// Too young for supported accommodation.
    AGE_PROVISION "age-provision" Error "Supported accommodation is for young people of 16 and over. The row is not read"
        "Check the ages, or the kind of provision.";
    /// Older than the provision is for.
    AGE_BEYOND_PROVISION "age-beyond-provision" Warning "These ages go beyond 17, which this kind of provision takes only as staying put or for care leavers"
        "Check the oldest age.";
    /// More siblings than places.
    SIBLINGS_OVER_PLACES "siblings-over-places" Warning "The largest sibling group is larger than the places available"
        "Check both numbers.";
    /// More than the usual limit of foster children.
    USUAL_LIMIT "usual-limit" Warning "More than three fostering places are approved, the usual limit"
        "Check the number. An exemption is possible, and nothing needs to be done where there is one.";
    /// An end before its beginning.
    DATES "dates" Error "This vacancy ends before it begins; its end is not carried"
        "Check available_from and available_until.";
    /// A beginning far ahead.
    DATES_FAR "dates-far" Warning "This vacancy begins more than a year ahead"
        "Check the year.";
    /// A whole postcode.
    POSTCODE_FULL "postcode-full" Warning "Only the first half of the postcode is kept; the rest was dropped here"
        "Send B13, not B13 9XX: a carer's address is never passed on.";
    /// No outward postcode.
    OUTWARD_SHAPE "outward-shape" Error "This is no first half of a postcode. The row is not read"
        "Write B13 or SW1A, not the name of a place.";
    /// A fee out of the ordinary.
    FEE_RANGE "fee-range" Warning "This fee is more than 20,000 pounds a week"
        "Check the amount: it is for one week, in pounds.";
    /// Nobody says when it was true.
    AS_AT_MISSING "as-at-missing" Error "This row does not say on which day it was checked. The row is not read"
        "Fill in As at: the day on which somebody last checked this row.";
    /// Checked in the future.
    AS_AT_FUTURE "as-at-future" Error "This row says that it was checked on a day still to come. The row is not read"
        "Fill in the day on which it was really checked.";
    /// Checked too long ago.
    STALE "stale" Warning "This row was checked too long ago to be fresh: placement teams do not see it unless they ask"
        "Check it again, and fill in the day.";
    /// Checked so long ago that it has expired.
    EXPIRED_ON_ARRIVAL "expired-on-arrival" Warning "This row was checked so long ago that it has expired: placement teams do not see it"
        "Check it again, and fill in the day.";
    /// One home twice.
    DUPLICATE_HOME "duplicate-home" Warning "Another live vacancy has the same home and provision; their places are not added up"
        "Keep one row for each household, home or setting, and withdraw the other.";
    /// Perhaps one home twice.
    NEAR_DUPLICATE "near-duplicate" Warning "Another row is like this one but for its reference of the home: area, places, ages and genders"
        "If it is the same home, use one reference. If not, nothing needs to be done.";
    /// An inadequate provider.
    RATING_INADEQUATE "rating-inadequate" Warning "The rating is inadequate; placement teams decide by their own rule"
        "Nothing, if it is so.";
    /// A summary that tells who or where.
    PERSON_IN_SUMMARY "person-in-summary" Warning "The summary holds an e-mail address, a telephone number or a postcode; it is held back until mended"
        "Describe the home without them. The duty team's e-mail and telephone number have columns of their own.";
    /// A profile that tells who or where.
    PROFILE_IDENTIFIES "profile-identifies" Error "What the child may read holds an e-mail address, a telephone number or a postcode; all of it is held back until mended"
        "Use first names, and no address of any kind.";
    /// A home without a page.
    PROFILE_MISSING "profile-missing" Warning "No page for the child is written of this home: it says nothing for one here, or you may not have it before an offer is accepted"
        "Ask the agency to say what a child may read: no child should move to strangers.";
    /// Cells beside a confirmation.
    NO_CHANGE_CELLS "no-change-only-confirms" Loss "This row says no change: its other cells are not carried, and what was said before stands"
        "Nothing, if nothing has changed. Otherwise choose changed, so that the row is read.";
    /// A row that belongs to nothing.
    NO_VACANCY "row-of-no-vacancy" Error "This row belongs to no vacancy of the document. It is not read"
        "Fill in the reference of a vacancy, or the framework and lot that it stands under; and the URN where there are several providers.";
    /// A document of everything, which is translated as one of changes.
    REPLACE_NOT_CARRIED "replace-not-carried" Loss "That this is everything you have is heard where a gateway takes it in, and not carried by a translation"
        "Send it to the gateway, which withdraws what is absent here; or send what is withdrawn with the status withdrawn.";
    /// A mode that is none.
    MODE_UNKNOWN "mode-unknown" Error "This document says in another way than merge or replace what it means; it is read as changes"
        "Fill in merge for changes only, or replace for everything you have.";
    /// A document that does not say what it is.
    FORMAT_NAME "json-format" Error "This document does not say that it is what was expected; nothing of it is read"
        "Fill in format as the description of the format has it, homeward/vacancies for instance, and put the items into the array that it names.";
    /// A version that is not read.
    VERSION "json-version" Error "This document is of no version that is read; nothing of it is read"
        "Send version 1.";
    /// A member that is not known.
    UNKNOWN_MEMBER "unknown-member" Loss "This member is not known and not carried"
        "Nothing; the message as it came is kept.";
    /// A referral without its name.
    REFERRAL_ID_MISSING "referral-id-missing" Error "This does not name the referral that it is about. It is not read"
        "Fill in referralId as the authority's request has it: R- and 26 letters and digits.";
    /// An offer without a reference.
    OFFER_ID_MISSING "offer-id-missing" Error "This offer has no reference. It is not read"
        "Fill in a reference of your own for this offer, and use the same one when you change it.";
    /// A text for providers that tells who or where somebody is.
    TEXT_IDENTIFIES "text-identifies" Error "This text holds what tells who or where somebody is; it is not carried"
        "Describe the child without names, dates of birth, numbers, addresses, postcodes, schools, telephone numbers or e-mail addresses.";
    /// An item of a list that is too long.
    LIST_ITEM_TOO_LONG "list-item-too-long" Error "An item here is longer than 80 characters; the list is not carried"
        "Write a few words an item, and the rest into the summary.";
    /// Too many districts.
    DISTRICTS_TOO_MANY "districts-too-many" Error "More than five districts are to be avoided; none is carried"
        "Name the five that matter most: a long list tells where somebody lives.";
    /// A document that is none of a referral or an offer.
    DOCUMENT_NAME "document-format" Error "This document does not say that it is of this format; nothing of it is read"
        "Fill in format and version as the description of the format has them: homeward/referral or homeward/offer, version 1.";
    /// A local time of a night on which the clocks change.
    AMBIGUOUS_TIME "ambiguous-time" Warning "On this night the clocks change, and this time is shown twice or never; the summer time was taken"
        "Write the offset too: 2026-10-25T01:30:00+00:00.";
    /// A notice without a reference.
    NOTICE_ID_MISSING "notice-id-missing" Error "This notice has no reference. The row is not read"
        "Fill in a reference of your own, a new one for each notice: by it a notice is corrected or cancelled.";
    /// One reference twice.
    NOTICE_ID_TWICE "notice-id-twice" Warning "Another notice above has the same reference; only this one, the later, is kept"
        "Give each notice a reference of its own. To correct one, send it again with the kind correction.";
    /// An older notice after a newer one of its reference.
    NOTICE_OLDER "notice-older" Warning "Another notice above has the same reference and was written later; this one is not kept"
        "Nothing, if the other is right. Otherwise send this one again, with a new As at.";
    /// A kind of notice that is none.
    NOTICE_KIND "notice-kind-unknown" Error "This does not say what the notice tells. The row is not read"
        "Choose start, end, fee-change, correction or cancel.";
    /// A notice of nobody.
    NOTICE_NO_CHILD "notice-no-child" Error "This notice does not say which child it is about. The row is not read"
        "Fill in the referral, or the council together with its id of the child. Never write a name.";
    /// A cell that a notice of this kind needs.
    NOTICE_REQUIRED "notice-required" Error "A notice of this kind needs this; the rest of the row is read"
        "Fill it in, and send the notice again with the kind correction.";
    /// A kind of placement of another provision.
    NOTICE_TYPE "notice-type" Warning "This kind of placement belongs to another kind of provision; both are kept"
        "Check the kind of provision and the kind of placement.";
    /// An end before its beginning.
    NOTICE_DATE_ORDER "notice-date-order" Error "This placement ends before it begins. The row is not read"
        "Check the first and the last day.";
    /// Notice that was given afterwards.
    NOTICE_GIVEN "notice-given-late" Warning "Notice was given after the placement had ended"
        "Check both days. Nothing needs to be done if it is so.";
    /// An end of which the beginning is not there.
    NOTICE_END_WITHOUT_START "notice-end-without-start" Warning "This document has no beginning for this end: the same child, provider, home and first day"
        "Nothing, if the beginning was sent before with the same first day. Otherwise check the first day, or send the beginning too.";
    /// Two placements at once.
    NOTICE_OVERLAP "notice-overlap" Warning "This child is in another placement on the same days"
        "Send the end of the earlier placement, or correct the days. Nothing needs to be done for brothers and sisters of one referral who live apart.";
    /// A total that is not that of its parts.
    COST_SUM "cost-sum" Warning "The total is not the sum of its parts"
        "Check the amounts. Each is for one week, without VAT.";
    /// Contributions beyond the total.
    COST_CONTRIBUTIONS "cost-contributions" Warning "Health and education pay more than the total"
        "Check the amounts: each contribution is a part of the total.";
    /// A cost out of the ordinary.
    COST_RANGE "cost-range" Warning "This cost is out of the ordinary: a week costs no more than 100,000 pounds, and all together no less than 100"
        "Check the amount: it is for one week, in pounds.";
    /// A column that is known and not carried.
    COLUMN_LEFT_OUT "column-left-out" Loss "What stands in this column is not carried"
        "Nothing; the file as it came is kept.";
    /// A label one letter away from a known one.
    CENSUS_LABEL "census-label" Warning "This label is one letter away from one that is known, and was read as that one"
        "Check the spelling.";
    /// A provider's number that is none of Ofsted's.
    CENSUS_URN "census-urn" Warning "This is no Ofsted URN; it is kept and not checked, and nothing is said of the provider"
        "Fill in SC and six digits, or seven digits; or say in Primary registration type who registers the provider.";
    /// Something that the National Placements Standard requires.
    NPS_REQUIRED "nps-required" Error "The National Placements Standard requires this; the rest of the row is read"
        "Fill it in. Where nothing is known, choose the answer that says so, if the list has one.";
    /// A heading that the National Placements Standard has.
    NPS_COLUMN "nps-column" Error "This sheet lacks a column that the National Placements Standard requires; the rows are read without it"
        "Fill in the official workbook, or the one that `homeward template` writes, and leave its headings as they are.";
    /// A label of nobody's list.
    NPS_LABEL "nps-label" Error "This is no answer of the National Placements Standard; it is not read"
        "Choose one from the drop-down list of the official workbook.";
    /// An `Other` that says no more.
    NPS_OTHER_WITHOUT_TEXT "nps-other-without-text" Error "The answer is Other, and nothing says what"
        "Say in a few words what it is, without naming anybody.";
    /// A home elsewhere without a reason.
    NPS_REASON "nps-reason" Warning "The home should be outside the authority's area, and nothing says why"
        "Choose a reason.";
    /// One child in two rows.
    NPS_CHILD_TWICE "nps-child-twice" Warning "This child stands in another row too; both are read"
        "Nothing, if a home was looked for twice. Otherwise correct the number, or remove one of the two.";
    /// The example of the official workbook.
    NPS_EXAMPLE_ROW "nps-example-row" Warning "This is the example of the official workbook; it is not read"
        "Nothing. A child whose number is that of the example needs another row.";
    /// The risk for which the sheet has no column.
    NPS_NO_CSE "nps-no-cse" Loss "Nothing says whether the child is at risk of sexual exploitation: the official sheet has no column for it, though the model requires it"
        "Add a column risk_to_child_sexual_exploitation, or send JSON-LD. Nobody is taken to be without that risk.";
    /// The column that the standard leaves open.
    NPS_EDUCATION "nps-education-polarity" Warning "education_continuity is read as its heading has it: Yes means that education goes on. The help text of the standard asks the opposite"
        "Ask the sender. If Yes means disrupted, read it with --option education=question.";
    /// An officer's name that is not told.
    NPS_OFFICER_WITHHELD "nps-officer-withheld" Loss "No name of the officer who recorded the placement is written: it is not known, or stays within the authority"
        "Nothing. Names of officers are written under the view local-authority alone.";
    /// A row that says less than the model requires.
    NPS_INCOMPLETE "nps-incomplete" Loss "This row has not all that the National Placements Standard requires: nobody said it, or it may not be told"
        "Nothing is made up in its place. Complete the referral or the notice, and write it again.";
    /// A figure that a return needs.
    RETURN_REQUIRED "return-required" Error "A return needs this figure; the rest of the row is read"
        "Fill it in: 0 where there was none.";
    /// A period that is no quarter.
    RETURN_PERIOD "return-period" Warning "This is no quarter of a year"
        "Check both days: 1 January to 31 March, 1 April to 30 June, 1 July to 30 September, or 1 October to 31 December.";
    /// A period that ends before it begins.
    RETURN_DATES "return-dates" Error "This period ends before it begins. The row is not read"
        "Check both days.";
    /// Figures that contradict each other.
    RETURN_SUM "return-sum" Error "This figure contradicts another of the row. The row is not read"
        "Count again: offers in time are no more than offers, offers no more than referrals for each household; the four ways to end add up to the placements that ended; filled, vacant and not available add up to approved; who stayed twelve months was placed at the end.";
    /// A formula of which nobody knows what it showed.
    FORMULA_WITHOUT_VALUE "formula-without-value" Error "This cell holds a formula without its result; it is not read"
        "Open the workbook, let it calculate, save it and send it again; or type the value.";
    /// A sheet with nothing in it.
    SHEET_EMPTY "sheet-empty" Warning "No row of this sheet is filled in"
        "Fill in one row a household, home or setting below the headings. A row whose reference begins with EXAMPLE is never read: use references of your own.";
    /// A day for all rows that is none.
    SHEET_AS_AT "sheet-as-at" Error "The cell As at on the first sheet holds no day; rows that say no day themselves are not read"
        "Write the day on which the rows were checked, such as 12/01/2026, or empty the cell and fill in each row.";
    /// More rows than are written on one sheet.
    TOO_MANY_SHEET_ROWS "too-many-sheet-rows" Error "There are more rows than sheet_rows_max; the others are not in the workbook"
        "Ask for another format, or for one provider at a time.";
    /// What a format cannot say.
    NOT_EXPRESSIBLE "not-expressible" Loss "This format has no column for this"
        "It is kept in the source.";
    /// A count that would tell of single households.
    FEW_HOMES "few-homes" Loss "Fewer than six homes stand behind this count of places; it is not published"
        "Nothing. It is published once there are six; a placements team sees each home.";
    /// A home that is not offered now.
    NOT_COUNTED "not-counted" Loss "This home is not counted: it is a draft, withdrawn, expired or offered twice, or was not checked lately"
        "Nothing, if it is so. Otherwise check the row again, and send it with a new As at.";
    /// What another table says.
    OTHER_TABLE "in-another-table" Loss "This stands in another table of the format, which was not asked for"
        "Ask for that table by the option table.";
}

/// Rules of vacancies, whatever they come in.
pub static VACANCIES: &[&Rule] = &[
    &URN_SHAPE,
    &URN_UNKNOWN_KIND,
    &VACANCY_ID_MISSING,
    &VACANCY_ID_TWICE,
    &CARER_REF_NAME,
    &CARER_REF_POSTCODE,
    &REQUIRED,
    &COLUMN_NOT_FOR_PROVISION,
    &PROVISION_UNKNOWN,
    &STATUS_UNKNOWN,
    &GENDER_UNKNOWN,
    &LIST_ITEM_UNKNOWN,
    &PLACES_NUMBER,
    &PLACES_SUM,
    &PLACES_GAP,
    &NOT_AVAILABLE_REASON,
    &AVAILABLE_STATUS,
    &AVAILABLE_BUT_CLOSED,
    &AGE_RANGE,
    &AGE_UNREADABLE,
    &AGE_PROVISION,
    &AGE_BEYOND_PROVISION,
    &SIBLINGS_OVER_PLACES,
    &USUAL_LIMIT,
    &DATES,
    &DATES_FAR,
    &POSTCODE_FULL,
    &OUTWARD_SHAPE,
    &FEE_RANGE,
    &AS_AT_MISSING,
    &AS_AT_FUTURE,
    &STALE,
    &EXPIRED_ON_ARRIVAL,
    &DUPLICATE_HOME,
    &NEAR_DUPLICATE,
    &RATING_INADEQUATE,
    &PERSON_IN_SUMMARY,
    &PROFILE_IDENTIFIES,
    &NO_CHANGE_CELLS,
    &AMBIGUOUS_TIME,
];

/// Rules of notices of placements.
pub static NOTICES: &[&Rule] = &[
    &NOTICE_ID_MISSING,
    &NOTICE_ID_TWICE,
    &NOTICE_OLDER,
    &NOTICE_KIND,
    &NOTICE_NO_CHILD,
    &URN_SHAPE,
    &URN_UNKNOWN_KIND,
    &CARER_REF_NAME,
    &CARER_REF_POSTCODE,
    &PROVISION_UNKNOWN,
    &NOTICE_REQUIRED,
    &NOTICE_TYPE,
    &NOTICE_DATE_ORDER,
    &NOTICE_GIVEN,
    &NOTICE_END_WITHOUT_START,
    &NOTICE_OVERLAP,
    &COST_SUM,
    &COST_CONTRIBUTIONS,
    &COST_RANGE,
    &AS_AT_MISSING,
    &AS_AT_FUTURE,
    &AMBIGUOUS_TIME,
];

/// Rules of returns under a framework.
pub static RETURNS: &[&Rule] = &[
    &URN_SHAPE,
    &RETURN_REQUIRED,
    &RETURN_PERIOD,
    &RETURN_DATES,
    &RETURN_SUM,
    &AS_AT_MISSING,
    &AS_AT_FUTURE,
    &AMBIGUOUS_TIME,
];

/// Rules of referrals.
pub static REFERRALS: &[&Rule] = &[
    &REFERRAL_ID_MISSING,
    &TEXT_IDENTIFIES,
    &LIST_ITEM_TOO_LONG,
    &DISTRICTS_TOO_MANY,
    &AMBIGUOUS_TIME,
    &OUTWARD_SHAPE,
    &POSTCODE_FULL,
    &LIST_ITEM_UNKNOWN,
    &DOCUMENT_NAME,
    &UNKNOWN_MEMBER,
];

/// Rules of offers.
pub static OFFERS: &[&Rule] = &[
    &REFERRAL_ID_MISSING,
    &OFFER_ID_MISSING,
    &URN_SHAPE,
    &URN_UNKNOWN_KIND,
    &CARER_REF_NAME,
    &CARER_REF_POSTCODE,
    &FEE_RANGE,
    &AMBIGUOUS_TIME,
    &DOCUMENT_NAME,
    &UNKNOWN_MEMBER,
];
/// Rules of the placement census.
pub static CENSUS: &[&Rule] = &[&COLUMN_LEFT_OUT, &CENSUS_LABEL, &CENSUS_URN, &URN_UNKNOWN_KIND, &COST_RANGE];

/// Rules of the National Placements Standard.
pub static STANDARD: &[&Rule] = &[
    &NPS_REQUIRED,
    &NPS_LABEL,
    &NPS_OTHER_WITHOUT_TEXT,
    &NPS_REASON,
    &NPS_CHILD_TWICE,
    &NPS_EDUCATION,
    &COST_SUM,
    &COST_RANGE,
    &COLUMN_LEFT_OUT,
    &OUTWARD_SHAPE,
    &POSTCODE_FULL,
];

/// Those of its workbook alone.
pub static STANDARD_SHEETS: &[&Rule] = &[&FORMULA_WITHOUT_VALUE, &NPS_COLUMN, &NPS_EXAMPLE_ROW];

/// Those of its linked data alone.
pub static STANDARD_DOCUMENTS: &[&Rule] = &[&UNKNOWN_MEMBER];

/// Those of writing it.
pub static WRITING_STANDARD: &[&Rule] = &[&NPS_NO_CSE, &NPS_INCOMPLETE, &NPS_OFFICER_WITHHELD];

/// Rules of tables that stand beside vacancies.
pub static BESIDE: &[&Rule] = &[&NO_VACANCY];

/// Rules of documents in JSON.
pub static JSON: &[&Rule] = &[&FORMAT_NAME, &VERSION, &UNKNOWN_MEMBER, &MODE_UNKNOWN, &REPLACE_NOT_CARRIED];

/// What cells in JSON share with those of tables.
pub static CELLS: &[&Rule] = &[
    &kit::csv::rules::CELL,
    &kit::csv::rules::BLANK,
    &kit::csv::rules::DECIMAL_TAIL,
    &kit::csv::rules::PLACEHOLDER_DATE,
    &kit::csv::rules::TEXT_CUT,
    &kit::csv::rules::TOO_MANY_PARTS,
    &kit::csv::rules::DUPLICATE,
    &kit::csv::rules::KEY_CLASH,
];

/// Rules of writing.
pub static WRITING: &[&Rule] = &[&NOT_EXPRESSIBLE];

/// Rules of writing all tables into one workbook.
pub static WRITING_WORKBOOKS: &[&Rule] = &[&TOO_MANY_SHEET_ROWS];

/// Rules of writing one table at a time.
pub static WRITING_TABLES: &[&Rule] = &[&OTHER_TABLE];

/// Rules of writing counts.
pub static COUNTING: &[&Rule] = &[&FEW_HOMES, &NOT_COUNTED];

/// Rules of writing pages for children.
pub static PAGES: &[&Rule] = &[&PROFILE_IDENTIFIES, &PROFILE_MISSING];
