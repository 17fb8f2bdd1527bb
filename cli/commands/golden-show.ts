import { z } from 'zod';
import { GoldenCopyView, type RetentionClass } from '../../contracts/retention.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type ListOptions = {
  readonly workspace: string;
  readonly class?: RetentionClass;
  readonly limit: number;
  readonly cursor?: string;
};

const Page = z.object({ copies: z.array(GoldenCopyView), next_cursor: z.string().nullable() });

export async function listGolden(
  { api, output }: Context,
  { workspace, class: wanted, limit, cursor }: ListOptions,
): Promise<ExitCode> {
  const parameters = { workspace_id: workspace, class: wanted, limit, cursor };
  const page = await api().get(`/v1/golden${query(parameters)}`, Page);
  output.result(page, () => {
    output.table(
      ['RUN', 'COMPONENT', 'STATE', 'FILES', 'PROMOTED', 'AUDITED', 'FOUND'],
      page.copies.map((copy) => [
        copy.test_id,
        copy.component_id,
        stateOf(copy),
        String(copy.files),
        copy.promoted_at,
        copy.audited_at ?? 'never',
        copy.drift.length > 0 ? `${copy.drift.length} changed` : '-',
      ]),
    );
    if (page.next_cursor !== null) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

export async function showGolden(
  { api, output }: Context,
  testId: string,
  { workspace }: { readonly workspace: string },
): Promise<ExitCode> {
  const path = `/v1/golden/${encodeURIComponent(testId)}${query({ workspace_id: workspace })}`;
  const copy = await api().get(path, GoldenCopyView);
  output.result(copy, () => {
    output.line(`${copy.test_id}  ${stateOf(copy)}`);
    output.line(`class     ${copy.class}, since ${copy.class_since}`);
    output.line(`golden    ${copy.golden_manifest}`);
    output.line(`bundle    sha256:${copy.bundle_digest}`);
    output.line(`promoted  ${copy.promoted_at}, ${copy.files} files, ${copy.bytes} bytes`);
    output.line(`audited   ${copy.audited_at ?? 'never'}`);
    const { legal_hold: hold, deletion } = copy;
    if (hold !== null) output.line(`on hold   since ${hold.since}, by ${hold.by}: ${hold.reason}`);
    if (deletion !== null)
      output.line(
        `deleted   ${deletion.at}, ${deletion.order_id ?? 'its time was over'}: ${deletion.reason}`,
      );
    for (const { code, path: where, message } of [...copy.drift, ...copy.notices])
      output.line(`${code}  ${where || '-'}  ${message}`);
  });
  return EXIT.ok;
}

/** What is in quarantine is shown to nobody, whatever its class. */
const stateOf = ({ quarantined, class: is, legal_hold }: GoldenCopyView): string =>
  `${quarantined ? 'quarantined' : is}${legal_hold === null ? '' : ', on hold'}`;
