import { describe, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { Provenance, ProvenanceGraph } from '../../../contracts/provenance.ts';
import { chainAnswer, UNASKED } from '../../../domain/provenance/chain-answer.ts';
import { inspectChain } from '../../../domain/provenance/inspect-chain.ts';
import { judgeChain } from '../../../domain/provenance/judge-chain.ts';
import { digestsOf } from '../../../domain/provenance/known-digests.ts';
import { provenanceDocument } from '../../../domain/provenance/provenance-document.ts';
import { provenanceGraph } from '../../../domain/provenance/provenance-graph.ts';
import { KEY_SET, KEYS, makeIndex, RUN, tampered } from '../domain/custody-fixture.ts';
import {
  factsOf,
  LOG_KEY,
  type Made,
  makeChain,
  PERMIT_ID,
  PINNED,
  permitFact,
  withKey,
} from './chain-fixture.ts';

const BYPASS = {
  order_id: `order_${'2'.repeat(32)}`,
  by: 'ada',
  reason: 'the release cannot wait',
  until: '2026-06-02T12:00:00.000Z',
  instead_of: { reason: null, violations: [] },
};

const judged = (made: Made | null, keySet = PINNED, changes = {}) => {
  const { status, level, reasons } = judgeChain(factsOf(made, keySet, changes));
  return { status, level, codes: reasons.map(({ code }) => code) };
};
const states = (made: Made, keySet = PINNED) =>
  Object.fromEntries(
    inspectChain(made, keySet).links.map(({ link, state, fault }) => [link, fault?.code ?? state]),
  );

describe('the five scenarios of old, with real signatures', () => {
  test('a verified scan', async () => {
    const made = await makeChain();
    expect(states(made)).toEqual({
      files: 'holds',
      inner_signature: 'holds',
      permit: 'holds',
      log: 'holds',
      promotion: 'holds',
    });
    expect(judged(made)).toEqual({ status: 'complete', level: 'high', codes: ['verified'] });
  });

  test('a basic scan that nobody trusted has signed', async () => {
    const made = await makeChain({ signer: KEYS.stranger, tier: 'basic' });
    expect(judged(made)).toEqual({
      status: 'partial',
      level: 'low',
      codes: ['signer_not_verified', 'tier_basic'],
    });
  });

  test('a tampered scan', async () => {
    const made = await makeChain();
    made.files.set('findings.json', { sha256: 'f'.repeat(64), size: 8 });
    expect(judged(made)).toEqual({ status: 'broken', level: 'untrusted', codes: ['hash_mismatch'] });
  });

  test('a certificate that had expired', async () => {
    const made = await makeChain();
    const expired = withKey(KEYS.evidence.trusted.id, {
      valid_until: '2026-05-01T00:00:00.000Z',
      certificate_pem: '-----BEGIN CERTIFICATE-----',
    });
    expect(judged(made, expired)).toEqual({
      status: 'broken',
      level: 'untrusted',
      codes: ['certificate_expired'],
    });
  });

  test('a signer that is not ours', async () => {
    const made = await makeChain({ signer: KEYS.stranger, through: 'evidence' });
    const denied = permitFact({ permitted: false, reason: 'invalid_signer', detail: 'no such key' });
    expect(judged(made, PINNED, { permits: [denied] })).toMatchObject({
      status: 'broken',
      level: 'untrusted',
      codes: ['untrusted_signer', 'invalid_signer', 'denied'],
    });
  });
});

describe('how far it is trusted', () => {
  test('a sandbox key is worth less', async () => {
    const sandbox = withKey(KEYS.evidence.trusted.id, { environment: 'sandbox' });
    expect(judged(await makeChain(), sandbox)).toMatchObject({ level: 'medium', codes: ['sandbox_key'] });
  });

  test('so is a chain that no log can know', async () => {
    expect(judged(await makeChain(), KEY_SET)).toMatchObject({
      status: 'complete',
      level: 'medium',
      codes: ['no_log'],
    });
  });

  test('and one that a policy in shadow would have refused', async () => {
    const permits = [permitFact({ shadowDenied: true })];
    expect(judged(await makeChain(), PINNED, { permits })).toMatchObject({ level: 'medium' });
  });

  test('what an administrator let pass is low, whoever signed', async () => {
    const made = await makeChain({ tier: 'basic', bypass: BYPASS });
    expect(judged(made)).toMatchObject({ status: 'complete', level: 'low' });
    expect(judged(made).codes).toContain('bypassed');
  });

  test.each([
    ['evidence', ['not_permitted']],
    ['permit', ['not_promoted']],
  ] as const)(
    'a chain that goes as far as %s is partial, and says what is missing',
    async (through, codes) => {
      expect(judged(await makeChain({ through }))).toEqual({ status: 'partial', level: 'low', codes });
    },
  );

  test('a run without evidence yet is no more than that', () => {
    expect(judged(null)).toEqual({ status: 'partial', level: 'low', codes: ['no_evidence'] });
  });

  test('a revoked key makes the whole untrusted, also what had been permitted', async () => {
    const revoked = withKey(KEYS.evidence.trusted.id, {
      revoked: { at: '2026-06-02T00:00:00.000Z', reason: 'key_compromise', invalid_since: null },
    });
    const made = await makeChain();
    expect(judged(made, revoked)).toMatchObject({ status: 'broken', level: 'untrusted' });
    const later = withKey(KEYS.evidence.trusted.id, {
      revoked: {
        at: '2026-06-02T00:00:00.000Z',
        reason: 'superseded',
        invalid_since: '2026-06-02T00:00:00.000Z',
      },
    });
    expect(judged(made, later)).toMatchObject({ level: 'high' });
  });

  test('so does one that was lost before the permit, though the evidence claims an earlier time', async () => {
    const lost = withKey(KEYS.evidence.trusted.id, {
      revoked: {
        at: '2026-06-02T00:00:00.000Z',
        reason: 'key_compromise',
        invalid_since: '2026-06-01T12:00:30.000Z',
      },
    });
    const made = await makeChain();
    expect(judged(made, lost)).toMatchObject({ status: 'broken', level: 'untrusted' });
    const { links } = inspectChain(made, lost);
    expect(links.find(({ link }) => link === 'inner_signature')?.fault?.code).toBe('key_revoked');
    expect(links.find(({ link }) => link === 'permit')?.state).toBe('holds');
  });

  test('the mark on a permit counts although every signature holds', async () => {
    const taint = { key_id: 'a'.repeat(32), at: 'x', reason: 'key_compromise' as const, invalid_since: null };
    const permits = [permitFact({ tainted: [taint] })];
    expect(judged(await makeChain(), PINNED, { permits })).toMatchObject({
      level: 'untrusted',
      codes: ['key_revoked'],
    });
  });

  test('what is in quarantine is untrusted, and is not taken for lost', async () => {
    const made = await makeChain({ through: 'permit' });
    const quarantine = { at: '2026-06-02T00:00:00.000Z', signer: 'k', detail: 'in quarantine' };
    const { status, level, codes } = judged(made, PINNED, { quarantine });
    expect({ status, level }).toEqual({ status: 'partial', level: 'untrusted' });
    expect(codes).toContain('quarantined');
    expect(codes).not.toContain('golden_missing');
  });
});

describe('what does not hold is not hidden by what does', () => {
  test.each([BUNDLE.permit, BUNDLE.promotion])(
    'golden without %s is broken, and not merely unfinished',
    async (path) => {
      const made = await makeChain();
      made.statements.delete(path);
      expect(judged(made, PINNED, { store: 'golden' })).toMatchObject({
        status: 'broken',
        level: 'untrusted',
      });
    },
  );

  test('a permit without a proof that the log knows it is broken', async () => {
    const made = await makeChain();
    made.statements.delete(BUNDLE.permitProof);
    expect(states(made)).toMatchObject({ permit: 'holds', log: 'log_proof_invalid' });
    expect(judged(made)).toMatchObject({ status: 'broken' });
  });

  test('a permit under a stranger’s key, a promotion under the permit’s', async () => {
    const made = await makeChain();
    const hint = (keyId: string) => (path: string) => {
      const bytes = made.statements.get(path) ?? Buffer.of();
      made.statements.set(
        path,
        tampered(bytes, (bundle) => {
          bundle.verificationMaterial.publicKey.hint = keyId;
        }),
      );
    };
    hint(KEYS.stranger.signer.keyId)(BUNDLE.permit);
    hint(KEYS.permit.signer.keyId)(BUNDLE.promotion);
    expect(states(made)).toMatchObject({ permit: 'untrusted_signer', promotion: 'missing_file' });
  });

  test('a tampered file leaves the signatures standing, and each is told by itself', async () => {
    const made = await makeChain();
    made.files.delete('scan.json');
    expect(states(made)).toMatchObject({
      files: 'missing_file',
      inner_signature: 'holds',
      promotion: 'holds',
    });
  });

  test('an index that is none breaks every link that leans on it, and throws nothing', async () => {
    const made = await makeChain();
    made.indexBytes = Buffer.from('{');
    expect(states(made)).toMatchObject({
      files: 'malformed',
      inner_signature: 'malformed',
      permit: 'malformed',
    });
    expect(judged(made)).toMatchObject({ level: 'untrusted' });
  });

  test('another bundle under the name of the run', async () => {
    const other = await makeChain({
      index: makeIndex({ files: [makeIndex().files[0]].flatMap((f) => f ?? []) }),
    });
    expect(judged(other).codes).toContain('bundle_replaced');
  });

  test('the bundle of another run', async () => {
    const index = makeIndex({ test_id: 'test_ba9876543210' });
    expect(judged(await makeChain({ index })).codes).toContain('wrong_scope');
  });

  test('a wrong signature is not what a basic permit forgives', async () => {
    const made = await makeChain({ tier: 'basic' });
    const bytes = made.statements.get(BUNDLE.provenance) ?? Buffer.of();
    made.statements.set(
      BUNDLE.provenance,
      tampered(bytes, ({ dsseEnvelope }) => {
        dsseEnvelope.payload = Buffer.from('{}').toString('base64');
      }),
    );
    expect(judged(made)).toMatchObject({ status: 'broken', level: 'untrusted' });
  });

  test('golden that shows nothing of what the run says', async () => {
    const made = await makeChain({ through: 'permit' });
    const facts = factsOf(made);
    const run = { ...facts.run, goldenManifest: '/objects/golden/manifest' };
    expect(judged(made, PINNED, { run }).codes).toContain('golden_missing');
  });

  test('files that nobody has read are not said to hold', async () => {
    const made = await makeChain();
    made.unread = 'too large';
    expect(judged(made)).toMatchObject({ status: 'partial', codes: ['files_not_read'] });
  });
});

describe('what is answered', () => {
  test('the document says who signed and who verified only while they hold', async () => {
    const made = await makeChain();
    const document = provenanceDocument(factsOf(made));
    expect(Provenance.parse(document)).toEqual(document);
    expect(document.verification_trail.map(({ timestamp }) => timestamp)).toEqual(
      document.verification_trail.map(({ timestamp }) => timestamp).toSorted(),
    );
    expect(document.links.find(({ link }) => link === 'inner_signature')?.signer).toBe(
      KEYS.evidence.signer.keyId,
    );
  });

  test('no edge of the graph leads into nothing', async () => {
    const graph = provenanceGraph(
      factsOf(await makeChain(), PINNED, {
        attached: [
          { digest: 'd'.repeat(64), predicateType: 'https://x', keyId: 'k', attachedAt: 'x', fault: 'no' },
        ],
        quarantine: { at: null, signer: null, detail: 'in quarantine' },
        log: [
          {
            index: 0,
            entryId: 'e'.repeat(64),
            entry: {
              v: 1,
              kind: 'permit',
              tenant: RUN.tenant,
              workspace: RUN.workspace,
              test_id: RUN.testId,
              name: PERMIT_ID,
              digest: 'd'.repeat(64),
              subjects: [],
              signer: null,
              at: '2026-06-01T12:01:00.000Z',
              note: null,
            },
          },
        ],
      }),
    );
    expect(ProvenanceGraph.parse(graph)).toEqual(graph);
    const ids = new Set(graph.nodes.map(({ id }) => id));
    expect(ids.size).toBe(graph.nodes.length);
    for (const { from, to } of graph.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    const relations = graph.edges.map(({ relation }) => relation);
    for (const relation of ['made', 'permits', 'promotes', 'withdraws', 'records', 'signed_by'])
      expect(relations).toContain(relation);
  });

  test('a chain is verified only when all of it is', async () => {
    const asked = { workspace_id: 'web' };
    const good = chainAnswer(factsOf(await makeChain()), UNASKED, asked);
    expect(good).toMatchObject({
      chain_verified: true,
      inner_signature_valid: true,
      outer_signature_valid: true,
      signer_inner: KEYS.evidence.signer.keyId,
      signer_outer: KEYS.permit.signer.keyId,
      artifact_locations: { s3_valid: true, registry_valid: null, content_identical: null },
      non_repudiation: { trust_verified: true, timestamp_authority: null },
    });
    const other = { valid: false, digestsMatch: false, contentIdentical: false };
    expect(chainAnswer(factsOf(await makeChain()), other, asked).chain_verified).toBe(false);
    const cut = chainAnswer(factsOf(await makeChain({ through: 'permit' })), UNASKED, asked);
    expect(cut).toMatchObject({ chain_verified: false, chain_unbroken: false, outer_signature_valid: true });
    const none = chainAnswer(factsOf(null), UNASKED, asked);
    expect(none).toMatchObject({
      chain_verified: false,
      inner_signature_valid: false,
      signer_inner: null,
      artifact_locations: { s3_valid: false },
    });
  });

  test('what the caller says of signers is compared, and never believed', async () => {
    const facts = factsOf(await makeChain());
    const wrong = chainAnswer(facts, UNASKED, {
      workspace_id: 'web',
      signatures: { inner: { signer: 'somebody' }, outer: { signer: KEYS.permit.signer.keyId } },
      sigstore_entry_id: 'e'.repeat(64),
    });
    expect(wrong.chain_verified).toBe(false);
    expect(wrong.contradictions).toHaveLength(2);
    const right = { inner: { signer: KEYS.evidence.signer.keyId, verified: false } };
    expect(chainAnswer(facts, UNASKED, { workspace_id: 'web', signatures: right }).chain_verified).toBe(true);
  });
});

test('a run is known by its bundle, its files, its statements and what was looked at', async () => {
  const made = await makeChain();
  const { provenance: statement, index, bundleDigest } = inspectChain(made, PINNED);
  const provenance = statement?.predicate ?? null;
  if (index === null) throw new Error('the fixture does not hold');
  const provenanceDigest = 'd'.repeat(64);
  const known = digestsOf({ index, bundleDigest, provenanceDigest, provenance });
  expect(known).toContainEqual({ sha256: bundleDigest, kind: 'bundle', name: BUNDLE.index });
  expect(known).toContainEqual({ sha256: provenanceDigest, kind: 'statement', name: BUNDLE.provenance });
  expect(known).toContainEqual({ sha256: 'c'.repeat(64), kind: 'manifest', name: 'manifest' });
  expect(known).toContainEqual({ sha256: 'b'.repeat(64), kind: 'source', name: 'source/contentHash' });
  expect(known.filter(({ kind }) => kind === 'file')).toHaveLength(index.files.length);
  expect(
    digestsOf({ index, bundleDigest, provenanceDigest, provenance: null }).map(({ kind }) => kind),
  ).not.toContain('source');
});

test('the log of these tests is one that is pinned', () => {
  expect(PINNED.keys).toContain(LOG_KEY.trusted);
});
