import { z } from 'zod';
import { ComponentId, Sha256, WorkspaceId } from './identifiers.ts';
import { AccessLabel, RecordKind } from './index-record.ts';
import { AgentSourceName, IngestionId } from './ingestion.ts';

/** The payload type of the signed envelope: what is signed as a delivery is good for nothing else. */
export const DELIVERY_TYPE = 'application/vnd.certus.delivery.v1+json';
/** Of the signed bundle, as it is sent. */
export const MOST_DELIVERY_BYTES = 16 * 1024 * 1024;
export const MOST_DELIVERY_ITEMS = 500;

/** Text of one line: what is in it is shown in lists. */
const Line = (max: number) => z.string().max(max);

/** Of an item: as long as an index of the database takes it. */
const ItemKey = Line(1000)
  .min(1)
  .refine((key) => new TextEncoder().encode(key).length <= 1800, 'has more than 1800 bytes');

/** What is to be found of an item. Masked at the site already; the platform looks a second time and trusts nobody. */
export const DeliveredDraft = z.strictObject({
  kind: RecordKind,
  key: Line(1000).min(1),
  title: Line(2000),
  text: z.string().max(1_000_000),
  severity: Line(20).optional(),
  rule: Line(1000).optional(),
  tool: Line(200).optional(),
  path: Line(2000).optional(),
  package: Line(1000).optional(),
  packageVersion: Line(500).optional(),
  licenses: z.array(Line(500)).max(100).optional(),
  place: Line(500).optional(),
  extra: z.record(Line(100), z.union([Line(2000), z.number(), z.boolean()])).optional(),
});
export type DeliveredDraft = z.infer<typeof DeliveredDraft>;

/** An item of a source at the site that is there, new or changed, as records. */
export const DeliveredItem = z.strictObject({
  key: ItemKey,
  name: Line(512).min(1),
  /** Masked like everything else: paths name people, too. */
  location: Line(2000),
  version: Line(300).nullable(),
  format: Line(50),
  media_type: Line(200),
  language: z.string().max(8).nullable(),
  /** How much was masked before it left: kinds and counts, never a value. */
  masked: z.record(Line(100), z.number().int().min(0)),
  drafts: z.array(DeliveredDraft).max(20_000),
  /** What of it could not be read at the site. */
  unread: z.array(z.strictObject({ reason: Line(50), place: Line(500) })).max(100),
});
export type DeliveredItem = z.infer<typeof DeliveredItem>;

/** Changes of one source at a site since the delivery before it. */
export const Delivery = z.strictObject({
  schema: z.literal('certus.delivery/v1'),
  workspace: WorkspaceId,
  /** The name of the source in the agent's own configuration; with the agent's certificate it names where items belong. */
  source: AgentSourceName,
  source_kind: z.enum(['folder', 'git', 's3', 'drop']),
  /** Counts up, source by source: what comes late must not undo what came after it. */
  sequence: z.number().int().min(1),
  created_at: z.iso.datetime(),
  /** Version of the rules that masked it. */
  sanitizer: Line(100),
  component: ComponentId.nullable(),
  labels: z.array(AccessLabel).max(20),
  items: z.array(DeliveredItem).max(MOST_DELIVERY_ITEMS),
  /** Keys of items that are no more. */
  gone: z.array(ItemKey).max(10_000),
});
export type Delivery = z.infer<typeof Delivery>;

/** An item as it goes into the index: the same one for other people, or of another component, is not the same. */
export const HandedOverItem = Delivery.pick({ labels: true, component: true }).extend({
  item: DeliveredItem,
});

/** What the platform answers. The same delivery again has the same answer: it is known by its digest. */
export const DeliveryReceipt = z.object({
  /** Digest of the payload that was signed. */
  delivery: Sha256,
  ingestion_id: IngestionId,
  state: z.enum(['running', 'done', 'failed']),
  /** Of failed ones: a code and what to do. */
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type DeliveryReceipt = z.infer<typeof DeliveryReceipt>;
