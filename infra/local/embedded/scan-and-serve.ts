import { join } from 'node:path';
import type { SupervisorRecord } from '../../../contracts/supervisor-record.ts';
import { CHECKOUT } from '../checkout.ts';
import { EXIT } from '../exit-codes.ts';
import type { Voice } from '../voice.ts';
import type { Arguments } from './arguments.ts';
import { hasScans } from './has-scans.ts';
import { Interrupted, type Interruption } from './interruption.ts';
import { scanOnce } from './scan-once.ts';
import { scanDocument, scanSummary } from './scan-summary.ts';
import type { Embedded } from './start-embedded.ts';

export type Running = {
  readonly home: string;
  readonly embedded: Embedded;
  readonly addresses: SupervisorRecord['addresses'];
  readonly voice: Voice;
  readonly interruption: Interruption;
};

const SAMPLE = join(CHECKOUT, 'samples', 'leaky-shop');

/** With everything running: the chain when there is reason to, then service until we are told to stop. */
export async function scanAndServe(wanted: Arguments, running: Running): Promise<number> {
  const { voice, interruption, addresses } = running;
  const target = await whatToScan(wanted, running);
  const scanned = target === undefined ? EXIT.passed : await scan(target, wanted, running);
  if (wanted.once) return scanned;
  for (const line of welcome(addresses, wanted.background)) voice.say(line);
  interruption.detach();
  await interruption.happened;
  // Being told to stop is how service ends; anything else that ends it is an error.
  if (!(interruption.signal.reason instanceof Interrupted)) throw interruption.signal.reason;
  return EXIT.passed;
}

/** The sample once, so that a first start has something to show; not for those who only want it to run. */
async function whatToScan(wanted: Arguments, { addresses, embedded }: Running): Promise<string | undefined> {
  if (wanted.target !== undefined) return wanted.target;
  if (wanted.once) return SAMPLE;
  if (wanted.background) return undefined;
  return (await hasScans(addresses.api, embedded.tokenFile)) ? undefined : SAMPLE;
}

async function scan(
  target: string,
  { json }: Arguments,
  { home, embedded, voice, interruption }: Running,
): Promise<number> {
  voice.report(`running the chain over ${target}`);
  const run = await scanOnce(target, home, voice.report, interruption.signal);
  if (run.scan !== undefined && json)
    voice.say(scanDocument(run.scan, embedded.keys.publicKeyFiles.evidence));
  if (run.scan !== undefined && !json) for (const line of scanSummary(run.scan)) voice.say(line);
  return run.exitCode;
}

function welcome({ api, docs, temporal_ui }: Running['addresses'], background: boolean): string[] {
  return [
    'Certus is ready.',
    `  API        ${api}`,
    `  API docs   ${docs}`,
    ...(temporal_ui === undefined ? [] : [`  Temporal   ${temporal_ui}`]),
    background ? '  npx certus down stops everything.' : '  Ctrl-C stops everything.',
  ];
}
