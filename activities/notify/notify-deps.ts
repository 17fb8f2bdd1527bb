import type { Settings } from '../../services/config/settings.ts';
import { readSecretFile } from '../../services/keys/secret-file.ts';
import { openMailer } from '../../services/mail/smtp-mailer.ts';
import type { NotifyDeps } from './deps.ts';

type NotifySettings = Pick<
  Settings,
  'CERTUS_NOTIFY_SECRET_FILE' | 'CERTUS_NOTIFY_ALLOWED_HOSTS' | 'CERTUS_SMTP_URL' | 'CERTUS_MAIL_FROM'
>;

export async function openNotifyDeps(settings: NotifySettings, now: () => Date): Promise<NotifyDeps> {
  const { CERTUS_NOTIFY_SECRET_FILE: secretFile, CERTUS_SMTP_URL: url, CERTUS_MAIL_FROM: from } = settings;
  return {
    secret: secretFile === undefined ? undefined : await readSecretFile(secretFile),
    mailer: url === undefined || from === undefined ? undefined : openMailer(url, from),
    allowedHosts: settings.CERTUS_NOTIFY_ALLOWED_HOSTS,
    now,
  };
}
