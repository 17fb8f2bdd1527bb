import type { Client } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import type { IndexStatus, IndexUpkeep, ReindexOptions } from './index-upkeep.ts';
import { copyAll, type Target } from './opensearch-copy.ts';
import { ensureIndex } from './opensearch-ensure.ts';
import { answered } from './opensearch-errors.ts';
import { buildingOf, type Form, formsOf, isWanted, makeForm, nameOf, servingOf } from './opensearch-forms.ts';
import { handOver, reopen } from './opensearch-hand-over.ts';
import { MAPPING_VERSION } from './opensearch-mapping.ts';
import { countIn } from './opensearch-remove.ts';

export function openSearchUpkeep(client: Client, alias: string, dimension: number): IndexUpkeep {
  return {
    status: () => statusOf(client, alias, dimension),
    reindex: async (options) => {
      const target = await targetOf(client, { alias, dimension, ...options });
      if (target !== undefined) {
        const copied = await copyAll(client, target, options.signal);
        await handOver(client, alias, target, copied, options.signal);
      }
      await reopen(client, await formsOf(client, alias));
      return statusOf(client, alias, dimension);
    },
    dropKept: async () => {
      const kept = keptOf(await formsOf(client, alias));
      for (const { name } of kept)
        await answered(client.indices.delete({ index: name, ignore_unavailable: true }));
      return kept.map(({ name }) => name);
    },
  };
}

type Wanted = ReindexOptions & { readonly alias: string; readonly dimension: number };

/** What is to be filled: what an earlier call has begun, or a new index; nothing when it is done already. */
async function targetOf(client: Client, wanted: Wanted): Promise<Target | undefined> {
  const { alias, dimension, request, anew = false } = wanted;
  const forms = await present(client, alias, dimension);
  const from = standing(forms);
  const begun = buildingOf(forms, from);
  if (begun !== undefined && isWanted(begun, dimension)) return { form: begun, from, request };
  // begun by another release, or for vectors of another model: nothing in it that is not where it came from
  if (begun !== undefined) await answered(client.indices.delete({ index: begun.name }));
  const done = anew ? from.copy?.request === request : true;
  if (done && isWanted(from, dimension)) return undefined;
  const generation = Math.max(0, ...forms.map((form) => form.generation)) + 1;
  const copy = { from: from.name, seq_no: -1, request };
  await makeForm(client, { alias, dimension, generation, copy });
  const name = nameOf(alias, generation);
  const form = (await formsOf(client, alias)).find((made) => made.name === name && isWanted(made, dimension));
  if (form === undefined)
    throw new CertusError('dependency_unavailable', `OpenSearch has not made ${name} as it was asked to.`);
  return { form, from, request };
}

/** Where there is none at all yet, there is one of the right form from now on. */
async function present(client: Client, alias: string, dimension: number): Promise<Form[]> {
  const forms = await formsOf(client, alias);
  if (servingOf(forms) !== undefined) return forms;
  await ensureIndex(client, alias, dimension);
  return formsOf(client, alias);
}

function standing(forms: readonly Form[]): Form {
  const serving = servingOf(forms);
  if (serving === undefined) throw new CertusError('dependency_unavailable', 'OpenSearch has no index yet.');
  return serving;
}

/** Neither what serves nor what is being filled from it. */
function keptOf(forms: readonly Form[]): Form[] {
  const serving = standing(forms);
  const building = buildingOf(forms, serving);
  return forms.filter((form) => form !== serving && form !== building);
}

async function statusOf(client: Client, alias: string, dimension: number): Promise<IndexStatus> {
  const forms = await present(client, alias, dimension);
  const serving = standing(forms);
  const building = buildingOf(forms, serving);
  const documents = await countIn(client, serving.name);
  const current = isWanted(serving, dimension);
  const converted = building === undefined ? (current ? documents : 0) : await countIn(client, building.name);
  return {
    engine: 'opensearch',
    index: serving.name,
    version: serving.version,
    wantedVersion: MAPPING_VERSION,
    documents,
    state: building === undefined ? (current ? 'current' : 'outdated') : 'reindexing',
    converted,
    kept: keptOf(forms).map(({ name }) => name),
  };
}
