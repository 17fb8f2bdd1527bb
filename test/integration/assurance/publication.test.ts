// needs: postgres, temporal
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../local/processes.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const scan = {
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'smoke',
  publish: false,
};
let service: Service;

beforeAll(async () => {
  service = await Service.start();
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

test(
  'what is kept back is published once that is asked for, and not before',
  async () => {
    const { test_id: testId, ...kept } = await service.scan({ component_id: 'shop', ...scan });
    const run = { ...service.its.newScan(), testId };
    expect(kept).toMatchObject({ status: 'SUCCEEDED', upload_status: 'pending', golden_manifest: null });
    expect(await service.its.inGolden(run)).toEqual([]);
    expect(await service.get('/v1/search?q=key')).toMatchObject({ total: 0 });

    const ask = () =>
      service.ask(`/v1/security-scans/${testId}/upload-request`, { workspace_id: service.workspace });
    expect(await ask()).toMatchObject({ status: 202, json: { upload_status: 'pending' } });
    const uploaded = await until('it is uploaded', async () => {
      const now = await service.status(testId);
      return now.upload_status === 'uploaded' ? now : undefined;
    });
    expect(uploaded).toMatchObject({ status: 'SUCCEEDED', upload_permission_id: expect.any(String) });
    expect(uploaded.indexed).toBeGreaterThan(0);
    const keys = service.its.common.CERTUS_KEY_SET_FILE;
    const folder = await service.its.download(run);
    expect(await service.certus('verify', folder, '--keys', keys)).toMatchObject({ code: 0 });

    // asked again, it is the decision that stands
    expect(await ask()).toMatchObject({ status: 202, json: { upload_status: 'uploaded' } });
    expect(await service.its.database.client.permit.count({ where: { testId } })).toBe(1);
  },
  MINUTE,
);

test(
  'a scan that publishes by itself cannot be asked for it',
  async () => {
    const { test_id } = await service.scan({ component_id: 'shop', ...scan, publish: true });
    const path = `/v1/security-scans/${test_id}/upload-request`;
    expect(await service.ask(path, { workspace_id: service.workspace })).toMatchObject({
      status: 409,
      json: { code: 'not_uploadable' },
    });
  },
  MINUTE,
);
