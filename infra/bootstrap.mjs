#!/usr/bin/env node
// node infra/bootstrap.mjs SCRIPT.ts [arguments]
//
// Makes a checkout ready and runs a script of it on the pinned Node. Plain JavaScript without dependencies, because it
// runs before there are any, on whatever Node (20 or later) a machine has.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handOver } from './bootstrap/hand-over.mjs';
import { SetUpFailure, setUp } from './bootstrap/set-up.mjs';

const CONFIGURATION = 78;
const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);

if (script === undefined) {
  process.stderr.write('usage: node infra/bootstrap.mjs SCRIPT.ts [arguments]\n');
  process.exitCode = CONFIGURATION;
} else {
  try {
    const node = await setUp(checkout, (line) => process.stderr.write(`set-up: ${line}\n`));
    handOver(node, [resolve(checkout, script), ...args], checkout);
  } catch (error) {
    if (!(error instanceof SetUpFailure)) throw error;
    process.stderr.write(`set-up: ${error.message}\n`);
    process.exitCode = CONFIGURATION;
  }
}
