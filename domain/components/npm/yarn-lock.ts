import type { Reader } from '../component.ts';
import { readYarnBerry } from './yarn-berry.ts';
import { readYarnClassic } from './yarn-classic.ts';

/** Both Yarns call their lockfile the same. */
export const readYarnLock: Reader = (file) =>
  /^__metadata:/m.test(file.text) ? readYarnBerry(file) : readYarnClassic(file);
