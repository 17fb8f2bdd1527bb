import { spawnSync } from 'node:child_process';
import { openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { ensureCheckout } from '../../../activities/scan/checkout.ts';
import { credentialSettings, parseGitCredentials } from '../../../services/git/credentials.ts';
import { basicAuth, GitServers } from './git-servers.ts';
import { limits, repository, scanOf, sourceDeps, temporaryFolder } from './sources.ts';

const SECRET = 'gh!t$%/ tøken"with\'all';
const servers = new GitServers();
const folders: string[] = [];
const keep = (folder: string) => {
  folders.push(folder);
  return folder;
};
afterEach(() => servers.stop());
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const lineFor = (url: string, password = SECRET) =>
  url.replace('//', `//${encodeURIComponent('a user')}:${encodeURIComponent(password)}@`);

async function fetch(url: string, lines: readonly string[], workFolder = keep(temporaryFolder('work'))) {
  const file = join(keep(temporaryFolder('credentials')), 'git-credentials');
  writeFileSync(file, `# hosts\n\n${lines.join('\n')}\n`);
  const deps = sourceDeps(
    workFolder,
    limits([], { gitHosts: ['127.0.0.1', 'localhost'], gitCredentialsFile: file }),
  );
  const { checkout } = await ensureCheckout(deps, scanOf({ type: 'git', url }));
  return checkout;
}
/** Everything that an error could end up as in a log. */
const told = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'accepted',
    (error: unknown) => inspect(error, { depth: 10 }),
  );
const traces = [SECRET, encodeURIComponent(SECRET), Buffer.from(`a user:${SECRET}`).toString('base64')];
const expectNoTrace = (text: string) => {
  for (const trace of traces) expect(text).not.toContain(trace);
};

describe('a repository that wants a credential', () => {
  test('gets the one of its host, and only when it asks', async () => {
    const { guard, shown, right } = basicAuth('a user', SECRET);
    const url = await servers.git(keep(repository({ 'a.txt': 'a' })), guard);
    const checkout = await fetch(`${url}/.git`, [lineFor(url)]);
    expect(checkout.files).toBe(1);
    expect(shown[0]).toBeUndefined();
    expect(shown.filter((each) => each !== undefined).every((each) => each === right)).toBe(true);
    expectNoTrace(JSON.stringify(checkout));
  });

  test.each([
    ['no line at all', () => []],
    ['another host', (url: string) => [lineFor(url.replace('127.0.0.1', '127.0.0.2'))]],
    ['another port', (url: string) => [lineFor(url.replace(/:\d+$/, ':1'))]],
    ['another scheme', (url: string) => [lineFor(url.replace('http:', 'https:'))]],
  ])('is shown none when the file has %s', async (_, lines) => {
    const { guard, shown } = basicAuth('a user', SECRET);
    const url = await servers.git(keep(repository({ 'a.txt': 'a' })), guard);
    expect(await told(fetch(`${url}/.git`, lines(url)))).toContain('source_unreachable');
    expect(shown.every((each) => each === undefined)).toBe(true);
  });

  test('is not found in an error either, when the host repeats it', async () => {
    const { guard } = basicAuth('a user', SECRET);
    const url = await servers.http((request, response) => {
      if (guard(request, response)) return;
      const { authorization = '' } = request.headers;
      const decoded = Buffer.from(authorization.slice(6), 'base64').toString();
      const words = `ERR you said ${authorization} which is ${decoded}`;
      const line = `${(Buffer.byteLength(words) + 4).toString(16).padStart(4, '0')}${words}`;
      response
        .writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
        .end(`001e# service=git-upload-pack\n0000${line}`);
    });
    const said = await told(fetch(`${url}/a`, [lineFor(url)]));
    expect(said).toContain('source_unreachable');
    // the negative control: what the host says does get into errors
    expect(said).toContain('you said Basic ***');
    expectNoTrace(said);
  });
});

