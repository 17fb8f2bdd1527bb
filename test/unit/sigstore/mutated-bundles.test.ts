import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyId } from '../../../contracts/key-id.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { signWithKey } from '../../../domain/sigstore/key-hash.ts';
import { SIGSTORE_CODES, SigstoreError } from '../../../domain/sigstore/sigstore-error.ts';
import { type TrustedRoot, trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import {
  type Expected,
  type SigstoreTrust,
  verifySigstoreBundle,
} from '../../../domain/sigstore/verify-sigstore-bundle.ts';
import { ARTIFACT, copy, encode, ISSUER, type Loose, SUBJECT, startSigstore } from './mock-sigstore.ts';

/**
 * Whatever is changed in a bundle, it is refused with a code and no other error. What may change without that is named
 * here, and nothing else: the hint of a key, which only helps to find it.
 */
const FREE = new Set(['verificationMaterial.publicKey.hint', 'dsseEnvelope.signatures.0.keyid']);

type Subject = {
  readonly name: string;
  readonly bundle: Loose;
  readonly other: Loose;
  readonly trust: SigstoreTrust;
};
const subjects: Subject[] = [];
const EXPECTED: Expected = { artifact: { bytes: ARTIFACT } };
const identity = { subject: SUBJECT, issuer: ISSUER };
const NAMES = ['message v1', 'message v2', 'statement v1', 'statement v2', 'p256', 'p384', 'ed25519', 'rsa'];

beforeAll(async () => {
  const mock = await startSigstore();
  const root: TrustedRoot = trustedRootFrom(mock.root);
  for (const kind of ['message', 'statement'] as const)
    for (const rekor of [1, 2] as const) {
      const other = {
        kind,
        rekor,
        artifact: Buffer.from('other'),
        subject: `${SUBJECT}2`,
        predicateType: 'x:y',
      };
      const pairOfBundles = { bundle: await mock.sealed({ kind, rekor }), other: await mock.sealed(other) };
      subjects.push({ name: `${kind} v${rekor}`, ...pairOfBundles, trust: { root, now: new Date() } });
    }
  for (const name of ['p256', 'p384', 'ed25519', 'rsa']) subjects.push(await keyed(name));
});

async function keyed(name: string): Promise<Subject> {
  const [mine, stranger] = [pairOf(name), pairOf(name)];
  const bundleBy = async ({ privateKey }: ReturnType<typeof pairOf>, digest: string) => {
    const id = keyId(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString());
    const sign = (bytes: Uint8Array) => Promise.resolve(signWithKey(privateKey, bytes));
    const sealed = await sealStatement(statementAbout(digest), { keyId: id, sign });
    return JSON.parse(Buffer.from(sealed).toString());
  };
  const { createHash } = await import('node:crypto');
  const sha256 = createHash('sha256').update(ARTIFACT).digest('hex');
  return {
    name,
    bundle: await bundleBy(mine, sha256),
    other: await bundleBy(stranger, sha256),
    trust: { key: mine.publicKey, now: new Date() },
  };
}

function pairOf(name: string) {
  if (name === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 3072 });
  if (name === 'ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: name === 'p256' ? 'P-256' : 'P-384' });
}

const statementAbout = (sha256: string) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'artifact', digest: { sha256 } }],
  predicateType: 'https://example.org/review/v1',
  predicate: { reviewed: true },
});

const subjectOf = (name: string): Subject => {
  const found = subjects.find((subject) => subject.name === name);
  if (found === undefined) throw new Error(`no bundle ${name}`);
  return found;
};

const check = (bytes: Uint8Array, trust: SigstoreTrust) =>
  verifySigstoreBundle(bytes, trust, trust.key === undefined ? { ...EXPECTED, identity } : EXPECTED);

/** The code with which it is refused; undefined when it holds. Any other error ends the test. */
function codeOf(bytes: Uint8Array, trust: SigstoreTrust): string | undefined {
  try {
    check(bytes, trust);
    return undefined;
  } catch (error) {
    if (!(error instanceof SigstoreError)) throw error;
    expect(SIGSTORE_CODES).toContain(error.code);
    return error.code;
  }
}

