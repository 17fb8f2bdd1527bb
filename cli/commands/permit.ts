import { z } from 'zod';
import { BundleIndex } from '../../contracts/bundle.ts';
import { GlassBroken, PermissionList, UploadPermission } from '../../contracts/permission.ts';
import { UploadAccepted } from '../../contracts/scan-control.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printableJson } from '../neutralise.ts';
import { parseJson } from '../parse-json.ts';
import { query } from '../query.ts';

type InWorkspace = { readonly workspace: string };
type Request = InWorkspace & { readonly tier: string; readonly publish?: boolean };

/** Names every file that the bundle lists, so that what Trust finds in staging is what is there now. */
export async function requestPermit(
  context: Context,
  testId: string,
  { workspace, tier, publish }: Request,
): Promise<ExitCode> {
  const api = context.api();
  const { files } = await indexOf(api, testId, workspace);
  const body = {
    scan_id: testId,
    workspace_id: workspace,
    tier,
    artifacts: files
      .slice(0, MOST_ARTIFACTS)
      .map(({ path, sha256, size }) => ({ name: path, hash: `sha256:${sha256}`, size })),
  };
  const permit = await api.post('/v1/verify-and-permit-upload', body, UploadPermission);
  if (publish && permit.permitted) await publishing(api, permit.upload_permission_id, workspace);
  return shown(context, permit);
}

const MOST_ARTIFACTS = 1000;
const MAX_INDEX = 16 * 1024 * 1024;

async function indexOf(api: ApiClient, testId: string, workspace: string): Promise<BundleIndex> {
  const path = `/v1/security-scans/${encodeURIComponent(testId)}/artifacts/bundle.json${query({ workspace_id: workspace })}`;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await api.download(path)) {
    size += chunk.length;
    if (size > MAX_INDEX) throw noIndex();
    chunks.push(chunk);
  }
  const parsed = BundleIndex.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (!parsed.success) throw noIndex();
  return parsed.data;
}

const noIndex = () =>
  new CommandError('bundle_invalid', EXIT.badData, 'the list of the files of this scan cannot be read');

export async function showPermit(
  context: Context,
  permitId: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const path = `/v1/permits/${encodeURIComponent(permitId)}${query({ workspace_id: workspace })}`;
  await shown(context, await context.api().get(path, UploadPermission));
  return EXIT.ok;
}

/** For cosign and others, which read it from a file. */
export async function printPermitStatement(
  { api, stdout }: Context,
  permitId: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const path = `/v1/permits/${encodeURIComponent(permitId)}/statement${query({ workspace_id: workspace })}`;
  stdout.write(`${printableJson(await api().get(path, z.record(z.string(), z.unknown())))}\n`);
  return EXIT.ok;
}

export async function showPermits(
  { api, output }: Context,
  { workspace, scan }: InWorkspace & { readonly scan?: string },
): Promise<ExitCode> {
  const list = await api().get(
    `/v1/permits${query({ workspace_id: workspace, test_id: scan, limit: 100 })}`,
    PermissionList,
  );
  output.result(list, () =>
    output.table(
      ['PERMIT', 'SCAN', 'DECIDED', 'TIER', 'ANSWER'],
      list.permits.map((permit) => [
        permit.upload_permission_id,
        permit.scan_id,
        permit.decided_at ?? '-',
        permit.tier,
        answerOf(permit),
      ]),
    ),
  );
  return EXIT.ok;
}

export async function publishWithPermit(
  { api, output }: Context,
  permitId: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const answer = await publishing(api(), permitId, workspace);
  output.result(answer, () => output.line(`${permitId}  ${answer.upload_status}; the scan will tell`));
  return EXIT.ok;
}

const publishing = (api: ApiClient, permitId: string, workspace: string) =>
  api.post(
    `/v1/permits/${encodeURIComponent(permitId)}/publish`,
    { workspace_id: workspace },
    UploadAccepted,
  );

type Glass = InWorkspace & { readonly reason: string; readonly until: string };

export async function breakGlass(
  context: Context,
  testId: string,
  { workspace, reason, until }: Glass,
): Promise<ExitCode> {
  const { api, output } = context;
  const time = z.iso.datetime().safeParse(until);
  if (!time.success)
    throw new CommandError('invalid_request', EXIT.usage, '--until is a time like 2026-01-02T00:00:00Z');
  const body = { workspace_id: workspace, test_id: testId, reason, until };
  const answer = await api().post('/v1/permits/break-glass', body, GlassBroken);
  if (answer.permit !== null) return shown(context, answer.permit);
  output.result(answer, () => output.line(`ordered as ${answer.order_id}; Trust has not carried it out yet`));
  return EXIT.ok;
}

function shown({ output }: Context, permit: UploadPermission): ExitCode {
  output.result(permit, () => {
    output.line(`${permit.upload_permission_id}  ${answerOf(permit)}`);
    // the detail is the violations in one sentence
    if (permit.detail !== null && permit.violations.length === 0) output.line(`  ${permit.detail}`);
    for (const { rule, message } of permit.violations) output.line(`  ${rule}: ${message}`);
    if (permit.bypass !== null)
      output.line(
        `  past the rules on ${permit.bypass.order_id} by ${permit.bypass.by}: ${permit.bypass.reason}`,
      );
    if (permit.shadow !== null) output.line(`  in shadow: ${shadowOf(permit.shadow)}`);
    if (permit.expires_at !== null) output.line(`  usable until ${permit.expires_at}`);
    if (permit.transparency_entry !== null) output.line(`  in the log at ${permit.transparency_entry.index}`);
  });
  return permit.permitted || permit.decided_at === null ? EXIT.ok : EXIT.gateFailed;
}

/** What a policy that is only tried would have said. */
const shadowOf = ({ permitted, violations }: NonNullable<UploadPermission['shadow']>): string =>
  permitted
    ? 'permitted too'
    : `denied: ${violations.map(({ message }) => message).join('; ') || 'it does not hold'}`;

function answerOf({ decided_at, permitted, reason, bypass }: UploadPermission): string {
  if (decided_at === null) return 'not decided yet';
  if (!permitted) return `denied: ${reason ?? 'no reason was given'}`;
  return bypass === null ? 'permitted' : 'permitted, BYPASSED';
}
