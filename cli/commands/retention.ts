import { resolve } from 'node:path';
import { z } from 'zod';
import { RetentionPolicy, RetentionView } from '../../contracts/retention.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseJson } from '../parse-json.ts';
import { readBounded } from '../read-bounded.ts';

type InWorkspace = { readonly workspace: string };

const Ordered = z.object({
  order_id: z.string(),
  workspace: z.string(),
  version: z.number().int().nullable(),
});
const Found = z.object({ in_force: RetentionView, versions: z.array(RetentionView) });
const pathOf = (workspace: string): string => `/v1/retention/${encodeURIComponent(workspace)}`;

export async function setRetention(
  context: Context,
  file: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const { api, output } = context;
  const policy = await readPolicy(context, file);
  const answer = await api().put(pathOf(workspace), { policy }, Ordered);
  output.result(answer, () => {
    if (answer.version === null)
      output.line(`ordered as ${answer.order_id}; Trust has not carried it out yet`);
    else output.line(`${answer.workspace} version ${answer.version}`);
  });
  return EXIT.ok;
}

export async function showRetention({ api, output }: Context, { workspace }: InWorkspace): Promise<ExitCode> {
  const found = await api().get(pathOf(workspace), Found);
  output.result(found, () => {
    const { in_force, versions } = found;
    const before = versions.filter(
      ({ workspace: place, version }) => place !== in_force.workspace || version !== in_force.version,
    );
    output.table(
      ['WORKSPACE', 'VERSION', 'NAME', 'HOT', 'DELETED AFTER', 'LOCKED', 'IN FORCE', 'SET BY', 'SET AT'],
      [row(in_force, 'yes'), ...before.map((view) => row(view, 'no'))],
    );
  });
  return EXIT.ok;
}

const row = ({ workspace, version, policy, set_by, set_at }: RetentionView, inForce: string): string[] => [
  workspace,
  version === 0 ? 'built in' : String(version),
  policy.name,
  policy.hot_days === null ? 'always' : `${policy.hot_days} days`,
  policy.delete_after_days === null ? 'never' : `${policy.delete_after_days} days`,
  policy.lock_days === null ? 'no' : `${policy.lock_days} days`,
  inForce,
  set_by ?? '-',
  set_at ?? '-',
];

const MAX_POLICY = 64 * 1024;

/** Held to its schema here already: what is wrong with it is told without a server. */
async function readPolicy({ workingDirectory }: Context, file: string): Promise<RetentionPolicy> {
  const text = await readBounded(resolve(workingDirectory, file), MAX_POLICY);
  const parsed = RetentionPolicy.safeParse(parseJson(text.toString('utf8')));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? file : first.path.join('.');
  throw new CommandError('policy_invalid', EXIT.badData, `${where}: ${first?.message ?? 'is no policy'}`);
}
