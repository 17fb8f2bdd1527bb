/** Text as it comes in: minutes, logs, code, tables and JSON in turn, with something personal now and then. */
export function mixedText(length: number, seed = 1): string {
  let state = seed * 7919 + 17;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('');
  const hex = (count: number) => Array.from({ length: count }, () => '0123456789abcdef'[below(16)]).join('');
  const word = () => WORDS[below(WORDS.length)] as string;
  const words = (count: number) => Array.from({ length: count }, word).join(' ');
  const time = () =>
    `2026-0${1 + below(9)}-${10 + below(18)}T1${below(10)}:${10 + below(49)}:${10 + below(49)}.${digits(3)}Z`;
  const personal = () =>
    [
      `c${digits(4)}${'@'}fastpost.de`,
      `+49 30 9018 ${digits(4)}`,
      `192.168.${below(255)}.${below(255)}`,
      'Dear Mr Moreno',
      `Name: Ada Moreno`,
      `born 12.0${1 + below(9)}.19${60 + below(39)}`,
    ][below(6)] as string;
  const kinds: (() => string)[] = [
    () => `${words(12 + below(30))}. ${words(20)}.\n`,
    () =>
      `${time()} INFO  [worker-${below(9)}] request ${hex(32)} took ${below(900)} ms, ${digits(6)} bytes, ${words(4)}\n`,
    () =>
      `  const ${word()}${below(99)} = await this.${word()}(${word()}, { id: '${hex(8)}', retries: ${below(9)} });\n`,
    () => `${digits(6)};${word()};${word()};${below(999)}.${digits(2)};2026-05-${10 + below(18)};${word()}\n`,
    () =>
      `{"id": ${digits(7)}, "${word()}": "${words(5)}", "ok": true, "v": "4.${below(20)}.${below(9)}", "at": "${time()}"}\n`,
    () => `commit ${hex(40)}\n    ${words(8)}\n`,
  ];
  const parts: string[] = [];
  for (let size = 0; size < length; ) {
    const kind = kinds[below(kinds.length)] as () => string;
    const block = Array.from({ length: 4 + below(12) }, kind);
    if (below(4) === 0) block.push(`${words(5)} ${personal()} ${words(4)}.\n`);
    for (const line of block) {
      parts.push(line);
      size += line.length;
    }
  }
  return parts.join('').slice(0, length);
}

const WORDS =
  'the quarterly report shows that revenue in northern region grew while number of customers who returned goods fell board agreed to extend contract and ask auditors again version plan names units each für über größer Straße données société señal año server timeout connection handler index value result buffer token session account'.split(
    ' ',
  );
