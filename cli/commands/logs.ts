import { setTimeout as sleep } from 'node:timers/promises';
import { type ScanEvent, ScanEventPage } from '../../contracts/scan-event.ts';
import { complaintOf } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = { readonly workspace: string; readonly follow?: boolean };

/** Seconds for which the API may wait for something new; well below those for which we wait for an answer. */
const WAIT = 20;
/** In milliseconds: between two questions while the API is away, and how long that is borne. */
const PAUSE = 1_000;
const OUTAGE = 120_000;

/** What a scan has told, and with --follow what it tells until it ends: each event once, whatever breaks off in between. */
export async function logs(
  { api, output }: Context,
  testId: string,
  { workspace, follow = false }: Options,
): Promise<ExitCode> {
  const client = api();
  const path = `/v1/security-scans/${encodeURIComponent(testId)}/events`;
  for (let after = 0; ; ) {
    const parameters = { workspace_id: workspace, after, limit: 1000, ...(follow ? { wait: WAIT } : {}) };
    const ask = () => client.get(`${path}${query(parameters)}`, ScanEventPage);
    const page: ScanEventPage = follow ? await patiently(ask, output.note) : await ask();
    for (const event of page.events) output.record(event, eventLine(event));
    after = page.next;
    if (page.ended || (!follow && page.events.length === 0)) return EXIT.ok;
  }
}

/** The scan does not need us: while the API is away it is asked again. */
async function patiently<T>(ask: () => Promise<T>, say: (line: string) => void): Promise<T> {
  for (let awaySince: number | undefined; ; ) {
    try {
      return await ask();
    } catch (error) {
      const { exitCode, message } = complaintOf(error);
      if (exitCode !== EXIT.unavailable) throw error;
      if (awaySince === undefined) say(`waiting: ${message}`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > OUTAGE) throw error;
      await sleep(PAUSE);
    }
  }
}

/** A line of a tool as the tool wrote it, and everything else by its name. */
export function eventLine({ seq: _, type, timestamp: __, ...data }: ScanEvent): string {
  if (type === 'log' && typeof data.line === 'string')
    return typeof data.tool === 'string' ? `[${data.tool}] ${data.line}` : data.line;
  const facts = Object.entries(data).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [`-- ${type}`, ...facts].join(' ');
}
