import { inner } from './archive.ts';
import type { Content } from './content.ts';
import type { Look } from './look.ts';
import { type Piece, under } from './piece.ts';

/** Pages, what is written beside and behind them, and the files that hang on them. */
export async function* pdfText(content: Content, look: Look): AsyncGenerator<Piece> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(Uint8Array.from(content.whole()), {
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
    stopAtErrors: false,
    verbosity: 0,
  }).catch((error: unknown) => {
    look.unread((error as Error).name === 'PasswordException' ? 'encrypted' : 'damaged', content.place);
  });
  if (document === undefined) return;
  const at = (place: string) => under(content.place, place);
  const tried = async <T>(place: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch {
      // its errors are of many kinds, and all mean that this part of a hostile file cannot be read
      look.unread('damaged', at(place));
      return undefined;
    }
  };
  try {
    const about = await tried('properties', async () => {
      const { info, metadata } = await document.getMetadata();
      // a form of a kind of its own, beside the pages
      if ((info as { IsXFAPresent?: unknown }).IsXFAPresent === true)
        look.unread('unknown_format', at('form'));
      return [...textsOf(info), metadata?.getRaw() ?? ''].join('\n');
    });
    if (about !== undefined) yield { place: at('properties'), text: about };
    const beside = await tried('outline', async () =>
      textsOf([
        await document.getOutline(),
        await document.getJSActions(),
        await document.getPageLabels(),
      ]).join('\n'),
    );
    if (beside) yield { place: at('outline'), text: beside };
    for (let number = 1; number <= document.numPages; number += 1) {
      if (!look.entry()) {
        look.unread('too_large', at(`from page ${number}`));
        break;
      }
      const place = `page ${number}`;
      const read = await tried(place, async () => {
        const page = await document.getPage(number);
        const { items } = await page.getTextContent({ includeMarkedContent: false });
        const text = items
          .map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : ''))
          .join('');
        const notes = textsOf((await page.getAnnotations()).map(said)).join('\n');
        const isEmpty = text.trim() === '' && (await page.getOperatorList()).fnArray.length === 0;
        page.cleanup();
        return { text, notes, isEmpty };
      });
      if (read === undefined) continue;
      if (read.text.trim() === '' && !read.isEmpty) look.unread('no_text', at(place));
      else yield { place: at(place), text: read.text };
      if (read.notes !== '') yield { place: at(`${place}, notes and fields`), text: read.notes };
    }
    const files = (await tried('attachments', async () => document.getAttachments())) as
      | Record<string, { filename?: string; content?: Uint8Array }>
      | null
      | undefined;
    for (const [name, file] of Object.entries(files ?? {})) {
      if (!look.entry()) break;
      yield { place: at('names of files'), text: file.filename ?? name };
      if (file.content !== undefined) yield* look.inside(inner(content, file.filename ?? name, file.content));
    }
  } finally {
    await document.loadingTask.destroy();
  }
}

/** What a note or a field says, besides how it looks. */
function said(annotation: Record<string, unknown>): unknown[] {
  return SAID.map((key) => annotation[key]);
}

const SAID = [
  ...[
    'contentsObj',
    'titleObj',
    'richText',
    'fieldName',
    'fieldValue',
    'defaultFieldValue',
    'alternativeText',
  ],
  ...['textContent', 'url', 'unsafeUrl', 'options', 'actions'],
];

/** Every text that is anywhere in a value. */
function textsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (value === null || typeof value !== 'object' || depth > 20 || ArrayBuffer.isView(value)) return [];
  const values = value instanceof Map ? [...value.values()] : Object.values(value);
  return values.flatMap((inside) => textsOf(inside, depth + 1));
}
