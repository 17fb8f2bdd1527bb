import { ConfigurationError } from './load.ts';
import type { SettingName, Settings } from './settings.ts';

type Required<N extends SettingName> = Settings & { readonly [K in N]-?: NonNullable<Settings[K]> };

/** Narrows settings to those a process cannot work without, naming every missing one at once. */
export function requireSettings<N extends SettingName>(settings: Settings, names: readonly N[]): Required<N> {
  const missing = names.filter((name) => settings[name] === undefined);
  if (missing.length > 0) throw new ConfigurationError(missing.map((name) => `${name}: must be set`));
  return settings as Required<N>;
}

/** Exits the way a supervisor and a person both understand: every fault named, code 78. */
export function exitOnBadConfiguration(error: unknown): never {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(78);
}
