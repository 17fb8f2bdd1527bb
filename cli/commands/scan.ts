import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UploadedArchive } from '../../contracts/archive.ts';
import { ScanAccepted, type ScanStatus } from '../../contracts/scan.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError, complaintOf } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followScan } from '../follow-scan.ts';
import { faultLine, readManifestFile } from '../manifest-file.ts';
import type { Output } from '../output.ts';
import { query } from '../query.ts';
import { type ScanTarget, scanTarget } from '../scan-target.ts';
import { drawScan } from '../scan-view.ts';

type Options = {
  readonly workspace: string;
  readonly component?: string;
  readonly assessment?: string;
  readonly profile?: string;
  readonly manifest?: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly commit?: string;
  readonly submodules?: boolean;
  readonly directory?: boolean;
  readonly requestedBy?: string;
  readonly publish: boolean;
  readonly wait: boolean;
};

/** Asks for a scan and stays with it until the verdict. */
export async function scan(context: Context, source: string, options: Options): Promise<ExitCode> {
  const { output } = context;
  const { target, given } = await scanRequest(context, source, options);
  const api = context.api();
  const accepted = await request(api, { ...given, ...(await sourceOf(api, target, options)) });
  return stayWith(api, output, accepted, options.wait);
}

/** Tells of an accepted scan until its verdict, or, without waiting, only its name. */
export async function stayWith(
  api: ApiClient,
  output: Output,
  accepted: ScanAccepted,
  wait: boolean,
): Promise<ExitCode> {
  if (!wait) {
    output.result(accepted, () => output.line(accepted.test_id));
    return EXIT.ok;
  }
  output.note(`${accepted.test_id} accepted (${accepted.workflow_id})`);
  const ended = await followScan(api, accepted, (line) => output.note(line));
  output.result(ended, () => drawScan(output, ended));
  return verdictCode(ended);
}

/** A passed gate counts only if the evidence got where it belongs. */
export function verdictCode(scan: ScanStatus): ExitCode {
  if (scan.upload_status === 'in_review') return EXIT.gateFailed;
  if (scan.status !== 'SUCCEEDED') return EXIT.runFailed;
  if (scan.verdict === 'failed') return EXIT.gateFailed;
  const lost = ['denied', 'upload_failed', 'quarantined', 'rejected', 'deleted'].includes(scan.upload_status);
  return scan.verdict === 'passed' && !lost ? EXIT.ok : EXIT.runFailed;
}

async function scanRequest(context: Context, source: string, options: Options) {
  const target = scanTarget(source, context.workingDirectory, options.directory ?? false);
  const given = {
    workspace_id: options.workspace,
    component_id: options.component ?? target.component,
    assessment_id: options.assessment,
    profile: options.profile,
    branch: options.branch,
    tag: options.tag,
    commit: options.commit,
    submodules: options.submodules,
    publish: options.publish ? undefined : false,
    requested_by: options.requestedBy,
    manifest: options.manifest && (await readManifest(resolve(context.workingDirectory, options.manifest))),
  };
  return { target, given };
}

/** Named by what it holds, so that whoever asks again after a failure brings nothing twice. */
async function sourceOf(api: ApiClient, { source }: ScanTarget, { workspace }: Options): Promise<object> {
  if (source.source_type !== 'archive') return source;
  const path = `/v1/security-scans/upload-archive${query({ workspace_id: workspace, filename: basename(source.file) })}`;
  const { archive_path } = await api.upload(path, await openAsBlob(source.file), UploadedArchive);
  return { source_type: 'archive', archive_path };
}

/** The key makes the second try safe: when only the first answer was lost, nothing starts twice. */
async function request(api: ApiClient, body: object): Promise<ScanAccepted> {
  const headers = { 'Idempotency-Key': randomUUID() };
  const send = () => api.post('/v1/security-scans', body, ScanAccepted, headers);
  try {
    return await send();
  } catch (error) {
    if (complaintOf(error).exitCode !== EXIT.unavailable) throw error;
    return await send();
  }
}

/** What is wrong with it is said here, with its lines: the API is given what was read, and knows of no lines. */
async function readManifest(file: string): Promise<unknown> {
  const checked = await readManifestFile(file);
  if (!('faults' in checked)) return checked.written;
  const [first, ...more] = checked.faults.map((fault) => faultLine(file, fault));
  const rest = more.length > 0 ? ` (and ${more.length} more: certus manifest check)` : '';
  throw new CommandError('manifest_invalid', EXIT.badData, `${first}${rest}`);
}
