import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parse as parseYaml, stringify } from 'yaml';
import { createDetector } from '../../../domain/sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { type MaskedInPlace, maskStructured } from '../../../domain/sanitize/mask-structured.ts';
import { maskText } from '../../../domain/sanitize/mask-text.ts';
import { inFours, madeUp, withIbanDigits, withLuhn } from '../privacy/made-up.ts';

const detector = createDetector(DEFAULT_PRIVACY_POLICY, 'documents');
const mask = (format: MaskedInPlace, text: string, kinds: ReadonlySet<string> | 'all' = 'all') =>
  maskStructured(format, text, detector, kinds);

const EMAIL = `jo.moreno${'@'}fastpost.de`;
const OTHER = `al.berg${'@'}fastpost.de`;
const CARD = withLuhn(`4539${madeUp(3).digits(11)}`);
const IBAN = inFours(withIbanDigits('DE', madeUp(4).digits(18)));
const SSN = `536-${'22'}-8746`;
const VALUES = [EMAIL, OTHER, inFours(CARD), IBAN];

test('a text is masked where something was found', () => {
  expect(maskText(`a ${EMAIL}.`, detector.detect(`a ${EMAIL}.`))).toBe('a [EMAIL_ADDRESS].');
  expect(mask('text', `a ${EMAIL}\r\n\tb`)).toBe('a [EMAIL_ADDRESS]\r\n\tb');
  expect(mask('markdown', `# ${EMAIL}\n`)).toBe('# [EMAIL_ADDRESS]\n');
});

test('only the kinds that are asked for', () => {
  expect(mask('text', `${EMAIL} ${IBAN}`, new Set(['IBAN_CODE']))).toBe(`${EMAIL} [IBAN_CODE]`);
});

test('what holds nothing stays as it is, to the letter', () => {
  for (const [format, text] of [
    ['json', '{ "a" : [1.0,\t"\\u0041"] }\n'],
    ['yaml', "a:   'x'   # y\n"],
    ['csv', 'a,"b ""c"""\r\n'],
    ['xml', "<a  b = 'c'/>"],
    ['html', '<P>a<br>&nbsp;'],
  ] as const)
    expect(mask(format, text)).toBe(text);
});

describe('json', () => {
  test.each([
    ['in a string', `{"a": "to ${EMAIL}!"}`, '{"a": "to [EMAIL_ADDRESS]!"}'],
    ['by the name that stands before it', `{"ssn" : "${SSN}"}`, '{"ssn" : "[US_SSN]"}'],
    ['a number becomes a text', `{"card_number":${CARD},"n":1}`, '{"card_number":"[CREDIT_CARD]","n":1}'],
    ['behind escapes', `["\\n${EMAIL.replace('@', '\\u0040')}\\n\\"x"]`, '["\\n[EMAIL_ADDRESS]\\n\\"x"]'],
    ['line by line', `{"a":"${EMAIL}"}\n{"a":1}\n`, '{"a":"[EMAIL_ADDRESS]"}\n{"a":1}\n'],
    ['a whole document', `"${EMAIL}"`, '"[EMAIL_ADDRESS]"'],
  ])('%s', (_, text, expected) => {
    expect(mask('json', text)).toBe(expected);
  });

  test('no two names become one', () => {
    const names = Array.from({ length: 50 }, (_, at) => `u${at}.${EMAIL}`);
    const text = JSON.stringify({ a: Object.fromEntries(names.map((name, at) => [name, at])), [EMAIL]: 1 });
    const parsed = JSON.parse(mask('json', text) ?? '');
    expect(Object.values(parsed.a)).toEqual(names.map((_, at) => at));
    expect(parsed['[EMAIL_ADDRESS]']).toBe(1);
    expect(mask('json', `{"[EMAIL_ADDRESS]": 1, "${EMAIL}": 2}`)).toBe(
      '{"[EMAIL_ADDRESS]": 1, "[EMAIL_ADDRESS 2]": 2}',
    );
  });

  test.each(['{"a": ', `{'a': '${EMAIL}'}`, `${EMAIL}`, `{"a": "${EMAIL}"`])(
    'no mask for what is none: %s',
    (text) => {
      expect(mask('json', text)).toBeUndefined();
    },
  );

  test('any document keeps its shape and loses its values', () => {
    const leaf = fc.oneof(
      fc.constantFrom(...VALUES),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(Number(CARD)),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...VALUES)), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const masked = mask('json', text);
        if (masked === undefined) throw new Error('is not masked');
        expect(shapeOf(JSON.parse(masked))).toEqual(shapeOf(JSON.parse(text)));
        for (const one of VALUES) expect(masked).not.toContain(one);
        expect(detector.detect(masked, { format: 'json' })).toEqual([]);
      }),
    );
  });
});

