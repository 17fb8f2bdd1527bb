import { z } from 'zod';
import { IngestionView, SourceView } from '../../contracts/ingestion.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { type Common, ended } from './ingest-start.ts';

type InWorkspace = { readonly workspace: string };
const pathOf = (id: string): string => `/v1/sources/${encodeURIComponent(id)}`;

type Add = InWorkspace & {
  readonly label?: readonly string[];
  readonly git?: string;
  readonly crawl?: readonly string[];
  readonly web?: readonly string[];
  readonly s3?: string;
};

/** A source is one of a repository, pages, a site, or a bucket. */
export async function addSource(context: Context, name: string, options: Add): Promise<ExitCode> {
  const body = {
    workspace_id: options.workspace,
    name,
    source: sourceOf(options),
    labels: options.label ?? [],
  };
  return shown(context, await context.api().post('/v1/sources', body, SourceView));
}

function sourceOf({ git, crawl, web, s3 }: Add): object {
  const given = [
    ...(git === undefined ? [] : [{ kind: 'git', url: git }]),
    ...(crawl === undefined ? [] : [{ kind: 'web_crawl', seed_urls: crawl }]),
    ...(web === undefined ? [] : [{ kind: 'web', urls: web }]),
    ...(s3 === undefined
      ? []
      : [{ kind: 's3', bucket: s3.split('/')[0], prefix: s3.split('/').slice(1).join('/') }]),
  ];
  const [source, ...others] = given;
  if (source === undefined || others.length > 0)
    throw new CommandError('usage', EXIT.usage, 'give one of --git, --web, --crawl and --s3');
  return source;
}

const List = z.object({ sources: z.array(SourceView), next_cursor: z.string().nullable() });

export async function listSources(
  { api, output }: Context,
  { workspace, limit, cursor }: InWorkspace & { readonly limit: number; readonly cursor?: string },
): Promise<ExitCode> {
  const page = await api().get(`/v1/sources${query({ workspace_id: workspace, limit, cursor })}`, List);
  output.result(page, () => {
    output.table(COLUMNS, page.sources.map(row));
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

const COLUMNS = ['SOURCE', 'NAME', 'KIND', 'LOCATION', 'SCHEDULE', 'LAST'];

const row = ({ source_id, name, kind, location, schedule, last }: SourceView): string[] => [
  source_id,
  name,
  kind,
  location,
  schedule === null ? '-' : `${schedule.cron.join(' | ')}${schedule.paused ? ' (paused)' : ''}`,
  last === null ? '-' : `${last.state} ${last.started_at}`,
];

function shown({ output }: Context, source: SourceView): ExitCode {
  output.result(source, () => {
    output.table(COLUMNS, [row(source)]);
    for (const next of source.schedule?.next_runs ?? []) output.line(`  next ${next}`);
  });
  return EXIT.ok;
}

export const showSource = async (
  context: Context,
  id: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> =>
  shown(context, await context.api().get(`${pathOf(id)}${query({ workspace_id: workspace })}`, SourceView));

export async function runSource(context: Context, id: string, options: Common): Promise<ExitCode> {
  const api = context.api();
  const started = await api.post(`${pathOf(id)}/run`, { workspace_id: options.workspace }, IngestionView);
  return ended(context, api, options, started);
}

type Cadence = InWorkspace & {
  readonly cron: readonly string[];
  readonly timezone: string;
  readonly jitter: string;
  readonly overlap: string;
};

export async function scheduleSource(
  context: Context,
  id: string,
  { workspace, cron, timezone, jitter, overlap }: Cadence,
): Promise<ExitCode> {
  const body = { workspace_id: workspace, cron, timezone, jitter_seconds: Number(jitter), overlap };
  return shown(context, await context.api().put(`${pathOf(id)}/schedule`, body, SourceView));
}

const acting =
  (action: 'pause' | 'resume') =>
  async (context: Context, id: string, { workspace }: InWorkspace): Promise<ExitCode> =>
    shown(
      context,
      await context.api().post(`${pathOf(id)}/schedule/${action}`, { workspace_id: workspace }, SourceView),
    );

export const pauseSource = acting('pause');
export const resumeSource = acting('resume');

export async function backfillSource(
  context: Context,
  id: string,
  { workspace, from, to }: InWorkspace & { readonly from: string; readonly to: string },
): Promise<ExitCode> {
  const body = { workspace_id: workspace, from, to };
  return shown(context, await context.api().post(`${pathOf(id)}/schedule/backfill`, body, SourceView));
}

const Removed = z.object({ removed: z.number().int(), remaining: z.number().int() });

export async function removeSource(
  { api, output }: Context,
  id: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const gone = await api().removeAll(`${pathOf(id)}${query({ workspace_id: workspace })}`, Removed);
  output.result(gone, () =>
    output.line(`${id} is gone, and ${gone.removed} records of it; ${gone.remaining} are left`),
  );
  return gone.remaining === 0 ? EXIT.ok : EXIT.runFailed;
}

const Forgotten = z.object({ removed: z.number().int(), remaining: z.number().int(), dry_run: z.boolean() });

type Which = InWorkspace & {
  readonly ingestion?: string;
  readonly source?: string;
  readonly document?: string;
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
};

/** Exit 0 only when nothing of it is left. */
export async function forget({ api, output }: Context, which: Which): Promise<ExitCode> {
  const body = {
    workspace_id: which.workspace,
    ingestion_id: which.ingestion,
    source_id: which.source,
    document_id: which.document,
    captured_from: which.from,
    captured_to: which.to,
    dry_run: which.dryRun ?? false,
  };
  const answer = await api().post('/v1/index/forget', body, Forgotten);
  output.result(answer, () =>
    output.line(
      answer.dry_run
        ? `${answer.remaining} records would go`
        : `${answer.removed} records went, ${answer.remaining} are left`,
    ),
  );
  return answer.dry_run || answer.remaining === 0 ? EXIT.ok : EXIT.runFailed;
}
