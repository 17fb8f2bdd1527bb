import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EXIT } from '../../../infra/local/exit-codes.ts';
import { explain } from '../../../infra/local/explain.ts';
import { AlreadyRunning, NewerHome } from '../../../infra/local/home.ts';
import { Unobtainable } from '../../../infra/local/obtain/obtain.ts';
import { PortTaken } from '../../../infra/local/ports.ts';
import { ConfigurationError } from '../../../services/config/load.ts';

const home = join(tmpdir(), 'certus-explain', 'not-there-yet');
const errno = (code: string) => Object.assign(new Error(`${code}: write`), { code, syscall: 'write' });

describe('a start that failed', () => {
  test.each([
    [new ConfigurationError(['CERTUS_API_PORT: not a number']), EXIT.configuration],
    [new PortTaken('port 8056 is taken'), EXIT.configuration],
    [new NewerHome('newer'), EXIT.configuration],
    [new AlreadyRunning('runs'), EXIT.alreadyRunning],
    [new Unobtainable('no temporal'), EXIT.unavailable],
    [errno('EACCES'), EXIT.storage],
    [new TypeError('undefined is not a function'), EXIT.internal],
  ])('%s', (error, exitCode) => {
    const explanation = explain(error, home);
    expect(explanation.exitCode).toBe(exitCode);
    expect(explanation.message).toContain(error.message);
  });

  test.each([
    [errno('ENOSPC')],
    [new Error('postgres did not start', { cause: errno('EDQUOT') })],
    [new Error('initdb: could not write: No space left on device')],
  ])('a full disk is called that: %s', (error) => {
    const { exitCode, message } = explain(error, home);
    expect(exitCode).toBe(EXIT.storage);
    expect(message).toMatch(/disk that holds .* is full \(\d+ MiB free\)/);
  });
});
