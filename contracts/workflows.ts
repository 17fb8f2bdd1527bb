import { z } from 'zod';
import { AssessmentId, ComponentId, PermitId, Scope, Sha256, TestId } from './identifiers.ts';
import { Manifest } from './manifest.ts';
import { Notice } from './scan.ts';

export const Source = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('git'),
    /** A URL without credentials, or an absolute path below an allowed root. */
    url: z.string(),
    branch: z.string().optional(),
    commit: z.string().optional(),
  }),
  z.object({ type: z.literal('directory'), path: z.string() }),
]);
export type Source = z.infer<typeof Source>;

export const RunIdentity = z.object({
  scope: Scope,
  component: ComponentId,
  assessment: AssessmentId,
  testId: TestId,
});
export type RunIdentity = z.infer<typeof RunIdentity>;

export const ScanInput = RunIdentity.extend({
  source: Source,
  profile: z.string(),
  manifest: Manifest,
  manifestDigest: Sha256,
  requestedBy: z.string().nullable(),
  /** When it was asked for, ISO 8601. */
  requestedAt: z.string(),
});
export type ScanInput = z.infer<typeof ScanInput>;

/** What the checkout turned out to be. */
export const Checkout = z.object({
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  /** Over names, modes and bytes of every file that is scanned. */
  contentHash: Sha256,
  files: z.number().int(),
  bytes: z.number().int(),
  /** What was left out, and why: nothing is skipped in silence. */
  skipped: z.array(Notice),
});
export type Checkout = z.infer<typeof Checkout>;

/** A bundle in raw, by reference: its files never travel through workflow history. */
export const BundleReference = z.object({
  /** Key prefix in raw, ending in "/". */
  prefix: z.string(),
  /** sha256 of bundle.json, which lists every other file with its digest. */
  digest: Sha256,
});
export type BundleReference = z.infer<typeof BundleReference>;

export const PermitDecision = z.object({
  permitId: PermitId,
  permitted: z.boolean(),
  reason: z.string().nullable(),
});
export type PermitDecision = z.infer<typeof PermitDecision>;

export const PublishInput = RunIdentity.extend({ bundle: BundleReference, permitId: PermitId });
export type PublishInput = z.infer<typeof PublishInput>;

/** Where its golden copy lies follows from the run; nobody gets to name it. */
export type IngestInput = RunIdentity;

export const Ingestion = z.object({
  indexed: z.number().int(),
  masked: z.number().int(),
  failed: z.array(Notice),
});
export type Ingestion = z.infer<typeof Ingestion>;

export const Publication = z.object({
  /** Where a person finds the object that makes the golden copy visible. */
  goldenManifest: z.string(),
  goldenBundle: z.string(),
  ociReference: z.string(),
  ingestion: Ingestion,
});
export type Publication = z.infer<typeof Publication>;
