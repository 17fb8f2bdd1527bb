import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import type { Authority } from './certificates.ts';

export type Site = {
  readonly folder: string;
  readonly docs: string;
  readonly spool: string;
  readonly config: string;
  readonly configure: (changes: Record<string, unknown>) => void;
  readonly start: () => Promise<Agent>;
  readonly remove: () => void;
};

export type Agent = {
  readonly process: ChildProcess;
  readonly lines: Record<string, unknown>[];
  readonly output: () => string;
  /** Ends it by this signal and gives its exit code. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
};

const checkout = resolve(import.meta.dirname, '../../..');

/** A customer's site: a folder with documents, and the agent as it is started there. */
export async function newSite(authority: Authority, url: string): Promise<Site> {
  const folder = temporaryFolder('agent');
  const [docs, spool, config] = [join(folder, 'docs'), join(folder, 'spool'), join(folder, 'agent.yaml')];
  mkdirSync(docs);
  const agent = await authority.agent();
  writeFileSync(join(folder, 'ca.pem'), authority.root.pem);
  writeFileSync(join(folder, 'agent.pem'), agent.pem);
  writeFileSync(join(folder, 'agent.key'), agent.keyPem, { mode: 0o600 });
  const configure = (changes: Record<string, unknown>) =>
    writeFileSync(
      config,
      stringify({
        platform: { url, ca: 'ca.pem', certificate: 'agent.pem', key: 'agent.key' },
        workspace: 'default',
        spool: { folder: 'spool', key: 'spool.key' },
        work: 'work',
        log_level: 'debug',
        sources: [{ name: 'docs', kind: 'folder', path: 'docs', every_seconds: 1 }],
        ...changes,
      }),
    );
  configure({});
  return {
    ...{ folder, docs, spool, config, configure },
    start: () => started(config),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function started(config: string): Promise<Agent> {
  const child = spawn(process.execPath, ['cli/certus.mjs', 'agent', '--config', config], {
    cwd: checkout,
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  const take = (chunk: Buffer) => {
    text += chunk.toString('utf8');
    const [...whole] = (rest + chunk.toString('utf8')).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) if (line.startsWith('{')) lines.push(JSON.parse(line));
  };
  child.stdout.on('data', take);
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const agent: Agent = {
    ...{ process: child, lines, output: () => text },
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }
      return child.exitCode;
    },
  };
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the agent ended: ${text}`);
    return lines.some(({ msg }) => msg === 'started');
  });
  return agent;
}

/** Waits for what the test is about, and says what was still missing when the time is up. */
export async function until(isSo: () => boolean, what: () => unknown = () => ''): Promise<void> {
  const end = Date.now() + 45_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`it did not come to be: ${JSON.stringify(what())}`);
    await pause(50);
  }
}

/** Every byte of every file below a folder. */
export function bytesBelow(folder: string): Buffer {
  const parts: Buffer[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    parts.push(Buffer.from(`${name}\n`));
    if (statSync(path).isFile()) parts.push(readFileSync(path));
  }
  return Buffer.concat(parts);
}
