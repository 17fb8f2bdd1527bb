import type { Piece } from './piece.ts';
import { TextBuilder } from './text-builder.ts';
import { readXml } from './xml.ts';

/** Texts that several cells may show, which lie apart from them. */
export function sharedStrings(xml: string): { strings: string[]; wellFormed: boolean } {
  const strings: string[] = [];
  let text: string[] | undefined;
  const { wellFormed } = readXml(xml, {
    open(name) {
      if (name === 'si') text = [];
    },
    close(name) {
      if (name === 'si' && text !== undefined) {
        strings.push(text.join(''));
        text = undefined;
      }
    },
    text: (part) => text?.push(part),
  });
  return { strings, wellFormed };
}

/** A sheet row by row. `used` is told which of the shared texts it shows; `room` ends it, for few bytes can show much. */
export function sheetText(
  xml: string,
  place: string,
  shared: readonly string[],
  used: Set<number>,
  room: number,
): { pieces: Piece[]; wellFormed: boolean; whole: boolean } {
  const [cells, beside] = [new TextBuilder(), new TextBuilder()];
  let [row, type, inCell, text] = [0, '', false, ''];
  let whole = true;
  const { wellFormed } = readXml(xml, {
    open(name, attributes) {
      if (name === 'row') {
        row = Number(attributes.r ?? row + 1) || row + 1;
        cells.breakLine();
        cells.mark(row);
      } else if (name === 'c') {
        [type, inCell, text] = [attributes.t ?? 'n', true, ''];
      } else if (!inCell)
        for (const value of Object.values(attributes)) if (/[@:]|\s\S/.test(value)) beside.add(`${value}\n`);
      if (inCell && (name === 'f' || name === 'v')) text = '';
    },
    close(name) {
      if (name === 'v') say(cellText(type, text, shared, used));
      else if (name === 'f' || (name === 'is' && inCell)) say(text);
      if (name === 'v' || name === 'f' || name === 'is') text = '';
      if (name === 'c') {
        if (text.trim() !== '') say(text);
        inCell = false;
      }
    },
    text(part) {
      if (inCell) text += part;
      else if (part.trim() !== '') beside.add(`${part}\n`);
    },
    comment: (part) => beside.add(`${part}\n`),
  });
  function say(value: string): void {
    if (cells.length + value.length > room) whole = false;
    else if (value !== '') cells.add(`${value}\t`);
  }
  return {
    pieces: [cells.piece(place, 'row'), { ...beside.piece(place), isAside: true }],
    wellFormed,
    whole,
  };
}

function cellText(type: string, value: string, shared: readonly string[], used: Set<number>): string {
  if (type === 's') {
    const index = Number(value);
    used.add(index);
    return shared[index] ?? '';
  }
  // long numbers are written with an exponent, which hides what a person sees
  return type === 'n' && /e/i.test(value) ? plainNumber(value) : value;
}

function plainNumber(value: string): string {
  const number = Number(value);
  return Number.isFinite(number) ? String(number) : value;
}
