import { describe, expect, test } from '@jest/globals';
import type { BundleIndex } from '../../../contracts/bundle.ts';
import type { PermitFacts } from '../../../contracts/permission.ts';
import { TrustPolicy } from '../../../contracts/trust-policy.ts';
import { requireOwnBuild, requireOwnKind } from '../../../domain/custody/run-kind.ts';
import { judge } from '../../../domain/permit/judge.ts';
import { makeIndex, provenanceOf } from '../domain/custody-fixture.ts';

const file = (path: string) => ({ path, sha256: 'a'.repeat(64), size: 1, media_type: 'text/plain' });
const index = (testId: string, ...paths: string[]): BundleIndex =>
  makeIndex({ test_id: testId, files: paths.map(file) });
const DOCS = 'docs_0123456789ab';
const SCAN = 'test_0123456789ab';

describe('a bundle is what its id says', () => {
  test.each([
    ['documents with what is said about them', index(DOCS, 'intake.json', 'documents/a.md')],
    ['a scan', index(SCAN, 'scan.json', 'findings.json')],
  ])('%s', (_, good) => {
    expect(() => requireOwnKind(good)).not.toThrow();
  });

  test.each([
    ['a scan under the id of documents', index(DOCS, 'scan.json', 'findings.json')],
    ['documents under the id of a scan', index(SCAN, 'scan.json', 'documents/a.md')],
    ['documents beside evidence', index(DOCS, 'intake.json', 'scan.json', 'documents/a.md')],
    ['documents of which nobody says whose they are', index(DOCS, 'documents/a.md')],
    ['no document at all', index(DOCS, 'intake.json')],
  ])('and not %s', (_, wrong) => {
    expect(() => requireOwnKind(wrong)).toThrow(expect.objectContaining({ code: 'wrong_scope' }));
  });

  test('and its provenance is of the same kind', () => {
    const scan = index(SCAN, 'scan.json');
    const documents = index(DOCS, 'intake.json', 'documents/a.md');
    const ofScan = provenanceOf(scan);
    const { buildDefinition } = ofScan.predicate;
    const ofDocuments = {
      ...ofScan,
      predicate: {
        ...ofScan.predicate,
        buildDefinition: {
          ...buildDefinition,
          buildType: 'https://certus.dev/document-intake/v1' as const,
        },
      },
    };
    expect(() => requireOwnBuild(scan, ofScan)).not.toThrow();
    expect(() => requireOwnBuild(documents, ofDocuments)).not.toThrow();
    expect(() => requireOwnBuild(documents, ofScan)).toThrow(/another kind/);
    expect(() => requireOwnBuild(scan, ofDocuments)).toThrow(/another kind/);
  });
});

describe('a policy', () => {
  const policy = TrustPolicy.parse({
    schema: 'https://certus.dev/trust-policy/v1',
    name: 'strict',
    gate: 'passed',
    thresholds: { critical: 0 },
    required_kinds: ['sast'],
  });
  const facts: PermitFacts = {
    schema: 'https://certus.dev/permit-facts/v1',
    component: 'shop',
    bundle_digest: 'a'.repeat(64),
    provenance_digest: 'b'.repeat(64),
    integrity: null,
    request: null,
    signature: null,
    signers: [{ key_id: '1'.repeat(32), environment: 'production', as: 'evidence' }],
    finished_on: '2026-06-01T12:00:00.000Z',
    gate: null,
    counts: null,
    kinds: [],
    statements: [],
    ignored: [],
    max_age_hours: 24,
  };
  const asked = { tier: 'verified', destinations: ['golden'], at: new Date('2026-06-01T12:01:00Z') } as const;
  const judged = (those: PermitFacts, rules = policy) =>
    judge(rules, { facts: those, predicates: new Map() }, asked).violations.map(({ rule }) => rule);

  test('asks of documents nothing that only a scan answers', () => {
    expect(judged({ ...facts, documents: 3 })).toEqual([]);
  });

  test('asks it of everything else, and of documents everything else', () => {
    expect(judged(facts)).toEqual(['gate', 'threshold:critical', 'kind:sast']);
    const stranger = { ...facts, documents: 3, signers: [] };
    expect(judged(stranger)).toContain('signer_environment');
    const asking = TrustPolicy.parse({ ...policy, required_statements: [{ predicate_type: 'urn:x' }] });
    expect(judged({ ...facts, documents: 3 }, asking)).toEqual(['statement:urn:x']);
  });
});
