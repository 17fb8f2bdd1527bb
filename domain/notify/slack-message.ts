import type { ScanCompleted } from '../../contracts/notification.ts';
import { details, headline } from './news.ts';

/** For an incoming webhook: `text` is what a notification on a telephone shows. */
export function slackMessage(news: ScanCompleted): { text: string; blocks: object[] } {
  const title = headline(news);
  const fields = details(news).map(([name, value]) => ({ type: 'plain_text', text: `${name}: ${value}` }));
  const link = news.url !== null && /^https?:\/\/[^\s<>|]+$/.test(news.url) ? news.url : undefined;
  return {
    text: escaped(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
      { type: 'section', fields },
      ...(link
        ? [{ type: 'section', text: { type: 'mrkdwn', text: `<${escaped(link)}|Open the scan>` } }]
        : []),
    ],
  };
}

/** Unescaped, a name could call everybody in the channel, or hide where a link leads. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
