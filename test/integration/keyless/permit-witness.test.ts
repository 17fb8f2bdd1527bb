// needs: postgres
import { createPublicKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createWitnessActivities } from '../../../activities/trust/rekor/create-witness-activities.ts';
import { witnessPermit } from '../../../activities/trust/rekor/witness-permit.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { permitStatementRoute } from '../../../api/permits/permit-statement-route.ts';
import { permitView } from '../../../api/permits/permit-view.ts';
import type { PermitFacts } from '../../../contracts/permission.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { verifySigstoreBundle } from '../../../domain/sigstore/verify-sigstore-bundle.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findPermit, type NewPermit, recordPermit } from '../../../services/database/permits.ts';
import { verifyRekorEntry } from '../../../services/sigstore/witness.ts';
import {
  bundleFacts,
  KEY_SET,
  KEYS,
  makeIndex,
  permitOf,
  provenanceOf,
  RUN,
} from '../../unit/domain/custody-fixture.ts';
import { type Sigstore, startSigstore } from './servers.ts';

let database: Database;
let sigstore: Sigstore;
beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
  sigstore = await startSigstore();
  // suites share a database, and among what others leave behind are rows that no log would take
  await database.client.$executeRaw`UPDATE permits SET rekor = '{}' WHERE rekor IS NULL`;
});
afterAll(async () => {
  await sigstore.close();
  await database.close();
});

const scope = { tenant: `t-${randomBytes(8).toString('hex')}`, workspace: 'default' };
const deps = () => ({
  database,
  keySet: KEY_SET,
  rekor: { rekorUrl: sigstore.url, trust: trustedRootFrom(sigstore.trustedRoot) },
});

const FACTS: PermitFacts = {
  schema: 'https://certus.dev/permit-facts/v1',
  component: 'shop',
  bundle_digest: '1'.repeat(64),
  provenance_digest: '2'.repeat(64),
  ...{ integrity: null, request: null, signature: null },
  ...{ signers: [], kinds: [], statements: [], ignored: [] },
  ...{ finished_on: null, gate: null, counts: null },
  max_age_hours: 1,
};

async function permit(key: (typeof KEYS)['permit'] | undefined): Promise<NewPermit> {
  const id = `permit_${randomBytes(16).toString('hex')}`;
  const statement = key === undefined ? null : await sealStatement({ permit: id }, key.signer);
  const record: NewPermit = {
    id,
    testId: 'test_0123456789ab',
    bundleDigest: randomBytes(32).toString('hex'),
    ground: 'run',
    tier: 'verified',
    permitted: statement !== null,
    reason: statement === null ? 'policy_violation' : null,
    detail: null,
    violations: [],
    facts: null,
    shadow: null,
    bypass: null,
    policyDigest: null,
    statement,
    decidedAt: new Date(1),
    expiresAt: new Date(2),
  };
  await recordPermit(database, scope, record);
  return record;
}

test('a permit is witnessed once, and keeps the proof', async () => {
  const { id, statement } = await permit(KEYS.permit);
  const entry = await witnessPermit(deps(), scope, id);
  const kept = await findPermit(database, scope, id);
  expect(kept?.rekor).toEqual(entry);
  const { public_key_pem: pem } = KEYS.permit.trusted;
  verifyRekorEntry(statement!, pem, entry!, trustedRootFrom(sigstore.trustedRoot));

  sigstore.requests.length = 0;
  expect(await witnessPermit(deps(), scope, id)).toEqual(entry);
  expect(sigstore.requests).toEqual([]);
});

