import type { Loaded, Origin } from './load.ts';
import { FIELDS, type SettingName } from './settings.ts';

export type SettingDescription = {
  readonly name: SettingName;
  readonly value: unknown;
  readonly origin: Origin;
  readonly meaning: string;
  readonly example: string;
};

/** What is in force and where it came from, safe to print: secrets are masked whole, never by half. */
export function describeSettings({ settings, origins }: Loaded): SettingDescription[] {
  return (Object.keys(FIELDS) as SettingName[]).map((name) => {
    const { meaning, example, secret } = FIELDS[name] as (typeof FIELDS)[SettingName] & { secret?: boolean };
    const value = settings[name];
    return {
      name,
      value: secret && value !== undefined ? '********' : (value ?? null),
      origin: origins[name],
      meaning,
      example,
    };
  });
}
