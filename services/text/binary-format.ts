import { archiveFormat } from '../archive/format.ts';
import { encodingOf } from './encoding.ts';

/** A format that is no text, by how it begins. */
export function binaryFormat(head: Uint8Array): string | undefined {
  if (startsWith(head, '{\\rtf')) return 'rtf';
  if (Buffer.from(head.subarray(0, 1024)).includes('%PDF-')) return 'pdf';
  const packed = archiveFormat(head);
  if (packed !== undefined) return packed;
  if (OLE.every((byte, at) => head[at] === byte)) return 'ole';
  return PICTURES.find(([, at, magic]) => startsWith(head.subarray(at), magic))?.[0];
}

/** Whether anything can be read out of a file that begins like this: if not, the rest of it is of no interest. */
export function isReadable(head: Uint8Array, isWhole: boolean): boolean {
  const binary = binaryFormat(head);
  return binary === undefined ? encodingOf(head, isWhole) !== undefined : binary !== 'ole';
}

export const isPicture = (format: string): boolean => PICTURES.some(([known]) => known === format);

const startsWith = (bytes: Uint8Array, magic: string): boolean =>
  Buffer.from(bytes.subarray(0, magic.length)).toString('latin1') === magic;

/** What office programs wrote before there was XML, and what they put encrypted documents into. */
const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

const PICTURES: readonly (readonly [string, number, string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF8'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['webp', 8, 'WEBPVP8'],
  ['heic', 4, 'ftyphei'],
  ['heic', 4, 'ftypmif1'],
  ['avif', 4, 'ftypavif'],
];
