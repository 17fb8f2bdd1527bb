/** Under which names a held thing, its masked copy and what a reviewer is shown of it lie beside each other. */
export const heldOriginal = (name: string): string => `original/${name}`;
/** `name` with the suffix of the copy: a text that stands for a picture does not go by the picture's name. */
export const heldMasked = (name: string): string => `masked/${name}`;
export const HELD_PREVIEW = 'preview.json';
