import type { ManifestFormat } from './check-manifest.ts';

/** What a name says of the content; undefined for a name that says nothing. */
export function formatOf(name: string): ManifestFormat | undefined {
  if (/\.json$/i.test(name)) return 'json';
  return /\.ya?ml$/i.test(name) ? 'yaml' : undefined;
}
