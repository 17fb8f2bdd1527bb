import { createHash } from 'node:crypto';
import {
  type Delivery,
  type NotifyInput,
  NotifyTarget,
  ScanCompleted,
} from '../../contracts/notification.ts';
import { deliverMail } from './deliver-mail.ts';
import { deliverSlack } from './deliver-slack.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import type { NotifyDeps } from './deps.ts';

/** Tells one target how a scan ended. At least once: who is told twice knows it by the delivery id. */
export const createNotifyActivities = (deps: NotifyDeps) => ({
  deliverNotification: async (event: NotifyInput['event'], target: NotifyTarget): Promise<Delivery> => {
    const to = NotifyTarget.parse(target);
    const news = ScanCompleted.parse({ ...event, delivery_id: deliveryId(event.test_id, to) });
    return { place: to.place, ...(await SEND[to.kind](deps, news, to.address)) };
  },
});

export type NotifyActivities = ReturnType<typeof createNotifyActivities>;

const SEND = { webhook: deliverWebhook, slack: deliverSlack, email: deliverMail } as const;

/** The same in every attempt, and different for everybody who is told of the same scan. */
function deliveryId(testId: string, { kind, address }: NotifyTarget): string {
  const target = createHash('sha256').update(`${kind} ${address}`).digest('hex').slice(0, 16);
  return `${testId}.${kind}.${target}`;
}
