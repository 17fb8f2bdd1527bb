import type { Reader } from './component.ts';

/** Says of a file that it asks for packages in a way that only its own tool understands; which they are, a lock would tell. */
export const unlocked =
  (asks: RegExp): Reader =>
  ({ path, text }) => {
    const message = 'it asks for packages, and no lockfile says which they are';
    const notices = asks.test(text) ? [{ code: 'packages_not_locked', message, path }] : [];
    return { components: [], notices, project: null, includes: [] };
  };
