import { z } from 'zod';
import { AccessLabel, MetadataEnvelope, RecordKind } from '../../contracts/index-record.ts';
import { storable } from '../database/storable.ts';
import type { IndexDocument } from './search-index.ts';
import { unusableVector } from './vector.ts';

export type Checked = {
  /** As every engine can take it. */
  readonly good: readonly IndexDocument[];
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
};

/**
 * Sorts out what no engine could store. The limits are ours rather than an engine's, so that a document that is
 * good in one is good in the other. Of several documents with one id the last one counts.
 */
export function checkDocuments(documents: readonly IndexDocument[], dimension: number): Checked {
  const good = new Map<string, IndexDocument>();
  const failed: { id: string; reason: string }[] = [];
  for (const document of documents) {
    const reason = faultOf(document, dimension);
    if (reason !== undefined) {
      failed.push({ id: String(document?.id).slice(0, 100), reason });
      continue;
    }
    // Taken out first: a replaced document moves to the place of the later one.
    good.delete(document.id);
    good.set(document.id, storableDocument(document));
  }
  return { good: [...good.values()], failed };
}

const bytes = (most: number) => (text: string) => Buffer.byteLength(text) <= most;
const short = (most: number) => z.string().max(most).optional();

const Shape = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(512)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'has control characters'),
  kind: RecordKind,
  title: z.string().max(2_000),
  text: z.string().refine(bytes(128 * 1024), 'is larger than 128 KiB: index it in pieces'),
  severity: short(64),
  rule: short(256),
  tool: short(64),
  path: short(4_096),
  component: short(256),
  testId: short(256),
  package: short(512),
  packageVersion: short(256),
  licenses: z.array(z.string().max(256)).max(100).optional(),
  source: short(64),
  sourceId: short(64),
  location: short(4_096),
  ingestionId: short(64),
  documentId: short(64),
  language: short(35),
  labels: z.array(AccessLabel).max(100).optional(),
  envelope: MetadataEnvelope.refine(
    (envelope) => bytes(64 * 1024)(JSON.stringify(envelope)),
    'is larger than 64 KiB',
  ).optional(),
  extra: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .refine((extra) => bytes(32 * 1024)(JSON.stringify(extra)), 'is larger than 32 KiB')
    .optional(),
  embedding: z.instanceof(Float32Array).optional(),
  capturedAt: z.iso.datetime({ offset: true }).refine((time) => Date.parse(time) >= 0, 'is before 1970'),
});

function faultOf(document: IndexDocument, dimension: number): string | undefined {
  const { error } = Shape.safeParse(document);
  if (error !== undefined) {
    return error.issues.map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`).join('; ');
  }
  return document.embedding && unusableVector(document.embedding, dimension);
}

/** Without what Postgres refuses, and with one way to write a letter where Unicode has two. */
function storableDocument({ embedding, ...document }: IndexDocument): IndexDocument {
  const plain = storable(document);
  return {
    ...plain,
    title: plain.title.normalize('NFC'),
    text: plain.text.normalize('NFC'),
    capturedAt: new Date(plain.capturedAt).toISOString(),
    ...(embedding === undefined ? {} : { embedding }),
  };
}
