// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { until } from '../local/processes.ts';
import { AT_WORK, fakeGitleaks, finds, holdsOn, processesOf } from './fake-tool.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const marker = randomUUID();
const installed = temporaryFolder('installed');
const request = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'held',
  manifest: { product: 'shop', version: '1', profiles: [{ name: 'held', tools: ['secrets', 'gitleaks'] }] },
};
let service: Service;
let leftByTheKilled: string[] = [];

beforeAll(async () => {
  fakeGitleaks(installed, holdsOn(marker));
  service = await Service.start({ CERTUS_TOOL_PATH: installed });
}, MINUTE);
afterAll(async () => {
  await service?.close();
  rmSync(installed, { recursive: true, force: true });
}, MINUTE);

test(
  'a scan whose worker is killed while a tool runs is ended by another worker, once',
  async () => {
    const testId = await service.begin(request);
    await until('the tool and its children are at work', () => processesOf(marker).length >= AT_WORK);
    await service.its.workers.kill('assurance');
    await until('nothing of the first attempt is left', () => processesOf(marker).length === 0);
    expect(await service.status(testId)).toMatchObject({ status: 'RUNNING' });
    leftByTheKilled = service.leftInWork();

    fakeGitleaks(installed, finds('src/payment.js'));
    await service.its.workers.start('assurance');
    const ended = await service.ended(testId);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', upload_status: 'uploaded', errors: [] });

    const rows = await service.its.database.client.scan.findMany({ where: service.its.scope });
    expect(rows.map(({ status }) => status)).toEqual(['SUCCEEDED']);
    const found = await service.findings(testId);
    expect(found.filter(({ tool }) => tool === 'gitleaks')).toHaveLength(1);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);
    expect(found).toHaveLength(ended.tools.reduce((sum, { findings }) => sum + findings, 0));

    const events = await service.events(testId);
    const told = events.map(({ type, tool = '' }) => `${type} ${tool}`.trim());
    for (const once of ['tool_complete gitleaks', 'tool_complete secrets', 'scan_complete'])
      expect(told.filter((what) => what === once)).toEqual([once]);

    const golden = await service.its.inGolden({ ...service.its.newScan(), testId });
    expect(golden.filter((key) => key.endsWith('golden-manifest.json'))).toHaveLength(1);
    const folder = await service.its.download({ ...service.its.newScan(), testId });
    const keys = service.its.common.CERTUS_KEY_SET_FILE;
    expect(await service.certus('verify', folder, '--keys', keys)).toMatchObject({ code: 0 });
  },
  2 * MINUTE,
);

test(
  'what the killed one has left on the disk goes with the next scan',
  async () => {
    expect(
      leftByTheKilled.filter((file) => file.startsWith(join(service.its.home, 'work', '.'))),
    ).not.toEqual([]);
    expect(await service.scan(request)).toMatchObject({ status: 'SUCCEEDED' });
    await until('all of it has gone', () => service.leftInWork().length === 0);
  },
  MINUTE,
);
