import type { IngestInput, Ingestion, RunIdentity } from '../../contracts/workflows.ts';
import { findingDocuments } from '../../domain/finding/finding-documents.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { NamesInTexts } from '../../services/sanitize/names-in-texts.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { forgetEvidence, forgetIfQuarantined } from './forget-evidence.ts';
import { lookAtFindings } from './look-at-findings.ts';
import { readGoldenFindings } from './read-golden-findings.ts';

/** What the ingest zone holds: golden to read, the index to write, and no signing key at all. */
export type IngestDeps = {
  readonly golden: ReadableBucket;
  readonly search: SearchIndex;
  /** A model that looks for names besides, where there is one. */
  readonly names?: NamesInTexts | undefined;
};

const BATCH = 500;
/** Who reads the notices needs examples and the number, and Temporal carries no result of megabytes. */
const MOST_NOTICES = 50;

export const createIngestActivities = ({ golden, search, names }: IngestDeps) => ({
  /** Only what is in golden gets in, and only masked. Indexing again replaces the same documents. */
  indexFindings: (input: IngestInput): Promise<Ingestion> =>
    withHeartbeat(async (signal) => {
      const { findings, capturedAt } = await readGoldenFindings(golden, input);
      const { documents, masked: byRules } = findingDocuments(findings, {
        component: input.component,
        testId: input.testId,
        capturedAt,
      });
      await search.ensure();
      let indexed = 0;
      let refused = 0;
      let masked = byRules;
      const failed: Ingestion['failed'] = [];
      for (let at = 0; at < documents.length; at += BATCH) {
        signal.throwIfAborted();
        const looked = await lookAtFindings(names, documents.slice(at, at + BATCH), signal);
        const none = looked.documents.length === 0;
        const result = none ? { indexed: 0, failed: [] } : await search.index(input.scope, looked.documents);
        indexed += result.indexed;
        masked += looked.masked;
        const unread = looked.unread.map((id) => ({
          id,
          reason: 'the model that looks for names refuses it',
        }));
        const all = [...unread, ...result.failed];
        refused += all.length;
        for (const { id, reason } of all.slice(0, MOST_NOTICES - failed.length))
          failed.push({ code: 'not_indexed', message: reason, path: id });
      }
      await forgetIfQuarantined(golden, search, input);
      if (refused > failed.length)
        failed.push({ code: 'not_indexed', message: `and ${refused - failed.length} more findings` });
      return { indexed, masked, failed };
    }),

  forgetEvidence: (run: RunIdentity): Promise<number> =>
    withHeartbeat(() => forgetEvidence(golden, search, run)),
});

export type IngestActivities = ReturnType<typeof createIngestActivities>;
