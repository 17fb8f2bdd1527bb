import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scanVulnerabilities } from '../../../activities/scan/built-in/vulnerabilities.ts';
import { databaseStatus } from '../../../services/advisories/database-status.ts';
import { exportFile, indexFile, plainExportFile } from '../../../services/advisories/layout.ts';
import { offlineAdvisories } from '../../../services/advisories/offline.ts';
import { writeIndex } from '../../../services/advisories/write-index.ts';
import { fixture } from '../components/bills.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { osvRecord, RECORDS } from './records.ts';
import { zipOf } from './zip.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const zipped = (records: readonly { id: string }[]) =>
  zipOf(Object.fromEntries(records.map((record) => [`${record.id}.json`, JSON.stringify(record)])));

function folderWith(content: Buffer, ecosystem = 'npm', place = exportFile): string {
  const folder = temporaryFolder('advisories');
  folders.push(folder);
  const file = place(folder, ecosystem);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return folder;
}

async function loaded(records: readonly { id: string }[] = RECORDS): Promise<string> {
  const folder = folderWith(zipped(records));
  await writeIndex(exportFile(folder, 'npm'), 'npm', indexFile(folder, 'npm'));
  return folder;
}

const lookUp = async (folder: string, name: string) =>
  (await offlineAdvisories(folder).lookUp([{ ecosystem: 'npm', name, version: '1.0.0' }])).advisories[0]?.map(
    ({ id }) => id,
  );

describe('an index', () => {
  test('finds what is known of a package, and not what was withdrawn or is of others', async () => {
    const folder = await loaded();
    expect(await lookUp(folder, 'lodash')).toEqual(['GHSA-aaaa-bbbb-cccc']);
    expect(await lookUp(folder, '@scope/util')).toEqual(['MAL-2025-1']);
    for (const name of ['Lodash', 'django', 'lodas', '__proto__', ''])
      expect(await lookUp(folder, name)).toEqual([]);
  });

  test('holds many, each in its place', async () => {
    const records = Array.from({ length: 3_000 }, (_, at) =>
      osvRecord(`GHSA-${at}`, 'npm', `package-${at}`, [{ introduced: '0' }]),
    );
    const folder = await loaded(records);
    const queries = [0, 1, 1_499, 2_999].map((at) => ({
      ecosystem: 'npm',
      name: `package-${at}`,
      version: '1.0.0',
    }));
    const { advisories } = await offlineAdvisories(folder).lookUp(queries);
    expect(advisories.map((list) => list.map(({ id }) => id))).toEqual([
      ['GHSA-0'],
      ['GHSA-1'],
      ['GHSA-1499'],
      ['GHSA-2999'],
    ]);
  });

  test('is the same for the same export', async () => {
    const [first, second] = [await loaded(), await loaded()];
    const time = new Date('2025-01-01T00:00:00Z');
    for (const folder of [first, second]) {
      utimesSync(exportFile(folder, 'npm'), time, time);
      await writeIndex(exportFile(folder, 'npm'), 'npm', indexFile(folder, 'npm'));
    }
    expect(readFileSync(indexFile(second, 'npm')).equals(readFileSync(indexFile(first, 'npm')))).toBe(true);
  });

  test('counts what is no record, and says so at every scan', async () => {
    const folder = folderWith(
      zipOf({
        'a.json': '{',
        'b.json': '{"id": "../x"}',
        'c.json': JSON.stringify(RECORDS[0]),
        'README.md': 'x',
      }),
    );
    const head = await writeIndex(exportFile(folder, 'npm'), 'npm', indexFile(folder, 'npm'));
    expect(head).toMatchObject({ advisories: 1, unreadable: 2 });
    const { notices } = await offlineAdvisories(folder).lookUp([
      { ecosystem: 'npm', name: 'a', version: '1' },
    ]);
    expect(notices).toMatchObject([{ code: 'advisories_unreadable' }]);
  });

  test('that was cut off answers nothing', async () => {
    const folder = await loaded();
    const { length } = readFileSync(indexFile(folder, 'npm'));
    for (const size of [length - 1, 200, 5]) {
      truncateSync(indexFile(folder, 'npm'), size);
      const asked = Promise.all(['lodash', '@scope/util'].map((name) => lookUp(folder, name)));
      await expect(asked).rejects.toMatchObject({ code: 'tool_not_available' });
    }
  });
});

describe('an export that is none', () => {
  test.each([
    ['no zip', Buffer.from('<html>please log in</html>')],
    ['half a zip', zipped(RECORDS).subarray(0, 300)],
  ])('%s leaves the index before it in its place', async (_, content) => {
    const folder = await loaded();
    const before = readFileSync(indexFile(folder, 'npm'));
    writeFileSync(exportFile(folder, 'npm'), content);
    const made = writeIndex(exportFile(folder, 'npm'), 'npm', indexFile(folder, 'npm'));
    await expect(made).rejects.toMatchObject({ code: 'archive_invalid' });
    expect(readFileSync(indexFile(folder, 'npm')).equals(before)).toBe(true);
    expect(readdirSync(join(folder, 'index'))).toEqual(['npm.osv']);
  });

  test('entries whose names lead out are refused', async () => {
    const folder = folderWith(zipOf({ '../../x.json': JSON.stringify(RECORDS[0]) }));
    const made = writeIndex(exportFile(folder, 'npm'), 'npm', indexFile(folder, 'npm'));
    await expect(made).rejects.toMatchObject({ code: 'archive_invalid' });
    expect(existsSync(indexFile(folder, 'npm'))).toBe(false);
  });
});

