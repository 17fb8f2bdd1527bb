import { randomBytes } from 'node:crypto';
import type { TrustDeps } from '../../../activities/trust/deps.ts';
import { BUNDLE, type BundleIndex } from '../../../contracts/bundle.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { Order, TrustAction } from '../../../contracts/orders.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../../contracts/statements.ts';
import type { SetPolicy } from '../../../contracts/trust-policy.ts';
import type { RunIdentity } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { orderStatement } from '../../../domain/custody/order-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { attachStatement } from '../../../services/database/attached-statements.ts';
import type { Database } from '../../../services/database/database.ts';
import { recordOrder } from '../../../services/database/orders.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import {
  bytesOf,
  FINISHED,
  KEYS,
  makeIndex,
  provenanceOf,
  type TestKey,
  testKey,
} from '../../unit/domain/custody-fixture.ts';
import { toolRun } from '../../unit/domain/tool-run-fixture.ts';
import { testLog } from '../../unit/permit/log-fixture.ts';

export const OPERATOR = testKey('operator');
export const COLLEAGUE = testKey('evidence', 'acme');
export const SANDBOX = testKey('evidence', 'acme');
const hex = (bytes = 8) => randomBytes(bytes).toString('hex');

/** Trust with real keys, a real database and a real tree of hashes; only the time is ours. */
export function newTrust(database: Database, raw: Bucket) {
  const log = testLog();
  let time = new Date(FINISHED);
  const sandbox = { ...SANDBOX.trusted, environment: 'sandbox' as const };
  const deps: TrustDeps = {
    database,
    raw,
    permitSigner: { ...KEYS.permit.signer, publicKeyPem: KEYS.permit.trusted.public_key_pem },
    log,
    keySet: {
      schema: 'https://certus.dev/key-set/v1',
      keys: [
        ...[KEYS.evidence, COLLEAGUE, KEYS.permit, KEYS.promotion, OPERATOR].map(({ trusted }) => trusted),
        sandbox,
        log.trusted,
        // the API has no clock of ours: what it signs and shows today must hold whenever that is
      ].map((key) => ({ ...key, valid_until: null })),
    },
    permitLifetimeMs: 3_600_000,
    evidenceMaxAgeMs: 3_600_000,
    version: '1.0.0',
    now: () => time,
  };
  return { deps, log, setTime: (iso: string) => (time = new Date(iso)) };
}

export type Staged = {
  readonly run: RunIdentity;
  readonly bundle: { readonly prefix: string; readonly digest: string };
  readonly index: BundleIndex;
};

/** A bundle in staging, of a workspace of its own. */
export async function stage(
  raw: Bucket,
  changes: { key?: TestKey; verdict?: string; critical?: number; workspace?: string; finished?: string } = {},
): Promise<Staged> {
  const scope = { tenant: 'acme', workspace: changes.workspace ?? `w-${hex()}` };
  const testId = `test_${hex(12)}`;
  const documents: Record<string, string> = {
    [BUNDLE.findings]: '{"findings":[]}',
    [BUNDLE.scan]: JSON.stringify(scanDocument(scope.workspace, testId, changes.verdict ?? 'passed')),
    [BUNDLE.policyResult]: JSON.stringify(policyResult(changes.critical ?? 0)),
  };
  const index = makeIndex({
    workspace_id: scope.workspace,
    test_id: testId,
    files: Object.entries(documents).map(([path, text]) => ({
      path,
      sha256: sha256(text),
      size: text.length,
      media_type: 'application/json',
    })),
  });
  const prefix = rawPrefix(scope, testId);
  const put = (path: string, bytes: Uint8Array) =>
    raw.put(`${prefix}${path}`, bytes, { contentType: 'application/json' });
  for (const [path, text] of Object.entries(documents)) await put(path, Buffer.from(text));
  await put(BUNDLE.index, bytesOf(index));
  const provenance = provenanceOf(index, { completed_at: changes.finished ?? FINISHED });
  await put(BUNDLE.provenance, await sealStatement(provenance, (changes.key ?? KEYS.evidence).signer));
  const run = { scope, component: 'shop', assessment: 'default', testId };
  return { run, bundle: { prefix, digest: sha256(bytesOf(index)) }, index };
}

export async function order<A extends TrustAction>(
  database: Database,
  action: A,
  changes: { key?: TestKey; givenAt?: string } = {},
): Promise<{ order: Order; action: A }> {
  const given: Order = {
    id: `order_${hex(16)}`,
    tenant: 'acme',
    by: 'ada',
    given_at: changes.givenAt ?? FINISHED,
    expires_at: '2026-12-01T00:00:00.000Z',
    action,
  };
  const statement = await sealStatement(orderStatement(given), (changes.key ?? OPERATOR).signer);
  await recordOrder(database, {
    tenant: given.tenant,
    id: given.id,
    kind: action.kind,
    statement,
    givenBy: given.by,
    givenAt: new Date(given.given_at),
  });
  return { order: given, action };
}

export const policyOf = (
  workspace: string,
  rules: object,
  mode: SetPolicy['mode'] = 'enforced',
): SetPolicy => ({
  kind: 'set_policy',
  workspace,
  mode,
  policy: { schema: 'https://certus.dev/trust-policy/v1', name: 'p', ...rules } as SetPolicy['policy'],
});

/** A further signature under a bundle, as the API keeps it. */
export async function endorse(database: Database, { run, bundle }: Staged, key: TestKey): Promise<void> {
  const statement = await sealStatement(
    {
      _type: STATEMENT_TYPE,
      subject: [{ name: BUNDLE.index, digest: { sha256: bundle.digest } }],
      predicateType: PREDICATE.endorsement,
      predicate: {},
    },
    key.signer,
  );
  await attachStatement(database, run.scope, {
    testId: run.testId,
    digest: sha256(statement),
    predicateType: PREDICATE.endorsement,
    keyId: key.trusted.id,
    statement,
    attachedBy: 'ada',
    attachedAt: new Date(FINISHED),
  });
}

const scanDocument = (workspace: string, testId: string, verdict: string) => ({
  test_id: testId,
  workspace_id: workspace,
  component_id: 'shop',
  assessment_id: 'default',
  source_type: 'git',
  provenance_id: 'a'.repeat(40),
  source: 'https://git.example/shop',
  git_url: null,
  git_commit: null,
  branch: null,
  tag: null,
  directory_path: null,
  origin_digest: null,
  content_hash: 'b'.repeat(64),
  files: 1,
  bytes: 2,
  requested_by: null,
  profile: 'light',
  manifest_digest: 'c'.repeat(64),
  manifest_signed_by: null,
  verdict,
  tools: [toolRun('secrets'), toolRun('bandit', { outcome: 'failed' })],
  warnings: [],
  started_at: FINISHED,
  completed_at: FINISHED,
});

const policyResult = (critical: number) => ({
  passed: true,
  profile: 'light',
  gate_on: 'all',
  suppressions: 'count',
  thresholds: {},
  counts: { critical, high: 0, medium: 0, low: 0, info: 0 },
  counted: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  set_aside: { false_positive: critical, accepted: 0, suppressed: 0, not_new: 0 },
  baseline: null,
  changes: null,
  rules: [],
  violations: [],
});
