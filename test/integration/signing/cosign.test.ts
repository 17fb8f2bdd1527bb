// needs: cosign
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sealMessage } from '../../../domain/custody/seal-message.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import {
  ALGORITHMS,
  CONTENT,
  certified,
  type SigningKey,
  signingKey,
  statement,
  TYPE,
} from '../../unit/signing/signing-fixture.ts';

const folder = temporaryFolder('sign-cosign');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether stock cosign takes it. */
const takes = (...args: string[]): boolean =>
  spawnSync(process.env.CERTUS_COSIGN ?? '', [...args, '--insecure-ignore-tlog'], {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder, PATH: process.env.PATH },
  }).status === 0;

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return name;
};

beforeAll(() => {
  file('release.txt', CONTENT);
  file('other.txt', 'another release\n');
});

describe.each(ALGORITHMS)('what a key of %s signed, for cosign', (algorithm) => {
  const key = signingKey(algorithm);
  const stranger = signingKey(algorithm);
  const name = algorithm.replace(' ', '');
  const pem = ({ signer }: SigningKey, of: string) => file(`${name}.${of}.pub`, signer.publicKeyPem);

  test('as content, holds with this key and file alone', async () => {
    const bundle = file(`${name}.m.json`, await sealMessage(CONTENT, key.signer));
    const verify = (by: string, what: string) => takes('verify-blob', '--key', by, '--bundle', bundle, what);
    expect(verify(pem(key, 'own'), 'release.txt')).toBe(true);
    expect(verify(pem(key, 'own'), 'other.txt')).toBe(false);
    expect(verify(pem(stranger, 'strange'), 'release.txt')).toBe(false);
  });

  test('as a statement, holds with this key, file and predicate type alone', async () => {
    const bundle = file(`${name}.s.json`, await sealStatement(statement(), key.signer));
    const verify = (by: string, type: string, what: string) =>
      takes('verify-blob-attestation', '--key', by, '--type', type, '--bundle', bundle, what);
    expect(verify(pem(key, 'own'), TYPE, 'release.txt')).toBe(true);
    expect(verify(pem(key, 'own'), TYPE, 'other.txt')).toBe(false);
    expect(verify(pem(key, 'own'), 'https://example.org/other', 'release.txt')).toBe(false);
    expect(verify(pem(stranger, 'strange'), TYPE, 'release.txt')).toBe(false);
  });
});

describe('what names its signer by certificate, for cosign', () => {
  test('holds for whoever trusts the authority, and for no other identity or authority', async () => {
    const [key, other] = [await certified(), await certified()];
    const leaf = new X509Certificate(key.signer.certificatePem ?? '').raw;
    const message = file('c.m.json', await sealMessage(CONTENT, key.signer, leaf));
    const sealed = file('c.s.json', await sealStatement(statement(), key.signer, leaf));
    const root = file('root.json', trustedRoot(key.authorityPem));
    const otherRoot = file('other-root.json', trustedRoot(other.authorityPem));
    const verify = (trusted: string, identity: string, what = 'release.txt') => [
      takes('verify-blob', ...under(trusted, identity), '--bundle', message, what),
      takes('verify-blob-attestation', ...under(trusted, identity), '--type', TYPE, '--bundle', sealed, what),
    ];
    expect(verify(root, 'signer@acme.example')).toEqual([true, true]);
    expect(verify(root, 'signer@acme.example', 'other.txt')).toEqual([false, false]);
    expect(verify(root, 'somebody@acme.example')).toEqual([false, false]);
    expect(verify(otherRoot, 'signer@acme.example')).toEqual([false, false]);
  });
});

const under = (root: string, identity: string) => [
  ...['--trusted-root', root, '--certificate-identity', identity],
  // the certificate is of an authority of ours, and says nothing of a login
  ...['--certificate-oidc-issuer-regexp', '.*', '--insecure-ignore-sct'],
];

const trustedRoot = (authorityPem: string): string =>
  JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [
      {
        subject: { organization: 'acme', commonName: 'Test authority' },
        uri: '',
        certChain: { certificates: [{ rawBytes: new X509Certificate(authorityPem).raw.toString('base64') }] },
        validFor: { start: '2025-01-01T00:00:00Z' },
      },
    ],
  });
