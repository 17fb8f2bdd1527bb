import { CertusError } from '../../../contracts/errors.ts';
import type { Finding } from '../../../contracts/finding.ts';
import type { Notice } from '../../../contracts/scan.ts';
import type { Tool } from '../../../contracts/tools.ts';
import type { FindingDraft } from '../../../domain/finding/draft.ts';
import { fingerprinted } from '../../../domain/finding/fingerprint.ts';
import { readReport } from '../../../domain/finding/readers/read-report.ts';
import { toSarif } from '../../../domain/finding/sarif.ts';
import { unfinishedReason } from '../../../domain/finding/unfinished.ts';
import { maskReport } from '../../../domain/tools/mask-report.ts';
import { listFiles } from '../content-hash.ts';
import { sourceLines } from '../tools/source-lines.ts';
import { SCANNERS } from './all.ts';
import { excludes } from './source-files.ts';
import type { ReportTask, ScanTask, ThreadAnswer, ThreadResult } from './thread-tasks.ts';

// The entry of a thread: it is ended from outside when its time is up, and its memory is limited.

export const scan = ({ tool, context }: ScanTask): Promise<ThreadAnswer> =>
  answer(async () => {
    const scanner = await SCANNERS[tool]();
    const result = await scanner({ ...context, files: await listFiles(context.tree) });
    const findings = fingerprinted(result.drafts, { readLine: sourceLines(context.tree) });
    const { version, notices, documents, data, incomplete } = result;
    return {
      version,
      findings,
      notices,
      report: normalised(tool, version, findings, incomplete),
      documents,
      data,
      incomplete,
    };
  });

export const interpret = (task: ReportTask): Promise<ThreadAnswer> =>
  answer(async () => {
    const bytes = Buffer.from(task.report);
    const { drafts, problems, toolVersion } = readReport(task.format, bytes, {
      tool: task.tool,
      root: task.tree,
    });
    const { kept, notices } = withoutExcluded(drafts, task);
    const findings = fingerprinted(kept, { readLine: sourceLines(task.tree) });
    const version = task.version ?? toolVersion;
    const folders = [[task.tree, ''] as const, [task.writable, '~'] as const];
    return {
      version,
      findings,
      notices: [...problems, ...notices],
      report:
        task.keep === 'masked'
          ? maskReport(bytes, { folders })
          : normalised(task.tool, version, findings, unfinishedReason(problems)),
      documents: [],
      data: null,
    };
  });

/** The same for every tool, whatever it calls an exclusion itself, and with a word on what was left out. */
function withoutExcluded(
  drafts: readonly FindingDraft[],
  { tool, exclude }: ReportTask,
): { kept: FindingDraft[]; notices: Notice[] } {
  const isExcluded = excludes(exclude);
  const kept = drafts.filter(({ location }) => location === null || !isExcluded(location.path));
  const left = drafts.length - kept.length;
  if (left === 0) return { kept, notices: [] };
  const message = `the manifest leaves out ${left} findings of ${tool} by their paths`;
  return { kept, notices: [{ code: 'excluded', message }] };
}

function normalised(
  tool: Tool,
  version: string | null,
  findings: readonly Finding[],
  incomplete: string | undefined,
): Uint8Array {
  const outcome = incomplete === undefined ? 'completed' : 'failed';
  const run = { tool, version, outcome, reason: incomplete ?? null } as const;
  return Buffer.from(`${JSON.stringify(toSarif(findings, [run]), null, 2)}\n`);
}

/** Errors lose their class on the way out of a thread, and with it their code. */
async function answer(work: () => Promise<ThreadResult>): Promise<ThreadAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CertusError) return { failure: { code: error.code, message: error.message } };
    const message = error instanceof Error ? `${error.name}: ${error.message}` : 'something was thrown';
    return { failure: { code: 'tool_failed', message: message.slice(0, 500) } };
  }
}
