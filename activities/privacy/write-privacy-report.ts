import { Readable } from 'node:stream';
import { heldPrefix, privacyReportKey } from '../../contracts/object-keys.ts';
import type { PrivacyScanInput } from '../../contracts/privacy.ts';
import { listPrivacyResults, type PrivacyScanRecord } from '../../services/database/privacy-scans.ts';
import type { PrivacyScanDeps } from './inspect-page.ts';

const AT_ONCE = 200;

/** All results in one file, page by page from the table: no report is in memory as a whole. */
export async function writePrivacyReport(
  deps: Pick<PrivacyScanDeps, 'database' | 'uploads'>,
  input: PrivacyScanInput,
  scan: PrivacyScanRecord,
): Promise<void> {
  const text = Readable.from(reportText(deps, input, scan), { objectMode: false });
  await deps.uploads.put(privacyReportKey(input, input.id), text, { contentType: 'application/json' });
}

async function* reportText(
  { database, uploads }: Pick<PrivacyScanDeps, 'database' | 'uploads'>,
  input: PrivacyScanInput,
  scan: PrivacyScanRecord,
): AsyncGenerator<Buffer> {
  const head = {
    schema: 'https://certus.dev/privacy-report/v1',
    privacy_scan_id: input.id,
    tenant: input.tenant,
    workspace_id: input.workspace,
    bucket: uploads.name,
    prefix: input.prefix,
    quarantine_prefix: heldPrefix(input),
    scan_id: input.testId,
    dry_run: input.dryRun,
    policy_digest: scan.policyDigest,
    scanned: scan.scanned,
    clean: scan.clean,
    masked: scan.masked,
    quarantined: scan.quarantined,
    started_at: scan.startedAt.toISOString(),
  };
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"results":[`);
  let from: number | undefined = 0;
  let separator = '\n';
  while (from !== undefined) {
    const page: Awaited<ReturnType<typeof listPrivacyResults>> = await listPrivacyResults(
      database,
      input,
      input.id,
      { from, limit: AT_ONCE },
    );
    for (const result of page.results) {
      yield Buffer.from(`${separator}${JSON.stringify(result)}`);
      separator = ',\n';
    }
    from = page.next;
  }
  yield Buffer.from(']}\n');
}
