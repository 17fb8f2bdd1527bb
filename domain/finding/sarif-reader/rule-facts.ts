import type { Finding } from '../../../contracts/finding.ts';

/** What all results of a rule share is worked out once: a help text of a megabyte may have a million of them. */
export type RuleFacts = {
  readonly title: string | undefined;
  readonly tags: readonly string[];
  readonly identifiers: readonly string[];
  readonly confidence: Finding['confidence'];
};
