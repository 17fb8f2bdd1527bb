/** Whether what a site calls this type may be a text: what it holds is looked at later, films are not even loaded. */
export function mayBeText(contentType: string | undefined): boolean {
  const type = mediaTypeOf(contentType);
  return type === null || type.startsWith('text/') || TYPES.has(type) || OFFICE.test(type);
}

/** Without its parameters, in small letters; null when there is none. */
export function mediaTypeOf(contentType: string | undefined): string | null {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) && type.length <= 200 ? type : null;
}

export const charsetOf = (contentType: string | undefined): string =>
  /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1] ?? 'utf-8';

export const isHtml = (mediaType: string | null): boolean =>
  mediaType === null || mediaType === 'text/html' || mediaType === 'application/xhtml+xml';

const TYPES: ReadonlySet<string> = new Set([
  'application/octet-stream',
  'application/pdf',
  'application/xhtml+xml',
  'application/xml',
  'application/json',
  'application/ld+json',
  'application/yaml',
  'application/toml',
  'application/rtf',
  'application/msword',
  'application/sarif+json',
  'application/spdx+json',
  'message/rfc822',
]);

const OFFICE =
  /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-(?:word|excel|powerpoint)|cyclonedx)/;
