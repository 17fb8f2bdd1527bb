import pMap from 'p-map';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { z } from 'zod';
import {
  type Advisory,
  AdvisoryId,
  advisoriesOf,
  advisoryKey,
  baseEcosystem,
  OsvRecord,
} from '../../contracts/advisory.ts';
import { type Asking, exchangeJson, unavailable } from './exchange-json.ts';
import type { AdvisorySource, PackageQuery } from './source.ts';

type Options = Pick<Asking, 'wait'> & { readonly now?: () => Date; readonly dispatcher?: Dispatcher };

/** Asks a service that speaks OSV's protocol. It is told names and versions of packages, and nothing else. */
export const onlineAdvisories = (address: string, options: Options = {}): AdvisorySource => ({
  lookUp: async (queries) => {
    const dispatcher = options.dispatcher ?? new EnvHttpProxyAgent();
    try {
      const service = { base: new URL(address), dispatcher, wait: options.wait };
      const ids = await matching(service, queries);
      const unique = [...new Set(ids.flat())];
      if (unique.length > MAX_RECORDS)
        throw unavailable(service.base, `it names more than ${MAX_RECORDS} advisories`);
      const records = new Map<string, OsvRecord>();
      await pMap(unique, async (id) => void records.set(id, await record(service, id)), { concurrency: 8 });
      const advisories = queries.map((query, at) =>
        (ids[at] ?? []).flatMap((id) => about(query, records.get(id))),
      );
      const now = (options.now ?? (() => new Date()))();
      return {
        advisories,
        isMatched: true,
        data: { name: `OSV service at ${service.base.host}`, updated_at: now.toISOString() },
        notices: [],
      };
    } finally {
      if (options.dispatcher === undefined) await dispatcher.destroy();
    }
  },
});

type Service = { readonly base: URL; readonly dispatcher: Dispatcher; readonly wait: Asking['wait'] };

const BATCH = 1_000;
const MAX_PAGES = 100;
const MAX_RECORDS = 20_000;
const MAX_BATCH_BYTES = 64 * 1024 * 1024;
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

const BatchAnswer = z.object({
  results: z.array(
    z
      .object({
        vulns: z.array(z.object({ id: AdvisoryId })).nullish(),
        next_page_token: z.string().max(4096).nullish(),
      })
      .nullable(),
  ),
});

type Waiting = { readonly at: number; readonly token: string | null };

/** The ids for each query. A query whose answer has further pages is asked again, together with others of its kind. */
async function matching(service: Service, queries: readonly PackageQuery[]): Promise<string[][]> {
  const found: string[][] = queries.map(() => []);
  let waiting: Waiting[] = queries.map((_, at) => ({ at, token: null }));
  for (let page = 1; waiting.length > 0; page += 1) {
    if (page > MAX_PAGES) throw unavailable(service.base, 'its answers have no end');
    const next: Waiting[] = [];
    for (let from = 0; from < waiting.length; from += BATCH) {
      const batch = waiting.slice(from, from + BATCH);
      const results = await askBatch(service, batch, queries);
      for (const [index, { at }] of batch.entries()) {
        found[at]?.push(...(results[index]?.vulns ?? []).map(({ id }) => id));
        const token = results[index]?.next_page_token;
        if (token) next.push({ at, token });
      }
    }
    waiting = next;
  }
  return found;
}

async function askBatch(service: Service, batch: readonly Waiting[], queries: readonly PackageQuery[]) {
  const url = addressOf(service, 'v1/querybatch');
  const body = {
    queries: batch.map(({ at, token }) => {
      const { ecosystem, name, version } = queries[at] as PackageQuery;
      return { package: { ecosystem, name }, version, ...(token === null ? {} : { page_token: token }) };
    }),
  };
  const answer = BatchAnswer.safeParse(await exchangeJson(url, asking(service, MAX_BATCH_BYTES, body)));
  // With one result too few, every one after it would be taken for another package's.
  if (!answer.success || answer.data.results.length !== batch.length)
    throw unavailable(url, 'its answer is not as OSV answers');
  return answer.data.results;
}

async function record(service: Service, id: string): Promise<OsvRecord> {
  const url = addressOf(service, `v1/vulns/${encodeURIComponent(id)}`);
  const answer = OsvRecord.safeParse(await exchangeJson(url, asking(service, MAX_RECORD_BYTES)));
  if (!answer.success) throw unavailable(url, 'its answer is no advisory');
  return answer.data;
}

/** Below whatever path the service has. */
function addressOf({ base }: Service, path: string): URL {
  return new URL(path, base.href.endsWith('/') ? base : `${base.href}/`);
}

function asking({ dispatcher, wait }: Service, maxBytes: number, body?: unknown): Asking {
  return {
    dispatcher,
    maxBytes,
    ...(body === undefined ? {} : { body }),
    ...(wait === undefined ? {} : { wait }),
  };
}

/** The part of a record that the service found to speak of the package; none when it was withdrawn. */
function about({ ecosystem, name }: PackageQuery, found: OsvRecord | undefined): Advisory[] {
  if (found === undefined) return [];
  const advisory = advisoriesOf(found, baseEcosystem(ecosystem)).get(advisoryKey(ecosystem, name));
  return advisory === undefined ? [] : [advisory];
}
