/** Trust zones are task queues: what one may do and hold, the others may not. */
export const ZONES = ['assurance', 'trust', 'transform', 'ingest'] as const;
export type Zone = (typeof ZONES)[number];

/** The Temporal task queue a zone's workers poll. */
export const taskQueue = (zone: Zone): string => `certus-${zone}`;

/** Custom search attributes that every Temporal namespace used by Certus must know. */
export const SEARCH_ATTRIBUTES = {
  tenant: 'CertusTenant',
  workspace: 'CertusWorkspace',
  component: 'CertusComponent',
  state: 'CertusState',
  verdict: 'CertusVerdict',
} as const;
