import { crc32, deflateSync } from 'node:zlib';
import { type ZipEntry, zipOf } from '../archive/archives.ts';

// Documents as programs write them, as small as they can be.

export type Parts = Readonly<Record<string, string | Buffer>>;

const zipped = (parts: Parts): Buffer =>
  zipOf(Object.entries(parts).map(([name, body]): ZipEntry => ({ name, body })));

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const TYPES = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`;

export const word = (body: string, more: Parts = {}): Buffer =>
  zipped({
    '[Content_Types].xml': TYPES,
    'word/document.xml': wordXml('document', `<w:body>${body}</w:body>`),
    ...more,
  });

export const wordXml = (root: string, inner: string): string =>
  `${XML}<w:${root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${inner}</w:${root}>`;

/** A paragraph, in as many runs as there are texts. */
export const paragraph = (...runs: string[]): string =>
  `<w:p>${runs.map((run) => `<w:r><w:t xml:space="preserve">${run}</w:t></w:r>`).join('')}</w:p>`;

export const properties = (creator: string): string =>
  `${XML}<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>${creator}</dc:creator></cp:coreProperties>`;

export function workbook(
  sheets: Readonly<Record<string, string>>,
  shared: readonly string[],
  more: Parts = {},
): Buffer {
  const names = Object.keys(sheets);
  return zipped({
    '[Content_Types].xml': TYPES,
    'xl/workbook.xml': `${XML}<workbook xmlns:r="r"><sheets>${names
      .map((name, at) => `<sheet name="${name}" sheetId="${at + 1}" state="hidden" r:id="rId${at + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships>${names
      .map((_, at) => `<Relationship Id="rId${at + 1}" Target="worksheets/sheet${at + 1}.xml"/>`)
      .join('')}</Relationships>`,
    'xl/sharedStrings.xml': `${XML}<sst>${shared.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
    ...Object.fromEntries(
      names.map((name, at) => [
        `xl/worksheets/sheet${at + 1}.xml`,
        `${XML}<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
      ]),
    ),
    ...more,
  });
}

export const slides = (texts: readonly string[], more: Parts = {}): Buffer =>
  zipped({
    '[Content_Types].xml': TYPES,
    'ppt/presentation.xml': `${XML}<p:presentation xmlns:p="p"/>`,
    ...Object.fromEntries(texts.map((text, at) => [`ppt/slides/slide${at + 1}.xml`, slideXml(text)])),
    ...more,
  });

export const slideXml = (text: string): string =>
  `${XML}<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:sld>`;

export const openDocument = (
  kind: 'text' | 'spreadsheet' | 'presentation',
  body: string,
  more: Parts = {},
): Buffer =>
  zipped({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': `${XML}<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:dc="c"><office:body>${body}</office:body></office:document-content>`,
    ...more,
  });

/** Pages with a line of text each; an empty one has a picture only. */
export function pdf(
  pages: readonly string[],
  { author = '', note = '', catalog = '', trailer = '', more = [] as readonly string[] } = {},
): Buffer {
  const objects: string[] = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Kids [${pages.map((_, at) => `${5 + 2 * at} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    `<< /Author (${author}) >>`,
  ];
  for (const [at, text] of pages.entries()) {
    const drawn = text === '' ? '0 0 100 100 re f' : `BT /F1 12 Tf 20 100 Td (${text}) Tj ET`;
    const notes =
      note === '' ? '' : `/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (${note}) >>]`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents ${6 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> ${notes} >>`,
      `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    );
  }
  objects.push(...more);
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return Buffer.from(
    `${body}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R /Info 4 0 R ${trailer} >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  );
}

/** A picture with a comment; black, and as large as is said. */
export function png(comment: string, side = 100): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(type), data])));
    return Buffer.concat([length, Buffer.from(type), data, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1')),
    chunk('IDAT', deflateSync(Buffer.alloc(side * (side + 1)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture that says where it was taken, and by whom. */
export function jpegOf(artist: string, latitude: number, longitude: number): Buffer {
  const text = Buffer.from(`${artist}\0`);
  const degrees = (value: number): Buffer => {
    const bytes = Buffer.alloc(24);
    for (const [at, part] of [Math.round(value * 1e6), 1e6, 0, 1, 0, 1].entries())
      bytes.writeUInt32LE(part, at * 4);
    return bytes;
  };
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const list = (...entries: Buffer[]): Buffer =>
    Buffer.concat([Buffer.from([entries.length, 0]), ...entries, Buffer.alloc(4)]);
  const gpsAt = 8 + 2 + 2 * 12 + 4;
  const data = gpsAt + 2 + 4 * 12 + 4;
  const tiff = Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    list(entry(0x013b, 2, text.length, data + 48), entry(0x8825, 4, 1, gpsAt)),
    list(
      entry(1, 2, 2, 'N'.charCodeAt(0)),
      entry(2, 5, 3, data),
      entry(3, 2, 2, 'E'.charCodeAt(0)),
      entry(4, 5, 3, data + 24),
    ),
    degrees(latitude),
    degrees(longitude),
    text,
  ]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1]), length, exif, Buffer.from([0xff, 0xd9])]);
}
