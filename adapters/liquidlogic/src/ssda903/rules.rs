//! The DfE's validation rules that look at one row, the integrity rules between modules, and which others are not here.
//!
//! Numbers are the DfE's. A rule that needs several rows, several modules, last year's return or a reference file is
//! named in [`COVERAGE`] with the reason.

use schemas::diagnostic::{Rule, Severity};

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $message:literal $help:literal;)+) => {
        $(
            #[doc = concat!("Rule ", $code, ": ", $message, ".")]
            pub static $name: Rule = Rule {
                code: concat!("ssda903/", $code),
                severity: Severity::$severity,
                message: $message,
                help: $help,
                source: concat!("SSDA903 rule ", $code),
            };
        )+

        /// Every rule of this file.
        pub static ALL: &[&Rule] = &[$(&$name),+];
    };
}

rules! {
    R101 "101" Error "SEX is not a code of the return, or is blank" "Write M, F or U (1 or 2 up to 2023/24).";
    R102 "102" Error "DOB is not a date, or is blank" "Write the date of birth as DD/MM/YYYY.";
    R103 "103" Error "ETHNIC is not a code of the return, or is blank" "Use one of the 20 ethnicity codes; REFU if declined, NOBT if not yet known.";
    R104 "104" Error "DUC is not a date" "Write the date that the asylum-seeking status ceased as DD/MM/YYYY, or leave it blank.";
    R112 "112" Error "DATE_INT is not a date" "Write the date of the decision as DD/MM/YYYY.";
    R113 "113" Error "DATE_MATCH is not a date" "Write the date of matching as DD/MM/YYYY.";
    R114 "114" Error "FOSTER_CARE is neither 0 nor 1" "Write 1 if the former foster carer adopts, else 0.";
    R115 "115" Error "DATE_PLACED is not a date, or is blank" "Write the date placed for adoption as DD/MM/YYYY.";
    R116 "116" Error "DATE_PLACED_CEASED is not a date" "Write the date of the decision as DD/MM/YYYY, or leave it blank.";
    R119 "119" Error "Only one of DATE_PLACED_CEASED and REASON_PLACED_CEASED is filled" "Fill both when the plan for adoption ended, or neither.";
    R120 "120" Error "REASON_PLACED_CEASED is not a code of the return" "Use RD1, RD2, RD3 or RD4.";
    R131 "131" Error "IN_TOUCH is not a code of the return" "Use YES, NO, DIED, REFU, NREQ or RHOM.";
    R132 "132" Error "ACTIV is not a code of the return" "Use a code of main activity, or 0 where the question does not arise.";
    R133 "133" Error "ACCOM is not a code of the return" "Write the letter of the accommodation and 1 (suitable) or 2 (unsuitable), or 0.";
    R141 "141" Error "DECOM is not a date, or is blank" "Write the date the episode began as DD/MM/YYYY.";
    R143 "143" Error "RNE is not a code of the return" "Use S, L, P, T, B or U.";
    R144 "144" Error "LS is not a code of the return" "Use a code of legal status.";
    R145 "145" Error "CIN is not a code of the return" "Use N1 to N8.";
    R146 "146" Error "PLACE is not a code of the return" "Use a code of placement type of this collection year.";
    R147 "147" Error "DEC is not a date" "Write the date the episode ceased as DD/MM/YYYY, or leave it blank while it is open.";
    R148 "148" Error "Only one of DEC and REC is filled" "Fill both when the episode ceased, or neither while it is open.";
    R149 "149" Error "REC is not a code of the return" "Use a code of the reason the episode ceased.";
    R151 "151" Error "Some items of the adoption are filled and others blank" "Fill all of DATE_INT, DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR and LS_ADOPTR, or none.";
    R153 "153" Error "Some of IN_TOUCH, ACTIV and ACCOM are filled and others blank" "Fill all three, or none.";
    R158 "158" Error "INTERVENTION_OFFERED is filled although an intervention was received" "Leave it blank when INTERVENTION_RECEIVED is 1.";
    R159 "159" Error "INTERVENTION_OFFERED is blank although none was received" "Say whether an intervention was offered.";
    R166 "166" Error "REVIEW is not a date, or is blank" "Write the date of the review as DD/MM/YYYY.";
    R167 "167" Error "REVIEW_CODE is not a code of the return, or is blank" "Use PN0 to PN7.";
    R168 "168" Error "UPN has not the shape of a unique pupil number, nor is it a reason for having none" "Write the 13 characters of the UPN, or UN1 to UN5.";
    R171 "171" Error "MC_DOB is not a date" "Write the date of birth of her child as DD/MM/YYYY.";
    R174 "174" Error "MC_DOB is filled for a boy" "Check SEX, and whether the date belongs to this child.";
    R175 "175" Error "NB_ADOPTR is neither 1 nor 2" "Write the number of adopters.";
    R176 "176" Error "SEX_ADOPTR is not a code of the return" "Use M1, F1, MM, FF or MF.";
    R177 "177" Error "LS_ADOPTR is not a code of the return" "Use L0, L11, L12, L2, L3 or L4.";
    R178 "178" Error "PLACE_PROVIDER is not a code of the return, or stands where the placement has no provider" "Use PR0 to PR5; leave it blank for T0 to T3 and Z11 to Z14.";
    R180 "180" Error "SDQ_SCORE is not a whole number from 0 to 40" "Write the total difficulties score.";
    R181 "181" Error "This item of the outcomes module is neither 0 nor 1" "Write 1 for yes, 0 for no, or leave it blank where it does not apply.";
    R182 "182" Error "Some health items of the outcomes module are blank although others are filled" "Fill IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT and SUBSTANCE_MISUSE, or leave the whole block blank.";
    R188 "188" Error "The child is under 4 at the end of the year, but an SDQ score or a reason for none is filled" "Leave both blank.";
    R189 "189" Error "The child was 17 or over at the start of the year, but an SDQ score or a reason for none is filled" "Leave both blank.";
    R192 "192" Error "INTERVENTION_RECEIVED is blank although a substance misuse problem was identified" "Say whether an intervention was received.";
    R193 "193" Error "An intervention is filled although no substance misuse problem was identified" "Leave both interventions blank, or set SUBSTANCE_MISUSE to 1.";
    R196 "196" Error "SDQ_REASON is not a code of the return" "Use SDQ1 to SDQ5.";
    R197A "197a" Error "SDQ_REASON is filled although there is a score" "Leave the reason blank.";

    INT01 "INT01" Error "The child of this AD1 row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT02 "INT02" Error "The child of this placed-for-adoption row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT03 "INT03" Error "The child of this episode is not in the header module" "Add the child to the header, or correct CHILD.";
    INT04 "INT04" Error "The child of this missing row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT05 "INT05" Error "The child of this OC2 row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT06 "INT06" Error "The child of this OC3 row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT07 "INT07" Error "The child of this previous permanence row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT08 "INT08" Error "The child of this review is not in the header module" "Add the child to the header, or correct CHILD.";
    INT09 "INT09" Error "The child of this UASC row is not in the header module" "Add the child to the header, or correct CHILD.";
    INT11 "INT11" Error "DOB of this AD1 row is not that of the header" "Correct whichever is wrong.";
    INT12 "INT12" Error "DOB of this placed-for-adoption row is not that of the header" "Correct whichever is wrong.";
    INT13 "INT13" Error "DOB of this missing row is not that of the header" "Correct whichever is wrong.";
    INT14 "INT14" Error "DOB of this OC2 row is not that of the header" "Correct whichever is wrong.";
    INT15 "INT15" Error "DOB of this OC3 row is not that of the header" "Correct whichever is wrong.";
    INT16 "INT16" Error "DOB of this previous permanence row is not that of the header" "Correct whichever is wrong.";
    INT17 "INT17" Error "DOB of this review is not that of the header" "Correct whichever is wrong.";
    INT18 "INT18" Error "DOB of this UASC row is not that of the header" "Correct whichever is wrong.";
    INT21 "INT21" Error "SEX of this UASC row is not that of the header" "Correct whichever is wrong.";
    INT31 "INT31" Error "The child stands more than once in AD1" "Keep one row a child.";
    INT32 "INT32" Error "The child stands more than once in the header module" "Keep one row a child.";
    INT33 "INT33" Error "The child stands more than once in OC2" "Keep one row a child.";
    INT34 "INT34" Error "The child stands more than once in OC3" "Keep one row a child.";
    INT35 "INT35" Error "The child stands more than once in the previous permanence module" "Keep one row a child.";
    INT36 "INT36" Error "The child stands more than once in the UASC module" "Keep one row a child.";

    SEX_NOTATION "sex-notation" Warning "SEX is spelt as in another collection year" "Write 1 or 2 up to 2023/24, and M, F or U from 2024/25.";
    UPN_CHECK_LETTER "upn-check-letter" Warning "The check letter of this UPN does not hold" "Compare it with the school's; it is carried as it is.";
    NOT_EXPRESSIBLE "not-expressible" Loss "The return has no cell for this" "It is kept in the source.";
    NOT_REPEATED "not-repeated" Loss "No header row says this of the child, so that it cannot be repeated here; the cell is left blank" "Add the child to the header.";
    CODE_NOT_WRITTEN "code-not-written" Loss "The return of this collection year has no code for this value; the cell is left blank" "Write for the year the code belongs to.";
}

