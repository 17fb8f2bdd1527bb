import { SaxesParser } from 'saxes';
import type { JsonObject } from '../../finding/reading/json-values.ts';

/** An element as a value: its attributes and elements by their names, its text under `text`. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
};

/** A tree of elements; nothing that it declares is expanded. Undefined where it is not well-formed or too large. */
export function xmlTree(xml: string): XmlElement | undefined {
  const parser = new SaxesParser({ xmlns: false });
  const open: XmlElement[] = [];
  let [root, count, failed] = [undefined as XmlElement | undefined, 0, false];
  parser.on('error', () => {
    failed = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    count += 1;
    failed ||= count > MOST_ELEMENTS || open.length > DEEPEST;
    if (failed) return;
    const element: XmlElement = {
      name: name.slice(name.indexOf(':') + 1),
      attributes,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const say = (text: string) => {
    const top = open.at(-1);
    if (top !== undefined) top.text += text;
  };
  parser.on('text', say);
  parser.on('cdata', say);
  for (let at = 0; at < xml.length && !failed; at += PART) parser.write(xml.slice(at, at + PART));
  if (!failed) parser.close();
  return failed ? undefined : root;
}

const PART = 1024 * 1024;
const MOST_ELEMENTS = 400_000;
const DEEPEST = 200;

export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((one) => one.name === name);

export const textIn = (element: XmlElement | undefined, name: string): string | undefined =>
  child(element, name)?.text.trim() || undefined;

/** What is said there and nothing else: a value that is left out is not there. */
export const stated = (values: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
