/** Profiles go by their name whatever its case: one rule for telling two apart and for finding one. */
export const sameName = (name: string): string => name.toLowerCase();
