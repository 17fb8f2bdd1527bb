import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

export type Service = {
  readonly build?: { readonly context: string; readonly target: string };
  readonly image: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
};
export type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
};

export const composeSource = (): string => readFileSync(resolve('docker-compose.yml'), 'utf8');

/** The file as Compose sees it: anchors merged, variables filled in. A variable that is required and not set throws. */
export function readCompose(variables: Readonly<Record<string, string>>): Compose {
  const reviver = (key: unknown, given: unknown) => {
    const value = interpolate(given, variables);
    // Compose knows which of its fields are no texts
    return key === 'internal' ? String(value) === 'true' : value;
  };
  return parse(composeSource(), { merge: true, reviver });
}

function interpolate(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, kind?: string, rest?: string) => {
      const given = variables[name];
      if (given) return given;
      if (kind !== '-') throw new Error(`${name}: ${rest ?? 'not set'}`);
      return rest ?? '';
    },
  );
}

/** Where the volumes of a service are mounted. */
export function mounts(service: Service): { volume: string; target: string; readOnly: boolean }[] {
  return (service.volumes ?? []).map((mount) => {
    if (typeof mount !== 'string') return { volume: mount.source, target: mount.target, readOnly: false };
    const [volume = '', target = '', mode] = mount.split(':');
    return { volume, target, readOnly: mode === 'ro' };
  });
}

/** The variables in a file of the form that Compose reads from `.env`. */
export const parseVariables = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('=') as [string, string]),
  );
