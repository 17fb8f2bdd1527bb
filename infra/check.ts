import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

/** What holds the house together. Each is a command that a person can run by itself. */
const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: [bin('tsc'), '--project', 'tsconfig.json'] },
  { name: 'lint and format', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  {
    name: 'imports between rooms',
    command: [
      bin('depcruise'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err-long',
      ...rooms(),
    ],
  },
  { name: 'dead code', command: [bin('knip')] },
  { name: 'schema drift', command: [process.execPath, join(root, 'infra', 'schema-drift.ts')] },
];

function rooms(): string[] {
  return [
    'contracts',
    'domain',
    'workflows',
    'activities',
    'services',
    'api',
    'worker',
    'cli',
    'infra',
    'test',
    'bench',
  ];
}

/** Runs every check, also after one has failed: a person mends them all in one go. */
async function main(fix: boolean): Promise<number> {
  if (fix) await run([bin('biome'), 'check', '--write', '.']);
  let failed = 0;
  for (const { name, command } of CHECKS) {
    const started = performance.now();
    const { code, output } = await run(command);
    const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${took})\n`);
    if (code !== 0) {
      failed += 1;
      process.stdout.write(`${output.trimEnd()}\n\n`);
    }
  }
  return failed === 0 ? 0 : 1;
}

async function run([command = '', ...args]: readonly string[]): Promise<{
  code: number | null;
  output: string;
}> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', done),
  );
  return { code, output };
}

process.exitCode = await main(process.argv.includes('--fix'));
