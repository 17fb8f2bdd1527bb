import { TestId } from '../../contracts/identifiers.ts';
import { VerifyChainAnswer, VerifyChainRequest } from '../../contracts/provenance.ts';
import { chainAnswer } from '../../domain/provenance/chain-answer.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { gatherChain } from '../provenance/gather-chain.ts';
import { knownRun } from '../provenance/known-run.ts';
import { type Route, route } from '../route.ts';
import { answerExample, requestExamples } from './chain-examples.ts';
import { registryCopy } from './registry-copy.ts';

export function chainRoutes(deps: ApiDeps): Route[] {
  return [verifyChain(deps)];
}

const verifyChain = (deps: ApiDeps) =>
  route({
    method: 'post',
    path: '/v1/verify-chain',
    id: 'verifyChain',
    summary: 'Verify the chain of custody of a scan, or of documents',
    description:
      'Reads the bytes that are stored, golden where there is a copy, and checks each link with the keys that Trust believes ' +
      'in now. What the request says of signers and entries is only compared with that. `null` says that it could not be told. Files that the privacy gate has masked or withheld hold ' +
      'when a signed statement accounts for them; `sanitized` says how many they are.',
    tag: 'verification',
    auth: 'token',
    body: { schema: VerifyChainRequest.meta({ id: 'VerifyChainRequest' }), examples: requestExamples },
    answers: {
      200: {
        description: 'What was found, also when nothing holds.',
        schema: VerifyChainAnswer.meta({ id: 'VerifyChainAnswer' }),
        example: answerExample,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'bundle_invalid',
      'key_unusable',
      'log_damaged',
      'dependency_unavailable',
    ],
    handle: async ({ principal, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const run = await knownRun(deps, scope, runOf(body, scope));
      const facts = await gatherChain(deps, scope, run, new Date());
      return { status: 200, body: chainAnswer(facts, await registryCopy(deps.settings, facts), body) };
    },
  });

/** A location only names a run; where its bytes lie follows from that, and from nothing that a caller writes. */
function runOf(
  { scan_id, artifact_locations }: VerifyChainRequest,
  { tenant, workspace }: { readonly tenant: string; readonly workspace: string },
): string {
  const s3 = artifact_locations?.s3 ?? '';
  const registry = artifact_locations?.registry ?? '';
  const ours = `${tenant}/${workspace}`;
  const inStore = new RegExp(
    `(?:^|/)${ours}/(?:security-scans/(?=test_)|documents/(?=docs_))([a-z]+_[0-9a-f]+)(?:/|$)`,
  ).exec(s3);
  const inRegistry = new RegExp(`/${ours}/[a-z0-9-]+:((?:test|docs)_[0-9a-f]+)(?:@|$)`).exec(registry);
  const named = new Set([scan_id, inStore?.[1], inRegistry?.[1]].filter((id) => id !== undefined));
  const [only] = named;
  if (only === undefined || !TestId.safeParse(only).success)
    throw invalid([
      { path: 'scan_id', message: 'name a run, or a location of its evidence in this workspace' },
    ]);
  if (named.size > 1) throw invalid([{ path: 'artifact_locations', message: 'they name different runs' }]);
  return only;
}
