// needs: openssl
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type webcrypto } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import * as fc from 'fast-check';
import { keyId } from '../../../contracts/key-id.ts';
import { readSigningRequest } from '../../../domain/enrolment/signing-request.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { ALGORITHMS, armoured, newcomer, request } from './requests.ts';

const WHOSE = { tenant: 'acme', environment: 'production' } as const;
const read = (csr: string) => readSigningRequest(csr, WHOSE);
const folder = temporaryFolder('csr');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'signing_request_invalid', message: expect.stringMatching(message) });

describe('a request is taken', () => {
  test.each(['EC', 'P384', 'ed'] as const)('with a key of the kind %s', async (kind) => {
    const { csr } = await request({ algorithm: ALGORITHMS[kind] });
    const { keyId: id, publicKeyPem } = await read(csr);
    expect(id).toBe(keyId(publicKeyPem));
  });

  test('with an RSA key of 3072 bits', async () => {
    const { csr } = await request({ algorithm: ALGORITHMS.rsa(3072) });
    await expect(read(csr)).resolves.toMatchObject({ keyId: expect.any(String) });
  });

  test('as our own command line makes it', async () => {
    const { applicant } = await newcomer();
    expect((await read(applicant.csr)).keyId).toBe(applicant.keyId);
  });

  test('as openssl makes it', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const csr = execFileSync(
      process.env.CERTUS_OPENSSL ?? 'openssl',
      ['req', '-new', '-key', 'key.pem', '-subj', '/O=acme/CN=acme'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    await expect(read(csr)).resolves.toMatchObject({ keyId: expect.any(String) });
  });

  test('with the names and powers that it gets anyway', async () => {
    const { csr } = await request({
      name: [{ O: ['acme'] }, { OU: ['production'] }, { CN: ['acme'] }],
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
      ],
    });
    await expect(read(csr)).resolves.toMatchObject({ keyId: expect.any(String) });
  });
});

describe('names that are not its own are refused', () => {
  test.each([
    ['another tenant', [{ O: ['globex'] }]],
    ['another tenant besides its own', [{ O: ['acme'] }, { CN: ['globex'] }]],
    ['two values in one', [{ O: ['acme', 'globex'] }]],
    ['a host', [{ CN: ['certus.example.org'] }]],
    ['another environment', [{ OU: ['sandbox'] }]],
    ['a mail address', [{ E: ['root@example.org'] }]],
    ['a key of objects', [{ '2.5.4.5': ['constructor'] }]],
    ['the name of the authority', [{ O: ['Certus'] }, { CN: ['Certus local root'] }]],
  ])('%s', async (_what, name) => {
    const { csr } = await request({ name: name as x509.JsonName });
    await expect(read(csr)).rejects.toEqual(invalid(/a name that is not its own/));
  });

  test('also as an alternative name', async () => {
    const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'example.org' }]);
    const { csr } = await request({ extensions: [names] });
    await expect(read(csr)).rejects.toEqual(invalid(/2\.5\.29\.17/));
  });
});

describe('powers are refused', () => {
  const { keyCertSign, digitalSignature } = x509.KeyUsageFlags;
  test.each([
    ['to be an authority', new x509.BasicConstraintsExtension(true, 3)],
    ['to sign certificates', new x509.KeyUsagesExtension(keyCertSign | digitalSignature)],
    ['to be a server', new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])],
    [
      'to sign code and stamp time',
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.codeSigning,
        x509.ExtendedKeyUsage.timeStamping,
      ]),
    ],
    ['nobody knows', new x509.Extension('1.2.3.4', false, new Uint8Array([5, 0]))],
  ])('%s', async (_what, extension) => {
    const { csr } = await request({ extensions: [extension] });
    await expect(read(csr)).rejects.toEqual(invalid(/what it cannot get/));
  });

  test('attributes', async () => {
    const { csr } = await request({ attributes: [new x509.ChallengePasswordAttribute('guess')] });
    await expect(read(csr)).rejects.toEqual(invalid(/attribute 1\.2\.840\.113549\.1\.9\.7/));
  });
});

describe('keys that are too weak, or only expensive, are refused', () => {
  test.each([
    ['RSA 2048', ALGORITHMS.rsa(2048)],
    ['RSA with the exponent 3', ALGORITHMS.rsa(3072, 'SHA-256', [3])],
    ['P-521', ALGORITHMS.P521],
  ])('%s', async (_what, algorithm) => {
    const { csr } = await request({ algorithm });
    await expect(read(csr)).rejects.toMatchObject({ code: 'key_too_weak' });
  });

  test('a request that is signed with SHA-1', async () => {
    const { csr } = await request({ algorithm: ALGORITHMS.rsa(3072, 'SHA-1') });
    await expect(read(csr)).rejects.toEqual(invalid(/signature does not hold/));
  });
});

describe('who does not hold the key gets nothing', () => {
  test('a request with the key of somebody else', async () => {
    const [mine, theirs] = [await request(), await request()];
    const spki = (keys: webcrypto.CryptoKeyPair) =>
      crypto.subtle.exportKey('spki', keys.publicKey).then(Buffer.from);
    const [own, other] = [await spki(mine.keys), await spki(theirs.keys)];
    const at = mine.der.indexOf(own);
    const swapped = Buffer.concat([mine.der.subarray(0, at), other, mine.der.subarray(at + own.length)]);
    await expect(read(armoured(mine.der))).resolves.toMatchObject({ keyId: expect.any(String) });
    await expect(read(armoured(swapped))).rejects.toEqual(invalid(/signature does not hold/));
  });

  test('whichever byte is changed, the request is refused or still of the same key', async () => {
    const { der, csr } = await request({ name: [{ CN: ['acme'] }] });
    const { keyId: id } = await read(csr);
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(der);
        changed.writeUInt8(changed.readUInt8(at) ^ change, at);
        const outcome = await read(armoured(changed)).catch((error: { code?: string }) => error.code);
        if (typeof outcome === 'object') expect(outcome.keyId).toBe(id);
        else expect(['signing_request_invalid', 'key_too_weak']).toContain(outcome);
      }),
      { numRuns: 150 },
    );
  });
});

describe('what is no request is refused', () => {
  test.each([
    ['nothing', ''],
    ['text', 'a request'],
    ['an empty armour', '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n'],
    ['noise', armoured(Buffer.alloc(2000, 7))],
    ['deep nesting', armoured(Buffer.alloc(12_000, Buffer.from('3080', 'hex')))],
    ['a length beyond the end', armoured(Buffer.from('3084ffffffff00', 'hex'))],
  ])('%s', async (_what, csr) => {
    await expect(read(csr)).rejects.toEqual(invalid(/./));
  });

  test('two in one file', async () => {
    const [one, two] = [await request(), await request()];
    await expect(read(`${one.csr}${two.csr}`)).rejects.toEqual(invalid(/not one/));
  });
});
