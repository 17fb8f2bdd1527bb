import { readHtml } from '../text/html-tags.ts';

/** What a page says to people, as text with its headings marked as Markdown does: no scripts, no menus, no addresses. */
export function pageText(html: string): string {
  const page = new Page();
  let [left, depth] = ['', 0];
  readHtml(html, {
    open(name, attributes) {
      if (left !== '') depth += name === left ? 1 : 0;
      else if (isLeftOut(name, attributes)) [left, depth] = [name, 1];
      else page.open(name);
    },
    close(name) {
      if (left === '') page.close(name);
      else if (name === left) {
        depth -= 1;
        if (depth === 0) left = '';
      }
    },
    text(text) {
      if (left === '') page.say(text);
    },
  });
  return page.text;
}

function isLeftOut(name: string, { role, hidden }: Readonly<Record<string, string>>): boolean {
  return (
    LEFT_OUT.has(name) ||
    (BLOCKS.has(name) && name !== 'p' && (role === 'navigation' || hidden !== undefined))
  );
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

const LINES: ReadonlySet<string> = new Set(['br', 'tr', 'li', 'dt', 'dd', 'option']);

class Page {
  readonly #parts: string[] = [];
  /** How many line feeds it ends with. */
  #feeds = 2;
  #heading = false;
  #pre = 0;

  get text(): string {
    return this.#parts.join('').trim();
  }

  open(name: string): void {
    const level = name === 'title' ? '1' : /^h([1-6])$/.exec(name)?.[1];
    if (name === 'pre') this.#pre += 1;
    if (level !== undefined || BLOCKS.has(name)) this.#heading = false; // one that nobody ended
    if (level !== undefined) {
      this.#feed(2);
      this.#add(`${'#'.repeat(Number(level))} `);
      this.#heading = true;
    } else if (BLOCKS.has(name)) this.#feed(2);
    else if (LINES.has(name)) this.#feed(1);
    if (name === 'li') this.#add('- ');
    if ((name === 'td' || name === 'th') && this.#feeds === 0) this.#add('\t');
  }

  close(name: string): void {
    if (name === 'pre') this.#pre = Math.max(0, this.#pre - 1);
    const isHeading = name === 'title' || /^h[1-6]$/.test(name);
    if (isHeading) this.#heading = false;
    if (isHeading || BLOCKS.has(name)) this.#feed(2);
  }

  say(text: string): void {
    if (this.#pre > 0 && !this.#heading) {
      this.#add(text);
      return;
    }
    const plain = text.replace(/\s+/g, ' ');
    const isStart = this.#feeds > 0 || this.#parts.at(-1)?.endsWith(' ') === true;
    const shown = isStart ? plain.trimStart() : plain;
    // what looks like a heading, and is none
    this.#add(this.#feeds > 0 && /^(?:#{1,6} |```|~~~)/.test(shown) ? `\\${shown}` : shown);
  }

  #add(text: string): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#feeds = text.endsWith('\n') ? 1 : 0;
  }

  #feed(count: number): void {
    // within a heading there is one line
    if (this.#heading) this.#add(' ');
    else if (this.#feeds < count && this.#parts.length > 0) {
      this.#parts.push('\n'.repeat(count - this.#feeds));
      this.#feeds = count;
    }
  }
}
