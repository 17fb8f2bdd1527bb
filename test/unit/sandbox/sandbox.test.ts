import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LIMITS, methodsHere, Playground, processesWith, until } from './harness.ts';

let playground: Playground;
let counter = 0;
/** A word that only one test's processes have, as the seconds of a `sleep`. */
const mark = (): string => {
  counter += 1;
  return `98${process.pid}.${String(counter).padStart(4, '0')}`;
};

beforeEach(() => {
  playground = new Playground();
});
afterEach(() => playground.remove());

const methods = await methodsHere();
const namespaced = methods.filter((method) => method !== 'process');
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux.each(methods)('kept apart by %s', (method) => {
  test('gives output, exit code and how much apart it was', async () => {
    const { lines, exitCode, exceeded, isolation } = await playground.run(
      method,
      'echo out; echo err >&2; exit 7',
    );
    expect(lines.sort()).toEqual(['err', 'out']);
    expect({ exitCode, exceeded }).toEqual({ exitCode: 7, exceeded: null });
    expect(isolation.method).toBe(method);
    expect(isolation.network).toBe(method === 'process' ? 'host' : 'none');
    if (method === 'process') expect(isolation.lacking).toContain('network separation');
  });

  test('has an environment and a home of its own', async () => {
    process.env.CERTUS_TEST_SECRET = 'not for tools';
    try {
      const { lines } = await playground.run(
        method,
        'env; touch "$HOME/mine" "$TMPDIR/mine" && echo written',
        {
          environment: { GIVEN: 'yes' },
        },
      );
      expect(lines).toContain('GIVEN=yes');
      expect(lines).toContain(`HOME=${join(playground.writable, 'home')}`);
      expect(lines).toContain('written');
      expect(lines.join('\n')).not.toContain('CERTUS_TEST_SECRET');
    } finally {
      delete process.env.CERTUS_TEST_SECRET;
    }
  });

  test('is ended with everything it started when its time is up, whatever it ignores', async () => {
    const seconds = mark();
    const script = `trap '' TERM INT HUP
      (setsid sh -c 'sleep ${seconds} & sleep ${seconds}' </dev/null >/dev/null 2>&1 &)
      nohup sleep ${seconds} >/dev/null 2>&1 &
      echo started; sleep ${seconds}`;
    const ran = await playground.run(method, script, { limits: { ...LIMITS, seconds: 1 } });
    expect(ran.lines).toContain('started');
    expect(ran).toMatchObject({ exitCode: null, exceeded: 'time' });
    expect(processesWith(seconds)).toEqual([]);
  });

  test('leaves nothing behind when it ends by itself', async () => {
    const seconds = mark();
    const { exitCode } = await playground.run(
      method,
      `(setsid sleep ${seconds} </dev/null >/dev/null 2>&1 &); sleep ${seconds} >/dev/null 2>&1 & exit 3`,
    );
    expect(exitCode).toBe(3);
    expect(processesWith(seconds)).toEqual([]);
  });

  test('leaves nothing behind that hides whose it is, unless a guard is all there is', async () => {
    const seconds = mark();
    const hidden = `exec >"$0" 2>&1 </dev/null; echo there; exec sleep ${seconds}`;
    const { exitCode } = await playground.run(
      method,
      `there="$HOME/there"; (env -i /usr/bin/setsid /bin/sh -c '${hidden}' "$there" &)
      until [ -s "$there" ]; do read -rt 0.01 <> <(:); done; exit 3`,
    );
    expect(exitCode).toBe(3);
    await until(() => method !== 'process' || processesWith(seconds).length === 1);
    const left = processesWith(seconds);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left).toHaveLength(method === 'process' ? 1 : 0);
  });

  test('is cancelled at any moment, with nothing left', async () => {
    const seconds = mark();
    const cancel = new AbortController();
    const run = playground.run(method, `(setsid sleep ${seconds} &) ; sleep ${seconds}`, {
      signal: cancel.signal,
    });
    await until(() => processesWith(`sleep\0${seconds}`).length === 2);
    cancel.abort(new Error('called off'));
    await expect(run).rejects.toThrow('called off');
    expect(processesWith(seconds)).toEqual([]);
    await expect(playground.run(method, 'true', { signal: cancel.signal })).rejects.toThrow('called off');
  });

  test('goes with a worker that is killed', async () => {
    const seconds = mark();
    const script = `
      const { launchBy } = await import(${JSON.stringify(new URL('../../../services/sandbox/detect.ts', import.meta.url).href)});
      const { runLaunched } = await import(${JSON.stringify(new URL('../../../services/sandbox/run-launched.ts', import.meta.url).href)});
      await runLaunched({
        command: '/bin/sh', args: ['-c', '(setsid sleep ${seconds} >/dev/null 2>&1 &); sleep ${seconds}'],
        source: ${JSON.stringify(playground.source)}, writable: ${JSON.stringify(playground.writable)}, cwd: 'source',
        readable: [], environment: {}, path: [], limits: ${JSON.stringify(LIMITS)}, network: false,
      }, (run) => launchBy('${method}', run));`;
    const worker = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await until(() => processesWith(`sleep\0${seconds}`).length === 2);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await until(() => processesWith(seconds).length === 0);
  });

  test('cannot have more processes than it may', async () => {
    const seconds = mark();
    // not bash, which waits long for room that will not come
    const start = (count: number, processes: number) =>
      playground.run(method, '', {
        command: '/bin/sh',
        args: ['-c', `for i in $(seq ${count}); do sleep ${seconds} & done; sleep 2; echo all`],
        limits: { ...LIMITS, processes },
      });
    const refused = await start(300, 24);
    // the kernel refuses, or whoever watches ends it
    expect(refused.lines.some((line) => /cannot fork/i.test(line)) || refused.exceeded === 'processes').toBe(
      true,
    );
    expect(refused.lines).not.toContain('all');
    expect(processesWith(seconds)).toEqual([]);
    expect((await start(10, 24)).lines).toEqual(['all']);
  });

  test('cannot have more memory than it may', async () => {
    const allocate = 'head -c 400m /dev/zero | tail | wc -c';
    const small = await playground.run(method, allocate, { limits: { ...LIMITS, memoryMb: 128 } });
    expect(small.lines).not.toContain(String(400 * 1024 * 1024));
    const large = await playground.run(method, allocate, { limits: { ...LIMITS, memoryMb: 2048 } });
    expect(large.lines).toContain(String(400 * 1024 * 1024));
  });

  test('cannot write more than it may, into one file or into many', async () => {
    const limits = { ...LIMITS, fileMb: 8 };
    const one = await playground.run(method, 'head -c 16m /dev/zero > "$HOME/one" && echo written', {
      limits,
    });
    expect(one.lines).not.toContain('written');
    const fits = await playground.run(
      method,
      'rm -f "$HOME"/*; head -c 4m /dev/zero > "$HOME/one" && echo written',
      {
        limits,
      },
    );
    expect(fits.lines).toContain('written');
    const many = 'for i in 1 2 3 4; do head -c 4m /dev/zero > "$HOME/$i"; done; sleep 20';
    expect(await playground.run(method, many, { limits })).toMatchObject({
      exitCode: null,
      exceeded: 'files',
    });
  });

  test('cannot print without end', async () => {
    const ran = await playground.run(method, 'yes', { limits: { ...LIMITS, outputMb: 1 } });
    expect(ran.exceeded).toBe('output');
    const kept = await playground.run(method, 'yes', {
      limits: { ...LIMITS, outputMb: 1 },
      keepStdout: true,
    });
    expect(kept.exceeded).toBe('output');
    expect(kept.stdout.length).toBeLessThanOrEqual(1024 * 1024);
  });
});