describe('another host is never shown it', () => {
  test('after a redirect, to which we do not go at all', async () => {
    const other = basicAuth('a user', SECRET);
    const elsewhere = await servers.git(keep(repository({ 'a.txt': 'a' })), other.guard);
    const { guard } = basicAuth('a user', SECRET);
    const url = await servers.http((request, response) => {
      if (!guard(request, response))
        response.writeHead(302, { location: `${elsewhere}${request.url}` }).end();
    });
    const said = await told(fetch(`${url}/.git`, [lineFor(url), lineFor(elsewhere)]));
    expect(said).toContain('source_unreachable');
    expect(other.shown).toEqual([]);
    expectNoTrace(said);
  });

  test('even if git did follow: what asks for it names the host', () => {
    const settings = credentialSettings({ origin: 'https://git.example.org', username: 'u', password: 'p' });
    const ask = (host: string) =>
      spawnSync('git', [...settings.flatMap((each) => ['-c', each]), 'credential', 'fill'], {
        input: `protocol=https\nhost=${host}\n\n`,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          GIT_TERMINAL_PROMPT: '0',
          GIT_ASKPASS: 'false',
          GIT_CONFIG_NOSYSTEM: '1',
          HOME: '/nowhere',
        },
        stdio: ['pipe', 'pipe', 'pipe', openSecret('username=u\npassword=p\n')],
      }).stdout;
    expect(ask('git.example.org')).toContain('password=p');
    expect(ask('other.example.org')).not.toContain('password=p');
    expect(ask('git.example.org.evil.org')).not.toContain('password=p');
  });
});

test('it is in no argument, variable or file of git', async () => {
  const work = keep(temporaryFolder('work'));
  let seen = '';
  const { guard } = basicAuth('a user', SECRET);
  const url = await servers.git(keep(repository({ 'a.txt': 'a' })), (request, response) => {
    // while git waits for this answer it knows the credential
    if (request.headers.authorization !== undefined) seen += processes() + filesBelow(work);
    return guard(request, response);
  });
  await fetch(`${url}/.git`, [lineFor(url)], work);
  expect(seen).toContain('git-remote-http');
  expect(seen).toContain('GIT_TERMINAL_PROMPT');
  expectNoTrace(seen);
});

describe('a file of credentials', () => {
  test('is refused by the number of its line, without a word of it', () => {
    for (const line of [
      'https://host',
      'https://user@host',
      'https://:tok3n@host',
      'http://user:tok3n@host',
      'ssh://user:tok3n@host',
      'https://user:tok3n@host/path',
      'https://user:tok3n@host?query',
      'https://user:tok3n%0aurl=https://evil@host',
      'https://user:tok3n%@host',
      'tok3n',
    ]) {
      let said = '';
      try {
        parseGitCredentials(`# first\n${line}\n`);
      } catch (error) {
        said = inspect(error);
      }
      expect(said).toContain('line 2');
      expect(said).not.toContain('tok3n');
    }
    expect(() => parseGitCredentials('https://a:b@host\nhttps://c:d@host\n')).toThrow('line 2');
  });

  test('goes by scheme, host and port', () => {
    const find = parseGitCredentials('https://u:p@Host.example.org\nhttps://v:q@host.example.org:8443\n');
    expect(find('https://host.example.org/a.git')).toMatchObject({ username: 'u', password: 'p' });
    expect(find('https://host.example.org:443/a.git')).toMatchObject({ username: 'u' });
    expect(find('https://host.example.org:8443/a.git')).toMatchObject({ username: 'v', password: 'q' });
    for (const other of [
      'http://host.example.org/a',
      'https://example.org/a',
      'git@host.example.org:a',
      'ssh://host.example.org/a',
    ])
      expect(find(other)).toBeUndefined();
  });

  test('that cannot be read stops the fetch: nothing is fetched as nobody', async () => {
    const deps = sourceDeps(
      keep(temporaryFolder('work')),
      limits([], { gitCredentialsFile: '/nowhere/at/all' }),
    );
    await expect(
      ensureCheckout(deps, scanOf({ type: 'git', url: 'https://1.1.1.1/a' })),
    ).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });
});

function openSecret(text: string) {
  const file = join(keep(temporaryFolder('secret')), 'secret');
  writeFileSync(file, text);
  return openSync(file, 'r');
}

function processes(): string {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids
    .flatMap((id) => ['cmdline', 'environ'].map((what) => `/proc/${id}/${what}`))
    .map((path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return ''; // gone, or of somebody else
      }
    })
    .join('\n');
}

const filesBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
