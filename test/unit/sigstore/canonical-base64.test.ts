import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BundleShape } from '../../../domain/sigstore/bundle-shape.ts';

const taken = (payload: string): boolean =>
  BundleShape.safeParse({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: {} },
    dsseEnvelope: { payload, payloadType: 'text/plain', signatures: [{ sig: 'AA==' }] },
  }).success;

const canonical = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') === text;

const signs = fc.constantFrom(...'ABab01+/=-_ \n.é');
const written = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const altered = fc.tuple(written, fc.nat(), signs, fc.boolean()).map(([text, at, sign, replaces]) => {
  const place = text.length === 0 ? 0 : at % text.length;
  return text.slice(0, place) + sign + text.slice(replaces ? place + 1 : place);
});

test('base64 is taken in the one way in which it is written, and in no other that decodes to something', () => {
  const any = fc.oneof(written, altered, fc.string({ unit: signs, maxLength: 12 }));
  fc.assert(
    fc.property(any, (text) => {
      expect([text, taken(text)]).toEqual([text, canonical(text)]);
    }),
    { numRuns: 5000 },
  );
});