onLinux.each(namespaced)('kept apart by %s, which other users need not allow', (method) => {
  test('reads the source and cannot write it', async () => {
    writeFileSync(join(playground.source, 'file'), 'content');
    const script = 'cat file; echo; touch new || touch file || rm file || echo refused';
    const { lines } = await playground.run(method, script);
    expect(lines).toContain('content');
    expect(lines).toContain('refused');
    expect(readdirSync(playground.source)).toEqual(['file']);
  });

  test('sees files empty that are hidden from it', async () => {
    for (const name of ['config', 'other']) writeFileSync(join(playground.source, name), `text of ${name}\n`);
    const hidden = [join(playground.source, 'config')];
    expect((await playground.run(method, 'cat config other', { hidden })).lines).toEqual(['text of other']);
    expect((await playground.run(method, 'cat config')).lines).toEqual(['text of config']);
  });

  test('reaches nobody unless it may', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as { port: number };
      const connect = `exec 3<>/dev/tcp/127.0.0.1/${port} && echo connected`;
      expect((await playground.run(method, connect)).lines).not.toContain('connected');
      const allowed = await playground.run(method, connect, { network: true });
      expect(allowed.lines).toContain('connected');
      expect(allowed.isolation.network).toBe('host');
    } finally {
      server.close();
    }
  });

  test('sees no process but its own', async () => {
    const { lines } = await playground.run(method, 'echo /proc/[0-9]*');
    expect(lines[0]?.split(' ').length).toBeLessThan(10);
  });
});

// as all above it is held to what this machine has
if (methods.includes('bubblewrap'))
  describe('kept apart by bubblewrap', () => {
    test('sees of this machine what it was given and no more', async () => {
      const outside = join(playground.folder, 'outside');
      mkdirSync(outside);
      writeFileSync(join(outside, 'key'), 'private');
      const look = `cat ${outside}/key; ls /root /home ${process.cwd()} 2>/dev/null | wc -l`;
      expect((await playground.run('bubblewrap', look)).lines).toEqual([
        expect.stringContaining('No such file'),
        '0',
      ]);
      const shown = await playground.run('bubblewrap', `cat ${outside}/key`, { readable: [outside] });
      expect(shown.lines).toEqual(['private']);
    });

    test('cannot fill memory through folders that are held in it', async () => {
      const fill = 'for f in / /dev /run; do touch $f/x 2>/dev/null && echo "$f"; done; echo done';
      expect((await playground.run('bubblewrap', fill)).lines).toEqual(['done']);
    });
  });
