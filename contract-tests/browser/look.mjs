// Looks at pages of HTML in Debian's headless Chromium: what they fetch and run, whether anything leaves them on a phone,
// on A4, on paper and with text of double size, and what axe-core finds.
//
// The files are arguments, or stand on standard input, one a line. One line on standard output for each fault,
// `page N: LOOK: what`, with the path of the element but never content; then `pages: N, faults: M`. Exit code 0 without
// faults, 1 with.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const CHROMIUM = '/usr/bin/chromium';

// Nothing is to take so long on a page of ours.
const ANSWER_WITHIN_MS = 60_000;

// 320 is the width at which WCAG asks for reflow (1.4.10), 794 is A4 at 96 pixels an inch, 680 what margins of 15 mm leave
// of it. Text of double size is WCAG 1.4.4.
const LOOKS = [
  { name: '320 px', width: 320, phone: true },
  { name: '360 px', width: 360, phone: true },
  { name: '794 px', width: 794 },
  { name: 'print', width: 680, media: 'print' },
  { name: '794 px, text 200 %', width: 794, doubled: true },
];

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const named = process.argv.length > 2 ? process.argv.slice(2) : (await text(process.stdin)).split('\n');
const files = named.filter((file) => file !== '');
const browser = start();
let faults = 0;
try {
  for (const [index, file] of files.entries()) {
    for (const fault of new Set(await look(pathToFileURL(resolve(file)).href))) {
      faults += 1;
      console.log(`page ${index + 1}: ${fault}`);
    }
  }
} finally {
  await browser.end();
}
console.log(`pages: ${files.length}, faults: ${faults}`);
process.exitCode = faults === 0 ? 0 : 1;

async function look(url) {
  // First as everybody sees it; then without the policy that the page sets itself, as one whose policy is not heeded, and
  // for axe-core, which comes from outside.
  const seen = await opened(url, false, async ({ call }) => evaluate(call, promises));
  const unguarded = await opened(url, true, async ({ call }) => {
    const found = [];
    await call('Runtime.evaluate', { expression: AXE });
    for (const one of LOOKS) {
      await call('Emulation.setDeviceMetricsOverride', {
        width: one.width,
        height: one.phone ? 740 : 1123,
        deviceScaleFactor: 1,
        mobile: one.phone ?? false,
      });
      await call('Emulation.setEmulatedMedia', { media: one.media ?? 'screen' });
      // The doubled look is the last one: nothing sets the size back.
      const grown = one.doubled ? await evaluate(call, doubleText) : [];
      const left = await evaluate(call, overflows, one.width);
      const axe = await evaluate(call, axeFinds, AXE_TAGS);
      found.push(...[...grown, ...left, ...axe].map((what) => `${one.name}: ${what}`));
    }
    return found;
  });
  return [...seen, ...unguarded];
}

// Opens a page in a tab of its own and has it asked; returns what it fetches, runs or tries, and what the asking found.
async function opened(url, bypass, ask) {
  const when = bypass ? 'without its policy' : 'as it is';
  const found = [];
  const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
  const call = (method, params) => browser.call(method, params, sessionId);
  let loaded;
  const loading = new Promise((resolve) => (loaded = resolve));
  browser.listen(sessionId, {
    'Page.loadEventFired': () => loaded(),
    'Network.requestWillBeSent': ({ request }) => {
      if (request.url !== url && !request.url.startsWith('data:')) {
        found.push(`${when}: fetches something`);
      }
    },
    'Network.webSocketCreated': () => found.push(`${when}: fetches something`),
    // What we evaluate is a script too, of no file.
    'Debugger.scriptParsed': (script) => {
      if (script.url === url) {
        found.push(`${when}: runs a script`);
      }
    },
    'Audits.issueAdded': ({ issue }) => {
      const violated = issue.details.contentSecurityPolicyIssueDetails?.violatedDirective;
      if (violated && !bypass) {
        found.push(`${when}: holds what its policy forbids by ${violated}`);
      }
    },
    'Page.javascriptDialogOpening': () => {
      found.push(`${when}: opens a dialog`);
      call('Page.handleJavaScriptDialog', { accept: true }).catch(() => {});
    },
  });
  for (const domain of ['Page', 'Network', 'Debugger', 'Audits', 'Runtime']) {
    await call(`${domain}.enable`);
  }
  await call('Network.setCacheDisabled', { cacheDisabled: true });
  await call('Page.setBypassCSP', { enabled: bypass });
  const { errorText } = await call('Page.navigate', { url });
  if (errorText) {
    throw new Error(`a page cannot be opened: ${errorText}`);
  }
  await within(loading, 'a page has not loaded');
  found.push(...(await ask({ call })));
  await browser.call('Target.closeTarget', { targetId });
  return found;
}

