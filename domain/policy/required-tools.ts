import type { Profile } from '../../contracts/manifest.ts';
import { toolRequests } from '../../contracts/tool-choice.ts';
import { hasLooked, type ToolRun } from '../../contracts/tool-run.ts';
import { oneLine } from '../text/one-line.ts';

/** What the gate cannot vouch for because somebody had to look and did not. */
export function missingTools(profile: Pick<Profile, 'tools'>, runs: readonly ToolRun[]): string[] {
  const missing = toolRequests(profile)
    .filter(({ required }) => required)
    .flatMap(({ id }) => {
      const run = runs.find(({ tool }) => tool === id);
      if (run === undefined) return [`required tool ${id} did not run`];
      return hasLooked(run) ? [] : [`required tool ${id} ${run.outcome}: ${why(run)}`];
    });
  // no findings because nobody looked is not the same as no findings
  const nobody =
    runs.length === 0 || (!runs.every(hasLooked) && runs.every(({ outcome }) => outcome !== 'completed'));
  return nobody ? [...missing, 'no tool completed: nothing was looked at'] : missing;
}

export const why = ({ reason }: Pick<ToolRun, 'reason'>): string =>
  reason === null ? 'no reason was given' : oneLine(reason, 300);
