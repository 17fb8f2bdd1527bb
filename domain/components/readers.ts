import { readCargoLock } from './cargo-lock.ts';
import type { Ecosystem, Reader } from './component.ts';
import { readComposerLock } from './composer-lock.ts';
import { readGemfileLock } from './gemfile-lock.ts';
import { readGoMod } from './go-mod.ts';
import { readGradleLockfile } from './gradle-lockfile.ts';
import { readMixLock } from './mix-lock.ts';
import { readBunLock } from './npm/bun-lock.ts';
import { isInstalledPackage, readInstalledPackage } from './npm/installed-package.ts';
import { readPackageJson } from './npm/package-json.ts';
import { readPackageLock } from './npm/package-lock.ts';
import { readPnpmLock } from './npm/pnpm-lock.ts';
import { readYarnLock } from './npm/yarn-lock.ts';
import { readNugetLock } from './nuget-lock.ts';
import { readPom } from './pom.ts';
import { readPubspecLock } from './pubspec-lock.ts';
import { readPipfileLock } from './python/pipfile-lock.ts';
import { readPoetryLock } from './python/poetry-lock.ts';
import { readPyproject } from './python/pyproject.ts';
import { readRequirements } from './python/requirements.ts';
import { readUvLock } from './python/uv-lock.ts';
import { unlocked } from './unlocked.ts';

export type ReaderChoice = {
  readonly ecosystem: Ecosystem;
  readonly read: Reader;
  /** A lock says what is there; a wish only what is asked for, and counts where no lock does; installed files are there. */
  readonly kind: 'lock' | 'wish' | 'installed';
};

/** Who reads a file, by its path; null for every other file. */
export function readerFor(path: string): ReaderChoice | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (isInstalledPackage(path)) return { ecosystem: 'npm', read: readInstalledPackage, kind: 'installed' };
  const choice = Object.hasOwn(BY_NAME, name)
    ? BY_NAME[name]
    : BY_PATTERN.find(([pattern]) => pattern.test(path))?.[1];
  return choice ?? null;
}

/** Packages bring their developers' lockfiles along, which say nothing of what is installed. */
export const isInsideInstalled = (path: string): boolean => /(^|\/)node_modules\//.test(path);

const lock = (ecosystem: Ecosystem, read: Reader): ReaderChoice => ({ ecosystem, read, kind: 'lock' });
const wish = (ecosystem: Ecosystem, read: Reader): ReaderChoice => ({ ecosystem, read, kind: 'wish' });

const BY_NAME: Readonly<Record<string, ReaderChoice>> = {
  'package-lock.json': lock('npm', readPackageLock),
  'npm-shrinkwrap.json': lock('npm', readPackageLock),
  'yarn.lock': lock('npm', readYarnLock),
  'pnpm-lock.yaml': lock('npm', readPnpmLock),
  'bun.lock': lock('npm', readBunLock),
  'package.json': wish('npm', readPackageJson),
  'poetry.lock': lock('PyPI', readPoetryLock),
  'pdm.lock': lock('PyPI', readPoetryLock),
  'uv.lock': lock('PyPI', readUvLock),
  'Pipfile.lock': lock('PyPI', readPipfileLock),
  'pyproject.toml': wish('PyPI', readPyproject),
  'go.mod': lock('Go', readGoMod),
  'Cargo.lock': lock('crates.io', readCargoLock),
  'Gemfile.lock': lock('RubyGems', readGemfileLock),
  'gems.locked': lock('RubyGems', readGemfileLock),
  'composer.lock': lock('Packagist', readComposerLock),
  'pom.xml': wish('Maven', readPom),
  'gradle.lockfile': lock('Maven', readGradleLockfile),
  'buildscript-gradle.lockfile': lock('Maven', readGradleLockfile),
  'packages.lock.json': lock('NuGet', readNugetLock),
  'mix.lock': lock('Hex', readMixLock),
  'pubspec.lock': lock('Pub', readPubspecLock),
  // The older form of bun.lock is binary, and so is told of as skipped.
  'bun.lockb': lock('npm', readBunLock),
  'setup.py': wish('PyPI', unlocked(/install_requires/)),
  'setup.cfg': wish('PyPI', unlocked(/install_requires/)),
  Pipfile: wish('PyPI', unlocked(/^\[packages\]/m)),
  'Cargo.toml': wish('crates.io', unlocked(/^\[.{0,80}dependencies/m)),
  Gemfile: wish('RubyGems', unlocked(/^\s{0,20}gem\b/m)),
  'composer.json': wish('Packagist', unlocked(/"require(-dev)?"/)),
  'build.gradle': wish('Maven', unlocked(/\bdependencies\b/)),
  'build.gradle.kts': wish('Maven', unlocked(/\bdependencies\b/)),
  'mix.exs': wish('Hex', unlocked(/\bdeps\b/)),
  'pubspec.yaml': wish('Pub', unlocked(/^dependencies:/m)),
};

const BY_PATTERN: readonly [RegExp, ReaderChoice][] = [
  [/(^|\/)[^/]*requirements[^/]*\.txt$/i, lock('PyPI', readRequirements)],
  [/(^|\/)requirements\/[^/]+\.txt$/i, lock('PyPI', readRequirements)],
  [/\.(cs|fs|vb)proj$/, wish('NuGet', unlocked(/<PackageReference\b/))],
];
