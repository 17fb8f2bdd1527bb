import { z } from 'zod';
import { Finding } from '../../contracts/finding.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { Notice } from '../../contracts/scan.ts';
import { ToolRun } from '../../contracts/tool-run.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';

/** A file that a tool left for the bundle; it lies in the run's raw prefix already, under its final path. */
export const ToolFile = z.object({ path: z.string(), mediaType: z.string() });
export type ToolFile = z.infer<typeof ToolFile>;

/** What a tool found, kept beside the bundle until that is composed: results travel by reference, not through history. */
export const ToolResult = z.object({
  run: ToolRun,
  findings: z.array(Finding),
  files: z.array(ToolFile),
  notices: z.array(Notice),
});
export type ToolResult = z.infer<typeof ToolResult>;

const MAX_BYTES = 512 * 1024 * 1024;

const workPrefix = ({ tenant, workspace }: Scope, testId: string): string =>
  `${tenant}/${workspace}/security-scans/${testId}/work/`;

const key = (scope: Scope, testId: string, tool: string): string =>
  `${workPrefix(scope, testId)}${tool}.json`;

export async function writeToolResult(
  raw: Bucket,
  scope: Scope,
  testId: string,
  result: ToolResult,
): Promise<void> {
  await raw.put(key(scope, testId, result.run.tool), Buffer.from(JSON.stringify(result)), {
    contentType: 'application/json',
  });
}

export async function readToolResult(
  raw: ReadableBucket,
  scope: Scope,
  testId: string,
  tool: string,
): Promise<ToolResult> {
  const bytes = await raw.read(key(scope, testId, tool), MAX_BYTES);
  return ToolResult.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

export async function removeToolResults(raw: Bucket, scope: Scope, testId: string): Promise<void> {
  const left: string[] = [];
  for await (const { key: found } of raw.list(workPrefix(scope, testId))) left.push(found);
  for (const found of left) await raw.remove(found);
}
