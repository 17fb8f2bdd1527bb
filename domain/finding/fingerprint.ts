import { createHash } from 'node:crypto';

type Identity = { readonly rule: string; readonly path: string; readonly snippet: string };

/**
 * Gives each finding a name that survives edits elsewhere in its file: rule, path and the masked line without its white
 * space, never the line number. Like ones in the same file are told apart by their order. Built from masked text only:
 * a digest of the secret itself could be guessed back from short secrets.
 */
export function fingerprints(findings: readonly Identity[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, path, snippet }) => {
    const identity = JSON.stringify([rule, path, snippet.replace(/\s+/g, '')]);
    const ordinal = seen.get(identity) ?? 0;
    seen.set(identity, ordinal + 1);
    return createHash('sha256').update(`${identity}#${ordinal}`).digest('hex');
  });
}
