// needs: postgres
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createWitnessActivities } from '../../../activities/trust/rekor/create-witness-activities.ts';
import { witnessPermit } from '../../../activities/trust/rekor/witness-permit.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findPermit, type NewPermit, recordPermit } from '../../../services/database/permits.ts';
import { verifyRekorEntry } from '../../../services/sigstore/witness.ts';
import { KEY_SET, KEYS } from '../../unit/domain/custody-fixture.ts';
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
