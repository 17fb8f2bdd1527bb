import { setTimeout as pause } from 'node:timers/promises';
import { IndexStatusView } from '../../contracts/reindex.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const ROUTE = '/v1/admin/reindex';
const ASK_AGAIN_MS = 1_000;

export async function indexStatus({ api, output }: Context): Promise<ExitCode> {
  return told(output, await api().get(ROUTE, IndexStatusView));
}

type Options = { readonly anew?: boolean; readonly dropKept?: boolean; readonly wait: boolean };

/** It does not need us: who stops waiting finds it with `status`. */
export async function reindex(
  { api: connect, output }: Context,
  { anew = false, dropKept = false, wait }: Options,
): Promise<ExitCode> {
  const api = connect();
  let status = await api.post(ROUTE, { anew, drop_kept: dropKept }, IndexStatusView);
  for (let said = -1; wait && status.run?.state === 'running'; ) {
    if (status.state === 'reindexing' && status.converted !== said)
      output.note(`${status.converted} of ${status.documents}`);
    said = status.converted;
    await pause(ASK_AGAIN_MS);
    status = await api.get(ROUTE, IndexStatusView);
  }
  return told(output, status);
}

function told(output: Context['output'], status: IndexStatusView): ExitCode {
  const { engine, index, version, wanted_version, state, converted, documents, kept, run } = status;
  output.result(status, () => {
    output.line(`${index} (${engine}), version ${version} of ${wanted_version}: ${state}`);
    output.line(`${converted} of ${documents} records have the form that is wanted`);
    if (kept.length > 0) output.line(`kept: ${kept.join(', ')}`);
    if (run?.state === 'failed')
      output.line(`reindexing failed: ${run.error === null ? 'it was ended' : run.error.message}`);
  });
  return run?.state === 'failed' ? EXIT.runFailed : EXIT.ok;
}
