// needs: postgres, temporal
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { openRegistry } from '../../../services/registry/open-registry.ts';
import { Service } from '../assurance/service.ts';
import { until } from '../local/processes.ts';

const MINUTE = 60_000;
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'smoke',
};
const REASON = 'the shop is down and this mends it';
const JSON_FILE = { contentType: 'application/json' };
let service: Service;

beforeAll(async () => {
  service = await Service.start();
  const policy = join(service.its.home, 'policy.json');
  writeFileSync(
    policy,
    JSON.stringify({ schema: 'https://certus.dev/trust-policy/v1', name: 'strict', gate: 'passed' }),
  );
  await certus('policy', 'set', policy, '--workspace', service.workspace, '-o', 'json');
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

async function certus(...words: readonly string[]) {
  const { code, stdout, stderr } = await service.certus(...words);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout);
}
async function denied(): Promise<ScanStatus> {
  const scan = await service.scan(SAMPLE);
  expect(scan).toMatchObject({ upload_status: 'denied', denial_reason: 'policy_violation' });
  return scan;
}
const inAWhile = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const breakGlass = ({ test_id }: ScanStatus, until: string) =>
  service.ask('/v1/permits/break-glass', {
    workspace_id: service.workspace,
    test_id,
    reason: REASON,
    until,
  });
const golden = ({ test_id }: ScanStatus) =>
  service.its.inGolden({ ...service.its.newScan(), testId: test_id });
const uploaded = ({ test_id }: ScanStatus) =>
  until('it is published', async () => {
    const scan = await service.status(test_id);
    return scan.upload_status === 'uploaded' ? scan : undefined;
  });
const failed = ({ test_id }: ScanStatus) =>
  until('it is refused', async () => {
    const scan = await service.status(test_id);
    return scan.upload_status === 'upload_failed' ? scan : undefined;
  });
const put = ({ test_id }: ScanStatus, path: string, text: string) =>
  service.its.raw.put(`${rawPrefix(service.its.scope, test_id)}${path}`, Buffer.from(text), JSON_FILE);

test(
  'a bundle that was let pass says so wherever it is',
  async () => {
    const { scope, golden: bucket, home, common } = service.its;
    const scan = await denied();
    const { test_id: testId } = scan;
    const refused = await service.certus(
      'permit',
      'publish',
      scan.upload_permission_id ?? '',
      '--workspace',
      service.workspace,
    );
    expect([refused.code, await golden(scan)]).toEqual([77, []]);

    const end = inAWhile(3600);
    const words = ['--reason', REASON, '--until', end, '--workspace', service.workspace];
    const permit = await certus('permit', 'break-glass', testId, ...words, '-o', 'json');
    const bypass = { order_id: permit.bypass.order_id, by: 'local', reason: REASON, until: end };
    const insteadOf = { reason: 'policy_violation', violations: [expect.objectContaining({ rule: 'gate' })] };
    expect(permit).toMatchObject({
      permitted: true,
      tier: 'basic',
      expires_at: end,
      bypass: { ...bypass, instead_of: insteadOf },
    });

    const now = await uploaded(scan);
    expect(now).toMatchObject({
      upload_permission_id: permit.upload_permission_id,
      permit: { tier: 'basic', bypass },
    });
    const manifest = JSON.parse(
      Buffer.from(await bucket.read(goldenManifestKey(scope, testId), 2 ** 20)).toString('utf8'),
    );
    expect(manifest).toMatchObject({ permit_id: permit.upload_permission_id, bypass });
    const { dsseEnvelope } = JSON.parse(
      Buffer.from(await bucket.read(`${goldenPrefix(scope, testId)}${BUNDLE.permit}`, 2 ** 20)).toString(
        'utf8',
      ),
    );
    const { predicate } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8'));
    expect(predicate.verifiedLevels).toEqual(['CERTUS_HASHES_MATCH', 'CERTUS_BYPASSED']);
    expect(predicate.certus_permit.bypass).toMatchObject({ ...bypass, instead_of: insteadOf });
    const registry = await openRegistry(join(home, 'oci'));
    const [repository] = /[^/]+\/[^/]+\/[^/]+\/shop(?=[:@])/.exec(now.oci_reference ?? '') ?? [];
    const stored = await registry.pullManifest(repository ?? '', testId);
    const { annotations } = JSON.parse(Buffer.from(stored?.bytes ?? []).toString('utf8'));
    expect(annotations).toMatchObject({
      'dev.certus.permit.tier': 'basic',
      'dev.certus.bypass': `${bypass.order_id} by local until ${end}: ${REASON}`,
    });

    const provenance = await service.get(`/v1/provenance/${testId}`);
    expect(provenance).toMatchObject({ chain_status: 'complete', trust_level: 'low' });
    expect(provenance.reasons.map(({ code }: { code: string }) => code)).toContain('bypassed');
    const entries = (await service.get(`/v1/transparency?test_id=${testId}`)).entries;
    const notes = entries.map(({ entry }: { entry: { kind: string; note: string } }) => [
      entry.kind,
      entry.note,
    ]);
    expect(notes).toEqual([
      ['promotion', null],
      ['permit', `bypass by ${bypass.order_id}`],
      ['denial', 'policy_violation'],
    ]);
    const orders = (await service.ask('/v1/transparency?kind=order&limit=1')).json.entries;
    expect(orders).toMatchObject([
      { entry: { name: bypass.order_id, note: 'break_glass', signer: 'local' } },
    ]);

    const folder = await service.its.download({ ...service.its.newScan(), testId });
    const verified = await service.certus('verify', folder, '--keys', common.CERTUS_KEY_SET_FILE ?? '');
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringMatching(
        /BYPASSED by local[\s\S]*verified through promotion, BYPASSED by an administrator/,
      ),
    ]);
    const list = await service.certus('permit', 'list', '--workspace', service.workspace, '--scan', testId);
    expect(list.stdout).toContain('permitted, BYPASSED');
    // it is good for this one publication
    expect(await breakGlass(scan, inAWhile(3600))).toMatchObject({
      status: 409,
      json: { code: 'not_uploadable' },
    });
  },
  2 * MINUTE,
);

