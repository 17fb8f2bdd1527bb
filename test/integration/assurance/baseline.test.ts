// needs: postgres, temporal
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { Repository } from './repository.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const evaluates = (name: string) => `import sys\n\neval(sys.argv[1])  # ${name}\n`;
const strict = { tools: ['sast'], thresholds: { critical: 0, high: 0, medium: 0 }, gateOn: 'new' };
let service: Service;
let repository: Repository;

beforeAll(async () => {
  service = await Service.start();
  repository = new Repository(join(service.its.home, 'repository'));
  repository.write('old.py', evaluates('old'));
  repository.commit();
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

const scan = (profile: object): Promise<ScanStatus> =>
  service.scan({
    component_id: 'shop',
    git_url: repository.folder,
    publish: false,
    profile: 'gate',
    manifest: { product: 'shop', version: '1', profiles: [{ name: 'gate', ...profile }] },
  });

test(
  'where only new findings count, they are told by the last scan that passed and by no other',
  async () => {
    const failed = await scan(strict);
    expect(failed).toMatchObject({ verdict: 'failed', baseline_test_id: null, changes: null });
    // a fault must not be let through by scanning it twice
    const again = await scan(strict);
    expect(again).toMatchObject({ verdict: 'failed', baseline_test_id: null });
    expect(again.violations).toEqual(failed.violations);

    const passed = await scan({ tools: ['sast'] });
    expect(passed).toMatchObject({ verdict: 'passed', baseline_test_id: again.test_id });

    const known = await scan(strict);
    expect(known).toMatchObject({ verdict: 'passed', baseline_test_id: passed.test_id });
    expect((await service.policyOf(known.test_id)).set_aside.not_new).toBe(1);

    repository.write('new.py', evaluates('new'));
    repository.commit();
    const worse = await scan(strict);
    expect(worse).toMatchObject({ verdict: 'failed', baseline_test_id: known.test_id, changes: { new: 1 } });
    const still = await scan(strict);
    expect(still).toMatchObject({ verdict: 'failed', baseline_test_id: known.test_id, changes: { new: 1 } });

    repository.remove('new.py');
    repository.commit();
    expect(await scan(strict)).toMatchObject({ verdict: 'passed', baseline_test_id: known.test_id });
  },
  2 * MINUTE,
);

test(
  'what was decided about a finding holds on when its file has got another folder, scan after scan',
  async () => {
    const [found] = await service.findings((await scan({ tools: ['sast'] })).test_id);
    const decided = await service.ask('/v1/triage', {
      workspace_id: service.workspace,
      component_id: 'shop',
      fingerprints: [found?.fingerprint],
      state: 'false_positive',
      reason: 'never called',
    });
    expect(decided.status).toBe(201);
    repository.write('elsewhere/old.py', repository.read('old.py'));
    repository.remove('old.py');
    repository.commit();
    for (const change of ['moved', 'unchanged']) {
      const { test_id: testId, changes } = await scan({ tools: ['sast'] });
      expect(changes).toEqual({ new: 0, unchanged: 0, moved: 0, fixed: 0, [change]: 1 });
      expect((await service.policyOf(testId)).set_aside.false_positive).toBe(1);
      expect(await service.findings(testId)).toEqual([
        expect.objectContaining({ change, triage: expect.objectContaining({ state: 'false_positive' }) }),
      ]);
      const { counts } = await service.get(`/v1/security-scans/${testId}/diff`);
      expect(counts).toEqual(changes);
    }
  },
  MINUTE,
);
