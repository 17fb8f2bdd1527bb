import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SourceLimits } from '../../../activities/scan/deps.ts';
import type { SourceDeps } from '../../../activities/scan/sources/origin.ts';
import { BUILT_IN_MANIFEST } from '../../../contracts/built-in-manifest.ts';
import type { ScanInput, Source } from '../../../contracts/workflows.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';

export const temporaryFolder = (name: string): string =>
  realpathSync(mkdtempSync(join(tmpdir(), `certus-${name}-`)));

/** git as a person has it, independent of this machine's configuration. */
export function git(cwd: string, ...args: string[]): string {
  const who = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...who, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();
}

export function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Commits everything in the folder and gives the commit's id. */
export function commitAll(folder: string, message = 'c'): string {
  git(folder, 'add', '--all', '--force');
  git(folder, 'commit', '--quiet', '--allow-empty', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
}

export function repository(files: Record<string, string | Buffer>): string {
  const folder = temporaryFolder('repository');
  git(folder, 'init', '--quiet');
  write(folder, files);
  commitAll(folder);
  return folder;
}

export const limits = (roots: readonly string[], changes: Partial<SourceLimits> = {}): SourceLimits => ({
  roots,
  gitHosts: [],
  gitCredentialsFile: undefined,
  buckets: [],
  registries: [],
  maxFileBytes: 1024 * 1024,
  maxBytes: 64 * 1024 * 1024,
  maxFiles: 10_000,
  ...changes,
});

/** With buckets that are folders; nothing is in them unless a test puts it there. */
export function sourceDeps(workFolder: string, sources: SourceLimits, objects = '/nowhere'): SourceDeps {
  const { readable } = openDirectoryStore(objects);
  return { workFolder, sources, raw: readable('raw'), uploads: readable('uploads'), sourceBucket: readable };
}

let runs = 0;
export const scanOf = (source: Source): ScanInput => ({
  scope: { tenant: 'acme', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
  testId: `test_${(runs++).toString(16).padStart(12, '0')}`,
  source,
  profile: 'light',
  manifest: { type: 'inline', manifest: BUILT_IN_MANIFEST, digest: '0'.repeat(64) },
  requestedBy: null,
  requestedAt: '2026-06-01T12:00:00.000Z',
  publish: true,
});
