import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdsOverDigest } from '../../../domain/sigstore/ecdsa-digest.ts';
import {
  hashesForVerifying,
  hashForSigning,
  holdsUnderKey,
  signWithKey,
} from '../../../domain/sigstore/key-hash.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const MESSAGE = Buffer.from('message');

describe.each([
  ['P-256', ec('P-256'), 'sha256', ['sha256']],
  ['P-384', ec('P-384'), 'sha256', ['sha256', 'sha384']],
  ['P-521', ec('P-521'), 'sha256', ['sha256', 'sha512']],
  ['Ed25519', generateKeyPairSync('ed25519'), null, [null]],
  ['RSA', rsa(3072), 'sha256', ['sha256']],
] as const)('%s', (_, { privateKey, publicKey }, signing, verifying) => {
  test('signs with the hash that cosign verifies with', () => {
    expect(hashForSigning(privateKey)).toBe(signing);
    expect(hashesForVerifying(publicKey)).toEqual(verifying);
    expect(holdsUnderKey(publicKey, MESSAGE, signWithKey(privateKey, MESSAGE))).toBe(true);
  });

  test('holds with no other hash, message or signature', () => {
    const signature = signWithKey(privateKey, MESSAGE);
    expect(holdsUnderKey(publicKey, Buffer.from('massage'), signature)).toBe(false);
    for (const wrong of [Buffer.alloc(0), signature.subarray(1), Buffer.concat([signature, Buffer.of(0)])])
      expect(holdsUnderKey(publicKey, MESSAGE, wrong)).toBe(false);
    if (signing !== null)
      expect(holdsUnderKey(publicKey, MESSAGE, sign('sha1', MESSAGE, privateKey))).toBe(false);
  });
});

test.each([
  ['RSA that is too short', rsa(1024).publicKey],
  ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
  ['a curve of others', ec('secp256k1').publicKey],
  ['Ed448', generateKeyPairSync('ed448').publicKey],
  ['a key that agrees and does not sign', generateKeyPairSync('x25519').publicKey],
])('no signature of %s is believed', (_, key: KeyObject) => {
  expect(hashesForVerifying(key)).toEqual([]);
  expect(holdsUnderKey(key, MESSAGE, Buffer.alloc(64))).toBe(false);
  expect(() => hashForSigning(key)).toThrow(TypeError);
});

describe.each(['P-256', 'P-384'])('ECDSA over a digest, %s', (curve) => {
  test('says what Node says that has the message', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (message) => {
        const { privateKey, publicKey } = ec(curve);
        const digest = createHash('sha256').update(message).digest();
        const signature = sign('sha256', message, privateKey);
        expect(holdsOverDigest(publicKey, digest, signature)).toBe(true);
        expect(holdsOverDigest(ec(curve).publicKey, digest, signature)).toBe(false);
        const other = Buffer.from(digest);
        other[3] = (other[3] ?? 0) ^ 1;
        expect(holdsOverDigest(publicKey, other, signature)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  test('refuses what is no signature in DER', () => {
    const { privateKey, publicKey } = ec(curve);
    const digest = createHash('sha256').update(MESSAGE).digest();
    const signature = sign('sha256', MESSAGE, privateKey);
    fc.assert(
      fc.property(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = Buffer.from(signature);
        changed[place] = (changed[place] ?? 0) ^ by;
        expect(holdsOverDigest(publicKey, digest, changed)).toBe(false);
      }),
      { numRuns: 40 },
    );
    for (const nothing of ['', '3006020100020100', '3006020101020100', '30060201ff0201ff'])
      expect(holdsOverDigest(publicKey, digest, Buffer.from(nothing, 'hex'))).toBe(false);
    expect(holdsOverDigest(publicKey, digest, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
  });
});

/** The point at infinity, and both products being the same point, are where formulas of curves go wrong. */
test('a signature whose two halves of the sum are one point is judged as Node judges it', () => {
  // with the public key G and u = v every addition meets a point with itself
  const g = {
    kty: 'EC',
    crv: 'P-256',
    x: Buffer.from('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296', 'hex').toString(
      'base64url',
    ),
    y: Buffer.from('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5', 'hex').toString(
      'base64url',
    ),
  };
  const key = createPublicKey({ key: g, format: 'jwk' });
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  // private key 1 and nonce 1: r is the x of G, s = z + r
  const r = BigInt('0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296');
  const digest = createHash('sha256').update(MESSAGE).digest();
  const s = (BigInt(`0x${digest.toString('hex')}`) + r) % n;
  const integer = (value: bigint) => {
    const hex = value.toString(16).padStart(64, '0');
    const bytes = Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex, 'hex');
    return Buffer.concat([Buffer.of(2, bytes.length), bytes]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  const signature = Buffer.concat([Buffer.of(0x30, body.length), body]);
  expect(holdsUnderKey(key, MESSAGE, signature)).toBe(true);
  expect(holdsOverDigest(key, digest, signature)).toBe(true);
});
