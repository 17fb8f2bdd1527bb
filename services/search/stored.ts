import { z } from 'zod';
import { MetadataEnvelope, RecordKind } from '../../contracts/index-record.ts';
import type { SearchHit } from './search-index.ts';

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();

/** What comes out of our own index is checked as well: others may write there, and its JSON has no type of its own. */
const Stored = z.object({
  id: z.string(),
  kind: RecordKind,
  title: z.string(),
  text: z.string(),
  severity: text,
  rule: text,
  tool: text,
  path: text,
  component: text,
  testId: text,
  package: text,
  packageVersion: text,
  licenses: texts,
  source: text,
  sourceId: text,
  location: text,
  ingestionId: text,
  documentId: text,
  language: text,
  labels: texts,
  envelope: MetadataEnvelope.nullish(),
  extra: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  capturedAt: z.string(),
});

/** A record as it was given to the index; what an engine fills in where nothing was given is left out again. */
export function storedDocument(stored: Readonly<Record<string, unknown>>): SearchHit['document'] {
  const given = Object.entries(Stored.parse(stored)).filter(([, value]) => !isNothing(value));
  return Object.fromEntries(given) as unknown as SearchHit['document'];
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
