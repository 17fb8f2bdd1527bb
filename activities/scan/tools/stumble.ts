import type { ToolDeclaration } from '../../../domain/tools/declaration.ts';
import type { SandboxResult } from '../../../services/sandbox/sandbox.ts';
import type { TimeLimit } from './time-limit.ts';

/** Why a tool that has ended did not do its work; nothing when it did. */
export function stumble(
  { exitCode, exceeded }: SandboxResult,
  { exits, limits }: ToolDeclaration,
  limit: TimeLimit,
  heard: { readonly last: string; readonly confession: string },
): { outcome: 'timed_out' | 'failed'; reason: string } | undefined {
  const failed = (reason: string) => ({ outcome: 'failed' as const, reason });
  if (exceeded === 'time') return { outcome: 'timed_out', reason: limit.reason };
  if (exceeded === 'memory') return failed(`it used more than ${limits.memoryMb} MiB of memory`);
  if (exceeded === 'processes') return failed(`it started more than ${limits.processes} processes`);
  if (exceeded === 'files') return failed(`it wrote more than ${limits.fileMb} MiB`);
  if (exceeded === 'output') return failed(`it printed more than ${limits.outputMb} MiB`);
  if (exitCode !== null && [...exits.clean, ...exits.findings].includes(exitCode))
    return heard.confession === '' ? undefined : failed(`it says: ${heard.confession.slice(0, 300)}`);
  const end = exitCode === null ? 'it was ended by a signal' : `it ended with exit code ${exitCode}`;
  return failed(heard.last === '' ? end : `${end}: ${heard.last.slice(0, 300)}`);
}
