import { Manifest } from '../../../contracts/manifest.ts';
import type { BundleFacts } from '../../../domain/bundle/compose-bundle.ts';
import { findingOf } from './finding-fixture.ts';
import { judge } from './gate-fixture.ts';
import { toolRun } from './tool-run-fixture.ts';

/** A scan of a git repository by one tool that found one thing. */
export function bundleFacts(about: Partial<BundleFacts> = {}): BundleFacts {
  const manifest = Manifest.parse({
    product: 'Shop',
    version: '1',
    profiles: [
      { name: 'light', tools: ['secrets', { id: 'sast', required: true }], thresholds: { high: 0 } },
    ],
  });
  const findings = [findingOf()];
  return {
    input: {
      scope: { tenant: 'acme', workspace: 'web' },
      component: 'shop',
      assessment: 'default',
      testId: 'test_0123456789ab',
      source: { type: 'git', url: 'https://git.example/shop', branch: 'main' },
      profile: 'Light',
      requestedBy: null,
      requestedAt: '2026-06-01T11:00:00.000Z',
      publish: true,
    },
    manifest: { manifest, digest: 'c'.repeat(64), signedBy: null },
    checkout: {
      commit: 'a'.repeat(40),
      branch: 'main',
      tag: null,
      originDigest: null,
      contentHash: 'b'.repeat(64),
      files: 1,
      bytes: 2,
      skipped: [],
    },
    tools: [toolRun('secrets'), toolRun('sast', { findings: 1 })],
    findings,
    judgement: judge(findings),
    components: null,
    warnings: [],
    events: [],
    triage: [],
    fixed: [],
    toolPaths: ['reports/sast/sast.sarif.json'],
    startedAt: '2026-06-01T11:01:00.000Z',
    completedAt: '2026-06-01T11:02:00.000Z',
    ...about,
  };
}
