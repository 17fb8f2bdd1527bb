import { upsertSearchAttributes } from '@temporalio/workflow';
import type { RunIdentity } from '../contracts/workflows.ts';
import { SEARCH_ATTRIBUTES } from '../contracts/zones.ts';

const keyword = (name: string) => ({ name, type: 'KEYWORD' as const });

export const inWorkspace = ({ tenant, workspace }: RunIdentity['scope']) => [
  { key: keyword(SEARCH_ATTRIBUTES.tenant), value: tenant },
  { key: keyword(SEARCH_ATTRIBUTES.workspace), value: workspace },
];

/** Makes a run findable in Temporal's Web UI by whose it is. */
export const belongsTo = ({ scope, component }: Pick<RunIdentity, 'scope' | 'component'>) => [
  ...inWorkspace(scope),
  { key: keyword(SEARCH_ATTRIBUTES.component), value: component },
];

export const showState = (state: string): void =>
  upsertSearchAttributes([{ key: keyword(SEARCH_ATTRIBUTES.state), value: state }]);

export const showVerdict = (verdict: string): void =>
  upsertSearchAttributes([{ key: keyword(SEARCH_ATTRIBUTES.verdict), value: verdict }]);
