/**
 * Whether a value is one that somebody would have to make up at random, and not an example, a reference to where the
 * secret really is, or a word.
 */
export function isRandom(value: string, bitsPerCharacter: number): boolean {
  return !isPlaceholder(value) && entropy(value) >= bitsPerCharacter;
}

/** What people write where a secret would go. */
export function isPlaceholder(value: string): boolean {
  return REFERENCE.test(value) || EXAMPLE.test(value) || RUN.test(value) || NOTHING.test(value);
}

/** `${VAR}`, `{{ var }}`, `<password>`, `%VAR%`, `$VAR`, and calls that fetch the value from elsewhere. */
const REFERENCE =
  /[$#%]\{|\$\(|\{\{|^[<[{(].{0,200}[>\]})]$|^%[^%]{0,100}%$|^\$|^!|process\.env|import\.meta|os\.environ|getenv|^env[.:(]|^ENV\[|^secrets?\.|^vault:|^op:\/\/|^arn:|^ref\+|^file:\/\/|^ssm:/i;

const EXAMPLE =
  /example|change[-_.]?(?:me|it|this)|placeholder|dummy|sample|redacted|replace[-_.]?(?:me|this|with)|insert[-_.]|your[-_.]|^your|my[-_.]?(?:secret|password|token|key)|fake|not[-_.]?(?:a[-_.]?)?(?:real|secret)|lorem|foobar|hunter2$|to[-_.]?be[-_.]|goes[-_.]?here|^some[-_.]?/i;

/** The same character over and over, or what a finger meets when it slides over the keyboard. */
const RUN =
  /(.)\1{5}|\*{3}|\.{3}|x{4}|0123456|1234567890|12345678$|abcdefgh|ABCDEFGH|qwerty|(?:deadbeef){2}|(?:cafebabe){2}/i;

const NOTHING = /^(?:null|none|nil|true|false|undefined|empty|default|optional|required|disabled|enabled)$/i;

/** Shannon's, in bits for each character; a random hexadecimal text comes near to 4, a word of a language near to 3. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}
