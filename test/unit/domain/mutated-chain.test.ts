import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import { type Golden, KEY_SET, makeGolden, makeIndex, statementOf, tampered } from './custody-fixture.ts';

/** Whatever is changed in a golden copy, the link it belongs to does not hold, and says why in the right word. */
const LINKS = [
  { link: 'evidence', path: BUNDLE.provenance },
  { link: 'permit', path: BUNDLE.permit },
  { link: 'promotion', path: BUNDLE.promotion },
] as const;
type Link = (typeof LINKS)[number];
type Bundle = Parameters<Parameters<typeof tampered>[1]>[0];
type Part = { readonly get: (bundle: Bundle) => string; readonly set: (bundle: Bundle, to: string) => void };

const PARTS: Record<string, Part & { readonly text: boolean; readonly code: string }> = {
  mediaType: {
    ...{ text: true, code: 'malformed' },
    get: (bundle) => bundle.mediaType,
    set: (bundle, to) => {
      bundle.mediaType = to;
    },
  },
  hint: {
    ...{ text: true, code: 'untrusted_signer' },
    get: ({ verificationMaterial }) => verificationMaterial.publicKey.hint,
    set: ({ verificationMaterial }, to) => {
      verificationMaterial.publicKey.hint = to;
    },
  },
  payload: {
    ...{ text: false, code: 'signature_invalid' },
    get: ({ dsseEnvelope }) => dsseEnvelope.payload,
    set: ({ dsseEnvelope }, to) => {
      dsseEnvelope.payload = to;
    },
  },
  payloadType: {
    ...{ text: true, code: 'malformed' },
    get: ({ dsseEnvelope }) => dsseEnvelope.payloadType,
    set: ({ dsseEnvelope }, to) => {
      dsseEnvelope.payloadType = to;
    },
  },
  sig: {
    ...{ text: false, code: 'signature_invalid' },
    get: ({ dsseEnvelope }) => dsseEnvelope.signatures[0]?.sig ?? '',
    set: ({ dsseEnvelope }, to) => {
      const [signature] = dsseEnvelope.signatures;
      if (signature) signature.sig = to;
    },
  },
};

let golden: Golden;
let other: Golden;
beforeAll(async () => {
  golden = await makeGolden();
  other = await makeGolden(makeIndex({ component_id: 'elsewhere' }));
});

const parsed = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8')) as Bundle;
const said = (changes: Partial<Golden>): string => {
  const { verified, links } = verifyBundle({ ...golden, ...changes }, KEY_SET);
  const last = links.at(-1);
  return verified ? 'verified' : `${last?.link} ${last?.fault?.code}`;
};
const instead = (path: string, bytes: Uint8Array) => ({
  statements: new Map(golden.statements).set(path, bytes),
});
const flipped = (bytes: Uint8Array, where: number, bit: number): Buffer => {
  const changed = Buffer.from(bytes);
  const at = where % changed.length;
  changed[at] = (changed[at] ?? 0) ^ (1 << bit);
  return changed;
};
const bit = fc.integer({ min: 0, max: 7 });

test('the copies themselves hold', () => {
  expect(said({})).toBe('verified');
  expect(verifyBundle(other, KEY_SET).verified).toBe(true);
});

describe.each<Link>([...LINKS])('of $path', ({ link, path }) => {
  test.each(Object.keys(PARTS))('no bit of its %s can be flipped', (name) => {
    const part = PARTS[name] as (typeof PARTS)[string];
    const bytes = statementOf(golden, path);
    fc.assert(
      fc.property(fc.nat(), bit, (where, which) => {
        const forged = tampered(bytes, (bundle) => {
          const value = Buffer.from(part.get(bundle), part.text ? 'utf8' : 'base64');
          part.set(bundle, flipped(value, where, which).toString(part.text ? 'utf8' : 'base64'));
        });
        expect(said(instead(path, forged))).toBe(`${link} ${part.code}`);
      }),
      { numRuns: 40 },
    );
  });

  test('no part can be that of the same statement of another bundle, or of another statement of this one', () => {
    const strangers = [
      statementOf(other, path),
      ...LINKS.filter((each) => each.path !== path).map((each) => statementOf(golden, each.path)),
    ];
    for (const [name, part] of Object.entries(PARTS))
      for (const stranger of strangers) {
        const foreign = part.get(parsed(stranger));
        const bytes = statementOf(golden, path);
        if (foreign === part.get(parsed(bytes))) continue;
        const forged = tampered(bytes, (bundle) => part.set(bundle, foreign));
        expect([name, said(instead(path, forged))]).toEqual([name, `${link} ${part.code}`]);
      }
  });

  test('nothing stands in its place, not even another good statement', () => {
    expect(said(instead(path, statementOf(other, path)))).toBe(`${link} subject_mismatch`);
    for (const each of LINKS)
      if (each.path !== path)
        expect(said(instead(path, statementOf(golden, each.path)))).toBe(`${link} untrusted_signer`);
  });

  test('no bit of the file can be flipped, wherever it lies', () => {
    const bytes = statementOf(golden, path);
    fc.assert(
      fc.property(fc.nat(), bit, (where, which) => {
        const changed = said(instead(path, flipped(bytes, where, which)));
        expect(changed).toMatch(new RegExp(`^${link} (?:malformed|untrusted_signer|signature_invalid)$`));
      }),
      { numRuns: 150 },
    );
  });
});

test('no bit of the list of files can be flipped', () => {
  fc.assert(
    fc.property(fc.nat(), bit, (where, which) => {
      const indexBytes = flipped(golden.indexBytes, where, which);
      expect(said({ indexBytes })).toMatch(/^evidence (?!undefined)/);
    }),
    { numRuns: 200 },
  );
});
