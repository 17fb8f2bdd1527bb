/** What stands in the place of a cursor once there are no more pages. */
export type Listed = { readonly listed: true; readonly checkpoint: unknown };

export const isListed = (cursor: unknown): cursor is Listed =>
  typeof cursor === 'object' && cursor !== null && 'listed' in cursor && cursor.listed === true;
