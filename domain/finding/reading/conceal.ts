import type { Location } from '../../../contracts/finding.ts';
import type { FindingDraft } from '../draft.ts';
import { hideSecrets } from '../hide-secrets.ts';
import { cleanLine, cleanText, MAX_TEXT } from './clean-text.ts';
import { hideUnquoted } from './unquoted.ts';

/**
 * A draft as it may be kept: no hostile characters, no text without end, and none of the secrets that a tool repeats in
 * its snippets, messages and even file names. `values` are secrets that the report names as such.
 */
export function concealed(draft: FindingDraft, values: readonly string[] = []): FindingDraft {
  const secrets = [...values, ...(draft.kind === 'secret' ? secretsOf(draft) : [])].filter(isLongEnough);
  const hide = (text: string, max: number): string => {
    // a secret that the limit cuts in two must still be seen whole
    const part = cleanText(text, max + LONGEST_SECRET);
    return hideKnownForms(hideValues(part, secrets)).slice(0, max).toWellFormed();
  };
  const line = (text: string, max: number): string => cleanLine(hide(text, max), max);
  const place = (location: Location): Location => ({
    ...location,
    path: hideValues(cleanText(location.path, MAX_TEXT.path), secrets),
  });
  return {
    ...draft,
    tool: cleanLine(draft.tool, MAX_TEXT.name),
    rule: line(draft.rule, MAX_TEXT.name),
    title: line(draft.title, MAX_TEXT.title),
    message: hide(draft.message, MAX_TEXT.message).trim(),
    source_severity: draft.source_severity === null ? null : cleanLine(draft.source_severity, 64),
    snippet: draft.snippet === null ? null : hide(draft.snippet, MAX_TEXT.snippet).trimEnd(),
    fix: draft.fix === null ? null : hide(draft.fix, MAX_TEXT.message),
    location: draft.location === null ? null : place(draft.location),
    related_locations: draft.related_locations.map(place),
    flows: draft.flows.map((steps) => steps.map(place)),
    suppressed:
      draft.suppressed?.justification == null
        ? draft.suppressed
        : { ...draft.suppressed, justification: hide(draft.suppressed.justification, MAX_TEXT.message) },
  };
}

const LONGEST_SECRET = 512;
/** Shorter ones are found everywhere: hiding "test" would leave nothing to read. */
const isLongEnough = (value: string): boolean => value.trim().length >= 5;

/** What stands between quotes; a snippet without any is nothing but the secret. */
function secretsOf({ snippet }: FindingDraft): string[] {
  if (snippet === null) return [];
  const quoted = [...snippet.slice(0, SEARCHED).matchAll(QUOTED)].map(([, , value]) => value as string);
  return quoted.some(isLongEnough) && quoted.length <= MAX_QUOTED
    ? quoted
    : [snippet.trim(), ...quoted.slice(0, MAX_QUOTED)];
}

/** A line with more literals than this is data, of which nobody can tell which part is the secret. */
const MAX_QUOTED = 50;
const SEARCHED = 4096;
const QUOTED = /(["'`])([^"'`\n]{1,1000})\1/g;

function hideValues(text: string, values: readonly string[]): string {
  const present = values.filter((value) => text.includes(value));
  if (present.length === 0) return text;
  return present.some((value) => value.length >= text.trim().length)
    ? stars(text)
    : hideSecrets(text, present, [])(0, text.length);
}

/** Keys whose form gives them away, and values that are assigned to a name which says what they are. */
export function hideKnownForms(text: string): string {
  const shown = text
    .replaceAll(PRIVATE_KEY, stars)
    .replaceAll(TOKEN, stars)
    .replaceAll(CREDENTIALS, (_, before: string, secret: string) => `${before}${stars(secret)}@`)
    .replaceAll(ASSIGNED, (_, before: string, secret: string) => `${before}${stars(secret)}`);
  return hideUnquoted(shown, stars);
}

const stars = (text: string): string => text.replaceAll(/\S/g, '*');

// every repetition is bounded: a hostile report may be one long near miss
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|$)/g;
const TOKEN =
  /\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}|glpat-[\w-]{20,64}|xox[abposr]-[\w-]{10,255}|[sr]k_(?:live|test)_\w{16,255}|sk-[\w-]{20,255}|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{20,255}|AIza[\w-]{35}|eyJ[\w-]{10,2000}\.[\w-]{10,2000}\.[\w-]{5,1000})/g;
/** A password may hold slashes and signs: it ends at the last "@". A port is none, and what follows it is a path. */
const CREDENTIALS =
  /(:\/\/[^\s/:"'`]{0,100}:)(?!(?<=(?:https?|wss?|ssh):\/\/[^\s/:"'`]{0,100}:)\d{1,5}[/?#])([^\s"'`]{1,512})@/g;
const ASSIGNED =
  /((?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key)[\w-]{0,40}\\{0,3}["'`]?\s{0,8}[:=]{1,2}>?\s{0,8}\\{0,3}["'`])([^"'`\n]{4,4096})/gi;
