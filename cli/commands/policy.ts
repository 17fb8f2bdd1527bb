import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  PolicyEvaluation,
  type PolicyView,
  TrustPolicy,
  WorkspacePolicies,
} from '../../contracts/trust-policy.ts';
import { requireUsablePolicy } from '../../domain/permit/check-policy.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseJson } from '../parse-json.ts';

type InWorkspace = { readonly workspace: string };

const Ordered = z.object({
  order_id: z.string(),
  workspace: z.string(),
  version: z.number().int().nullable(),
});

const setting =
  (mode: 'enforced' | 'shadow') =>
  async (context: Context, file: string, { workspace }: InWorkspace): Promise<ExitCode> => {
    const { api, output } = context;
    const policy = await readPolicy(context, file);
    const path = `/v1/policies/${encodeURIComponent(workspace)}`;
    const answer = await api().put(path, { mode, policy }, Ordered);
    output.result(answer, () => {
      if (answer.version === null)
        output.line(`ordered as ${answer.order_id}; Trust has not carried it out yet`);
      else output.line(`${answer.workspace} version ${answer.version}, ${mode}`);
    });
    return EXIT.ok;
  };

export const setPolicy = setting('enforced');
export const shadowPolicy = setting('shadow');

export async function showPolicies({ api, output }: Context, { workspace }: InWorkspace): Promise<ExitCode> {
  const found = await api().get(`/v1/policies/${encodeURIComponent(workspace)}`, WorkspacePolicies);
  output.result(found, () => {
    const inForce = [found.enforced, ...(found.shadow === null ? [] : [found.shadow])];
    const before = found.versions.filter(({ digest, version }) =>
      inForce.every((view) => view.digest !== digest || view.version !== version),
    );
    output.table(
      ['WORKSPACE', 'VERSION', 'MODE', 'NAME', 'IN FORCE', 'SET BY', 'SET AT'],
      [...inForce.map((view) => row(view, 'yes')), ...before.map((view) => row(view, 'no'))],
    );
  });
  return EXIT.ok;
}

const row = (view: PolicyView, inForce: string): string[] => [
  view.workspace,
  view.version === 0 ? 'built in' : String(view.version),
  view.mode,
  view.policy.name,
  inForce,
  view.set_by ?? '-',
  view.set_at ?? '-',
];

type Evaluation = InWorkspace & { readonly component?: string; readonly limit: number };

/** A policy that would have kept back what went out is told by the exit code: a pipeline can ask before it sets one. */
export async function evaluatePolicy(
  context: Context,
  file: string,
  { workspace, component, limit }: Evaluation,
): Promise<ExitCode> {
  const { api, output } = context;
  const policy = await readPolicy(context, file);
  const body = { workspace_id: workspace, policy, component_id: component, limit };
  const answer = await api().post('/v1/policies/eval', body, PolicyEvaluation);
  output.result(answer, () => {
    output.table(
      ['SCAN', 'COMPONENT', 'DECIDED', 'WOULD BE', 'WHY'],
      answer.bundles.map(({ test_id, component_id, decided, would_be }) => [
        test_id,
        component_id ?? '-',
        said(decided) + (decided.bypassed ? ' (bypassed)' : ''),
        said(would_be),
        would_be.violations.map(({ message }) => message).join('; ') || '-',
      ]),
    );
    output.line(`${answer.evaluated} decisions, ${answer.changed} would be otherwise`);
  });
  const stricter = answer.bundles.some(({ decided, would_be }) => decided.permitted && !would_be.permitted);
  return stricter ? EXIT.gateFailed : EXIT.ok;
}

const said = ({ permitted, reason }: { permitted: boolean; reason: string | null }): string =>
  permitted ? 'permitted' : (reason ?? 'denied');

const MAX_POLICY = 1024 * 1024;

/** Held to its schema here already: what is wrong with it is told without a server. */
async function readPolicy({ workingDirectory }: Context, file: string): Promise<TrustPolicy> {
  const text = await read(resolve(workingDirectory, file), file);
  const parsed = TrustPolicy.safeParse(parseJson(text));
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const where = first === undefined || first.path.length === 0 ? file : first.path.join('.');
    throw new CommandError('policy_invalid', EXIT.badData, `${where}: ${first?.message ?? 'is no policy'}`);
  }
  requireUsablePolicy(parsed.data);
  return parsed.data;
}

async function read(path: string, file: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_POLICY)
      throw new CommandError('policy_invalid', EXIT.badData, `${file} is larger than a policy can be`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const exit = code === 'ENOENT' ? EXIT.notFound : EXIT.badData;
    throw new CommandError('policy_unreadable', exit, `cannot use ${file}: ${message}`, error);
  }
}
