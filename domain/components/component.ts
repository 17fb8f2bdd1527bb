import type { Notice } from '../../contracts/scan.ts';

/** Kinds of packages by OSV's names for them, and purl's. */
export const ECOSYSTEMS = {
  npm: 'npm',
  PyPI: 'pypi',
  Go: 'golang',
  'crates.io': 'cargo',
  RubyGems: 'gem',
  Packagist: 'composer',
  Maven: 'maven',
  NuGet: 'nuget',
  Hex: 'hex',
  Pub: 'pub',
  Debian: 'deb',
  Ubuntu: 'deb',
  Alpine: 'apk',
} as const;
export type Ecosystem = keyof typeof ECOSYSTEMS;

export type Hash = {
  readonly algorithm: 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly hex: string;
};

/** One package that the source brings along or asks for. */
export type Component = {
  readonly ecosystem: Ecosystem;
  /** Of the distribution, for packages of one: `12` of Debian, `v3.20` of Alpine. */
  readonly release: string | null;
  readonly name: string;
  /** Null when only a range is declared. */
  readonly version: string | null;
  /** What is declared where no version is pinned. */
  readonly range: string | null;
  readonly purl: string;
  readonly path: string;
  readonly line: number | null;
  readonly scope: 'runtime' | 'dev';
  /** Whether the project itself asks for it; null when the file does not tell. */
  readonly direct: boolean | null;
  /** As declared, any one of them to choose from. */
  readonly licenses: readonly string[];
  readonly hashes: readonly Hash[];
  /** The purls of what it needs itself, as far as the same file tells. */
  readonly dependsOn: readonly string[];
  /** The source package a distribution built it from: its advisories speak of that. */
  readonly origin: { readonly name: string; readonly version: string } | null;
};

/** The project a lockfile belongs to. */
export type Project = { readonly name: string; readonly version: string | null };

export type Reading = {
  readonly components: readonly Component[];
  readonly notices: readonly Notice[];
  readonly project: Project | null;
  /** Further files of the tree that this one says belong to it. */
  readonly includes: readonly string[];
};

/** A file of the source, and a way to look at what lies around it; `null` for what is not there or not inside. */
export type ComponentFile = {
  readonly path: string;
  readonly text: string;
  readonly beside: (relative: string) => string | null;
};

export type Reader = (file: ComponentFile) => Reading;

/** The file is none of its kind. Its message is made for people and quotes nothing of the file. */
export class Unreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unreadable';
  }
}
