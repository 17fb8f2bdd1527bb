#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on whatever Node a machine has, and only hands over.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A link in a PATH folder leads back to the checkout it was made from.
const checkout = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const pinned = join(checkout, 'node_modules', '.bin', 'node');
const major = Number(process.versions.node.split('.')[0]);

if (!existsSync(join(checkout, 'node_modules', 'commander')) || (major < 24 && !existsSync(pinned))) {
  process.stderr.write(`certus: not_set_up: run "npm start" once in ${checkout}\n`);
  process.exitCode = 78;
} else if (major >= 24) {
  const { run } = await import('./main.ts');
  await run(checkout);
} else {
  handOver();
}

function handOver() {
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // The terminal sends Ctrl-C to both; the child decides what it means. What is sent to us alone is passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`certus: not_set_up: cannot run ${pinned}: ${error.message}\n`);
    process.exitCode = 78;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === 'SIGINT' ? 2 : 15);
  });
}
