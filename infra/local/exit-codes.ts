/** What `npm start` tells the shell. 0, 1 and 2 speak of the run; the rest are those of sysexits.h. */
export const EXIT = {
  /** The gate passed; or, when we only served, we were stopped in order. */
  passed: 0,
  runFailed: 1,
  gateFailed: 2,
  usage: 64,
  /** A server could not be had or did not start. */
  unavailable: 69,
  /** A bug of ours. */
  internal: 70,
  /** The disk is full, or what is on it cannot be read or written. */
  storage: 74,
  alreadyRunning: 75,
  /** The configuration, a port that was asked for, or a home of a newer release. */
  configuration: 78,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
