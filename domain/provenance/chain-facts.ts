import type { ScanDocument } from '../../contracts/bundle.ts';
import type { Taint } from '../../contracts/provenance.ts';
import type { UploadStatus } from '../../contracts/scan.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { LogEntry } from '../../contracts/transparency.ts';
import type { Inspection } from './inspect-chain.ts';

/** What the row of the scan says: where to look, and what a person is told. Nothing is proved by it. */
export type RunFacts = {
  readonly tenant: string;
  readonly workspace: string;
  readonly testId: string;
  readonly component: string;
  readonly source: string;
  readonly commit: string | null;
  readonly contentHash: string | null;
  readonly manifestDigest: string | null;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly bundle: string | null;
  readonly bundleDigest: string | null;
  readonly uploadStatus: UploadStatus;
  readonly goldenManifest: string | null;
  readonly ociReference: string | null;
  readonly tools: readonly ToolRun[];
};

/** A decision of Trust as it is written down. */
export type PermitFact = {
  readonly id: string;
  readonly bundleDigest: string;
  readonly permitted: boolean;
  readonly tier: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly bypass: boolean;
  readonly decidedAt: string;
  readonly logEntryId: string | null;
  readonly tainted: readonly Taint[];
  /** Whether a policy in shadow would have said no. */
  readonly shadowDenied: boolean;
};

export type PermitUseFact = {
  readonly permitId: string;
  readonly destination: string;
  readonly usedBy: string;
  readonly usedAt: string;
};

/** What others have said about the bundle, and whether it holds. */
export type AttachedFact = {
  readonly digest: string;
  readonly predicateType: string;
  readonly keyId: string;
  readonly attachedAt: string;
  readonly fault: string | null;
};

export type LogFact = { readonly index: number; readonly entryId: string; readonly entry: LogEntry };

/** A notice of quarantine; nobody's when its signature does not hold. */
export type QuarantineFact = {
  readonly at: string | null;
  readonly signer: string | null;
  readonly detail: string;
};

export type ChainFacts = {
  readonly now: Date;
  readonly run: RunFacts;
  /** Where the bytes lie that were looked at; null when there are none. */
  readonly store: 'golden' | 'raw' | null;
  readonly inspection: Inspection | null;
  /** From bytes that the index covers; null when these are not there or not what it lists. */
  readonly document: ScanDocument | null;
  readonly manifestVersion: string | null;
  readonly permits: readonly PermitFact[];
  readonly uses: readonly PermitUseFact[];
  readonly attached: readonly AttachedFact[];
  readonly log: readonly LogFact[];
  readonly quarantine: QuarantineFact | null;
};