/** Under which codes each field may be refused, by its last name: which of them hangs on what the changed bytes now say. */
const PROOF = ['log_proof_invalid', 'bundle_malformed'];
const SIGNATURE = ['signature_invalid', 'log_entry_mismatch', 'timestamp_invalid'];
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  mediaType: ['bundle_malformed'],
  rawBytes: [
    ...['certificate_untrusted', 'certificate_invalid', 'certificate_expired', 'sct_invalid'],
    ...['signature_invalid', 'log_entry_mismatch', 'identity_mismatch', 'bundle_malformed'],
  ],
  logIndex: PROOF,
  keyId: PROOF,
  kind: ['log_entry_mismatch'],
  version: ['log_entry_mismatch'],
  integratedTime: [...PROOF, 'certificate_expired', 'certificate_untrusted', 'timestamp_invalid'],
  signedEntryTimestamp: PROOF,
  rootHash: PROOF,
  treeSize: PROOF,
  hashes: PROOF,
  envelope: PROOF,
  canonicalizedBody: [...PROOF, 'log_entry_mismatch'],
  algorithm: ['bundle_malformed', 'digest_mismatch'],
  digest: ['digest_mismatch'],
  signature: SIGNATURE,
  sig: SIGNATURE,
  payload: SIGNATURE,
  payloadType: SIGNATURE,
  signedTimestamp: ['timestamp_invalid', 'bundle_malformed'],
};

function rightFor(path: readonly string[]): readonly string[] {
  const name = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
  const codes = RIGHT[name];
  if (codes === undefined) throw new Error(`nobody said how ${path.join('.')} is refused`);
  return codes;
}

type Leaf = { readonly path: readonly string[]; readonly value: string };

function leavesOf(value: Loose, path: readonly string[] = []): Leaf[] {
  if (typeof value === 'string') return [{ path, value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

function withLeaf(bundle: Loose, path: readonly string[], value: unknown): Loose {
  const changed = copy(bundle);
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce((at, key) => at[key], changed);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return changed;
}

const read = (bundle: Loose, path: readonly string[]) => path.reduce((at, key) => at?.[key], bundle);
const at = (index: number, length: number) => index % Math.max(1, length);

describe.each(NAMES)('a bundle of %s', (name) => {
  test('holds as it is', () => {
    const { bundle, trust } = subjectOf(name);
    expect(codeOf(encode(bundle), trust)).toBeUndefined();
  });

  test('does not hold with any bit of any of its bytes flipped', () => {
    const { bundle, trust } = subjectOf(name);
    const leaves = leavesOf(bundle).filter(({ path }) => !FREE.has(path.join('.')));
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 7 }), (which, where, bit) => {
        const leaf = leaves[at(which, leaves.length)];
        if (leaf === undefined || leaf.value === '') return;
        const bytes = Buffer.from(leaf.value, 'base64');
        const isText = bytes.toString('base64') !== leaf.value || /^\d+$/.test(leaf.value);
        const content = isText ? Buffer.from(leaf.value) : bytes;
        const place = at(where, content.length);
        if (isUnsigned(leaf.path, content, place)) return;
        content[place] = (content[place] ?? 0) ^ (1 << bit);
        const changed = withLeaf(bundle, leaf.path, isText ? content.toString() : content.toString('base64'));
        const code = codeOf(encode(changed), trust);
        const right = rightFor(leaf.path);
        expect({ path: leaf.path.join('.'), place, code, right: right.includes(code ?? '') }).toMatchObject({
          right: true,
        });
      }),
      { numRuns: 150 },
    );
  });

  test('does not hold with its checkpoint written in another way that decodes to the same', () => {
    const { bundle, trust } = subjectOf(name);
    for (const { path, value } of leavesOf(bundle).filter((leaf) => leaf.path.at(-1) === 'envelope')) {
      for (const changed of [
        value.trimEnd(),
        `${value}\n`,
        value.replace(/=*\n$/, '\n'),
        value.replace(/=\n$/, '==\n'),
      ])
        if (changed !== value)
          expect(codeOf(encode(withLeaf(bundle, path, changed)), trust)).toBe('log_proof_invalid');
    }
  });

  test('does not hold with any part of it taken from another, missing or of another kind', () => {
    const { bundle, other, trust } = subjectOf(name);
    for (const { path, value } of leavesOf(bundle)) {
      if (FREE.has(path.join('.'))) continue;
      const foreign = read(other, path);
      for (const changed of [foreign, null, 7, [], {}, '', undefined]) {
        if (changed === value || isNoTime(path, value, changed)) continue;
        const code = codeOf(encode(withLeaf(bundle, path, changed)), trust);
        expect({ path, changed, code }).toEqual({ path, changed, code: expect.any(String) });
        if (typeof foreign === 'string' && changed === foreign)
          expect({ path, code, right: rightFor(path).includes(code ?? '') }).toMatchObject({ right: true });
      }
    }
    for (const part of ['verificationMaterial', 'messageSignature', 'dsseEnvelope']) {
      if (bundle[part] === undefined || trust.key !== undefined) continue;
      expect(codeOf(encode({ ...bundle, [part]: other[part] }), trust)).toBeDefined();
    }
    expect(codeOf(encode(other), trust)).toBeDefined();
  });

  test('does not hold cut short, with a key twice, with a field that nobody knows, or as anything else', () => {
    const { bundle, trust } = subjectOf(name);
    const text = JSON.stringify(bundle);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (length) => {
        expect(codeOf(Buffer.from(text.slice(0, length)), trust)).toBe('bundle_malformed');
      }),
      { numRuns: 50 },
    );
    const keys = [...text.matchAll(/"(\w+)":/g)];
    fc.assert(
      fc.property(fc.nat(), (which) => {
        const key = keys[at(which, keys.length)];
        if (key === undefined) return;
        const twice = `${text.slice(0, key.index)}"${key[1]}":null,${text.slice(key.index)}`;
        expect(codeOf(Buffer.from(twice), trust)).toBe('bundle_malformed');
        const unknown = `${text.slice(0, key.index)}"${key[1]}_":1,${text.slice(key.index)}`;
        expect(codeOf(Buffer.from(unknown), trust)).toBe('bundle_malformed');
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue().map(encode), fc.uint8Array({ maxLength: 300 })), (bytes) => {
        expect(codeOf(bytes, trust)).toBe('bundle_malformed');
      }),
      { numRuns: 100 },
    );
  });
});

