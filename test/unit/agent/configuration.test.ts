import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { checkSite } from '../../../services/agent/check-site.ts';
import { type AgentConfiguration, readConfiguration } from '../../../services/agent/configuration.ts';
import { certificate } from '../keys/certificates.ts';
import { temporaryFolder } from '../scan/sources.ts';

const GOOD = {
  platform: { url: 'https://certus.example:9443', ca: 'ca.pem', certificate: 'agent.pem', key: 'agent.key' },
  spool: { folder: 'spool', key: 'spool.key' },
  work: 'work',
  sources: [{ name: 'docs', kind: 'folder', path: 'docs' }],
};
const read = (changes: object = {}) =>
  readConfiguration(stringify({ ...GOOD, ...changes }), '/etc/certus/agent.yaml');
const faultsOf = (changes: object) => {
  const given = read(changes);
  return 'faults' in given ? given.faults.map(({ path }) => path) : [];
};
const withSource = (source: object) => faultsOf({ sources: [{ name: 'x', ...source }] });

describe('a configuration', () => {
  test('means paths from where it is, and has what nobody says', () => {
    const given = read();
    expect(given).toMatchObject({
      configuration: {
        platform: { url: 'https://certus.example:9443', key: '/etc/certus/agent.key' },
        spool: { folder: '/etc/certus/spool', max_bytes: 1024 ** 3 },
        workspace: 'default',
        sanitizer: { min_confidence: 0.4 },
        sources: [{ path: '/etc/certus/docs', every_seconds: 60, watch: true }],
      },
    });
    expect(readConfiguration(JSON.stringify(GOOD), '/etc/certus/agent.json')).toEqual(given);
  });

  test('has every fault told, with where it is', () => {
    expect(
      faultsOf({
        platform: { ...GOOD.platform, url: 'http://certus.example' },
        spool: { folder: 'spool' },
        colour: 1,
      }),
    ).toEqual(['platform.url', 'spool.key', '(all)']);
    expect(faultsOf({ sources: [GOOD.sources[0], GOOD.sources[0]] })).toEqual(['sources.1.name']);
    expect(faultsOf({ sources: [] })).toEqual(['sources']);
    expect(withSource({ kind: 'folder' })).toEqual(['sources.0.path']);
    expect(withSource({ kind: 'git', repository: 'https://user:pass@host/x' })).toEqual([
      'sources.0.repository',
    ]);
    expect(withSource({ kind: 'git', repository: 'ext::sh -c id' })).toEqual(['sources.0.repository']);
    expect(withSource({ kind: 's3', bucket: 'b', access_key_id: 'A' })).toEqual([
      'sources.0.secret_access_key_file',
    ]);
    expect(withSource({ kind: 'tape' })).toEqual(['sources.0.kind']);
  });

  test('lets a drop that others reach be open to nobody without a token', () => {
    expect(withSource({ kind: 'drop', host: '0.0.0.0' })).toEqual(['sources.0.token_file']);
    expect(withSource({ kind: 'drop', host: '0.0.0.0', token_file: 't' })).toEqual([]);
    expect(withSource({ kind: 'drop' })).toEqual([]);
  });

  test('can have more masked than others, and not less', () => {
    expect(faultsOf({ sanitizer: { min_confidence: 0.9 } })).toEqual(['sanitizer.min_confidence']);
    expect(faultsOf({ sanitizer: { min_confidence: 0.1 } })).toEqual([]);
  });

  test.each(['a: [', 'a: b: c', '&a [*a, *b]', '- 1', 'null', ''])('is not %j', (text) => {
    expect(readConfiguration(text, 'x')).toMatchObject({ faults: expect.any(Array) });
  });

  test('is told without what stands in it', () => {
    const given = readConfiguration('platform: {key: "hunter2', '/x');
    expect(given).toMatchObject({ faults: [{ path: expect.stringMatching(/^line \d$/) }] });
    expect(JSON.stringify(given)).not.toContain('hunter2');
  });
});

