import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../../../domain/sigstore/verify-sigstore-bundle.ts';
import { type KeylessServices, signKeyless, type ToSign } from '../../../services/sigstore/keyless.ts';
import {
  IDENTITY,
  ISSUER,
  identityToken,
  logged1,
  never,
  type Sigstore,
  stamp,
  startSigstore,
} from './servers.ts';

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

const ARTIFACT = { artifact: Buffer.from('the release\n') };
const STATEMENT = {
  payload: Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        { name: 'a', digest: { sha256: createHash('sha256').update(ARTIFACT.artifact).digest('hex') } },
      ],
      predicateType: 'https://example.org/review/v1',
      predicate: { reviewed: true },
    }),
  ),
  payloadType: 'application/vnd.in-toto+json',
};
const now = () => new Date();
const pinned = (of = sigstore) => trustedRootFrom(of.trustedRoot);
const everything = (): KeylessServices => ({
  fulcioUrl: sigstore.url,
  logs: [{ url: sigstore.url, version: 1 }],
  timestampAuthorities: [sigstore.tsaUrl],
});
const signed = (toSign: ToSign = ARTIFACT, services = everything(), token = identityToken(), more = {}) =>
  signKeyless(services, toSign, token, { trust: pinned(), now, maxMilliseconds: 10_000, ...more });
const paths = () => sigstore.requests.map(({ method, path }) => `${method} ${path}`).sort();

const identity = { subject: IDENTITY, issuer: ISSUER };
const believed = (bundle: Uint8Array, root = pinned(), subject = IDENTITY) =>
  verifySigstoreBundle(
    bundle,
    { root, now: now() },
    { artifact: { bytes: ARTIFACT.artifact }, identity: { ...identity, subject } },
  );

describe.each([
  ['an artifact', ARTIFACT],
  ['a statement', STATEMENT],
])('what is signed without a key of our own: %s', (_, toSign: ToSign) => {
  const withLog = (version: 1 | 2) => ({ ...everything(), logs: [{ url: sigstore.url, version }] });

  test.each([1, 2] as const)('verifies, in a log of generation %i, and of nobody else', async (version) => {
    const bundle = await signed(toSign, withLog(version));
    expect(believed(bundle).signer).toEqual({ kind: 'certificate', ...identity });
    expect(JSON.parse(Buffer.from(bundle).toString()).mediaType).toBe(
      'application/vnd.dev.sigstore.bundle.v0.3+json',
    );
    expect(() => believed(bundle, pinned(stranger))).toThrow();
    expect(() => believed(bundle, pinned(), 'someone@example.org')).toThrow(
      expect.objectContaining({ code: 'identity_mismatch' }),
    );
  });

  test('verifies with the time of the log alone', async () => {
    const bundle = await signed(toSign, { ...everything(), timestampAuthorities: [] });
    expect(believed(bundle).times).toHaveLength(1);
    expect(paths()).toEqual(['POST /api/v1/log/entries', 'POST /api/v2/signingCert']);
  });
});

test('without anybody who tells the time nobody is asked', async () => {
  const services = {
    ...everything(),
    logs: [{ url: sigstore.url, version: 2 as const }],
    timestampAuthorities: [],
  };
  await expect(signed(ARTIFACT, services)).rejects.toMatchObject({ code: 'invalid_request' });
  expect(paths()).toEqual([]);
});

describe('an identity token', () => {
  test.each([
    ['that is none', 'secret'],
    ['that has expired', identityToken({ exp: 1_000_000_000 })],
    ['whose address nobody has verified', identityToken({ email_verified: false })],
  ])('%s goes nowhere, and into no message', async (_, token) => {
    const error = (await signed(ARTIFACT, everything(), token).catch((thrown) => thrown)) as Error;
    expect(error).toMatchObject({ code: 'invalid_request' });
    expect(error.message).not.toContain(token);
    expect(paths()).toEqual([]);
  });

  test('of a workload is certified by its subject', async () => {
    const token = identityToken({ email: undefined, sub: 'https://ci.example.org/release.yml' });
    const bundle = await signed(ARTIFACT, everything(), token);
    expect(believed(bundle, pinned(), 'https://ci.example.org/release.yml').checks).toContain('identity');
  });
});

const untrusted = (why: RegExp) => ({ code: 'answer_untrusted', message: expect.stringMatching(why) });
const pemOf = (der: ArrayBufferView) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64')}\n-----END CERTIFICATE-----\n`;
const certified = (pem: string) => ({
  status: 201,
  body: JSON.stringify({ signedCertificateEmbeddedSct: { chain: { certificates: [pem] } } }),
});

