import { z } from 'zod';
import { CertusError } from '../../../contracts/errors.ts';
import type { IngestionSource } from '../../../contracts/ingestion.ts';
import { pageAddress } from '../../web/address.ts';
import type { Connector } from '../connector.ts';
import { readCursor } from '../cursor.ts';
import type { Reader } from '../deps.ts';
import { shown } from '../names.ts';
import { fetchPageItem, pageItem } from './page-item.ts';
import { webFor } from './web-for.ts';

type PagesSource = Extract<IngestionSource, { kind: 'web' }>;

/** Pages whose addresses somebody gave. Each is asked for when its turn comes: listing them asks nobody. */
export function openPages({ urls, render }: PagesSource, { deps }: Pick<Reader, 'deps'>): Connector {
  const web = webFor(render, deps);
  const addresses = new Map(urls.map((url) => [pageAddress(url)?.href ?? url, url]));
  return {
    // lists that were given once are of one origin: another one does not take these pages away
    listsAll: false,
    page: async ({ cursor, limit }) => {
      const { at } = readCursor(Cursor, cursor, { at: 0 });
      const slice = [...addresses.values()].slice(at, at + limit);
      const next = at + slice.length;
      const read = slice.map((url) => ({ url, address: pageAddress(url) }));
      return {
        items: read.flatMap(({ address }) => (address === undefined ? [] : [pageItem(address)])),
        lost: read.flatMap(({ url, address }) => (address === undefined ? [noAddress(url)] : [])),
        gone: [],
        cursor: next < addresses.size ? { at: next } : null,
        checkpoint: null,
      };
    },
    fetch: (item, asked) => fetchPageItem(web, addressOf(item.key), asked),
    close: async () => undefined,
  };
}

const Cursor = z.object({ at: z.number().int().min(0) });

/** What stands before the "@" of an address may be a password. */
export const noAddress = (url: string) => ({
  key: shown(url.replace(/\/\/[^/]*@/, '//')),
  code: 'invalid_request',
  message: 'it is no address of a page, or holds credentials',
});

export function addressOf(key: string): URL {
  const address = pageAddress(key);
  if (address === undefined) throw new CertusError('invalid_request', 'it is no address of a page');
  return address;
}
