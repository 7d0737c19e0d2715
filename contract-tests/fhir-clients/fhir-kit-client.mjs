// Drives the façade with fhir-kit-client as it is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { CapabilityTool, Client } from 'fhir-kit-client';
import { amoxicillin, asthma, base, child, key, nhsNumber, nhsNumbers, step, weight } from './steps.mjs';

const client = new Client({ baseUrl: base, customHeaders: { 'X-API-Key': key } });
const unknown = '00000000-0000-8000-8000-000000000000';
const byNumber = { identifier: `${nhsNumbers}|${nhsNumber}` };

const resources = (bundle) => (bundle.entry ?? []).map((entry) => entry.resource);

async function refused(asked, status, code) {
  const error = await asked.then(
    () => assert.fail('a refusal was expected'),
    (error) => error,
  );
  assert.equal(error.response?.status, status, error.stack);
  assert.equal(error.response.data.resourceType, 'OperationOutcome');
  assert.equal(error.response.data.issue[0].code, code);
}

await step('capabilities', async () => {
  const statement = await client.capabilityStatement();
  assert.equal(statement.resourceType, 'CapabilityStatement');
  assert.equal(statement.fhirVersion, '4.0.1');
  const can = new CapabilityTool(statement);
  assert(can.resourceCan('Condition', 'read') && can.resourceSearch('Patient', 'identifier'));
});

await step('capabilities tell what may be written', async () => {
  const can = new CapabilityTool(await client.capabilityStatement());
  const all = ['create', 'update', 'delete'];
  const written = (resourceType) => all.filter((interaction) => can.resourceCan(resourceType, interaction));
  assert.deepEqual(written('Condition'), all);
  assert.deepEqual(written('Patient'), ['create']);
  assert.deepEqual(written('Practitioner'), []);
  assert(!can.resourceCan('Condition', 'patch'));
  assert(can.serverCan('transaction') && can.serverCan('batch'));
});

const patient = await step('search', async () => {
  const bundle = await client.search({ resourceType: 'Patient', searchParams: byNumber });
  assert.equal(bundle.total, 1);
  return resources(bundle)[0];
});
const { id } = patient;
const reference = `Patient/${id}`;

await step('search by POST', async () => {
  const options = { postSearch: true };
  const bundle = await client.search({ resourceType: 'Patient', searchParams: byNumber, options });
  assert.deepEqual(resources(bundle), [patient]);
});

await step('read', async () => {
  assert.deepEqual(await client.read({ resourceType: 'Patient', id }), patient);
  assert.deepEqual(await client.resolve({ reference: `${base}/${reference}` }), patient);
});

await step('vread', async () => {
  const version = patient.meta.versionId;
  assert.deepEqual(await client.vread({ resourceType: 'Patient', id, version }), patient);
});

await step('history', async () => {
  const bundle = await client.history({ resourceType: 'Patient', id });
  assert.equal(bundle.type, 'history');
  assert.deepEqual(bundle.entry[0].resource, patient);
});

const inCompartment = await step('search in a compartment', async () => {
  const compartment = { resourceType: 'Patient', id };
  const bundle = await client.search({ resourceType: 'Observation', compartment });
  assert(bundle.total > 1);
  return resources(bundle).map((one) => one.id);
});

for (const postSearch of [false, true]) {
  await step(postSearch ? 'next page after POST' : 'next page', async () => {
    const searchParams = { patient: id, _count: '1' };
    const options = { postSearch };
    let page = await client.search({ resourceType: 'Observation', searchParams, options });
    const found = [];
    while (page) {
      assert.equal(resources(page).length, 1);
      found.push(resources(page)[0].id);
      page = await client.nextPage({ bundle: page });
    }
    assert.deepEqual(found, inCompartment);
  });
}

await step('a search of everything is refused', async () => {
  const options = { postSearch: true };
  await refused(client.systemSearch({ searchParams: { _id: id }, options }), 404, 'not-supported');
});

await step('create and read back', async () => {
  const body = weight(reference, 31.5);
  const created = await client.create({ resourceType: 'Observation', body });
  const { response } = Client.httpFor(created);
  assert.equal(response.status, 201);
  const version = created.meta.versionId;
  assert.equal(response.headers.get('location'), `${base}/Observation/${created.id}/_history/${version}`);
  assert.equal(response.headers.get('etag'), `W/"${version}"`);
  assert.deepEqual(await client.read({ resourceType: 'Observation', id: created.id }), created);
});

await step('conditional create', async () => {
  const options = { headers: { 'If-None-Exist': `identifier=${nhsNumbers}|9000000017` } };
  const body = child('9000000017');
  const created = await client.create({ resourceType: 'Patient', body, options });
  assert.equal(Client.httpFor(created).response.status, 201);
  const again = await client.create({ resourceType: 'Patient', body, options });
  assert.equal(Client.httpFor(again).response.status, 200);
  assert.equal(again.id, created.id);
});

