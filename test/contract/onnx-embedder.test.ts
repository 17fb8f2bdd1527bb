// needs: onnxruntime
import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Embedder } from '../../services/embeddings/embedder.ts';
import { modelThread } from '../../services/embeddings/onnx/model-thread.ts';
import { type OnnxOptions, openOnnxEmbedder } from '../../services/embeddings/onnx/onnx-embedder.ts';
import { openEmbedder } from '../../services/embeddings/open-embedder.ts';

const FIXTURES = resolve('test/fixtures/onnx');
const runtime = process.env.CERTUS_EMBEDDINGS_RUNTIME!;
const never = new AbortController().signal;

let folder: string;
let opened: Embedder[];
/** Of the model as it is, for whoever changes nothing. */
let plain: Embedder;
beforeAll(async () => {
  plain = await openOnnxEmbedder({ folder: join(FIXTURES, 'tiny'), runtime, dimension: 8 });
});
afterAll(() => plain.close?.());
beforeEach(async () => {
  opened = [];
  folder = join(await mkdtemp(join(tmpdir(), 'onnx-')), 'tiny');
  await cp(join(FIXTURES, 'tiny'), folder, { recursive: true });
});
afterEach(async () => {
  for (const embedder of opened) await embedder.close?.();
  await rm(join(folder, '..'), { recursive: true });
});

async function open(changes: Partial<OnnxOptions> = {}): Promise<Embedder> {
  const embedder = await openOnnxEmbedder({ folder, runtime, dimension: 8, ...changes });
  opened.push(embedder);
  return embedder;
}
const use = (model: string) => cp(join(FIXTURES, model), join(folder, 'model.onnx'));
async function change(file: string, changes: object): Promise<void> {
  const content = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await writeFile(join(folder, file), JSON.stringify({ ...content, ...changes }));
}
const embed = (embedder: Embedder, ...texts: string[]) => embedder.embed(texts, never);
const unit = (...values: number[]) => values.map((value) => value / Math.hypot(...values));
function expectClose(vector: Float32Array | undefined, expected: readonly number[]): void {
  expect(vector).toBeInstanceOf(Float32Array);
  expect(vector).toHaveLength(expected.length);
  for (const [n, value] of expected.entries()) expect(vector![n]).toBeCloseTo(value, 5);
}

/** The mean of what the tokens mean, with one in front and one behind, as make.py has it: worked out by hand. */
const EXPECTED: [string, number[]][] = [
  ['password', unit(1, 0, 0, 0, 0, 0.25, 0.25, 0)],
  ['password boat', unit(1, 0.75, 0, 0, 0.25, 0.25, 0.25, 0)],
  ['Ships', unit(0, 1, 0, 0, 0.125, 0.25, 0.25, 0)],
  ['invoice invoice ship', unit(0, 1, 2, 0, 0, 0.25, 0.25, 0)],
  ['nobody knows constructor __proto__', unit(0, 0, 0, 0, 0, 0.25, 0.25, 8)],
  ['', unit(0, 0, 0, 0, 0, 0.25, 0.25, 0)],
];

describe('vectors', () => {
  test.each(EXPECTED)('of "%s" are what its tokens mean', async (text, expected) => {
    const [vector] = await embed(plain, text);
    expectClose(vector, expected);
  });

  test('do not depend on what they were made with, nor on padding', async () => {
    const texts = Array.from({ length: 50 }, (_, n) => EXPECTED[(n * 5) % EXPECTED.length]!);
    const vectors = await embed(plain, ...texts.map(([text]) => text));
    expect(vectors).toHaveLength(50);
    for (const [n, [, expected]] of texts.entries()) expectClose(vectors[n], expected);
  });

  test('of a model that rounds by its batch are made one at a time', async () => {
    await use('rounds-by-batch.onnx');
    const embedder = await open();
    const texts = EXPECTED.map(([text]) => text);
    const together = await embed(embedder, ...texts);
    for (const [n, text] of texts.entries()) expectClose(together[n], [...(await embed(embedder, text))[0]!]);
    // or there would be nothing to see
    expect([...together[0]!]).not.toEqual([...(await embed(plain, 'password'))[0]!]);
  });

  test('of a long text are those of its beginning', async () => {
    // sixteen positions, two of them taken
    const [long, cut, other] = await embed(
      plain,
      `${'ship '.repeat(14)}${'password '.repeat(4_000)}`,
      'ship '.repeat(14),
      'password',
    );
    expectClose(long, [...cut!]);
    expect(long![0]).toBe(0);
    expect(other![0]).toBeGreaterThan(0.9);
  });

  test('follow the length that the model was trained with', async () => {
    await writeFile(join(folder, 'sentence_bert_config.json'), '{"max_seq_length": 3}');
    const [vector] = await embed(await open(), 'ship password');
    expectClose(vector, unit(0, 1, 0, 0, 0, 0.25, 0.25, 0));
  });

  test('are those of the first token where the model says so', async () => {
    await change('1_Pooling/config.json', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false });
    const [ofFirst] = await embed(await open(), 'password');
    // the first token itself, and half of what all three mean
    expectClose(ofFirst, unit(1 / 6, 0, 0, 0, 0, 0.25 + 0.25 / 6, 0.25 / 6, 0));
    await use('pools-itself.onnx');
    expectClose((await embed(await open(), 'password'))[0], [...ofFirst!]);
  });

  test('of no texts are none', async () => {
    expect(await embed(plain)).toEqual([]);
  });
});

