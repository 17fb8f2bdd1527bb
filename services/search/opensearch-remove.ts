import type { Client } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import { answered, passes } from './opensearch-errors.ts';
import { type Form, formsOf } from './opensearch-forms.ts';
import type { Clause } from './opensearch-query.ts';
import { PATIENCE_MS, tries } from './patience.ts';

/**
 * Removes what matches wherever it is: also from an index that is to take the place of the one that serves, and from
 * those that have served, whose documents would come back with them.
 */
export async function removeDocuments(client: Client, alias: string, filter: Clause[]): Promise<number> {
  let removed = 0;
  const done = new Set<string>();
  for (
    let left = await others(client, alias, done);
    left.length > 0;
    left = await others(client, alias, done)
  ) {
    for (const { name } of left) {
      const gone = await removeFrom(client, name, filter);
      // the same documents lie in each
      removed = Math.max(removed, gone);
      done.add(name);
    }
  }
  return removed;
}

/** What is left when nothing of it serves any more counts as well. */
export async function countDocuments(client: Client, alias: string, filter: Clause[]): Promise<number> {
  for (const { name } of await inOrder(client, alias)) {
    const found = await countIn(client, name, filter);
    if (found > 0) return found;
  }
  return 0;
}

export async function countIn(client: Client, index: string, filter: Clause[] = []): Promise<number> {
  await answered(client.indices.refresh({ index }));
  const { body } = await answered(client.count({ index, body: { query: { bool: { filter } } } }));
  return body.count;
}

/** Looked up again afterwards: an index made meanwhile may have been filled before anything was removed. */
const others = async (client: Client, alias: string, done: ReadonlySet<string>): Promise<Form[]> =>
  (await inOrder(client, alias)).filter(({ name }) => !done.has(name));

/** The one that serves first: it says what there is. */
async function inOrder(client: Client, alias: string): Promise<Form[]> {
  const forms = await formsOf(client, alias);
  if (!forms.some(({ serving }) => serving))
    throw new CertusError('dependency_unavailable', 'OpenSearch has no index yet.');
  return forms.sort((a, b) => Number(b.serving) - Number(a.serving));
}

/** Few enough that a request ends in time, however many there are. */
const AT_ONCE = 5_000;
const MOST_CONFLICTS = 10;

async function removeFrom(client: Client, index: string, filter: Clause[]): Promise<number> {
  let removed = 0;
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; ) {
    const { deleted, conflicting } = await removeSome(client, index, filter);
    removed += deleted;
    // A document that was written again while it was being removed is still there.
    if (conflicting > 0) conflicts += 1;
    else if (deleted < AT_ONCE) return removed;
  }
  throw new CertusError(
    'dependency_unavailable',
    'OpenSearch could not remove documents that are being written.',
  );
}

type Removal = { readonly deleted: number; readonly conflicting: number };

/** While an index gives its place to another one, it lets nothing be removed for a moment. */
async function removeSome(client: Client, index: string, filter: Clause[]): Promise<Removal> {
  const request = {
    index,
    conflicts: 'proceed',
    refresh: true,
    max_docs: AT_ONCE,
    scroll_size: 1_000,
  } as const;
  let failure: unknown;
  for await (const _ of tries(PATIENCE_MS)) {
    try {
      // what has been written but cannot be found yet would be left
      await answered(client.indices.refresh({ index }));
      const { body } = await answered(
        client.deleteByQuery({
          ...request,
          wait_for_completion: true,
          body: { query: { bool: { filter } } },
        }),
      );
      if (!('deleted' in body)) break;
      if ((body.failures ?? []).length > 0)
        throw new CertusError('dependency_unavailable', 'OpenSearch could not remove every document.');
      return { deleted: body.deleted ?? 0, conflicting: body.version_conflicts ?? 0 };
    } catch (error) {
      if (!passes(error)) throw error;
      failure = error;
    }
  }
  throw failure ?? new CertusError('dependency_unavailable', 'OpenSearch does not say what it has removed.');
}
