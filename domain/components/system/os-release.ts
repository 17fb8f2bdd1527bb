import type { Ecosystem } from '../component.ts';

export type Distribution = { readonly ecosystem: Ecosystem; readonly release: string; readonly id: string };

/** Which distribution an unpacked image is of, in the words that OSV has for it; null for those it is not read for. */
export function readOsRelease(text: string): Distribution | null {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z_]{1,40})="?([^"\n]{0,200})"?$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  const version = values.get('VERSION_ID') ?? '';
  const id = values.get('ID') ?? '';
  if (id === 'debian' && /^\d+$/.test(version)) return { ecosystem: 'Debian', release: version, id };
  if (id === 'alpine' && /^\d+\.\d+/.test(version))
    return { ecosystem: 'Alpine', release: `v${version.split('.').slice(0, 2).join('.')}`, id };
  // Every second year's April release is the one with long support, and OSV says so in its name.
  if (id === 'ubuntu' && /^\d\d\.\d\d$/.test(version))
    return { ecosystem: 'Ubuntu', release: /^\d[02468]\.04$/.test(version) ? `${version}:LTS` : version, id };
  return null;
}
