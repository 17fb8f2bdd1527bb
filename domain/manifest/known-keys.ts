import { MANIFEST_SCHEMA } from '../../contracts/manifest-schema.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
};

/** The keys that the object at this place may have. */
export function knownKeys(path: readonly (string | number)[]): string[] {
  let here: Schema | undefined = MANIFEST_SCHEMA as Schema;
  for (const step of path) {
    here = asObject(here);
    if (here === undefined) return [];
    here =
      typeof step === 'number'
        ? here.items
        : Object.entries(here.properties ?? {}).find(([key]) => key === step)?.[1];
  }
  return Object.keys(asObject(here)?.properties ?? {});
}

/** Of several forms only one can have keys. */
const asObject = (schema: Schema | undefined): Schema | undefined =>
  schema?.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;
