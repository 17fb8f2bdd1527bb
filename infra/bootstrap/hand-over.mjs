import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** Runs Node with these arguments as if it had been started in our place: same streams, signals and exit code. */
export function handOver(node, args, checkout) {
  const modules = join(checkout, 'node_modules');
  const child = spawn(node, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'compiled'),
    },
  });
  // A terminal sends Ctrl-C to the whole group: the child has it already and decides alone; a second one, passed on
  // by us, would look like a person who has lost patience.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => terminal || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));

  child.on('error', (error) => {
    process.stderr.write(`set-up: cannot run ${node}: ${error.message}\n`);
    process.exitCode = 78;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code);
    } else {
      // Ending by the same signal tells the shell the truth, where an exit code could only imitate it.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
