import { dirname } from 'node:path';

/** The checkout that this tool runs from and starts processes of. */
export const CHECKOUT = dirname(dirname(import.meta.dirname));