describe('a site', () => {
  const now = new Date();
  let root: string;
  beforeEach(async () => {
    root = temporaryFolder('site');
    const made = await certificate({
      from: new Date(now.getTime() - 3_600_000),
      until: new Date(now.getTime() + 3_600_000),
    });
    writeFileSync(join(root, 'ca.pem'), made.pem);
    writeFileSync(join(root, 'agent.pem'), made.pem);
    writeFileSync(join(root, 'agent.key'), made.keyPem, { mode: 0o600 });
    mkdirSync(join(root, 'docs'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const configuration = (changes: object = {}): AgentConfiguration => {
    const given = readConfiguration(stringify({ ...GOOD, ...changes }), join(root, 'agent.yaml'));
    if ('configuration' in given) return given.configuration;
    throw new Error(JSON.stringify(given.faults));
  };
  const faults = async (changes: object = {}, at = now) =>
    (await checkSite(configuration(changes), at, join(root, 'agent.yaml'))).map(({ path }) => path);

  test('is good when everything is there', async () => {
    expect(await faults()).toEqual([]);
  });

  test('has the certificate, its key, and both of today', async () => {
    expect(await faults({}, new Date(now.getTime() + 7_200_000))).toEqual(['platform']);
    writeFileSync(join(root, 'agent.key'), (await certificate()).keyPem, { mode: 0o600 });
    expect(await checkSite(configuration(), now, join(root, 'agent.yaml'))).toEqual([
      { path: 'platform', message: expect.stringContaining('is not the key of') },
    ]);
    rmSync(join(root, 'agent.key'));
    writeFileSync(join(root, 'agent.key'), 'x', { mode: 0o644 });
    expect(await checkSite(configuration(), now, join(root, 'agent.yaml'))).toEqual([
      { path: 'platform', message: expect.stringContaining('can be read by others') },
    ]);
  });

  test('does not read its own spool and keys', async () => {
    const own = { spool: { folder: 'docs/spool', key: 'docs/spool.key' } };
    expect(await faults(own)).toEqual(['sources.0.path', 'sources.0.path']);
  });

  test('does not read them behind a link, nor its secrets and its configuration', async () => {
    symlinkSync('.', join(root, 'link'));
    expect(await faults({ spool: { folder: 'link/docs/deep/spool', key: 'spool.key' } })).toEqual([
      'sources.0.path',
    ]);
    writeFileSync(join(root, 'docs/token'), 't', { mode: 0o600 });
    const docs = { name: 'docs', kind: 'folder', path: 'docs' };
    const drop = { name: 'scans', kind: 'drop', token_file: 'docs/token' };
    expect(await faults({ sources: [docs, drop] })).toEqual(['sources.0.path']);
    const all = await checkSite(
      configuration({ sources: [{ ...docs, path: 'link/docs/..' }] }),
      now,
      join(root, 'agent.yaml'),
    );
    expect(all.map(({ message }) => message)).toContain(
      "the agent's own configuration lies in it: agent.yaml",
    );
  });

  test('can write its spool, its work and its key', async () => {
    writeFileSync(join(root, 'file'), 'x');
    expect(await faults({ work: 'file/work' })).toEqual(['work']);
    expect(await faults({ spool: { folder: 'spool', key: 'nowhere/spool.key' } })).toEqual(['spool.key']);
    writeFileSync(join(root, 'open.key'), 'x', { mode: 0o644 });
    expect(await faults({ spool: { folder: 'spool', key: 'open.key' } })).toEqual(['spool.key']);
    // a spool without its key
    mkdirSync(join(root, 'spool'));
    writeFileSync(join(root, 'spool/state.db'), '');
    expect(await faults({ spool: { folder: 'spool', key: 'gone.key' } })).toEqual(['spool.key']);
    if (process.getuid?.() === 0) return; // who may write everywhere
    mkdirSync(join(root, 'shut'), { mode: 0o500 });
    expect(await faults({ work: 'shut/work', spool: { folder: 'shut/spool', key: 'shut/key' } })).toEqual([
      ...['spool.folder', 'spool.key', 'work'],
    ]);
  });

  test('has its sources, and patterns that are some', async () => {
    rmSync(join(root, 'docs'), { recursive: true });
    expect(await faults()).toEqual(['sources.0']);
    mkdirSync(join(root, 'docs'));
    const custom = [{ type: 'CUSTOMER', pattern: '(a+' }];
    expect(await faults({ sanitizer: { custom } })).toEqual(['sanitizer']);
  });
});
