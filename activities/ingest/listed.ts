import type { Json } from '../../services/connectors/connector.ts';

/** What stands in the place of a cursor once there are no more pages; `all`: what was not named is gone. */
export type Listed = { readonly listed: true; readonly all: boolean; readonly checkpoint: Checkpoint };

/** Where a source stood, and what looked for personal data in it then. */
export type Checkpoint = { readonly rules: string; readonly at: Json };

export const isListed = (cursor: unknown): cursor is Listed =>
  typeof cursor === 'object' && cursor !== null && 'listed' in cursor && cursor.listed === true;

/** Of a source that others looked into everything is listed anew: a listing of changes would not name what is to be read again. */
export const checkpointFor = (rules: string, kept: unknown): Json =>
  isCheckpoint(kept) && kept.rules === rules ? kept.at : null;

const isCheckpoint = (kept: unknown): kept is Checkpoint =>
  typeof kept === 'object' && kept !== null && 'rules' in kept && 'at' in kept;
