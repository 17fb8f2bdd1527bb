import { z } from 'zod';
import { TenantId } from './identifiers.ts';

/** What others may be told of, besides how scans end. */
export const EVENT_TYPES = [
  'document_promoted',
  'document_quarantined',
  'document_released',
  'document_rejected',
  'review_reminder',
  'review_expired',
  'golden_drift',
  'golden_archived',
  'golden_deleted',
  'key_expiring',
] as const;
export const EventType = z.enum(EVENT_TYPES);
export type EventType = z.infer<typeof EventType>;

/** Something that happened, once: told together with what it is about. Never holds personal data. */
export const NewPlatformEvent = z.object({
  tenant: TenantId,
  type: EventType,
  /** A run, a review. */
  about: z.string().max(200),
  data: z.record(z.string(), z.unknown()),
  /** The second time under this name is no news. */
  once: z.string().max(300),
  at: z.iso.datetime(),
});
export type NewPlatformEvent = z.infer<typeof NewPlatformEvent>;

export const SubscriptionId = z.string().regex(/^hook_[0-9a-f]{24}$/);
export const NewSubscription = z.strictObject({
  kind: z.enum(['webhook', 'slack', 'email']).default('webhook'),
  address: z.string().min(3).max(2000),
  /** All of them when none is named. */
  events: z.array(EventType).max(EVENT_TYPES.length).default([]),
});
export type NewSubscription = z.infer<typeof NewSubscription>;

export const SubscriptionView = z.object({
  subscription_id: SubscriptionId,
  kind: z.enum(['webhook', 'slack', 'email']),
  /** Without what often is a secret: scheme and host, or the domain of a mailbox. */
  address: z.string(),
  events: z.array(EventType),
  created_by: z.string(),
  created_at: z.iso.datetime(),
});
export type SubscriptionView = z.infer<typeof SubscriptionView>;

export const EventDeliveryView = z.object({
  event_id: z.string(),
  type: z.string(),
  attempt: z.number().int(),
  outcome: z.enum(['delivered', 'refused', 'not_configured', 'failed']),
  detail: z.string().nullable(),
  at: z.iso.datetime(),
});
export type EventDeliveryView = z.infer<typeof EventDeliveryView>;

/** One event to one subscriber; `round` grows with each replay. */
export const AnnounceInput = z.object({
  tenant: TenantId,
  eventId: z.string(),
  /** Everybody who wants it when left out. */
  subscriptionId: SubscriptionId.optional(),
  round: z.number().int().min(0),
});
export type AnnounceInput = z.infer<typeof AnnounceInput>;

/** What a webhook receives. */
export const EventNews = z.object({
  event: z.string(),
  delivery_id: z.string(),
  event_id: z.string(),
  tenant: TenantId,
  about: z.string(),
  data: z.record(z.string(), z.unknown()),
  at: z.iso.datetime(),
});
export type EventNews = z.infer<typeof EventNews>;
