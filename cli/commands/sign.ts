import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../../contracts/keys.ts';
import { MAX_CONTENT_BYTES, MAX_SIGN_ITEMS, SignatureSet } from '../../contracts/signing.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.ts';
import { query } from '../query.ts';
import { batches } from './sign-batches.ts';

export type SignOptions = {
  readonly workspace: string;
  readonly statement?: true;
  readonly environment?: Environment;
  readonly certificate?: true;
  readonly keyless?: true;
  readonly bundle?: string;
};

type Job = { readonly file: string; readonly target: string; readonly item: object; readonly bytes: number };
type Signed = {
  readonly file: string;
  readonly bundle: string;
  readonly key_id: string;
  readonly entry_id: string;
};

/** Signs files, as many at a time as one request takes. Where a bundle would take another file's place, nothing is asked. */
export async function sign(
  context: Context,
  files: readonly string[],
  options: SignOptions,
): Promise<ExitCode> {
  if (options.bundle !== undefined && files.length > 1)
    throw new CommandError('usage', EXIT.usage, '--bundle names the bundle of a single file');
  const jobs = await Promise.all(files.map((file) => jobOf(context, file, options)));
  const api = context.api();
  const done: Signed[] = [];
  for (const batch of batches(jobs, { items: MAX_SIGN_ITEMS, bytes: MAX_CONTENT_BYTES })) {
    const set = await signatures(api, options, requestOf(context, batch, options));
    for (const [at, job] of batch.entries()) done.push(await save(job, set, at, options));
  }
  context.output.result({ signed: done }, () =>
    context.output.table(
      ['FILE', 'BUNDLE', 'KEY', 'LOG ENTRY'],
      done.map(({ file, bundle, key_id, entry_id }) => [file, bundle, key_id, entry_id]),
    ),
  );
  return EXIT.ok;
}

async function jobOf({ workingDirectory }: Context, file: string, options: SignOptions): Promise<Job> {
  const path = resolve(workingDirectory, file);
  const target = resolve(workingDirectory, options.bundle ?? `${file}.sigstore.json`);
  if (options.bundle === undefined && (await isThere(target)))
    throw new CommandError(
      'file_exists',
      EXIT.usage,
      `${target} is there already: choose a file with --bundle`,
    );
  const content = await contentOf(path);
  const item = options.statement
    ? { statement: statementIn(content, path) }
    : { artifact: content.toString('base64'), name: basename(path) };
  return { file, target, item, bytes: content.length };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function contentOf(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > MAX_CONTENT_BYTES)
      throw new CommandError(
        'file_too_large',
        EXIT.badData,
        `${path} is larger than ${MAX_CONTENT_BYTES} bytes: sign a statement about it`,
      );
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof CommandError) throw error;
    const exit = code === 'ENOENT' ? EXIT.notFound : EXIT.badData;
    throw new CommandError('file_unreadable', exit, `cannot use ${path}: ${message}`, error);
  }
}

function statementIn(content: Buffer, path: string): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError('not_json', EXIT.badData, `${path} is not JSON`, error);
  }
}

function requestOf({ environment }: Context, batch: readonly Job[], options: SignOptions): object {
  return {
    workspace_id: options.workspace,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.certificate ? { mode: 'certificate' } : {}),
    ...(options.keyless ? { mode: 'keyless', identity_token: tokenIn(environment) } : {}),
    items: batch.map(({ item }) => item),
  };
}

/** From the environment, where other tools of Sigstore look too: a command line is read by everybody on the machine. */
function tokenIn({ SIGSTORE_ID_TOKEN: token }: NodeJS.ProcessEnv): string {
  if (token) return token;
  throw new CommandError(
    'no_identity_token',
    EXIT.configuration,
    'set SIGSTORE_ID_TOKEN to sign without a key',
  );
}

const PATIENCE_MS = 120_000;

/** Trust may be away: what was asked for is waited for a while, and found again under its id after that. */
async function signatures(
  api: ApiClient,
  { workspace }: SignOptions,
  request: object,
): Promise<SignatureSet> {
  let set = await api.post('/v1/sign', request, SignatureSet);
  for (const until = Date.now() + PATIENCE_MS; set.status === 'pending' && Date.now() < until; ) {
    await pause(1000);
    set = await api.get(
      `/v1/signatures/${set.signature_id}${query({ workspace_id: workspace })}`,
      SignatureSet,
    );
  }
  if (set.status === 'done') return set;
  if (set.status === 'failed')
    throw new CommandError(
      set.code ?? 'internal_error',
      set.code === null ? EXIT.internal : exitCodeOf(set.code),
      set.message ?? 'it was not signed',
    );
  throw new CommandError(
    'dependency_unavailable',
    EXIT.unavailable,
    `not signed yet; it goes on as ${set.signature_id}`,
  );
}

async function save(
  { file, target }: Job,
  set: SignatureSet,
  at: number,
  options: SignOptions,
): Promise<Signed> {
  const bundle = set.bundles[at];
  const signature = set.signatures[at];
  if (bundle === undefined || signature === undefined)
    throw new CommandError('internal_error', EXIT.internal, `the answer has no bundle for ${file}`);
  try {
    await writeFile(target, `${JSON.stringify(bundle)}\n`, {
      flag: options.bundle === undefined ? 'wx' : 'w',
    });
  } catch (error) {
    throw new CommandError(
      'cannot_write',
      EXIT.notAllowed,
      `cannot write ${target}: ${(error as Error).message}`,
      error,
    );
  }
  return { file, bundle: target, key_id: signature.key_id, entry_id: signature.transparency_entry.uuid };
}
