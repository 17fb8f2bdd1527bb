import { Tokenizer } from 'htmlparser2';

type HtmlEvents = {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>, at: number) => void;
  readonly close: (name: string, at: number) => void;
  readonly text: (text: string, at: number) => void;
  /** What is no part of the page: remarks, and what it says of itself. */
  readonly remark?: (text: string, at: number) => void;
};

/**
 * Tells what stands in a page, tag by tag, with the offset of each. No tree is made of it: a page of a million elements in each
 * other takes no longer than any other of its length.
 */
export function readHtml(html: string, events: HtmlEvents): void {
  let [name, start, attribute, value] = ['', 0, '', ''];
  let attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  const opened = () => {
    events.open(name, attributes, start);
    attributes = Object.create(null) as Record<string, string>;
  };
  const part = (from: number, to: number) => html.slice(from, to);
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(from, to) {
        [name, start] = [part(from, to).toLowerCase(), from];
      },
      onattribname(from, to) {
        [attribute, value] = [part(from, to).toLowerCase(), ''];
      },
      onattribdata(from, to) {
        value += part(from, to);
      },
      onattribentity(code) {
        value += String.fromCodePoint(code);
      },
      onattribend() {
        if (!(attribute in attributes)) attributes[attribute] = value;
        value = '';
      },
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag: (from, to) => events.close(part(from, to).toLowerCase(), from),
      ontext: (from, to) => events.text(part(from, to), from),
      ontextentity: (code, at) => events.text(String.fromCodePoint(code), at),
      oncdata: (from, to, end) => events.text(part(from, to - end), from),
      oncomment: (from, to, end) => events.remark?.(part(from, to - end), from),
      ondeclaration: (from, to) => events.remark?.(`!${part(from, to)}`, from),
      onprocessinginstruction: (from, to) => events.remark?.(`?${part(from, to)}`, from),
      onend: () => undefined,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
