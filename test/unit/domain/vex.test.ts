import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Triage } from '../../../contracts/triage.ts';
import { toOpenVex, type VexMeta } from '../../../domain/vex/openvex.ts';
import { aFinding } from './finding-examples.ts';

/** What OpenVEX 0.2.0 asks of a document, with nothing that it does not know. */
const Identified = { '@id': z.url({ protocol: /^(pkg|urn|https)$/ }) };
const Statement = z
  .strictObject({
    vulnerability: z.strictObject({
      '@id': z.string().optional(),
      name: z.string().min(1),
      description: z.string().optional(),
      aliases: z.array(z.string()).optional(),
    }),
    timestamp: z.iso.datetime(),
    products: z
      .array(z.strictObject({ ...Identified, subcomponents: z.array(z.strictObject(Identified)).optional() }))
      .min(1),
    status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
    status_notes: z.string().optional(),
    justification: z
      .enum([
        'component_not_present',
        'vulnerable_code_not_present',
        'vulnerable_code_not_in_execute_path',
        'vulnerable_code_cannot_be_controlled_by_adversary',
        'inline_mitigations_already_exist',
      ])
      .optional(),
    impact_statement: z.string().optional(),
    action_statement: z.string().optional(),
  })
  .refine(
    ({ status, justification, impact_statement }) =>
      status !== 'not_affected' || justification || impact_statement,
  )
  .refine(({ status, action_statement }) => status !== 'affected' || action_statement);
const OpenVex = z.strictObject({
  '@context': z.literal('https://openvex.dev/ns/v0.2.0'),
  '@id': z.url(),
  author: z.string().min(1),
  timestamp: z.iso.datetime(),
  version: z.number().int().min(1),
  tooling: z.string().optional(),
  statements: z.array(Statement),
});

const META: VexMeta = {
  id: 'https://certus.example/vex/1',
  author: 'ops',
  timestamp: '2026-06-01T00:00:00Z',
  product: 'pkg:generic/shop@abc',
};
const fingerprint = 'a'.repeat(64);
const decision = (more: Partial<Triage> = {}): Triage => ({
  fingerprint,
  state: 'open',
  reason: 'because',
  actor: 'robin',
  until: null,
  decided_at: '2026-05-01T00:00:00Z',
  ...more,
});
const vulnerability = aFinding({
  fingerprint,
  kind: 'vulnerability',
  identifiers: ['CVE-2021-23337', 'CWE-94', 'GHSA-35jh-r3h4-6jhm'],
  package: { name: 'lodash', version: '4.17.20', purl: 'pkg:npm/lodash@4.17.20' },
});
const written = (decisions: Triage[], findings = [vulnerability], meta = META) =>
  OpenVex.parse(toOpenVex(decisions, findings, meta));
const statementOf = (more: Partial<Triage>, meta = META) =>
  written([decision(more)], [vulnerability], meta).statements[0];

describe('a decision becomes a status', () => {
  test.each([
    [
      'false positive',
      { state: 'false_positive' },
      { status: 'not_affected', impact_statement: 'because (robin)' },
    ],
    [
      'false positive in the words of the standard',
      { state: 'false_positive', reason: 'inline_mitigations_already_exist: proxy' },
      { justification: 'inline_mitigations_already_exist' },
    ],
    [
      'accepted',
      { state: 'accepted', until: '2026-07-01T00:00:00Z' },
      { status: 'affected', action_statement: 'Accepted until 2026-07-01T00:00:00Z: because (robin)' },
    ],
    [
      'accepted until a day that has passed',
      { state: 'accepted', until: '2026-05-31T00:00:00Z' },
      { status: 'under_investigation' },
    ],
    ['fixed', { state: 'fixed' }, { status: 'fixed' }],
    ['open', { state: 'open' }, { status: 'under_investigation' }],
    [
      'anything, without a reason',
      { state: 'false_positive', reason: ' ' },
      { impact_statement: 'decided by robin' },
    ],
  ] as const)('%s', (_, more, expected) => {
    expect(statementOf(more)).toMatchObject(expected);
  });

  test('called fixed and found all the same, it is not fixed', () => {
    expect(statementOf({ state: 'fixed' }, { ...META, present: new Set([fingerprint]) })).toMatchObject({
      status: 'affected',
    });
  });
});

test('a vulnerability goes by its best known name, in the package that has it', () => {
  expect(statementOf({})).toMatchObject({
    vulnerability: { name: 'CVE-2021-23337', aliases: ['GHSA-35jh-r3h4-6jhm'] },
    products: [{ '@id': 'pkg:generic/shop@abc', subcomponents: [{ '@id': 'pkg:npm/lodash@4.17.20' }] }],
    timestamp: '2026-05-01T00:00:00Z',
  });
});

test('a decision is known by any source of its finding, and none is lost', () => {
  const other = 'b'.repeat(64);
  const merged = {
    ...vulnerability,
    sources: [...vulnerability.sources, { tool: 'grype', rule: 'r', fingerprint: other }],
  };
  const names = written(
    [
      decision({ fingerprint: other }),
      decision({ fingerprint: 'c'.repeat(64) }),
      decision({ fingerprint: 'd'.repeat(64) }),
    ],
    [merged, aFinding({ fingerprint: 'c'.repeat(64), tool: 'bandit', rule: 'B602' })],
  ).statements.map(({ vulnerability: { name } }) => name);
  expect(names).toEqual(['CVE-2021-23337', 'bandit/B602', 'd'.repeat(64)]);
});

test.each([
  ['because', undefined],
  ['component_not_present', 'component_not_present'],
  ['vulnerable_code_not_in_execute_path: behind a flag', 'vulnerable_code_not_in_execute_path'],
  ['nobody can say vulnerable_code_not_present here', undefined],
  ['vulnerable_code_not_present_i_think', undefined],
])('why it is a false positive is only claimed in the words of the standard: %s', (reason, expected) => {
  expect(statementOf({ state: 'false_positive', reason })?.justification).toBe(expected);
});

describe('of several decisions about one finding', () => {
  const [other, former] = ['b'.repeat(64), 'c'.repeat(64)];
  const known = {
    ...vulnerability,
    sources: [...vulnerability.sources, { tool: 'grype', rule: 'r', fingerprint: other }],
    former_fingerprints: [former],
  };
  const now = decision({ state: 'open', decided_at: '2026-01-01T00:00:00Z' });
  const atOther = decision({ state: 'false_positive', fingerprint: other });
  const atFormer = decision({ state: 'accepted', fingerprint: former });

  test.each([
    [[now, atOther, atFormer], 'under_investigation'],
    [[atOther, now, atFormer], 'not_affected'],
    [[atFormer, atOther, now], 'affected'],
  ] as const)('only the one that was made last is told, whatever the clocks say', (decisions, status) => {
    expect(written([...decisions], [known]).statements).toMatchObject([
      { status, vulnerability: { '@id': `urn:certus:finding:${fingerprint}` } },
    ]);
  });

  test('what was called fixed under a former name and is still found, is not fixed', () => {
    const fixed = [decision({ state: 'fixed', fingerprint: former })];
    const found = { ...META, present: new Set([fingerprint]) };
    expect(written(fixed, [known], found).statements).toMatchObject([{ status: 'affected' }]);
    expect(written(fixed, [known]).statements).toMatchObject([{ status: 'fixed' }]);
  });
});

test('the same decisions give the same document', () => {
  const decisions = ['c', 'a', 'b'].map((letter) => decision({ fingerprint: letter.repeat(64) }));
  expect(toOpenVex(decisions.toReversed(), [], META)).toEqual(toOpenVex(decisions, [], META));
});
