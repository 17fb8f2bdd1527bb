import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry } from '../../../services/registry/open-registry.ts';
import type { Registry } from '../../../services/registry/registry.ts';
import { keysBelow } from '../installation.ts';
import type { Whole } from './whole.ts';

/** Everything that was written where no personal data belongs, by where it was written. */
export async function writtenDown(whole: Whole): Promise<Readonly<Record<string, string>>> {
  const { workspace } = whole.scope;
  const [golden, raw, registry, database, histories] = await Promise.all([
    inBucket(whole.golden, `default/${workspace}/`),
    inBucket(whole.raw, `default/${workspace}/`),
    whole.variant === 'embedded' ? inFolder(join(whole.home, 'oci')) : inRegistry(whole),
    inDatabase(whole),
    inHistories(whole),
  ]);
  const logs = `${whole.workers.said()}\n${whole.apiSaid()}`;
  return { golden, raw, registry: unpacked(registry), database: unpacked(database), histories, logs };
}

async function inBucket(bucket: Whole['golden'], prefix: string): Promise<string> {
  const keys = await keysBelow(bucket, prefix);
  const texts = await Promise.all(
    keys.map(async (key) => `${key}\n${Buffer.from(await bucket.read(key, 2 ** 28)).toString('latin1')}`),
  );
  return unpacked(texts.join('\n'));
}

async function inFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

type Named = { readonly digest: string };

async function inRegistry({ scope, database }: Whole): Promise<string> {
  const registry = await openRegistry(process.env.CERTUS_REGISTRY_URL ?? '');
  const rows = await database.client.promotion.findMany({ where: scope });
  const texts: string[] = [];
  for (const component of new Set(rows.map(({ component: of }) => of))) {
    const repository = `certus/${scope.tenant}/${scope.workspace}/${component}`;
    for (const tag of await registry.tags(repository)) {
      const digest = await read(registry, repository, tag, texts);
      for (const referrer of await registry.referrers(repository, digest))
        await read(registry, repository, referrer.digest, texts);
    }
  }
  return texts.join('\n');
}

async function read(
  registry: Registry,
  repository: string,
  reference: string,
  into: string[],
): Promise<string> {
  const manifest = await registry.pullManifest(repository, reference);
  if (manifest === undefined) throw new Error(`${repository} does not hold ${reference}`);
  const text = Buffer.from(manifest.bytes).toString();
  const { config, layers } = JSON.parse(text) as { config: Named; layers: readonly Named[] };
  const blobs = await Promise.all(
    [config, ...layers].map((blob) => registry.pullBlob(repository, blob.digest)),
  );
  into.push(text, ...blobs.map((bytes) => Buffer.from(bytes).toString('latin1')));
  return manifest.digest;
}

/** Every row of every table: whom it would be in, nobody has to guess. */
async function inDatabase({ database: { client } }: Whole): Promise<string> {
  const tables = await client.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = current_schema()`;
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await client.$queryRawUnsafe<{ row: string }[]>(
      `select row_to_json(t)::text as row from "${name}" t`,
    );
    texts.push(
      ...rows.map(({ row }) => `${name} ${row.replaceAll(/\\\\x([0-9a-f]+)/g, (_, hex) => fromHex(hex))}`),
    );
  }
  return texts.join('\n');
}

const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1');

/** Of every workflow since the start, whatever was handed from step to step. */
async function inHistories({ client, startedAt }: Whole): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({
    query: `StartTime >= "${startedAt.toISOString()}"`,
  })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(`${workflowId} ${JSON.stringify(history, withBytes)}`);
  }
  return texts.join('\n');
}

function withBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const own = this[key];
  return own instanceof Uint8Array ? Buffer.from(own).toString() : value;
}

/** With everything in base64 readable as well: payloads of statements, bundles in bundles. */
function unpacked(text: string): string {
  const packed = [...text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)].map(([base64]) =>
    Buffer.from(base64, 'base64').toString('latin1'),
  );
  return packed.length === 0 ? text : `${text}\n${packed.join('\n')}`;
}
