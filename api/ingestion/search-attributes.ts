import { defineSearchAttributeKey } from '@temporalio/common';
import type { Scope } from '../../contracts/identifiers.ts';
import { SEARCH_ATTRIBUTES } from '../../contracts/zones.ts';

/** Makes a run findable in Temporal's Web UI by whose it is. */
export const searchAttributesOf = ({ tenant, workspace }: Scope) => [
  { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.tenant, 'KEYWORD'), value: tenant },
  { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.workspace, 'KEYWORD'), value: workspace },
];
