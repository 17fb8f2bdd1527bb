/** What stands in the place of a cursor once there are no more pages; `all`: what was not named is gone. */
export type Listed = { readonly listed: true; readonly all: boolean; readonly checkpoint: unknown };

export const isListed = (cursor: unknown): cursor is Listed =>
  typeof cursor === 'object' && cursor !== null && 'listed' in cursor && cursor.listed === true;
