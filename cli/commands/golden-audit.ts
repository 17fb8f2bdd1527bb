import { setTimeout as pause } from 'node:timers/promises';
import { AuditView } from '../../contracts/retention.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

type Options = { readonly workspace?: string; readonly sample?: string };

const ASK_AGAIN_MS = 2000;

/** Stays until it is known; that something has changed is told by the exit code. */
export async function auditGolden(
  { api: connect, output }: Context,
  { workspace, sample }: Options,
): Promise<ExitCode> {
  const api = connect();
  const asked = { workspace_id: workspace, ...(sample === undefined ? {} : { sample: partOf(sample) }) };
  let audit = await api.post('/v1/audits/golden', asked, AuditView);
  if (audit.state === 'running') output.note(`reading: ${audit.audit_id}`);
  while (audit.state === 'running') {
    await pause(ASK_AGAIN_MS);
    audit = await api.get(`/v1/audits/golden/${audit.audit_id}`, AuditView);
  }
  const ended = audit;
  output.result(ended, () => {
    const rows = [...ended.drift, ...ended.notices].map(({ test_id, code, path, message }) => [
      test_id,
      code,
      path || '-',
      message,
    ]);
    if (rows.length > 0) output.table(['RUN', 'WHAT', 'WHERE', 'WHY'], rows);
    output.line(`${ended.checked} looked at, ${ended.drifted} not as promoted`);
    if (ended.state === 'failed') output.line('the audit did not come to its end');
  });
  if (ended.drifted > 0) return EXIT.gateFailed;
  return ended.state === 'failed' ? EXIT.runFailed : EXIT.ok;
}

function partOf(text: string): number {
  const part = Number(text);
  if (!(part > 0 && part <= 1))
    throw new CommandError('usage', EXIT.usage, '--sample is a part, above 0 and up to 1');
  return part;
}
