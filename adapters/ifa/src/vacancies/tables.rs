//! The tables of vacancies: the one list of their columns, for CSV, JSON, the template and the reference page.

use schemas::{
    code::{
        Ethnicity, FamilyTimeHelp, HouseholdPet, HouseholdReligion, HouseholdSmoking, OfstedRating,
        PlaceNotAvailableReason, PlacementContract, PlacementNeed, ProfileRelease, Provision, Regulator, RowChange,
        VacancyConfirmer, VacancyPlacementType, WheelchairAccess,
    },
    date::Date,
    reflect::Number,
};

use crate::{
    rules,
    wire::{
        Age, AgeRange, AsAt, Authorities, Authority, HomeReference, Languages, Outward, PlaceCount, Reference,
        Siblings, Summary, Text, UrnText, WeeklyFee,
    },
    words::{AgesHere, Genders, Status, Word, Words},
};

kit::rows! {
    /// One household, home or setting with what it offers.
    VacancyRow = VACANCIES "vacancies" spelt Plain {
        /// The provider's own reference of the vacancy.
        vacancy_id: Reference = "vacancy_id" { heading: "Your reference", aliases: &["vacancy_ref", "ref", "id"], field: "Vacancy.vacancy_id", blank: Some(&rules::VACANCY_ID_MISSING), loses_row: true, help: "Any reference you keep; the same one every week", example: "V-0141", source: "ifa 2.1" },
        /// Ofsted's number of the agency; of the home itself if residential.
        provider_urn: UrnText = "provider_urn" { heading: "Ofsted URN", aliases: &["urn", "sc_number"], wrong: &rules::URN_SHAPE, help: "Agency, or the home itself if residential", example: "SC999901", source: "ifa 2.1" },
        /// Who registers the provider; Ofsted where it is blank.
        registered_with: Word<Regulator> = "registered_with" { heading: "Registered with", aliases: &["primary_registration_type"], required: false, help: "Leave empty if Ofsted", example: "ofsted", source: "ifa 2.1" },
        /// Name of the provider; told only.
        provider_name: Text<200> = "provider_name" { heading: "Provider name", aliases: &["organisation", "agency"], field: "Provider.name", required: false, example: "Invented Fostering", source: "ifa 2.1" },
        /// Branch or area team.
        branch: Text<200> = "branch" { heading: "Branch or area team", aliases: &["office"], field: "Vacancy.branch", required: false, example: "North", source: "ifa 2.1" },
        /// Email address of the team on duty, never a person's.
        duty_email: Text<200> = "duty_email" { heading: "Duty e-mail", aliases: &["contact_email"], field: "Vacancy.duty", required: false, help: "Who to write to about this vacancy", example: "duty@agency.example", source: "ifa 2.1" },
        /// Telephone number of the team on duty, never a person's.
        duty_phone: Text<40> = "duty_phone" { heading: "Duty phone", field: "Vacancy.duty", required: false, help: "Who to call about this vacancy", example: "0121 496 0000", source: "ifa 2.1" },
        /// Kind of provision; it decides which columns apply.
        provision: Word<Provision> = "provision" { heading: "Kind of provision", aliases: &["type_of_provision"], field: "Vacancy.provision", wrong: &rules::PROVISION_UNKNOWN, example: "fostering", source: "ifa 1, 2.1" },
        /// Pseudonym of the household, home or setting.
        carer_ref: HomeReference = "carer_ref" { heading: "Carer or home reference", aliases: &["home_ref", "setting_ref", "carer_id", "household_ref"], field: "Vacancy.carer_ref", required: false, help: "The code you use for this household or home: no names, initials or addresses", example: "C-2207", source: "ifa 2.1" },
        /// The framework.
        framework: Text<80> = "framework" { heading: "Framework", aliases: &["contract_name"], field: "Vacancy.framework", required: false, example: "wm-fostering", source: "ifa 2.1" },
        /// The lot of the framework.
        lot: Text<80> = "lot" { heading: "Lot", aliases: &["tier", "level", "price_band"], field: "Vacancy.lot", required: false, example: "standard", source: "ifa 2.1" },
        /// How a place is paid for; spot where it is blank.
        contract: Word<PlacementContract> = "contract" { heading: "Contract", field: "Vacancy.framework", required: false, help: "Block = paid for in advance", example: "spot", source: "ifa 1, 2.1" },
        /// Reference of the block contract.
        block_ref: Text<80> = "block_ref" { heading: "Block contract ref", field: "Vacancy.framework", required: false, source: "ifa 2.1" },
        /// The authorities for which the block contract is.
        block_owner: Authorities = "block_owner" { heading: "For which authorities", field: "Vacancy.framework", required: false, example: "330", source: "ifa 2.1" },
        /// State of the vacancy.
        status: Status = "status" { heading: "Status", aliases: &["vacancy_status"], field: "Vacancy.status", wrong: &rules::STATUS_UNKNOWN, example: "open", source: "ifa 2.1, 4.1" },
        /// Whether the row says anything new.
        change: Word<RowChange> = "change" { heading: "Anything changed?", aliases: &["update"], required: false, help: "Choose no-change and fill only reference, URN and As at", example: "no-change", source: "ifa 2.3" },
        /// The day, or moment, on which the row was checked.
        as_at: AsAt = "as_at" { heading: "As at", aliases: &["updated", "date_confirmed", "last_updated"], field: "Vacancy.as_at", required: false, help: "The day you checked this row", example: "2026-01-12", source: "ifa 2.1, 2.3" },
        /// Who checked it, by role.
        confirmed_by: Word<VacancyConfirmer> = "confirmed_by" { heading: "Checked by (role)", aliases: &["assured_by"], field: "Vacancy.confirmed_by", required: false, help: "A role, not a name", example: "duty-team", source: "ifa 2.1" },
        /// Places approved or registered.
        places_approved: PlaceCount = "places_approved" { heading: "Places approved", aliases: &["capacity", "max_places", "places"], field: "Vacancy.places", example: "3", source: "ifa 2.1" },
        /// Places that are lived in.
        places_occupied: PlaceCount = "places_occupied" { heading: "Places filled", aliases: &["filled", "occupied"], field: "Vacancy.places", example: "1", source: "ifa 2.1" },
        /// Places promised to a child who has not moved yet.
        places_reserved: PlaceCount = "places_reserved" { heading: "Places reserved", aliases: &["matched", "held"], field: "Vacancy.places", required: false, help: "Promised, child not moved yet", example: "0", source: "ifa 2.1" },
        /// Places that would be filled today.
        places_available: PlaceCount = "places_available" { heading: "Places you would fill today", aliases: &["vacant", "vacancies", "available", "beds_available"], field: "Vacancy.places", example: "2", source: "ifa 2.1" },
        /// Places that could not be filled.
        places_not_available: PlaceCount = "places_not_available" { heading: "Places you could not fill", aliases: &["unavailable"], field: "Vacancy.places", required: false, example: "0", source: "ifa 2.1" },
        /// Why they could not.
        not_available_reason: Words<PlaceNotAvailableReason> = "not_available_reason" { heading: "Why not", field: "Vacancy.places", required: false, help: "Never write an allegation here: choose on-hold", source: "ifa 2.1" },
        /// First day on which a child could come; by default the day it was checked.
        available_from: Date = "available_from" { heading: "Available from", aliases: &["start_date", "date_available"], field: "Vacancy.available", required: false, example: "2026-01-19", source: "ifa 2.1" },
        /// Last day.
        available_until: Date = "available_until" { heading: "Available until", field: "Vacancy.available", required: false, help: "Respite, breaks", source: "ifa 2.1" },
        /// The youngest age.
        age_min: Age = "age_min" { heading: "Youngest age", aliases: &["age_from", "youngest"], field: "Vacancy.who_for", required: false, help: "As approved or registered", example: "5", source: "ifa 2.1" },
        /// The oldest age.
        age_max: Age = "age_max" { heading: "Oldest age", aliases: &["age_to", "oldest"], field: "Vacancy.who_for", required: false, help: "As approved or registered", example: "11", source: "ifa 2.1" },
        /// Both ages in one.
        age_range: AgeRange = "age_range" { aliases: &["ages"], field: "Vacancy.who_for", required: false, only_read: true, source: "ifa 2.1" },
        /// Which children could live here.
        genders: Genders = "genders" { heading: "Who could live here", aliases: &["gender"], field: "Vacancy.who_for", wrong: &rules::GENDER_UNKNOWN, example: "any", source: "ifa 2.1" },
        /// The largest sibling group.
        siblings_max: Siblings = "siblings_max" { heading: "Largest sibling group", aliases: &["sibling_group"], field: "Vacancy.who_for", required: false, help: "1 = one child only", example: "2", source: "ifa 2.1" },
        /// Only for a sibling group.
        siblings_only: bool = "siblings_only" { heading: "Only for a sibling group", field: "Vacancy.who_for", required: false, example: "N", source: "ifa 2.1" },
        /// Only one child at a time.
        solo_only: bool = "solo_only" { heading: "Only one child at a time", aliases: &["solo_placement"], field: "Vacancy.who_for", required: false, example: "N", source: "ifa 2.1" },
        /// The age band of each child who lives here now, and no more of them.
        children_here: AgesHere = "children_here" { heading: "Children who live here now", field: "Vacancy.home", required: false, help: "Age bands only, one for each child", example: "11-15", source: "ifa 2.1" },
        /// What is offered; each kind of provision has kinds of its own.
        placement_types: Words<VacancyPlacementType> = "placement_types" { heading: "What you can offer", aliases: &["type_of_placement"], field: "Vacancy.placement_types", example: "short-term;long-term", source: "ifa 2.1" },
        /// Needs that can be met.
        skills: Words<PlacementNeed> = "skills" { heading: "Needs you can meet", aliases: &["specialisms", "needs"], field: "Vacancy.skills", required: false, help: "Only what you would take today", example: "uasc;autism-adhd", source: "ifa 2.1" },
        /// Needs that could not be met.
        skills_not: Words<PlacementNeed> = "skills_not" { heading: "Needs you could not meet", aliases: &["exclusions"], field: "Vacancy.skills_not", required: false, help: "Says a no, so that nobody need ask", example: "fire-setting", source: "ifa 2.1" },
        /// Wheelchair access.
        wheelchair: Word<WheelchairAccess> = "wheelchair" { heading: "Wheelchair access", aliases: &["accessible"], field: "Vacancy.home", required: false, example: "none", source: "ifa 2.1" },
        /// Animals of the household.
        pets: Words<HouseholdPet> = "pets" { heading: "Pets", field: "Vacancy.home", required: false, example: "dog", source: "ifa 2.1" },
        /// Smoking.
        smoking: Word<HouseholdSmoking> = "smoking" { heading: "Smoking home", field: "Vacancy.home", required: false, example: "no", source: "ifa 2.1" },
        /// Whether the child has a bedroom alone.
        own_bedroom: bool = "own_bedroom" { heading: "Own bedroom", field: "Vacancy.home", required: false, example: "Y", source: "ifa 2.1" },
        /// Whether the child would share one.
        bedroom_sharing: bool = "bedroom_sharing" { field: "Vacancy.home", required: false, only_read: true, source: "ifa 2.1" },
        /// Languages at home, by the DfE's codes of three letters.
        languages: Languages = "languages" { heading: "Languages at home", field: "Vacancy.home", required: false, example: "ENG;URD", source: "ifa 2.1" },
        /// Ethnicity of the carers, by the DfE's main codes; told to nobody else until an offer is accepted.
        ethnicity: Words<Ethnicity> = "ethnicity" { heading: "Carers' ethnicity", field: "Vacancy.home_ethnicity", required: false, help: "Helps a cultural match; shown as met, not met or unknown only", example: "APKN", source: "ifa 2.1" },
        /// Religion of the carers; told to nobody else until an offer is accepted.
        religion: Words<HouseholdReligion> = "religion" { heading: "Religion", field: "Vacancy.home_religion", required: false, help: "Helps a cultural match; shown as met, not met or unknown only", example: "muslim", source: "ifa 2.1" },
        /// First half of the postcode; a whole one is cut before anything is kept.
        outward_postcode: Outward = "outward_postcode" { heading: "First half of the postcode", aliases: &["postcode", "area", "location"], field: "Vacancy.outward_postcode", required: false, wrong: &rules::OUTWARD_SHAPE, help: "B13, not B13 9XX", example: "B13", source: "ifa 2.1" },
        /// The authority of the area, by its DfE code or name.
        la_of_home: Authority = "la_of_home" { heading: "Council area", aliases: &["host_authority"], field: "Vacancy.location", required: false, example: "330", source: "ifa 2.1" },
        /// How far the school may be, in miles.
        school_run_miles: Number<100> = "school_run_miles" { heading: "School run up to (miles)", aliases: &["max_school_run_miles"], field: "Vacancy.location", required: false, example: "10", source: "ifa 2.1" },
        /// What is done for time with the family.
        family_time: Words<FamilyTimeHelp> = "family_time" { heading: "Family time", aliases: &["contact_arrangements"], field: "Vacancy.location", required: false, example: "transport", source: "ifa 2.1" },
        /// Fee of a week, without value added tax; that of the framework where it is blank.
        weekly_fee: WeeklyFee = "weekly_fee" { heading: "Weekly fee (£)", aliases: &["fee", "price", "cost"], field: "Vacancy.fee", required: false, help: "Excl. VAT", example: "945.00", source: "ifa 2.1" },
        /// What the fee does not include.
        fee_note: Text<300> = "fee_note" { heading: "What the fee does not include", field: "Vacancy.fee", required: false, source: "ifa 2.1" },
        /// Rating of the provider.
        ofsted_rating: Word<OfstedRating> = "ofsted_rating" { heading: "Ofsted rating", aliases: &["judgement"], field: "Provider.rating", required: false, example: "good", source: "ifa 2.1" },
        /// Date of the inspection.
        rating_date: Date = "rating_date" { heading: "Inspection date", field: "Provider.rating_date", required: false, example: "2025-06-03", source: "ifa 2.1" },
        /// Staff to children, of a residential home.
        staff_ratio: Text<20> = "staff_ratio" { heading: "Staff to children", field: "Vacancy.home", required: false, help: "Residential homes only", example: "2:3", source: "ifa 2.1" },
        /// Whether there is a school on the site, of a residential home.
        education_on_site: bool = "education_on_site" { heading: "School on site", field: "Vacancy.home", required: false, help: "Residential homes only", source: "ifa 2.1" },
        /// About the home, for social workers.
        summary: Summary = "summary" { heading: "About this home, for social workers", aliases: &["profile", "pen_picture"], field: "Vacancy.summary", required: false, help: "Two or three sentences: no names, no street, no school", example: "Patient couple, used to school meetings.", source: "ifa 2.1" },
        /// Number that rises with each change; only JSON writes it.
        version: Number<9999> = "version" { field: "Vacancy.version", required: false, only_read: true, source: "ifa 3" },
    }
    /// A price for some ages: of one vacancy, or of all under a framework and lot.
    FeeRow = FEES "fees" spelt Plain {
        /// The provider, where the document has several.
        provider_urn: UrnText = "provider_urn" { heading: "Ofsted URN", aliases: &["urn"], required: false, wrong: &rules::URN_SHAPE, example: "SC999901", source: "ifa 2.1" },
        /// The framework.
        framework: Text<80> = "framework" { heading: "Framework", required: false, example: "wm-fostering", source: "ifa 2.1" },
        /// The lot.
        lot: Text<80> = "lot" { heading: "Lot", aliases: &["tier", "level", "price_band"], required: false, example: "standard", source: "ifa 2.1" },
        /// The vacancy, where the price is of one only.
        vacancy_id: Reference = "vacancy_id" { heading: "Your reference", aliases: &["vacancy_ref", "ref", "id"], required: false, example: "V-0141", source: "ifa 2.1" },
        /// From this age.
        age_from: Age = "age_from" { heading: "From age", field: "Vacancy.fee", loses_row: true, example: "5", source: "ifa 2.1" },
        /// Up to this age.
        age_to: Age = "age_to" { heading: "To age", field: "Vacancy.fee", loses_row: true, example: "10", source: "ifa 2.1" },
        /// Fee of a week, without value added tax.
        weekly_fee: WeeklyFee = "weekly_fee" { heading: "Weekly fee (£)", aliases: &["fee", "price", "cost"], field: "Vacancy.fee", loses_row: true, help: "Excl. VAT", example: "945.00", source: "ifa 2.1" },
        /// From this day.
        valid_from: Date = "valid_from" { heading: "Valid from", field: "Vacancy.fee", required: false, source: "ifa 2.1" },
        /// Until this day.
        valid_to: Date = "valid_to" { heading: "Valid to", field: "Vacancy.fee", required: false, source: "ifa 2.1" },
    }
    /// What a child may read about a home before moving, by the vacancy or by the home.
    ProfileRow = FOR_THE_CHILD "for_the_child" spelt Plain {
        /// The provider, where the document has several.
        provider_urn: UrnText = "provider_urn" { heading: "Ofsted URN", aliases: &["urn"], required: false, wrong: &rules::URN_SHAPE, example: "SC999901", source: "ifa 9" },
        /// The vacancy.
        vacancy_id: Reference = "vacancy_id" { heading: "Your reference", aliases: &["vacancy_ref", "ref", "id"], required: false, example: "V-0141", source: "ifa 9" },
        /// The household or home.
        carer_ref: HomeReference = "carer_ref" { heading: "Carer or home reference", aliases: &["home_ref", "setting_ref", "carer_id", "household_ref"], required: false, example: "C-2207", source: "ifa 9" },
        /// What to call the carers, by first names.
        call_me: Text<60> = "call_me" { heading: "What to call us", field: "Vacancy.for_the_child", help: "First names only", example: "Sam and Ash", source: "ifa 9" },
        /// Who lives here: other children only as "a boy of primary age".
        who_lives_here: Text<300> = "who_lives_here" { heading: "Who lives here", field: "Vacancy.for_the_child", required: false, help: "First names of adults; no names of children", source: "ifa 9" },
        /// Animals.
        pets: Text<200> = "pets" { heading: "Animals", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// The home.
        home: Text<300> = "home" { heading: "Our home", field: "Vacancy.for_the_child", required: false, help: "Kind of home, garden; no street, no landmark", source: "ifa 9" },
        /// The child's room.
        your_room: Text<300> = "your_room" { heading: "Your room", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// Food.
        food: Text<300> = "food" { heading: "Food", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// Weekends.
        weekends: Text<300> = "weekends" { heading: "Weekends", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// Screens and bedtime.
        screens_and_bedtime: Text<300> = "screens_and_bedtime" { heading: "Screens and bedtime", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// What the carers like.
        we_like: Text<300> = "we_like" { heading: "Things we like", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// Faith and languages.
        faith_and_languages: Text<300> = "faith_and_languages" { heading: "Faith and languages", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// A few rules of the house.
        our_rules: Vec<Box<str>> = "our_rules" { heading: "A few house rules", field: "Vacancy.for_the_child", required: false, help: "At most five, with ; between", source: "ifa 9" },
        /// What the child can bring.
        you_can_bring: Text<200> = "you_can_bring" { heading: "You can bring", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// What children have said.
        children_have_said: Text<300> = "children_have_said" { heading: "What children have said", field: "Vacancy.for_the_child", required: false, help: "No names", source: "ifa 9" },
        /// A message to the child.
        message: Text<500> = "message" { heading: "A message to you", field: "Vacancy.for_the_child", required: false, example: "You choose the film on Fridays.", source: "ifa 9" },
        /// When the carers agreed to this.
        consent_date: Date = "consent_date" { heading: "Carers agreed on", field: "Vacancy.for_the_child", required: false, example: "2026-01-05", source: "ifa 9" },
        /// When it was written.
        written_on: Date = "written_on" { heading: "Written on", field: "Vacancy.for_the_child", required: false, source: "ifa 9" },
        /// When it is let out; by default when an offer is accepted.
        release: Word<ProfileRelease> = "release" { heading: "Release", field: "Vacancy.for_the_child", required: false, example: "on-accept", source: "ifa 9" },
    }
}
