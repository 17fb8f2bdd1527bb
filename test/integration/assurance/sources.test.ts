// needs: postgres, temporal
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { type TarEntry, tarOf } from '../../unit/archive/archives.ts';
import { until } from '../local/processes.ts';
import { Service } from './service.ts';

const MINUTE = 60_000;
const SAMPLE = resolve('samples/leaky-shop');
let service: Service;

beforeAll(async () => {
  service = await Service.start();
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

/** What the command says of a scan, which waits for the verdict. */
async function scanned(...words: string[]): Promise<{ code: number | null; scan: ScanStatus }> {
  const ran = await service.certus('scan', ...words, '--workspace', service.workspace, '-o', 'json');
  if (ran.stdout === '') throw new Error(ran.stderr);
  return { code: ran.code, scan: JSON.parse(ran.stdout) };
}

test(
  'the same files have the same hash and findings, as a folder and in an archive',
  async () => {
    const archive = join(service.its.home, 'shop.tar.gz');
    execFileSync('tar', ['-C', SAMPLE, '-czf', archive, '.']);
    const folder = await scanned(SAMPLE, '--directory', '--component', 'shop', '--no-publish');
    const uploaded = await scanned(archive, '--component', 'shop', '--no-publish');
    expect([folder.code, uploaded.code]).toEqual([2, 2]);
    expect(folder.scan).toMatchObject({ source_type: 'directory', findings: expect.any(Object) });
    expect(uploaded.scan).toMatchObject({
      source_type: 'archive',
      content_hash: folder.scan.content_hash,
      findings: folder.scan.findings,
      baseline_test_id: folder.scan.test_id,
      changes: { new: 0, moved: 0, fixed: 0 },
    });
    const digest = execFileSync('sha256sum', [archive], { encoding: 'utf8' }).split(' ')[0];
    expect(uploaded.scan.origin_digest?.replace(/^sha256:/, '')).toBe(digest);
  },
  MINUTE,
);

describe('an archive that reaches out of its folder', () => {
  const upload = async (entries: readonly TarEntry[]): Promise<ScanStatus> => {
    const { status, json } = await service.ask(
      `/v1/security-scans/upload-archive?workspace_id=${service.workspace}&filename=a.tar.gz`,
      gzipSync(tarOf(...entries)),
    );
    expect(status).toBe(201);
    const { archive_path } = json;
    return service.scan({ component_id: 'hostile', source_type: 'archive', archive_path, profile: 'smoke' });
  };
  const innocent = { name: 'index.js', body: 'module.exports = 1;\n' };

  test(
    'is scanned when it does not',
    async () => {
      expect(await upload([innocent])).toMatchObject({ status: 'SUCCEEDED' });
    },
    MINUTE,
  );

  const reachesOut: Record<string, (outside: string) => TarEntry[]> = {
    'by its parents': () => [{ name: '../../../../../escaped', body: 'x' }],
    'by an absolute path': (outside) => [{ name: outside, body: 'x' }],
    'by a link that it follows': (outside) => [
      { name: 'way', type: '2', link: join(outside, '..') },
      { name: 'way/escaped', body: 'x' },
    ],
    'by a hard link to what is not its own': () => [{ name: 'mine', type: '1', link: '/etc/passwd' }],
  };
  test.each(Object.keys(reachesOut))(
    '%s is refused or tells what was left out, and nothing outside of it is written or read',
    async (how) => {
      const outside = join(service.its.home, 'escaped');
      const before = readdirSync(service.its.home).sort();
      const scan = await upload([innocent, ...(reachesOut[how]?.(outside) ?? [])]);
      if (scan.status === 'FAILED') expect(scan.errors).toEqual([HOSTILE]);
      else expect(scan).toMatchObject({ status: 'SUCCEEDED', warnings: [HOSTILE] });
      expect(existsSync(outside)).toBe(false);
      expect(readdirSync(service.its.home).sort()).toEqual(before);
      await until('its checkout has gone', () => service.leftInWork().length === 0);
      const told = [service.log(), ...(await service.bundle(scan.test_id)).values()].join('\n');
      expect(told).not.toContain(readFileSync('/etc/passwd', 'utf8').split('\n')[0]);
    },
    MINUTE,
  );
  const HOSTILE = expect.objectContaining({ code: expect.stringMatching(/^(archive_|name_|hardlink)/) });

  test('and one that is no archive is refused before anything starts', async () => {
    const file = join(service.its.home, 'no-archive.tar.gz');
    writeFileSync(file, 'certainly no archive');
    const ran = await service.certus('scan', file, '--workspace', service.workspace);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toMatch(/^certus: unsupported_media_type: /);
  });
});
