/** What of a text stands in long rows without a blank, one in each line. */
export type LongWords = { readonly text: string; readonly offsetOf: (at: number) => number };

export function longWordsOf(content: string): LongWords {
  const words: string[] = [];
  const placed: { readonly at: number; readonly from: number }[] = [];
  let length = 0;
  // from the place where a row that began here would be long enough: most of what lies before is never looked at
  for (let last = LONG - 1, begin = 0; last < content.length; last = begin + LONG - 1) {
    let at = last;
    while (at >= begin && !isBlank(content.charCodeAt(at))) at -= 1;
    if (at >= begin) {
      begin = at + 1;
      continue;
    }
    let end = last + 1;
    while (end < content.length && !isBlank(content.charCodeAt(end))) end += 1;
    placed.push({ at: length, from: begin });
    words.push(content.slice(begin, end));
    length += end - begin + 1;
    begin = end + 1;
  }
  return { text: words.join('\n'), offsetOf: (at) => offsetIn(placed, at) };
}

const LONG = 20;

const isBlank = (code: number): boolean => code <= 32;

function offsetIn(placed: readonly { readonly at: number; readonly from: number }[], at: number): number {
  let [low, high] = [0, placed.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((placed[middle]?.at ?? 0) <= at) low = middle;
    else high = middle;
  }
  const word = placed[low];
  return word === undefined ? at : word.from + at - word.at;
}
