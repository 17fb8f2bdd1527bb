export type GitUrl = {
  /** What git is given: the very text whose host was read, so that git cannot read another one out of it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly web: boolean;
};

/**
 * https://host/path, http://…, ssh://… or user@host:path; anything else could name a command or a file. Where URL, git
 * and curl read a text differently (a backslash, a tab, an escaped user), the text is refused: a host that was checked
 * must be the host that is called. No problem repeats what was given: it may hold a password.
 */
export function readGitUrl(given: string): GitUrl | { readonly problem: string } {
  if (/[\s\p{C}\\]/u.test(given))
    return { problem: 'must not hold white space, control characters or backslashes' };
  if (/^(https?|ssh):\/\//i.test(given)) return readUrl(given);
  return readScpLike(given) ?? { problem: 'use https://, http://, ssh:// or user@host:path' };
}

function readUrl(given: string): GitUrl | { readonly problem: string } {
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (parsed === undefined) return { problem: 'is not a URL' };
  const web = parsed.protocol !== 'ssh:';
  if (parsed.password !== '' || (web && parsed.username !== ''))
    return { problem: 'must not hold credentials: configure a credential helper for the worker' };
  if (parsed.search !== '' || parsed.hash !== '') return { problem: 'must not have a query or a fragment' };
  if (!HOST.test(parsed.hostname) || !USER.test(parsed.username) || OPTION.test(parsed.pathname.slice(1)))
    return { problem: 'is not a URL' };
  return {
    url: parsed.href,
    host: parsed.hostname.replace(/^\[|\]$/g, '').toLowerCase(),
    port: Number(parsed.port || DEFAULT_PORT[parsed.protocol]),
    web,
  };
}

/** No escapes: git undoes them in ssh URLs before it looks for the host. No dot at the end: curl would not find the pin. */
const HOST = /^(?:[A-Za-z0-9_](?:[\w.-]*[\w-])?|\[[0-9A-Fa-f:.]+\])$/;
const USER = /^(?:[A-Za-z0-9_][\w.-]*)?$/;
/** git hands a host, user or path to ssh, which takes one that starts with "-" for an option. */
const OPTION = /^(?:-|%2d)/i;
const DEFAULT_PORT: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80, 'ssh:': 22 };

/** `git@example.org:team/project.git`. The helper syntax `ext::command` has two colons and is no such thing. */
function readScpLike(given: string): GitUrl | undefined {
  const parts = /^(?:[A-Za-z0-9_][\w.-]*@)?([A-Za-z0-9](?:[\w.-]*[\w-])):([^:@][^:@]*)$/.exec(given);
  const [, host = '', path = ''] = parts ?? [];
  if (parts === null || OPTION.test(path) || given.includes('://')) return undefined;
  return { url: given, host: host.toLowerCase(), port: 22, web: false };
}
