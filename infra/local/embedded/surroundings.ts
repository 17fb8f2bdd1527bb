import { join, resolve } from 'node:path';
import { loadSettings, type Origin } from '../../../services/config/load.ts';
import type { SettingName, Settings } from '../../../services/config/settings.ts';
import { CHECKOUT } from '../checkout.ts';

/** What the embedded set was told from outside. */
export type Given = {
  readonly settings: Settings;
  /** Whether a person set it, in the environment or in a file: then we neither choose it nor start what it names. */
  readonly isSet: (name: SettingName) => boolean;
};

/** Throws ConfigurationError naming every fault. */
export function readGiven(environment: NodeJS.ProcessEnv): Given {
  const { settings, origins } = loadSettings(environment);
  const byPerson: readonly Origin[] = ['environment', 'file'];
  return { settings, isSet: (name) => byPerson.includes(origins[name]) };
}

/** Known before anything else, since every message names it. */
export function homePath(environment: NodeJS.ProcessEnv): string {
  return environment.CERTUS_HOME ? resolve(environment.CERTUS_HOME) : join(CHECKOUT, '.certus');
}
