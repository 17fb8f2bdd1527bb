import type { Content } from './content.ts';
import type { Look } from './look.ts';
import { looseText } from './loose-text.ts';
import { pictureComments } from './picture-comments.ts';
import { type Piece, under } from './piece.ts';

/** What a picture says about itself: where and by whom it was taken, and what somebody wrote into it. */
export async function* pictureText(content: Content, format: string, look: Look): AsyncGenerator<Piece> {
  const { default: reader } = await import('exifreader');
  const place = under(content.place, 'picture data');
  const comments = pictureComments(format, content.whole());
  if (comments.length > 0) yield { place: under(content.place, 'comments'), text: comments.join('\n') };
  let size = { width: 0, height: 0 };
  try {
    const tags = reader.load(Buffer.from(content.whole()), { expanded: true, includeUnknown: true });
    const { gps, file, png, pngFile, exif, gif, ...others } = tags as unknown as Tags;
    const lines = Object.entries({ ...file, ...png, ...exif, ...gif }).flatMap(line);
    for (const group of Object.values(others))
      if (isGroup(group)) lines.push(...Object.entries(group).flatMap(line));
    if (gps?.Latitude !== undefined && gps.Longitude !== undefined)
      lines.push(`GPS ${round(gps.Latitude)}, ${round(gps.Longitude)}`);
    if (lines.length > 0) yield { place, text: [...new Set(lines)].join('\n') };
    size = sizeIn({ ...pngFile, ...gif, ...file });
  } catch (error) {
    // a picture without any such data is none that is damaged
    if ((error as Error).name !== 'MetadataMissingError') look.unread('damaged', place);
  }
  if (isIcon(size, content)) return yield looseText(content.place, content.whole());
  const text = await look.readPicture?.(content.whole());
  if (text === undefined) return look.unread('no_text', content.place);
  yield { place: under(content.place, 'text of the picture'), text, unit: 'line', first: 1 };
  yield looseText(content.place, content.whole());
}

type Tag = { readonly value?: unknown; readonly description?: unknown };
type Group = Readonly<Record<string, Tag>>;
type Tags = {
  readonly gps?: { readonly Latitude?: number; readonly Longitude?: number };
  readonly file?: Group;
  readonly png?: Group;
  readonly pngFile?: Group;
  readonly exif?: Group;
  readonly gif?: Group;
};

const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null;

/** Numbers are of sizes and colours: texts alone can be about somebody. */
function line([name, tag]: [string, Tag]): string[] {
  if (typeof tag !== 'object' || tag === null || name === 'Thumbnail') return [];
  const texts = [tag.description, ...(Array.isArray(tag.value) ? tag.value : [tag.value])].filter(
    (value): value is string => typeof value === 'string' && value.trim() !== '' && value.length <= MAX_VALUE,
  );
  return [...new Set(texts)].map((text) => `${name}: ${text}`);
}

const MAX_VALUE = 1024 * 1024;

const round = (degrees: number): string => String(Math.round(degrees * 1e6) / 1e6);

function sizeIn(tags: Group): { width: number; height: number } {
  const number = (name: string) => Number(tags[name]?.value ?? 0) || 0;
  return { width: number('Image Width'), height: number('Image Height') };
}

/** Of an icon nobody reads a name. How large a picture is says the picture: one of so many bytes is more than it says. */
const isIcon = ({ width, height }: { width: number; height: number }, { size }: Content): boolean =>
  width > 0 && height > 0 && width * height <= SMALLEST_READABLE && size <= MAX_ICON;

const SMALLEST_READABLE = 48 * 48;
const MAX_ICON = 64 * 1024;
