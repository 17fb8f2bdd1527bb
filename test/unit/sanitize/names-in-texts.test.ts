import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { joinedTexts } from '../../../services/sanitize/joined-texts.ts';
import { openNamesInTexts } from '../../../services/sanitize/names-in-texts.ts';
import { openNerClient } from '../../../services/sanitize/ner-client.ts';
import { Analyzer } from './analyzer.ts';

const { signal } = new AbortController();

let analyzer: Analyzer;
let url: string;
beforeEach(async () => {
  analyzer = new Analyzer({ Quillon: 'PERSON', Brackwater: 'LOCATION', Zed: 'DATE_TIME' });
  url = await analyzer.start();
});
afterEach(() => analyzer.stop());

const names = (languages: readonly string[] = ['en'], sideBySide?: number) =>
  openNamesInTexts({
    ner: openNerClient({ url, kinds: ['PERSON', 'LOCATION'], seconds: 5 }),
    languages,
    ...(sideBySide === undefined ? {} : { sideBySide }),
  });

const shown = (texts: readonly string[], found: Awaited<ReturnType<ReturnType<typeof names>['find']>>) =>
  found.map((spans, at) => spans.map(({ type, start, end }) => [type, texts[at]?.slice(start, end)]));

describe('many texts', () => {
  test('are asked for together, and what is found is told of each of them', async () => {
    const texts = ['😀 Quillon', '17', 'nobody', 'Quillon of Brackwater', ''];
    const found = await names().find(texts, 'en', signal);
    expect(shown(texts, found)).toEqual([
      [['PERSON', 'Quillon']],
      [],
      [],
      [
        ['PERSON', 'Quillon'],
        ['LOCATION', 'Brackwater'],
      ],
      [],
    ]);
    expect(analyzer.asked).toHaveLength(1);
    expect(analyzer.asked[0]?.text).not.toContain('17');
  });

  test('without any word are nothing to ask for', async () => {
    expect(await names().find(['', '12:30', '--'], 'en', signal)).toEqual([[], [], []]);
    expect(analyzer.asked).toEqual([]);
  });

  test('are more requests where they are long, some of them at the same time and never more', async () => {
    const texts = Array.from({ length: 40 }, (_, at) => `${'word '.repeat(1000)} Quillon ${at}`);
    let [now, most] = [0, 0];
    analyzer.instead = (_, response) => {
      now += 1;
      most = Math.max(most, now);
      response.on('close', () => {
        now -= 1;
      });
      return false;
    };
    const found = await names(['en'], 2).find(texts, 'en', signal);
    expect(found.every((spans) => spans.length === 1)).toBe(true);
    expect(analyzer.asked.length).toBeGreaterThan(5);
    expect(most).toBeLessThanOrEqual(2);
  });

  test('are read in the language that they are in, or in the first that the model knows', async () => {
    const two = names(['de', 'en']);
    for (const language of ['en', 'de', 'fr', null]) await two.find(['Quillon'], language, signal);
    expect(analyzer.asked.map(({ language }) => language)).toEqual(['en', 'de', 'de', 'de']);
    expect(two.name).toBe('ner LOCATION,PERSON de,en');
  });

  test('are no halves of characters to a model that writes UTF-8', async () => {
    const texts = ['\ud800 Quillon \udc00', 'Quillon'];
    expect(shown(texts, await names().find(texts, 'en', signal))).toEqual([
      [['PERSON', 'Quillon']],
      [['PERSON', 'Quillon']],
    ]);
    expect(analyzer.asked[0]?.text.isWellFormed()).toBe(true);
  });

  test('are read in pieces where one is long, each with a deadline of its own', async () => {
    const texts = [`${'word '.repeat(20_000)}Quillon${' word'.repeat(9000)}`, 'Quillon'];
    expect(
      new Set(
        shown(texts, await names().find(texts, 'en', signal))
          .flat()
          .map(String),
      ),
    ).toEqual(new Set(['PERSON,Quillon']));
    expect(analyzer.asked.length).toBeGreaterThan(6);
    expect(Math.max(...analyzer.asked.map(({ text }) => text.length))).toBeLessThanOrEqual(20_002);
  });

  test('have each their part of what reaches over from one to the next', () => {
    const [joined] = joinedTexts(['write to Ada', '12', 'Lovelace now']);
    const text = joined?.text ?? '';
    const span = { type: 'PERSON', confidence: 1, start: text.indexOf('Ada'), end: text.indexOf(' now') };
    expect(joined?.split([span])).toEqual([
      { index: 0, span: { ...span, start: 9, end: 12 } },
      { index: 2, span: { ...span, start: 0, end: 8 } },
    ]);
  });
});

describe('a model', () => {
  test('that is away has nobody set aside, and is asked again when it is back', async () => {
    const asking = names();
    await analyzer.stop();
    await expect(asking.find(['Quillon'], 'en', signal)).rejects.toMatchObject({
      code: 'dependency_unavailable',
    });
    await analyzer.start();
    expect(await asking.find(['Quillon'], 'en', signal)).toEqual([[expect.objectContaining({ start: 0 })]]);
  });

  test('that answers nobody is away as well, whatever it says', async () => {
    analyzer.instead = (_, response) => {
      response.writeHead(500).end();
      return true;
    };
    await expect(names().find(['Quillon'], 'en', signal)).rejects.toMatchObject({
      code: 'dependency_unavailable',
      message: expect.not.stringContaining('Quillon'),
    });
  });

  test('that cannot bear one text answers about others: the text is to blame, after some tries', async () => {
    analyzer.instead = ({ text }, response) => {
      if (!text.includes('poison')) return false;
      response.writeHead(500).end();
      return true;
    };
    const asking = names();
    await expect(asking.find(['poison of Quillon'], 'en', signal)).rejects.toMatchObject({
      code: 'item_unreadable',
      message: expect.not.stringContaining('Quillon'),
    });
    expect(analyzer.asked.filter(({ text }) => text.includes('poison'))).toHaveLength(3);
    expect(await asking.find(['Quillon'], 'en', signal)).toHaveLength(1);
  });

  test('that stumbles once is asked once more', async () => {
    let stumbled = false;
    analyzer.instead = (_, response) => {
      if (stumbled) return false;
      stumbled = true;
      response.destroy();
      return true;
    };
    expect(await names().find(['Quillon'], 'en', signal)).toEqual([[expect.objectContaining({ start: 0 })]]);
  });

  test('is not waited for by who has given up', async () => {
    const stop = new AbortController();
    analyzer.instead = () => {
      stop.abort(new Error('given up'));
      return true;
    };
    await expect(names().find(['Quillon'], 'en', stop.signal)).rejects.toThrow('given up');
  });
});
