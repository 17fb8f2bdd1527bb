import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Usage = z.object({ cpuSeconds: z.number(), peakMib: z.number() });

/** What the command itself takes for so much text, with a pipe on both sides: processor time, and memory at its highest. */
export async function filtering(block: Buffer, times: number): Promise<z.infer<typeof Usage>> {
  const words = ['--import', resolve('bench/sanitize/usage.mjs'), resolve('cli/certus.mjs'), 'sanitize'];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
  const { stdin, stdout } = child;
  const usage = text(child.stdio[3] as NodeJS.ReadableStream);
  const ended = new Promise<number | null>((done) => child.on('close', done));
  let written = 0;
  stdout?.on('data', (chunk: Buffer) => {
    written += chunk.length;
  });
  for (let round = 0; round < times; round += 1)
    if (stdin?.write(block) === false) await new Promise((drained) => stdin.once('drain', drained));
  stdin?.end();
  if ((await ended) !== 0) throw new Error('certus sanitize failed');
  // what is fast because it writes nothing must not count
  if (written < 0.9 * block.length * times) throw new Error(`only ${written} bytes came out`);
  return Usage.parse(JSON.parse(await usage));
}
