import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PublishDeps } from '../../../activities/publish/deps.ts';
import { promote } from '../../../activities/publish/promote.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenPrefix, heldKey, rawPrefix } from '../../../contracts/object-keys.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { reviewIdOf } from '../../../domain/review/review-id.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Inspector } from '../../../services/privacy/inspector.ts';
import { openInspector } from '../../../services/privacy/open-inspector.ts';
import {
  describeFile,
  KEY_SET,
  KEYS,
  makeGolden,
  makeIndex,
  RUN,
  statementOf,
} from '../domain/custody-fixture.ts';
import { publishTables, unlocked } from './publish-fixture.ts';

const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
const CARD = ['4539', '5787', '6362', '1486'].join(' ');
let folder: string;
let inspector: Inspector;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'certus-inspected-'));
  inspector = openInspector({ threads: 1, maxBytes: 16 * 1024 * 1024 });
});
afterAll(async () => {
  await inspector.close();
  rmSync(folder, { recursive: true, force: true });
});

async function publish(name: string, files: Record<string, string>) {
  const store = openDirectoryStore(join(folder, name));
  const index = makeIndex({ files: Object.entries(files).map(([path, text]) => describeFile(path, text)) });
  const fixture = await makeGolden(index);
  const raw = await store.bucket('raw');
  const golden = await store.bucket('golden');
  const quarantine = await store.bucket('quarantine');
  const prefix = rawPrefix(scope, RUN.testId);
  const put = (path: string, bytes: Uint8Array) =>
    raw.put(`${prefix}${path}`, bytes, { contentType: 'application/json' });
  await put(BUNDLE.index, fixture.indexBytes);
  await put(BUNDLE.provenance, statementOf(fixture, BUNDLE.provenance));
  for (const [path, text] of Object.entries(files)) await put(path, Buffer.from(text));
  const deps: PublishDeps = {
    ...{ raw, golden, quarantine, uploads: raw, inspector, keySet: KEY_SET, lockUntil: unlocked },
    database: publishTables(statementOf(fixture, BUNDLE.permit)).database,
    ...{ registry: undefined as unknown as PublishDeps['registry'], registryNamespace: 'certus' },
    promotionSigner: { ...KEYS.promotion.signer, publicKeyPem: KEYS.promotion.trusted.public_key_pem },
    now: () => new Date('2026-06-01T12:02:00.000Z'),
  };
  const digest = sha256(fixture.indexBytes);
  const run = { scope, component: 'shop', assessment: 'default', testId: RUN.testId };
  const permitId = `permit_${'1'.repeat(32)}`;
  const wanted = new AbortController().signal;
  const answer = await promote(deps, { ...run, bundle: { prefix, digest }, permitId }, wanted, 'publish/x');
  return { answer, golden, quarantine, reviewId: reviewIdOf(scope, RUN.testId, digest) };
}

const finding = (message: string) => JSON.stringify({ findings: [{ message, line: 3 }] });

test('the number of a card in a report is held back, and what a reviewer would let go shows it no longer', async () => {
  const files = { 'findings.json': finding(`paid with credit card ${CARD}`), 'scan.json': '{}' };
  const { answer, golden, quarantine, reviewId } = await publish('card', files);
  expect(answer).toMatchObject({
    held: {
      subject: { files: [{ path: 'findings.json' }] },
      found: { kinds: [{ type: 'CREDIT_CARD', count: 1 }] },
    },
  });
  expect(JSON.stringify(answer)).not.toContain('4539');
  expect(await golden.head(`${goldenPrefix(scope, RUN.testId)}scan.json`)).toBeUndefined();
  const masked = await quarantine.read(heldKey(scope, reviewId, 'masked/findings.json'), 1e6);
  expect(JSON.parse(Buffer.from(masked).toString())).toHaveProperty('findings.0.line', 3);
  expect(Buffer.from(masked).toString()).not.toContain('4539');
});

test('what belongs into reports keeps nothing back', async () => {
  const message = 'lodash 4.17.20 by jane.doe@firm.example.com has CVE-2021-23337, fixed in 4.17.21';
  const { answer } = await publish('ordinary', { 'findings.json': finding(message), 'scan.json': '{}' });
  expect(answer).toHaveProperty('manifest');
});
