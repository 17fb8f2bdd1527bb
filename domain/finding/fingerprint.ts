import type { Finding } from '../../contracts/finding.ts';
import { sha256 } from '../custody/digest.ts';
import type { FindingDraft } from './draft.ts';
import { cleanText, MAX_TEXT } from './reading/clean-text.ts';
import { hideKnownForms } from './reading/conceal.ts';
import { canonicalAdvisory, packageKey } from './reading/identifiers.ts';

export type FingerprintOptions = {
  /** A line of the source, for tools that do not show it. Only asked for paths that stay inside the source. */
  readonly readLine?: (path: string, line: number) => string | undefined;
};

/**
 * Gives every draft of one report the name it will have tomorrow, too. It is made of
 *
 * - for a known vulnerability: the advisory, the package and the manifest. Neither the version, which changes without the
 *   vulnerability going away, nor the tool: whichever looks next month, it is the same one.
 * - for everything else: tool, rule, path and the text of the line without its white space, never the line's number. A tool
 *   that shows no line is asked for its own fingerprint, and the message without its numbers is the last resort.
 *
 * Equal ones are told apart by their order in the file, and what is reported twice at one place is one finding. A
 * fingerprint of the tool that two results of its report share is none. Only masked text goes in: a digest of a secret
 * could be guessed back from short secrets.
 */
export function fingerprinted(drafts: readonly FindingDraft[], options: FingerprintOptions = {}): Finding[] {
  const believed = uniqueNatives(drafts);
  const seen = new Map<string, Placed[]>();
  for (const [order, given] of drafts.entries()) {
    const draft = withLine(given, options);
    const identity = identityOf(draft, believed);
    const others = seen.get(identity);
    if (others === undefined) seen.set(identity, [{ draft, order }]);
    else others.push({ draft, order });
  }
  const named: { finding: Finding; order: number }[] = [];
  for (const [identity, group] of seen) {
    for (const [ordinal, { draft, order }] of withoutRepeats(group).entries())
      named.push({ finding: nameFinding(draft, sha256(`${identity}#${ordinal}`)), order });
  }
  return named.sort((a, b) => a.order - b.order).map(({ finding }) => finding);
}

type Placed = { readonly draft: FindingDraft; readonly order: number };

function nameFinding({ nativeFingerprint: _, ...draft }: FindingDraft, fingerprint: string): Finding {
  return { ...draft, fingerprint, sources: [{ tool: draft.tool, rule: draft.rule, fingerprint }] };
}

/** What a tool says of two results identifies neither: some write the same words into every one. */
function uniqueNatives(drafts: readonly FindingDraft[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { nativeFingerprint: native, tool } of drafts)
    if (native !== undefined) counts.set(`${tool} ${native}`, (counts.get(`${tool} ${native}`) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count === 1).map(([native]) => native));
}

function withLine(draft: FindingDraft, { readLine }: FingerprintOptions): FindingDraft {
  const { location, snippet } = draft;
  if (readLine === undefined || snippet !== null || location?.start_line == null) return draft;
  const line = staysInside(location.path) ? readLine(location.path, location.start_line) : undefined;
  if (line === undefined || line.trim() === '') return draft;
  const shown = cleanText(line, MAX_TEXT.snippet);
  return { ...draft, snippet: draft.kind === 'secret' ? nameOnly(shown) : hideKnownForms(shown).trimEnd() };
}

/** Of the line of a secret, of which nobody said where in it, only the name that it is given to may be told. */
function nameOnly(line: string): string | null {
  const [, name] = ASSIGNMENT.exec(hideKnownForms(line)) ?? [];
  return name === undefined || /\d.*\d.*\d/.test(name) ? null : `${name} = ********`;
}

const ASSIGNMENT =
  /^\s{0,200}(?:(?:export|const|let|var|-)\s+)?["']?([A-Za-z_][A-Za-z0-9_.-]{0,40})["']?\s{0,20}[:=][^=].{3}/;

const staysInside = (path: string): boolean =>
  !/^(?:[a-z][a-z0-9+.-]*:|[\\/])/i.test(path) && !path.split(/[\\/]/).includes('..');

function identityOf(draft: FindingDraft, believed: ReadonlySet<string>): string {
  const path = draft.location?.path ?? '';
  const advisory =
    draft.kind === 'vulnerability' ? canonicalAdvisory([...draft.identifiers, draft.rule]) : undefined;
  if (advisory !== undefined && draft.package !== null)
    return JSON.stringify(['vulnerability', advisory, packageKey(draft.package.name), path]);
  const { tool, rule, nativeFingerprint: native } = draft;
  const unique = native !== undefined && believed.has(`${tool} ${native}`) ? native : undefined;
  // a full fingerprint is the tool's promise; a partial one is only a hint, and less than the line itself
  if (unique?.startsWith('full:')) return JSON.stringify([tool, rule, unique]);
  const line = lineOf(draft.snippet);
  if (line !== undefined) return JSON.stringify([tool, rule, path, line]);
  if (unique !== undefined) return JSON.stringify([tool, rule, path, unique]);
  return JSON.stringify([
    tool,
    rule,
    path,
    'message',
    draft.message.replaceAll(/\d+/g, '#').replaceAll(/\s+/g, ''),
  ]);
}

/** The first line that says something: a region may be a whole function, whose other lines change on their own. */
function lineOf(snippet: string | null): string | undefined {
  for (const line of (snippet ?? '').split('\n')) {
    const text = line.replaceAll(/\s+/g, '');
    if (text !== '') return text;
  }
  return undefined;
}

/** In the order of the file, whatever the order of the report; the same thing at the same place only once. */
function withoutRepeats(group: readonly Placed[]): Placed[] {
  if (group.length === 1) return [...group];
  const kept = new Map<string, Placed>();
  for (const placed of [...group].sort(byPlace)) {
    const key = placeOf(placed);
    const other = kept.get(key);
    if (other === undefined) kept.set(key, placed);
    // said twice and suppressed once, it is not suppressed
    else if (placed.draft.suppressed === null && other.draft.suppressed !== null)
      kept.set(key, { draft: { ...other.draft, suppressed: null }, order: other.order });
  }
  return [...kept.values()];
}

/** Without a line nothing says that two are at the same place. */
function placeOf({ draft, order }: Placed): string {
  const { location, package: packaged } = draft;
  if (packaged !== null) return JSON.stringify([packaged.version, location?.path]);
  if (location?.start_line == null) return `#${order}`;
  return JSON.stringify([location, draft.message]);
}

const byPlace = (a: Placed, b: Placed): number =>
  number(a.draft.location?.start_line) - number(b.draft.location?.start_line) ||
  number(a.draft.location?.start_column) - number(b.draft.location?.start_column) ||
  number(a.draft.location?.end_line) - number(b.draft.location?.end_line) ||
  compare(a.draft.package?.version ?? '', b.draft.package?.version ?? '') ||
  compare(a.draft.message, b.draft.message) ||
  a.order - b.order;

const number = (value: number | null | undefined): number => value ?? 0;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
