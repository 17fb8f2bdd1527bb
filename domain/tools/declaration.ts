import type { ToolConfig } from '../../contracts/manifest.ts';
import type { ToolCategory } from '../../contracts/tools.ts';
import type { ReportFormat } from '../finding/readers/report-format.ts';

/** What a tool may use up while it runs. */
export type ToolLimits = {
  readonly seconds: number;
  readonly memoryMb: number;
  /** Processes and threads. */
  readonly processes: number;
  readonly fileMb: number;
  readonly outputMb: number;
};

/**
 * Says once what is to be said once for each of several things. Within texts stand
 *
 * - `{source}`: the folder to look at; `{output}`: the file to write, `report.json` in `{folder}`;
 * - `{home}`: its private home;
 * - `{rules}`: our own folder of rules and configurations for tools; `{rule}`: one rule file of the manifest;
 * - `{file}`: one relevant file; `{database}`: where its database lies; `{target}`: the running target.
 */
export type Argument = string | { readonly each: 'rule' | 'file'; readonly args: readonly string[] };

/** Data that a tool judges by and that others bring: without it the tool sees nothing, which is not "nothing found". */
export type ToolDatabase = {
  readonly title: string;
  /** Looked at in this order; `{advisories}` is the folder of CERTUS_ADVISORIES, `{cache}` the user's cache. */
  readonly folders: readonly string[];
  /** One of these lies in the folder when it is there; its time is the database's age. */
  readonly markers: readonly string[];
  /** How it is obtained, for people. */
  readonly get: string;
};

/** Everything there is to know of a tool that somebody else makes. */
export type ToolDeclaration = {
  readonly title: string;
  readonly category: ToolCategory;
  readonly find: {
    /** The first that is installed is used. */
    readonly commands: readonly string[];
    readonly versionArgs: readonly string[];
    /** Its first group is the version. */
    readonly pattern: RegExp;
    /** A Go program that was built without being told its version still knows its module's. */
    readonly goModule?: string;
    /** Its report tells the version truly, and the program takes long to say it. */
    readonly reportTells?: boolean;
    /** How to install it, for people. */
    readonly install: string;
  };
  readonly args: readonly Argument[];
  /** Every other exit code is a failure, whatever was written: a tool that stumbled has not looked at everything. */
  readonly exits: { readonly clean: readonly number[]; readonly findings: readonly number[] };
  /** A line by which it says that it has not looked at everything, although its exit code is a good one. */
  readonly confesses?: RegExp;
  readonly report: {
    readonly from: 'file' | 'stdout';
    readonly format: ReportFormat;
    readonly mediaType: string;
    /** In the bundle. */
    readonly path: string;
    /** Whether the tool's own report may be kept, masked, or only our normalised one: see `keep` of each tool. */
    readonly keep: 'masked' | 'normalised';
  };
  /** Globs of the files it is for; without them it is for every source. */
  readonly relevant?: readonly string[];
  /**
   * Where it runs. Many look for their configuration in the folder they are started in, and a hostile repository would
   * bring one: those are started in their own.
   */
  readonly cwd: 'source' | 'home';
  /** Files of the source, by name, that would weaken the tool and that no flag makes it ignore: it sees them empty. */
  readonly hides?: readonly string[];
  readonly limits: ToolLimits;
  readonly network: boolean;
  /** Values may hold the same words in braces as arguments. */
  readonly environment: Readonly<Record<string, string>>;
  readonly database?: ToolDatabase;
  /** What of a manifest's configuration it heeds; anything else is an error, never ignored. */
  readonly heeds: readonly (keyof ToolConfig)[];
};

export const USUAL_LIMITS: ToolLimits = {
  seconds: 900,
  memoryMb: 3072,
  processes: 256,
  fileMb: 1024,
  outputMb: 64,
};

export const SARIF = 'application/sarif+json';
export const JSON_TYPE = 'application/json';
