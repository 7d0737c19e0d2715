//! Where everything stands in a document of vacancies.

use kit::{
    nested::{Branch, Columns, InPence, Outline, Rows, Syntax, TableRows},
    table::Table,
    telling,
};
use schemas::{
    code::{OfstedRating, ProviderSector, Regulator, VacancyConfirmer},
    date::Date,
    diagnostic::Place,
};

use crate::{
    rules,
    vacancies::tables::{FEES, FOR_THE_CHILD, FeeRow, ProfileRow, VACANCIES, VacancyRow},
    wire::{AsAt, Reference, Text, UrnText},
    words::Word,
};

kit::rows! {
    /// What a document says of itself.
    DocumentRow = DOCUMENT "document" spelt Plain {
        /// The format.
        format: Text<40> = "format" { required: false, source: "ifa 3" },
        /// Its version.
        version: Text<10> = "version" { required: false, source: "ifa 3" },
        /// Whether it is of changes only, or of everything.
        mode: Text<10> = "mode" { required: false, source: "ifa 2.3" },
        /// When rows were checked that do not say it themselves.
        as_at: AsAt = "asAt" { required: false, source: "ifa 2.3, 3" },
    }
    /// Who the provider is.
    ProviderRow = PROVIDER "provider" spelt Plain {
        /// The number at whoever registers it.
        urn: UrnText = "urn" { required: false, wrong: &rules::URN_SHAPE, source: "ifa 3" },
        /// Who registers it; Ofsted where it is not said.
        registered_with: Word<Regulator> = "registeredWith" { required: false, source: "ifa 3" },
        /// Name.
        name: Text<200> = "name" { required: false, field: "Provider.name", source: "ifa 3" },
        /// Number in the companies register.
        company_number: Text<8> = "companyNumber" { required: false, field: "Provider.company_number", source: "ifa 3" },
        /// Sector.
        sector: Word<ProviderSector> = "sector" { required: false, field: "Provider.sector", source: "ifa 3" },
        /// Rating.
        ofsted_rating: Word<OfstedRating> = "ofstedRating" { required: false, field: "Provider.rating", source: "ifa 3" },
        /// Date of the inspection.
        rating_date: Date = "ratingDate" { required: false, field: "Provider.rating_date", source: "ifa 3" },
        /// Branch or area team.
        branch: Text<200> = "branch" { required: false, field: "Provider.branch", source: "ifa 3" },
        /// Email address of the team on duty.
        duty_email: Text<200> = "duty/email" { required: false, field: "Provider.duty", source: "ifa 3" },
        /// Telephone number of the team on duty.
        duty_phone: Text<40> = "duty/phone" { required: false, field: "Provider.duty", source: "ifa 3" },
    }
    /// A vacancy that is as it was.
    ConfirmationRow = CONFIRMATION "confirmation" spelt Plain {
        /// The provider's own reference of the vacancy.
        vacancy_id: Reference = "vacancyId" { blank: Some(&rules::VACANCY_ID_MISSING), loses_row: true, field: "Vacancy.vacancy_id", source: "ifa 3" },
        /// When it was checked.
        as_at: AsAt = "asAt" { required: false, field: "Vacancy.as_at", source: "ifa 3" },
        /// Who checked it, by role.
        confirmed_by: Word<VacancyConfirmer> = "confirmedBy" { required: false, field: "Vacancy.confirmed_by", source: "ifa 3" },
    }
    /// A photograph for the child.
    PhotoRow = PHOTO "photo" spelt Plain {
        /// Its name.
        id: Text<80> = "id" { required: false, field: "Vacancy.for_the_child", source: "ifa 9" },
        /// What it shows.
        caption: Text<200> = "caption" { required: false, field: "Vacancy.for_the_child", source: "ifa 9" },
        /// Its media type.
        media_type: Text<20> = "mediaType" { required: false, field: "Vacancy.for_the_child", source: "ifa 9" },
        /// SHA-256 of its bytes, in hex.
        sha256: Text<64> = "sha256" { required: false, field: "Vacancy.for_the_child", source: "ifa 9" },
        /// The agency has looked that no other child, street sign, number plate or school badge is on it.
        assured: bool = "assured" { required: false, field: "Vacancy.for_the_child", source: "ifa 9" },
    }
}

/// What the format is called in a document, and its version.
pub(super) const FORMAT: &str = "homeward/vacancies";
pub(super) const ITEMS: &str = "vacancies";

/// Where the columns of a provider stand.
pub(super) const PROVIDER_COLUMNS: &[(&str, &str)] = &[
    ("urn", "urn"),
    ("registeredWith", "registeredWith"),
    ("name", "name"),
    ("companyNumber", "companyNumber"),
    ("sector", "sector"),
    ("ofstedRating", "ofstedRating"),
    ("ratingDate", "ratingDate"),
    ("branch", "branch"),
    ("duty/email", "duty/email"),
    ("duty/phone", "duty/phone"),
];

