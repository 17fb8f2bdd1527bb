import { PackageURL } from 'packageurl-js';
import { ECOSYSTEMS, type Ecosystem } from './component.ts';

export type Coordinates = {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string | null;
  readonly qualifiers?: Readonly<Record<string, string>>;
};

/** The package's name everywhere, or null when it cannot have one. */
export function purlOf({ ecosystem, name, version, qualifiers }: Coordinates): string | null {
  const [namespace, own] = parts(ecosystem, name);
  try {
    return new PackageURL(ECOSYSTEMS[ecosystem], namespace, own, version, qualifiers, undefined).toString();
  } catch {
    // The only thing its constructor does is to check what it is given.
    return null;
  }
}

function parts(ecosystem: Ecosystem, name: string): [string | undefined, string] {
  if (ecosystem === 'Debian' || ecosystem === 'Ubuntu' || ecosystem === 'Alpine')
    return [ecosystem.toLowerCase(), name];
  const cut = ecosystem === 'Maven' ? name.indexOf(':') : name.lastIndexOf('/');
  return cut <= 0 ? [undefined, name] : [name.slice(0, cut), name.slice(cut + 1)];
}
