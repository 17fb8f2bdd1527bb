import { setTimeout as pause } from 'node:timers/promises';
import { IngestionView } from '../contracts/ingestion.ts';
import type { ApiClient } from './api-client.ts';
import { complaintOf } from './command-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { query } from './query.ts';

const LONGEST_MS = 3_000;
const OUTAGE_MS = 120_000;

export const ingestionPath = (id: string): string => `/v1/ingestions/${encodeURIComponent(id)}`;

/** The ingestion does not need us: when the API is away for a while it is asked again. */
export async function followIngestion(
  api: ApiClient,
  workspace: string,
  id: string,
  say: (line: string) => void,
): Promise<IngestionView> {
  let awaySince: number | undefined;
  let said = '';
  for (let wait = 250; ; wait = Math.min(wait * 1.5, LONGEST_MS)) {
    try {
      const view = await api.get(`${ingestionPath(id)}${query({ workspace_id: workspace })}`, IngestionView);
      const line = progressOf(view);
      if (view.ended_at !== null) return view;
      if (line !== said) say(line);
      said = line;
      awaySince = undefined;
    } catch (error) {
      const { exitCode, message } = complaintOf(error);
      if (exitCode !== EXIT.unavailable) throw error;
      if (awaySince === undefined) say(`waiting: ${message}`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > OUTAGE_MS) throw error;
    }
    await pause(wait);
  }
}

export const progressOf = ({
  ingestion_id,
  state,
  done,
  skipped,
  failed,
  removed,
  eta_seconds,
}: IngestionView): string =>
  `${ingestion_id} ${state}: ${done} indexed, ${skipped} unchanged, ${removed} gone, ${failed} not read` +
  (eta_seconds === null ? '' : `, about ${eta_seconds} s to go`);

/** Exit 2 when something could not be read: the rest is there. */
export function ingestionCode({ state, failed }: IngestionView): ExitCode {
  if (state !== 'done') return state === 'running' || state === 'paused' ? EXIT.ok : EXIT.runFailed;
  return failed > 0 ? EXIT.gateFailed : EXIT.ok;
}

export function drawIngestion(output: Output, view: IngestionView): void {
  output.line(progressOf(view));
  output.line(`${view.source}  ${view.source_location}`);
  output.line(
    `${view.records} records of ${view.bytes} bytes, ${view.masked} times something personal was masked`,
  );
  if (view.error !== null) output.line(`${view.error.code}: ${view.error.message}`);
  if (view.failed > 0) output.note(`what was not read: certus ingest failed ${view.ingestion_id}`);
}
