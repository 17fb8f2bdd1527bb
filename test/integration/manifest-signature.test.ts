// needs: cosign
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyId } from '../../contracts/key-id.ts';
import { readManifestKeys } from '../../domain/manifest/manifest-keys.ts';
import { verifyManifestSignature } from '../../domain/manifest/verify-manifest-signature.ts';
import { temporaryFolder } from '../unit/scan/sources.ts';

const folder = temporaryFolder('cosign');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cosign(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.env.CERTUS_COSIGN ?? '', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder, PATH: process.env.PATH, COSIGN_PASSWORD: '' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
const OFFLINE = ['--tlog-upload=false', '--use-signing-config=false', '-y'];
const read = (name: string) => readFileSync(join(folder, name));
const verify = (signature: string, key: string, manifest = 'manifest.yaml') =>
  verifyManifestSignature(read(manifest), read(signature), readManifestKeys(read(key).toString()));

beforeAll(() => {
  writeFileSync(join(folder, 'manifest.yaml'), 'product: shop\n');
  writeFileSync(join(folder, 'other.yaml'), 'product: shoq\n');
  writeFileSync(join(folder, 'predicate.json'), '{"reviewed": true}');
  for (const name of ['team', 'stranger']) cosign('generate-key-pair', '--output-key-prefix', name);
  const sign = ['sign-blob', '--key', 'team.key', ...OFFLINE];
  cosign(...sign, '--bundle', 'bundle', 'manifest.yaml');
  cosign(...sign, '--new-bundle-format=false', '--output-signature', 'detached', 'manifest.yaml');
  const about = ['--predicate', 'predicate.json', '--type', 'https://example.org/review/v1'];
  cosign('attest-blob', '--key', 'team.key', '--bundle', 'statement', ...about, ...OFFLINE, 'manifest.yaml');
});

describe.each(['bundle', 'detached', 'statement'])('what cosign writes as %s', (signature) => {
  test('is believed of its own key', () => {
    expect(verify(signature, 'team.pub')).toBe(keyId(read('team.pub').toString()));
  });

  test('and neither of another key nor for another file', () => {
    const refused = expect.objectContaining({ code: 'manifest_signature_invalid' });
    expect(() => verify(signature, 'stranger.pub')).toThrow(refused);
    expect(() => verify(signature, 'team.pub', 'other.yaml')).toThrow(refused);
  });
});
