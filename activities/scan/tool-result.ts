import { z } from 'zod';
import { Finding } from '../../contracts/finding.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { TOOLS, Tool } from '../../contracts/manifest.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';

/** What a tool found, kept beside the bundle until that is composed: results travel by reference, not through history. */
export const ToolResult = z.object({
  tool: Tool,
  version: z.string(),
  findings: z.array(Finding),
  binaryFiles: z.array(z.string()),
});
export type ToolResult = z.infer<typeof ToolResult>;

const MAX_BYTES = 256 * 1024 * 1024;

const key = ({ tenant, workspace }: Scope, testId: string, tool: Tool): string =>
  `${tenant}/${workspace}/security-scans/${testId}/work/${tool}.json`;

export async function writeToolResult(
  raw: Bucket,
  scope: Scope,
  testId: string,
  result: ToolResult,
): Promise<void> {
  await raw.put(key(scope, testId, result.tool), Buffer.from(JSON.stringify(result)), {
    contentType: 'application/json',
  });
}

export async function readToolResult(
  raw: ReadableBucket,
  scope: Scope,
  testId: string,
  tool: Tool,
): Promise<ToolResult> {
  const bytes = await raw.read(key(scope, testId, tool), MAX_BYTES);
  return ToolResult.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

export async function removeToolResults(raw: Bucket, scope: Scope, testId: string): Promise<void> {
  for (const tool of TOOLS) await raw.remove(key(scope, testId, tool));
}
