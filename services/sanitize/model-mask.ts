import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Detector } from '../../domain/sanitize/detector.ts';
import { maskText } from '../../domain/sanitize/mask-text.ts';
import { type SparingDetector, sparing } from '../../domain/sanitize/operators/sparing.ts';
import type { NamesInTexts } from './names-in-texts.ts';

/** Masks what a model finds in texts that the rules have been through, as the policy says of documents. */
export class ModelMask {
  readonly counts: Record<string, number> = Object.create(null);
  readonly #names: NamesInTexts;
  readonly #detector: SparingDetector;
  readonly #put: Parameters<typeof maskText>[2];

  constructor(names: NamesInTexts, policy: PrivacyPolicy, put?: (type: string, value: string) => string) {
    [this.#names, this.#put] = [names, put];
    this.#detector = sparing(NO_RULES, policy, { kinds: names.kinds });
  }

  /** Answers of each of the texts how it is masked. Titles and paths are those of many things, and asked for once. */
  async of(
    all: readonly string[],
    language: string | null,
    signal: AbortSignal,
  ): Promise<(text: string) => string> {
    const texts = [...new Set(all)];
    const found = await this.#names.find(texts, language, signal);
    const masked = new Map<string, string>();
    for (const [at, text] of texts.entries()) {
      const spans = this.#detector.detect(text, {}, found[at]);
      for (const { type } of spans) this.counts[type] = (this.counts[type] ?? 0) + 1;
      if (spans.length > 0) masked.set(text, maskText(text, spans, this.#put));
    }
    return (text) => masked.get(text) ?? text;
  }
}

/** They have been here. */
const NO_RULES: Detector = { rules: '', detect: () => [] };
