import type { Address, Email } from 'postal-mime';
import { inner } from './archive.ts';
import { type Content, contentOfBytes } from './content.ts';
import { decodePage } from './encoding.ts';
import type { Look } from './look.ts';
import { htmlText } from './markup.ts';
import { type Piece, under } from './piece.ts';

/** A letter: who wrote to whom, both of its bodies, and what is attached. */
export async function* mailText(content: Content, look: Look): AsyncGenerator<Piece> {
  const { default: PostalMime } = await import('postal-mime');
  let mail: Email;
  try {
    mail = await PostalMime.parse(fromFirstHeader(content.whole()), LIMITS);
  } catch {
    // it throws plain errors where a letter is nested too deep or is all headers: what it says is still text
    look.unread('damaged', content.place);
    const text = decodePage(content.whole(), 'utf-8');
    yield { place: content.place, text, unit: 'line', first: 1 };
    return;
  }
  const at = (place: string) => under(content.place, place);
  yield { place: at('headers'), text: headers(mail) };
  if (mail.text !== undefined) yield { place: at('text'), text: mail.text, unit: 'line', first: 1 };
  if (mail.html !== undefined) yield* htmlText(mail.html, { ...content, place: at('text (html)') });
  for (const [number, file] of mail.attachments.entries()) {
    if (!look.entry()) return look.unread('too_large', content.place);
    const name = file.filename ?? `attachment ${number + 1}`;
    yield { place: at('names of files'), text: `${name}\n${file.description ?? ''}` };
    const bytes = typeof file.content === 'string' ? Buffer.from(file.content) : new Uint8Array(file.content);
    yield* look.inside(inner(content, name, bytes));
  }
}

/** What comes before it, mail programs pass over; to a strict reader it would make all of the letter its text. */
function fromFirstHeader(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < bytes.length && ((bytes[at] as number) <= 0x20 || BOM.includes(bytes[at] as number))) at += 1;
  return bytes.subarray(at);
}

const BOM = [0xef, 0xbb, 0xbf];

const LIMITS = {
  maxNestingDepth: 64,
  maxHeadersSize: 1024 * 1024,
  // each letter in a letter is looked into by itself, and counted
  forceRfc822Attachments: true,
} as const;

/** As they were sent, and as their encoded words read. */
function headers(mail: Email): string {
  const people = [
    mail.from,
    mail.sender,
    ...(mail.replyTo ?? []),
    ...(mail.to ?? []),
    ...(mail.cc ?? []),
    ...(mail.bcc ?? []),
  ];
  const decoded = people.flatMap((one) => (one === undefined ? [] : peopleOf(one)));
  const raw = mail.headers
    .filter(({ key }) => !DECODED.has(key))
    .map(({ originalKey, value }) => `${originalKey}: ${value}`);
  return [...decoded, `Subject: ${mail.subject ?? ''}`, ...raw].join('\n');
}

const DECODED: ReadonlySet<string> = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'subject']);

const peopleOf = (address: Address): string[] =>
  'group' in address && address.group !== undefined
    ? [address.name, ...address.group.flatMap(peopleOf)]
    : [`${address.name} <${address.address ?? ''}>`];

/** Letters one behind the other, each after a line that says from whom and when. */
export async function* mailboxText(content: Content, look: Look): AsyncGenerator<Piece> {
  const bytes = content.whole();
  const box = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0, number = 1; at < box.length; number += 1) {
    if (!look.entry()) return look.unread('too_large', content.place);
    const next = box.indexOf('\nFrom ', at);
    const end = next === -1 ? box.length : next + 1;
    const start = box.indexOf('\n', at) + 1;
    yield {
      place: under(content.place, `letter ${number}`),
      text: box.toString('latin1', at, Math.max(at, start)),
    };
    const place = under(content.place, `letter ${number}`);
    yield* mailText(
      contentOfBytes(box.subarray(Math.max(at, start), end), {
        name: 'letter.eml',
        place,
        depth: content.depth,
      }),
      look,
    );
    at = end;
  }
}
