import { type Finding, SEVERITIES, type Severity } from '../../contracts/finding.ts';
import { namesOf } from '../../contracts/finding-names.ts';
import type { Change, ChangeCounts } from '../../contracts/triage.ts';
import { isAdvisory, packageKey } from './reading/identifiers.ts';

export type CompareOptions = {
  /** The tools that looked at everything this time. A finding that only others could have seen is not called fixed. */
  readonly completed?: ReadonlySet<string>;
  /** Where a tool was told not to look this time, or could not. */
  readonly leftOut?: (tool: string, path: string) => boolean;
};

export type Comparison = {
  /** By the fingerprint that a finding has now. */
  readonly changes: ReadonlyMap<string, Change>;
  /** By the fingerprint that a finding has now, what it was then: what people decided about the one holds for the other. */
  readonly before: ReadonlyMap<string, Finding>;
  /** Fingerprints of those that are known and weigh more than they did. */
  readonly worsened: ReadonlySet<string>;
  readonly fixed: Finding[];
  /** Gone, but nobody has looked. */
  readonly unseen: Finding[];
  readonly counts: ChangeCounts;
};

/**
 * How the findings of a scan stand to those of an earlier one. One is known again by its own fingerprint, by that of any
 * tool that saw it, by a name that it had once, by what a vulnerability is, or by its text at its place or in a file that went to another folder; each
 * is known once.
 */
export function compareFindings(
  baseline: readonly Finding[],
  current: readonly Finding[],
  options: CompareOptions = {},
): Comparison {
  const pairs = new Map<Finding, Finding>();
  const left = new Set(baseline);
  for (const { keysOf, onlyWhenUnique } of WAYS) {
    const candidates = indexed(left, keysOf);
    const open = current.filter((finding) => !pairs.has(finding));
    const rivals = onlyWhenUnique ? indexed(open, keysOf) : undefined;
    for (const finding of open) {
      for (const key of keysOf(finding)) {
        const known = candidates.get(key) ?? [];
        if (onlyWhenUnique && (known.length > 1 || (rivals?.get(key)?.length ?? 0) > 1)) continue;
        const match = known.find((candidate) => left.has(candidate));
        if (match === undefined) continue;
        pairs.set(finding, match);
        left.delete(match);
        break;
      }
    }
  }
  return told(current, pairs, left, options);
}

type Way = {
  readonly keysOf: (finding: Finding) => string[];
  readonly onlyWhenUnique: boolean;
};

const WAYS: readonly Way[] = [
  { keysOf: ({ fingerprint }) => [fingerprint], onlyWhenUnique: false },
  { keysOf: ({ sources }) => sources.map(({ fingerprint }) => fingerprint), onlyWhenUnique: false },
  { keysOf: namesOf, onlyWhenUnique: true },
  { keysOf: vulnerabilityKeys, onlyWhenUnique: true },
  { keysOf: samePlaceKeys, onlyWhenUnique: true },
  { keysOf: movedFileKeys, onlyWhenUnique: true },
];

/** An advisory may have got one more name since. */
function vulnerabilityKeys({ kind, package: packaged, location, identifiers }: Finding): string[] {
  if (kind !== 'vulnerability' || packaged === null) return [];
  return identifiers
    .filter(isAdvisory)
    .map((name) => JSON.stringify([name, packageKey(packaged.name), location?.path]));
}

/** The tool that is asked for its own fingerprint may give another one tomorrow. */
function samePlaceKeys({ tool, rule, location, ...rest }: Finding): string[] {
  if (location === null) return [];
  return [JSON.stringify([tool, rule, location.path, textOf(rest), location.start_line])];
}

/**
 * A file of the same name in another folder, with the same line in it. Not for secrets: of those only stars are known, and
 * what was decided about an example must not hold for the real one that turns up elsewhere.
 */
function movedFileKeys(finding: Finding): string[] {
  const name = finding.location?.path.split('/').at(-1);
  if (name === undefined || finding.kind === 'secret') return [];
  if (finding.snippet === null && finding.kind !== 'vulnerability') return [];
  return [JSON.stringify([finding.tool, finding.rule, name, textOf(finding)])];
}

const textOf = ({ kind, snippet, message, package: packaged, identifiers }: Text): string =>
  kind === 'vulnerability'
    ? JSON.stringify([packaged?.name, identifiers])
    : (snippet ?? message).replaceAll(/\s+/g, '');

type Text = Pick<Finding, 'kind' | 'snippet' | 'message' | 'package' | 'identifiers'>;

function indexed(
  findings: Iterable<Finding>,
  keysOf: (finding: Finding) => string[],
): Map<string, Finding[]> {
  const index = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const key of new Set(keysOf(finding))) {
      const others = index.get(key);
      if (others === undefined) index.set(key, [finding]);
      else others.push(finding);
    }
  }
  return index;
}

function told(
  current: readonly Finding[],
  pairs: ReadonlyMap<Finding, Finding>,
  left: ReadonlySet<Finding>,
  { completed, leftOut = () => false }: CompareOptions,
): Comparison {
  const changes = new Map<string, Change>();
  const before = new Map<string, Finding>();
  const worsened = new Set<string>();
  const counts = { new: 0, unchanged: 0, moved: 0, fixed: 0 };
  for (const finding of current) {
    const match = pairs.get(finding);
    const change = match === undefined ? 'new' : isSamePlace(match, finding) ? 'unchanged' : 'moved';
    changes.set(finding.fingerprint, change);
    counts[change] += 1;
    if (match === undefined) continue;
    before.set(finding.fingerprint, match);
    if (weightOf(finding.severity) > weightOf(match.severity)) worsened.add(finding.fingerprint);
  }
  const wasLookedFor = ({ sources, location }: Finding) =>
    sources.some(
      ({ tool }) => (completed?.has(tool) ?? true) && !(location !== null && leftOut(tool, location.path)),
    );
  const gone = [...left];
  const fixed = gone.filter(wasLookedFor);
  counts.fixed = fixed.length;
  const unseen = gone.filter((finding) => !wasLookedFor(finding));
  return { changes, before, worsened, fixed, unseen, counts };
}

const weightOf = (severity: Severity): number => -SEVERITIES.indexOf(severity);

const isSamePlace = ({ location: a }: Finding, { location: b }: Finding): boolean =>
  a?.path === b?.path && a?.start_line === b?.start_line;
