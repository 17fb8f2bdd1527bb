import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import { BUNDLE, BundleIndex, ScanDocument } from '../../../contracts/bundle.ts';
import {
  artifactNames,
  type BundleFacts,
  composeBundle,
  type Report,
} from '../../../domain/bundle/compose-bundle.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { gate } from '../../../domain/policy/gate.ts';
import { resolveProfile } from '../../../domain/policy/resolve-profile.ts';

const report: Report = {
  run: {
    tool: 'secrets',
    version: '1',
    outcome: 'completed',
    findings: 0,
    report: 'reports/sast/secrets.sarif.json',
  },
  mediaType: 'application/sarif+json',
  bytes: Buffer.from('{}'),
  findings: [],
};
const facts = (): BundleFacts => ({
  input: {
    scope: { tenant: 'acme', workspace: 'web' },
    component: 'shop',
    assessment: 'default',
    testId: 'test_0123456789ab',
    source: { type: 'git', url: 'https://git.example/shop', branch: 'main' },
    profile: 'Light',
    manifest: BUILT_IN_MANIFEST,
    manifestDigest: 'c'.repeat(64),
    requestedBy: null,
    requestedAt: '2026-06-01T11:00:00.000Z',
  },
  checkout: {
    commit: 'a'.repeat(40),
    branch: 'main',
    contentHash: 'b'.repeat(64),
    files: 1,
    bytes: 2,
    skipped: [],
  },
  reports: [report],
  policy: gate([], resolveProfile(BUILT_IN_MANIFEST, 'light')),
  startedAt: '2026-06-01T11:01:00.000Z',
  completedAt: '2026-06-01T11:02:00.000Z',
});

test('the same facts give the same bytes', () => {
  expect(composeBundle(facts()).digest).toBe(composeBundle(structuredClone(facts())).digest);
});

test.each<[string, (changed: BundleFacts) => BundleFacts]>([
  ['the commit', (it) => ({ ...it, checkout: { ...it.checkout, commit: 'd'.repeat(40) } })],
  ['the tenant', (it) => ({ ...it, input: { ...it.input, scope: { ...it.input.scope, tenant: 'globex' } } })],
  ['the time', (it) => ({ ...it, completedAt: '2026-06-01T11:02:00.001Z' })],
  ['a report', (it) => ({ ...it, reports: [{ ...report, bytes: Buffer.from('{ }') }] })],
  [
    'what was skipped',
    (it) => ({
      ...it,
      checkout: { ...it.checkout, skipped: [{ code: 'symlink', message: 'm', path: 'p' }] },
    }),
  ],
])('%s makes another bundle', (_, change) => {
  expect(composeBundle(change(facts())).digest).not.toBe(composeBundle(facts()).digest);
});

describe('the index', () => {
  const { index, indexBytes, files, digest } = composeBundle(facts());

  test('lists every other file with its final digest and size, in order, and nothing else', () => {
    expect(index.files.map(({ path }) => path)).toEqual(files.map(({ path }) => path).sort());
    for (const { path, bytes, mediaType } of files)
      expect(index.files).toContainEqual({
        path,
        sha256: sha256(bytes),
        size: bytes.length,
        media_type: mediaType,
      });
  });

  test('is what its schema says, and its digest is the digest of its bytes', () => {
    expect(BundleIndex.parse(JSON.parse(Buffer.from(indexBytes).toString('utf8')))).toEqual(index);
    expect(sha256(indexBytes)).toBe(digest);
  });
});

test('scan.json says what was scanned', () => {
  const { scan, files } = composeBundle(facts());
  const stored = files.find(({ path }) => path === BUNDLE.scan);
  expect(ScanDocument.parse(JSON.parse(Buffer.from(stored?.bytes ?? []).toString('utf8')))).toEqual(scan);
  expect(scan).toMatchObject({
    provenance_id: 'a'.repeat(40),
    git_url: 'https://git.example/shop',
    verdict: 'passed',
    directory_path: null,
  });
});

test('a folder is known by its content', () => {
  const { input, checkout, ...rest } = facts();
  const { scan } = composeBundle({
    ...rest,
    input: { ...input, source: { type: 'directory', path: '/srv/shop' } },
    checkout: { ...checkout, commit: null, branch: null },
  });
  expect(scan).toMatchObject({
    provenance_id: 'b'.repeat(64),
    git_url: null,
    git_commit: null,
    directory_path: '/srv/shop',
  });
});

test('every artifact a client is told of is in the bundle, or is its attestation', () => {
  const paths = composeBundle(facts()).files.map(({ path }) => path);
  expect(Object.values(artifactNames([report])).filter((path) => !paths.includes(path))).toEqual([
    BUNDLE.provenance,
  ]);
});

test('manifest-info.json shows the profile as it was asked for and as it was found', () => {
  const info = composeBundle(facts()).files.find(({ path }) => path === BUNDLE.manifestInfo);
  expect(JSON.parse(Buffer.from(info?.bytes ?? []).toString('utf8'))).toMatchObject({
    profile_requested: 'Light',
    profile_resolved: 'light',
    tools_selected: ['secrets'],
  });
});
