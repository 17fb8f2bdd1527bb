import type { Delivery } from '../../contracts/notification.ts';
import type { Mailer } from '../../services/mail/mailer.ts';

export type NotifyDeps = {
  /** Webhooks are sent unsigned where there is none. */
  readonly secret: Uint8Array | undefined;
  /** `undefined` where no mail can be sent. */
  readonly mailer: Mailer | undefined;
  readonly allowedHosts: readonly string[];
  readonly now: () => Date;
};

/** What became of a notification, but for whose it was. */
export type Sent = Omit<Delivery, 'place'>;
