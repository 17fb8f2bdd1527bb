import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inBatches } from '../../../services/embeddings/batches.ts';
import { readModelFolder } from '../../../services/embeddings/onnx/model-folder.ts';
import { openOnnxEmbedder } from '../../../services/embeddings/onnx/onnx-embedder.ts';
import { pool } from '../../../services/embeddings/onnx/pool.ts';
import { openTokens } from '../../../services/embeddings/onnx/tokens.ts';
import { reasonOf } from '../../../services/embeddings/onnx/unusable.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onnx-'));
  await cp(resolve('test/fixtures/onnx/tiny'), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));
const write = (file: string, content: unknown) => writeFile(join(folder, file), JSON.stringify(content));

describe('pooling', () => {
  // two texts of two tokens with two values each; the second text is one token and padding
  const values = Float32Array.of(1, 2, 3, 6, 5, 7, 99, 99);
  test('is the mean of the tokens, and of no padding', () => {
    expect([...pool(values, { at: 0, tokens: 2, dimension: 2 }, 'mean')]).toEqual([2, 4]);
    expect([...pool(values, { at: 4, tokens: 1, dimension: 2 }, 'mean')]).toEqual([5, 7]);
  });
  test('or the first token', () => {
    expect([...pool(values, { at: 4, tokens: 2, dimension: 2 }, 'cls')]).toEqual([5, 7]);
  });
});

describe('tokens', () => {
  /** A token for each letter, 1 in front and 2 behind. */
  const letters = (text: string) => [...text].map((letter) => letter.codePointAt(0) ?? 0);
  const tokenizer = (body = letters) => ({
    encode: (text: string, { add_special_tokens: whole }: { add_special_tokens: boolean }) => ({
      ids: whole ? [1, ...body(text), 2] : body(text),
    }),
    token_to_id: () => undefined,
  });
  test('are cut before those that end a text', () => {
    const tokens = openTokens(tokenizer(), 5);
    expect(tokens.of('')).toEqual([1, 2]);
    expect(tokens.of('xyz')).toEqual([1, 120, 121, 122, 2]);
    expect(tokens.of('xyzxyzxyz')).toEqual([1, 120, 121, 122, 2]);
    expect(tokens.most()).toHaveLength(5);
  });
  test('are never more than a model reads, whatever the text', () => {
    const tokens = openTokens(tokenizer(), 9);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const ids = tokens.of(text);
        expect(ids.length).toBeLessThanOrEqual(9);
        expect([ids[0], ids.at(-1)]).toEqual([1, 2]);
      }),
    );
  });
  test.each([
    ['there are none', () => []],
    ['they are no numbers', () => ['a'] as unknown as number[]],
    ['they are below nought', () => [-1]],
    ['they are too large', () => [2 ** 31]],
    ['they are broken', () => [0.5]],
  ])('are refused when %s', (_, body: () => number[]) => {
    expect(() => openTokens(tokenizer(body), 5)).toThrow(/tokenizer\.json/);
  });
  test('must have room between those in front and behind', () => {
    expect(() => openTokens(tokenizer(), 2)).toThrow(/tokenizer\.json/);
  });
});

describe('a folder', () => {
  test('says what a model is asked for', () => {
    expect(readModelFolder(folder)).toMatchObject({
      maxTokens: 16,
      padId: 0,
      padToken: '[PAD]',
      pooling: 'mean',
    });
  });

  const LIMITS: [string, object, object, object, number][] = [
    ['what it was trained with', { max_seq_length: 128 }, { model_max_length: 512 }, {}, 128],
    ['what its tokenizer says', {}, { model_max_length: 200 }, { max_position_embeddings: 512 }, 200],
    ['what it has positions for', { max_seq_length: 999 }, {}, { max_position_embeddings: 100 }, 100],
    ['no more than is worth it', { max_seq_length: 8192 }, {}, { max_position_embeddings: 8192 }, 512],
    ['as much, when nothing is said', {}, { model_max_length: 1e30 }, {}, 512],
    [
      'less by those before the first',
      {},
      {},
      { model_type: 'xlm-roberta', max_position_embeddings: 130, pad_token_id: 1 },
      128,
    ],
  ];
  test.each(LIMITS)('has a text read as far as %s', async (_, sentences, tokenizer, config, expected) => {
    await write('sentence_bert_config.json', sentences);
    await write('tokenizer_config.json', tokenizer);
    await write('config.json', config);
    expect(readModelFolder(folder).maxTokens).toBe(expected);
  });

  test.each([
    ['cls by its flag', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'cls'],
    ['cls by its name', { pooling_mode: 'cls' }, 'cls'],
    ['mean by its name', { pooling_mode: 'mean' }, 'mean'],
    ['mean when nothing is said', {}, 'mean'],
  ])('asks for %s', async (_, pooling, expected) => {
    await write('1_Pooling/config.json', pooling);
    expect(readModelFolder(folder).pooling).toBe(expected);
  });
  test.each([
    ['the largest', { pooling_mode_max_tokens: true }],
    ['two at once', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }],
    ['the last token', { pooling_mode: 'lasttoken' }],
    ['what every object has', { pooling_mode: 'constructor' }],
  ])('is refused when it asks for %s', async (_, pooling) => {
    await write('1_Pooling/config.json', pooling);
    expect(() => readModelFolder(folder)).toThrow(/another pooling/);
  });

  test.each([
    ['tokenizer.json', 65],
    ['config.json', 2],
    ['model.onnx', 1025],
  ])('is refused with a %s beyond measure', async (file, mebibytes) => {
    await truncate(join(folder, file), mebibytes * 1024 * 1024);
    expect(() => readModelFolder(folder)).toThrow(`${file} is larger than ${mebibytes - 1} MiB`);
  });
});

test('without ONNX Runtime the start fails with the command that installs it', async () => {
  const opened = openOnnxEmbedder({ folder, runtime: join(folder, 'none'), dimension: 8 });
  await expect(opened).rejects.toMatchObject({
    name: 'ConfigurationError',
    faults: [expect.stringMatching(/^CERTUS_EMBEDDINGS_RUNTIME: .*: npm install .*onnxruntime-web@\d/)],
  });
});

test('texts come in batches of so many, and of so much', () => {
  const sizes = (texts: string[], most: number) => [...inBatches(texts, most)].map((batch) => batch.length);
  expect(sizes([], 3)).toEqual([]);
  expect(sizes(['a', 'b', 'c', 'd'], 3)).toEqual([3, 1]);
  expect(
    sizes(
      Array.from({ length: 20 }, () => 'x'.repeat(9_000)),
      64,
    ),
  ).toEqual([16, 4]);
});

test('what a file makes others say is cut, and held to one line', () => {
  expect(reasonOf(new Error(`bad\n\u001b[31m${'x'.repeat(999)}`))).toMatch(/^bad \[31mx{290,}$/);
  expect(reasonOf(new Error('x'.repeat(999)))).toHaveLength(300);
});
