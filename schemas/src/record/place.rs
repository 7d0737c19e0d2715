//! Statements about a place to live, and about who provides it (record, section 6).
//!
//! They are said of a provider, by its number; who registers it stands in that number. Amounts are for a week.

use crate::{
    code::{
        ChildHereAge, Ethnicity, FamilyTimeHelp, HouseholdPet, HouseholdReligion, HouseholdSmoking, OfstedRating,
        PlaceNotAvailableReason, PlacementContract, PlacementNeed, ProfileRelease, ProviderSector, Provision,
        VacancyConfirmer, VacancyPlacementType, VacancyStatus, WheelchairAccess, WhoCouldLiveHere,
    },
    date::{Date, DateTime},
    identifier::LaCode,
    money::Pence,
    postcode::Postcode,
    record::declare::{shape, statements},
    reflect::Number,
};

shape! {
    /// How to reach the team on duty, never a person.
    Duty {
        /// Email address.
        email: Box<str>,
        /// Telephone number.
        phone: Box<str>,
    }
    /// A framework that a provider is on.
    ProviderFramework {
        /// The framework.
        id: Box<str>,
        /// The lot of it.
        lot: Box<str>,
    }
    /// Under which framework and contract a place is offered.
    VacancyFramework {
        /// The framework.
        id: Box<str>,
        /// Paid when used, or in advance.
        contract: PlacementContract,
        /// Reference of a block contract.
        block_ref: Box<str>,
        /// The authorities for which a block contract is.
        block_owner: Vec<LaCode>,
    }
    /// How many places there are, and what has become of them.
    Places {
        /// Approved or registered.
        approved: Number<99>,
        /// Lived in.
        occupied: Number<99>,
        /// Promised to a child who has not moved yet.
        reserved: Number<99>,
        /// Those that would be filled today.
        available: Number<99>,
        /// Those that could not be.
        not_available: Number<99>,
        /// Why not.
        not_available_reasons: Vec<PlaceNotAvailableReason>,
    }
    /// When a place can be lived in.
    Availability {
        /// From.
        from: Date,
        /// Until.
        until: Date,
    }
    /// For which children a place is.
    WhoFor {
        /// The youngest, in years.
        age_min: Number<25>,
        /// The oldest, in years.
        age_max: Number<25>,
        /// Which of them.
        genders: Vec<WhoCouldLiveHere>,
        /// The largest sibling group; 1 is one child only.
        siblings_max: Number<99>,
        /// Only for a sibling group.
        siblings_only: bool,
        /// Only one child at a time.
        solo_only: bool,
    }
    /// What a home is like.
    HomeFacts {
        /// The age band of each child who lives there, and no more of it.
        children_here: Vec<ChildHereAge>,
        /// Animals.
        pets: Vec<HouseholdPet>,
        /// Smoking.
        smoking: HouseholdSmoking,
        /// Wheelchair access.
        wheelchair: WheelchairAccess,
        /// Whether the child has a bedroom alone.
        own_bedroom: bool,
        /// Languages that are spoken, by the DfE's codes.
        languages: Vec<Box<str>>,
        /// Staff to children.
        staff_ratio: Box<str>,
        /// Whether there is a school on the site.
        education_on_site: bool,
    }
    /// Where a home is, besides its outward postcode.
    HomeArea {
        /// The authority of the area.
        authority: LaCode,
        /// How far the carers drive to school, in miles.
        school_run_miles: Number<100>,
        /// What they do for time with the family.
        family_time: Vec<FamilyTimeHelp>,
    }
    /// What a place costs in a week.
    Fee {
        /// Without value added tax.
        weekly: Pence,
        /// What it does not include.
        note: Box<str>,
        /// Other prices for some ages.
        bands: Vec<FeeBand>,
    }
    /// What a place costs in a week for a child of some age.
    FeeBand {
        /// From this age, in years.
        age_from: Number<25>,
        /// Up to this age, in years.
        age_to: Number<25>,
        /// Without value added tax.
        weekly: Pence,
        /// From.
        valid_from: Date,
        /// Until.
        valid_to: Date,
    }
    /// What a child may read about carers before moving.
    ForTheChild {
        /// What to call the carers.
        call_me: Box<str>,
        /// Who lives there.
        who_lives_here: Box<str>,
        /// Animals.
        pets: Box<str>,
        /// The home.
        home: Box<str>,
        /// The child's room.
        your_room: Box<str>,
        /// Food.
        food: Box<str>,
        /// Weekends.
        weekends: Box<str>,
        /// Screens and bedtime.
        screens_and_bedtime: Box<str>,
        /// What the carers like.
        we_like: Box<str>,
        /// Faith and languages.
        faith_and_languages: Box<str>,
        /// A few rules of the house.
        our_rules: Vec<Box<str>>,
        /// What the child can bring.
        you_can_bring: Box<str>,
        /// What children have said.
        children_have_said: Box<str>,
        /// A message to the child.
        message: Box<str>,
        /// Photographs.
        photos: Vec<Photo>,
        /// When the carers agreed.
        consent_date: Date,
        /// When it was written.
        written_on: Date,
        /// When it is let out.
        release: ProfileRelease,
    }
    /// A photograph of carers, house, room or animals.
    Photo {
        /// Its name.
        id: Box<str>,
        /// What it shows.
        caption: Box<str>,
        /// Its media type.
        media_type: Box<str>,
        /// SHA-256 of its bytes, in hex.
        sha256: Box<str>,
    }
}

