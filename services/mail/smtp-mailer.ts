import { isIP } from 'node:net';
import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import { MailError, type Mailer } from './mailer.ts';

/** Mail by SMTP. The address is read here and not by the mail library, whose URLs can also switch its safeguards off. */
export function openMailer(url: string, from: string): Mailer {
  const transport = createTransport(optionsOf(new URL(url)));
  return {
    send: async ({ to, id, subject, text }) => {
      try {
        await transport.sendMail({
          envelope: { from, to: [to] },
          from: { name: 'Certus', address: from },
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id.replace(/[^\w.-]/g, '_')}@${from.split('@').at(-1) ?? 'certus'}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } catch (error) {
        throw mailError(error);
      }
    },
  };
}

function optionsOf({ protocol, hostname, port, username, password }: URL): SMTPTransportOptions {
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  const signsIn = username !== '';
  return {
    host,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // a password is never said where others can listen
    requireTLS: signsIn && !secure && !loopback,
    ...(signsIn ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    dnsTimeout: 10_000,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
  };
}

/** By its codes alone: the server's words may quote what was sent to it. */
function mailError(error: unknown): MailError {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const said = typeof responseCode === 'number' ? ` ${responseCode}` : '';
  const permanent = typeof responseCode === 'number' ? responseCode >= 500 : NEVER.has(String(code));
  return new MailError(`the mail server does not take it: ${String(code ?? 'no answer')}${said}`, !permanent);
}

const NEVER: ReadonlySet<string> = new Set(['EENVELOPE', 'EAUTH', 'ENOAUTH', 'EMESSAGE', 'ECONFIG']);
