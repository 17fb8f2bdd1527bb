/** What somebody wrote into a GIF or JPEG beside the picture: readers of picture data pass over it. */
export function pictureComments(format: string, picture: Uint8Array): string[] {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.length);
  if (format === 'gif') return gifTexts(bytes);
  return format === 'jpeg' ? jpegComments(bytes) : [];
}

function gifTexts(gif: Buffer): string[] {
  const texts: string[] = [];
  const colours = (flags: number | undefined) => ((flags ?? 0) & 0x80 ? 3 << (((flags ?? 0) & 7) + 1) : 0);
  let at = 13 + colours(gif[10]);
  while (at < gif.length && texts.length < MAX_TEXTS) {
    const [kind, label] = [gif[at], gif[at + 1]];
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) at += 11 + colours(gif[at + 9]);
    else break;
    const parts: Buffer[] = [];
    for (let size = gif[at] ?? 0; size > 0; size = gif[at] ?? 0) {
      parts.push(gif.subarray(at + 1, at + 1 + size));
      at += 1 + size;
    }
    at += 1;
    // comments, text to be shown, and what programs left: XMP among it
    if (kind === 0x21 && label !== 0xf9) texts.push(Buffer.concat(parts).toString('latin1'));
  }
  return texts;
}

function jpegComments(jpeg: Buffer): string[] {
  const texts: string[] = [];
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff && texts.length < MAX_TEXTS) {
    const [marker, size] = [jpeg[at + 1], jpeg.readUInt16BE(at + 2)];
    if (marker === 0xda) break; // the picture itself
    if (marker === 0xfe) texts.push(jpeg.toString('utf8', at + 4, at + 2 + size));
    at += 2 + size;
  }
  return texts;
}

const MAX_TEXTS = 1000;
