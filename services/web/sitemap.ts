import { gunzipSync } from 'node:zlib';
import { readXml } from '../text/xml.ts';

/** Addresses of pages, and of further sitemaps. */
export type Sitemap = { readonly pages: readonly string[]; readonly sitemaps: readonly string[] };

/** XML, or a list of lines, packed or not; undefined when it unpacks to more than a sitemap may have. */
export function readSitemap(bytes: Uint8Array): Sitemap | undefined {
  const plain = unpacked(bytes);
  if (plain === undefined) return undefined;
  const text = Buffer.from(plain)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return text.trimStart().startsWith('<') ? fromXml(text) : { pages: lines(text), sitemaps: [] };
}

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ADDRESSES = 50_000;

function unpacked(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.length > MOST_BYTES ? undefined : bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE' || code.startsWith('Z_')) return undefined;
    throw error;
  }
}

const lines = (text: string): string[] =>
  text
    .split(/\r?\n/, MOST_ADDRESSES)
    .map((line) => line.trim())
    .filter(Boolean);

function fromXml(text: string): Sitemap {
  const pages: string[] = [];
  const sitemaps: string[] = [];
  const open: string[] = [];
  let said = '';
  readXml(text, {
    open: (name) => {
      open.push(name);
      said = '';
    },
    text: (part) => {
      if (open.at(-1) === 'loc' && said.length < LONGEST) said += part;
    },
    close: (name) => {
      open.pop();
      const list = open.at(-1) === 'sitemap' ? sitemaps : pages;
      if (name === 'loc' && list.length < MOST_ADDRESSES) list.push(said.trim());
    },
  });
  return { pages, sitemaps };
}

const LONGEST = 4000;
