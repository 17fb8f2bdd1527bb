import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { fileTypeFromBuffer } from 'file-type';
import { MediaType } from '../../contracts/documents.ts';

/** How much of a file is looked at. */
export const MEDIA_HEAD_BYTES = 64 * 1024;

/** What a file is, by how it begins: what its sender calls it is a claim, and what its name ends with is another. */
export async function mediaTypeOf(head: Uint8Array): Promise<string> {
  const known = await fileTypeFromBuffer(head.subarray(0, MEDIA_HEAD_BYTES), {
    // a container says what it is in entries that are packed: they are not unpacked for as long as they like
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const named = MediaType.safeParse(known?.mime.split(';')[0]?.trim()).data;
  if (named !== undefined && named !== 'application/xml') return named;
  const text = textOf(head);
  return text === undefined ? (named ?? UNKNOWN) : textType(text, named ?? 'text/plain');
}

const PATIENCE_MS = 2000;
const UNKNOWN = 'application/octet-stream';

/** Text has no control characters but those that lay it out; the last character may be cut in two. */
function textOf(head: Uint8Array): string | undefined {
  const text = new StringDecoder('utf8').write(Buffer.from(head));
  return isUtf8(head.subarray(0, Buffer.byteLength(text))) && !CONTROLS.test(text) ? text : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what no text has
const CONTROLS = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;

function textType(text: string, otherwise: string): string {
  const beginning = text
    .replace(/^\ufeff/, '')
    .trimStart()
    .slice(0, 2000);
  return TEXT_TYPES.find(([, sign]) => sign.test(beginning))?.[0] ?? otherwise;
}

const TEXT_TYPES: readonly (readonly [string, RegExp])[] = [
  ['text/html', /^(?:<!--.{0,200}?-->\s{0,20})?<(?:!doctype html|html|head|body)\b/is],
  ['image/svg+xml', /^(?:<\?xml[^>]{0,200}>\s{0,20})?<svg[\s>]/i],
  ['application/json', /^(?:\{\s{0,200}(?:"|\})|\[\s{0,200}(?:[[{"\d\]-]|true|false|null))/],
  [
    'message/rfc822',
    /^(?:return-path|received|from|message-id|date|mime-version|delivered-to):[^\n]{1,900}\n[a-z]/i,
  ],
];