describe('Fulcio is not believed, and nothing is published, when it answers with', () => {
  const nothingPublished = () => expect(paths()).toEqual(['POST /api/v2/signingCert']);
  const keyOf = (body: Buffer) =>
    Buffer.from(
      (
        JSON.parse(body.toString()) as { publicKeyRequest: { publicKey: { content: string } } }
      ).publicKeyRequest.publicKey.content.replace(/-----[^-]+-----|\s/g, ''),
      'base64',
    );
  const issuer = [{ oid: '1.3.6.1.4.1.57264.1.8', value: ISSUER }];

  test('a certificate for another key', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = publicKey.export({ format: 'der', type: 'spki' });
    sigstore.replace('fulcio', async () =>
      certified(
        pemOf(
          await sigstore.made.ca.issueCertificate({
            publicKey: Buffer.from(other),
            subjectAltName: IDENTITY,
            extensions: issuer,
          }),
        ),
      ),
    );
    await expect(signed()).rejects.toMatchObject(untrusted(/another key/));
    nothingPublished();
  });

  test.each([
    ['another identity', 'someone@example.org', issuer, /another identity/],
    [
      'another issuer',
      IDENTITY,
      [{ oid: '1.3.6.1.4.1.57264.1.8', value: 'https://x.org' }],
      /another issuer/,
    ],
    ['no issuer', IDENTITY, [], /another issuer/],
  ])('a certificate for %s', async (_, subjectAltName, extensions, why) => {
    sigstore.replace('fulcio', async ({ body }) =>
      certified(
        pemOf(
          await sigstore.made.ca.issueCertificate({ publicKey: keyOf(body), subjectAltName, extensions }),
        ),
      ),
    );
    await expect(signed()).rejects.toMatchObject(untrusted(why));
    nothingPublished();
  });

  test('a certificate that has expired, or is of tomorrow', async () => {
    for (const hours of [1, -1]) {
      const then = () => new Date(Date.now() + hours * 3_600_000);
      const token = identityToken({ exp: Date.now() / 1000 + 7200 });
      await expect(signed(ARTIFACT, everything(), token, { now: then })).rejects.toMatchObject(
        untrusted(/not valid now/),
      );
      nothingPublished();
      sigstore.requests.length = 0;
    }
  });

  test('a certificate of an authority that is not pinned', async () => {
    sigstore.replace('fulcio', async ({ body }) =>
      certified(
        pemOf(
          await stranger.made.ca.issueCertificate({
            publicKey: keyOf(body),
            subjectAltName: IDENTITY,
            extensions: issuer,
          }),
        ),
      ),
    );
    await expect(signed()).rejects.toMatchObject(untrusted(/not to be believed/));
    nothingPublished();
  });

  test.each([
    ['garbage', '\0garbage'],
    ['no certificate', '{}'],
    ['a certificate that is none', certified(pemOf(Buffer.from('nonsense'))).body],
    ['an endless answer', Buffer.alloc(300 * 1024, 32)],
  ])('%s', async (_, body) => {
    sigstore.replace('fulcio', async () => ({ status: 201, body }));
    await expect(signed()).rejects.toMatchObject({ code: 'answer_untrusted' });
    nothingPublished();
  });

  test('a redirect: the token goes to nobody else', async () => {
    const location = `${stranger.url}/api/v2/signingCert`;
    sigstore.replace('fulcio', async () => ({ status: 307, body: '', headers: { location } }));
    await expect(signed()).rejects.toMatchObject({ code: 'authority_refused' });
    expect(stranger.requests).toEqual([]);
  });
});

type Logged = Record<string, { body: string; verification: { inclusionProof: Record<string, unknown> } }>;
const changed = (body: string | Buffer, change: (entry: Logged[string]) => void): string => {
  const answer = JSON.parse(body.toString()) as Logged;
  for (const entry of Object.values(answer)) change(entry);
  return JSON.stringify(answer);
};