describe('what is shown of a permit', () => {
  const run = { tenant: RUN.tenant, workspace: `w-${randomBytes(8).toString('hex')}` };
  const access = (of: Sigstore | undefined) => ({
    database,
    settings: { CERTUS_RAW_BUCKET: 'raw', CERTUS_REGISTRY_NAMESPACE: 'certus' },
    trust: { keySet: KEY_SET, trustedRoot: of && trustedRootFrom(of.trustedRoot) },
  });
  const shown = async (id: string, of: Sigstore | undefined) => {
    const deps = access(of) as unknown as ApiDeps;
    const row = await findPermit(database, run, id);
    const proof = permitView(deps, run, row!, new Date()).verification_proof;
    const { body } = await permitStatementRoute(deps).handle({
      principal: { tenant: run.tenant },
      params: { id },
      query: { workspace_id: run.workspace },
    } as never);
    return { uuid: proof?.rekor_entry_uuid, at: proof?.sigstore_timestamp, body };
  };

  test('names the entry of a log that is pinned, and carries its proof; a row alone proves nothing', async () => {
    const index = makeIndex({ workspace_id: run.workspace });
    const provenance = await sealStatement(provenanceOf(index), KEYS.evidence.signer);
    const id = `permit_${randomBytes(16).toString('hex')}`;
    const sealed = await sealStatement(permitOf(index, provenance, { id }), KEYS.permit.signer);
    const { bundleDigest } = bundleFacts(index, provenance);
    const record = { ...(await permit(KEYS.permit)), id, statement: sealed, bundleDigest, facts: FACTS };
    await recordPermit(database, run, record);
    const entry = await witnessPermit(deps(), run, id);

    const { uuid, at, body } = await shown(id, sigstore);
    expect([uuid, at]).toEqual([entry?.uuid, entry?.integrated_time]);
    const { checks } = verifySigstoreBundle(
      Buffer.from(JSON.stringify(body)),
      {
        key: createPublicKey(KEYS.permit.trusted.public_key_pem),
        root: trustedRootFrom(sigstore.trustedRoot),
        now: new Date(),
      },
      { artifact: { sha256: bundleDigest } },
    );
    expect(checks).toEqual(expect.arrayContaining(['signature', 'timestamp', 'log_entry', 'artifact']));

    const other = await startSigstore();
    const asItWas = JSON.parse(Buffer.from(sealed).toString('utf8'));
    for (const pinned of [undefined, other])
      expect(await shown(id, pinned)).toEqual({ uuid: null, at: null, body: asItWas });
    await other.close();
    const forged = JSON.stringify({ ...entry, integrated_time: '2020-01-01T00:00:00.000Z' });
    await database.client.$executeRaw`UPDATE permits SET rekor = ${forged}::jsonb WHERE id = ${id}`;
    expect(await shown(id, sigstore)).toEqual({ uuid: null, at: null, body: asItWas });
  });

  test('is nothing where nothing was signed', async () => {
    const { id } = await permit(undefined);
    const asked = { principal: { tenant: scope.tenant }, params: { id }, query: { workspace_id: 'default' } };
    const deps = access(sigstore) as unknown as ApiDeps;
    await expect(permitStatementRoute(deps).handle(asked as never)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

test('a death between the log and the database is made good', async () => {
  const { id } = await permit(KEYS.permit);
  const entry = await witnessPermit(deps(), scope, id);
  await database.client.$executeRaw`UPDATE permits SET rekor = NULL WHERE id = ${id}`;
  expect(await witnessPermit(deps(), scope, id)).toEqual(entry);
  expect((await findPermit(database, scope, id))?.rekor).toEqual(entry);
});

test('nothing is told of a denial, of a permit of no key of ours, and to no log when none is named', async () => {
  sigstore.requests.length = 0;
  const denied = await permit(undefined);
  expect(await witnessPermit(deps(), scope, denied.id)).toBeUndefined();
  const forged = await permit(KEYS.stranger);
  await expect(witnessPermit(deps(), scope, forged.id)).rejects.toMatchObject({ code: 'key_not_found' });
  const { id } = await permit(KEYS.permit);
  expect(await witnessPermit({ ...deps(), rekor: undefined }, scope, id)).toBeUndefined();
  expect(await witnessPermit(deps(), { ...scope, tenant: 'other' }, id)).toBeUndefined();
  expect(sigstore.requests).toEqual([]);
});

test('a Rekor that is not believed leaves no trace', async () => {
  const { id } = await permit(KEYS.permit);
  sigstore.replace('rekor', async () => ({ status: 201, body: '{}' }));
  await expect(witnessPermit(deps(), scope, id)).rejects.toMatchObject({ code: 'answer_untrusted' });
  expect((await findPermit(database, scope, id))?.rekor).toBeNull();
  sigstore.honest();
});

test('a row that was forged by hand holds up no permit after it, and is told', async () => {
  const forged = await permit(KEYS.stranger);
  const { id } = await permit(KEYS.permit);
  const { witnessPermits } = createWitnessActivities(deps());
  await expect(new MockActivityEnvironment().run(witnessPermits)).rejects.toMatchObject({
    code: 'key_not_found',
    message: expect.stringMatching(/permit_[0-9a-f]+: The permit is signed with no key/),
  });
  expect((await findPermit(database, scope, id))?.rekor).not.toBeNull();
  expect((await findPermit(database, scope, forged.id))?.rekor).toBeNull();
});

test('a Rekor that is away ends the round at once, as something that may mend', async () => {
  const { id } = await permit(KEYS.permit);
  sigstore.replace('rekor', async () => ({ status: 503, body: '', headers: { 'retry-after': '60' } }));
  const { witnessPermits } = createWitnessActivities({
    ...deps(),
    rekor: { ...deps().rekor, maxMilliseconds: 300 },
  });
  await expect(new MockActivityEnvironment().run(witnessPermits)).rejects.toMatchObject({
    code: 'dependency_unavailable',
  });
  sigstore.honest();
  expect((await findPermit(database, scope, id))?.rekor).toBeNull();
});
