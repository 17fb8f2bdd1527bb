import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { createSanitizer, type Sanitizer } from '../../domain/sanitize/operators/sanitize.ts';
import { countsOf, type Sanitized } from '../../domain/sanitize/operators/sanitized.ts';
import type { SanitizeTask } from './sanitizing.ts';

export type SanitizeThreadAnswer =
  | { readonly rules: string; readonly texts: readonly Sanitized[] }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

// The entry of a thread: it is ended from outside when its time is up, and its memory is limited.

export function sanitizeTexts(task: SanitizeTask): SanitizeThreadAnswer {
  const { format, detectOnly } = task.order;
  try {
    const sanitizer = known(task);
    return {
      rules: sanitizer.rules,
      texts: task.texts.map(({ text, known: others }) => {
        if (!detectOnly) return sanitizer.sanitize(text, { format }, others);
        const findings = sanitizer.detect(text, { format }, others);
        return { text: '', findings, counts: countsOf(findings) };
      }),
    };
  } catch (error) {
    // errors lose their class on the way out of a thread, and with it their code
    if (error instanceof CertusError) return { failure: { code: error.code, message: error.message } };
    // any other message could have something of the text in it
    const message = `a text could not be looked into (${error instanceof Error ? error.name : 'something was thrown'})`;
    return { failure: { code: 'internal_error', message } };
  }
}

/** Patterns of a policy are compiled once, and not for every text. */
const sanitizers = new Map<string, Sanitizer>();

function known({ policy, order: { operator, operators, detectOnly }, key }: SanitizeTask): Sanitizer {
  // the key of a tenant is another one with each
  const keyed = key === undefined ? '' : Buffer.from(key.hashes).toString('base64');
  const asked = detectOnly ? {} : { operator, operators };
  const name = JSON.stringify([policy, asked, keyed]);
  const found = sanitizers.get(name);
  if (found !== undefined) return found;
  const made = createSanitizer({ policy: JSON.parse(policy) as PrivacyPolicy, ...asked, key });
  if (sanitizers.size >= MAX_KNOWN) sanitizers.clear();
  sanitizers.set(name, made);
  return made;
}

const MAX_KNOWN = 8;
