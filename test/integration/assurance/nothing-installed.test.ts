// needs: postgres, temporal
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { EXTERNAL_TOOLS, type ExternalTool } from '../../../contracts/tools.ts';
import { EXTERNAL } from '../../../domain/tools/external.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const empty = temporaryFolder('installed');
const standard = BUILT_IN_MANIFEST.profiles.find(({ name }) => name === 'standard')?.tools ?? [];
const absent = EXTERNAL_TOOLS.filter((tool) => standard.includes(tool));
const sample = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  publish: false,
};
let service: Service;
let scan: ScanStatus;

beforeAll(async () => {
  service = await Service.start({ CERTUS_TOOL_PATH: empty });
  scan = await service.scan({ ...sample, profile: 'standard' });
}, 2 * MINUTE);
afterAll(async () => {
  await service?.close();
  rmSync(empty, { recursive: true, force: true });
}, MINUTE);

test('a scan without any scanner of others still finds what there is to find', async () => {
  expect(scan).toMatchObject({ status: 'SUCCEEDED', verdict: 'failed', errors: [] });
  const findings = await service.findings(scan.test_id);
  const kinds = Object.groupBy(findings, ({ kind }) => kind);
  const counts = Object.fromEntries(Object.entries(kinds).map(([kind, of]) => [kind, of?.length]));
  expect(counts).toEqual({ secret: 5, code: 6, hygiene: 13, privacy: 3, license: 1 });
  expect(findings).toContainEqual(
    expect.objectContaining({
      kind: 'secret',
      location: expect.objectContaining({ path: 'deploy/id_rsa', start_line: 1 }),
    }),
  );
});

/** Advisories are the one thing that a tool of ours needs from elsewhere. */
const NOT_THERE = [...absent, 'vulnerabilities'].sort();

test('the result says of each tool that did not run why, for machines and for people', async () => {
  const missing = scan.tools.filter(({ outcome }) => outcome === 'not_available');
  const irrelevant = scan.tools.filter(({ outcome }) => outcome === 'not_relevant').map(({ tool }) => tool);
  expect([...missing.map(({ tool }) => tool), ...irrelevant].sort()).toEqual(NOT_THERE);
  expect(irrelevant).toEqual([]);

  const summary = JSON.parse(await service.artifact(scan.test_id, BUNDLE.summary));
  const skipped = new Map<string, { outcome: string; reason: string }>(
    summary.skipped.map(({ tool, ...more }: { tool: string }) => [tool, more]),
  );
  expect([...skipped.keys()].sort()).toEqual(NOT_THERE);
  const page = await service.artifact(scan.test_id, BUNDLE.summaryPage);
  for (const tool of absent) {
    const { title, find } = EXTERNAL[tool as ExternalTool];
    expect(skipped.get(tool)?.outcome).toBe('not_available');
    expect(skipped.get(tool)?.reason).toContain(`${title} is not installed: no ${find.commands[0]}`);
    expect(page).toContain(`${title} is not installed: no ${find.commands[0]}`);
  }
  expect(page).not.toMatch(/<script/i);
  expect(summary.executed).toContain('secrets');
});

test(
  'a profile that must have a scanner fails the gate without it, and says so',
  async () => {
    const profiles = [
      { name: 'must', tools: ['hygiene', { id: 'gitleaks', required: true }] },
      { name: 'may', tools: ['hygiene', 'gitleaks'] },
    ];
    const manifest = { product: 'shop', version: '1', profiles };
    const [must, may] = [
      await service.scan({ ...sample, manifest, profile: 'must' }),
      await service.scan({ ...sample, manifest, profile: 'may' }),
    ];
    expect(must).toMatchObject({ status: 'SUCCEEDED', verdict: 'failed' });
    expect(must.violations).toEqual([
      expect.stringMatching(/^required tool gitleaks not_available: Gitleaks is not installed/),
    ]);
    expect((await service.policyOf(must.test_id)).violations).toEqual(must.violations);
    expect(may).toMatchObject({ status: 'SUCCEEDED', verdict: 'passed', violations: [] });
  },
  MINUTE,
);
