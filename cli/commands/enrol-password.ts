import { PasswordView } from '../../contracts/enrolment.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** Shown once, and here only: the server keeps a digest. */
export async function enrolPassword(
  { api, output }: Context,
  { minutes }: { readonly minutes: string },
): Promise<ExitCode> {
  if (!/^[1-9]\d{0,5}$/.test(minutes))
    throw new CommandError('usage', EXIT.usage, '--minutes takes a whole number');
  const body = { environment: 'production', ttl_minutes: Number(minutes) };
  const view = await api().post('/v1/enrolment/passwords', body, PasswordView);
  output.result(view, () => {
    output.line(view.password);
    output.note(`for one enrolment, until ${view.expires_at}; it is not shown again`);
    if (view.order_id !== undefined) output.note(`it can be used once the order ${view.order_id} is done`);
  });
  return EXIT.ok;
}
