import type { ScanCompleted } from '../../contracts/notification.ts';
import { slackMessage } from '../../domain/notify/slack-message.ts';
import type { NotifyDeps, Sent } from './deps.ts';
import { postNews } from './post-news.ts';

export const deliverSlack = (deps: NotifyDeps, news: ScanCompleted, address: string): Promise<Sent> =>
  postNews(deps, address, Buffer.from(JSON.stringify(slackMessage(news))), {
    'content-type': 'application/json',
  });
