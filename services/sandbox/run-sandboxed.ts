import { isolate } from './detect.ts';
import { runLaunched } from './run-launched.ts';
import type { SandboxResult, SandboxRun } from './sandbox.ts';

/** Runs a program as much apart from the rest of the machine as this machine allows, and says how much that is. */
export const runSandboxed = (run: SandboxRun): Promise<SandboxResult> => runLaunched(run, isolate);
