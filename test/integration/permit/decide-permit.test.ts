// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { breakGlass } from '../../../activities/trust/permit/break-glass.ts';
import { decidePermit } from '../../../activities/trust/permit/decide-permit.ts';
import { setPolicy } from '../../../activities/trust/permit/set-policy.ts';
import { usePermit } from '../../../activities/trust/permit/use-permit.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { PermitFacts } from '../../../contracts/permission.ts';
import { PermitStatement } from '../../../contracts/statements.ts';
import { TrustPolicy } from '../../../contracts/trust-policy.ts';
import type { PermitAsk } from '../../../contracts/workflows.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { requireLogged } from '../../../domain/custody/permit-entry.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findPermit, type PermitRecord, recordPermit } from '../../../services/database/permits.ts';
import { addPolicyVersion } from '../../../services/database/trust-policies.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { FINISHED, KEYS } from '../../unit/domain/custody-fixture.ts';
import {
  COLLEAGUE,
  endorse,
  newTrust,
  order,
  policyOf,
  SANDBOX,
  type Staged,
  stage,
} from './trust-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-permit-'));
let database: Database;
let raw: Bucket;
let trust: ReturnType<typeof newTrust>;

beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
  raw = await openDirectoryStore(folder).bucket('raw');
});
beforeEach(() => {
  trust = newTrust(database, raw);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

const decide = ({ run, bundle }: Staged, ask?: PermitAsk) => decidePermit(trust.deps, run, bundle, ask);
const asking = (changes: Partial<PermitAsk> = {}): PermitAsk => ({
  ground: 'request_1',
  tier: 'verified',
  destinations: ['golden', 'oci'],
  signer: null,
  artifacts: [],
  ...changes,
});
const rowOf = async ({ run }: Staged, id: string): Promise<PermitRecord> => {
  const row = await findPermit(database, run.scope, id);
  if (row === undefined) throw new Error('no such permit');
  return row;
};
const termsOf = (row: PermitRecord) => opened(row).statement.predicate;
const opened = (row: PermitRecord) =>
  openStatement(row.statement ?? new Uint8Array(), {
    schema: PermitStatement,
    role: 'permit',
    tenant: 'acme',
    keySet: trust.deps.keySet,
    madeAt: ({ predicate }) => predicate.timeVerified,
  });
const filesOf = ({ index }: Staged) =>
  index.files.map(({ path, sha256, size }) => ({ name: path, sha256, size }));
const alter = ({ bundle }: Staged) =>
  raw.put(`${bundle.prefix}${BUNDLE.findings}`, Buffer.from('{"findings":[1]}'), {
    contentType: 'application/json',
  });
const set = async (
  workspace: string,
  rules: object,
  mode: 'enforced' | 'shadow' = 'enforced',
  givenAt = FINISHED,
) => {
  const given = policyOf(workspace, rules, mode);
  const made = await order(database, { ...given, policy: TrustPolicy.parse(given.policy) }, { givenAt });
  return { ...made, result: await setPolicy(trust.deps, made.order, made.action) };
};

describe('a decision', () => {
  test('is signed, kept with what it rests on, and proved to be in the log', async () => {
    const staged = await stage(raw, { verdict: 'failed', critical: 3 });
    const { permitId, permitted } = await decide(staged);
    const row = await rowOf(staged, permitId);
    expect(permitted).toBe(true);
    expect(PermitFacts.parse(row.facts)).toMatchObject({
      component: 'shop',
      gate: 'failed',
      counts: { critical: 3 },
      kinds: ['secrets'],
      signers: [{ key_id: KEYS.evidence.trusted.id, as: 'evidence' }],
    });
    expect(termsOf(row)).toMatchObject({
      verifiedLevels: ['CERTUS_HASHES_MATCH', 'CERTUS_EVIDENCE_INTACT', 'CERTUS_POLICY_PASSED'],
      certus_permit: { id: permitId, tier: 'verified', destinations: ['golden', 'oci'] },
    });
    requireLogged(row.statement!, opened(row), row.logProof, trust.deps.keySet);
  });

  test('that says no is logged with its reason', async () => {
    const staged = await stage(raw);
    await alter(staged);
    const decision = await decide(staged);
    expect(decision).toMatchObject({ permitted: false, reason: 'hash_mismatch' });
    const row = await rowOf(staged, decision.permitId);
    expect(row).toMatchObject({ statement: null, logProof: null });
    expect(trust.log.entries[Number(row.logIndex)]).toMatchObject({
      kind: 'denial',
      name: decision.permitId,
      note: 'hash_mismatch',
    });
  });

  test('stands, however often it is asked for and by how many at once', async () => {
    const staged = await stage(raw);
    const answers = await Promise.all([decide(staged), decide(staged), decide(staged)]);
    await alter(staged);
    expect(new Set([...answers, await decide(staged)].map(({ permitId }) => permitId)).size).toBe(1);
    expect(trust.log.entries.filter(({ test_id }) => test_id === staged.run.testId)).toHaveLength(1);
  });

  test('that a crash kept from the log is completed by the next attempt', async () => {
    const staged = await stage(raw);
    const log = { append: () => Promise.reject(new CertusError('dependency_unavailable', 'no log')) };
    await expect(decidePermit({ ...trust.deps, log }, staged.run, staged.bundle)).rejects.toThrow('no log');
    const { permitId } = await decide(staged);
    expect((await rowOf(staged, permitId)).logProof).toContain('c2sp.org/tlog-proof@v1');
  });

  test.each([
    ['a stranger', KEYS.stranger, 'invalid_signer'],
    ['another tenant', KEYS.otherTenant, 'invalid_signer'],
  ])('denies what %s has signed', async (_, key, reason) => {
    expect(await decide(await stage(raw, { key }))).toMatchObject({ permitted: false, reason });
  });

  test('denies what a revoked key has signed', async () => {
    const revoked = { at: FINISHED, reason: 'key_compromise', invalid_since: null } as const;
    const keys = trust.deps.keySet.keys.map((key) =>
      key.id === KEYS.evidence.trusted.id ? { ...key, revoked } : key,
    );
    const { run, bundle } = await stage(raw);
    const deps = { ...trust.deps, keySet: { ...trust.deps.keySet, keys } };
    expect(await decidePermit(deps, run, bundle)).toMatchObject({ reason: 'key_revoked' });
  });

  test('denies an empty staging, another bundle than was meant, and one of another run', async () => {
    const staged = await stage(raw);
    const nothing = { prefix: `${staged.bundle.prefix}none/`, digest: staged.bundle.digest };
    expect(await decide({ ...staged, bundle: nothing })).toMatchObject({ reason: 'no_artifacts' });
    const other = await stage(raw);
    const digest = 'f'.repeat(64);
    expect(await decide({ ...other, bundle: { ...other.bundle, digest } })).toMatchObject({
      reason: 'hash_mismatch',
    });
    const third = await stage(raw);
    const run = { ...third.run, testId: 'test_ffffffffffff' };
    expect(await decide({ ...third, run })).toMatchObject({ reason: 'evidence_invalid' });
  });

  test('is not made from a row that somebody else wrote: it is neither logged nor answered with', async () => {
    const [good, staged] = [await stage(raw), await stage(raw)];
    const { permitId } = await decide(good);
    const { statement } = await rowOf(good, permitId);
    for (const forged of [statement, new Uint8Array([1]), null]) {
      const id = `permit_${'f'.repeat(32)}`;
      await database.client.permit.deleteMany({ where: { ...staged.run.scope, id } });
      await recordPermit(database, staged.run.scope, {
        id,
        ground: 'run',
        testId: staged.run.testId,
        bundleDigest: staged.bundle.digest,
        tier: 'verified',
        permitted: true,
        reason: null,
        detail: null,
        violations: [],
        facts: null,
        shadow: null,
        bypass: null,
        policyDigest: null,
        statement: forged,
        decidedAt: new Date(FINISHED),
        expiresAt: new Date('2026-06-02T00:00:00.000Z'),
      });
      await expect(decide(staged)).rejects.toMatchObject({ code: 'permit_invalid' });
      await expect(usePermit(trust.deps, staged.run, staged.bundle, id)).rejects.toMatchObject({
        code: 'permit_invalid',
      });
    }
    expect(trust.log.entries.some(({ test_id }) => test_id === staged.run.testId)).toBe(false);
  });
});

describe('a question that somebody asks', () => {
  test('has its own answer, the same for the same question', async () => {
    const staged = await stage(raw);
    const ask = asking({ artifacts: filesOf(staged), signer: KEYS.evidence.trusted.id });
    const [first, again, own] = [await decide(staged, ask), await decide(staged, ask), await decide(staged)];
    expect(first).toMatchObject({ permitted: true });
    expect(again).toEqual(first);
    expect(own.permitId).not.toBe(first.permitId);
  });

  test.each([
    ['no files', { artifacts: [] }, 'no_artifacts'],
    [
      'a file that is not there',
      { artifacts: [{ name: 'x', sha256: 'f'.repeat(64), size: null }] },
      'hash_mismatch',
    ],
    [
      'other bytes',
      { artifacts: [{ name: BUNDLE.findings, sha256: 'f'.repeat(64), size: null }] },
      'hash_mismatch',
    ],
    ['another signer', { signer: 'b'.repeat(32) }, 'invalid_signer'],
  ])('with %s is denied', async (_, changes, reason) => {
    const staged = await stage(raw);
    const ask = asking({ artifacts: filesOf(staged), ...changes });
    expect(await decide(staged, ask)).toMatchObject({ permitted: false, reason });
  });

  test('for hashes alone gets a permit that says so, where the policy lets it, and else is raised', async () => {
    const unsigned = await stage(raw, { key: KEYS.stranger });
    const ask = asking({ tier: 'basic', artifacts: filesOf(unsigned) });
    expect(await decide(unsigned, ask)).toMatchObject({ permitted: false, reason: 'invalid_signer' });
    await set(unsigned.run.scope.workspace, { minimum_tier: 'basic' });
    const again = { ...ask, ground: 'request_2', destinations: ['golden' as const] };
    const { permitId, permitted } = await decide(unsigned, again);
    expect(permitted).toBe(true);
    expect(termsOf(await rowOf(unsigned, permitId))).toMatchObject({
      verifiedLevels: ['CERTUS_HASHES_MATCH'],
      certus_permit: { tier: 'basic', destinations: ['golden'] },
    });
  });
});

describe('a policy', () => {
  test('of the workspace counts before that of all, and both before the built-in one', async () => {
    const [bad, other] = [await stage(raw, { verdict: 'failed' }), await stage(raw, { verdict: 'failed' })];
    await set(bad.run.scope.workspace, { gate: 'passed' });
    expect(await decide(bad)).toMatchObject({ permitted: false, reason: 'policy_violation' });
    expect(await decide(other)).toMatchObject({ permitted: true });
  });

  test('asks for several keys: the evidence and its endorsements, each key once', async () => {
    const staged = await stage(raw);
    await set(staged.run.scope.workspace, { signers: { at_least: 2 } });
    const at = (ground: string) => decide(staged, asking({ ground, artifacts: filesOf(staged) }));
    expect(await at('one')).toMatchObject({ reason: 'policy_violation' });
    await endorse(database, staged, KEYS.evidence);
    await endorse(database, staged, KEYS.stranger);
    await endorse(database, staged, SANDBOX);
    expect(await at('two')).toMatchObject({ reason: 'policy_violation' });
    await endorse(database, staged, COLLEAGUE);
    const { permitId, permitted } = await at('three');
    expect(permitted).toBe(true);
    const row = await rowOf(staged, permitId);
    expect(termsOf(row).inputAttestations).toHaveLength(4);
    expect(PermitFacts.parse(row.facts).ignored).toMatchObject([{ code: 'untrusted_signer' }]);
  });

  test('that is only tried changes nothing and is written down', async () => {
    const staged = await stage(raw, { critical: 1 });
    await set(staged.run.scope.workspace, { thresholds: { critical: 0 } }, 'shadow');
    const { permitId, permitted } = await decide(staged);
    expect(permitted).toBe(true);
    expect((await rowOf(staged, permitId)).shadow).toMatchObject({
      permitted: false,
      violations: [{ rule: 'threshold:critical' }],
    });
  });

  test('is set once for one order, as the next version, and logged', async () => {
    const { run } = await stage(raw);
    const { workspace } = run.scope;
    const first = await set(workspace, {});
    expect(await setPolicy(trust.deps, first.order, first.action)).toEqual(first.result);
    const second = await set(workspace, { gate: 'passed' });
    expect([first.result.version, second.result.version]).toEqual([1, 2]);
    expect(trust.log.entries.filter(({ kind }) => kind === 'policy')).toHaveLength(2);
    await expect(set(workspace, {}, 'enforced', '2026-05-01T00:00:00.000Z')).rejects.toMatchObject({
      code: 'order_invalid',
    });
  });

  test('in a row that no administrator has ordered stops every decision', async () => {
    const lax = TrustPolicy.parse(policyOf('w', { minimum_tier: 'basic' }).policy);
    const row = {
      mode: 'enforced',
      digest: 'f'.repeat(64),
      document: lax,
      setBy: 'eve',
      setAt: new Date(FINISHED),
    };
    const strict = TrustPolicy.parse(policyOf('w', { gate: 'passed' }).policy);
    for (const forge of [
      async (_: string) => `order_${'0'.repeat(32)}`,
      async (workspace: string) => (await set(workspace, { gate: 'passed' })).order.id,
      async (workspace: string) => {
        const action = { ...policyOf(workspace, {}), policy: lax };
        return (await order(database, action, { key: KEYS.evidence })).order.id;
      },
    ]) {
      const staged = await stage(raw);
      const { workspace } = staged.run.scope;
      const orderId = await forge(workspace);
      await addPolicyVersion(database, 'acme', { ...row, workspace, version: 9, orderId });
      await expect(decide(staged)).rejects.toMatchObject({ code: 'policy_invalid' });
    }
    // an old order on top again: signed, and still not what was ordered last
    const staged = await stage(raw);
    const { workspace } = staged.run.scope;
    const old = await order(
      database,
      { ...policyOf(workspace, {}), policy: lax },
      { givenAt: '2026-05-01T00:00:00.000Z' },
    );
    const newer = await order(database, { ...policyOf(workspace, {}), policy: strict });
    const version = (n: number, orderId: string, document: TrustPolicy) =>
      addPolicyVersion(database, 'acme', {
        ...row,
        workspace,
        version: n,
        orderId,
        document,
        ...setAt(orderId),
      });
    const setAt = (id: string) => (id === old.order.id ? { setAt: new Date(old.order.given_at) } : {});
    await version(1, newer.order.id, strict);
    await version(2, old.order.id, lax);
    await expect(decide(staged)).rejects.toMatchObject({ code: 'policy_invalid' });
  });
});

describe('breaking the glass', () => {
  const glass = (staged: Staged, changes: object = {}) =>
    order(database, {
      kind: 'break_glass',
      workspace: staged.run.scope.workspace,
      test_id: staged.run.testId,
      bundle_digest: staged.bundle.digest,
      reason: 'an incident is to be mended',
      until: '2026-06-01T13:00:00.000Z',
      destinations: ['golden'],
      ...changes,
    } as const);

  test('lets pass what the rules hold back, says so in the permit, and does so once', async () => {
    const staged = await stage(raw, { key: KEYS.stranger });
    expect(await decide(staged)).toMatchObject({ permitted: false });
    const given = await glass(staged);
    const result = await breakGlass(trust.deps, given.order, given.action);
    expect(await breakGlass(trust.deps, given.order, given.action)).toEqual(result);
    const row = await rowOf(staged, String(result.permit_id));
    expect(termsOf(row)).toMatchObject({
      verifiedLevels: ['CERTUS_HASHES_MATCH', 'CERTUS_BYPASSED'],
      certus_permit: {
        tier: 'basic',
        destinations: ['golden'],
        expires_at: '2026-06-01T13:00:00.000Z',
        bypass: { order_id: given.order.id, by: 'ada', instead_of: { reason: 'invalid_signer' } },
      },
    });
    expect(trust.log.entries.at(-1)).toMatchObject({ kind: 'permit', note: `bypass by ${given.order.id}` });
    expect(await usePermit(trust.deps, staged.run, staged.bundle, row.id)).toMatchObject({ permitted: true });
    expect(await decide(staged)).toMatchObject({ permitted: false });
  });

  test('does not let pass what is not whole', async () => {
    const staged = await stage(raw);
    await alter(staged);
    const { order: given, action } = await glass(staged);
    await expect(breakGlass(trust.deps, given, action)).rejects.toMatchObject({ code: 'digest_mismatch' });
  });

  test.each([
    ['over already', '2026-06-01T11:00:00.000Z', 'order_expired'],
    ['longer than anybody needs', '2027-06-01T11:00:00.000Z', 'order_invalid'],
  ])('is refused when its time is %s', async (_, until, code) => {
    const { order: given, action } = await glass(await stage(raw), { until });
    await expect(breakGlass(trust.deps, given, action)).rejects.toMatchObject({ code });
  });

  test('is not good for another bundle', async () => {
    const [one, two] = [await stage(raw), await stage(raw)];
    const { order: given, action } = await glass(one);
    const { permit_id } = await breakGlass(trust.deps, given, action);
    const use = usePermit(trust.deps, { ...two.run, scope: one.run.scope }, two.bundle, String(permit_id));
    await expect(use).rejects.toMatchObject({ code: 'permit_missing' });
  });
});
