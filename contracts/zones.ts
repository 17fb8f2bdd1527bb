/** Trust zones are task queues: what one may do and hold, the others may not. */
export const ZONES = ['assurance', 'trust', 'transform', 'ingest'] as const;
export type Zone = (typeof ZONES)[number];

/** The Temporal task queue a zone's workers poll. */
export const taskQueue = (zone: Zone): string => `certus-${zone}`;

/**
 * Tools wait in a queue of their own, of which a worker takes a few at a time: a profile of twenty scanners must not keep
 * the short steps of everybody else's runs from being taken.
 */
export const TOOL_QUEUE = `${taskQueue('assurance')}-tools`;

/** Custom search attributes that every Temporal namespace used by Certus must know. */
export const SEARCH_ATTRIBUTES = {
  tenant: 'CertusTenant',
  workspace: 'CertusWorkspace',
  component: 'CertusComponent',
  state: 'CertusState',
  verdict: 'CertusVerdict',
} as const;
