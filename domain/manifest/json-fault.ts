type JsonFault = { readonly message: string; readonly offset: number };

/**
 * Where a text first is no JSON. The YAML reader takes it either way; JSON's own does not always say where it stumbled,
 * and quotes what stands around it.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    SPACE.lastIndex = offset;
    offset += SPACE.exec(text)?.[0].length ?? 0;
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) {
      if (offset < text.length) return { message: 'is not JSON from here on', offset };
      return expected === 'end' ? undefined : { message: 'the JSON ends too early', offset };
    }
    const next = after(token, expected, open);
    if (next === undefined)
      return { message: `is not JSON: expected ${NAMES[expected]} instead of this`, offset };
    expected = next;
    offset += token.length;
  }
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end';

const NAMES: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  key: 'a key in double quotes',
  'key or }': 'a key in double quotes or "}"',
  ':': '":"',
  ', or end': '"," or the end of the list or object',
  end: 'the end of the text',
};

const SPACE = /[ \t\r\n]*/y;
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them inside a text
  /[{}[\]:,]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may follow the token; `undefined` when the token itself may not stand there. */
function after(token: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  const closed = (): Expected => (open.length === 0 ? 'end' : ', or end');
  const value = expected === 'value' || expected === 'value or ]';
  switch (token) {
    case '{':
    case '[':
      if (!value) return undefined;
      open.push(token);
      return token === '{' ? 'key or }' : 'value or ]';
    case '}':
    case ']': {
      const empty = expected === (token === '}' ? 'key or }' : 'value or ]');
      if (!empty && expected !== ', or end') return undefined;
      return open.pop() === (token === '}' ? '{' : '[') ? closed() : undefined;
    }
    case ',':
      if (expected !== ', or end') return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case ':':
      return expected === ':' ? 'value' : undefined;
    default:
      if (value) return closed();
      return token.startsWith('"') && expected.startsWith('key') ? ':' : undefined;
  }
}
