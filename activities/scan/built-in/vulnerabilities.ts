import { OSV_API } from '../../../contracts/advisory.ts';
import { CertusError } from '../../../contracts/errors.ts';
import type { Notice } from '../../../contracts/scan.ts';
import { affects } from '../../../domain/advisories/affects.ts';
import type { Match } from '../../../domain/advisories/group.ts';
import { vulnerabilityDrafts } from '../../../domain/advisories/vulnerability-drafts.ts';
import type { Component } from '../../../domain/components/component.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import { openAdvisories } from '../../../services/advisories/open-advisories.ts';
import type { Answers, PackageQuery } from '../../../services/advisories/source.ts';
import { certusVersion } from '../../../services/config/version.ts';
import type { BuiltInScanner } from './built-in-tool.ts';
import { readComponents } from './components.ts';

/** Looks up which known vulnerabilities the packages of the source have. */
export const scanVulnerabilities: BuiltInScanner = async ({ advisories, ...context }) => {
  if (advisories === null) throw new CertusError('tool_not_available', NO_DATABASE);
  const { components, notices } = await readComponents({ advisories, ...context });
  const pinned = components.filter(({ version }) => version !== null);
  const version = certusVersion();
  const unpinned = unpinnedNotices(components);
  if (pinned.length === 0)
    return { version, drafts: [], notices: [...notices, ...unpinned], documents: [], data: null };
  const queries = uniqueQueries(pinned);
  const answers = await openAdvisories(advisories).lookUp([...queries.values()]);
  const known = new Map([...queries.keys()].map((key, at) => [key, answers.advisories[at] ?? []]));
  const { drafts, undecided } = judgeAll(pinned, known, answers.isMatched);
  return {
    version,
    drafts,
    notices: [...notices, ...unpinned, ...undecided, ...answers.notices],
    documents: [],
    data: answers.data,
    incomplete: answers.incomplete,
  };
};

const NO_DATABASE =
  'there is no advisory database: run "certus advisories download" and set CERTUS_ADVISORIES to its folder, ' +
  `or to the address of an OSV service such as ${OSV_API}`;

/** Beyond this it is no project but an attempt to drown the worker: the run fails, nothing is left out in silence. */
const MAX_FINDINGS = 50_000;

type Known = ReadonlyMap<string, Answers['advisories'][number]>;

function judgeAll(components: readonly Component[], known: Known, isMatched: boolean) {
  const drafts: FindingDraft[] = [];
  const undecided = new Set<string>();
  for (const component of components) {
    const query = queryOf(component);
    const matches: Match[] = [];
    for (const advisory of known.get(keyOf(query)) ?? []) {
      const { isAffected, isUndecided, fixed } = affects(advisory, query.ecosystem, query.version);
      if (isAffected || isMatched) matches.push({ advisory, fixed });
      else if (isUndecided) undecided.add(`${component.name} ${component.version}`);
    }
    for (const draft of vulnerabilityDrafts(component, matches)) drafts.push(draft);
    if (drafts.length > MAX_FINDINGS)
      throw new CertusError(
        'source_too_large',
        `the source has more than ${MAX_FINDINGS} known vulnerabilities`,
      );
  }
  return { drafts, undecided: undecidedNotices(undecided) };
}

/** Advisories of a distribution speak of the source package, in the version of that. */
function queryOf({ ecosystem, release, name, version, origin }: Component): PackageQuery {
  const whole = release === null ? ecosystem : `${ecosystem}:${release}`;
  const given = origin?.version ?? version ?? '';
  return {
    ecosystem: whole,
    name: origin?.name ?? name,
    version: ecosystem === 'Go' ? given.replace(/^v/, '') : given,
  };
}

const keyOf = ({ ecosystem, name, version }: PackageQuery): string =>
  JSON.stringify([ecosystem, name, version]);

function uniqueQueries(components: readonly Component[]): Map<string, PackageQuery> {
  const queries = components.map(queryOf);
  return new Map(queries.map((query) => [keyOf(query), query]));
}

function unpinnedNotices(components: readonly Component[]): Notice[] {
  const counts = new Map<string, number>();
  for (const { path, version } of components)
    if (version === null) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].slice(0, MAX_NAMED).map(([path, count]) => ({
    code: 'version_unknown',
    message: `not looked up: ${count} packages, of which no single version is pinned`,
    path,
  }));
}

function undecidedNotices(undecided: ReadonlySet<string>): Notice[] {
  return [...undecided].slice(0, MAX_NAMED).map((what) => ({
    code: 'version_not_comparable',
    message: `it is not known whether ${what} is affected: its version has no place in the order of its ecosystem`,
  }));
}

const MAX_NAMED = 100;
