import { SaxesParser } from 'saxes';

type XmlEvents = {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>, line: number) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string, line: number) => void;
  readonly comment?: (text: string, line: number) => void;
  /** What the document says about itself before it begins. */
  readonly doctype?: (text: string) => void;
};

/**
 * Tells what an XML document holds, by local names. Nothing that it declares is expanded and nothing that it points to is
 * fetched. Says whether all of it was well-formed; what could be read is told in any case.
 */
export function readXml(xml: string, events: XmlEvents): { wellFormed: boolean; declaresEntities: boolean } {
  const parser = new SaxesParser({ xmlns: false, position: true });
  let [wellFormed, declaresEntities] = [true, false];
  parser.on('error', () => {
    wellFormed = false;
  });
  parser.on('opentag', ({ name, attributes }) => events.open?.(localName(name), attributes, parser.line));
  parser.on('closetag', ({ name }) => events.close?.(localName(name)));
  parser.on('text', (text) => events.text?.(text, parser.line));
  parser.on('cdata', (text) => events.text?.(text, parser.line));
  parser.on('comment', (text) => events.comment?.(text, parser.line));
  parser.on('processinginstruction', ({ body }) => events.comment?.(body, parser.line));
  parser.on('doctype', (doctype) => {
    declaresEntities ||= doctype.includes('<!ENTITY');
    events.doctype?.(doctype);
  });
  withoutStacks(() => {
    // in parts: a document that is one piece of text would be held several times over
    for (let at = 0; at < xml.length; at += PART) parser.write(xml.slice(at, at + PART));
    parser.close();
  });
  return { wellFormed, declaresEntities };
}

/** A document may have a fault in every letter, and an error that says where in the program it was made takes its time. */
function withoutStacks(work: () => void): void {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

const PART = 1024 * 1024;

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