/** To be left out says the same as to be zero, in protobuf's JSON. */
const isNoTime = (path: readonly string[], value: string, changed: unknown): boolean =>
  path.at(-1) === 'integratedTime' && value === '0' && changed == null;

/**
 * A timestamp is a parcel with a label: around what the authority signed lie fields that say how to read it, and nobody
 * signs those. They are left alone here; the last test shows that no change of theirs moves the time.
 */
function isUnsigned(path: readonly string[], content: Buffer, place: number): boolean {
  return (
    path.at(-1) === 'signedTimestamp' &&
    !signedRanges(content).some(([from, to]) => place >= from && place < to)
  );
}

/** The imprint with its time, and the signature at the end. */
function signedRanges(der: Buffer): [number, number][] {
  const time =
    der.indexOf(Buffer.from('180f', 'hex')) >= 0
      ? der.indexOf(Buffer.from('180f', 'hex'))
      : der.indexOf('.123Z') - 16;
  return [
    [time - 32, time + 21],
    [der.length - 32, der.length],
  ];
}

test('no bit of a timestamp, wherever it lies, moves the time and still holds', () => {
  for (const name of ['message v2', 'statement v2']) {
    const { bundle, trust } = subjectOf(name);
    const path = [
      'verificationMaterial',
      'timestampVerificationData',
      'rfc3161Timestamps',
      '0',
      'signedTimestamp',
    ];
    const stamp = Buffer.from(read(bundle, path), 'base64');
    const [time] = check(encode(bundle), trust).times;
    for (let place = 0; place < stamp.length; place += 23) {
      const changed = Buffer.from(stamp);
      changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
      const bytes = encode(withLeaf(bundle, path, changed.toString('base64')));
      if (codeOf(bytes, trust) === undefined) expect(check(bytes, trust).times).toEqual([time]);
    }
  }
});
