/** What we speak over a WebSocket. A browser that offers protocols goes on only if one of them is chosen. */
export const PROTOCOL = 'certus.events.v1';
const BEARER = 'certus.bearer.';

/**
 * A page cannot set headers on a WebSocket, and a token in a URL ends up in logs and histories. It can offer protocols:
 * the token goes there, in base64url since not every token is a protocol's name, and is never chosen, so never sent back.
 */
export function tokenOffered(header: string | undefined): string | undefined {
  const offered = (header ?? '').slice(0, 8192).split(',');
  const bearer = offered.map((name) => name.trim()).find((name) => name.startsWith(BEARER));
  const encoded = bearer?.slice(BEARER.length);
  if (encoded === undefined || !/^[A-Za-z0-9_-]+$/.test(encoded)) return undefined;
  return Buffer.from(encoded, 'base64url').toString('utf8');
}