describe('a folder', () => {
  test('tells what is there, what was not loaded and what is newer', async () => {
    const folder = await loaded();
    expect(await databaseStatus(folder)).toMatchObject([
      {
        ecosystem: 'npm',
        state: 'ready',
        index: { advisories: 3, withdrawn: 1, modified: '2025-04-01T00:00:00Z' },
      },
    ]);
    const later = new Date(Date.now() + 60_000);
    utimesSync(exportFile(folder, 'npm'), later, later);
    expect(await databaseStatus(folder)).toMatchObject([{ state: 'stale' }]);
    const { notices } = await offlineAdvisories(folder).lookUp([
      { ecosystem: 'npm', name: 'a', version: '1' },
    ]);
    expect(notices).toMatchObject([{ code: 'advisories_not_loaded' }]);
    expect(await databaseStatus(folderWith(zipped(RECORDS), 'Go', plainExportFile))).toMatchObject([
      { ecosystem: 'Go', state: 'not_loaded' },
    ]);
  });
});

describe('a scan', () => {
  test('finds each issue once, where the lockfile names the package, and says what it rests on', async () => {
    const result = await scanVulnerabilities({ ...fixture('npm-v3'), advisories: await loaded() });
    const shown = result.drafts.map(({ rule, severity, score, package: about, location, fix }) => [
      ...[rule, severity, score, about?.purl, location?.start_line, fix],
    ]);
    const upgrade = 'Upgrade lodash to 4.17.21.';
    expect(shown).toEqual([
      ['MAL-2025-1', 'critical', null, 'pkg:npm/%40scope/util@2.1.0', 20, null],
      ['GHSA-aaaa-bbbb-cccc', 'critical', 9.8, 'pkg:npm/lodash@3.9.0', 29, upgrade],
      ['GHSA-aaaa-bbbb-cccc', 'critical', 9.8, 'pkg:npm/lodash@4.17.20', 33, upgrade],
      ['GHSA-aaaa-bbbb-cccc', 'critical', 9.8, 'pkg:npm/lodash@3.10.1', 42, upgrade],
    ]);
    expect(result.drafts[1]).toMatchObject({
      identifiers: ['GHSA-aaaa-bbbb-cccc', 'CVE-2021-1'],
      source_severity: 'CRITICAL',
    });
    expect(result.data).toEqual({ name: 'OSV offline database (npm)', updated_at: '2025-04-01T00:00:00Z' });
  });

  test('of what the database has nothing of is no scan without findings', async () => {
    const scanned = scanVulnerabilities({ ...fixture('cargo'), advisories: await loaded() });
    await expect(scanned).rejects.toMatchObject({
      code: 'tool_not_available',
      message: expect.stringContaining('--ecosystem crates.io'),
    });
  });

  test('keeps what it found in one ecosystem and says that of another it knows nothing', async () => {
    const source = offlineAdvisories(await loaded());
    const answers = await source.lookUp([
      { ecosystem: 'npm', name: 'lodash', version: '3.9.0' },
      { ecosystem: 'crates.io', name: 'serde', version: '1.0.0' },
    ]);
    expect(answers.advisories.map((known) => known.length)).toEqual([1, 0]);
    expect(answers.incomplete).toContain('has nothing of crates.io');
    const all = await source.lookUp([{ ecosystem: 'npm', name: 'lodash', version: '3.9.0' }]);
    expect(all.incomplete).toBeUndefined();
  });

  test('without a database says how to get one', async () => {
    await expect(scanVulnerabilities({ ...fixture('npm-v3'), advisories: null })).rejects.toMatchObject({
      code: 'tool_not_available',
      message: expect.stringContaining('certus advisories download'),
    });
  });

  test('tells what it could not look up for want of a version', async () => {
    const folder = folderWith(
      zipped([osvRecord('PYSEC-9', 'PyPI', 'Django', [{ introduced: '0' }])]),
      'PyPI',
    );
    await writeIndex(exportFile(folder, 'PyPI'), 'PyPI', indexFile(folder, 'PyPI'));
    const { drafts, notices } = await scanVulnerabilities({ ...fixture('requirements'), advisories: folder });
    expect(drafts.map(({ rule, location }) => `${rule} ${location?.path}`)).toEqual([
      'PYSEC-9 requirements/base.txt',
    ]);
    expect(notices).toContainEqual(
      expect.objectContaining({ code: 'version_unknown', path: 'requirements.txt' }),
    );
  });

  test('puts nothing into a finding that a terminal would obey', async () => {
    const summary = 'bad\u001b[2J\nthing'.repeat(200);
    const folder = await loaded([osvRecord('GHSA-1', 'npm', 'lodash', [{ introduced: '0' }], { summary })]);
    const { drafts } = await scanVulnerabilities({ ...fixture('npm-v3'), advisories: folder });
    expect(drafts[0]?.title.length).toBeLessThanOrEqual(300);
    expect(JSON.stringify(drafts)).not.toMatch(/\\u001b|\\n/);
  });
});
