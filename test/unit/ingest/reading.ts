import { readFileSync } from 'node:fs';
import { Reading } from '../../../contracts/ingestion.ts';
import type { Draft } from '../../../domain/ingest/draft.ts';
import type { Mask } from '../../../domain/ingest/mask.ts';
import { readItem } from '../../../services/ingest/read-item.ts';
import { contentOfBytes } from '../../../services/text/content.ts';

export type Read = {
  readonly format: string;
  readonly mediaType: string;
  readonly language: string | null;
  readonly drafts: readonly Draft[];
  readonly opaque: readonly string[];
};

/** What stands in tests for everything personal. */
export const NEEDLE = 'needle@example.com';
export const hideNeedles: Mask = (text) => text.replaceAll(NEEDLE, '[EMAIL_ADDRESS]');

export async function read(
  bytes: string | Uint8Array,
  {
    name = 'file',
    reading = {},
    mask = hideNeedles,
    maxDrafts = 100_000,
    maxBytes = 1 << 28,
  }: {
    name?: string;
    reading?: Record<string, unknown>;
    mask?: Mask;
    maxDrafts?: number;
    maxBytes?: number;
  } = {},
): Promise<Read> {
  const content = contentOfBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, { name });
  const item = await readItem(content, Reading.parse(reading), { maxBytes, maxDrafts, mask });
  const drafts: Draft[] = [];
  for await (const draft of item.drafts) drafts.push(draft);
  const { format, mediaType, language } = item;
  const opaque = item.opaque.map(({ reason, place }) => (place === '' ? reason : `${reason} ${place}`));
  return { format, mediaType, language, drafts, opaque };
}

export const ofKind = (drafts: readonly Draft[], kind: Draft['kind']): Draft[] =>
  drafts.filter((draft) => draft.kind === kind);

export const report = (name: string): Buffer => readFileSync(`test/fixtures/reports/${name}`);

export const keysOf = (drafts: readonly Draft[]): string[] => drafts.map(({ key }) => key);
