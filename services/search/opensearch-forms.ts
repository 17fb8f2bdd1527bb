import type { Client } from '@opensearch-project/opensearch';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { answered } from './opensearch-errors.ts';
import { indexDefinition, MAPPING_VERSION } from './opensearch-mapping.ts';

/** How far an index has been filled from another one. */
const Copy = z.object({
  from: z.string(),
  /** Everything up to this operation of the other index is in it. */
  seq_no: z.number().int(),
  /** Who asked for it: asked again, it is not done twice. */
  request: z.string(),
});
export type Copy = z.infer<typeof Copy>;

/** One index of an alias. */
export type Form = {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly dimension: number | undefined;
  /** The alias points here: this is what is searched and written. */
  readonly serving: boolean;
  /** It takes no writes while another one takes its place. */
  readonly blocked: boolean;
  readonly copy: Copy | undefined;
};

const Meta = z.object({ dimension: z.number().int().optional(), copy: Copy.optional() }).default({});

const Write = z.object({ write: z.union([z.string(), z.boolean()]).default(false) });
const Blocks = z.object({ index: z.object({ blocks: Write.prefault({}) }).prefault({}) }).prefault({});

/** Every index that the alias points to, has pointed to, or is to point to. */
export async function formsOf(client: Client, alias: string): Promise<Form[]> {
  const { body } = await answered(client.indices.get({ index: `${alias}-v*`, expand_wildcards: 'all' }));
  return Object.entries(body).flatMap(([name, { aliases, mappings, settings }]) => {
    // another alias may begin with the name of ours
    const [, version, generation = '0'] =
      (name.startsWith(alias) && /^-v(\d{1,6})(?:-(\d{6}))?$/.exec(name.slice(alias.length))) || [];
    if (version === undefined) return [];
    const { dimension, copy } = Meta.parse(mappings?._meta);
    const serving = Object.hasOwn(aliases ?? {}, alias);
    const blocked = String(Blocks.parse(settings).index.blocks.write) === 'true';
    return [
      { name, version: Number(version), generation: Number(generation), dimension, serving, blocked, copy },
    ];
  });
}

export const servingOf = (forms: readonly Form[]): Form | undefined => forms.find(({ serving }) => serving);

/** What is to take the place of the one that serves. */
export const buildingOf = (forms: readonly Form[], serving: Form): Form | undefined =>
  forms.find((form) => !form.serving && form.copy?.from === serving.name);

export const isWanted = ({ version, dimension }: Form, wanted: number): boolean =>
  version === MAPPING_VERSION && dimension === wanted;

type Making = {
  readonly alias: string;
  readonly dimension: number;
  readonly generation: number;
  /** Left out, it is what the alias points to from the beginning. */
  readonly copy?: Copy;
};

/** Makes an index of the form that this release writes; false when it is there already. */
export async function makeForm(
  client: Client,
  { alias, dimension, generation, copy }: Making,
): Promise<boolean> {
  await answered(
    client.indices.putIndexTemplate({
      name: alias,
      body: {
        index_patterns: [`${alias}-v${MAPPING_VERSION}-*`],
        priority: 500,
        version: MAPPING_VERSION,
        template: indexDefinition(dimension),
      },
    }),
  );
  const index = nameOf(alias, generation);
  const { body } = await answered(
    client.indices.create(
      {
        index,
        body: {
          mappings: { _meta: { dimension, ...(copy === undefined ? {} : { copy }) } },
          ...(copy === undefined
            ? { aliases: { [alias]: { is_write_index: true } } }
            : // nobody searches it yet
              { settings: { index: { refresh_interval: '-1' } } }),
        },
      },
      { ignore: [400] },
    ),
  );
  if ('acknowledged' in body && body.acknowledged === true) return true;
  if ((await formsOf(client, alias)).some(({ name, serving }) => name === index || serving)) return false;
  throw new CertusError(
    'internal_error',
    `OpenSearch refuses to make ${index}: ${JSON.stringify(body).slice(0, 500)}`,
  );
}

export const nameOf = (alias: string, generation: number): string =>
  `${alias}-v${MAPPING_VERSION}-${String(generation).padStart(6, '0')}`;

export async function noteCopy(client: Client, { name, dimension }: Form, copy: Copy): Promise<void> {
  await answered(client.indices.putMapping({ index: name, body: { _meta: { dimension, copy } } }));
}
