import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processIdentity } from '../../../infra/local/supervise/process-identity.ts';
import { Supervisor } from '../../../infra/local/supervise/supervisor.ts';
import { freshEnvironment, isAlive, script, until } from './processes.ts';

let home: string;
let journal: string;
let supervisor: Supervisor;
const lines: string[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'certus-supervisor-'));
  journal = join(home, 'journal');
  writeFileSync(journal, '');
  lines.length = 0;
  supervisor = new Supervisor({ home, report: (line) => lines.push(line) });
});

afterEach(async () => {
  await supervisor.stop();
  rmSync(home, { recursive: true });
});

const idle = 'setInterval(() => {}, 1000)';
const write = (text: string) => `require('fs').appendFileSync(${JSON.stringify(journal)}, '${text}\\n')`;
const journalLines = () => readFileSync(journal, 'utf8').split('\n').filter(Boolean);
const child = (name: string) => supervisor.children().find((one) => one.name === name)!;
const pidOf = (name: string) => child(name).pid!;

describe('the supervisor', () => {
  test('starts a program, keeps its log, and leaves nothing behind when it stops', async () => {
    await supervisor.start(script('one', `console.log('hello'); ${idle}`));
    const pid = pidOf('one');
    expect(isAlive(pid)).toBe(true);
    expect(readFileSync(join(home, 'logs', 'one.log'), 'utf8')).toBe('hello\n');
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect(child('one').state).toBe('stopped');
  });

  test('starts a program again that was killed, and not once it is told to stop', async () => {
    await supervisor.start(script('one', idle));
    const first = pidOf('one');
    process.kill(first, 'SIGKILL');
    await until('it is back', () => child('one').state === 'healthy' && pidOf('one') !== first);
    expect(child('one').restarts).toBe(1);
    expect(lines).toEqual([expect.stringContaining('one ended (signal SIGKILL)'), 'one is back']);
    const second = pidOf('one');
    await supervisor.stop();
    expect([first, second].map(isAlive)).toEqual([false, false]);
  });

  test('does not give up on a program that fails to come back', async () => {
    const gate = join(home, 'gate');
    const code = `if (require('fs').existsSync('${gate}')) process.exit(3); ${idle}`;
    await supervisor.start(script('one', code));
    writeFileSync(gate, '');
    process.kill(pidOf('one'), 'SIGKILL');
    await until('it failed twice', () => child('one').restarts >= 2);
    rmSync(gate);
    await until('it is back', () => child('one').state === 'healthy');
  });

  test('stops in the reverse order of the tiers, each when the one above is gone', async () => {
    for (const [tier, name] of ['database', 'worker', 'api'].entries()) {
      const slowly = `process.on('SIGTERM', () => setTimeout(() => { ${write(`${name} ends`)}; process.exit() }, 100))`;
      await supervisor.start(script(name, `${slowly}; ${idle}`), { tier });
    }
    await supervisor.stop();
    expect(journalLines()).toEqual(['api ends', 'worker ends', 'database ends']);
  });

  test('kills what does not listen, with everything it started', async () => {
    const pidFile = join(home, 'grandchild');
    const deaf = `process.on('SIGTERM', () => {}); process.on('disconnect', () => {});
      const c = require('child_process').spawn(process.execPath, ['-e', '${idle}']);
      require('fs').writeFileSync('${pidFile}', String(c.pid))`;
    await supervisor.start(script('deaf', deaf, { stop: { signal: 'SIGTERM', graceSeconds: 0.2 } }));
    const [pid, grandchild] = [pidOf('deaf'), Number(readFileSync(pidFile, 'utf8'))];
    expect(isAlive(grandchild)).toBe(true);
    await supervisor.stop();
    await until('the grandchild is gone', () => !isAlive(grandchild));
    expect(isAlive(pid)).toBe(false);
  });

  test('a first start that fails says why, with the last lines of the log', async () => {
    const broken = script('broken', `console.error('cannot open the vault'); process.exit(4)`);
    const start = supervisor.start(broken);
    await expect(start).rejects.toThrow(/broken did not start: exit code 4/);
    await expect(start).rejects.toThrow(/cannot open the vault/);
    await expect(supervisor.start(script('gone', '', { command: '/no/such/program' }))).rejects.toThrow(
      /ENOENT/,
    );
  });

  test('a program that never becomes healthy is stopped after its time, and says what was missing', async () => {
    const healthy = () => Promise.reject(new Error('port 5 does not answer'));
    const lame = script('lame', idle.replace(';', ''), { healthy, startSeconds: 0.5 });
    const start = supervisor.start({ ...lame, args: ['-e', idle] });
    await expect(start).rejects.toThrow(/not healthy after 0.5 s: port 5 does not answer/);
    expect(child('lame').pid).toBeNull();
  });

  test('stopping in the middle of a start waits for nothing', async () => {
    const start = supervisor.start(script('slow', `${idle}; process.send = () => {}`));
    start.catch(() => undefined);
    const pid = await until('it runs', () => child('slow').pid);
    await supervisor.stop();
    await expect(start).rejects.toThrow(/being stopped/);
    expect(isAlive(pid)).toBe(false);
  });

  test('a log that has grown large is set aside', async () => {
    await supervisor.start(script('one', idle));
    await supervisor.stop();
    writeFileSync(join(home, 'logs', 'one.log'), Buffer.alloc(11 * 1024 * 1024, 'x'));
    supervisor = new Supervisor({ home, report: () => undefined });
    await supervisor.start(script('one', `console.log('new'); ${idle}`));
    expect(readFileSync(join(home, 'logs', 'one.log'), 'utf8')).toBe('new\n');
    expect(statSync(join(home, 'logs', 'one.log.1')).size).toBeGreaterThan(10_000_000);
  });
});

