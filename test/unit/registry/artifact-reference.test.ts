import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import { openArtifact } from '../../../services/registry/artifact-reference.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const folder = mkdtempSync(join(tmpdir(), 'certus-reference-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a reference names', () => {
  test.each([
    ['registry.example/acme/web:v1', 'acme/web', 'v1'],
    ['registry.example/acme/web', 'acme/web', 'latest'],
    ['https://registry.example:5000/acme/web:v1', 'acme/web', 'v1'],
    ['docker://registry.example/acme/web:v1', 'acme/web', 'v1'],
    [`localhost:5000/web:v1@${digest}`, 'web', digest],
    [`[::1]:5000/web@${digest}`, 'web', digest],
    ['http://127.0.0.1:5000/web:v1', 'web', 'v1'],
    ['oci:/somewhere/layout:v1', '', 'v1'],
    ['oci:/some:where/layout', '', 'latest'],
    [`oci:/somewhere@${digest}`, '', digest],
  ])('%s', (text, repository, reference) => {
    expect(openArtifact(text)).toMatchObject({ repository, reference });
  });

  test.each([
    '',
    'web',
    '/web:v1',
    'registry.example/',
    'registry.example/../web:v1',
    'registry.example/UPPER:v1',
    'registry.example/web:v1:v2',
    'registry.example/web@sha256:short',
    'registry.example/web@sha512:x',
    'user:secret@registry.example/web:v1',
    'registry.example?x/web:v1',
    'registry.example#/web:v1',
    'http://registry.example/web:v1',
    'ftp://registry.example/web',
    'oci:relative:v1',
    'oci:/somewhere:.hidden',
    'registry.example\n/web',
  ])('nothing when it is %j', (text) => {
    expect(() => openArtifact(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

test('credentials do not go where everybody can listen', () => {
  const credentials = { username: 'ada', password: 'secret' };
  expect(() => openArtifact('http://registry.example/web', credentials)).toThrow();
  expect(() => openArtifact('registry.example/web', { username: 'ada' })).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
});

test('an image layout is read wherever it was put, and links in it lead nowhere', async () => {
  const files = [{ name: 'x', mediaType: 'text/plain', bytes: Buffer.from('x') }];
  const artifact = { repository: 'web', tag: 'v1', artifactType: 'application/vnd.test', files };
  const { digest: pushed } = await pushArtifact(openLayoutRegistry(folder), artifact);
  renameSync(join(folder, 'web'), join(folder, 'My Layout'));
  const { registry, repository, reference } = openArtifact(`oci:${folder}/My Layout:v1`);
  expect(await registry.pullManifest(repository, reference)).toMatchObject({ digest: pushed });
});