describe('a model', () => {
  test('is known by its content', async () => {
    expect((await open()).model).toBe(plain.model);
    await change('1_Pooling/config.json', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false });
    const otherWay = await open();
    await use('rounds-by-batch.onnx');
    expect(new Set([plain, otherWay, await open()].map(({ model }) => model)).size).toBe(3);
  });

  test('may lie in a folder of its own', async () => {
    await mkdir(join(folder, 'onnx'));
    await cp(join(folder, 'model.onnx'), join(folder, 'onnx/model.onnx'));
    await rm(join(folder, 'model.onnx'));
    expectClose((await embed(await open(), 'ship'))[0], unit(0, 1, 0, 0, 0, 0.25, 0.25, 0));
  });

  test('that is replaced under way is not mistaken for the one of the start', async () => {
    const embedder = await open({ openMs: 20_000 });
    await use('rounds-by-batch.onnx');
    await embedder.close?.(); // as when its thread had to be ended
    await expect(embed(embedder, 'ship')).rejects.toMatchObject({
      code: 'embedding_failed',
      message: 'The embedding model is no longer the one of the start.',
    });
    await use('tiny/model.onnx');
    expect(await embed(embedder, 'ship')).toHaveLength(1);
  });

  test('leaves the process free while it computes', async () => {
    let beats = 0;
    const beat = setInterval(() => {
      beats += 1;
    }, 1);
    await embed(plain, ...Array.from({ length: 400 }, () => 'ship '.repeat(14)));
    clearInterval(beat);
    expect(beats).toBeGreaterThan(2);
  });

  test('is not waited for by who gives up, and goes on for the others', async () => {
    const stop = new AbortController();
    const [given, other] = [plain.embed(['ship', 'boat'], stop.signal), embed(plain, 'password')];
    stop.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    await expect(plain.embed(['ship'], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(await other).toHaveLength(1);
  });

  test('that takes too long is ended, and another thread answers whoever asks next', async () => {
    const thread = modelThread({ folder, runtime });
    await expect(thread.ask({ texts: ['ship'] }, 1)).rejects.toMatchObject({
      code: 'dependency_unavailable',
      retryable: true,
    });
    expect(await thread.ask({ texts: ['ship'] }, 30_000)).toMatchObject({ dimension: 8 });
    await thread.end();
  });

  test('does not keep a process from ending', async () => {
    const output = await runAlone(
      'onnx-embedder.ts',
      `const embedder = await its.openOnnxEmbedder({ ...given, dimension: 8 });
       console.log((await embedder.embed(['ship'], AbortSignal.timeout(30_000))).length);`,
    );
    expect(output).toBe('1\n');
  });

  test('reads no padding: texts of any length go through it together', async () => {
    const output = await runAlone(
      'session.ts',
      `const { loadRuntime } = await import(of('runtime.ts'));
       const { readModelFolder } = await import(of('model-folder.ts'));
       const encoder = await its.openEncoder(loadRuntime(given.runtime), readModelFolder(given.folder), 0);
       const texts = [[2, 4, 3], [2, 6, 6, 6, 6, 9, 3], [2, 3]];
       const together = await encoder.run(texts);
       const alone = await Promise.all(texts.map((ids) => encoder.run([ids])));
       console.log(JSON.stringify([together, alone.flat()].map((all) => all.map((one) => [...one]))));`,
    );
    const [together, alone] = JSON.parse(output);
    for (const [n, vector] of together.entries()) expectClose(Float32Array.from(vector), alone[n]);
    expect(together[0]).not.toEqual(together[1]);
  });

  /** In a process without a test around it. */
  async function runAlone(file: string, body: string): Promise<string> {
    const script = `const of = (file) => ${JSON.stringify(resolve('services/embeddings/onnx'))} + '/' + file;
      const its = await import(of('${file}'));
      const given = ${JSON.stringify({ folder, runtime })};
      ${body}`;
    await writeFile(join(folder, 'alone.mjs'), script);
    return execFileSync(process.execPath, [join(folder, 'alone.mjs')], { encoding: 'utf8' });
  }
});

describe('refuses to start with', () => {
  const bad: [string, () => Promise<unknown>, RegExp][] = [
    ['no model', () => rm(join(folder, 'model.onnx')), /there is neither model\.onnx/],
    ['no tokenizer', () => rm(join(folder, 'tokenizer.json')), /there is no tokenizer\.json/],
    ['no folder', () => rm(folder, { recursive: true }), /there is no/],
    ['half a model', () => truncate(join(folder, 'model.onnx'), 900), /cannot be opened/],
    ['an empty one', () => truncate(join(folder, 'model.onnx')), /cannot be opened/],
    ['garbage', () => writeFile(join(folder, 'model.onnx'), 'garbage!'.repeat(999)), /cannot be opened/],
    ['something behind it', () => appendFile(join(folder, 'model.onnx'), 'x'.repeat(99)), /cannot be opened/],
    ['pictures', () => use('sees-pictures.onnx'), /does not read texts: it asks for pixel_values/],
    ['files elsewhere', () => use('reads-elsewhere.onnx'), /cannot be opened/],
    ['too little memory', () => use('takes-all-memory.onnx'), /fails: .*bad_alloc/],
    ['fewer positions', () => change('config.json', { max_position_embeddings: 40 }), /fails/],
    ['a dense layer', () => writeFile(join(folder, 'modules.json'), '[{"type":"x.Dense"}]'), /x\.Dense/],
    ['another pooling', () => change('1_Pooling/config.json', { pooling_mode_max_tokens: true }), /pooling/],
    ['no JSON', () => writeFile(join(folder, 'tokenizer.json'), '{"model"'), /is not JSON/],
    ['no tokens', () => writeFile(join(folder, 'tokenizer.json'), '{}'), /cannot be used/],
    ['another file', () => writeFile(join(folder, 'config.json'), '[]'), /config\.json is not as/],
    [
      'words without numbers',
      () => change('tokenizer.json', wordsWithoutNumbers),
      /without a number|told by/,
    ],
    ['a pipe', pipeInstead, /is not a file/],
  ];
  const wordsWithoutNumbers = {
    added_tokens: [],
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 'one' }, max_input_chars_per_word: 9 },
  };
  async function pipeInstead(): Promise<void> {
    await rm(join(folder, 'model.onnx'));
    execFileSync('mkfifo', [join(folder, 'model.onnx')]);
  }

  test.each(bad)('%s', async (_, spoil, reason) => {
    await spoil();
    const refused = open();
    await expect(refused).rejects.toMatchObject({ name: 'ConfigurationError' });
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toThrow(/CERTUS_EMBEDDINGS_MODEL: /);
  });

  test('one that comes to no end', async () => {
    await use('never-ends.onnx');
    const refused = open({ openMs: 4_000 });
    await expect(refused).rejects.toMatchObject({ name: 'ConfigurationError' });
    await expect(refused).rejects.toThrow(/does not answer in time/);
  });

  test('vectors of another dimension', async () => {
    await expect(open({ dimension: 384 })).rejects.toMatchObject({
      name: 'ConfigurationError',
      faults: [expect.stringMatching(/^CERTUS_EMBEDDINGS_DIMENSION: 384, .* of 8 values$/)],
    });
  });
});