const { condition, allergy } = await step('transaction', async () => {
  const [ofPatient, ofCondition, ofAllergy] = [1, 2, 3].map(() => `urn:uuid:${randomUUID()}`);
  const body = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: ofCondition, resource: asthma(ofPatient), request: { method: 'POST', url: 'Condition' } },
      {
        fullUrl: ofAllergy,
        resource: amoxicillin(ofPatient),
        request: { method: 'POST', url: 'AllergyIntolerance' },
      },
      {
        fullUrl: ofPatient,
        resource: child(nhsNumber),
        request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${nhsNumbers}|${nhsNumber}` },
      },
    ],
  };
  const answer = await client.transaction({ body });
  assert.equal(answer.type, 'transaction-response');
  const responses = answer.entry.map((entry) => entry.response);
  assert.deepEqual(
    responses.map((response) => response.status.slice(0, 3)),
    ['201', '201', '200'],
  );
  assert(responses.every((response) => response.etag), JSON.stringify(responses));
  assert.match(responses[2].location, new RegExp(`${reference}/_history/`));
  const made = responses.slice(0, 2).map((response) => {
    const [, resourceType, id] = response.location.match(/(Condition|AllergyIntolerance)\/([^/]+)\/_history\//);
    return { resourceType, id };
  });
  const [condition, allergy] = await Promise.all(made.map((one) => client.read(one)));
  assert.equal(condition.subject.reference, reference);
  assert.equal(allergy.patient.reference, reference);
  return { condition, allergy };
});

await step('a transaction with a fault leaves nothing', async () => {
  const after = { ...asthma(reference), onsetDateTime: '2025-01-09', code: { text: 'Eczema' } };
  const body = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { resource: after, request: { method: 'POST', url: 'Condition' } },
      {
        resource: { ...after, onsetDateTime: '2025-02-30' },
        request: { method: 'POST', url: 'Condition' },
      },
    ],
  };
  const searchParams = { patient: id };
  const before = await client.search({ resourceType: 'Condition', searchParams });
  const error = await client.transaction({ body }).catch((error) => error);
  assert.equal(error.response?.status, 400, error.stack);
  assert.equal(error.response.data.resourceType, 'OperationOutcome');
  assert.match(error.response.data.issue[0].expression[0], /^Bundle\.entry\[1\]/);
  const now = await client.search({ resourceType: 'Condition', searchParams });
  assert.equal(now.total, before.total);
});

await step('a batch with one bad entry', async () => {
  const body = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      { request: { method: 'GET', url: reference } },
      {
        resource: { ...asthma(reference), onsetDateTime: '2025-02-30' },
        request: { method: 'POST', url: 'Condition' },
      },
      {
        resource: { ...weight(reference, 32), effectiveDateTime: '2026-06-01' },
        request: { method: 'POST', url: 'Observation' },
      },
      { request: { method: 'GET', url: `Observation?patient=${id}&_count=1` } },
      { request: { method: 'GET', url: `Patient/${unknown}` } },
    ],
  };
  const answer = await client.batch({ body });
  assert.equal(answer.type, 'batch-response');
  const statuses = answer.entry.map((entry) => entry.response.status.slice(0, 3));
  assert.deepEqual(statuses, ['200', '400', '201', '200', '404']);
  assert.deepEqual(answer.entry[0].resource, patient);
  assert.equal(answer.entry[3].resource.type, 'searchset');
  for (const bad of [1, 4]) {
    assert.equal(answer.entry[bad].response.outcome.resourceType, 'OperationOutcome');
  }
});

await step('everything of a patient', async () => {
  for (const method of ['GET', 'POST']) {
    const bundle = await client.operation({ name: 'everything', resourceType: 'Patient', id, method });
    const kinds = new Set(resources(bundle).map((one) => one.resourceType));
    assert.equal(resources(bundle)[0].resourceType, 'Patient');
    assert(kinds.has('Condition') && kinds.has('AllergyIntolerance') && kinds.has('Observation'), [...kinds].join());
  }
});

const updated = await step('update', async () => {
  const inactive = { ...condition.clinicalStatus.coding[0], code: 'inactive', display: 'Inactive' };
  const body = { ...condition, clinicalStatus: { coding: [inactive] } };
  const options = { headers: { 'If-Match': `W/"${condition.meta.versionId}"` } };
  const updated = await client.update({ resourceType: 'Condition', id: condition.id, body, options });
  assert.equal(updated.id, condition.id);
  assert.notEqual(updated.meta.versionId, condition.meta.versionId);
  assert.equal(updated.clinicalStatus.coding[0].code, 'inactive');
  const late = client.update({ resourceType: 'Condition', id: condition.id, body: condition, options });
  await refused(late, 412, 'conflict');
  return updated;
});

await step('conditional update', async () => {
  const { id: _, meta: __, ...body } = updated;
  const searchParams = { _id: updated.id };
  const again = await client.update({ resourceType: 'Condition', searchParams, body });
  assert.equal(again.id, updated.id);
});

await step('a patch is refused', async () => {
  const jsonPatch = [{ op: 'replace', path: '/onsetDateTime', value: '2024-03-06' }];
  await refused(client.patch({ resourceType: 'Condition', id: updated.id, jsonPatch }), 405, 'not-supported');
});

await step('delete, and gone', async () => {
  for (const { resourceType, id } of [updated, allergy]) {
    const deleted = await client.delete({ resourceType, id });
    assert.equal(Client.httpFor(deleted).response.status, 204);
    await refused(client.read({ resourceType, id }), 410, 'deleted');
  }
});

await step('unknown ids', async () => {
  await refused(client.read({ resourceType: 'Observation', id: unknown }), 404, 'not-found');
  await refused(client.read({ resourceType: 'Medication', id: unknown }), 404, 'not-supported');
});
