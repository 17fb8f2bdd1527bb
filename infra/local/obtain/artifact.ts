import type { Report } from '../supervise/program.ts';

/** Something from outside that a server or a test needs: which one exactly, and the ways to it. */
export type Artifact = {
  readonly name: string;
  readonly version: string;
  /** What is asked for, relative to the artifact's folder in the cache. */
  readonly file: string;
  /** The environment variable by which a person names a path of their own. */
  readonly variable: string;
  /** Commands that may already be installed. */
  readonly commands: readonly Command[];
  /** What came with the packages of this checkout; a reason when it did not. */
  readonly packaged?: () => Lookup;
  /** What it needs to run once it is there (a Java runtime); a reason when that is missing. */
  readonly runtime?: () => string | undefined;
  /** In order of preference. */
  readonly recipes: readonly Recipe[];
};

export type Lookup = { readonly path: string } | { readonly reason: string };

export type Command = {
  readonly command: string;
  readonly versionArgs: readonly string[];
  /** Its first group is the version. */
  readonly pattern: RegExp;
  /** The oldest that will do; a newer one must have the same major number. */
  readonly minimum: string;
};

export type Recipe = {
  /** What is done, as a person would type it. */
  readonly what: string;
  /** What a machine must have for it, for people. */
  readonly needs: string;
  /** On two cores with nothing cached. */
  readonly seconds: number;
  /** What this machine lacks for it; `undefined` when it can be tried. */
  readonly lacks: () => string | undefined;
  /** Fills an empty folder. */
  readonly build: (folder: string, task: BuildTask) => Promise<void>;
};

export type BuildTask = { readonly report: Report; readonly signal?: AbortSignal | undefined };
