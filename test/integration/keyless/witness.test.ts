import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { RekorEntry } from '../../../contracts/rekor-entry.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../../../domain/sigstore/verify-sigstore-bundle.ts';
import { timestampBundle } from '../../../services/sigstore/timestamp.ts';
import { bundleWithEntry, verifyRekorEntry, witness } from '../../../services/sigstore/witness.ts';
import { logged1, never, type Reply, type Sigstore, startSigstore } from './servers.ts';

let sigstore: Sigstore;
let stranger: Sigstore;
beforeAll(async () => {
  [sigstore, stranger] = await Promise.all([startSigstore(), startSigstore()]);
});
afterEach(() => {
  sigstore.honest();
  sigstore.requests.length = 0;
});
afterAll(() => Promise.all([sigstore.close(), stranger.close()]));

const now = () => new Date();
const trustOf = (of: Sigstore) => trustedRootFrom(of.trustedRoot);
const witnessed = (bundle: Uint8Array, pem: string, more = {}) =>
  witness(bundle, pem, {
    rekorUrl: sigstore.url,
    trust: trustOf(sigstore),
    maxMilliseconds: 10_000,
    ...more,
  });
const stamped = (bundle: Uint8Array, more = {}) =>
  timestampBundle(bundle, {
    tsaUrl: sigstore.tsaUrl,
    trust: trustOf(sigstore),
    now,
    maxMilliseconds: 10_000,
    ...more,
  });

const keys = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
};

async function sealed(kind: keyof typeof keys = 'P-256', predicate: object = { reviewed: true }) {
  const { privateKey, publicKey } = keys[kind]();
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'a', digest: { sha256: 'a'.repeat(64) } }],
    predicateType: 'https://example.org/review/v1',
    predicate,
  };
  const signer = {
    keyId: 'the key',
    sign: async (bytes: Uint8Array) => sign(kind === 'Ed25519' ? null : 'sha256', bytes, privateKey),
  };
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { bundle: await sealStatement(statement, signer), pem, key: publicKey };
}