describe('what a killed supervisor left behind', () => {
  const record = (name: string, pid: number, identity: string) => {
    const file = join(home, 'run', `${name}.process.json`);
    writeFileSync(
      file,
      JSON.stringify({ name, pid, identity, order: 0, signal: 'SIGTERM', grace_seconds: 5 }),
    );
    return file;
  };

  test('is found by the next one and stopped', async () => {
    const code = `
      import { Supervisor } from ${JSON.stringify(join(process.cwd(), 'infra/local/supervise/supervisor.ts'))};
      const supervisor = new Supervisor({ home: ${JSON.stringify(home)}, report: () => {} });
      const program = { name: 'server', command: process.execPath, args: ['-e', ${JSON.stringify(idle)}], env: {},
        healthy: async () => {}, startSeconds: 5, stop: { signal: 'SIGTERM', graceSeconds: 5 } };
      await supervisor.start(program);
      console.log(supervisor.children()[0].pid);`;
    const killed = spawn(process.execPath, ['--input-type=module', '-e', code], { env: freshEnvironment() });
    const pid = Number(await new Promise((resolve) => killed.stdout.once('data', resolve)));
    killed.kill('SIGKILL');
    await until('the supervisor is gone', () => !isAlive(killed.pid!));
    expect(isAlive(pid)).toBe(true);

    await supervisor.stopLeftovers();
    expect(isAlive(pid)).toBe(false);
    expect(lines).toEqual([expect.stringContaining(`stopping server (pid ${pid})`)]);
    expect(existsSync(join(home, 'run', 'server.process.json'))).toBe(false);
  });

  test('a number that belongs to another process by now is left alone', async () => {
    await supervisor.start(script('bystander', idle));
    const pid = pidOf('bystander');
    const file = record('server', pid, `${processIdentity(pid)}0`);
    await new Supervisor({ home, report: (line) => lines.push(line) }).stopLeftovers();
    expect(existsSync(file)).toBe(false);
    expect(lines.filter((line) => line.includes('server'))).toEqual([]);
  });
});
