import { MAX_MANIFEST_BYTES, Manifest } from '../../contracts/manifest.ts';
import { explainIssues } from './explain-issues.ts';
import type { Fault, LocatedFault } from './fault.ts';
import { readDocument } from './read-document.ts';

export type ManifestFormat = 'json' | 'yaml';

export type ManifestReading = {
  /** YAML, of which JSON is a part, when not given. */
  readonly format?: ManifestFormat | undefined;
  /** What is wrong with a rule of the gate; `undefined` when nothing is. */
  readonly checkRule?: ((expression: string) => string | undefined) | undefined;
};

export type CheckedManifest =
  | {
      readonly manifest: Manifest;
      /** The same without what was left unsaid. */
      readonly written: unknown;
    }
  | { readonly faults: readonly LocatedFault[] };

/** Reads a manifest as a team wrote it, or says all that is wrong with it, from its first line to its last. */
export function checkManifest(
  given: string | Uint8Array,
  { format, checkRule = () => undefined }: ManifestReading = {},
): CheckedManifest {
  const text = decode(given);
  if ('unreadable' in text) return { faults: [atTheTop(text.unreadable)] };
  const document = readDocument(text.text, format ?? 'yaml');
  if ('faults' in document)
    return { faults: document.faults.map((fault) => ({ path: [], kind: 'other', ...fault })) };
  const { value, positionOf } = document;
  const parsed = Manifest.safeParse(value);
  const faults = parsed.success ? [] : explainIssues(parsed.error.issues, value);
  faults.push(...ruleFaults(value, checkRule));
  if (parsed.success && faults.length === 0) return { manifest: parsed.data, written: value };
  const located = faults.slice(0, MAX_FAULTS).map(({ path, message, kind, of }) => {
    return { path, message, kind, ...positionOf(path, of) };
  });
  return { faults: located.sort((a, b) => a.line - b.line || a.column - b.column) };
}

const MAX_FAULTS = 100;

function decode(given: string | Uint8Array): { text: string } | { unreadable: string } {
  const size = typeof given === 'string' ? Buffer.byteLength(given) : given.length;
  if (size > MAX_MANIFEST_BYTES) return { unreadable: `it is larger than ${MAX_MANIFEST_BYTES} bytes` };
  try {
    const text =
      typeof given === 'string'
        ? given.replace(/^\ufeff/, '')
        : new TextDecoder('utf-8', { fatal: true }).decode(given);
    return text.trim() === '' ? { unreadable: 'it is empty' } : { text };
  } catch {
    return { unreadable: 'it is not UTF-8 text' };
  }
}

const atTheTop = (message: string): LocatedFault => ({
  path: [],
  message,
  kind: 'other',
  line: 1,
  column: 1,
});

/** Also of a manifest with other faults: a rule is text that can be judged by itself. */
function ruleFaults(value: unknown, checkRule: (expression: string) => string | undefined): Fault[] {
  const profiles = (value as { profiles?: unknown } | null)?.profiles;
  if (!Array.isArray(profiles)) return [];
  return profiles.slice(0, MAX_FAULTS).flatMap((profile: { rules?: unknown } | null, at) => {
    const rules = Array.isArray(profile?.rules) ? profile.rules.slice(0, MAX_FAULTS) : [];
    return rules.flatMap((rule: { deny?: unknown } | null, nth): Fault[] => {
      const wrong = typeof rule?.deny === 'string' ? checkRule(rule.deny) : undefined;
      if (wrong === undefined) return [];
      return [{ path: ['profiles', at, 'rules', nth, 'deny'], of: 'value', kind: 'other', message: wrong }];
    });
  });
}
