import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Mail, MailError } from '../../services/mail/mailer.ts';
import type { NotifyDeps, Sent } from './deps.ts';

/** Hands a message to the mail server; throws what another try may mend. */
export async function sendMail(
  { mailer }: Pick<NotifyDeps, 'mailer'>,
  address: string,
  message: Omit<Mail, 'to'>,
): Promise<Sent> {
  if (mailer === undefined)
    return { outcome: 'not_configured', detail: 'mail takes CERTUS_SMTP_URL and CERTUS_MAIL_FROM' };
  // one plain address: some mail programs read several people, or another one, out of anything else
  if (!z.email().max(320).safeParse(address).success)
    return { outcome: 'refused', detail: 'it is not an e-mail address' };
  try {
    await mailer.send({ to: address, ...message });
    return { outcome: 'delivered', detail: null };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    if (error.temporary) throw new CertusError('dependency_unavailable', error.message);
    return { outcome: 'refused', detail: error.message };
  }
}
