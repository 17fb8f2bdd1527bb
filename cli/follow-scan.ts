import { setTimeout as sleep } from 'node:timers/promises';
import { type ScanAccepted, ScanStatus, type Step } from '../contracts/scan.ts';
import type { ApiClient } from './api-client.ts';
import { complaintOf } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

const ENDED: readonly ScanStatus['status'][] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** In milliseconds: the first and the longest pause, how long nothing new may go without a word, how long an outage is borne. */
export type Pace = {
  readonly first: number;
  readonly longest: number;
  readonly silence: number;
  readonly outage: number;
};
const PACE: Pace = { first: 150, longest: 2_000, silence: 30_000, outage: 120_000 };

/**
 * Asks until the scan has ended or waits for a person, more and more seldom, and says what is new. The scan does not need us: when the API
 * is away for a while it is asked again.
 */
export async function followScan(
  api: ApiClient,
  { test_id, workspace_id }: Pick<ScanAccepted, 'test_id' | 'workspace_id'>,
  say: (line: string) => void,
  pace: Pace = PACE,
): Promise<ScanStatus> {
  const news = newsOf(say);
  let heardAt = Date.now();
  let awaySince: number | undefined;
  for (let pause = pace.first; ; pause = Math.min(pause * 1.3, pace.longest)) {
    try {
      const scan = await api.get(`/v1/security-scans/${test_id}?workspace_id=${workspace_id}`, ScanStatus);
      awaySince = undefined;
      if (news(scan)) {
        pause = pace.first;
        heardAt = Date.now();
      } else if (Date.now() - heardAt >= pace.silence) {
        say(stillAt(scan));
        heardAt = Date.now();
      }
      if (ENDED.includes(scan.status)) return scan;
      if (scan.upload_status === 'in_review') {
        say('held back: a person is to decide, see certus review list');
        return scan;
      }
    } catch (error) {
      const { exitCode, message } = complaintOf(error);
      if (exitCode !== EXIT.unavailable) throw error;
      if (awaySince === undefined) say(`waiting: ${message}`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > pace.outage) throw error;
    }
    await sleep(pause);
  }
}

/** Says each change once; true when there was one. */
function newsOf(say: (line: string) => void): (scan: ScanStatus) => boolean {
  const known = new Map<string, string>();
  const changed = (name: string, state: string): boolean => {
    if (known.get(name) === state) return false;
    known.set(name, state);
    return true;
  };
  return (scan) => {
    const status = changed('', scan.status);
    if (status) say(scan.status.toLowerCase());
    const steps = scan.steps.filter(
      (step: Step) => changed(step.name, step.state) && step.state !== 'waiting',
    );
    for (const { name, state } of steps) say(`  ${name}: ${state}`);
    return status || steps.length > 0;
  };
}

/** A run may wait for days, for a zone that is stopped for example: who watches should know that it does. */
function stillAt({ status, steps }: ScanStatus): string {
  const busy = steps.filter(({ state }) => state === 'running').map(({ name }) => name);
  return `  still ${busy.length > 0 ? `at ${busy.join(', ')}` : status.toLowerCase()}`;
}
