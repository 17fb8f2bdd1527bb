import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SigstoreCode } from '../../../domain/sigstore/sigstore-error.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { type Expected, verifySigstoreBundle } from '../../../domain/sigstore/verify-sigstore-bundle.ts';
import {
  ARTIFACT,
  copy,
  encode,
  ISSUER,
  type Kind,
  type Loose,
  logEntry,
  newKey,
  PREDICATE_TYPE,
  SUBJECT,
  startSigstore,
} from './mock-sigstore.ts';

type Instance = Awaited<ReturnType<typeof startSigstore>>;
const COMBINATIONS = (['message', 'statement'] as const).flatMap((kind) =>
  ([1, 2] as const).map((rekor) => ({ kind, rekor, name: `${kind}, Rekor v${rekor}` })),
);
const nameOf = (kind: Kind, rekor: 1 | 2) => `${kind}, Rekor v${rekor}`;

let ours: Instance;
let stranger: Instance;
const bundles = new Map<string, Loose>();
const bundleOf = (kind: Kind, rekor: 1 | 2) => copy(bundles.get(nameOf(kind, rekor)));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

beforeAll(async () => {
  ours = await startSigstore();
  stranger = await startSigstore();
  for (const { kind, rekor, name } of COMBINATIONS) bundles.set(name, await ours.sealed({ kind, rekor }));
});

const EXPECTED: Expected = { artifact: { bytes: ARTIFACT }, identity: { subject: SUBJECT, issuer: ISSUER } };

function verify(bundle: Loose, { expected = EXPECTED, root = ours.root, now = new Date() } = {}) {
  return verifySigstoreBundle(encode(bundle), { root: trustedRootFrom(root), now }, expected);
}

function refused(bundle: Loose, code: SigstoreCode, given: Parameters<typeof verify>[1] = {}): void {
  expect(() => verify(bundle, given)).toThrow(expect.objectContaining({ name: 'SigstoreError', code }));
}

