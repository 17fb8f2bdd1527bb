import type { Severity } from '../../contracts/finding.ts';

/** How one kind of secret looks, and a check that tells it from what merely looks alike. */
export type SecretRule = {
  readonly id: string;
  /** What it is, in words; the title of the finding. */
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: 'high' | 'medium' | 'low';
  /**
   * The group `secret` is what must not be shown; without it, the whole match is. Every repetition has an upper bound
   * and no two that follow each other can eat the same text: a hostile file must not cost more than its length.
   */
  readonly pattern: RegExp;
  /** A part of every match that is quickly looked for: where a text has none of it, the pattern is not tried. */
  readonly needs?: string | RegExp;
  /** Whether every match is twenty characters and more without a blank: of most texts little is left to look at. */
  readonly solid?: true;
  /** Which files it is looked for in; all when unsaid. */
  readonly appliesTo?: (path: string) => boolean;
  readonly holds: (secret: string, place: Place) => boolean;
};

/** Where a match lies: checks may look at what stands around it, within bounds of their own. */
export type Place = { readonly content: string; readonly match: RegExpExecArray };
