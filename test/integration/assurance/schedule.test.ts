// needs: postgres, temporal
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { until } from '../local/processes.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const PATH = '/v1/schedules/shop/yearly';
let service: Service;

beforeAll(async () => {
  service = await Service.start();
}, MINUTE);
afterAll(async () => {
  await service?.ask(`${PATH}?workspace_id=${service.workspace}`, undefined, 'DELETE');
  await service?.close();
}, MINUTE);

const ended = async (count: number): Promise<ScanStatus[]> =>
  until(`${count} scans have ended`, async () => {
    const { scans } = await service.get('/v1/security-scans?component_id=shop');
    const over = scans.filter(({ completed_at }: ScanStatus) => completed_at !== null);
    return over.length >= count ? scans : undefined;
  });

test(
  'a schedule that is told to run starts a scan like any other, each with an id of its own',
  async () => {
    const request = {
      workspace_id: service.workspace,
      cron: ['@yearly'],
      scan: {
        source_type: 'directory',
        directory_path: resolve('samples/leaky-shop'),
        profile: 'smoke',
        requested_by: 'the calendar',
        publish: false,
      },
    };
    expect(await service.ask(PATH, request, 'PUT')).toMatchObject({ status: 201, json: { recent_runs: [] } });
    const run = () => service.ask(`${PATH}/run`, { workspace_id: service.workspace });
    expect((await service.get('/v1/security-scans')).scans).toEqual([]);

    expect((await run()).status).toBe(200);
    const [first] = await ended(1);
    expect(first).toMatchObject({
      status: 'SUCCEEDED',
      component_id: 'shop',
      profile: 'smoke',
      requested_by: 'the calendar',
      upload_status: 'pending',
    });
    expect((await service.findings(first?.test_id as string)).length).toBeGreaterThan(0);

    expect((await run()).status).toBe(200);
    const both = await ended(2);
    expect(both).toHaveLength(2);
    expect(both[0]).toMatchObject({
      status: 'SUCCEEDED',
      baseline_test_id: first?.test_id,
      changes: { new: 0, fixed: 0 },
    });
    const { recent_runs, next_runs } = await service.get(PATH);
    expect(recent_runs).toHaveLength(2);
    expect(next_runs[0]).toMatch(/-01-01T00:00:00/);
  },
  MINUTE,
);
