import type { Severity } from '../../contracts/finding.ts';
import type { HygieneRule } from './rules.ts';

/** Something about how a repository is kept that lets harm in, though no line of its code is wrong. */
export type Issue = {
  readonly rule: HygieneRule;
  readonly severity: Severity;
  readonly message: string;
  /** Null when it is about the repository, or about a file as a whole. */
  readonly path: string | null;
  readonly line: number | null;
};

/** What a check of one file is given. */
export type TextFile = { readonly path: string; readonly text: string };
