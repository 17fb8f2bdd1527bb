import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { complaintOf } from '../../cli/command-error.ts';
import { createContext } from '../../cli/context.ts';
import { sigstoreCommands } from '../../cli/words/sigstore.ts';

/**
 * Runs every verification case of Sigstore's public conformance suite, of which a checkout is given, through our command:
 * by the file and by its digest, as the suite does. A few go through a process of their own, so that this is no other way.
 */
type Case = { readonly name: string; readonly words: readonly string[]; readonly mustFail: boolean };
type Outcome = { readonly passed: boolean; readonly said: string };

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';
const CHECKOUT = resolve(import.meta.dirname, '../..');
const BY_PROCESS = [
  'happy-path-v0.3',
  'managed-key-happy-path',
  'signature-mismatch_fail',
  'managed-key-no-key_fail',
];

async function main([given]: readonly string[]): Promise<number> {
  const suite = given ?? process.env.CERTUS_SIGSTORE_CONFORMANCE;
  const assets = suite && join(suite, 'test', 'assets', 'bundle-verify');
  if (!assets || !existsSync(assets)) {
    process.stderr.write('usage: node test/conformance/run.ts CHECKOUT_OF_SIGSTORE_CONFORMANCE\n');
    return 64;
  }
  const cases = readdirSync(assets, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => casesOf(assets, name));
  const failed: string[] = [];
  for (const one of cases) {
    const outcome = await inProcess(one);
    tell(one.name, one, outcome, failed);
    if (BY_PROCESS.some((name) => one.name === `PATH ${name}`)) {
      tell(`PROCESS ${one.name}`, one, await asProcess(one), failed);
    }
  }
  const all = cases.length + BY_PROCESS.length;
  process.stdout.write(`${all - failed.length} passed, ${failed.length} failed\n`);
  return cases.length === 0 || failed.length > 0 ? 1 : 0;
}

function casesOf(assets: string, name: string): Case[] {
  const folder = join(assets, name);
  const optional = (file: string) => (existsSync(join(folder, file)) ? join(folder, file) : undefined);
  const text = (file: string, otherwise: string) => {
    const path = optional(file);
    return path === undefined ? otherwise : readFileSync(path, 'utf8').trim();
  };
  const artifact = optional('artifact') ?? join(assets, 'a.txt');
  const key = optional('key.pub');
  const root = optional('trusted_root.json');
  const words = [
    ...['verify-bundle', '--bundle', join(folder, 'bundle.sigstore.json')],
    ...(key === undefined
      ? [
          '--certificate-identity',
          text('identity', IDENTITY),
          '--certificate-oidc-issuer',
          text('issuer', ISSUER),
        ]
      : ['--key', key]),
    ...(root === undefined ? [] : ['--trusted-root', root]),
  ];
  const digest = `sha256:${createHash('sha256').update(readFileSync(artifact)).digest('hex')}`;
  const mustFail = name.endsWith('fail');
  return [
    { name: `PATH ${name}`, words: [...words, artifact], mustFail },
    { name: `DIGEST ${name}`, words: [...words, digest], mustFail },
  ];
}

/** Through the words of the command line, which end in the function that the program calls. */
async function inProcess({ words, mustFail }: Case): Promise<Outcome> {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const stream = { write } as unknown as NodeJS.WriteStream;
  const program = new Command().exitOverride();
  const surroundings = {
    environment: {},
    workingDirectory: CHECKOUT,
    checkout: CHECKOUT,
    stdout: stream,
    stderr: stream,
  };
  let exitCode = 0;
  sigstoreCommands({
    program,
    runs:
      (action) =>
      async (...values) => {
        exitCode = await action(createContext(surroundings, 'text'), ...(values.slice(0, -1) as never));
      },
  });
  try {
    await program.parseAsync(['sigstore', ...words], { from: 'user' });
  } catch (error) {
    const { code, message, exitCode: failed } = complaintOf(error);
    said = `${code}: ${message}`;
    // a fault of ours is not a refusal, even where the suite only wants to see one
    if (code === 'internal_error') return { passed: false, said };
    exitCode = failed;
  }
  return { passed: mustFail === (exitCode !== 0), said };
}

async function asProcess({ words, mustFail }: Case): Promise<Outcome> {
  const command = [join(CHECKOUT, 'cli', 'certus.mjs'), 'sigstore', ...words];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return { passed: !mustFail, said: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: unknown; stderr: string };
    return { passed: mustFail && code === 65, said: stderr };
  }
}

function tell(name: string, { mustFail }: Case, { passed, said }: Outcome, failed: string[]): void {
  if (!passed) failed.push(name);
  const line = said.trim().replaceAll('\n', ' | ').slice(0, 110);
  process.stdout.write(
    `${passed ? 'ok  ' : 'FAIL'} ${mustFail ? 'refuse' : 'accept'} ${name.padEnd(72)} ${line}\n`,
  );
}

process.exitCode = await main(process.argv.slice(2));
