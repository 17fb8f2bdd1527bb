import type { Advisory } from '../../contracts/advisory.ts';
import type { ToolData } from '../../contracts/tool-run.ts';

/** A package at a version; `ecosystem` in OSV's words, with the release of a distribution. */
export type PackageQuery = { readonly ecosystem: string; readonly name: string; readonly version: string };

export type Answers = {
  /** What is known of each package that was asked for, in the same order. */
  readonly advisories: readonly (readonly Advisory[])[];
  /** Whether the versions have been compared already. */
  readonly isMatched: boolean;
  readonly data: ToolData;
  /** What could not be looked up although the rest was, and what to do about it. */
  readonly incomplete?: string | undefined;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
};

/** Where known vulnerabilities are looked up. It throws `tool_not_available` when it can answer nothing. */
export type AdvisorySource = {
  readonly lookUp: (queries: readonly PackageQuery[]) => Promise<Answers>;
};
