import type { Zone } from '../contracts/zones.ts';
import type { ZoneService } from './serve-zone.ts';
import type { Shared } from './shared.ts';

/**
 * For each zone: which hands it gets, and nothing more. A worker loads the code of the zones that it serves, too, and no other:
 * it is there sooner and smaller, and what reads hostile files is not even in the process that signs permits.
 */
export const ZONE_SERVICES: Readonly<Record<Zone, (shared: Shared) => Promise<ZoneService[]>>> = {
  assurance: async (shared) => (await import('./zones/assurance.ts')).assuranceServices(shared),
  trust: async (shared) => (await import('./zones/trust.ts')).trustServices(shared),
  transform: async (shared) => (await import('./zones/transform.ts')).transformServices(shared),
  ingest: async (shared) => (await import('./zones/ingest.ts')).ingestServices(shared),
};