describe.each(COMBINATIONS)('a whole bundle ($name)', ({ kind, rekor }) => {
  test('holds, and says who signed and when', () => {
    const verified = verify(bundleOf(kind, rekor));
    expect(verified.signer).toEqual({ kind: 'certificate', subject: SUBJECT, issuer: ISSUER });
    expect(verified.times).toHaveLength(1);
    expect(verified.logIndex).toBe(rekor === 1 ? '700' : '1');
    expect(verified.statement?.predicateType ?? null).toBe(kind === 'statement' ? PREDICATE_TYPE : null);
  });

  test('holds when only the digest of the file is known, and not with another one', () => {
    const sha256 = createHash('sha256').update(ARTIFACT).digest('hex');
    const by = (digest: string) => ({ expected: { ...EXPECTED, artifact: { sha256: digest } } });
    expect(verify(bundleOf(kind, rekor), by(sha256)).checks).toContain('artifact');
    refused(bundleOf(kind, rekor), 'digest_mismatch', by(`0${sha256.slice(1)}`));
  });

  test('says nothing of another file', () => {
    const expected = { ...EXPECTED, artifact: { bytes: Buffer.from('another file') } };
    refused(bundleOf(kind, rekor), 'digest_mismatch', { expected });
  });

  test('is of that signer and that issuer, exactly', () => {
    for (const identity of [
      { subject: `${SUBJECT}x`, issuer: ISSUER },
      { subject: SUBJECT.slice(0, -1), issuer: ISSUER },
      { subject: SUBJECT.replaceAll('.', '?'), issuer: ISSUER },
      { subject: SUBJECT, issuer: `${ISSUER}/` },
    ])
      refused(bundleOf(kind, rekor), 'identity_mismatch', { expected: { ...EXPECTED, identity } });
  });

  test('does not hold under the root of another instance', () => {
    refused(bundleOf(kind, rekor), rekor === 2 ? 'timestamp_invalid' : 'certificate_untrusted', {
      root: stranger.root,
    });
  });

  test.each([
    ['certificateAuthorities', 'certificate_untrusted'],
    ['ctlogs', 'sct_invalid'],
    ['tlogs', 'log_proof_invalid'],
  ] as const)('does not hold where another instance answers for %s', (part, code) => {
    const root = { ...ours.root, [part]: stranger.root[part] };
    refused(bundleOf(kind, rekor), code, { root });
  });

  test('does not hold without its log entry, nor with one that is there twice', () => {
    const without = bundleOf(kind, rekor);
    without.verificationMaterial.tlogEntries = [];
    refused(without, 'log_entry_missing');
    const twice = bundleOf(kind, rekor);
    twice.verificationMaterial.tlogEntries.push(twice.verificationMaterial.tlogEntries[0]);
    refused(twice, rekor === 1 ? 'timestamp_invalid' : 'log_proof_invalid');
  });

  test('does not hold with the entry of another signature', async () => {
    const other = await ours.sealed({ kind, rekor });
    const bundle = bundleOf(kind, rekor);
    bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
    refused(bundle, 'log_entry_mismatch');
  });

  test('does not hold with an entry, good in itself, that names another signer', async () => {
    const other = await ours.sealed({ kind, rekor });
    const bundle = bundleOf(kind, rekor);
    const body = Buffer.from(bundle.verificationMaterial.tlogEntries[0].canonicalizedBody, 'base64');
    const pem = (one: Loose) => {
      const der: string = one.verificationMaterial.certificate.rawBytes;
      return base64(
        Buffer.from(
          `-----BEGIN CERTIFICATE-----\n${der.replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
        ),
      );
    };
    const swapped = body
      .toString()
      .replace(pem(bundle), pem(other))
      .replace(
        bundle.verificationMaterial.certificate.rawBytes,
        other.verificationMaterial.certificate.rawBytes,
      );
    expect(swapped).not.toBe(body.toString());
    bundle.verificationMaterial.tlogEntries = [logEntry(ours.keys.tlog, rekor, JSON.parse(swapped))];
    refused(bundle, 'log_entry_mismatch');
  });

  test('does not hold with a wrong proof, whatever part of it is wrong', () => {
    for (const [change, code] of [
      [(proof: Loose) => proof.hashes.reverse(), 'log_proof_invalid'],
      [(proof: Loose) => proof.hashes.pop(), 'log_proof_invalid'],
      [(proof: Loose) => Object.assign(proof, { treeSize: '4' }), 'log_proof_invalid'],
      [(proof: Loose) => Object.assign(proof, { logIndex: '0' }), 'log_proof_invalid'],
      [(proof: Loose) => Object.assign(proof, { rootHash: base64(Buffer.alloc(32)) }), 'log_proof_invalid'],
      [
        ({ checkpoint }: Loose) =>
          Object.assign(checkpoint, { envelope: checkpoint.envelope.replace('\n3\n', '\n4\n') }),
        'log_proof_invalid',
      ],
      [(proof: Loose) => Object.assign(proof, { checkpoint: null }), 'bundle_malformed'],
    ] as const) {
      const bundle = bundleOf(kind, rekor);
      change(bundle.verificationMaterial.tlogEntries[0].inclusionProof);
      refused(bundle, code);
    }
  });

  test('does not hold when the log had given up its key before', () => {
    const root = copy(ours.root);
    root.tlogs[0].publicKey.validFor.end = new Date(Date.now() - 60_000).toISOString();
    refused(bundleOf(kind, rekor), 'log_proof_invalid', { root });
  });

  test('does not hold with a certificate that had ended when it was signed', async () => {
    const issuedAt = new Date(Date.now() - 3_000_000);
    refused(await ours.sealed({ kind, rekor, issuedAt }), 'certificate_expired');
  });

  test('does not hold with a certificate that no certificate log knows', async () => {
    refused(await ours.sealed({ kind, rekor, unlogged: true }), 'sct_invalid');
  });

  test('does not hold when it is from the future', () => {
    refused(bundleOf(kind, rekor), 'timestamp_invalid', { now: new Date(Date.now() - 3_600_000) });
  });

  test('is not believed by whoever has no trusted root', () => {
    expect(() => verifySigstoreBundle(encode(bundleOf(kind, rekor)), { now: new Date() }, EXPECTED)).toThrow(
      expect.objectContaining({ code: 'certificate_untrusted' }),
    );
  });

  test('is not believed under a key that did not make it', () => {
    const trust = { root: trustedRootFrom(ours.root), key: newKey().publicKey, now: new Date() };
    expect(() => verifySigstoreBundle(encode(bundleOf(kind, rekor)), trust, EXPECTED)).toThrow(
      expect.objectContaining({ code: 'untrusted_signer' }),
    );
  });

  test('does not bring a root of its own', () => {
    const bundle = bundleOf(kind, rekor);
    bundle.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.2';
    const { certificate } = bundle.verificationMaterial;
    const chain = { certificates: [certificate] };
    bundle.verificationMaterial = {
      ...bundle.verificationMaterial,
      certificate: null,
      x509CertificateChain: chain,
    };
    expect(verify(bundle).checks).toContain('certificate');
    chain.certificates.push(ours.root.certificateAuthorities[0].certChain.certificates[0]);
    refused(bundle, 'certificate_invalid');
  });

  test('does not hold when it claims the certificate of an authority', () => {
    const bundle = bundleOf(kind, rekor);
    bundle.verificationMaterial.certificate = ours.root.certificateAuthorities[0].certChain.certificates[0];
    refused(bundle, 'certificate_invalid');
  });
});

describe('time', () => {
  test('an entry of Rekor v2 needs a timestamp, for it carries no time', () => {
    const bundle = bundleOf('message', 2);
    bundle.verificationMaterial.timestampVerificationData = null;
    refused(bundle, 'timestamp_missing');
  });

  test('a time that the log did not sign counts for nothing', () => {
    const bundle = bundleOf('message', 1);
    bundle.verificationMaterial.tlogEntries[0].inclusionPromise = null;
    refused(bundle, 'timestamp_missing');
  });

  test('a changed time, and a promise of another log, are refused', async () => {
    const bundle = bundleOf('message', 1);
    const [entry] = bundle.verificationMaterial.tlogEntries;
    entry.integratedTime = String(Number(entry.integratedTime) + 1);
    refused(bundle, 'log_proof_invalid');
    const other = bundleOf('message', 1);
    const { inclusionPromise } = (await stranger.sealed({ kind: 'message', rekor: 1 })).verificationMaterial
      .tlogEntries[0];
    Object.assign(other.verificationMaterial.tlogEntries[0], { inclusionPromise });
    refused(other, 'log_proof_invalid');
  });

  test('a timestamp of another signature, of another authority, or twice the same, is refused', async () => {
    const signature = Buffer.from(bundleOf('message', 2).messageSignature.signature, 'base64');
    const given = async (...stamps: Buffer[]) => {
      const bundle = bundleOf('message', 2);
      bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps = stamps.map((stamp) => ({
        signedTimestamp: base64(stamp),
      }));
      return bundle;
    };
    const good = await ours.timestamp(signature);
    expect(verify(await given(good)).times).toHaveLength(1);
    refused(await given(good, good), 'timestamp_invalid');
    refused(await given(await ours.timestamp(Buffer.from('other'))), 'timestamp_invalid');
    refused(await given(await stranger.timestamp(signature)), 'timestamp_invalid');
    refused(await given(Buffer.from('no timestamp')), 'bundle_malformed');
  });

  test('an authority that had ended by then is not believed', () => {
    const root = copy(ours.root);
    root.timestampAuthorities[0].validFor.end = new Date(Date.now() - 60_000).toISOString();
    refused(bundleOf('message', 2), 'timestamp_invalid', { root });
  });
});

describe('what is signed', () => {
  test('a statement of another kind than asked for', () => {
    const expected = { ...EXPECTED, predicateType: 'https://example.org/other/v1' };
    refused(bundleOf('statement', 1), 'wrong_predicate', { expected });
    refused(bundleOf('message', 1), 'wrong_predicate', { expected });
    const right = { ...EXPECTED, predicateType: PREDICATE_TYPE };
    expect(verify(bundleOf('statement', 1), { expected: right }).checks).toContain('predicate');
  });

  test('a file of which nothing is known', () => {
    const expected = { identity: { subject: SUBJECT, issuer: ISSUER } };
    refused(bundleOf('message', 1), 'artifact_required', { expected });
    expect(verify(bundleOf('statement', 1), { expected }).checks).not.toContain('artifact');
  });
});

test.each(['tlogs', 'ctlogs', 'certificateAuthorities', 'timestampAuthorities'])(
  'a trusted root that does not say since when it believes its %s is none',
  (part) => {
    const root = copy(ours.root);
    const [one] = root[part];
    (one.publicKey ?? one).validFor = {};
    refused(bundleOf('message', 1), 'trusted_root_invalid', { root });
    (one.publicKey ?? one).validFor = { start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' };
    refused(bundleOf('message', 1), 'trusted_root_invalid', { root });
  },
);
