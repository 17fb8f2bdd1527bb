import { Parser } from 'htmlparser2';
import { pageAddress } from './address.ts';
import { AGENT } from './robots.ts';

/** What a page says of itself and where it leads to; the rest of it is read by others. */
export type PageHead = {
  readonly noIndex: boolean;
  readonly noFollow: boolean;
  /** Which address its owner counts it under. */
  readonly canonical: URL | undefined;
  readonly links: readonly URL[];
};

type Asked = { readonly address: URL; readonly charset: string; readonly robots: readonly string[] };

/** Reads no further than a page can sensibly go: deeper, or with more links, it is made to keep its reader busy. */
export function readPageHead(bytes: Uint8Array, { address, charset, robots }: Asked): PageHead {
  const said = new Set(robots.flatMap(directives));
  const links = new Map<string, URL>();
  let canonical: URL | undefined;
  let base = address;
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      const { href = '', rel = '', content = '' } = attributes;
      const relations = rel.toLowerCase().split(/\s+/);
      if (name === 'base' && href !== '') base = pageAddress(href, address) ?? base;
      if (name === 'meta' && isForUs(attributes.name)) for (const each of words(content)) said.add(each);
      if (name === 'link' && relations.includes('canonical')) canonical ??= pageAddress(href, base);
      if ((name === 'a' || name === 'area') && href !== '' && !relations.includes('nofollow')) {
        const link = pageAddress(href.trim(), base);
        if (link !== undefined) links.set(link.href, link);
      }
      depth += 1;
      if (depth > DEEPEST || links.size >= MOST_LINKS) parser.pause();
    },
    onclosetag: () => {
      depth -= 1;
    },
  });
  parser.end(decoded(bytes.subarray(0, MOST_BYTES), charset));
  return {
    noIndex: said.has('noindex') || said.has('none'),
    noFollow: said.has('nofollow') || said.has('none'),
    canonical,
    links: [...links.values()],
  };
}

const DEEPEST = 2000;
const MOST_LINKS = 5000;
const MOST_BYTES = 4 * 1024 * 1024;

/** What an `X-Robots-Tag` says to everybody or to us: others are named before a colon. */
export function directives(header: string): string[] {
  const [, agent, rest] = /^\s*([\w-]+)\s*:\s*(.*)$/s.exec(header) ?? [];
  if (agent === undefined || rest === undefined) return words(header);
  return agent.toLowerCase() === AGENT ? words(rest) : [];
}

const isForUs = (name: string | undefined): boolean => ['robots', AGENT].includes(name?.toLowerCase() ?? '');

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());

/** A name for an encoding that nobody knows is taken for the usual one: addresses are the same in nearly all of them. */
function decoded(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_NOT_SUPPORTED')
      return new TextDecoder().decode(bytes);
    throw error;
  }
}
