//! A Common Transfer File of any size, made of one invented pupil.

use std::fmt::Write;

/// So many bytes of a file; every pupil has a UPN of its own.
pub(crate) fn file(bytes: usize) -> Vec<u8> {
    let mut text = String::with_capacity(bytes + (8 << 10));
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CTfile>\n  <Header>\n    <DocumentName>Common Transfer File</DocumentName>\n    \
         <CTFversion>25.0</CTFversion>\n    <DateTime>2026-01-12T09:15:00</DateTime>\n    <SourceSchool>\n      <LEA>330</LEA>\n      \
         <Estab>9999</Estab>\n      <SchoolName>Invented Primary School</SchoolName>\n    </SourceSchool>\n  </Header>\n  <CTFpupilData>\n",
    );
    let mut pupil = 0_u32;
    while text.len() < bytes {
        let upn = upn(pupil);
        let _ = write!(text, "    <Pupil>\n      <UPN>{upn}</UPN>\n{REST}    </Pupil>\n");
        pupil += 1;
    }
    text.push_str("  </CTFpupilData>\n</CTfile>\n");
    text.into_bytes()
}

/// A UPN with its check letter: 330, an establishment, a year and a serial number.
fn upn(n: u32) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let digits = format!("330{:04}{:02}{:03}", n / 100_000 % 10_000, n / 1_000 % 100, n % 1_000);
    let sum: u32 = digits.bytes().zip(2..).map(|(digit, place)| u32::from(digit - b'0') * place).sum();
    format!("{}{digits}", char::from(LETTERS[(sum % 23) as usize]))
}

const REST: &str = "      <UniqueLearnerNumber>1000000043</UniqueLearnerNumber>
      <Surname>INVENTED</Surname>
      <Forename>PERSON</Forename>
      <DOB>2016-11-20</DOB>
      <Sex>F</Sex>
      <BasicDetails>
        <PreferredForename>Pers</PreferredForename>
        <MiddleNames>Made Up</MiddleNames>
        <NCyearActual>4</NCyearActual>
        <Ethnicity>WBRI</Ethnicity>
        <EthnicitySource>C</EthnicitySource>
        <Languages>
          <Type>ENG</Type>
        </Languages>
        <MedicalFlag>false</MedicalFlag>
        <EnrolStatus>C</EnrolStatus>
      </BasicDetails>
      <LookedAfter>
        <InCare>true</InCare>
        <CareAuthority>330</CareAuthority>
      </LookedAfter>
      <SENhistory>
        <SEN>
          <StartDate>2024-09-02</StartDate>
          <SENprovision>K</SENprovision>
        </SEN>
        <SENneeds>
          <SENneed>
            <SENtypeRank>1</SENtypeRank>
            <SENtype>SEMH</SENtype>
          </SENneed>
        </SENneeds>
      </SENhistory>
      <Address>
        <AddressLines>
          <AddressLine1>1 Invented Way</AddressLine1>
          <AddressLine2>Madeup</AddressLine2>
        </AddressLines>
        <PostCode>B99 1AA</PostCode>
      </Address>
      <Attendance>
        <YearData>
          <Year>2025</Year>
          <LEA>330</LEA>
          <Estab>9999</Estab>
          <SchoolName>Invented Primary School</SchoolName>
          <SessionsPossible>140</SessionsPossible>
          <SessionsAuthorised>6</SessionsAuthorised>
          <SessionsAttended>130</SessionsAttended>
          <SessionsUnauthorised>4</SessionsUnauthorised>
        </YearData>
      </Attendance>
      <StageAssessments>
        <KeyStage>
          <Stage>KS2</Stage>
          <StageAssessment>
            <Locale>ENG</Locale>
            <Year>2026</Year>
            <Subject>MAT</Subject>
            <Method>TT</Method>
            <Component>MTC</Component>
            <ResultStatus>R</ResultStatus>
            <ResultQualifier>MT</ResultQualifier>
            <Result>21</Result>
          </StageAssessment>
        </KeyStage>
      </StageAssessments>
      <SchoolHistory>
        <School>
          <LEA>330</LEA>
          <Estab>9998</Estab>
          <SchoolName>Former Invented School</SchoolName>
          <EntryDate>2021-09-06</EntryDate>
          <LeavingDate>2025-07-18</LeavingDate>
        </School>
      </SchoolHistory>
";
