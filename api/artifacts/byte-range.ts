import type { ByteRange } from '../../services/objects/store.ts';

/**
 * The part that a Range header asks for (RFC 9110, 14.1.2). `whole` for what is no single range of bytes, which a server
 * may answer with everything; `unsatisfiable` for one that begins behind the end.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole';
  const end = size - 1;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start > end) return 'unsatisfiable';
  return { start, end: last === '' ? end : Math.min(Number(last), end) };
}
