import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { fetchCommit } from '../../../services/git/fetch-commit.ts';
import { checkRemote } from '../../../services/git/remote.ts';
import { isInternal } from '../../../services/net/internal-address.ts';
import { serveRepository } from './http-backend.ts';
import { git, repository, temporaryFolder } from './sources.ts';

const codeOf = (act: () => unknown): Promise<string> =>
  Promise.resolve()
    .then(act)
    .then(
      () => 'accepted',
      (error: { code?: string }) => error.code ?? String(error),
    );

test.each([
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.170',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'ff02::1',
  '2002:7f00:1::',
  '2001::1',
  'fec0::1',
  '100::1',
  '64:ff9b:1::a00:1',
  '::ffff:0:7f00:1',
  'fe80::1%eth0',
  'localhost',
  '',
])('%s is internal', (address) => {
  expect(isInternal(address)).toBe(true);
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '192.0.3.1',
  '192.167.0.1',
  '193.0.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
])('%s is not internal', (address) => {
  expect(isInternal(address)).toBe(false);
});

describe('a remote', () => {
  test.each([
    'http://127.0.0.1/a',
    'https://localhost/a',
    'http://[::1]/a',
    'http://2130706433/a',
    'ssh://git@10.0.0.1/a',
    'git@localhost:a',
    'http://169.254.169.254/latest',
    'ssh://0x7f.1/a',
  ])('that is internal is refused: %s', async (url) => {
    expect(await codeOf(() => checkRemote(url, []))).toBe('source_not_allowed');
  });

  test('that is internal may be reached when its host is allowed by name', async () => {
    expect(await codeOf(() => checkRemote('http://127.0.0.1/a', ['127.0.0.1']))).toBe('accepted');
    expect(await codeOf(() => checkRemote('http://127.0.0.1/a', ['*']))).toBe('accepted');
    expect(await codeOf(() => checkRemote('http://127.0.0.2/a', ['127.0.0.1']))).toBe('source_not_allowed');
  });

  test.each([
    'http://1.1.1.1\\@127.0.0.1:9192/latest',
    'http://127.0.0.1\t/a',
    'ssh://a%2f@1.1.1.1/a',
    'ext::sh -c id',
    'file:///etc',
  ])('that git could read otherwise is refused: %j', async (url) => {
    expect(await codeOf(() => checkRemote(url, []))).toBe('invalid_request');
    expect(await codeOf(() => checkRemote(url, ['*']))).toBe('invalid_request');
  });

  test('is handed on as it was checked, not as it was written', async () => {
    expect((await checkRemote('HTTP://0x01.0x01.0x01.0x01:80/a/../b', [])).url).toBe('http://1.1.1.1/b');
  });

  test('whose name does not resolve is unreachable', async () => {
    expect(await codeOf(() => checkRemote('https://no-such-host.invalid/a', []))).toBe('source_unreachable');
  });

  test('is never followed elsewhere', async () => {
    expect((await checkRemote('https://1.1.1.1/a', [])).settings).toContain('http.followRedirects=false');
    expect((await checkRemote('http://127.0.0.1/a', ['*'])).settings).toContain('http.followRedirects=false');
  });
});

describe('what git is given of the environment', () => {
  const everything = {
    https_proxy: 'http://proxy:3128',
    no_proxy: 'internal',
    SSL_CERT_FILE: '/ca.pem',
    NODE_EXTRA_CA_CERTS: '/extra.pem',
    SSH_AUTH_SOCK: '/agent',
    GIT_SSH_COMMAND: 'touch /tmp/x',
    GIT_PROXY_COMMAND: 'touch /tmp/x',
    CERTUS_API_TOKEN: 'secret',
  };
  const given = async (url: string, env: NodeJS.ProcessEnv, hosts: readonly string[] = []) =>
    (await checkRemote(url, hosts, env)).environment;

  test('are proxy and authorities for the web, and nothing else', async () => {
    expect(await given('https://1.1.1.1/a', everything)).toEqual({
      https_proxy: 'http://proxy:3128',
      no_proxy: 'internal',
      SSL_CERT_FILE: '/ca.pem',
      GIT_SSL_CAINFO: '/ca.pem',
    });
    expect(await given('https://1.1.1.1/a', { NODE_EXTRA_CA_CERTS: '/extra.pem' })).toEqual({
      GIT_SSL_CAINFO: '/extra.pem',
    });
    expect(await given('https://1.1.1.1/a', {})).toEqual({});
  });

  test('is the key agent for ssh, and the address that was checked under the name of its host', async () => {
    expect(await given('git@1.1.1.1:a', everything)).toEqual({
      SSH_AUTH_SOCK: '/agent',
      GIT_SSH_COMMAND: `ssh -oBatchMode=yes -oConnectTimeout=15 -oHostName='1.1.1.1' -oHostKeyAlias='1.1.1.1'`,
    });
    expect((await given('ssh://git@1.1.1.1:2222/a', everything)).GIT_SSH_COMMAND).toContain(
      `-oHostKeyAlias='[1.1.1.1]:2222'`,
    );
    expect(await given('git@localhost:a', everything, ['localhost'])).toEqual({ SSH_AUTH_SOCK: '/agent' });
  });
});

