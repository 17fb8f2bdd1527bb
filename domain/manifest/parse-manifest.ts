import { CertusError } from '../../contracts/errors.ts';
import { MAX_MANIFEST_BYTES, Manifest } from '../../contracts/manifest.ts';
import { explainIssues } from './explain-issues.ts';
import type { Fault } from './fault.ts';
import { readDocument } from './read-document.ts';

export type ManifestFormat = 'json' | 'yaml';

type Reading = {
  /** YAML, of which JSON is a part, when not given. */
  readonly format?: ManifestFormat | undefined;
  /** What is wrong with a rule of the gate; `undefined` when nothing is. */
  readonly checkRule?: ((expression: string) => string | undefined) | undefined;
};

/** Reads a manifest as a team wrote it. What is wrong is said all at once, each fault with its line and column. */
export function parseManifest(
  given: string | Uint8Array,
  { format, checkRule = () => undefined }: Reading = {},
): { manifest: Manifest } {
  const text = decode(given);
  if (text.trim() === '') throw new CertusError('manifest_invalid', 'the manifest is empty');
  const document = readDocument(text, format ?? 'yaml');
  if ('faults' in document) throw invalid(document.faults.map((fault) => ({ ...fault, kind: 'other' })));
  const parsed = Manifest.safeParse(document.value);
  const faults = parsed.success ? [] : explainIssues(parsed.error.issues, document.value);
  faults.push(...ruleFaults(document.value, checkRule));
  if (parsed.success && faults.length === 0) return { manifest: parsed.data };
  throw invalid(
    faults.slice(0, MAX_FAULTS).map((fault) => ({ ...fault, at: document.positionOf(fault.path, fault.of) })),
  );
}

function decode(given: string | Uint8Array): string {
  const size = typeof given === 'string' ? Buffer.byteLength(given) : given.length;
  if (size > MAX_MANIFEST_BYTES)
    throw new CertusError('manifest_invalid', `the manifest is larger than ${MAX_MANIFEST_BYTES} bytes`);
  if (typeof given === 'string') return given.replace(/^\ufeff/, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(given);
  } catch {
    throw new CertusError('manifest_invalid', 'the manifest is not UTF-8 text');
  }
}

/** Also of a manifest with other faults: a rule is text that can be judged by itself. */
function ruleFaults(value: unknown, checkRule: (expression: string) => string | undefined): Fault[] {
  const profiles = (value as { profiles?: unknown } | null)?.profiles;
  if (!Array.isArray(profiles)) return [];
  return profiles.flatMap((profile: { rules?: unknown } | null, at) => {
    const rules = Array.isArray(profile?.rules) ? profile.rules : [];
    return rules.flatMap((rule: { deny?: unknown } | null, nth) => {
      const wrong = typeof rule?.deny === 'string' ? checkRule(rule.deny) : undefined;
      return wrong === undefined
        ? []
        : [{ path: ['profiles', at, 'rules', nth, 'deny'], of: 'value', kind: 'other', message: wrong }];
    });
  });
}

type Located = Pick<Fault, 'path' | 'message' | 'kind'> & {
  readonly at: { readonly line: number; readonly column: number };
};

/** The message alone says enough: it is all that a run's record keeps of an error. */
function invalid(faults: readonly Located[]): CertusError {
  const inOrder = faults.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const fields = inOrder.map(({ path, message, at }) => ({
    path: path.join('.').slice(0, 256),
    message: `line ${at.line}, column ${at.column}: ${message}`,
  }));
  const told = fields.slice(0, 3).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = faults.length > told.length ? `; and ${faults.length - told.length} more` : '';
  const code = faults.every(({ kind }) => kind === 'tool') ? 'unsupported_tool' : 'manifest_invalid';
  return new CertusError(code, `the manifest cannot be used: ${told.join('; ')}${more}`, { fields });
}

const MAX_FAULTS = 100;
