// What the scripts in JavaScript share: where the gateway is, and steps that are told one JSON line each.
import assert from 'node:assert/strict';

export const nhsNumbers = 'https://fhir.nhs.uk/Id/nhs-number';
const snomed = 'http://snomed.info/sct';
const terminology = 'http://terminology.hl7.org/CodeSystem';

export const base = process.env.HOMEWARD_FHIR;
export const key = process.env.HOMEWARD_KEY;
export const nhsNumber = process.env.HOMEWARD_NHS_NUMBER;
// Node.js reads it when it starts, and at no other time.
assert(process.env.NODE_EXTRA_CA_CERTS, 'NODE_EXTRA_CA_CERTS is to name the certificate authority');

/** Tells that a step went well; the first that does not ends the script. */
export async function step(name, run) {
  try {
    const told = await run();
    console.log(JSON.stringify({ step: name, ok: true }));
    return told;
  } catch (error) {
    const answered = error.response?.data ?? error.outcome;
    console.error(`${name}: ${error.stack}\n${answered ? JSON.stringify(answered) : ''}`);
    process.exit(1);
  }
}

const coded = (system, code, display) => ({ coding: [{ system, code, display }] });

/** A Condition, as UK Core has it. */
export const asthma = (patient) => ({
  resourceType: 'Condition',
  clinicalStatus: coded(`${terminology}/condition-clinical`, 'active', 'Active'),
  verificationStatus: coded(`${terminology}/condition-ver-status`, 'confirmed', 'Confirmed'),
  code: coded(snomed, '195967001', 'Asthma'),
  subject: { reference: patient },
  onsetDateTime: '2024-03-05',
});

/** An AllergyIntolerance, as UK Core has it. */
export const amoxicillin = (patient) => ({
  resourceType: 'AllergyIntolerance',
  clinicalStatus: coded(`${terminology}/allergyintolerance-clinical`, 'active', 'Active'),
  verificationStatus: coded(`${terminology}/allergyintolerance-verification`, 'confirmed', 'Confirmed'),
  code: coded(snomed, '294505008', 'Allergy to amoxicillin'),
  patient: { reference: patient },
});

/** An Observation of a body weight, as UK Core has it. */
export const weight = (patient, kilograms) => ({
  resourceType: 'Observation',
  status: 'final',
  category: [coded(`${terminology}/observation-category`, 'vital-signs', 'Vital Signs')],
  code: {
    coding: [
      { system: snomed, code: '27113001', display: 'Body weight' },
      { system: 'http://loinc.org', code: '29463-7', display: 'Body weight' },
    ],
  },
  subject: { reference: patient },
  effectiveDateTime: '2026-05-11',
  valueQuantity: { value: kilograms, unit: 'kilogram', system: 'http://unitsofmeasure.org', code: 'kg' },
});

/** A Patient with an NHS number. */
export const child = (number) => ({
  resourceType: 'Patient',
  identifier: [{ system: nhsNumbers, value: number }],
  name: [{ use: 'official', family: 'Alder', given: ['Robin'] }],
  gender: 'female',
  birthDate: '2015-02-03',
});
