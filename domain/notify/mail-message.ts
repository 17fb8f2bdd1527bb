import type { ScanCompleted } from '../../contracts/notification.ts';
import { details, headline } from './news.ts';

export function mailMessage(news: ScanCompleted): { subject: string; text: string } {
  const lines = details(news).map(([name, value]) => `${`${name}:`.padEnd(11)}${value}`);
  const link = news.url === null ? [] : ['', news.url];
  return {
    subject: `[Certus] ${headline(news)}`,
    text: [headline(news), '', ...lines, ...link, ''].join('\n'),
  };
}
