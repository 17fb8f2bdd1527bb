import { z } from 'zod';
import { FailedItem, IngestionView } from '../../contracts/ingestion.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { drawIngestion, ingestionCode, ingestionPath } from '../follow-ingestion.ts';
import { query } from '../query.ts';
import { type Common, ended } from './ingest-start.ts';

type Page = { readonly workspace: string; readonly limit: number; readonly cursor?: string };

const List = z.object({ ingestions: z.array(IngestionView), next_cursor: z.string().nullable() });

export async function listIngestions(
  { api, output }: Context,
  { workspace, limit, cursor, state }: Page & { readonly state?: string },
): Promise<ExitCode> {
  const parameters = { workspace_id: workspace, state, limit, cursor };
  const page = await api().get(`/v1/ingestions${query(parameters)}`, List);
  output.result(page, () => {
    output.table(
      ['INGESTION', 'SOURCE', 'STATE', 'INDEXED', 'UNCHANGED', 'NOT READ', 'STARTED'],
      page.ingestions.map((each) => [
        each.ingestion_id,
        `${each.source} ${each.source_location}`,
        each.state,
        String(each.done),
        String(each.skipped),
        String(each.failed),
        each.started_at,
      ]),
    );
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

export async function showIngestion(
  { api, output }: Context,
  id: string,
  { workspace }: Pick<Page, 'workspace'>,
): Promise<ExitCode> {
  const view = await api().get(`${ingestionPath(id)}${query({ workspace_id: workspace })}`, IngestionView);
  output.result(view, () => drawIngestion(output, view));
  return ingestionCode(view);
}

const Failed = z.object({ items: z.array(FailedItem), next_cursor: z.string().nullable() });

export async function failedItems(
  { api, output }: Context,
  id: string,
  { workspace, limit, cursor }: Page,
): Promise<ExitCode> {
  const parameters = { workspace_id: workspace, limit, cursor };
  const page = await api().get(`${ingestionPath(id)}/failed${query(parameters)}`, Failed);
  output.result(page, () => {
    output.table(
      ['ITEM', 'CODE', 'WHY', 'TRIES'],
      page.items.map(({ key, code, message, tries }) => [key, code, message, String(tries)]),
    );
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

const acting =
  (action: 'pause' | 'resume' | 'cancel') =>
  async ({ api, output }: Context, id: string, { workspace }: Pick<Page, 'workspace'>): Promise<ExitCode> => {
    const view = await api().post(
      `${ingestionPath(id)}/${action}`,
      { workspace_id: workspace },
      IngestionView,
    );
    output.result(view, () => output.line(`${id} was told to ${action}`));
    return EXIT.ok;
  };

export const pauseIngestion = acting('pause');
export const resumeIngestion = acting('resume');
export const cancelIngestion = acting('cancel');

export async function replayIngestion(context: Context, id: string, options: Common): Promise<ExitCode> {
  const api = context.api();
  const body = { workspace_id: options.workspace };
  const started = await api.post(`${ingestionPath(id)}/replay`, body, IngestionView);
  return ended(context, api, options, started);
}
