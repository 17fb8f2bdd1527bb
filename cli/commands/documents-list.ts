import { DocumentPage } from '../../contracts/uploads.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = {
  readonly workspace: string;
  readonly prefix?: string;
  readonly limit: number;
  readonly cursor?: string;
};

export async function listDocuments(
  { api, output }: Context,
  { workspace, prefix, limit, cursor }: Options,
): Promise<ExitCode> {
  const parameters = { workspace_id: workspace, prefix, limit, cursor };
  const page = await api().get(`/v1/documents${query(parameters)}`, DocumentPage);
  output.result(page, () => {
    output.table(
      ['NAME', 'SIZE', 'TYPE', 'UPLOADED'],
      page.documents.map(({ name, size, media_type, uploaded_at }) => [
        name,
        String(size),
        media_type,
        uploaded_at,
      ]),
    );
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}
