import { TriageList } from '../../contracts/finding-list.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

type Options = {
  readonly workspace: string;
  readonly state: string;
  readonly reason: string;
  readonly until?: string;
  readonly actor?: string;
};

export async function triage(
  { api, output }: Context,
  component: string,
  fingerprints: readonly string[],
  { workspace, state, reason, until, actor }: Options,
): Promise<ExitCode> {
  const body = {
    workspace_id: workspace,
    component_id: component,
    fingerprints,
    state,
    reason,
    until,
    actor,
  };
  const { decisions } = await api().post('/v1/triage', body, TriageList);
  output.result({ decisions }, () => {
    for (const decision of decisions) output.line(`${decision.fingerprint}  ${decision.state}`);
    output.note('in force from the next scan on');
  });
  return EXIT.ok;
}
