import type { Manifest } from './manifest.ts';

/** What is checked when a team brings no manifest of its own. */
export const BUILT_IN_MANIFEST: Manifest = {
  product: 'built-in',
  version: '1',
  owners: [],
  profiles: [
    {
      name: 'light',
      description: 'Secrets in the source; none of high or critical severity is accepted.',
      tools: ['secrets'],
      thresholds: { critical: 0, high: 0, medium: 25 },
    },
  ],
  annotations: {},
};
