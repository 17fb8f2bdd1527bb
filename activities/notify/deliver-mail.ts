import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { ScanCompleted } from '../../contracts/notification.ts';
import { mailMessage } from '../../domain/notify/mail-message.ts';
import { MailError } from '../../services/mail/mailer.ts';
import type { NotifyDeps, Sent } from './deps.ts';

export async function deliverMail(
  { mailer }: Pick<NotifyDeps, 'mailer'>,
  news: ScanCompleted,
  address: string,
): Promise<Sent> {
  if (mailer === undefined)
    return { outcome: 'not_configured', detail: 'mail takes CERTUS_SMTP_URL and CERTUS_MAIL_FROM' };
  // one plain address: some mail programs read several people, or another one, out of anything else
  if (!z.email().max(320).safeParse(address).success)
    return { outcome: 'refused', detail: 'it is not an e-mail address' };
  try {
    await mailer.send({ to: address, id: news.delivery_id, ...mailMessage(news) });
    return { outcome: 'delivered', detail: null };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    if (error.temporary) throw new CertusError('dependency_unavailable', error.message);
    return { outcome: 'refused', detail: error.message };
  }
}
