import { Client } from '@opensearch-project/opensearch';
import { openOpenSearchIndex } from '../../services/search/opensearch-index.ts';
import { clock } from '../alternate.ts';
import { sendBare } from '../bare/bulk.ts';

const PAGE = 500;

/** Whole requests of everything that an ingestion has put into the index, made before anything is measured. */
export async function requestsOf(url: string, alias: string, workspace: string): Promise<string[]> {
  const client = new Client({ node: url });
  const requests: string[] = [];
  try {
    for (let after: unknown[] | undefined; ; ) {
      const { body } = await client.search({
        index: alias,
        body: {
          size: PAGE,
          query: { bool: { filter: [{ term: { workspace } }] } },
          sort: [{ id: 'asc' }],
          ...(after === undefined ? {} : { search_after: after as string[] }),
        },
      });
      const { hits } = body.hits;
      if (hits.length === 0) return requests;
      after = hits.at(-1)?.sort;
      requests.push(
        hits
          .map(({ _id, _source }) => `${JSON.stringify({ index: { _id } })}\n${JSON.stringify(_source)}\n`)
          .join(''),
      );
    }
  } finally {
    await client.close();
  }
}

/** Seconds that an OpenSearch takes which is only sent them, into an index of the same form. */
export async function sendAll(url: string, requests: readonly string[]): Promise<number> {
  const client = new Client({ node: url });
  const alias = `bench-${process.hrtime.bigint()}`;
  const index = openOpenSearchIndex({ url, alias });
  try {
    await index.ensure();
    // an index that nobody searches is not made searchable every second, and the other one was searched
    await client.search({ index: alias, body: { size: 0 } });
    const milliseconds = await clock(async () => {
      await sendBare(url, alias, requests);
      await index.refresh();
    });
    await client.indices.delete({ index: `${alias}-*` });
    return milliseconds / 1000;
  } finally {
    await index.close();
    await client.close();
  }
}
