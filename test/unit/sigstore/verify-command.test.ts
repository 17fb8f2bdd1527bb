import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute } from '../../../cli/main.ts';
import { ARTIFACT, encode, ISSUER, SUBJECT, startSigstore } from './mock-sigstore.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-verify-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const mock = await startSigstore();
  writeFileSync(join(folder, 'file'), ARTIFACT);
  writeFileSync(join(folder, 'bundle'), encode(await mock.sealed({ kind: 'statement', rekor: 2 })));
  writeFileSync(join(folder, 'root'), encode(mock.root));
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'private'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
});

async function certus(...words: string[]): Promise<{ exitCode: number; said: string }> {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const stream = { write } as unknown as NodeJS.WriteStream;
  const surroundings = {
    environment: {},
    workingDirectory: folder,
    checkout: folder,
    stdout: stream,
    stderr: stream,
  };
  const exitCode = await execute(['sigstore', 'verify-bundle', ...words], surroundings);
  return { exitCode, said };
}

const WHO = ['--certificate-identity', SUBJECT, '--certificate-oidc-issuer', ISSUER];
const GOOD = ['--bundle', 'bundle', ...WHO, '--trusted-root', 'root'];
const DIGEST = `sha256:${createHash('sha256').update(ARTIFACT).digest('hex')}`;

test('a bundle that holds is told by its signer, for the file and for its digest', async () => {
  for (const artifact of ['file', DIGEST]) {
    const { exitCode, said } = await certus(...GOOD, artifact);
    expect({ exitCode, said }).toEqual({ exitCode: 0, said: expect.stringContaining(SUBJECT) });
  }
});

test('as JSON it says what was checked', async () => {
  const { said } = await certus('--output', 'json', ...GOOD, 'file');
  expect(JSON.parse(said)).toMatchObject({
    verified: true,
    signer: { kind: 'certificate', subject: SUBJECT, issuer: ISSUER },
    checks: expect.arrayContaining(['certificate_log', 'timestamp', 'log_entry', 'artifact', 'identity']),
  });
});

test.each([
  ['of another file', [...GOOD, 'bundle'], 65, 'digest_mismatch'],
  ['of another digest', [...GOOD, `sha256:${'0'.repeat(64)}`], 65, 'digest_mismatch'],
  [
    'without --trusted-root: of an authority nobody knows',
    ['--bundle', 'bundle', ...WHO, 'file'],
    65,
    'timestamp_invalid',
  ],
  [
    'of the staging instance without a root',
    ['--staging', '--bundle', 'bundle', ...WHO, 'file'],
    78,
    'no_trusted_root',
  ],
  ['of nobody in particular', ['--bundle', 'bundle', '--trusted-root', 'root', 'file'], 64, 'usage'],
  ['of a signer by half', ['--bundle', 'bundle', '--certificate-identity', SUBJECT, 'file'], 64, 'usage'],
  ['of a key and a certificate', [...GOOD, '--key', 'private', 'file'], 64, 'usage'],
  ['under a private key', ['--bundle', 'bundle', '--key', 'private', 'file'], 65, 'key_unusable'],
  ['that is not there', ['--bundle', 'none', ...WHO, 'file'], 66, 'file_not_found'],
  ['of a file that is not there', [...GOOD, 'none'], 66, 'file_not_found'],
  ['that is none', ['--bundle', 'file', ...WHO, 'file'], 65, 'bundle_malformed'],
  [
    'under a root that is none',
    ['--bundle', 'bundle', ...WHO, '--trusted-root', 'bundle', 'file'],
    65,
    'trusted_root_invalid',
  ],
])('refuses one %s', async (_, words, exitCode, said) => {
  expect(await certus(...words)).toEqual({ exitCode, said: expect.stringContaining(said) });
});