// Calls a function of this file within the page.
async function evaluate(call, ask, ...values) {
  const expression = `(${ask})(${pathOf}, ...${JSON.stringify(values)})`;
  const asked = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await call('Runtime.evaluate', asked);
  if (exceptionDetails) {
    throw new Error(`${ask.name} failed: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  }
  return result.value;
}

// From here to `start` the functions run within the page.

// Where an element stands, by names of HTML alone: `main > section:2 > h2`.
function pathOf(element) {
  const names = [];
  for (let at = element; at && at.localName !== 'body' && at.localName !== 'html'; at = at.parentElement) {
    const alike = [...(at.parentElement?.children ?? [])].filter((other) => other.localName === at.localName);
    names.unshift(alike.length > 1 ? `${at.localName}:${alike.indexOf(at) + 1}` : at.localName);
  }
  return names.join(' > ') || element.localName;
}

// What a page of ours promises in its markup.
function promises(pathOf) {
  const found = [];
  const policy = document.head.querySelector('meta[http-equiv="Content-Security-Policy"]')?.content ?? '';
  if (!policy.includes("default-src 'none'") || /script-src|connect-src|frame-src|https?:/.test(policy)) {
    found.push('as it is: has no policy that forbids everything');
  }
  if (!document.head.querySelector('meta[name="viewport"][content*="width=device-width"]')) {
    found.push('as it is: does not fit itself to a phone');
  }
  for (const element of document.querySelectorAll('*')) {
    const attributes = [...element.attributes];
    const runs = ({ name, value }) => name.startsWith('on') || /^\s*javascript:/i.test(value);
    if (/^(script|iframe|object|embed|form|link|base)$/.test(element.localName) || attributes.some(runs)) {
      found.push(`as it is: ${pathOf(element)} may run or fetch`);
    }
  }
  return found;
}

// What leaves the page or its own box to a side, or is cut off there.
function overflows(pathOf, width) {
  const found = [];
  // A browser of a phone widens what it lays out rather than scroll: the width that was asked for is what counts.
  if (Math.max(document.scrollingElement.scrollWidth, innerWidth) > width) {
    found.push('the page scrolls sideways');
  }
  const leaves = (rectangle, left, right) =>
    rectangle.width > 0 && (rectangle.left < left - 1 || rectangle.right > right + 1);
  for (const element of document.body.querySelectorAll('*')) {
    if ([...element.getClientRects()].some((one) => leaves(one, 0, width))) {
      found.push(`${pathOf(element)} leaves the page`);
    }
    if (getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth) {
      found.push(`${pathOf(element)} is cut off or scrolls sideways`);
    }
  }
  // Text that overflows has no box of its own, and to the left of a page nothing can even scroll.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!/\S/.test(text.data)) {
      continue;
    }
    let block = text.parentElement;
    while (block !== document.body && getComputedStyle(block).display === 'inline') {
      block = block.parentElement;
    }
    const { left, right } = block.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(text);
    if ([...range.getClientRects()].some((one) => leaves(one, left, right))) {
      found.push(`the text of ${pathOf(text.parentElement)} leaves its box`);
    }
  }
  return found;
}

// Doubles the size of the root's text, as a reader's own setting does, and tells which text does not grow.
function doubleText(pathOf) {
  const texts = [...document.body.querySelectorAll('*')].filter((element) =>
    [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && /\S/.test(child.data)),
  );
  const size = (element) => parseFloat(getComputedStyle(element).fontSize);
  const before = texts.map(size);
  document.documentElement.style.fontSize = `${2 * size(document.documentElement)}px`;
  const fixed = texts.filter((element, index) => size(element) < 1.99 * before[index]);
  return fixed.map((element) => `the text of ${pathOf(element)} does not grow`);
}

// What axe-core finds, by its rules' names. `undecided` is what it leaves to a person.
async function axeFinds(pathOf, tags) {
  const { violations, incomplete, passes } = await axe.run(document, {
    runOnly: { type: 'tag', values: tags },
    elementRef: true,
  });
  if (passes.length === 0) {
    throw new Error('axe-core has judged nothing');
  }
  const said = (how) => (rule) => rule.nodes.map(({ element }) => `${pathOf(element)}: axe ${rule.id}${how}`);
  return [...violations.flatMap(said('')), ...incomplete.flatMap(said(', undecided'))];
}

// Starts the browser with no network and nothing kept. It is spoken to through two pipes, in JSON ended by NUL.
function start() {
  const profile = mkdtempSync(join(tmpdir(), 'homeward-browser-'));
  const flags = [
    '--headless=new',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--no-proxy-server',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-gpu',
    '--disable-sync',
    '--hide-scrollbars',
    '--no-default-browser-check',
    '--no-first-run',
  ];
  // Chromium has no sandbox for root.
  if (process.getuid?.() === 0) {
    flags.push('--no-sandbox');
  }
  const child = spawn(CHROMIUM, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const [, , , writer, reader] = child.stdio;
  const waiting = new Map();
  const listeners = new Map();
  let last = 0;
  let gone;

  const fail = (why) => {
    gone = new Error(why);
    waiting.forEach(({ reject }) => reject(gone));
    waiting.clear();
  };
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.once('error', () => fail('the browser cannot be started'));
  child.once('close', () => fail('the browser has ended'));
  // A browser that has gone says so itself.
  writer.on('error', () => {});

  let rest = Buffer.alloc(0);
  reader.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      heard(JSON.parse(rest.subarray(0, end).toString()));
      rest = rest.subarray(end + 1);
    }
  });

  function heard({ id, sessionId, method, params, result, error }) {
    if (id === undefined) {
      listeners.get(sessionId)?.[method]?.(params);
      return;
    }
    const { resolve, reject, asked } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) {
      reject?.(new Error(`${asked}: ${error.message}`));
    } else {
      resolve?.(result);
    }
  }

  function call(method, params = {}, sessionId = undefined) {
    if (gone) {
      return Promise.reject(gone);
    }
    last += 1;
    const id = last;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject, asked: method }));
    writer.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return within(answer, `no answer to ${method}`);
  }

  async function end() {
    try {
      await call('Browser.close');
      await within(ended, 'the browser does not end');
    } catch {
      child.kill('SIGKILL');
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  return { call, listen: (sessionId, events) => listeners.set(sessionId, events), end };
}

async function within(promise, otherwise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
