import { Parser } from 'htmlparser2';

/** What a page says to people, as text with its headings marked as Markdown does: no scripts, no menus, no addresses. */
export function pageText(html: string): string {
  const parts: string[] = [];
  let [left, isLineStart, level, inTitle, inPre] = [0, true, 0, false, 0];
  const feed = (count: number) => {
    if (parts.length === 0) return;
    parts.push('\n'.repeat(isLineStart ? count - 1 : count));
    isLineStart = true;
  };
  const say = (text: string) => {
    if (text === '') return;
    const shown = isLineStart && level === 0 && /^(?:#{1,6} |```|~~~)/.test(text) ? `\\${text}` : text;
    parts.push(shown);
    isLineStart = shown.endsWith('\n');
  };
  const parser = new Parser(
    {
      onopentag(name, { role, hidden }) {
        if (LEFT_OUT.has(name) || left > 0 || role === 'navigation' || hidden !== undefined) {
          if (!VOID.has(name)) left += 1;
          return;
        }
        if (name === 'title') inTitle = true;
        if (name === 'pre') inPre += 1;
        const heading = /^h([1-6])$/.exec(name)?.[1] ?? (name === 'title' ? '1' : undefined);
        if (heading !== undefined) {
          feed(2);
          level = Number(heading);
          parts.push(`${'#'.repeat(level)} `);
          isLineStart = false;
        } else if (BLOCKS.has(name)) feed(2);
        else if (name === 'br' || name === 'tr' || name === 'li' || name === 'dt' || name === 'dd') feed(1);
        if (name === 'li') say('- ');
        if ((name === 'td' || name === 'th') && !isLineStart) say('\t');
      },
      onclosetag(name) {
        if (left > 0) {
          if (!VOID.has(name)) left -= 1;
          return;
        }
        if (name === 'title') inTitle = false;
        if (name === 'pre') inPre = Math.max(0, inPre - 1);
        if (level > 0 && (/^h[1-6]$/.test(name) || name === 'title')) {
          level = 0;
          feed(2);
        } else if (BLOCKS.has(name)) feed(2);
      },
      ontext(text) {
        if (left > 0) return;
        if (inPre > 0 && level === 0) say(text);
        else {
          const plain = text.replace(/\s+/g, ' ');
          say(isLineStart || (level > 0 && parts.at(-1)?.endsWith(' ')) ? plain.trimStart() : plain);
        }
      },
    },
    { decodeEntities: true, recognizeCDATA: true },
  );
  parser.end(html);
  return inTitle ? '' : parts.join('').trim();
}

const LEFT_OUT: ReadonlySet<string> = new Set([
  ...[
    'script',
    'style',
    'noscript',
    'template',
    'svg',
    'nav',
    'iframe',
    'object',
    'button',
    'select',
    'canvas',
  ],
]);

/** Without an end of their own. */
const VOID: ReadonlySet<string> = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'],
]);

const BLOCKS: ReadonlySet<string> = new Set([
  ...[
    'p',
    'div',
    'section',
    'article',
    'main',
    'header',
    'footer',
    'aside',
    'ul',
    'ol',
    'dl',
    'table',
    'pre',
  ],
  ...['blockquote', 'figure', 'form', 'fieldset', 'hr', 'address', 'details', 'summary', 'body'],
]);
