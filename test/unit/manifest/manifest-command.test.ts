import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execute } from '../../../cli/main.ts';
import { MANIFEST_SCHEMA } from '../../../contracts/manifest-schema.ts';
import { temporaryFolder, write } from '../scan/sources.ts';

const folder = temporaryFolder('manifest-command');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
write(folder, {
  'good.yaml':
    'product: p\nversion: "1"\nprofiles:\n  - {name: a, tools: [secrets]}\n  - {name: b, tools: [sbom]}\n',
  'bad.yaml':
    'product: p\nversion: "1"\nprofiles:\n  - name: a\n    tools: [magic]\n    rules: [{name: r, deny: "1 +"}]\n',
  'tool.json': '{"product": "p", "version": "1",\n"profiles": [{"name": "a", "tools": ["magic"]}]}',
  'loose.json': '{"product": "p",}',
  'hostile.yaml': '"\\e[2J": 1\n',
  'large.yaml': 'x'.repeat(1e6),
});

async function certus(...words: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) =>
    ({
      write: (text: string) => {
        written[name] += text;
      },
    }) as unknown as NodeJS.WriteStream;
  const surroundings = {
    environment: {},
    workingDirectory: folder,
    checkout: folder,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  };
  return { code: await execute(words, surroundings), ...written };
}

describe('certus manifest check', () => {
  test('says that nothing is wrong', async () => {
    const { code, stdout } = await certus('manifest', 'check', 'good.yaml');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'good.yaml: nothing is wrong; profiles: a, b\n' });
  });

  test('says what is wrong where editors look for it, and exits 65', async () => {
    const { code, stdout } = await certus('manifest', 'check', 'bad.yaml');
    expect(code).toBe(65);
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'bad.yaml:5:13:',
      'bad.yaml:6:29:',
      '',
    ]);
  });

  test('says it to pipelines too', async () => {
    const { code, stdout } = await certus('manifest', 'check', 'tool.json', '-o', 'json');
    expect(code).toBe(65);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      code: 'unsupported_tool',
      faults: [{ path: 'profiles.0.tools.0', line: 2, column: 38 }],
    });
    expect(JSON.parse((await certus('manifest', 'check', 'good.yaml', '-o', 'json')).stdout)).toEqual({
      valid: true,
      code: null,
      faults: [],
      profiles: ['a', 'b'],
    });
  });

  test.each([
    ['loose.json', 65],
    ['large.yaml', 65],
    ['missing.yaml', 66],
    ['.', 65],
  ])('of %s exits %i', async (file, expected) => {
    expect((await certus('manifest', 'check', file)).code).toBe(expected);
  });

  test('shows what a file would do to the terminal, and does not do it', async () => {
    const { code, stdout } = await certus('manifest', 'check', 'hostile.yaml');
    expect(code).toBe(65);
    expect(stdout).not.toContain('\u001b');
  });
});

test('certus manifest schema prints the schema', async () => {
  const { code, stdout } = await certus('manifest', 'schema');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(MANIFEST_SCHEMA)));
});

test('certus scan says what is wrong with its manifest before it asks any server', async () => {
  const { code, stderr } = await certus('scan', 'https://example.org/a.git', '--manifest', 'bad.yaml');
  expect(code).toBe(65);
  expect(stderr).toMatch(/manifest_invalid: .*bad\.yaml:5:13: profiles\.0\.tools\.0: "magic".*and 1 more/);
});