describe('without ONNX Runtime', () => {
  const settings = {
    CERTUS_EMBEDDINGS: 'onnx',
    CERTUS_EMBEDDINGS_URL: undefined,
    CERTUS_EMBEDDINGS_DIMENSION: 8,
    CERTUS_EMBEDDINGS_KEY_FILE: undefined,
  } as const;
  const openWith = (where: string) =>
    openEmbedder({ ...settings, CERTUS_EMBEDDINGS_MODEL: folder, CERTUS_EMBEDDINGS_RUNTIME: where });

  test('or with another version of it, the command that installs it is told', async () => {
    const where = join(folder, 'runtime');
    const told =
      /^CERTUS_EMBEDDINGS_RUNTIME: .* is not in .*: npm install --ignore-scripts --prefix \S+ onnx/;
    await expect(openWith(where)).rejects.toMatchObject({ faults: [expect.stringMatching(told)] });
    const installed = join(where, 'node_modules/onnxruntime-web');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'package.json'), '{"name":"onnxruntime-web","version":"1.0.0"}');
    await expect(openWith(where)).rejects.toMatchObject({
      faults: [expect.stringMatching(/another version: npm install/)],
    });
    await writeFile(join(installed, 'package.json'), '{"version":"1.30.0"}');
    await expect(openWith(where)).rejects.toMatchObject({ faults: [expect.stringMatching(told)] });
  });

  test('with it, the settings open the model', async () => {
    const embedder = await openWith(runtime);
    opened.push(embedder!);
    expect(await embedder?.embed(['ship'], never)).toHaveLength(1);
  });
});
