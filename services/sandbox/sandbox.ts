import type { Isolation } from '../../contracts/tools.ts';

/** What a program may use up. Each is enforced by the kernel where it can be, and watched besides. */
export type SandboxLimits = {
  readonly seconds: number;
  /** Of each process, and of all of them together. */
  readonly memoryMb: number;
  /** Processes and threads. */
  readonly processes: number;
  /** Of each file it writes, and of all of them together. */
  readonly fileMb: number;
  /** What it may print. */
  readonly outputMb: number;
};

export type Stream = 'stdout' | 'stderr';

export type SandboxRun = {
  /** Absolute. */
  readonly command: string;
  readonly args: readonly string[];
  /** What it is about: seen at its own path, never written. */
  readonly source: string;
  /** Files of the source that it sees empty, absolute: what would weaken it and cannot be switched off otherwise. */
  readonly hidden?: readonly string[];
  /** Whether it is started in the source, or in its own home. */
  readonly cwd: 'source' | 'home';
  /** An empty folder of its own, which it may write and which holds its home. Whoever made it removes it. */
  readonly writable: string;
  /** What else it needs to see: where it is installed, rules, databases. */
  readonly readable: readonly string[];
  /** Has it run as the worker's own user, because what it needs to see is not for others. */
  readonly asWorker?: boolean;
  /** All there is of an environment besides PATH, HOME and their like. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folders of its PATH, before those of the system. */
  readonly path: readonly string[];
  readonly limits: SandboxLimits;
  readonly network: boolean;
  /** Ends it and everything it started; the call then fails with the signal's reason, once nothing is left. */
  readonly signal?: AbortSignal;
  /** Gets each line as it is printed: bounded in length, free of control characters, and possibly full of secrets. */
  readonly onLine?: (stream: Stream, line: string) => void;
  /** What it prints on stdout is wanted whole, and not as lines. */
  readonly keepStdout?: boolean;
};

/** Which limit ended it. */
export type Exceeded = 'time' | 'memory' | 'processes' | 'files' | 'output';

export type SandboxResult = {
  /** Null when a signal ended it, or we did. */
  readonly exitCode: number | null;
  readonly exceeded: Exceeded | null;
  readonly seconds: number;
  readonly isolation: Isolation;
  /** Empty unless it was to be kept. */
  readonly stdout: Buffer;
};

/** How a run is started by one way of keeping it apart, and how it is made sure that all of it has ended. */
export type Launch = {
  readonly command: string;
  readonly args: readonly string[];
  readonly isolation: Isolation;
  /** How the launched process tells which process holds all others: their end is its end. */
  readonly init: 'info_pipe' | 'only_child' | 'guard';
};
