import { rmSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SignDeps } from '../../../activities/sign/deps.ts';
import { signItems } from '../../../activities/sign/sign-items.ts';
import { bundleKey, contentKey } from '../../../activities/sign/signature-objects.ts';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import { signaturesPrefix, signRequestKey } from '../../../contracts/object-keys.ts';
import type { SignDocument, SignInput, SignItem } from '../../../contracts/signing.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openSignature } from '../../../domain/custody/open-signature.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { CONTENT, certified, keySetOf, NOW, signingKey, statement, TENANT } from './signing-fixture.ts';

const folder = temporaryFolder('sign-items');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scope = { tenant: TENANT, workspace: 'web' };
const key = signingKey('P-256');
const ITEMS: SignItem[] = [
  { kind: 'statement', statement: statement() },
  { kind: 'message', name: 'release.txt', content: CONTENT.toString('base64') },
];
let raw: Bucket;
let uploads: Bucket;
let asked: (string | undefined)[];
let nth = 0;

beforeEach(async () => {
  const store = await openDirectoryStore(`${folder}/${nth++}`);
  [raw, uploads] = [await store.bucket('raw'), await store.bucket('uploads')];
  asked = [];
});

const deps = (changes: Partial<SignDeps> = {}): SignDeps => ({
  raw,
  uploads,
  evidenceSigner: async (_, environment) => {
    asked.push(environment);
    return key.signer;
  },
  ...changes,
});

async function request(items: SignItem[] = ITEMS, changes: Partial<SignInput> = {}): Promise<SignInput> {
  const document: SignDocument = { schema: 'https://certus.dev/sign-request/v1', items };
  const bytes = Buffer.from(canonicalJson(document));
  await uploads.put(signRequestKey(scope, sha256(bytes)), bytes, { contentType: 'application/json' });
  return {
    scope,
    id: `sign_${'1'.repeat(32)}`,
    request: sha256(bytes),
    items: items.length,
    mode: 'keyed',
    environment: null,
    requestedAt: NOW.toISOString(),
    ...changes,
  };
}

const prefix = signaturesPrefix(scope, `sign_${'1'.repeat(32)}`);
const stored = (item: number) => raw.read(bundleKey(prefix, item), 1_000_000);

describe('signing the items of a request', () => {
  test('leaves a bundle for each, and beside a message what was signed', async () => {
    await signItems(deps(), await request(ITEMS, { environment: 'sandbox' }));
    expect(asked).toEqual(['sandbox']);
    const expected = { keySet: keySetOf(key), role: 'evidence', tenant: TENANT, at: NOW } as const;
    expect(openSignature(await stored(0), expected)).toMatchObject({ kind: 'statement' });
    const content = await raw.read(contentKey(prefix, 1), 1000);
    expect(openSignature(await stored(1), { ...expected, content })).toMatchObject({ kind: 'message' });
  });

  test('a second time finds the first signatures, also after another key has come', async () => {
    const input = await request();
    await signItems(deps(), input);
    const first = await stored(0);
    await raw.remove(bundleKey(prefix, 1));
    await signItems(deps({ evidenceSigner: async () => signingKey('P-256').signer }), input);
    expect(await stored(0)).toEqual(first);
    expect(await raw.head(bundleKey(prefix, 1))).toBeDefined();
  });

  test('signs nothing that was put in the place of the request', async () => {
    const input = await request();
    await uploads.put(signRequestKey(scope, input.request), Buffer.from('{}'), {
      contentType: 'application/json',
    });
    await expect(signItems(deps(), input)).rejects.toMatchObject({ code: 'digest_mismatch' });
    expect(await raw.head(bundleKey(prefix, 0))).toBeUndefined();
  });

  test('signs nothing of Certus, even of a workflow that did not come through the API', async () => {
    const own = statement({ predicateType: PREDICATE.provenance });
    const input = await request([{ kind: 'statement', statement: own }]);
    await expect(signItems(deps(), input)).rejects.toMatchObject({ code: 'statement_invalid' });
    expect(await raw.head(bundleKey(prefix, 0))).toBeUndefined();
  });

  test('wants as many items as the run was started with, and no bundles that it did not make', async () => {
    const input = await request();
    for (const changes of [{ items: 1 }, { mode: 'keyless' as const }])
      await expect(signItems(deps(), { ...input, ...changes })).rejects.toMatchObject({
        code: 'statement_invalid',
      });
  });

  test('names the certificate where that is asked for and there is one', async () => {
    const input = await request(ITEMS, { mode: 'certificate' });
    await expect(signItems(deps(), input)).rejects.toMatchObject({ code: 'no_signing_key' });
    const { signer } = await certified();
    await signItems(deps({ evidenceSigner: async () => signer }), input);
    for (const item of [0, 1]) {
      const { verificationMaterial } = JSON.parse(Buffer.from(await stored(item)).toString());
      expect(Object.keys(verificationMaterial)).toContain('certificate');
      expect(verificationMaterial).not.toHaveProperty('publicKey');
    }
  });

  test('stores what the timestamp authority made of a bundle', async () => {
    const timestamp = async (bundle: Uint8Array) => Buffer.concat([bundle, Buffer.from(' ')]);
    await signItems(deps({ timestamp }), await request());
    expect(
      Buffer.from(await stored(0))
        .toString()
        .endsWith('\n '),
    ).toBe(true);
  });
});
