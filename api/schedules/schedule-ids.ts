import type { Scope } from '../../contracts/identifiers.ts';

/** Which schedule: everything that its id is made of. */
export type ScheduleKey = { readonly scope: Scope; readonly component: string; readonly name: string };

export const idOf = ({ scope, component, name }: ScheduleKey): string =>
  `${prefixOf(scope, component)}${name}`;

export const prefixOf = ({ tenant, workspace }: Scope, component?: string): string =>
  `scans/${tenant}/${workspace}/${component === undefined ? '' : `${component}/`}`;
