import { signPayload } from '../../domain/notify/sign-payload.ts';
import type { NotifyDeps, Sent } from './deps.ts';
import { postNews } from './post-news.ts';

/** What is told, whatever it is: its kind, and by what a receiver knows it again. */
type News = { readonly event: string; readonly delivery_id: string };

export async function deliverWebhook(deps: NotifyDeps, news: News, address: string): Promise<Sent> {
  const body = Buffer.from(JSON.stringify(news));
  const sent = await postNews(deps, address, body, {
    'content-type': 'application/json',
    'certus-event': news.event,
    'certus-delivery': news.delivery_id,
    ...(deps.secret === undefined
      ? {}
      : { 'certus-signature': signPayload(body, deps.secret, Math.floor(deps.now().getTime() / 1000)) }),
  });
  const unsigned = sent.outcome === 'delivered' && deps.secret === undefined;
  return unsigned ? { ...sent, detail: 'unsigned: there is no CERTUS_NOTIFY_SECRET_FILE' } : sent;
}