describe.each(['P-256', 'Ed25519', 'RSA'] as const)('a statement that is signed with a key (%s)', (kind) => {
  test('is witnessed, once, and the entry proves it offline', async () => {
    const { bundle, pem, key } = await sealed(kind);
    const entry = await witnessed(bundle, pem);
    expect(RekorEntry.parse(entry)).toEqual(entry);
    expect(await witnessed(bundle, pem)).toEqual(entry);
    expect(sigstore.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
    expect(sigstore.requests.at(-1)?.path).toBe(`/api/v1/log/entries/${entry.uuid}`);

    sigstore.requests.length = 0;
    verifyRekorEntry(bundle, pem, JSON.parse(JSON.stringify(entry)), trustOf(sigstore));
    const whole = bundleWithEntry(bundle, entry);
    const { checks } = verifySigstoreBundle(whole, { key, root: trustOf(sigstore), now: now() });
    expect(checks).toContain('log_entry');
    expect(sigstore.requests).toEqual([]);
  });

  test('carries a timestamp that its root vouches for', async () => {
    const { bundle, key } = await sealed(kind);
    const { times } = verifySigstoreBundle(await stamped(bundle), {
      key,
      root: trustOf(sigstore),
      now: now(),
    });
    expect(Math.abs((times[0]?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});

describe('an entry that was kept proves nothing', () => {
  const refused = expect.objectContaining({ code: 'answer_untrusted' });

  test('about another statement, under another key, or in a log that is not pinned', async () => {
    const [one, other] = [await sealed(), await sealed('P-256', { reviewed: false })];
    const entry = await witnessed(one.bundle, one.pem);
    const trust = trustOf(sigstore);
    expect(() => verifyRekorEntry(other.bundle, one.pem, entry, trust)).toThrow(refused);
    expect(() => verifyRekorEntry(one.bundle, other.pem, entry, trust)).toThrow(refused);
    expect(() => verifyRekorEntry(one.bundle, one.pem, entry, trustOf(stranger))).toThrow(refused);
    verifyRekorEntry(one.bundle, one.pem, entry, trust);
  });

  test('when any part of it was changed', async () => {
    const { bundle, pem } = await sealed();
    const entry = await witnessed(bundle, pem);
    const proof = entry.tlog_entry.inclusionProof as Record<string, unknown>;
    const body = String(entry.tlog_entry.canonicalizedBody);
    for (const change of [
      { integratedTime: '1600000000' },
      { logIndex: '7' },
      { inclusionPromise: { signedEntryTimestamp: 'AAAA' } },
      { inclusionProof: { ...proof, treeSize: '2', logIndex: '1' } },
      { inclusionProof: { ...proof, hashes: ['AAAA'] } },
      { canonicalizedBody: Buffer.from(`${Buffer.from(body, 'base64')} `).toString('base64') },
      { kindVersion: { kind: 'hashedrekord', version: '0.0.1' } },
      { logId: { keyId: 'AAAA' } },
    ]) {
      const forged = { ...entry, tlog_entry: { ...entry.tlog_entry, ...change } };
      expect(() => verifyRekorEntry(bundle, pem, forged, trustOf(sigstore))).toThrow(refused);
    }
    for (const change of [
      { uuid: 'a'.repeat(80) },
      { log_index: '7' },
      { log_id: 'a'.repeat(64) },
      { integrated_time: '2020-01-01T00:00:00.000Z' },
      { inclusion_proof: { ...entry.inclusion_proof, tree_size: '9' } },
    ])
      expect(() => verifyRekorEntry(bundle, pem, { ...entry, ...change }, trustOf(sigstore))).toThrow(
        refused,
      );
  });
});

describe('Rekor', () => {
  test('that keeps the statement under a key of somebody else is not believed', async () => {
    const [{ bundle, pem }, other] = [await sealed(), await sealed()];
    sigstore.replace('rekor', async ({ body }) => {
      const { kind, apiVersion, spec } = JSON.parse(body.toString()) as {
        kind: string;
        apiVersion: string;
        spec: { proposedContent: { envelope: string } };
      };
      const { payload, signatures } = JSON.parse(spec.proposedContent.envelope) as {
        payload: string;
        signatures: [{ sig: string }];
      };
      const value = createHash('sha256').update(Buffer.from(payload, 'base64')).digest('hex');
      const verifier = Buffer.from(other.pem).toString('base64');
      const entry = {
        apiVersion,
        kind,
        spec: {
          payloadHash: { algorithm: 'sha256', value },
          signatures: [{ signature: signatures[0].sig, verifier }],
        },
      };
      return { status: 201, body: JSON.stringify(await logged1(sigstore.made.log, entry)) };
    });
    await expect(witnessed(bundle, pem)).rejects.toMatchObject({
      code: 'answer_untrusted',
      message: expect.stringMatching(/another key/),
    });
  });

  test('that refuses a signature that does not hold is not asked again', async () => {
    const [{ bundle }, other] = [await sealed(), await sealed()];
    await expect(witnessed(bundle, other.pem)).rejects.toMatchObject({ code: 'authority_refused' });
    expect(sigstore.requests).toHaveLength(1);
  });

  test('that names an entry elsewhere is asked for it itself', async () => {
    const { bundle, pem } = await sealed();
    const entry = await witnessed(bundle, pem);
    sigstore.requests.length = 0;
    sigstore.replace('rekor', async ({ method }, honest) =>
      method === 'GET'
        ? honest()
        : { status: 409, body: '', headers: { location: `${stranger.url}/secret/${entry.uuid}` } },
    );
    expect(await witnessed(bundle, pem)).toEqual(entry);
    expect(stranger.requests).toEqual([]);
  });

  test('that hangs is given up', async () => {
    const { bundle, pem } = await sealed();
    sigstore.replace('rekor', never);
    await expect(witnessed(bundle, pem, { maxMilliseconds: 300 })).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });
});

describe('a timestamp', () => {
  test('of another authority, or of another time, is not added', async () => {
    const { bundle } = await sealed();
    const untrusted = { code: 'answer_untrusted' };
    await expect(stamped(bundle, { tsaUrl: stranger.tsaUrl })).rejects.toMatchObject(untrusted);
    const tomorrow = () => new Date(Date.now() + 86_400_000);
    await expect(stamped(bundle, { now: tomorrow })).rejects.toMatchObject({
      ...untrusted,
      message: expect.stringMatching(/another time/),
    });
  });

  test('that answered an earlier question about the same signature is not added again', async () => {
    const { bundle } = await sealed();
    let first: Reply | undefined;
    sigstore.replace('tsa', async (_, honest) => {
      first ??= await honest();
      return first;
    });
    await stamped(bundle);
    await expect(stamped(bundle)).rejects.toMatchObject({
      code: 'answer_untrusted',
      message: expect.stringMatching(/another question/),
    });
  });

  test('comes beside the one that is there', async () => {
    const { bundle } = await sealed();
    const twice = await stamped(await stamped(bundle));
    const { rfc3161Timestamps } = JSON.parse(Buffer.from(twice).toString()).verificationMaterial
      .timestampVerificationData as { rfc3161Timestamps: object[] };
    expect(rfc3161Timestamps).toHaveLength(2);
  });

  test('is asked for of a bundle alone', async () => {
    for (const bytes of ['nonsense', '{}', '[]', 'null'])
      await expect(stamped(Buffer.from(bytes))).rejects.toMatchObject({ code: 'statement_invalid' });
    expect(sigstore.requests).toEqual([]);
  });
});