/// Whether a rule of the DfE is here, and why not.
#[derive(Clone, Copy, Debug)]
pub enum Coverage {
    /// It is.
    Done(&'static Rule),
    /// It is not a rule of one row.
    Elsewhere(&'static str),
}

use Coverage::{Done, Elsewhere};

const SEVERAL_ROWS: &str = "needs several rows of one child";
const SEVERAL_MODULES: &str = "needs several modules";
const DERIVED_COLUMN: &str = "looks at a column that the DfE derives and no file holds";

/// Every rule numbered 1xx and every INT rule of the DfE's index, with what became of it.
pub static COVERAGE: &[(&str, Coverage)] = &[
    ("101", Done(&R101)),
    ("102", Done(&R102)),
    ("103", Done(&R103)),
    ("104", Done(&R104)),
    ("105", Elsewhere("looks at the UASC flag, which only the XML form has")),
    ("112", Done(&R112)),
    ("113", Done(&R113)),
    ("114", Done(&R114)),
    ("115", Done(&R115)),
    ("116", Done(&R116)),
    ("117", Elsewhere(SEVERAL_MODULES)),
    ("118", Elsewhere(SEVERAL_MODULES)),
    ("119", Done(&R119)),
    ("120", Done(&R120)),
    ("131", Done(&R131)),
    ("132", Done(&R132)),
    ("133", Done(&R133)),
    ("134", Elsewhere(SEVERAL_MODULES)),
    ("141", Done(&R141)),
    ("142", Elsewhere(SEVERAL_ROWS)),
    ("143", Done(&R143)),
    ("144", Done(&R144)),
    ("145", Done(&R145)),
    ("146", Done(&R146)),
    ("147", Done(&R147)),
    ("148", Done(&R148)),
    ("149", Done(&R149)),
    ("151", Done(&R151)),
    ("153", Done(&R153)),
    ("157", Elsewhere(SEVERAL_MODULES)),
    ("158", Done(&R158)),
    ("159", Done(&R159)),
    ("164", Elsewhere(DERIVED_COLUMN)),
    ("165", Elsewhere(SEVERAL_MODULES)),
    ("166", Done(&R166)),
    ("167", Done(&R167)),
    ("168", Done(&R168)),
    ("169", Elsewhere(DERIVED_COLUMN)),
    ("171", Done(&R171)),
    ("174", Done(&R174)),
    ("175", Done(&R175)),
    ("176", Done(&R176)),
    ("177", Done(&R177)),
    ("178", Done(&R178)),
    ("179", Elsewhere(DERIVED_COLUMN)),
    ("180", Done(&R180)),
    ("181", Done(&R181)),
    ("182", Done(&R182)),
    ("184", Elsewhere(SEVERAL_MODULES)),
    ("185", Elsewhere(SEVERAL_MODULES)),
    ("186", Elsewhere(SEVERAL_MODULES)),
    ("187", Elsewhere(SEVERAL_MODULES)),
    ("188", Done(&R188)),
    ("189", Done(&R189)),
    ("190", Elsewhere(SEVERAL_MODULES)),
    ("191", Elsewhere(SEVERAL_MODULES)),
    ("192", Done(&R192)),
    ("193", Done(&R193)),
    ("196", Done(&R196)),
    ("197a", Done(&R197A)),
    ("197B", Elsewhere(SEVERAL_MODULES)),
    ("198", Elsewhere(SEVERAL_MODULES)),
    ("199", Elsewhere(SEVERAL_ROWS)),
    ("INT01", Done(&INT01)),
    ("INT02", Done(&INT02)),
    ("INT03", Done(&INT03)),
    ("INT04", Done(&INT04)),
    ("INT05", Done(&INT05)),
    ("INT06", Done(&INT06)),
    ("INT07", Done(&INT07)),
    ("INT08", Done(&INT08)),
    ("INT09", Done(&INT09)),
    ("INT11", Done(&INT11)),
    ("INT12", Done(&INT12)),
    ("INT13", Done(&INT13)),
    ("INT14", Done(&INT14)),
    ("INT15", Done(&INT15)),
    ("INT16", Done(&INT16)),
    ("INT17", Done(&INT17)),
    ("INT18", Done(&INT18)),
    ("INT21", Done(&INT21)),
    ("INT31", Done(&INT31)),
    ("INT32", Done(&INT32)),
    ("INT33", Done(&INT33)),
    ("INT34", Done(&INT34)),
    ("INT35", Done(&INT35)),
    ("INT36", Done(&INT36)),
];
