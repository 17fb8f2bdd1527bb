// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { breakGlass } from '../../../activities/trust/permit/break-glass.ts';
import { decidePermit } from '../../../activities/trust/permit/decide-permit.ts';
import { setPolicy } from '../../../activities/trust/permit/set-policy.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { PermitFacts } from '../../../contracts/permission.ts';
import { TrustPolicy } from '../../../contracts/trust-policy.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findPermit } from '../../../services/database/permits.ts';
import { addPolicyVersion, policyOfOrder } from '../../../services/database/trust-policies.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { bytesOf, FINISHED, KEYS } from '../../unit/domain/custody-fixture.ts';
import { newTrust, order, policyOf, type Staged, stage } from './trust-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-hostile-'));
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

describe('who stole a key', () => {
  const EARLIER = '2026-06-01T11:30:00.000Z';
  const revokedSince = (invalid_since: string) =>
    trust.deps.keySet.keys.map((key) =>
      key.id === KEYS.evidence.trusted.id
        ? { ...key, revoked: { at: FINISHED, reason: 'key_compromise' as const, invalid_since } }
        : key,
    );

  test('gets no permit by writing an earlier time than that since which nobody believes it', async () => {
    const backdated = await stage(raw, { finished: EARLIER });
    const keys = revokedSince('2026-06-01T11:45:00.000Z');
    const deps = { ...trust.deps, keySet: { ...trust.deps.keySet, keys } };
    const { permitId, ...decision } = await decidePermit(deps, backdated.run, backdated.bundle);
    expect(decision).toEqual({ permitted: false, reason: 'key_revoked' });
    const row = await findPermit(database, backdated.run.scope, permitId);
    expect(PermitFacts.parse(row?.facts).signers).toMatchObject([{ key_id: KEYS.evidence.trusted.id }]);
  });

  test('and of the same age it gets one while the key is believed', async () => {
    const { run, bundle } = await stage(raw, { finished: EARLIER });
    expect(await decidePermit(trust.deps, run, bundle)).toMatchObject({ permitted: true });
  });
});

describe('who can write rows and start workflows', () => {
  const lax = { minimum_tier: 'basic' };
  const set = async (workspace: string, rules: object, givenAt: string) => {
    const given = policyOf(workspace, rules);
    const made = await order(database, { ...given, policy: TrustPolicy.parse(given.policy) }, { givenAt });
    await setPolicy(trust.deps, made.order, made.action);
    return made.order.id;
  };

  test.each([
    ['as it was', {}],
    ['as if it had been set now', { setAt: new Date('2026-06-01T12:30:00.000Z') }],
  ])('does not bring back an old policy by adding its row twice, %s', async (_, changes) => {
    const staged = await stage(raw, { key: KEYS.stranger });
    const { workspace } = staged.run.scope;
    const old = await set(workspace, lax, '2026-05-01T00:00:00.000Z');
    await set(workspace, {}, '2026-05-02T00:00:00.000Z');
    const row = await policyOfOrder(database, 'acme', old);
    for (const version of [3, 4])
      await addPolicyVersion(database, 'acme', {
        ...row!,
        document: row!.document as object,
        version,
        ...changes,
      });
    const ask = {
      ground: `request_${'1'.repeat(32)}`,
      tier: 'basic' as const,
      destinations: ['golden' as const],
      signer: null,
      artifacts: staged.index.files.map(({ path, sha256, size }) => ({ name: path, sha256, size })),
    };
    await expect(decidePermit(trust.deps, staged.run, staged.bundle, ask)).rejects.toMatchObject({
      code: 'policy_invalid',
    });
  });

  test.each(['run', `order_${'0'.repeat(32)}`])(
    'does not put an answer of its own in the place of another: asked on the ground %s',
    async (ground) => {
      const { run, bundle } = await stage(raw);
      const ask = { ground, tier: 'verified', destinations: [], signer: 'nobody', artifacts: [] } as const;
      const asked = decidePermit(trust.deps, run, bundle, { ...ask, destinations: [], artifacts: [] });
      await expect(asked).rejects.toMatchObject({ code: 'invalid_request' });
      expect(await decidePermit(trust.deps, run, bundle)).toMatchObject({ permitted: true });
    },
  );
});

describe('who can write into staging', () => {
  const otherBundle = async ({ bundle, index }: Staged) => {
    const text = '{"findings":[],"swapped":true}';
    const { sha256 } = await import('../../../domain/custody/digest.ts');
    const files = index.files.map((file) =>
      file.path === BUNDLE.findings ? { ...file, sha256: sha256(text), size: text.length } : file,
    );
    const put = (path: string, bytes: Uint8Array) =>
      raw.put(`${bundle.prefix}${path}`, bytes, { contentType: 'application/json' });
    await put(BUNDLE.findings, Buffer.from(text));
    await put(BUNDLE.index, bytesOf({ ...index, files }));
  };

  test('has no other bundle pass under a glass that was broken for this one', async () => {
    const staged = await stage(raw);
    const given = await order(database, {
      kind: 'break_glass',
      workspace: staged.run.scope.workspace,
      test_id: staged.run.testId,
      bundle_digest: staged.bundle.digest,
      reason: 'an incident is to be mended',
      until: '2026-06-01T13:00:00.000Z',
      destinations: ['golden'],
    });
    await otherBundle(staged);
    await expect(breakGlass(trust.deps, given.order, given.action)).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
  });
});
