// needs: cosign
import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleToJSON, toMessageSignatureBundle } from '@sigstore/bundle';
import { keyId } from '../../contracts/key-id.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { openAttached } from '../../domain/permit/attached-statement.ts';
import { signWithKey } from '../../domain/sigstore/key-hash.ts';
import { verifySigstoreBundle } from '../../domain/sigstore/verify-sigstore-bundle.ts';
import { temporaryFolder } from '../unit/scan/sources.ts';

const folder = temporaryFolder('cosign-keys');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TYPE = 'https://example.org/review/v1';
const OFFLINE = ['--tlog-upload=false', '--use-signing-config=false', '-y'];

function cosign(...args: string[]): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(process.env.CERTUS_COSIGN ?? '', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder, PATH: process.env.PATH, COSIGN_PASSWORD: '' },
  });
  return { status, said: stderr };
}

function succeed(...args: string[]): void {
  const { status, said } = cosign(...args);
  if (status !== 0) throw new Error(said);
}

const read = (name: string) => readFileSync(join(folder, name));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const FILE = Buffer.from('what is shipped\n');

function makeKey(name: string): KeyObject {
  if (name === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  if (name.startsWith('rsa'))
    return generateKeyPairSync('rsa', { modulusLength: Number(name.slice(3)) }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: name === 'p256' ? 'P-256' : 'P-384' }).privateKey;
}

beforeAll(() => {
  write('file', FILE);
  write('other', 'something else\n');
  write('predicate.json', '{"reviewed": true}');
  for (const name of ['p256', 'p384', 'ed25519', 'rsa3072', 'rsa4096', 'stranger']) {
    const key = makeKey(name === 'stranger' ? 'p256' : name);
    write(`${name}.pem`, key.export({ type: 'pkcs8', format: 'pem' }));
    write(`${name}.pub`, createPublicKey(key).export({ type: 'spki', format: 'pem' }));
    succeed('import-key-pair', '--key', `${name}.pem`, '--output-key-prefix', name, '-y');
  }
});

const keyOf = (name: string) => createPublicKey(read(`${name}.pub`));
const verdict = (bundle: string, key: string, file: string) => {
  try {
    verifySigstoreBundle(
      read(bundle),
      { key: keyOf(key), now: new Date() },
      { artifact: { bytes: read(file) } },
    );
    return 'valid';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

/** What cosign signs with Ed25519 is left out: it writes no digest beside the file and pre-hashes statements, and refuses both itself. */
describe.each(['p256', 'p384', 'rsa3072', 'rsa4096'])('what cosign signs with %s', (name) => {
  beforeAll(() => {
    succeed('sign-blob', '--key', `${name}.key`, '--bundle', `${name}.blob`, ...OFFLINE, 'file');
    const about = ['--predicate', 'predicate.json', '--type', TYPE];
    succeed('attest-blob', '--key', `${name}.key`, '--bundle', `${name}.att`, ...about, ...OFFLINE, 'file');
  });

  test.each(['blob', 'att'])('Certus verifies as %s, and for no other key or file', (kind) => {
    expect(verdict(`${name}.${kind}`, name, 'file')).toBe('valid');
    expect(verdict(`${name}.${kind}`, 'stranger', 'file')).toBe('signature_invalid');
    expect(verdict(`${name}.${kind}`, name, 'other')).toBe('digest_mismatch');
  });
});

test('what cosign attests with a key of the tenant counts as a statement about a bundle', () => {
  succeed(
    ...['attest-blob', '--key', 'p256.key', '--bundle', 'attached', '--predicate', 'predicate.json'],
    ...['--type', TYPE, ...OFFLINE, 'file'],
  );
  const publicKeyPem = read('p256.pub').toString();
  const key = {
    id: keyId(publicKeyPem),
    role: 'evidence' as const,
    tenant: 'acme',
    public_key_pem: publicKeyPem,
    valid_from: '2026-01-01T00:00:00.000Z',
    valid_until: null,
  };
  const keySet = { schema: 'https://certus.dev/key-set/v1' as const, keys: [key] };
  const open = (tenant: string) =>
    openAttached(read('attached'), { tenant, bundleDigest: sha256(FILE), keySet, at: new Date() });
  expect(open('acme')).toMatchObject({ keyId: key.id, predicateType: TYPE, predicate: { reviewed: true } });
  expect(() => open('other')).toThrow('is trusted here');
});

describe.each(['p256', 'p384', 'ed25519', 'rsa3072', 'rsa4096'])('what Certus signs with %s', (name) => {
  beforeAll(async () => {
    const privateKey = createPrivateKey(read(`${name}.pem`));
    const message = toMessageSignatureBundle({
      digest: Buffer.from(sha256(FILE), 'hex'),
      signature: signWithKey(privateKey, FILE),
      keyHint: name,
    });
    write(`${name}.own-blob`, JSON.stringify(bundleToJSON(message)));
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'file', digest: { sha256: sha256(FILE) } }],
      predicateType: TYPE,
      predicate: { reviewed: true },
    };
    const sign = (bytes: Uint8Array) => Promise.resolve(signWithKey(privateKey, bytes));
    write(`${name}.own-att`, await sealStatement(statement, { keyId: name, sign }));
  });

  test.each([
    ['own-blob', ['verify-blob']],
    ['own-att', ['verify-blob-attestation', '--type', TYPE]],
  ])('cosign verifies as %s, and for no other key or file', (kind, words) => {
    const verify = (key: string, file: string) =>
      cosign(...words, '--key', `${key}.pub`, '--bundle', `${name}.${kind}`, '--insecure-ignore-tlog', file);
    expect(verify(name, 'file')).toMatchObject({ status: 0 });
    expect(verify('stranger', 'file').status).not.toBe(0);
    expect(verify(name, 'other').status).not.toBe(0);
    expect(verdict(`${name}.${kind}`, name, 'file')).toBe('valid');
  });
});
