import { CertusError } from '../../contracts/errors.ts';
import type { Notice } from '../../contracts/scan.ts';
import type { Component, Project } from './component.ts';
import { MAX_COMPONENTS } from './inventory.ts';
import type { ReaderChoice } from './readers.ts';

/** What one file of the tree says, and as what. */
export type Part = {
  readonly path: string;
  /** A lock that could not be read locks nothing. */
  readonly kind: ReaderChoice['kind'] | 'unreadable';
  readonly ecosystem: string;
  readonly components: readonly Component[];
  readonly notices: readonly Notice[];
  readonly project: Project | null;
};

export type Bill = {
  readonly components: readonly Component[];
  readonly notices: readonly Notice[];
  readonly project: Project | null;
};

/** All components of a tree: what locks hold, what is asked for where nothing locks it, and what is checked in besides. */
export function collect(parts: readonly Part[]): Bill {
  const locked = new Set(
    parts.flatMap(({ kind, path, ecosystem }) => (kind === 'lock' ? [`${ecosystem} ${folderOf(path)}`] : [])),
  );
  const counts = (part: Part) => part.kind !== 'wish' || !isLocked(part.path, part.ecosystem, locked);
  const told = parts.filter(counts);
  const of = (...kinds: readonly Part['kind'][]) =>
    told.filter(({ kind }) => kinds.includes(kind)).flatMap((part) => part.components);
  const components = withInstalled(of('lock', 'wish'), of('installed'));
  if (components.length > MAX_COMPONENTS)
    throw new CertusError('source_too_large', `the source names more than ${MAX_COMPONENTS} packages`);
  const root = parts.find(({ path, project }) => !path.includes('/') && project !== null);
  return { components, notices: told.flatMap((part) => part.notices), project: root?.project ?? null };
}

/** A lock counts for its folder and for all below it, where the members of a workspace are. */
function isLocked(path: string, ecosystem: string, locked: ReadonlySet<string>): boolean {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (locked.has(`${ecosystem} ${folder}`)) return true;
    if (folder === '') return false;
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** What lies there tells its licence; and is a component even when no lock knows of it. */
function withInstalled(told: readonly Component[], installed: readonly Component[]): Component[] {
  const byPurl = new Map(installed.map((component) => [component.purl, component]));
  const known = new Set(told.map(({ purl }) => purl));
  return [
    ...told.map((component) =>
      component.licenses.length > 0
        ? component
        : { ...component, licenses: byPurl.get(component.purl)?.licenses ?? [] },
    ),
    ...[...byPurl.values()].filter(({ purl }) => !known.has(purl)),
  ];
}
