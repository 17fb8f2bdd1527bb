import { baseEcosystem } from '../../../contracts/advisory.ts';
import { compareAlpine } from './alpine.ts';
import { compareDebian } from './debian.ts';
import type { Order } from './digits.ts';
import { compareMaven } from './maven.ts';
import { compareNuget } from './nuget.ts';
import { comparePackagist } from './packagist.ts';
import { comparePep440 } from './pep440.ts';
import { compareRubygems } from './rubygems.ts';
import { compareSemver } from './semver.ts';

/** `undefined` when one of the two is no version of its ecosystem: then nobody may say which comes first. */
export type Comparator = (a: string, b: string) => Order | undefined;

/** How an ecosystem orders its versions; null for those that we cannot. */
export const comparatorFor = (ecosystem: string): Comparator | null =>
  COMPARATORS.get(baseEcosystem(ecosystem)) ?? null;

const COMPARATORS: ReadonlyMap<string, Comparator> = new Map<string, Comparator>([
  ['npm', compareSemver],
  ['Go', compareSemver],
  ['crates.io', compareSemver],
  ['Hex', compareSemver],
  ['Pub', compareSemver],
  ['PyPI', comparePep440],
  ['Maven', compareMaven],
  ['RubyGems', compareRubygems],
  ['Packagist', comparePackagist],
  ['NuGet', compareNuget],
  ['Debian', compareDebian],
  ['Ubuntu', compareDebian],
  ['Alpine', compareAlpine],
]);
