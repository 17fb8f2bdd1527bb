// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { until } from '../local/processes.ts';
import { AT_WORK, fakeGitleaks, holdsOn, processesOf } from './fake-tool.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const marker = randomUUID();
const installed = temporaryFolder('installed');
let service: Service;

beforeAll(async () => {
  fakeGitleaks(installed, holdsOn(marker));
  service = await Service.start({ CERTUS_TOOL_PATH: installed });
}, MINUTE);
afterAll(async () => {
  await service?.close();
  rmSync(installed, { recursive: true, force: true });
}, MINUTE);

test(
  'a scan that is cancelled says so once none of its processes and none of its files are left',
  async () => {
    const testId = await service.begin({
      component_id: 'shop',
      source_type: 'directory',
      directory_path: resolve('samples/leaky-shop'),
      profile: 'held',
      manifest: {
        product: 'shop',
        version: '1',
        profiles: [{ name: 'held', tools: ['secrets', 'gitleaks'] }],
      },
    });
    await until('the tool and its children are at work', () => processesOf(marker).length >= AT_WORK);
    expect(service.leftInWork()).not.toEqual([]);
    expect(await service.status(testId)).toMatchObject({ status: 'RUNNING', completed_at: null });

    const cancel = { workspace_id: service.workspace };
    expect(await service.ask(`/v1/security-scans/${testId}/cancel`, cancel)).toMatchObject({
      status: 202,
      json: { test_id: testId, status: 'CANCELLING' },
    });
    const row = () => service.its.database.client.scan.findFirstOrThrow({ where: { testId } });
    await until('the row says so', async () => (await row()).status === 'CANCELLED');
    expect(processesOf(marker)).toEqual([]);
    expect(service.leftInWork()).toEqual([]);

    expect(await service.status(testId)).toMatchObject({
      status: 'CANCELLED',
      verdict: null,
      upload_status: 'pending',
      bundle: null,
    });
    expect((await service.events(testId)).at(-1)).toMatchObject({
      type: 'scan_complete',
      status: 'CANCELLED',
    });
    expect(await service.its.inGolden({ ...service.its.newScan(), testId })).toEqual([]);
    expect(await service.ask(`/v1/security-scans/${testId}/cancel`, cancel)).toMatchObject({
      status: 409,
      json: { code: 'scan_finished' },
    });
  },
  MINUTE,
);
