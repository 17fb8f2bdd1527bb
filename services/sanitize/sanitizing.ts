import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { SanitizeFormat, SanitizeOperator } from '../../contracts/sanitize.ts';
import type { Detected } from '../../domain/sanitize/detector.ts';
import type { Sanitized } from '../../domain/sanitize/operators/sanitized.ts';

export type SanitizeOrder = {
  readonly tenant: string;
  readonly policy: PrivacyPolicy;
  readonly operator: SanitizeOperator;
  readonly operators: Readonly<Record<string, SanitizeOperator>>;
  readonly format: SanitizeFormat;
  readonly detectOnly: boolean;
  /** For the model. */
  readonly language: string;
};

export type SanitizedTexts = {
  readonly rules: string;
  /** The model that was asked, too. */
  readonly model: string | null;
  readonly texts: readonly Sanitized[];
};

/** Takes personal data out of texts while somebody waits, beside the event loop. */
export interface Sanitizing {
  sanitize(texts: readonly string[], order: SanitizeOrder): Promise<SanitizedTexts>;
  close(): Promise<void>;
}

/** What a thread is given for one request. */
export type SanitizeTask = {
  readonly texts: readonly { readonly text: string; readonly known: readonly Detected[] }[];
  /** The policy as JSON: a thread knows it again by it. */
  readonly policy: string;
  readonly order: Omit<SanitizeOrder, 'policy' | 'language' | 'tenant'>;
  /** Of the tenant; missing where nothing asked for takes one. */
  readonly key: { readonly pseudonyms: Uint8Array; readonly hashes: Uint8Array } | undefined;
};
