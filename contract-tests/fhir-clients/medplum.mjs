// Drives the façade with the MedplumClient of @medplum/core as it is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MedplumClient } from '@medplum/core';
import { amoxicillin, asthma, base, child, key, nhsNumber, nhsNumbers, step, weight } from './steps.mjs';

// Its own default path below the server's address is the façade's.
const medplum = new MedplumClient({ baseUrl: base.replace(/fhir\/R4$/, ''), defaultHeaders: { 'X-API-Key': key } });
const unknown = '00000000-0000-8000-8000-000000000000';
const byNumber = { identifier: `${nhsNumbers}|${nhsNumber}` };

async function refused(asked, code) {
  const error = await asked.then(
    () => assert.fail('a refusal was expected'),
    (error) => error,
  );
  assert.equal(error.outcome?.resourceType, 'OperationOutcome', error.stack);
  assert.equal(error.outcome.issue[0].code, code, JSON.stringify(error.outcome));
  return error.outcome;
}

const patient = await step('search', async () => {
  const bundle = await medplum.search('Patient', byNumber);
  assert.equal(bundle.total, 1);
  return bundle.entry[0].resource;
});
const { id } = patient;
const reference = `Patient/${id}`;

await step('search one', async () => {
  assert.deepEqual(await medplum.searchOne('Patient', byNumber), patient);
  assert.equal(await medplum.searchOne('Patient', { identifier: `${nhsNumbers}|9000000009` }), undefined);
});

const observations = await step('search resources', async () => {
  const found = await medplum.searchResources('Observation', { patient: id });
  assert(found.length > 1);
  return found.map((one) => one.id);
});

await step('pages of one', async () => {
  const found = [];
  for await (const page of medplum.searchResourcePages('Observation', { subject: reference, _count: '1' })) {
    found.push(...page.map((one) => one.id));
  }
  assert.deepEqual(found, observations);
});

await step('read', async () => {
  assert.deepEqual(await medplum.readResource('Patient', id), patient);
  assert.deepEqual(await medplum.readReference({ reference }), patient);
});

await step('history and version', async () => {
  const bundle = await medplum.readHistory('Patient', id);
  assert.deepEqual(bundle.entry[0].resource, patient);
  assert.deepEqual(await medplum.readVersion('Patient', id, patient.meta.versionId), patient);
});

const observation = await step('create and read back', async () => {
  const created = await medplum.createResource(weight(reference, 31.5));
  assert(created.id && created.meta.versionId);
  assert.deepEqual(await medplum.readResource('Observation', created.id), created);
  return created;
});

const condition = await step('create if none exists', async () => {
  const query = `identifier=${nhsNumbers}|9000000017`;
  const created = await medplum.createResourceIfNoneExist(child('9000000017'), query);
  const again = await medplum.createResourceIfNoneExist(child('9000000017'), query);
  assert.equal(again.id, created.id);
  const held = await medplum.createResourceIfNoneExist(child(nhsNumber), `identifier=${nhsNumbers}|${nhsNumber}`);
  assert.equal(held.id, id);
  return medplum.createResourceIfNoneExist(asthma(reference), `patient=${id}&code=195967001`);
});

const updated = await step('update', async () => {
  const inactive = { ...condition.clinicalStatus.coding[0], code: 'inactive', display: 'Inactive' };
  const updated = await medplum.updateResource({ ...condition, clinicalStatus: { coding: [inactive] } });
  assert.equal(updated.id, condition.id);
  assert.notEqual(updated.meta.versionId, condition.meta.versionId);
  const read = await medplum.readResource('Condition', condition.id, { cache: 'reload' });
  assert.equal(read.clinicalStatus.coding[0].code, 'inactive');
  const unchanged = await medplum.updateResource(updated);
  assert.equal(unchanged.meta.versionId, updated.meta.versionId);
  return updated;
});

await step('update by a search', async () => {
  const { id: _, meta: __, ...body } = updated;
  const again = await medplum.upsertResource(body, { _id: updated.id });
  assert.equal(again.id, updated.id);
});

await step('a patch is refused', async () => {
  const operations = [{ op: 'replace', path: '/onsetDateTime', value: '2024-03-06' }];
  await refused(medplum.patchResource('Condition', updated.id, operations), 'not-supported');
});

await step('batch', async () => {
  const batch = await medplum.executeBatch({
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      { request: { method: 'GET', url: reference } },
      { resource: { ...asthma(reference), onsetDateTime: 'soon' }, request: { method: 'POST', url: 'Condition' } },
    ],
  });
  assert.equal(batch.type, 'batch-response');
  assert.deepEqual(
    batch.entry.map((entry) => entry.response.status.slice(0, 3)),
    ['200', '400'],
  );
});

const allergy = await step('transaction', async () => {
  const ofPatient = `urn:uuid:${randomUUID()}`;
  const answer = await medplum.executeBatch({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: ofPatient,
        resource: child(nhsNumber),
        request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${nhsNumbers}|${nhsNumber}` },
      },
      { resource: amoxicillin(ofPatient), request: { method: 'POST', url: 'AllergyIntolerance' } },
    ],
  });
  assert.equal(answer.type, 'transaction-response');
  const [found, created] = answer.entry.map((entry) => entry.response);
  assert(found.status.startsWith('200') && created.status.startsWith('201'), JSON.stringify(answer));
  const [, of] = created.location.match(/AllergyIntolerance\/([^/]+)\/_history\//);
  const allergy = await medplum.readResource('AllergyIntolerance', of);
  assert.equal(allergy.patient.reference, reference);
  return allergy;
});

await step('everything of a patient', async () => {
  const bundle = await medplum.readPatientEverything(id);
  const kinds = new Set(bundle.entry.map((entry) => entry.resource.resourceType));
  assert(kinds.has('Patient') && kinds.has('Condition') && kinds.has('AllergyIntolerance'), [...kinds].join());
});

await step('summary of a patient', async () => {
  const bundle = await medplum.readPatientSummary(id);
  assert.equal(bundle.type, 'document');
  assert.equal(bundle.entry[0].resource.resourceType, 'Composition');
});

await step('validate', async () => {
  const sound = await medplum.validateResource(asthma(reference));
  assert(sound.issue.every((issue) => issue.severity !== 'error'), JSON.stringify(sound));
  const faulty = await medplum.validateResource({ ...asthma(reference), onsetDateTime: '2025-02-30' });
  assert(faulty.issue.some((issue) => issue.severity === 'error'));
});

await step('an invalid resource is refused', async () => {
  const outcome = await refused(medplum.createResource({ ...asthma(reference), onsetDateTime: '2025-02-30' }), 'value');
  assert.match(outcome.issue[0].expression[0], /^Condition\./);
});

await step('delete, and gone', async () => {
  for (const { resourceType, id } of [updated, allergy, observation]) {
    await medplum.deleteResource(resourceType, id);
    await refused(medplum.readResource(resourceType, id, { cache: 'reload' }), 'deleted');
  }
});

await step('unknown id', async () => {
  await refused(medplum.readResource('Observation', unknown), 'not-found');
});
