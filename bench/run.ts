import type { Bench } from './bench.ts';
import { judge } from './bench.ts';
import { chain } from './chain.ts';
import { incremental } from './incremental.ts';
import { ingest } from './ingest.ts';
import { ingestIndex } from './ingest-index.ts';
import { ingestMany } from './ingest-many.ts';
import { log } from './log.ts';
import { logs } from './logs.ts';
import { privacyScan } from './privacy-scan.ts';
import { promote } from './promote.ts';
import { publish } from './publish.ts';
import { sanitize } from './sanitize.ts';
import { sanitizeQuality } from './sanitize-quality.ts';
import { sarifImport } from './sarif-import.ts';
import { scanOverhead } from './scan-overhead.ts';
import { sign } from './sign.ts';
import { verify } from './verify.ts';

const BENCHES: readonly Bench[] = [
  chain,
  scanOverhead,
  sarifImport,
  logs,
  log,
  sign,
  verify,
  publish,
  privacyScan,
  sanitizeQuality,
  sanitize,
  promote,
  ingestIndex,
  ingest,
  incremental,
  ingestMany,
];

/** `npm run bench -- NAME [--json]`: the one door to every benchmark. */
async function main(words: readonly string[]): Promise<number> {
  const json = words.includes('--json');
  const name = words.find((word) => !word.startsWith('-'));
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench === undefined) {
    process.stderr.write('usage: npm run bench -- NAME [--json]\n\n');
    for (const { name: known, about } of BENCHES) process.stderr.write(`  ${known.padEnd(12)} ${about}\n`);
    return 64;
  }
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const judged = judge(bench.name, await bench.run(report, words.slice(words.indexOf(bench.name) + 1)));
  if (json) {
    process.stdout.write(`${JSON.stringify(judged)}\n`);
    return 0;
  }
  for (const [what, value] of Object.entries({ ...judged.ratios, ...judged.figures })) {
    const goal = judged.goals[what];
    process.stdout.write(
      `${what.padEnd(28)} ${value.toFixed(2).padStart(10)}${goal === undefined ? '' : `   goal ${goal}`}\n`,
    );
  }
  process.stdout.write(`goals met: ${judged.met ? 'yes' : 'no'}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