statements! {
    Place:
    /// Who offers places (6). One a subject, whose identifier has its number and who registers it.
    Provider key() {
        /// Its name.
        name: Box<str>,
        /// Sector.
        sector: ProviderSector,
        /// Judgement of its last inspection.
        rating: OfstedRating,
        /// Date of that inspection.
        rating_date: Date,
    }
    rarely
    /// What few sources say of a provider.
    ProviderMore {
        /// Number in the companies register, leading zeros kept.
        company_number: Box<str>,
        /// Branch or area team.
        branch: Box<str>,
        /// The team on duty.
        duty: Duty,
        /// The frameworks it is on.
        frameworks: Vec<ProviderFramework>,
    }

    /// Places that one household, home or setting offers (6). Without status and places it only confirms what was said.
    Vacancy reference(vacancy_id) key(carer_ref, lot) {
        /// The provider's own reference, the same every week.
        vacancy_id: Box<str>,
        /// The provider's pseudonym of the household, home or setting.
        carer_ref: Box<str>,
        /// Price band of the framework.
        lot: Box<str>,
        /// Kind of provision.
        provision: Provision,
        /// State.
        status: VacancyStatus,
        /// When it was true; a day alone is its first moment.
        as_at: DateTime,
    }
    rarely
    /// What a confirmation of a vacancy does not say again.
    VacancyMore {
        /// Rises with each change.
        version: Number<9999>,
        /// Who checked it, by role.
        confirmed_by: VacancyConfirmer,
        /// Branch or area team.
        branch: Box<str>,
        /// The team on duty.
        duty: Duty,
        /// Framework and contract.
        framework: VacancyFramework,
        /// Places.
        places: Places,
        /// When they can be lived in.
        available: Availability,
        /// For which children they are.
        who_for: WhoFor,
        /// What is offered.
        placement_types: Vec<VacancyPlacementType>,
        /// Needs that can be met.
        skills: Vec<PlacementNeed>,
        /// Needs that cannot be met.
        skills_not: Vec<PlacementNeed>,
        /// What the home is like.
        home: HomeFacts,
        /// Ethnicity of the carers; met or not met until an offer is accepted.
        home_ethnicity: Vec<Ethnicity>,
        /// Religion of the carers; met or not met until an offer is accepted.
        home_religion: Vec<HouseholdReligion>,
        /// First half of the postcode.
        outward_postcode: Postcode,
        /// The area.
        location: HomeArea,
        /// Price.
        fee: Fee,
        /// About the home, for social workers.
        summary: Box<str>,
        /// For the child to read before moving.
        for_the_child: ForTheChild,
    }
}
