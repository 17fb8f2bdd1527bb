import type { MetadataEnvelope } from '../../contracts/index-record.ts';
import { sha256 } from '../custody/digest.ts';
import type { Draft } from './draft.ts';

/** What is the same for all that one item says. */
export type ItemFacts = {
  readonly tenant: string;
  readonly workspace: string;
  readonly ingestionId: string;
  readonly sourceId: string | null;
  /** upload, git, web, web_crawl, s3, golden; of what a scanner wrote: its tool. */
  readonly source: string;
  readonly location: string;
  readonly documentId: string;
  readonly component: string | null;
  readonly testId: string | null;
  readonly labels: readonly string[];
  readonly language: string | null;
  readonly sanitizer: string;
  readonly golden: MetadataEnvelope['golden'];
  readonly capturedAt: string;
  readonly extra: MetadataEnvelope['extra'];
};

export type IndexRecord = Omit<Draft, 'key' | 'place'> & {
  readonly id: string;
  readonly source: string;
  readonly sourceId?: string;
  readonly location: string;
  readonly ingestionId: string;
  readonly documentId: string;
  readonly component?: string;
  readonly testId?: string;
  readonly labels: readonly string[];
  readonly language?: string;
  readonly envelope: MetadataEnvelope;
  readonly capturedAt: string;
};

/** By source, name and content: the same bytes in two places are two documents, and other bytes are another one. */
export const documentIdOf = (origin: string, key: string, contentHash: string): string =>
  sha256(`${origin}\n${key}\n${contentHash}`);

/** What the index gets of a draft in which nothing personal is left. */
export function indexRecord({ key, place, ...draft }: Draft, facts: ItemFacts): IndexRecord {
  const { sourceId, component, testId, language, documentId } = facts;
  const extra = { ...facts.extra, ...draft.extra, ...(place === undefined ? {} : { place }) };
  return {
    ...draft,
    extra,
    id: `${documentId.slice(0, 40)}/${sha256(key).slice(0, 24)}`,
    source: facts.source,
    ...(sourceId === null ? {} : { sourceId }),
    location: facts.location,
    ingestionId: facts.ingestionId,
    documentId,
    ...(component === null ? {} : { component }),
    ...(testId === null ? {} : { testId }),
    labels: facts.labels,
    ...(language === null ? {} : { language }),
    envelope: {
      version: '1.0',
      workspace_id: facts.workspace,
      ingestion_id: facts.ingestionId,
      document_id: documentId,
      source: facts.source,
      source_location: facts.location,
      content_hash: sha256(draft.text),
      captured_at: facts.capturedAt,
      extra,
      tenant: facts.tenant,
      access_labels: [...facts.labels],
      language,
      sanitizer: facts.sanitizer,
      golden: facts.golden,
    },
    capturedAt: facts.capturedAt,
  };
}
