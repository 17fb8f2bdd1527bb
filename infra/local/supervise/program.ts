import type { Probe } from './probes.ts';

/** One process to keep running: everything the supervisor must know, and nothing about what it is for. */
export type Program = {
  /** Names its log, its record and every message about it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly runAs?: { readonly uid: number; readonly gid: number };
  /**
   * How to know that it works: a probe from outside, or `ready-message` for a program of ours, which is given an
   * IPC channel, sends `{ready: true}` once, and exits by itself when the channel closes (its supervisor is gone).
   */
  readonly healthy: Probe | 'ready-message';
  /** Not healthy after this long is a failed start. */
  readonly startSeconds: number;
  readonly stop: { readonly signal: NodeJS.Signals; readonly graceSeconds: number };
};

export type Report = (line: string) => void;
