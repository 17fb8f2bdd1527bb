import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { z } from 'zod';

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };
/** `broken`: the files in which something failed, each with what it counted. */
export type Outcome = Counts & { readonly broken: ReadonlyMap<string, Counts> };

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
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** Runs the files and counts; a suite that could not even be loaded counts as a failure. */
export async function runJest({ root, folder, files, options, environment }: JestRun): Promise<Outcome> {
  if (files.length === 0) return NOTHING;
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
    broken: new Map(
      result.testResults
        .filter(({ status }) => status === 'failed')
        .map(({ name, assertionResults }) => [relative(root, name), countsOf(assertionResults)]),
    ),
  };
}

export const NOTHING: Outcome = { passed: 0, failed: 0, skipped: 0, broken: new Map() };

/** A file that could not even be loaded has no tests, and has failed once. */
function countsOf(tests: readonly { readonly status: string }[]): Counts {
  const count = (...wanted: string[]) => tests.filter(({ status }) => wanted.includes(status)).length;
  return {
    passed: count('passed'),
    failed: tests.length === 0 ? 1 : count('failed'),
    skipped: count('pending', 'todo', 'skipped', 'disabled'),
  };
}
