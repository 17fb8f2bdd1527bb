import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pulledFiles } from '../../../activities/sign/pulled-files.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import { bytesOf, makeIndex, RUN } from '../domain/custody-fixture.ts';

const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
const asked = { scope, testId: RUN.testId, repository: 'certus/acme/web/shop', reference: RUN.testId };
const signal = new AbortController().signal;
/** More than is kept in memory. */
const LARGE = randomBytes(9 * 1024 * 1024);
const INDEX = bytesOf(makeIndex());

let folder: string;
let raw: Bucket;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-pulled-files-'));
  raw = await openDirectoryStore(folder).bucket('raw');
  await raw.put(`${rawPrefix(scope, RUN.testId)}${BUNDLE.index}`, INDEX, { contentType: 'application/json' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function pushed(index = INDEX) {
  const home = await mkdtemp(join(folder, 'oci-'));
  const registry = openLayoutRegistry(home);
  const files = { [BUNDLE.index]: index, 'large.bin': LARGE, [BUNDLE.sanitize]: Buffer.from('{}') };
  await pushArtifact(registry, {
    ...{ repository: asked.repository, tag: asked.reference, artifactType: 'text/x' },
    files: Object.entries(files).map(([name, bytes]) => ({ name, mediaType: 'text/plain', bytes })),
  });
  /** Other bytes under the name of the large one. */
  const alter = async () => {
    const found = await readdir(home, { recursive: true });
    const blob = found.find((path) => path.endsWith(sha256(LARGE)));
    await writeFile(join(home, blob ?? ''), randomBytes(LARGE.length));
  };
  return { registry, alter };
}

test('files larger than memory should hold are told by their digests, and nothing of them is left', async () => {
  const { registry } = await pushed();
  const before = await left();
  const { files, indexBytes, sanitizeBytes } = await pulledFiles({ raw, registry }, asked, signal);
  expect(files).toEqual(
    new Map([
      [BUNDLE.index, { sha256: sha256(INDEX), size: INDEX.length }],
      ['large.bin', { sha256: sha256(LARGE), size: LARGE.length }],
    ]),
  );
  expect([sha256(indexBytes), Buffer.from(sanitizeBytes).toString()]).toEqual([sha256(INDEX), '{}']);
  expect(await left()).toEqual(before);
});

test('a blob that is not what the manifest promises is noticed', async () => {
  const { registry, alter } = await pushed();
  await alter();
  const before = await left();
  await expect(pulledFiles({ raw, registry }, asked, signal)).rejects.toMatchObject({
    code: 'digest_mismatch',
  });
  expect(await left()).toEqual(before);
});

test('of a list that the run has not made nothing is pulled', async () => {
  const { registry, alter } = await pushed(bytesOf(makeIndex({ component_id: 'other' })));
  await alter();
  const { files } = await pulledFiles({ raw, registry }, asked, signal);
  expect([...files.keys()]).toEqual([BUNDLE.index, 'large.bin']);
});

const left = async () =>
  (await readdir(tmpdir())).filter(
    (name) => name.startsWith('certus-pulled-') && !name.startsWith('certus-pulled-files-'),
  );
