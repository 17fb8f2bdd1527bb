import type { ScanCompleted } from '../../contracts/notification.ts';
import { mailMessage } from '../../domain/notify/mail-message.ts';
import type { NotifyDeps, Sent } from './deps.ts';
import { sendMail } from './send-mail.ts';

export const deliverMail = (
  deps: Pick<NotifyDeps, 'mailer'>,
  news: ScanCompleted,
  address: string,
): Promise<Sent> => sendMail(deps, address, { id: news.delivery_id, ...mailMessage(news) });
