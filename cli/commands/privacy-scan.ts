import { setTimeout as pause } from 'node:timers/promises';
import { type PrivacyScanResult, PrivacyScanView } from '../../contracts/privacy.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = {
  readonly workspace: string;
  readonly prefix?: string;
  readonly scan?: string;
  readonly dryRun?: boolean;
};

const ASK_AGAIN_MS = 2000;

/** What must not go on by itself is told by the exit code: a pipeline can ask before it promotes. */
export async function privacyScan(
  { api: connect, output }: Context,
  { workspace, prefix, scan, dryRun = false }: Options,
): Promise<ExitCode> {
  const api = connect();
  const asked = { workspace_id: workspace, prefix, scan_id: scan, dry_run: dryRun };
  const begun = await api.post('/v1/privacy/scan', asked, PrivacyScanView);
  if (begun.state === 'running') output.note(`looking: ${begun.privacy_scan_id}`);
  const ended = await ending(api, workspace, begun);
  const results = await allResults(api, workspace, ended);
  output.result({ ...ended, results, next_cursor: null }, () => {
    const found = results.filter(({ outcome, kinds }) => outcome !== 'clean' || kinds.length > 0);
    if (found.length > 0) output.table(['FILE', 'OUTCOME', 'FOUND', 'WHERE', 'REVIEW'], found.map(row));
    output.line(
      `${ended.scanned} files: ${ended.clean} clean, ${ended.masked} to be masked, ${ended.quarantined} to be held back`,
    );
    if (ended.error !== null) output.line(`failed, ${ended.error.code}: ${ended.error.message}`);
  });
  if (ended.state === 'failed') return EXIT.runFailed;
  return ended.quarantined > 0 ? EXIT.gateFailed : EXIT.ok;
}

const pathOf = ({ privacy_scan_id }: PrivacyScanView, workspace: string, cursor?: string): string =>
  `/v1/privacy/scans/${privacy_scan_id}${query({ workspace_id: workspace, cursor })}`;

async function ending(api: ApiClient, workspace: string, begun: PrivacyScanView): Promise<PrivacyScanView> {
  let scan = begun;
  while (scan.state === 'running') {
    await pause(ASK_AGAIN_MS);
    scan = await api.get(pathOf(scan, workspace), PrivacyScanView);
  }
  return scan;
}

async function allResults(
  api: ApiClient,
  workspace: string,
  scan: PrivacyScanView,
): Promise<PrivacyScanResult[]> {
  const results = [...scan.results];
  for (let cursor = scan.next_cursor; cursor !== null; ) {
    const page = await api.get(pathOf(scan, workspace, cursor), PrivacyScanView);
    results.push(...page.results);
    cursor = page.next_cursor;
  }
  return results;
}

const row = ({ name, outcome, kinds, places, opaque, review_id }: PrivacyScanResult): string[] => [
  name,
  outcome,
  [...kinds.map(({ type, count }) => `${type} ${count}`), ...opaque.map(({ reason }) => reason)].join(', '),
  places
    .slice(0, 3)
    .map(({ place }) => place)
    .join('; ') || '-',
  review_id ?? '-',
];
