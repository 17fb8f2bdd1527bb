import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { findConnection } from '../../../cli/connection.ts';

const TOKEN = 'certus_local';
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'certus-home-'));
});

function running(api = 'http://127.0.0.1:8056'): void {
  mkdirSync(join(home, 'run'));
  const addresses = { api, docs: `${api}/docs`, temporal_ui: 'http://127.0.0.1:8233' };
  writeFileSync(
    join(home, 'run', 'supervisor.json'),
    JSON.stringify({ pid: 1, started_at: '2026-01-01T00:00:00Z', state: 'ready', addresses, children: [] }),
  );
  writeFileSync(join(home, 'token'), `${TOKEN}\n`);
}

test('the installation of the checkout is found by itself', () => {
  running();
  expect(findConnection({}, home)).toEqual({
    address: 'http://127.0.0.1:8056',
    addressOrigin: join(home, 'run', 'supervisor.json'),
    token: TOKEN,
    tokenOrigin: join(home, 'token'),
  });
});

test('what is set wins', () => {
  running();
  const environment = { CERTUS_API_URL: 'https://certus.example.org/', CERTUS_TOKEN: 'mine' };
  expect(findConnection(environment, home)).toMatchObject({
    address: 'https://certus.example.org',
    token: 'mine',
  });
});

test('a token file is read', () => {
  running();
  const file = join(home, 'other');
  writeFileSync(file, ' from-file \n');
  expect(findConnection({ CERTUS_TOKEN_FILE: file }, home)).toMatchObject({
    token: 'from-file',
    tokenOrigin: file,
  });
});

describe('the local token', () => {
  test('is never sent to another machine', () => {
    running();
    expect(() => findConnection({ CERTUS_API_URL: 'https://certus.example.org' }, home)).toThrow(
      expect.objectContaining({ code: 'no_token', exitCode: 78 }),
    );
  });

  test.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])('is sent to %s', (address) => {
    running();
    expect(findConnection({ CERTUS_API_URL: address }, home).token).toBe(TOKEN);
  });

  test('is not sent to a name that only looks like this machine', () => {
    running();
    expect(() => findConnection({ CERTUS_API_URL: 'http://127.0.0.1.example.org' }, home)).toThrow(
      expect.objectContaining({ code: 'no_token' }),
    );
  });
});

describe('what is missing or wrong is said', () => {
  test('nothing runs', () => {
    expect(() => findConnection({}, home)).toThrow(
      expect.objectContaining({ code: 'not_running', exitCode: 69 }),
    );
  });

  test('the state of the supervisor is damaged', () => {
    running();
    writeFileSync(join(home, 'run', 'supervisor.json'), '{');
    expect(() => findConnection({}, home)).toThrow(expect.objectContaining({ code: 'state_unreadable' }));
  });

  test.each(['ftp://x', 'certus', 'http://user:pass@localhost'])('%s is no address', (address) => {
    expect(() => findConnection({ CERTUS_API_URL: address }, home)).toThrow(
      expect.objectContaining({ code: 'bad_address', exitCode: 78 }),
    );
  });

  test('a token that would forge a header is refused', () => {
    running();
    expect(() => findConnection({ CERTUS_TOKEN: 'a\r\nX-Evil: 1' }, home)).toThrow(
      expect.objectContaining({ code: 'bad_token' }),
    );
  });
});
