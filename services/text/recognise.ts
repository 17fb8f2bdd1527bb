import { extname } from 'node:path/posix';
import { binaryFormat } from './binary-format.ts';
import type { Content } from './content.ts';
import { MAX_MARKUP, MAX_WHOLE } from './content.ts';
import { declaredEncoding, decode, type Encoding, encodingOf } from './encoding.ts';
import { listZip } from './zip-bytes.ts';

export type Recognised = {
  readonly format: string;
  readonly mediaType: string;
  /** Of a text. */
  readonly encoding?: Encoding;
};

/** What a file really is, by what it holds. Its name decides only between kinds of text. */
export async function recognise(content: Content): Promise<Recognised> {
  const { head, size } = content;
  if (size === 0) return typed('text', { label: 'utf-8', mark: 0 });
  const binary = binaryFormat(head);
  if (binary === 'zip') return typed(size > MAX_WHOLE ? 'zip' : zipFormat(content.whole()));
  if (binary !== undefined) return typed(binary);
  const encoding = encodingOf(head, size <= head.length);
  return encoding === undefined ? unknownFormat(head) : kindOfText(content, encoding);
}

/** By the parts that make it what it is. */
function zipFormat(bytes: Uint8Array): string {
  const { members } = listZip(bytes, MOST_TO_TELL);
  const first = members.find(({ name }) => name === 'mimetype')?.read(100)?.bytes;
  const said =
    ODF[
      Buffer.from(first ?? [])
        .toString('latin1')
        .trim()
    ];
  if (said !== undefined) return said;
  const has = (start: string) => members.some(({ name }) => name.startsWith(start));
  if (!has('[Content_Types].xml')) return 'zip';
  return has('word/') ? 'docx' : has('xl/') ? 'xlsx' : has('ppt/') ? 'pptx' : 'zip';
}

const MOST_TO_TELL = 10_000;

const ODF: Readonly<Record<string, string>> = {
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/epub+zip': 'epub',
};

/** Named for people, where it is a known one at all. */
async function unknownFormat(head: Uint8Array): Promise<Recognised> {
  const { fileTypeFromBuffer } = await import('file-type');
  const known = await fileTypeFromBuffer(head.slice()).catch(() => undefined); // what it stumbles over is unknown to it
  if (known === undefined || !/^[\w.+-]+\/[\w.+-]+$/.test(known.mime)) return typed('unknown');
  return { format: known.ext, mediaType: known.mime };
}

function kindOfText(content: Content, encoding: Encoding): Recognised {
  const { head, size, name } = content;
  const start = decode(head.subarray(0, SEEN), encoding);
  const trimmed = start.trimStart();
  const ending = extname(name).toLowerCase();
  if (isMailbox(start)) return typed('mbox', encoding);
  if (ending === '.eml' || isMail(trimmed) || PACKED_PART.test(start)) return typed('eml', encoding);
  if (/^[[{]/.test(trimmed) && size <= MAX_MARKUP && isJson(decode(content.whole(), encoding)))
    return typed('json', encoding);
  if (
    /^<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])/i.test(
      trimmed.replace(/^(?:<!--[\s\S]*?-->\s*)+/, ''),
    )
  )
    return typed('html', declaredEncoding(head, encoding));
  if (/^<(?:\?xml[\s?]|!DOCTYPE\s|!--|[A-Za-z_][\w.:-]*[\s/>])/.test(trimmed)) {
    const format = ending === '.html' || ending === '.htm' ? 'html' : 'xml';
    return typed(format, declaredEncoding(head, encoding));
  }
  if (ending === '.html' || ending === '.htm') return typed('html', declaredEncoding(head, encoding));
  if (ending === '.csv' || ending === '.tsv') return typed('csv', encoding);
  if (ending === '.yaml' || ending === '.yml' || /^(?:%YAML|---\s)/.test(start))
    return typed('yaml', encoding);
  if (ending === '.md' || ending === '.markdown') return typed('markdown', encoding);
  return typed(isTable(start) ? 'csv' : 'text', encoding);
}

const SEEN = 8192;

const isMailbox = (start: string): boolean =>
  /^From \S+ +\w{3} \w{3} [ \d]\d [\d:]+ .*\r?\n[\w-]+:/.test(start);

/** Two headers that letters have, before anything that is none. */
function isMail(start: string): boolean {
  const lines = start.split(/\r?\n/).slice(0, 60);
  let known = 0;
  for (const line of lines) {
    if (line === '') break;
    if (/^[ \t]/.test(line)) continue;
    if (!/^[A-Za-z][\w-]{0,60}:/.test(line)) return false;
    if (MAIL_HEADER.test(line)) known += 1;
  }
  return known >= 2;
}

/** Behind it stands what no search for words would find. */
const PACKED_PART = /^content-transfer-encoding:[ \t]*base64/im;

const MAIL_HEADER =
  /^(?:from|to|cc|bcc|subject|date|mime-version|content-type|content-transfer-encoding|received|return-path|message-id|reply-to|delivered-to|dkim-signature):/i;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Rows of as many cells each. */
function isTable(start: string): boolean {
  const lines = start.split(/\r?\n/).slice(0, -1).slice(0, 5);
  if (lines.length < 2) return false;
  return [',', ';', '\t'].some((sign) => {
    const cells = lines.map((line) => line.split(sign).length);
    return (cells[0] ?? 0) >= 3 && cells.every((count) => count === cells[0]);
  });
}

function typed(format: string, encoding?: Encoding): Recognised {
  const mediaType = MEDIA_TYPES[format] ?? 'application/octet-stream';
  return encoding === undefined ? { format, mediaType } : { format, mediaType, encoding };
}

const OPEN_XML = 'application/vnd.openxmlformats-officedocument';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  text: 'text/plain',
  markdown: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  yaml: 'application/yaml',
  xml: 'application/xml',
  html: 'text/html',
  eml: 'message/rfc822',
  mbox: 'application/mbox',
  rtf: 'application/rtf',
  pdf: 'application/pdf',
  docx: `${OPEN_XML}.wordprocessingml.document`,
  xlsx: `${OPEN_XML}.spreadsheetml.sheet`,
  pptx: `${OPEN_XML}.presentationml.presentation`,
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  epub: 'application/epub+zip',
  zip: 'application/zip',
  tar: 'application/x-tar',
  gzip: 'application/gzip',
  bzip2: 'application/x-bzip2',
  xz: 'application/x-xz',
  zstd: 'application/zstd',
  ole: 'application/x-cfb',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  tiff: 'image/tiff',
  webp: 'image/webp',
  heic: 'image/heic',
  avif: 'image/avif',
};
