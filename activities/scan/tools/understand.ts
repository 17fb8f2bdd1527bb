import { CertusError } from '../../../contracts/errors.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { ExternalTool } from '../../../contracts/tools.ts';
import { unfinishedReason } from '../../../domain/finding/unfinished.ts';
import type { ToolDeclaration } from '../../../domain/tools/declaration.ts';
import type { InstalledTool } from '../../../services/tools/find-tool.ts';
import { incomplete, type Outcome } from './outcome.ts';
import type { ToolJob } from './tool-job.ts';

/** Reading a report is bounded like running the tool: its size and its shape are the hostile source's doing. */
export async function understood(
  id: ExternalTool,
  { means, tree, order, raw, input, signal }: ToolJob,
  { declaration, installed }: { readonly declaration: ToolDeclaration; readonly installed: InstalledTool },
  folder: string,
  report: Buffer,
  known: Partial<Outcome>,
): Promise<Outcome> {
  const { format, keep, path, mediaType } = declaration.report;
  const version = declaration.find.reportTells === true ? null : await installed.version();
  const timeout = AbortSignal.timeout(READING_MS);
  const exclude = order.config.exclude ?? [];
  const task = {
    tool: id,
    format,
    report,
    tree,
    writable: folder,
    keep,
    version,
    exclude,
  };
  const read = await means.threads
    .interpret(task, AbortSignal.any([signal, timeout]))
    .catch((error: unknown) => {
      if (timeout.aborted && !signal.aborted)
        throw new CertusError('tool_failed', 'its report could not be read within 5 minutes');
      throw error;
    });
  const unfinished = unfinishedReason(read.notices);
  await raw.put(`${rawPrefix(input.scope, input.testId)}${path}`, read.report, { contentType: mediaType });
  return {
    ...incomplete('failed', '', known),
    // what it has found counts all the same
    outcome: unfinished === undefined ? 'completed' : 'failed',
    reason: unfinished ?? null,
    version: read.version ?? (await installed.version()),
    findings: read.findings,
    files: [{ path, mediaType }],
    notices: [...(known.notices ?? []), ...read.notices],
  };
}

const READING_MS = 5 * 60_000;
