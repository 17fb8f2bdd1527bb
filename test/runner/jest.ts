import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

type JestRun = {
  readonly root: string;
  /** For jest's own result file. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

const Result = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/** Runs the files and counts; a suite that could not even be loaded counts as a failure. */
export async function runJest({ root, folder, files, options, environment }: JestRun): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const report = join(folder, `jest-${process.hrtime.bigint()}.json`);
  const jest = createRequire(join(root, 'package.json')).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const args = [...flags, jest, '--json', `--outputFile=${report}`, ...options, '--runTestsByPath', ...files];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  const result = Result.parse(JSON.parse(await readFile(report, 'utf8')));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    // jest may fail for a reason that is no test, such as a handle that keeps it from ending
    failed: code === 0 ? failed : Math.max(1, failed),
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
