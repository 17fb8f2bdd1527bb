/**
 * Every text that a file's bytes may be to whoever reads it; none when it is clearly binary. Nobody knows which program
 * will read a file, so one with NUL bytes is read in several ways: a single NUL, a byte order mark in front of plain
 * text or the UTF-16 that PowerShell writes must not keep a secret from being seen. In the wrong reading a secret's
 * characters are torn apart or joined to others, so it is found in one of them only.
 */
export function readings(bytes: Buffer): string[] {
  const mark = byteOrderMark(bytes);
  if (mark === undefined && !bytes.includes(0)) return [bytes.toString('utf8')];
  if (mark === undefined && isBinary(bytes)) return [];
  const withoutNuls = bytes.toString('utf8').replaceAll('\0', ' ');
  const wide = mark === undefined ? (['utf-16le', 'utf-16be'] as const) : [mark];
  return [withoutNuls, ...wide.map((encoding) => new TextDecoder(encoding).decode(bytes))];
}

function byteOrderMark(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/**
 * A NUL near the start, as git decides it, and many other control bytes in all of the file: programs, images and archives
 * have more than one in ten, text has next to none. NULs do not count: half of the bytes of UTF-16 are NULs.
 */
function isBinary(bytes: Buffer): boolean {
  if (!bytes.subarray(0, 8000).includes(0)) return false;
  let controls = 0;
  let others = 0;
  for (const byte of bytes) {
    if (byte === 0) continue;
    if (byte < 32 && !WHITE_SPACE.has(byte)) controls += 1;
    else others += 1;
  }
  return controls > (controls + others) * 0.05;
}

/** From backspace to carriage return, and the escape that colours a log. */
const WHITE_SPACE: ReadonlySet<number> = new Set([8, 9, 10, 11, 12, 13, 27]);
