import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const DIMENSION = 8;

/** Speaks as OpenAI does, and counts how often it has made a vector of each text. */
export async function startEmbeddingServer() {
  const made = new Map<string, number>();
  let most = Number.POSITIVE_INFINITY;
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const { input } = JSON.parse(await text(request)) as { input: string[] };
    while (made.size + input.length > most) await new Promise<void>((go) => waiting.add(go));
    if (response.destroyed) return; // nobody waits for it any more
    for (const one of input) made.set(one, (made.get(one) ?? 0) + 1);
    const data = input.map((one, index) => ({ index, embedding: vectorOf(one) }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const go = () => {
    for (const one of waiting) one();
    waiting.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    made: made as ReadonlyMap<string, number>,
    /** How many requests wait. */
    waiting: () => waiting.size,
    /** Answers until it has made so many, and then lets everybody wait. */
    stopAt: (count: number) => {
      most = count;
      go();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const vectorOf = (one: string): number[] =>
  [...createHash('sha256').update(one).digest().subarray(0, DIMENSION)].map((byte) => byte - 127.5);
