import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Connector } from '../../services/connectors/connector.ts';
import type { IngestedItem, Origin } from '../../services/database/ingested-items.ts';
import type { IngestionRecord } from '../../services/database/ingestions.ts';
import type { UnderWay } from './under-way.ts';

/** What holds for all items of a page. */
export type ItemRun = {
  readonly ingestion: IngestionRecord;
  readonly connector: Connector;
  readonly place: Origin;
  readonly policy: PrivacyPolicy;
  /** What names are made with, where the policy asks for them. */
  readonly nameKey: Uint8Array | undefined;
  /** What looks for personal data: an item that others looked into is read again. */
  readonly rules: string;
  readonly known: ReadonlyMap<string, IngestedItem>;
  /** By an attempt before this one. */
  readonly setAside: ReadonlySet<string>;
  /** Writes down what is in the index of an item, and takes out of it what was there of it before. */
  readonly record: (item: IngestedItem) => Promise<void>;
  readonly underWay: UnderWay;
  readonly signal: AbortSignal;
};