test(
  'after the time it was meant for nothing is published with it',
  async () => {
    const scan = await denied();
    expect(await breakGlass(scan, inAWhile(-60))).toMatchObject({
      status: 409,
      json: { code: 'order_expired' },
    });
    expect(await breakGlass(scan, inAWhile(31 * 24 * 3600))).toMatchObject({
      status: 403,
      json: { code: 'order_invalid' },
    });
    // what would publish it at once is away meanwhile
    await service.its.workers.stop('assurance');
    const { json } = await breakGlass(scan, inAWhile(6));
    const id = json.permit.upload_permission_id;
    expect(json.permit.permitted).toBe(true);
    await until('its time is over', async () => {
      const { permitted, reason } = await service.get(`/v1/permits/${id}`);
      return !permitted && reason === 'permit_expired';
    });
    await service.its.workers.start('assurance');
    expect((await failed(scan)).errors).toMatchObject([
      { code: 'permit_invalid', message: expect.stringContaining('permit_expired') },
    ]);
    const again = await service.ask(`/v1/permits/${id}/publish`, { workspace_id: service.workspace });
    expect([again.status, again.json.code]).toEqual([403, 'permit_invalid']);
    expect(await golden(scan)).toEqual([]);
  },
  2 * MINUTE,
);

test(
  'no glass is broken for bytes that are not what the bundle lists, before it or after it',
  async () => {
    const [before, replaced, after] = [await denied(), await denied(), await denied()];
    await put(before, BUNDLE.findings, '{"findings":[]}');
    expect(await breakGlass(before, inAWhile(3600))).toMatchObject({
      status: 409,
      json: { code: 'digest_mismatch' },
    });
    // a bundle that holds together, but is not the one of this run
    for (const [path, text] of await service.bundle(before.test_id))
      if (path !== BUNDLE.findings) await put(replaced, path, text);
    expect(await breakGlass(replaced, inAWhile(3600))).toMatchObject({
      status: 409,
      json: { code: 'digest_mismatch' },
    });

    await service.its.workers.stop('assurance');
    expect((await breakGlass(after, inAWhile(3600))).status).toBe(201);
    await put(after, BUNDLE.findings, '{"findings":[]}');
    await service.its.workers.start('assurance');
    expect((await failed(after)).errors).toMatchObject([
      { code: 'permit_invalid', message: expect.stringContaining('hash_mismatch') },
    ]);
    for (const scan of [before, replaced, after]) expect(await golden(scan)).toEqual([]);
  },
  2 * MINUTE,
);
