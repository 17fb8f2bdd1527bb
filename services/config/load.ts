import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { FIELDS, type SettingName, type Settings } from './settings.ts';

export type Origin = 'environment' | 'file' | 'default' | 'unset';
export type Loaded = { readonly settings: Settings; readonly origins: Readonly<Record<SettingName, Origin>> };

/** Names every fault at once, so that a person mends a configuration in one go. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `the configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n  ${faults.join('\n  ')}`,
    );
    this.name = 'ConfigurationError';
    this.faults = faults;
  }
}

/** The environment wins over the file named by CERTUS_CONFIG (a JSON object of the same names), and that over defaults. */
export function loadSettings(environment: NodeJS.ProcessEnv): Loaded {
  const faults: string[] = [];
  const file = readConfigurationFile(environment.CERTUS_CONFIG, faults);
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [name, field] of Object.entries(FIELDS)) {
    const given = environment[name] || undefined;
    const value = given ?? file[name];
    const parsed = (field.schema as z.ZodType).safeParse(value);
    if (!parsed.success)
      faults.push(
        `${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')} (for example ${field.example})`,
      );
    else values[name] = parsed.data;
    origins[name] =
      given !== undefined
        ? 'environment'
        : value !== undefined
          ? 'file'
          : values[name] === undefined
            ? 'unset'
            : 'default';
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { settings: values as Settings, origins: origins as Record<SettingName, Origin> };
}

function readConfigurationFile(path: string | undefined, faults: string[]): Record<string, unknown> {
  if (!path) return {};
  try {
    const content = parse(readFileSync(path, 'utf8'));
    if (content === null || typeof content !== 'object' || Array.isArray(content))
      throw new Error('it is not a JSON object');
    for (const name of Object.keys(content)) {
      if (!(name in FIELDS)) faults.push(`${name}: no such setting (in ${path})`);
    }
    return Object.fromEntries(
      Object.entries(content).map(([name, value]) => [
        name,
        typeof value === 'number' ? String(value) : value,
      ]),
    );
  } catch (error) {
    faults.push(
      `CERTUS_CONFIG: cannot use ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return {};
  }
}

/** The parser's own error quotes the file around the fault, and with it perhaps a password. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}
