import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { CertusError } from '../../../contracts/errors.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { checkUploadedKey } from '../../../domain/keys/check-uploaded-key.ts';
import {
  authority,
  certificate,
  EC,
  EC384,
  ED,
  forSigning,
  inDays,
  type Made,
  NOW,
  rsa,
} from './certificates.ts';

/** What checking says, or the key it gave. */
function check(certificatePem: string, privateKeyPem: string, passphrase?: string) {
  try {
    return checkUploadedKey({ certificatePem, privateKeyPem, passphrase }, NOW);
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    // whatever is wrong: no part of a private key is told
    for (const line of privateKeyPem.split('\n').filter((text) => text.length > 20 && !text.includes('---')))
      expect(JSON.stringify([error.message, error.fields, error.cause ?? null])).not.toContain(line);
    return error;
  }
}
const codeOf = (answer: ReturnType<typeof check>) =>
  answer instanceof CertusError ? `${answer.code}: ${answer.message}` : 'taken';

let good: Made;
beforeAll(async () => {
  good = await certificate();
});

describe('a key that is brought with its certificate', () => {
  test.each([
    ['P-256', EC, 'ecdsa-p256'],
    ['P-384', EC384, 'ecdsa-p384'],
    ['Ed25519', ED, 'ed25519'],
    ['RSA 3072', rsa(3072), 'rsa-3072'],
  ])('is taken when it is %s', async (_name, algorithm, expected) => {
    const made = await certificate({ algorithm });
    const key = check(made.pem, made.keyPem);
    expect(key).toMatchObject({ algorithm: expected, notBefore: inDays(-1), notAfter: inDays(90) });
    if (key instanceof CertusError) throw key;
    expect(key.keyId).toBe(keyId(key.publicKeyPem));
    expect(key.pkcs8).toEqual(made.privateKey.export({ type: 'pkcs8', format: 'der' }));
  });

  const encrypted = {
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  } as const;
  test.each<[string, (key: KeyObject) => string, string | undefined]>([
    ['SEC 1', (key) => key.export({ type: 'sec1', format: 'pem' }).toString(), undefined],
    ['encrypted PKCS#8', (key) => key.export(encrypted).toString(), 'open sesame'],
    ['encrypted SEC 1', (key) => key.export({ ...encrypted, type: 'sec1' }).toString(), 'open sesame'],
    [
      'PKCS#8 after other text',
      (key) => `Bag Attributes\n${key.export({ type: 'pkcs8', format: 'pem' })}`,
      undefined,
    ],
  ])('is read as %s', (_name, write, passphrase) => {
    expect(codeOf(check(good.pem, write(good.privateKey), passphrase))).toBe('taken');
  });

  test('is read as PKCS#1', async () => {
    const made = await certificate({ algorithm: rsa(3072) });
    const pem = made.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(codeOf(check(made.pem, pem))).toBe('taken');
  });

  test('stays closed without its passphrase, and with another', () => {
    const pem = good.privateKey.export(encrypted).toString();
    expect(codeOf(check(good.pem, pem))).toMatch(/^invalid_request: .*encrypted/);
    expect(codeOf(check(good.pem, pem, 'open wheat'))).toMatch(/^invalid_request: .*passphrase/);
  });

  test('is not opened when that would take hours', () => {
    const der = Buffer.from(
      good.privateKey
        .export(encrypted)
        .toString()
        .replaceAll(/-----[A-Z ]+-----|\s/g, ''),
      'base64',
    );
    const at = der.indexOf(Buffer.from('02020800', 'hex')); // 2048 iterations, as OpenSSL writes them
    expect(at).toBeGreaterThan(0);
    const dear = Buffer.from(der);
    dear.writeUInt16BE(0x7fff, at + 2);
    const asPem = (bytes: Buffer) =>
      `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    // with a number that is only wrong the passphrase is tried
    expect(codeOf(check(good.pem, asPem(dear), 'open sesame'))).toMatch(/passphrase/);
    const endless = withIterations(der, at, Buffer.from('02047fffffff', 'hex'));
    expect(codeOf(check(good.pem, asPem(endless), 'open sesame'))).toMatch(/too much work/);
  });

  test('is refused when it belongs to another certificate', async () => {
    expect(codeOf(check(good.pem, (await certificate()).keyPem))).toMatch(/^key_mismatch/);
    expect(codeOf(check(good.pem, (await certificate({ algorithm: ED })).keyPem))).toMatch(/^key_mismatch/);
  });

  test('is refused when its private half was put beside the public half of another', () => {
    const mine = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    const theirs = Buffer.from(good.privateKey.export({ type: 'sec1', format: 'der' }));
    const own = Buffer.from(mine.export({ type: 'sec1', format: 'der' }));
    own.copy(theirs, 7, 7, 7 + 32); // the number, before the curve and the public point
    const pem = `-----BEGIN EC PRIVATE KEY-----\n${theirs.toString('base64')}\n-----END EC PRIVATE KEY-----\n`;
    expect(codeOf(check(good.pem, pem))).toMatch(/^(key_mismatch|invalid_request)/);
  });

  test.each<[string, () => string, RegExp]>([
    ['RSA 2048', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 })), /^key_too_weak/],
    [
      'RSA with the exponent 3',
      () => pemOf(generateKeyPairSync('rsa', { modulusLength: 3072, publicExponent: 3 })),
      /^key_too_weak/,
    ],
    ['secp256k1', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })), /^key_too_weak/],
    ['P-521', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'secp521r1' })), /^key_too_weak/],
    ['X25519', () => pemOf(generateKeyPairSync('x25519')), /^key_too_weak/],
    ['a public key', () => 'x', /^invalid_request/],
    ['two keys', () => `${good.keyPem}${good.keyPem}`, /^invalid_request: .*more than one/],
    ['noise', () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', /^invalid_request/],
  ])('is refused as %s', (_name, pem, expected) => {
    expect(codeOf(check(good.pem, pem()))).toMatch(expected);
  });
});

describe('its certificate', () => {
  const refused = async (wanted: Parameters<typeof certificate>[0]) => {
    const made = await certificate(wanted);
    return codeOf(check(made.pem, made.keyPem));
  };

  test('is valid now', async () => {
    expect(await refused({ from: inDays(-10), until: inDays(-1) })).toMatch(/^certificate_expired/);
    expect(await refused({ from: inDays(1) })).toMatch(/^certificate_not_yet_valid/);
  });

  test('is made for signing', async () => {
    const usage = (flags: x509.KeyUsageFlags) => new x509.KeyUsagesExtension(flags, true);
    expect(await refused({ extensions: [] })).toBe('taken');
    expect(await refused({ extensions: [usage(x509.KeyUsageFlags.keyEncipherment)] })).toMatch(
      /^certificate_invalid: .*key usage/,
    );
    expect(
      await refused({ extensions: [new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1'])] }),
    ).toMatch(/^certificate_invalid: .*extended key usage/);
  });

  test('has no critical condition that nobody here holds to', async () => {
    const foreign = (critical: boolean) => [
      new x509.Extension('1.2.3.4.5', critical, new Uint8Array([0x05, 0x00])),
    ];
    expect(await refused({ extensions: foreign(false) })).toBe('taken');
    expect(await refused({ extensions: foreign(true) })).toMatch(/^certificate_invalid: .*1\.2\.3\.4\.5/);
  });

  test('is not signed with SHA-1', async () => {
    expect(await refused({ hash: 'SHA-1' })).toMatch(/^certificate_invalid: .*no longer believed/);
  });

  test('is there, and is one', () => {
    expect(codeOf(check('', good.keyPem))).toMatch(/^certificate_invalid/);
    expect(codeOf(check(good.keyPem, good.keyPem))).toMatch(/^certificate_invalid/);
    const noise = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(codeOf(check(noise, good.keyPem))).toMatch(/^certificate_invalid/);
    expect(codeOf(check(good.pem.repeat(7), good.keyPem))).toMatch(/^certificate_invalid: .*more than 6/);
  });
});

describe('its chain', () => {
  const leafOf = (issuer: Made, more: object = {}) => certificate({ issuer, ...more });
  const root = (more: object = {}) => certificate({ name: 'root', extensions: authority(), ...more });
  const below = (issuer: Made, more: object = {}) =>
    certificate({ name: 'intermediate', issuer, extensions: authority(), ...more });
  const checked = (leaf: Made, ...issuers: Made[]) =>
    codeOf(check([leaf, ...issuers].map(({ pem }) => pem).join(''), leaf.keyPem));

  test('holds link by link', async () => {
    const top = await root();
    const middle = await below(top);
    const leaf = await leafOf(middle);
    expect(checked(leaf, middle, top)).toBe('taken');
    expect(checked(leaf, middle)).toBe('taken');
    expect(checked(leaf, top)).toMatch(/^certificate_invalid: .*not issued by/);
    expect(checked(leaf, top, middle)).toMatch(/^certificate_invalid/);
  });

  test('may be of several kinds of keys', async () => {
    const top = await root({ algorithm: rsa(3072) });
    const middle = await below(top, { algorithm: EC384 });
    expect(checked(await leafOf(middle, { algorithm: ED }), middle, top)).toBe('taken');
  });

  test('does not hold under a namesake of the issuer', async () => {
    const [top, other] = [await root(), await root()];
    expect(checked(await leafOf(top), other)).toMatch(/^certificate_invalid: .*not issued by/);
  });

  test('does not hold under who is no authority', async () => {
    const top = await root({ extensions: forSigning() });
    expect(checked(await leafOf(top), top)).toMatch(/^certificate_invalid: .*not an authority/);
    const mute = await root({
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ],
    });
    expect(checked(await leafOf(mute), mute)).toMatch(/^certificate_invalid: .*may not sign certificates/);
  });

  test('is no longer than its authorities allow', async () => {
    for (const [length, expected] of [
      [0, /^certificate_invalid: .*so many authorities/],
      [1, /^taken$/],
    ] as const) {
      const top = await root({ extensions: authority(length) });
      const middle = await below(top);
      expect(checked(await leafOf(middle), middle, top)).toMatch(expected);
    }
  });

  test('is valid now at every link', async () => {
    const top = await root({ from: inDays(-10), until: inDays(-1) });
    expect(checked(await leafOf(top), top)).toMatch(/^certificate_expired: certificate 2/);
  });

  test('ends in a root that signed itself, if it says that it did', async () => {
    const top = await root();
    const false_ = await below(top, { name: 'fake', issuerName: 'fake' });
    expect(checked(await leafOf(false_), false_)).toMatch(/^certificate_invalid: .*issued itself/);
  });

  test('does not make an authority a signer', async () => {
    const top = await root();
    const middle = await below(top, {
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
      ],
    });
    expect(checked(middle, top)).toMatch(/^certificate_invalid: .*of an authority/);
  });
});

const pemOf = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Puts another number in the place of one of four bytes, and mends the lengths of everything around it. */
function withIterations(der: Buffer, at: number, number: Buffer): Buffer {
  const grown = Buffer.concat([der.subarray(0, at), number, der.subarray(at + 4)]);
  const by = number.length - 4;
  for (let here = 0; here < at; ) {
    const [tag, first] = [grown[here] as number, grown[here + 1] as number];
    const long = first > 0x80 ? first - 0x80 : 0;
    const head = here + 2 + long;
    const length = long === 0 ? first : grown.readUIntBE(here + 2, long);
    const inside = (tag & 0x20) !== 0 && head + length >= at;
    if (!inside) {
      here = head + length;
      continue;
    }
    if (long === 0) grown[here + 1] = length + by;
    else grown.writeUIntBE(length + by, here + 2, long);
    here = head;
  }
  return grown;
}