describe('a fetch', () => {
  const servers: Server[] = [];
  const folders: string[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function serve(answer: (path: string, response: ServerResponse) => void): Promise<string> {
    const server = createServer((request, response) => answer(request.url ?? '', response));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  function fetch(
    url: string,
    more: { maxBytes?: number; maxMilliseconds?: number; signal?: AbortSignal } = {},
  ) {
    const folder = temporaryFolder('fetch');
    folders.push(folder);
    return fetchCommit({
      folder: join(folder, 'repository'),
      url,
      allowedHosts: ['127.0.0.1'],
      allowedRoots: [],
      maxBytes: 1e9,
      ...more,
    });
  }
  const processesWith = (text: string) =>
    spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line.includes(text)).length;
  const pack = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;

  async function serveGit(source: string, limit?: number): Promise<string> {
    folders.push(source);
    const { stdout } = spawnSync('git', ['--exec-path'], { encoding: 'utf8' });
    const server = serveRepository(join(stdout.trim(), 'git-http-backend'), source, limit);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/.git`;
  }

  test('over HTTP brings the commit', async () => {
    const source = repository({ 'a.txt': 'a' });
    expect((await fetch(await serveGit(source))).commit).toBe(git(source, 'rev-parse', 'HEAD'));
  });

  test('over ssh calls the address that was checked, whatever the name means by then', async () => {
    const tools = temporaryFolder('tools');
    folders.push(tools);
    writeFileSync(join(tools, 'ssh'), `#!/bin/sh\necho "$@" >> ${tools}/called\nexit 255\n`, { mode: 0o755 });
    const path = process.env.PATH;
    process.env.PATH = `${tools}:${path}`;
    try {
      // an address that is no host's: nothing but the program above is ever called
      expect(await codeOf(() => fetch('ssh://git@[2606:4700::1111]:2222/a'))).toBe('source_unreachable');
    } finally {
      process.env.PATH = path;
    }
    expect(readFileSync(join(tools, 'called'), 'utf8')).toContain(
      '-oHostName=2606:4700::1111 -oHostKeyAlias=[2606:4700::1111]:2222',
    );
  });

  test('does not follow a redirect', async () => {
    let followed = false;
    const inside = await serve((_, response) => {
      followed = true;
      response.end();
    });
    const outside = await serve((path, response) =>
      response.writeHead(302, { location: `${inside}${path}` }).end(),
    );
    expect(await codeOf(() => fetch(`${outside}/a`))).toBe('source_unreachable');
    expect(followed).toBe(false);
  });

  test('of nothing that answers is unreachable', async () => {
    const gone = await serve(() => undefined);
    servers.splice(0)[0]?.close();
    expect(await codeOf(() => fetch(`${gone}/a`))).toBe('source_unreachable');
  });

  test.each([
    [401, 'source_unreachable'],
    [403, 'source_unreachable'],
    [404, 'not_a_repository'],
    [500, 'source_unreachable'],
  ])('that is answered with %i is %s, and asks nobody for a password', async (status, expected) => {
    const url = await serve((_, response) =>
      response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    expect(await codeOf(() => fetch(`${url}/a`))).toBe(expected);
  });

  test('of more than may be is cut off while it arrives, also when it is a single file', async () => {
    const source = repository({ 'a.bin': randomBytes(8 * 1024 * 1024) });
    const url = await serveGit(source, 6 * 1024 * 1024);
    expect(await codeOf(() => fetch(url, { maxBytes: 4 * 1024 * 1024 }))).toBe('source_too_large');
    expect(processesWith(url)).toBe(0);
  });

  test('of a server that keeps git busy is cut off in time', async () => {
    const head = `${'a'.repeat(40)} HEAD\0shallow\n`;
    const url = await serve((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
        .end(`${pack('# service=git-upload-pack\n')}0000${pack(head)}0000`),
    );
    expect(await codeOf(() => fetch(`${url}/a`, { maxMilliseconds: 1_500 }))).toBe('source_unreachable');
    expect(processesWith(url)).toBe(0);
  });

  test('of a server that never answers ends with its signal, and leaves no process behind', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    const started = performance.now();
    await expect(fetch(`${url}/a`, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(processesWith(url)).toBe(0);
  });
});
