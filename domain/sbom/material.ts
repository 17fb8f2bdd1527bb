import type { Component, Hash, Project } from '../components/component.ts';

/** One package of the bill, wherever it is named. */
export type Material = {
  readonly purl: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | null;
  readonly scope: Component['scope'];
  readonly isDirect: boolean;
  readonly licenses: readonly string[];
  readonly hashes: readonly Hash[];
  readonly dependsOn: readonly string[];
  readonly sources: readonly string[];
  readonly ranges: readonly string[];
};

export type BillOfMaterials = {
  readonly project: Project;
  /** The release of Certus that wrote it. */
  readonly writer: string;
  readonly materials: readonly Material[];
};

/** The same package in several lockfiles is one material; in the order of their purls, whatever order they came in. */
export function billOfMaterials(
  components: readonly Component[],
  project: Project | null,
  writer: string,
): BillOfMaterials {
  const byPurl = new Map<string, Component[]>();
  for (const component of components) {
    const same = byPurl.get(component.purl);
    if (same === undefined) byPurl.set(component.purl, [component]);
    else same.push(component);
  }
  const materials = [...byPurl.keys()].sort().map((purl) => merged(purl, byPurl.get(purl) as Component[]));
  return { project: project ?? { name: 'source', version: null }, writer, materials };
}

function merged(purl: string, same: readonly Component[]): Material {
  const { ecosystem, name, version } = same[0] as Component;
  return {
    ...{ purl, ecosystem, name, version },
    scope: same.some(({ scope }) => scope === 'runtime') ? 'runtime' : 'dev',
    isDirect: same.some(({ direct }) => direct === true),
    licenses: same.find(({ licenses }) => licenses.length > 0)?.licenses ?? [],
    hashes: ownHashes(same.flatMap((component) => component.hashes)),
    dependsOn: unique(same.flatMap((component) => component.dependsOn)),
    sources: unique(same.map(({ path, line }) => (line === null ? path : `${path}:${line}`))),
    ranges: unique(
      same.flatMap(({ version: pinned, range }) => (pinned === null && range !== null ? [range] : [])),
    ),
  };
}

/** A digest of each kind: where there is a file for each platform, none of their digests is the package's own. */
function ownHashes(hashes: readonly Hash[]): Hash[] {
  const byAlgorithm = new Map<string, Set<string>>();
  for (const { algorithm, hex } of hashes)
    byAlgorithm.set(algorithm, (byAlgorithm.get(algorithm) ?? new Set()).add(hex));
  const distinct = new Map(hashes.map((one) => [one.algorithm, one]));
  return [...distinct.values()].filter(({ algorithm }) => byAlgorithm.get(algorithm)?.size === 1);
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
