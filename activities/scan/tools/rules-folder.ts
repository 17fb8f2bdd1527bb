import { fileURLToPath } from 'node:url';

/** Rules and configurations that we ship for tools of others. */
export const RULES_FOLDER = fileURLToPath(new URL('../../../rules', import.meta.url));
