import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { installedPrograms } from '../../../services/sandbox/programs.ts';

const { bwrap, unshare, setpriv } = installedPrograms();
const canProbe = bwrap !== undefined || (unshare !== undefined && setpriv !== undefined);

/** In a process of its own, which alone can say where its temporary folder is. */
const SCRIPT = `
  const { bestMethod } = await import(process.argv[1]);
  const told = () => bestMethod().catch(({ code }) => code);
  const folder = process.env.TMPDIR;
  const results = [];
  for (const place of [folder + '/missing', folder, folder + '/missing']) {
    process.env.TMPDIR = place;
    results.push(await told());
  }
  console.log(JSON.stringify(results));`;

(canProbe ? test : test.skip)('what could not be found out once is found out the next time', async () => {
  const detect = fileURLToPath(new URL('../../../services/sandbox/detect.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', SCRIPT, detect],
    { env: { TMPDIR: '/tmp', PATH: process.env.PATH } },
  );
  const [failed, found, again] = JSON.parse(stdout);
  expect(failed).toBe('ENOENT');
  expect(['bubblewrap', 'namespaces', 'process']).toContain(found);
  expect(again).toBe(found);
});