/// Where the columns of a vacancy stand.
pub(super) const VACANCY_COLUMNS: &[(&str, &str)] = &[
    ("vacancy_id", "vacancyId"),
    ("version", "version"),
    ("status", "status"),
    ("change", "change"),
    ("provision", "provision"),
    ("carer_ref", "carerRef"),
    ("branch", "branch"),
    ("duty_email", "duty/email"),
    ("duty_phone", "duty/phone"),
    ("framework", "framework/id"),
    ("lot", "framework/lot"),
    ("contract", "framework/contract"),
    ("block_ref", "framework/blockRef"),
    ("block_owner", "framework/blockOwner"),
    ("places_approved", "places/approved"),
    ("places_occupied", "places/occupied"),
    ("places_reserved", "places/reserved"),
    ("places_available", "places/available"),
    ("places_not_available", "places/notAvailable"),
    ("not_available_reason", "places/notAvailableReasons"),
    ("available_from", "available/from"),
    ("available_until", "available/until"),
    ("as_at", "asAt"),
    ("confirmed_by", "confirmedBy"),
    ("age_min", "whoFor/ageMin"),
    ("age_max", "whoFor/ageMax"),
    ("genders", "whoFor/genders"),
    ("siblings_max", "whoFor/siblingsMax"),
    ("siblings_only", "whoFor/siblingsOnly"),
    ("solo_only", "whoFor/soloOnly"),
    ("placement_types", "placementTypes"),
    ("skills", "skills"),
    ("skills_not", "skillsNot"),
    ("children_here", "home/childrenHere"),
    ("pets", "home/pets"),
    ("smoking", "home/smoking"),
    ("wheelchair", "home/wheelchair"),
    ("own_bedroom", "home/ownBedroom"),
    ("languages", "home/languages"),
    ("ethnicity", "home/ethnicity"),
    ("religion", "home/religion"),
    ("staff_ratio", "home/staffRatio"),
    ("education_on_site", "home/educationOnSite"),
    ("outward_postcode", "location/outwardPostcode"),
    ("la_of_home", "location/authority"),
    ("school_run_miles", "location/schoolRunMiles"),
    ("family_time", "location/familyTime"),
    ("weekly_fee", "fee/weeklyPence"),
    ("fee_note", "fee/note"),
    ("summary", "summary"),
];

/// Where those of a price stand.
pub(super) const FEE_COLUMNS: &[(&str, &str)] = &[
    ("age_from", "ageFrom"),
    ("age_to", "ageTo"),
    ("weekly_fee", "weeklyPence"),
    ("valid_from", "validFrom"),
    ("valid_to", "validTo"),
];

/// Where those of what a child may read stand.
pub(super) const PROFILE_COLUMNS: &[(&str, &str)] = &[
    ("call_me", "callMe"),
    ("who_lives_here", "whoLivesHere"),
    ("pets", "pets"),
    ("home", "home"),
    ("your_room", "yourRoom"),
    ("food", "food"),
    ("weekends", "weekends"),
    ("screens_and_bedtime", "screensAndBedtime"),
    ("we_like", "weLike"),
    ("faith_and_languages", "faithAndLanguages"),
    ("our_rules", "ourRules"),
    ("you_can_bring", "youCanBring"),
    ("children_have_said", "childrenHaveSaid"),
    ("message", "message"),
    ("consent_date", "consentDate"),
    ("written_on", "writtenOn"),
    ("release", "release"),
];

pub(super) const CONFIRMATION_COLUMNS: &[(&str, &str)] =
    &[("vacancyId", "vacancyId"), ("asAt", "asAt"), ("confirmedBy", "confirmedBy")];

pub(super) const PHOTO_COLUMNS: &[(&str, &str)] =
    &[("id", "id"), ("caption", "caption"), ("mediaType", "mediaType"), ("sha256", "sha256"), ("assured", "assured")];

/// Where the tables stand.
pub(super) fn branches() -> [Branch; 7] {
    [
        Branch::one(&DOCUMENT, "", Columns::Called),
        Branch::one(&PROVIDER, "provider", Columns::Called),
        Branch::several(&CONFIRMATION, "confirmations", Columns::Called),
        Branch::several(&VACANCIES, "vacancies", Columns::At(VACANCY_COLUMNS)),
        Branch::several(&FEES, "vacancies/fee/bands", Columns::At(FEE_COLUMNS)),
        Branch::one(&FOR_THE_CHILD, "vacancies/forTheChild", Columns::At(PROFILE_COLUMNS)),
        Branch::several(&PHOTO, "vacancies/forTheChild/photos", Columns::Called),
    ]
}

/// The outline of a document.
pub(super) fn outline() -> Outline {
    Outline::of(Syntax::Json, &branches(), ITEMS, &[], &rules::UNKNOWN_MEMBER)
}

/// The rows of a document's frame, or of one of its items.
#[derive(Default)]
pub(super) struct Held {
    pub(super) documents: Rows<DocumentRow>,
    pub(super) providers: Rows<ProviderRow>,
    pub(super) confirmations: Rows<ConfirmationRow>,
    pub(super) vacancies: InPence<Rows<VacancyRow>>,
    pub(super) fees: InPence<Rows<FeeRow>>,
    pub(super) profiles: Rows<ProfileRow>,
    pub(super) photos: Rows<PhotoRow>,
}

impl Held {
    /// The rows, in the order of the branches.
    pub(super) fn tables(&mut self) -> [&mut dyn TableRows; 7] {
        [
            &mut self.documents,
            &mut self.providers,
            &mut self.confirmations,
            &mut self.vacancies,
            &mut self.fees,
            &mut self.profiles,
            &mut self.photos,
        ]
    }

    pub(super) fn clear(&mut self) {
        self.tables().into_iter().for_each(TableRows::clear);
    }
}

/// The columns of a row in JSON.
pub(crate) struct Members<'m> {
    pub(crate) table: &'static Table,
    pub(crate) place_of: &'m dyn Fn(&str) -> Place,
}

impl telling::Columns for Members<'_> {
    fn table(&self) -> &'static Table {
        self.table
    }

    fn place(&self, column: &str) -> Place {
        (self.place_of)(column)
    }
}
