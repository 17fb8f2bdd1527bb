import type { Component } from '../components/component.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from '../finding/draft.ts';
import { judgeLicenses } from './policy.ts';

/** One finding for each component that may not be used, and one for each file with components nobody can tell this of. */
export function licenseDrafts(components: readonly Component[], denied: readonly string[]): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  const unknown = new Map<string, Component[]>();
  for (const component of components) {
    const verdict = judgeLicenses(component.licenses, denied);
    if (verdict === 'denied') drafts.push(deniedDraft(component));
    if (verdict === 'unknown') remember(unknown, component);
  }
  return [...drafts, ...[...unknown].map(([path, some]) => unknownDraft(path, some))];
}

function remember(held: Map<string, Component[]>, component: Component): void {
  const beside = held.get(component.path);
  if (beside === undefined) held.set(component.path, [component]);
  else beside.push(component);
}

function deniedDraft({ name, version, purl, licenses, path, line, scope }: Component): FindingDraft {
  const terms = licenses.join(' or ');
  const role = scope === 'dev' ? ', which is used for development only,' : '';
  return {
    ...DRAFT_DEFAULTS,
    kind: 'license',
    tool: 'licenses',
    rule: 'license-denied',
    title: `${name} is under a licence that is denied`,
    severity: 'high',
    confidence: 'high',
    message: `${name} ${version ?? ''}${role} is licensed under ${terms}, which the profile denies.`,
    location: { path, start_line: line, start_column: null, end_line: null, end_column: null },
    package: { name, version, purl },
    fix: `Use another package than ${name}, or a version of it under other terms.`,
  };
}

/** Lockfiles of most ecosystems tell no licences at all: a finding for each package would bury all others. */
function unknownDraft(path: string, components: readonly Component[]): FindingDraft {
  const named = components
    .slice(0, NAMED)
    .map(({ name, version }) => (version ? `${name} ${version}` : name));
  const more = components.length - named.length;
  const list = named.join(', ') + (more > 0 ? ` and ${more} more` : '');
  return {
    ...DRAFT_DEFAULTS,
    kind: 'license',
    tool: 'licenses',
    rule: 'license-unknown',
    title: 'Packages whose licence cannot be told',
    severity: 'info',
    confidence: 'high',
    message: `Of ${components.length} packages no licence is declared that can be read: ${list}.`,
    location: { path, start_line: null, start_column: null, end_line: null, end_column: null },
  };
}

const NAMED = 20;
