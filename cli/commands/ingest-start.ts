import { openAsBlob } from 'node:fs';
import { basename, resolve } from 'node:path';
import { IndexAnswer } from '../../contracts/index-routes.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { drawIngestion, followIngestion, ingestionCode } from '../follow-ingestion.ts';
import { query } from '../query.ts';
import { found } from '../read-bounded.ts';

export type Common = {
  readonly workspace: string;
  readonly label?: readonly string[];
  readonly component?: string;
  readonly wait?: boolean;
};

const owned = ({ label, component }: Common) => ({ labels: label ?? [], component_id: component });
const indexPath = (workspace: string, way: string): string =>
  `/v1/${encodeURIComponent(workspace)}/index${way}`;

export async function ingestFile(
  context: Context,
  path: string,
  options: Common & { readonly format?: string },
): Promise<ExitCode> {
  const { label, component, format, workspace } = options;
  const file = resolve(context.workingDirectory, path);
  const api = context.api();
  const parameters = { filename: basename(file), labels: label, component_id: component };
  const way = format === undefined ? '' : '/security';
  const content = await found(path, openAsBlob(file));
  const named = format === undefined ? parameters : { ...parameters, format };
  return ended(
    context,
    api,
    options,
    await api.upload(`${indexPath(workspace, way)}${query(named)}`, content, IndexAnswer),
  );
}

export async function ingestGit(
  context: Context,
  url: string,
  options: Common & {
    readonly branch?: string;
    readonly include?: readonly string[];
    readonly exclude?: readonly string[];
    readonly history?: string;
  },
): Promise<ExitCode> {
  const { branch, include, exclude, history } = options;
  return posted(context, '/git', options, {
    repo_url: url,
    branch,
    include_globs: include,
    exclude_globs: exclude,
    history: history === undefined ? undefined : Number(history),
  });
}

export const ingestWeb = (
  context: Context,
  urls: readonly string[],
  options: Common & { readonly render?: boolean },
): Promise<ExitCode> => posted(context, '/web', options, { urls, render: options.render });

export const ingestCrawl = (
  context: Context,
  urls: readonly string[],
  options: Common & {
    readonly domain?: readonly string[];
    readonly allow?: readonly string[];
    readonly deny?: readonly string[];
    readonly maxPages?: string;
    readonly maxDepth?: string;
    readonly render?: boolean;
  },
): Promise<ExitCode> => {
  const { domain, allow, deny, maxPages, maxDepth, render } = options;
  return posted(context, '/web/crawl', options, {
    seed_urls: urls,
    allowed_domains: domain,
    allow_patterns: allow,
    deny_patterns: deny,
    max_pages: maxPages === undefined ? undefined : Number(maxPages),
    max_depth: maxDepth === undefined ? undefined : Number(maxDepth),
    render,
  });
};

export const ingestS3 = (
  context: Context,
  bucket: string,
  prefix: string | undefined,
  options: Common,
): Promise<ExitCode> => posted(context, '/s3', options, { bucket_name: bucket, prefix });

async function posted(context: Context, way: string, options: Common, body: object): Promise<ExitCode> {
  const api = context.api();
  const answer = await api.post(
    indexPath(options.workspace, way),
    { ...body, ...owned(options) },
    IndexAnswer,
  );
  return ended(context, api, options, answer);
}

/** Followed to its end unless nobody wants to wait: then its id is printed. */
export async function ended(
  { output }: Context,
  api: ApiClient,
  { workspace, wait = true }: Common,
  { ingestion_id }: Pick<IndexAnswer, 'ingestion_id'>,
): Promise<ExitCode> {
  if (!wait) {
    output.result({ ingestion_id }, () => output.line(ingestion_id));
    return 0;
  }
  const view = await followIngestion(api, workspace, ingestion_id, output.note);
  output.result(view, () => drawIngestion(output, view));
  return ingestionCode(view);
}
