import { afterEach, describe, expect, test } from '@jest/globals';
import { openMailer } from '../../../services/mail/smtp-mailer.ts';
import { deliver, EVENT } from './news-fixture.ts';
import { smtpServer } from './smtp-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
async function mailServer(answers: Record<string, string> = {}) {
  const server = await smtpServer(answers);
  open.push(server);
  return server;
}

describe('mail', () => {
  const mailTo = async (
    address: string,
    answers: Record<string, string> = {},
    event: Partial<typeof EVENT> = {},
  ) => {
    const server = await mailServer(answers);
    const sent = deliver(
      { kind: 'email', address },
      { mailer: openMailer(server.url, 'certus@example.org') },
      event,
    );
    return { server, sent };
  };

  test('reaches the one it is for', async () => {
    const { server, sent } = await mailTo('team@example.org');
    expect(await sent).toEqual({ place: 'here', outcome: 'delivered', detail: null });
    const [{ from, to, data }] = server.received as [(typeof server.received)[0]];
    expect({ from, to }).toEqual({ from: 'certus@example.org', to: ['team@example.org'] });
    expect(data).toContain('Subject: [Certus] shop: gate failed');
    expect(data).toMatch(/^Message-ID: <test_0123456789ab\.email\.[0-9a-f]{16}@example\.org>$/m);
    expect(data).toContain('1 critical, 0 high');
    expect(data).toContain(EVENT.url);
  });

  test('cannot be given another header, or another receiver', async () => {
    const event = { profile: 'x\r\nBcc: evil@example.org\r\n\r\nhello', component_id: 'shop' };
    const { server, sent } = await mailTo('team@example.org', {}, event);
    await sent;
    expect(server.received[0]?.to).toEqual(['team@example.org']);
    expect(server.received[0]?.data).not.toMatch(/^Bcc:/m);
    const hostile = openMailer(server.url, 'certus@example.org');
    await hostile.send({
      to: 'a@example.org',
      id: 'i\r\nX: 1',
      subject: 'hi\r\nBcc: evil@example.org',
      text: 't\r\n.\r\nMAIL FROM:<x>',
    });
    expect(server.received[1]?.data).not.toMatch(/^(Bcc|X):/m);
    expect(server.commands.filter((line) => line.startsWith('MAIL'))).toHaveLength(2);
  });

  test.each([
    'a@example.org, evil@example.org',
    'a@example.org\r\nRCPT TO:<evil@example.org>',
    '"a@evil.example x"@example.org',
    'evil',
    'Team <a@example.org>',
  ])('goes to no address but one plain one: %j', async (address) => {
    const { server, sent } = await mailTo(address);
    expect(await sent).toMatchObject({ outcome: 'refused' });
    expect(server.commands).toEqual([]);
  });

  test.each([
    ['RCPT', '550 no such user'],
    ['MAIL', '553 not you'],
    ['END', '554 spam'],
  ])('that is refused for good at %s is not sent again', async (verb, answer) => {
    const { sent } = await mailTo('a@example.org', { [verb]: answer });
    expect(await sent).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining(answer.slice(0, 3)),
    });
  });

  test.each([
    ['RCPT', '451 later'],
    ['END', '452 full'],
  ])('that is put off at %s is tried again', async (verb, answer) => {
    const { sent } = await mailTo('a@example.org', { [verb]: answer });
    await expect(sent).rejects.toMatchObject({ code: 'dependency_unavailable' });
  });

  test('to a server that is away is tried again', async () => {
    const mailer = openMailer('smtp://127.0.0.1:1', 'certus@example.org');
    await expect(deliver({ kind: 'email', address: 'a@example.org' }, { mailer })).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
  });

  test('is recorded as not configured where no server is', async () => {
    expect(await deliver({ kind: 'email', address: 'a@example.org' })).toMatchObject({
      outcome: 'not_configured',
      detail: expect.stringContaining('CERTUS_SMTP_URL'),
    });
  });

  test('never says a password where others can listen', async () => {
    const server = await mailServer({ EXTENSION: 'AUTH PLAIN' });
    // the machine's own name for itself, and not one that counts as the same machine
    const url = server.url.replace('smtp://127.0.0.1', 'smtp://user:password@0.0.0.0');
    await expect(
      openMailer(url, 'certus@example.org').send({ to: 'a@example.org', id: 'i', subject: 's', text: 't' }),
    ).rejects.toThrow('ETLS');
    expect(server.commands.join('\n')).not.toMatch(/AUTH/);
  });
});
