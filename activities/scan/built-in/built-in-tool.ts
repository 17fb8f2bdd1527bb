import type { ToolConfig } from '../../../contracts/manifest.ts';
import type { Notice } from '../../../contracts/scan.ts';
import type { ToolData } from '../../../contracts/tool-run.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';

/** What a scanner of our own is given. It runs in a thread that may be stopped at any moment. */
export type BuiltInContext = {
  /** The source, absolute. It is hostile, and is only read. */
  readonly tree: string;
  /** Every file of it, relative to the tree, in byte order. */
  readonly files: readonly string[];
  readonly config: ToolConfig;
  readonly deniedLicenses: readonly string[];
  /** Where known vulnerabilities are looked up: a folder of the offline database, or the address of the OSV service. */
  readonly advisories: string | null;
  /** What a document that must tell its time says; the clock's when left out. */
  readonly now?: string;
};

export type BuiltInResult = {
  readonly version: string;
  readonly drafts: readonly FindingDraft[];
  /** What was not looked at, and why. */
  readonly notices: readonly Notice[];
  /** Files for the bundle besides the report of the findings, such as an SBOM. */
  readonly documents: readonly BuiltInDocument[];
  readonly data: ToolData | null;
  /** Why it could not look at everything, although it has looked at much. */
  readonly incomplete?: string | undefined;
};

export type BuiltInDocument = { readonly path: string; readonly mediaType: string; readonly text: string };

/** A `CertusError` of code `tool_not_available` says why it could not look; anything else that is thrown is a failure. */
export type BuiltInScanner = (context: BuiltInContext) => Promise<BuiltInResult>;
