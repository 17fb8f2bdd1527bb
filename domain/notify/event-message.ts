import type { EventNews } from '../../contracts/platform-event.ts';
import { oneLine } from '../text/one-line.ts';
import { escaped } from './slack-message.ts';

/** What happened, in one line: `document quarantined: review_…`. */
const headline = ({ event, about }: EventNews): string =>
  `${event.replaceAll('_', ' ')}: ${oneLine(about, 200)}`;

const details = ({ data, at }: EventNews): string[] => [
  ...Object.entries(data)
    .slice(0, 20)
    .map(([name, value]) => `${oneLine(name, 60)}: ${oneLine(textOf(value), 300)}`),
  `at: ${at}`,
];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const eventMail = (news: EventNews): { subject: string; text: string } => ({
  subject: `[Certus] ${headline(news)}`,
  text: [headline(news), '', ...details(news), ''].join('\n'),
});

export const eventSlack = (news: EventNews): { text: string; blocks: object[] } => ({
  text: escaped(headline(news)),
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: headline(news).slice(0, 150) } },
    { type: 'section', text: { type: 'plain_text', text: details(news).join('\n').slice(0, 2900) } },
  ],
});
