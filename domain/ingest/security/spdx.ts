import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { billRecord, type PackageFacts, packageRecord } from './package-record.ts';

export type Spdx2 = {
  /** All but its packages. */
  readonly rest: JsonObject;
  readonly packages: Iterable<unknown>;
};

export const isSpdx2 = ({ spdxVersion }: JsonObject): boolean =>
  typeof spdxVersion === 'string' && spdxVersion.startsWith('SPDX-2.');

export function* spdx2Records({ rest, packages }: Spdx2, desk: Desk): Generator<Draft> {
  let count = 0;
  const readable = function* (): Generator<PackageFacts> {
    for (const one of packages) {
      const facts = isObject(one) ? packageFacts(one) : undefined;
      if (facts === undefined) desk.lost('damaged', 'packages');
      else {
        count += 1;
        yield facts;
      }
    }
  };
  yield* recordsOf(readable(), (facts) => packageRecord(facts, desk), desk);
  const creation = objectOf(rest.creationInfo);
  yield billRecord(
    {
      format: 'spdx',
      version: textOf(rest.spdxVersion),
      name: textOf(rest.name),
      created: textOf(creation.created),
      // who made it is named there, too, and is nobody's business here
      tools: texts(creation.creators).filter((creator) => !/^\s*person\s*:/i.test(creator)),
      namespace: textOf(rest.documentNamespace),
      packages: count,
    },
    desk,
  );
}

const texts = (value: unknown): string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string');

function packageFacts(one: JsonObject): PackageFacts | undefined {
  const name = textOf(one.name);
  if (name === undefined) return undefined;
  const references = listOf(one.externalRefs).map(objectOf);
  const locator = (type: RegExp) =>
    references
      .map(({ referenceType, referenceLocator }) =>
        type.test(String(referenceType)) ? textOf(referenceLocator) : undefined,
      )
      .find((found) => found !== undefined);
  return {
    name,
    version: textOf(one.versionInfo),
    licenses: [one.licenseConcluded, one.licenseDeclared]
      .map(saidOf)
      .filter((license) => license !== undefined),
    purl: locator(/purl$/) ?? locator(/cpe2\dType$/),
    supplier: saidOf(one.supplier) ?? saidOf(one.originator),
    description:
      [one.summary, one.description, one.comment].map(textOf).filter(Boolean).join('\n\n') || undefined,
    type: textOf(one.primaryPackagePurpose),
    references: [saidOf(one.homepage), saidOf(one.downloadLocation)].filter((found) => found !== undefined),
    digests: listOf(one.checksums)
      .map(objectOf)
      .map(({ algorithm, checksumValue }) =>
        `${textOf(algorithm) ?? ''} ${textOf(checksumValue) ?? ''}`.trim(),
      ),
  };
}

const saidOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text === 'NOASSERTION' || text === 'NONE' ? undefined : text;
};
