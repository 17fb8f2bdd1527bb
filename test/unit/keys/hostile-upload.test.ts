import { createPrivateKey, type KeyObject } from 'node:crypto';
import { beforeAll, describe, test } from '@jest/globals';
import fc from 'fast-check';
import { CertusError } from '../../../contracts/errors.ts';
import { checkUploadedKey } from '../../../domain/keys/check-uploaded-key.ts';
import { authority, certificate, type Made, NOW } from './certificates.ts';

let good: Made;
let chain: string;
let encrypted: string;
beforeAll(async () => {
  const root = await certificate({ name: 'root', extensions: authority() });
  good = await certificate({ issuer: root });
  chain = `${good.pem}${root.pem}`;
  encrypted = good.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
    .toString();
});

/** Whatever is brought: it is taken for what it is, or refused with a code that blames what was brought. */
function judged(certificatePem: string, privateKeyPem: string): boolean {
  try {
    const key = checkUploadedKey({ certificatePem, privateKeyPem, passphrase: 'secret' }, NOW);
    // its version and what is written of the public half may be otherwise: the secret number may not
    return (
      secretOf(createPrivateKey({ key: key.pkcs8, type: 'pkcs8', format: 'der' })) ===
      secretOf(good.privateKey)
    );
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    return /^(invalid_request|key_mismatch|key_too_weak|certificate_\w+)$/.test(error.code);
  }
}

const secretOf = (key: KeyObject) => key.export({ format: 'jwk' }).d;

/** The DER of one block, changed in one byte, and written in PEM again. */
function changed(pem: string, block: number, at: number, to: number): string {
  const blocks = pem.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? [];
  const chosen = blocks[block % blocks.length] ?? '';
  const label = /BEGIN ([A-Z ]+)-/.exec(chosen)?.[1];
  const der = Buffer.from(chosen.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  der[at % der.length] = to;
  return pem.replace(chosen, `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----`);
}

const runs = { numRuns: 400 };
const byte = fc.integer({ min: 0, max: 255 });
const place = fc.nat({ max: 5000 });

describe('whatever is brought', () => {
  test('as a certificate with a changed byte is judged', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1 }), place, byte, (block, at, to) =>
        judged(changed(chain, block, at, to), good.keyPem),
      ),
      runs,
    );
  });

  test('as a private key with a changed byte is judged', () => {
    fc.assert(
      fc.property(fc.boolean(), place, byte, (open, at, to) =>
        judged(chain, changed(open ? good.keyPem : encrypted, 0, at, to)),
      ),
      runs,
    );
  });

  test('as any text is judged', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc
        .string({ maxLength: 300 })
        .map((body) => `-----BEGIN CERTIFICATE-----${body}-----END CERTIFICATE-----`),
      fc
        .uint8Array({ maxLength: 200 })
        .map(
          (bytes) =>
            `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.from(bytes).toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`,
        ),
    );
    fc.assert(
      fc.property(text, text, (a, b) => judged(a, good.keyPem) && judged(chain, b)),
      runs,
    );
  });

  test('is read in a time that grows with its length alone', () => {
    for (const part of ['-----BEGIN PRIVATE KEY-----', '-----BEGIN CERTIFICATE-----\nA', '-a', '-----'])
      if (!judged(part.repeat(20_000), part.repeat(20_000))) throw new Error('it was not refused');
  });
});