describe('Rekor is not believed when it answers with', () => {
  test('an entry of another artifact, though it is in the log', async () => {
    const services = { ...everything(), timestampAuthorities: [] };
    let first: { status: number; body: string | Buffer } | undefined;
    sigstore.replace('rekor', async (_, honest) => {
      first ??= await honest();
      return first;
    });
    await signed(ARTIFACT, services);
    await expect(signed({ artifact: Buffer.from('other') }, services)).rejects.toMatchObject(
      untrusted(/another artifact/),
    );
    await expect(signed(ARTIFACT, services)).rejects.toMatchObject(untrusted(/another signature/));
    await expect(signed(STATEMENT, services)).rejects.toMatchObject(untrusted(/another kind/));
  });

  test.each([
    ['a proof of another place', { logIndex: 1, treeSize: 2 }],
    ['a proof with a hash too many', { hashes: ['0'.repeat(64)] }],
    ['a checkpoint that nobody signed', { checkpoint: 'log\n1\nAAAA\n\n— log AAAAAAAA\n' }],
  ])('%s', async (_, wrong) => {
    sigstore.replace('rekor', async (_request, honest) => {
      const reply = await honest();
      return {
        ...reply,
        body: changed(reply.body, (entry) => Object.assign(entry.verification.inclusionProof, wrong)),
      };
    });
    await expect(signed()).rejects.toMatchObject(untrusted(/does not verify/));
  });

  test('an entry under another name', async () => {
    sigstore.replace('rekor', async (_, honest) => {
      const reply = await honest();
      const [entry] = Object.values(JSON.parse(reply.body.toString()) as Logged);
      return { ...reply, body: JSON.stringify({ ['a'.repeat(64)]: entry }) };
    });
    await expect(signed()).rejects.toMatchObject(untrusted(/wrongly/));
  });

  test('an entry of a log that is not pinned', async () => {
    sigstore.replace('rekor', async ({ body }) => ({
      status: 201,
      body: JSON.stringify(await logged1(stranger.made.log, JSON.parse(body.toString()))),
    }));
    await expect(signed()).rejects.toMatchObject(untrusted(/does not verify/));
  });

  test.each([
    ['garbage', 201, '[[['],
    ['nothing', 201, '{}'],
    ['another thing', 201, '{"uuid":{}}'],
    ['an existing entry that it does not name', 409, '{}'],
  ])('%s', async (_, status, body) => {
    const headers = { location: 'https://elsewhere.example.org/api/v1/log/entries/../../token' };
    sigstore.replace('rekor', async () => ({ status, body, headers }));
    await expect(signed()).rejects.toMatchObject({ code: 'answer_untrusted' });
  });
});

describe('a timestamp authority is not believed when it answers with', () => {
  const services = () => ({ ...everything(), logs: [{ url: sigstore.url, version: 2 as const }] });

  test('a timestamp of another signature', async () => {
    let first: { status: number; body: string | Buffer } | undefined;
    sigstore.replace('tsa', async (_, honest) => {
      first ??= await honest();
      return first;
    });
    await signed(ARTIFACT, services());
    await expect(signed(ARTIFACT, services())).rejects.toMatchObject(untrusted(/of something else/));
  });

  test('a timestamp of another authority', async () => {
    sigstore.replace('tsa', ({ body }) => stamp(stranger.made, body));
    await expect(signed(ARTIFACT, services())).rejects.toMatchObject(untrusted(/not to be believed/));
  });

  test.each([
    ['garbage', Buffer.from('nonsense')],
    ['nothing', Buffer.alloc(0)],
    ['a refusal', Buffer.from('30053003020102', 'hex')],
    ['an endless answer', Buffer.alloc(70 * 1024, 0x30)],
  ])('%s', async (_, body) => {
    sigstore.replace('tsa', async () => ({ status: 200, body }));
    await expect(signed(ARTIFACT, services())).rejects.toMatchObject({ code: 'answer_untrusted' });
  });
});

describe.each(['fulcio', 'rekor', 'tsa'] as const)('%s', (service) => {
  test('that is away is asked again, and then said to be away', async () => {
    sigstore.replace(service, async () => ({ status: 503, body: '' }));
    await expect(
      signed(ARTIFACT, everything(), identityToken(), { maxMilliseconds: 1500 }),
    ).rejects.toMatchObject({ code: 'dependency_unavailable', retryable: true });
    const asked = sigstore.requests.filter(({ path }) => path.includes(PATH[service]));
    expect(asked.length).toBeGreaterThan(1);
  });

  test('that comes back is used', async () => {
    let tried = 0;
    sigstore.replace(service, async (_, honest) => {
      tried += 1;
      return tried === 1 ? { status: 502, body: '' } : honest();
    });
    expect(believed(await signed()).checks).toContain('log_entry');
  });

  test('that never answers is waited for in vain, and not for ever', async () => {
    sigstore.replace(service, never);
    await expect(
      signed(ARTIFACT, everything(), identityToken(), { maxMilliseconds: 300 }),
    ).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });

  test('that refuses is not asked again', async () => {
    sigstore.replace(service, async () => ({ status: 400, body: '{"message":"no"}' }));
    await expect(signed()).rejects.toMatchObject({ code: 'authority_refused', retryable: false });
    expect(sigstore.requests.filter(({ path }) => path.includes(PATH[service]))).toHaveLength(1);
  });
});
const PATH = { fulcio: 'signingCert', rekor: 'log/entries', tsa: 'timestamp' };
