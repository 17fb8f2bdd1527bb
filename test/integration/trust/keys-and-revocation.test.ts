// needs: postgres, temporal
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { Service } from '../assurance/service.ts';
import { keysBelow } from '../installation.ts';
import { until } from '../local/processes.ts';

const MINUTE = 60_000;
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
};
let service: Service;

beforeAll(async () => {
  service = await Service.start();
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

/** What the command printed as JSON. */
async function certus(...words: readonly string[]) {
  const { code, stdout, stderr } = await service.certus(...words, '-o', 'json');
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stderr}${stdout}`);
  return JSON.parse(stdout);
}
const scanned = async (): Promise<ScanStatus> => {
  const scan = await service.scan(SAMPLE);
  expect(scan).toMatchObject({ status: 'SUCCEEDED', upload_status: 'uploaded', errors: [] });
  return scan;
};
const provenance = (testId: string) => service.get(`/v1/provenance/${testId}`);
const golden = (testId: string) =>
  Promise.all([
    keysBelow(service.its.golden, goldenPrefix(service.its.scope, testId)),
    keysBelow(service.its.golden, goldenManifestKey(service.its.scope, testId)),
  ]).then((lists) => lists.flat());
const signersOf = (document: { scans: { signed_by: string }[] }) =>
  new Set(document.scans.map(({ signed_by }) => signed_by));

test(
  'evidence is signed with the key that was made last, and what an earlier one signed stays good',
  async () => {
    const before = await scanned();
    const first = await certus('keys', 'generate');
    const between = await scanned();
    const second = await certus('keys', 'rotate', '--algorithm', 'ecdsa-p384');
    const after = await scanned();

    expect(signersOf(await provenance(between.test_id))).toEqual(new Set([first.id]));
    expect(signersOf(await provenance(after.test_id))).toEqual(new Set([second.id]));
    for (const { test_id } of [before, between, after])
      expect(await provenance(test_id)).toMatchObject({ chain_status: 'complete', trust_level: 'high' });

    const keys = await certus('keys', 'list');
    const status = new Map(keys.keys.map((key: { id: string; status: string }) => [key.id, key.status]));
    expect(status.get(first.id)).toBe('inactive');
    expect(status.get(second.id)).toBe('active');
    // no private half leaves, in no answer and in no log
    expect(JSON.stringify(keys) + service.log()).not.toContain('PRIVATE KEY');

    // somewhere else, with nothing but the bundle and public keys
    const { stdout } = await service.certus('keys', 'export');
    const keySet = join(service.its.home, 'exported.json');
    writeFileSync(keySet, stdout);
    for (const { test_id } of [before, between, after]) {
      const folder = await service.its.download({ ...service.its.newScan(), testId: test_id });
      expect(await service.certus('verify', folder, '--keys', keySet)).toMatchObject({ code: 0 });
      const pinned = service.its.common.CERTUS_KEY_SET_FILE;
      const alone = await service.certus('verify', folder, '--keys', pinned);
      expect(alone.code).toBe(test_id === before.test_id ? 0 : 65);
    }
  },
  3 * MINUTE,
);

test(
  'a key that is rotated in the middle of a run breaks nothing, and one that is revoked there stops the run',
  async () => {
    await service.its.workers.stop('trust');
    const testId = await service.begin(SAMPLE);
    const provenanceKey = `${rawPrefix(service.its.scope, testId)}statements/provenance.sigstore.json`;
    await until(
      'the evidence is signed',
      async () => (await service.its.raw.head(provenanceKey)) !== undefined,
    );
    const rotating = await service.ask('/v1/keys/rotate', { environment: 'production' });
    expect(rotating.status).toBe(202);
    await service.its.workers.start('trust');
    expect(await service.ended(testId)).toMatchObject({ upload_status: 'uploaded' });

    await until(
      'the new key is there',
      async () => (await service.ask('/v1/orders')).json.orders[0].state === 'done',
    );
    await service.its.workers.stop('trust');
    const doomed = await service.begin(SAMPLE);
    const doomedKey = `${rawPrefix(service.its.scope, doomed)}statements/provenance.sigstore.json`;
    await until('the evidence is signed', async () => (await service.its.raw.head(doomedKey)) !== undefined);
    const { keys } = await certus('keys', 'list');
    const [active] = keys.filter(
      (key: { status: string; origin: string }) => key.status === 'active' && key.origin !== 'file',
    );
    await service.its.workers.start('trust');
    const revoked = await service.certus('keys', 'revoke', active.id, '--reason', 'key_compromise');
    expect(revoked.code).toBe(0);
    const ended = await service.ended(doomed);
    // whichever came first, Trust's decision or the revocation: it is not published as if nothing had been
    if (ended.upload_status === 'denied') expect(ended.denial_reason).toBe('key_revoked');
    else expect(await provenance(doomed)).toMatchObject({ trust_level: 'untrusted' });
  },
  3 * MINUTE,
);

test(
  'what rests on a revoked key is marked, and taken out of golden, index and registry where the policy says so',
  async () => {
    const policy = join(service.its.home, 'policy.json');
    writeFileSync(
      policy,
      JSON.stringify({
        schema: 'https://certus.dev/trust-policy/v1',
        name: 'take back',
        signers: { environments: ['sandbox', 'production'] },
        on_revocation: 'quarantine',
      }),
    );
    await certus('policy', 'set', policy, '--workspace', service.workspace);
    const key = await certus('keys', 'generate');
    const scan = await scanned();
    expect((await golden(scan.test_id)).length).toBeGreaterThan(3);
    const found = async () => (await service.get(`/v1/search?test_id=${scan.test_id}`)).total;
    expect(await found()).toBeGreaterThan(0);
    const registry = join(service.its.home, 'oci');
    const tagged = () =>
      readdirSync(registry, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('index.json'))
        .some((name) => readFileSync(join(registry, name), 'utf8').includes(scan.test_id));
    expect(tagged()).toBe(true);

    const revoked = await certus('keys', 'revoke', key.id, '--reason', 'key_compromise');
    expect(revoked.affected).toMatchObject({ permits: 1, published: 1 });
    await until(
      'it is quarantined',
      async () => (await service.status(scan.test_id)).upload_status === 'quarantined',
      MINUTE,
    );
    await until(
      'nothing of it is golden',
      async () => (await golden(scan.test_id)).every((name) => name.includes('quarantine')),
      MINUTE,
    );
    expect(await provenance(scan.test_id)).toMatchObject({ trust_level: 'untrusted' });
    await until('the index has forgotten it', async () => (await found()) === 0, MINUTE);
    await until('the registry serves it no longer', () => !tagged(), MINUTE);

    // and nobody brings it back
    const again = await service.ask(`/v1/security-scans/${scan.test_id}/upload-request`, {
      workspace_id: service.workspace,
    });
    expect(again.status).toBe(409);
  },
  3 * MINUTE,
);
