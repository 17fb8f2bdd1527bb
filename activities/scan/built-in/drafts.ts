import type { Notice } from '../../../contracts/scan.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import type { Skipped } from '../skipped.ts';
import type { BuiltInResult } from './built-in-tool.ts';

/** Collects findings up to a bound. Nobody reads more than so many of them, but how many more there are is told. */
export class Drafts {
  readonly all: FindingDraft[] = [];
  #more = 0;

  /** What is not kept is not made: masking a line costs more than finding it. */
  add(make: () => FindingDraft): void {
    if (this.all.length < MAX_FINDINGS) this.all.push(make());
    else this.#more += 1;
  }

  /** Of a scanner that leaves nothing but findings. */
  result(version: string, skipped: Skipped): BuiltInResult {
    const notices = [...skipped.notices(), ...this.#notices()];
    return { version, drafts: this.all, notices, documents: [], data: null };
  }

  #notices(): Notice[] {
    if (this.#more === 0) return [];
    return [{ code: 'too_many_findings', message: `${this.#more} more findings are not listed` }];
  }
}

const MAX_FINDINGS = 5000;