/** What is left of a document without what its texts and numbers say. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value !== null && typeof value === 'object') return Object.values(value).map(shapeOf);
  return typeof value === 'number' || typeof value === 'string' ? '' : value;
};

describe('csv', () => {
  test.each([
    [`name,mail\nJo,${EMAIL}\n`, 'name,mail\nJo,[EMAIL_ADDRESS]\n'],
    [`a;b\r\n"x ""y"";";"${EMAIL}"\r\n`, 'a;b\r\n"x ""y"";";"[EMAIL_ADDRESS]"\r\n'],
    [`ssn\tn\n${SSN}\t${SSN}\n`, `ssn\tn\n[US_SSN]\t${SSN}\n`],
    [`a,"to ${EMAIL},\nand ${IBAN}",c`, 'a,"to [EMAIL_ADDRESS],\nand [IBAN_CODE]",c'],
  ])('%j', (text, expected) => {
    expect(mask('csv', text)).toBe(expected);
  });

  test('every row keeps its cells', () => {
    const cell = fc.oneof(fc.constantFrom(...VALUES), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .join('\n');
        const masked = mask('csv', text);
        expect(masked?.replace(/[^",\n]/g, '')).toBe(text.replace(/[^",\n]/g, ''));
        for (const one of VALUES) expect(masked).not.toContain(one);
      }),
    );
  });
});

describe('yaml', () => {
  test('with a key that stands there twice in one map is masked by nobody', () => {
    for (const text of [`a: 1\na: ${EMAIL}\n`, `{a: 1, "a": ${EMAIL}}\n`, `b:\n  1: x\n  1: ${EMAIL}\n`])
      expect(mask('yaml', text)).toBeUndefined();
    for (const text of [`a: 1\nb:\n  a: ${EMAIL}\n`, `- a: 1\n- a: ${EMAIL}\n`, `a: 1\n---\na: ${EMAIL}\n`])
      expect(mask('yaml', text)).toBe(text.replace(EMAIL, '"[EMAIL_ADDRESS]"'));
  });

  test('with very many keys, or broken in very many places, comes to an end', () => {
    const keys = Array.from({ length: 30_000 }, (_, at) => `k${at}: 1\n`).join('');
    expect(mask('yaml', `${keys}a: ${EMAIL}\n`)).toBe(`${keys}a: "[EMAIL_ADDRESS]"\n`);
    expect(mask('yaml', `a: ${EMAIL}\n${'"'.repeat(200_000)}`)).toBeUndefined();
  });

  test.each([
    [
      'plain, where a mask would be a list',
      `a: ${EMAIL} # of ${EMAIL}\n`,
      'a: "[EMAIL_ADDRESS]" # of [EMAIL_ADDRESS]\n',
    ],
    ['quoted', `a: '${EMAIL}'\nb: "x ${EMAIL}"\n`, `a: '[EMAIL_ADDRESS]'\nb: "x [EMAIL_ADDRESS]"\n`],
    ['in a list of one line', `a: [${EMAIL}, b]\n`, 'a: ["[EMAIL_ADDRESS]", b]\n'],
    ['in a block', `a: |\n  x\n  ${EMAIL}\nb: 1\n`, 'a: |\n  x\n  [EMAIL_ADDRESS]\nb: 1\n'],
    ['names', `${EMAIL}: 1\n${OTHER}: 2\n`, '"[EMAIL_ADDRESS]": 1\n"[EMAIL_ADDRESS 2]": 2\n'],
    ['behind an escape', `a: "jo.moreno\\x40fastpost.de\\t"\n`, 'a: "[EMAIL_ADDRESS]\\t"\n'],
    ['in more documents than one', `a: 1\n---\nb: ${EMAIL}\n`, 'a: 1\n---\nb: "[EMAIL_ADDRESS]"\n'],
  ])('%s', (_, text, expected) => {
    expect(mask('yaml', text)).toBe(expected);
  });

  test.each(['a: [1', 'a: b: c: d', `a: 1\na: ${EMAIL}\n`, '['.repeat(20_000)])(
    'no mask for what is none: %.20s',
    (text) => {
      expect(mask('yaml', text)).toBeUndefined();
    },
  );

  test('any document keeps its shape and loses its values', () => {
    const leaf = fc.oneof(
      fc.constantFrom(...VALUES, `x\n${EMAIL}\ny\n`),
      fc.string(),
      fc.integer(),
      fc.boolean(),
    );
    const tree = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom(...VALUES)),
      fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })),
      { maxKeys: 4 },
    );
    fc.assert(
      fc.property(tree, fc.constantFrom(20, 80), (value, lineWidth) => {
        const text = stringify(value, { lineWidth });
        const masked = mask('yaml', text);
        if (masked === undefined) throw new Error('is not masked');
        expect(shapeOf(parseYaml(masked))).toEqual(shapeOf(parseYaml(text)));
        for (const one of VALUES) expect(JSON.stringify(parseYaml(masked))).not.toContain(one);
      }),
    );
  });
});

describe('xml and html', () => {
  test.each([
    ['xml', `<a b="${EMAIL}" c='x'>to ${EMAIL}</a>`, `<a b="[EMAIL_ADDRESS]" c='x'>to [EMAIL_ADDRESS]</a>`],
    [
      'xml',
      `<a><![CDATA[${EMAIL}]]><!-- ${EMAIL} --></a>`,
      '<a><![CDATA[[EMAIL_ADDRESS]]]><!-- [EMAIL_ADDRESS] --></a>',
    ],
    ['xml', `<a>jo.moreno&#64;fastpost.de &amp; b</a>`, '<a>[EMAIL_ADDRESS] &amp; b</a>'],
    ['xml', `<ssn>${SSN}</ssn>`, '<ssn>[US_SSN]</ssn>'],
    ['html', `<a href=mailto:${EMAIL}>x</a>`, '<a href=mailto:[EMAIL_ADDRESS]>x</a>'],
    [
      'html',
      `<script>if (a < b) mail("${EMAIL}")</script><p>`,
      '<script>if (a < b) mail("[EMAIL_ADDRESS]")</script><p>',
    ],
    ['html', `1 < 2 ${EMAIL} <br`, '1 < 2 [EMAIL_ADDRESS] <br'],
  ] as const)('%s: %s', (format, text, expected) => {
    expect(mask(format, text)).toBe(expected);
  });

  test.each([`<?x ${EMAIL}?><a/>`, `<!DOCTYPE a "${EMAIL}"><a/>`, `<a ${EMAIL}="1"/>`])(
    'no mask where none can stand: %s',
    (text) => {
      expect(mask('xml', text)).toBeUndefined();
    },
  );

  test('any document keeps its tags and loses its values', () => {
    const text = fc.oneof(
      fc.constantFrom(...VALUES.map((value) => ` ${value} `)),
      fc.stringMatching(/^[a-z ;()]{0,8}$/),
      fc.constant('&amp;'),
    );
    const { tag } = fc.letrec<{ tag: string }>((tie) => ({
      tag: fc
        .tuple(
          fc.constantFrom('a', 'b', 'mail'),
          text,
          fc.array(fc.oneof({ maxDepth: 3 }, text, tie('tag')), { maxLength: 4 }),
        )
        .map(([name, value, children]) => `<${name} x="${value}">${children.join('')}</${name}>`),
    }));
    fc.assert(
      fc.property(tag, (source) => {
        const masked = mask('xml', source) ?? '';
        expect(XMLValidator.validate(masked)).toBe(true);
        expect(masked.match(/<\/?\w+/g)).toEqual(source.match(/<\/?\w+/g));
        for (const one of VALUES)
          expect(JSON.stringify(new XMLParser({ ignoreAttributes: false }).parse(masked))).not.toContain(one);
      }),
    );
  });
});

test.each([
  '{"a":',
  '<a b=',
  '<',
  '&#64;',
  '"',
  'a,',
  '- ',
  '<!--',
  '<![CDATA[',
  `${'a@b.cd'} `,
  '<script>',
  '\\u0040',
  '{}\n',
])('a document of nothing but %j costs no more than its length', (piece) => {
  const text = piece.repeat(60_000 / piece.length);
  for (const format of ['json', 'csv', 'xml', 'html'] as const)
    expect(mask(format, text)?.length ?? 0).toBeLessThan(700_000);
});
