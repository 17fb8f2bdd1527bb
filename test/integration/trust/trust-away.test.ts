// needs: postgres, temporal
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { newcomer } from '../../unit/enrolment/requests.ts';
import { type Answered, Service } from '../assurance/service.ts';
import { until } from '../local/processes.ts';

const MINUTE = 60_000;
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'smoke',
};
let service: Service;
let kept: ScanStatus;

beforeAll(async () => {
  service = await Service.start();
  kept = await service.scan({ ...SAMPLE, publish: false });
}, 2 * MINUTE);
afterAll(() => service?.close(), MINUTE);

const golden = (testId: string) => service.its.inGolden({ ...service.its.newScan(), testId });
const done = (orderId: string) =>
  until(`${orderId} is carried out`, async () => {
    const { json } = await service.ask(`/v1/orders/${orderId}`);
    return json.state === 'pending' ? undefined : json;
  });
const policy = { schema: 'https://certus.dev/trust-policy/v1', name: 'of the time without Trust' };

/** Everything that takes Trust, asked at the same time. */
async function askAll(): Promise<
  Record<'rotate' | 'enrol' | 'password' | 'policy' | 'glass' | 'permit', Answered>
> {
  const { applicant } = await newcomer('default', 'sandbox');
  const workspace_id = service.workspace;
  const { files } = await service.get(`/v1/security-scans/${kept.test_id}/artifacts/bundle.json`);
  const [rotate, enrol, password, set, glass, permit] = await Promise.all([
    service.ask('/v1/keys/rotate', { environment: 'production' }),
    service.ask('/v1/enrolment/sandbox', { csr: applicant.csr }),
    service.ask('/v1/enrolment/passwords', {}),
    service.ask(`/v1/policies/${workspace_id}`, { policy }, 'PUT'),
    service.ask('/v1/permits/break-glass', {
      workspace_id,
      test_id: kept.test_id,
      reason: 'Trust is away and it is urgent',
      until: new Date(Date.now() + 60 * MINUTE).toISOString(),
    }),
    service.ask('/v1/verify-and-permit-upload', {
      workspace_id,
      scan_id: kept.test_id,
      artifacts: files.map(({ path, sha256 }: { path: string; sha256: string }) => ({
        name: path,
        hash: sha256,
      })),
    }),
  ]);
  return { rotate, enrol, password, policy: set, glass, permit };
}

test.each([
  ['away', async () => service.its.workers.stop('trust'), async () => service.its.workers.start('trust')],
  [
    'frozen',
    async () => service.its.workers.freeze('trust'),
    async () => {
      await service.its.workers.kill('trust');
      await service.its.workers.start('trust');
    },
  ],
])(
  'while Trust is %s orders and questions are taken, nothing is published, and all goes on afterwards',
  async (_how, leave, comeBack) => {
    await leave();
    const waiting = await service.begin(SAMPLE);
    const answers = await askAll();
    expect(Object.entries(answers).map(([what, { status }]) => [what, status])).toEqual(
      Object.keys(answers).map((what) => [what, 202]),
    );
    expect(answers.permit.json).toMatchObject({ decided_at: null, permitted: false });
    expect(answers.glass.json.permit).toBeNull();
    expect(answers.policy.json.version).toBeNull();
    const { steps } = await service.status(waiting);
    expect(steps).toContainEqual({ name: 'permit', state: 'running' });
    for (const testId of [waiting, kept.test_id]) expect(await golden(testId)).toEqual([]);

    await comeBack();
    for (const { json } of [answers.rotate, answers.enrol, answers.password, answers.policy, answers.glass])
      expect(await done(json.order_id)).toMatchObject({ state: 'done' });
    expect(await service.ended(waiting)).toMatchObject({ upload_status: 'uploaded' });
    const { upload_permission_id: id } = answers.permit.json;
    const decided = await until('the question is answered', async () => {
      const { status, json } = await service.ask(
        `/v1/permits/${id}?workspace_id=${service.workspace}&test_id=${kept.test_id}`,
      );
      return status === 200 && json.decided_at !== null ? json : undefined;
    });
    expect(decided).toMatchObject({ permitted: true, bypass: null });
    // a permit that came late publishes nothing by itself
    expect(await golden(kept.test_id)).toEqual([]);
  },
  2 * MINUTE,
);

test(
  'what was permitted meanwhile is published by whoever asks for it',
  async () => {
    const { permits } = await service.get(`/v1/permits?test_id=${kept.test_id}`);
    const broken = permits.find(({ bypass }: { bypass: object | null }) => bypass !== null);
    const path = `/v1/permits/${broken.upload_permission_id}/publish`;
    expect((await service.ask(path, { workspace_id: service.workspace })).status).toBe(202);
    await until('it is published', async () => (await golden(kept.test_id)).length > 0);
    expect(await service.get(`/v1/provenance/${kept.test_id}`)).toMatchObject({ trust_level: 'low' });
  },
  MINUTE,
);
