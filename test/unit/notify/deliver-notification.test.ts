import { createHmac } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { openNotifyDeps } from '../../../activities/notify/notify-deps.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { Notify } from '../../../contracts/manifest.ts';
import { ScanCompleted } from '../../../contracts/notification.ts';
import { notifyTargets } from '../../../contracts/notify-targets.ts';
import { httpServer } from '../fetch/http-server.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { deliver, EVENT, SECRET } from './news-fixture.ts';

const folder = temporaryFolder('notify');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
const opened = async <T extends { close(): Promise<void> }>(server: Promise<T>): Promise<T> => {
  open.push(await server);
  return server;
};
const web = (status = 200, headers: Record<string, string> = {}) =>
  opened(httpServer((_, response) => void response.writeHead(status, headers).end('x'.repeat(100_000))));

describe('a webhook', () => {
  test('is told what happened, signed with the time at which it was said', async () => {
    const server = await web();
    expect(await deliver({ kind: 'webhook', address: `${server.url}/hook` })).toEqual({
      place: 'here',
      outcome: 'delivered',
      detail: null,
    });
    const [{ method, body, headers }] = server.seen as [(typeof server.seen)[0]];
    expect(method).toBe('POST');
    const news = ScanCompleted.strict().parse(JSON.parse(body));
    expect(news).toMatchObject(EVENT);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'certus-event': 'scan.completed',
      'certus-delivery': news.delivery_id,
    });
    const at = 1780315230;
    const mac = createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex');
    expect(headers['certus-signature']).toBe(`t=${at},v1=${mac}`);
  });

  test('knows a second attempt by its id, and is not taken for another receiver', async () => {
    const server = await web();
    for (const path of ['/a', '/a', '/b'])
      await deliver({ kind: 'webhook', address: `${server.url}${path}` });
    const [first, second, other] = server.seen.map(({ headers }) => headers['certus-delivery']);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  test('without a secret is told all the same, and the result says that it was not signed', async () => {
    const server = await web();
    const delivery = await deliver({ kind: 'webhook', address: server.url }, { secret: undefined });
    expect(delivery).toMatchObject({ outcome: 'delivered', detail: expect.stringContaining('unsigned') });
    expect(server.seen[0]?.headers).not.toHaveProperty('certus-signature');
  });

  test.each([301, 400, 401, 404, 410])('that answers %i has refused for good', async (status) => {
    const server = await web(status, { location: 'http://127.0.0.1:1/' });
    expect(await deliver({ kind: 'webhook', address: server.url })).toMatchObject({
      outcome: 'refused',
      detail: `HTTP ${status}`,
    });
    expect(server.seen).toHaveLength(1);
  });

  test.each<[number, Record<string, string>, number | undefined]>([
    [408, {}, undefined],
    [429, { 'retry-after': '90' }, 90_000],
    [429, { 'retry-after': '999999999' }, 3_600_000],
    [429, { 'retry-after': 'soon' }, undefined],
    [429, { 'retry-after': '0' }, 1000],
    [500, {}, undefined],
    [503, { 'retry-after': 'Mon, 01 Jun 2026 12:02:30 GMT' }, 119_100],
  ])('that answers %i %j is tried again', async (status, headers, wait) => {
    const server = await web(status, headers);
    const failure = await deliver({ kind: 'webhook', address: server.url }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ nonRetryable: false });
    expect((failure as ApplicationFailure).nextRetryDelay).toBe(wait);
  });

  test('that nobody answers is tried again', async () => {
    const failure = deliver({ kind: 'webhook', address: 'http://127.0.0.1:1/SECRET' });
    await expect(failure).rejects.toMatchObject({
      code: 'dependency_unavailable',
      message: expect.not.stringContaining('SECRET'),
    });
    await expect(failure).rejects.toBeInstanceOf(CertusError);
  });

  test.each([
    'http://10.0.0.1/x',
    'https://169.254.169.254/latest',
    'https://localhost/x',
    'https://u:p@example.org/',
    'file:///etc/passwd',
  ])('may not be a machine of our own: %s', async (address) => {
    const delivery = await deliver({ kind: 'webhook', address });
    expect(delivery.outcome).toBe('refused');
  });
});

describe('Slack', () => {
  const told = async (event: Partial<typeof EVENT> = {}) => {
    const server = await web();
    expect(await deliver({ kind: 'slack', address: `${server.url}/T0/B0` }, {}, event)).toMatchObject({
      outcome: 'delivered',
    });
    return JSON.parse(server.seen[0]?.body ?? '');
  };

  test('is told in words, with a way to more', async () => {
    const { text, blocks } = await told();
    expect(text).toBe('shop: gate failed');
    const shown = JSON.stringify(blocks);
    for (const part of [
      'release',
      '1 critical, 0 high, 2 medium',
      '1 new, 4 fixed, 3 as before',
      `<${EVENT.url}|Open the scan>`,
    ])
      expect(shown).toContain(part);
    expect((await told({ verdict: 'passed' })).text).toBe('shop: passed');
    expect(
      (await told({ verdict: null, status: 'CANCELLED', findings: null, changes: null, url: null })).text,
    ).toBe('shop: the scan was cancelled');
  });

  test('is not made to call anybody, nor to hide where a link leads', async () => {
    const { blocks } = await told({
      profile: '<!channel> <https://evil.example|ours>',
      url: 'https://a.example/|Bank>',
    });
    // the only text that Slack reads as markup is the link, and this one is left out
    expect(JSON.stringify(blocks)).not.toContain('mrkdwn');
  });
});

test('everybody is told once', () => {
  const notify = Notify.parse({
    slack: 'https://hooks.example.org/a',
    webhooks: ['https://hooks.example.org/a', 'https://hooks.example.org/b', 'https://hooks.example.org/b'],
    email: ['a@example.org', 'b@example.org', 'a@example.org'],
  });
  expect(notifyTargets(notify).map(({ place }) => place)).toEqual([
    'slack',
    'webhooks.0',
    'webhooks.1',
    'email.0',
    'email.1',
  ]);
  expect(notifyTargets(undefined)).toEqual([]);
});

describe('what an installation is given', () => {
  const settings = {
    CERTUS_NOTIFY_SECRET_FILE: undefined,
    CERTUS_NOTIFY_ALLOWED_HOSTS: [],
    CERTUS_SMTP_URL: undefined,
    CERTUS_MAIL_FROM: undefined,
  };
  const secret = (text: string, mode = 0o600) => {
    const file = join(folder, `secret-${mode}-${text.length}`);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return openNotifyDeps({ ...settings, CERTUS_NOTIFY_SECRET_FILE: file }, () => new Date());
  };

  test('sends mail only with a server and a sender', async () => {
    const mailer = async (changes: object) =>
      (await openNotifyDeps({ ...settings, ...changes }, () => new Date())).mailer;
    expect(await mailer({ CERTUS_SMTP_URL: 'smtp://mail.test' })).toBeUndefined();
    expect(await mailer({ CERTUS_MAIL_FROM: 'a@example.org' })).toBeUndefined();
    expect(
      await mailer({ CERTUS_SMTP_URL: 'smtp://mail.test', CERTUS_MAIL_FROM: 'a@example.org' }),
    ).toBeDefined();
  });

  test('is a secret that is one', async () => {
    expect((await secret('a long enough secret\n')).secret).toEqual(Buffer.from('a long enough secret'));
    await expect(secret('a long enough secret', 0o644)).rejects.toMatchObject({ code: 'key_unusable' });
    await expect(secret('short')).rejects.toMatchObject({ code: 'key_unusable' });
  });
});
