import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { statusExample } from '../../../api/scans/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { complaintOf } from '../../../cli/command-error.ts';
import { verdictCode } from '../../../cli/commands/scan.ts';
import { exitCodeOf } from '../../../cli/exit-codes.ts';
import { followScan } from '../../../cli/follow-scan.ts';
import { componentName, scanTarget } from '../../../cli/scan-target.ts';
import { CertusError, ERROR_STATUS, type ErrorCode } from '../../../contracts/errors.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';

const scan = (changes: Partial<ScanStatus>): ScanStatus => ({ ...statusExample, ...changes });

describe('the exit code', () => {
  test.each<[number, Partial<ScanStatus>]>([
    [0, { status: 'SUCCEEDED', verdict: 'passed', upload_status: 'uploaded' }],
    [2, { status: 'SUCCEEDED', verdict: 'failed', upload_status: 'uploaded' }],
    [2, { status: 'SUCCEEDED', verdict: 'failed', upload_status: 'denied' }],
    [1, { status: 'SUCCEEDED', verdict: 'passed', upload_status: 'denied' }],
    [1, { status: 'SUCCEEDED', verdict: 'passed', upload_status: 'upload_failed' }],
    [1, { status: 'SUCCEEDED', verdict: 'passed', upload_status: 'quarantined' }],
    [1, { status: 'SUCCEEDED', verdict: null }],
    [1, { status: 'FAILED', verdict: 'passed' }],
    [1, { status: 'CANCELLED', verdict: null }],
  ])('is %i for %j', (code, changes) => {
    expect(verdictCode(scan(changes))).toBe(code);
  });

  test('of an error is never one that speaks of a verdict', () => {
    for (const code of Object.keys(ERROR_STATUS) as ErrorCode[])
      expect(exitCodeOf(code)).toBeGreaterThanOrEqual(64);
    expect(complaintOf(new Error('a bug'))).toMatchObject({ code: 'internal_error', exitCode: 70 });
  });
});

describe('what is scanned', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'certus-target-')));
  for (const name of ['files', 'Work Tree_2', 'bare.git']) mkdirSync(join(folder, name));
  execFileSync('git', ['init', '--quiet', join(folder, 'Work Tree_2')]);
  execFileSync('git', ['init', '--quiet', '--bare', join(folder, 'bare.git')]);
  symlinkSync(join(folder, 'files'), join(folder, 'link'));
  writeFileSync(join(folder, 'file.tar.gz'), '');
  const target = (typed: string, directory = false) => scanTarget(typed, folder, directory);

  test('a folder is scanned as it lies, a link as where it leads', () => {
    const source = { source_type: 'directory', directory_path: join(folder, 'files') };
    expect(target('files')).toEqual({ source, component: 'files' });
    expect(target('link')).toEqual({ source, component: 'files' });
  });

  test('a repository is scanned as git unless its files are asked for', () => {
    const git_url = join(folder, 'Work Tree_2');
    expect(target('Work Tree_2')).toEqual({
      source: { source_type: 'git', git_url },
      component: 'work-tree-2',
    });
    expect(target('Work Tree_2', true).source).toEqual({ source_type: 'directory', directory_path: git_url });
    expect(target('bare.git')).toMatchObject({ source: { source_type: 'git' }, component: 'bare' });
  });

  test.each([
    'https://example.org/team/pay.git',
    'git@example.org:team/pay.git',
    'ssh://git@example.org/pay',
    'host:pay',
  ])('%s is a repository elsewhere', (url) => {
    expect(target(url)).toEqual({ source: { source_type: 'git', git_url: url }, component: 'pay' });
  });

  test('a file is an archive to upload, named without its format', () => {
    const source = { source_type: 'archive', file: join(folder, 'file.tar.gz') };
    expect(target('file.tar.gz')).toEqual({ source, component: 'file' });
  });

  test.each([
    ['s3://team-sources/apps/pay', { source_type: 's3', s3_uri: 's3://team-sources/apps/pay' }],
    ['oci://registry:5000/team/pay:1.2', { source_type: 'oci', oci_reference: 'registry:5000/team/pay:1.2' }],
    ['oci://registry:5000/team/pay', { source_type: 'oci', oci_reference: 'registry:5000/team/pay' }],
    ['oci://r.io/pay@sha256:00', { source_type: 'oci', oci_reference: 'r.io/pay@sha256:00' }],
  ])('%s is a bucket or an image', (typed, source) => {
    expect(target(typed)).toEqual({ source, component: 'pay' });
    expect(() => target(typed, true)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });

  test('what is not there is said before anything is asked', () => {
    expect(() => target('missing')).toThrow(expect.objectContaining({ exitCode: 66 }));
    expect(() => target('file.tar.gz', true)).toThrow(expect.objectContaining({ code: 'source_not_found' }));
    expect(() => target('https://example.org/x', true)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });

  test.each([
    ['---', 'source'],
    ['/', 'source'],
    [`/x/${'long-'.repeat(30)}`, `${'long-'.repeat(12)}lon`],
    ['日本語', 'source'],
    ['a..b\n', 'a-b'],
  ])('%j becomes the component %s', (name, component) => {
    expect(componentName(name)).toBe(component);
  });
});

describe('following a scan', () => {
  const pace = { first: 1, longest: 2, silence: 10_000, outage: 10_000 };
  const answering = (answers: readonly (ScanStatus | Error)[]): ApiClient => {
    const left = [...answers];
    const get = async () => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return next as never;
    };
    const never = async () => Promise.reject(new Error('nothing is posted'));
    return { get, post: never, put: never, upload: never, download: never, remove: never, removeAll: never };
  };
  const follow = async (answers: readonly (ScanStatus | Error)[], how = pace) => {
    const said: string[] = [];
    const end = await followScan(answering(answers), statusExample, (line) => said.push(line), how);
    return { said, end };
  };
  const running = (state: 'waiting' | 'running' | 'done') => scan({ steps: [{ name: 'secrets', state }] });
  const away = new CertusError('dependency_unavailable', 'away');

  test('says each change once', async () => {
    const ended = scan({ status: 'SUCCEEDED', verdict: 'passed', steps: [] });
    const { said, end } = await follow([
      scan({ status: 'QUEUED', steps: [] }),
      running('waiting'),
      running('running'),
      running('running'),
      running('done'),
      ended,
    ]);
    expect(said).toEqual(['queued', 'running', '  secrets: running', '  secrets: done', 'succeeded']);
    expect(end).toBe(ended);
  });

  test('says that it still waits, and for what', async () => {
    const quiet = [running('running'), running('running'), scan({ status: 'SUCCEEDED', steps: [] })];
    const { said } = await follow(quiet, { ...pace, silence: 0 });
    expect(said).toEqual(['running', '  secrets: running', '  still at secrets', 'succeeded']);
  });

  test('outlasts an API that is away for a while', async () => {
    const { said, end } = await follow([away, away, scan({ status: 'FAILED', steps: [] })]);
    expect(said).toEqual(['waiting: away', 'failed']);
    expect(end.status).toBe('FAILED');
  });

  test('gives up when it stays away, and at once when the answer is a no', async () => {
    await expect(follow([away, away, away], { ...pace, outage: -1 })).rejects.toBe(away);
    await expect(follow([new CertusError('not_found', 'no')])).rejects.toMatchObject({ code: 'not_found' });
  });
});
