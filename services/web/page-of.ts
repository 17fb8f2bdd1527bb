import { CertusError } from '../../contracts/errors.ts';
import type { PageAnswer } from '../fetch/fetch-page.ts';
import { mayBeText, mediaTypeOf } from './media.ts';
import type { Validators, WebPage } from './web.ts';

/** Asks for a page only if it is another than is known. */
export function conditions(known: Validators | undefined): Record<string, string> {
  return {
    ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
    ...(known?.modified === undefined ? {} : { 'if-modified-since': known.modified }),
  };
}

/** The page in an answer; an answer that is none has the code of what is wrong with it. */
export function pageOf({ status, header, headers, bytes }: PageAnswer, address: URL): WebPage {
  if (status === 404 || status === 410)
    throw new CertusError('item_gone', `${address.host} answers ${status}`);
  if (status === 401 || status === 403 || status === 451)
    throw new CertusError('source_not_allowed', `${address.host} answers ${status}`);
  if (status !== 200) throw new CertusError('item_unreadable', `${address.host} answers ${status}`);
  if (!isText(header)) throw new CertusError('unsupported_media_type', 'it is nothing that has text');
  return {
    address,
    bytes,
    mediaType: mediaTypeOf(header('content-type')),
    contentType: header('content-type'),
    validators: { etag: validator(header('etag')), modified: validator(header('last-modified')) },
    robots: headers('x-robots-tag'),
  };
}

/** It is kept, and sent back one day: nothing else than what such a thing may be. */
const validator = (value: string | undefined): string | undefined =>
  value !== undefined && /^[\x20-\x7e]{1,200}$/.test(value) ? value : undefined;

export const isText = (header: PageAnswer['header']): boolean => mayBeText(header('content-type'));
