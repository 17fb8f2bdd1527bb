import { spawn } from 'node:child_process';
import { SetUpFailure } from './failure.mjs';
import { forgetRunning, noteRunning } from './orphan.mjs';

const BEAT_MS = 15_000;
const KEPT = 16 * 1024;

/** Runs one command in the checkout, quietly; says now and then that it is still at it, and shows its words only when it fails. */
export function run(what, command, args, { cwd, env, report }) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const beat = setInterval(() => report(`${what}: still at it after ${seconds()} s`), BEAT_MS);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) noteRunning(cwd, child.pid);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said = (said + chunk).slice(-KEPT);
      });
    }
    child.on('error', (error) => reject(new SetUpFailure(`${what} failed: ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(seconds());
      else reject(new SetUpFailure(`${what} failed (${signal ?? `code ${code}`}):\n${lastLines(said)}`));
    });
  }).finally(() => {
    clearInterval(beat);
    forgetRunning(cwd);
  });
}

const lastLines = (text) => text.trim().split('\n').slice(-25).join('\n');
