import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { billRecord, type PackageFacts, packageRecord } from './package-record.ts';

export const isSyft = (value: JsonObject): boolean =>
  Array.isArray(value.artifacts) && textOf(objectOf(value.descriptor).name) === 'syft';

export function* syftRecords(rest: JsonObject, artifacts: Iterable<unknown>, desk: Desk): Generator<Draft> {
  let packages = 0;
  const readable = function* (): Generator<JsonObject> {
    for (const artifact of artifacts) {
      if (isObject(artifact) && textOf(artifact.name) !== undefined) {
        packages += 1;
        yield artifact;
      } else desk.lost('damaged', 'artifacts');
    }
  };
  yield* recordsOf(readable(), (artifact) => packageRecord(factsOf(artifact), desk), desk);
  const { descriptor, source, schema } = rest;
  yield billRecord(
    {
      format: 'syft',
      version: textOf(objectOf(schema).version),
      name: textOf(objectOf(source).name),
      tools: [`syft ${textOf(objectOf(descriptor).version) ?? ''}`.trim()],
      packages,
    },
    desk,
  );
}

const factsOf = (artifact: JsonObject): PackageFacts => ({
  name: textOf(artifact.name) ?? '',
  version: textOf(artifact.version),
  licenses: listOf(artifact.licenses)
    .map(
      (license) =>
        textOf(license) ?? textOf(objectOf(license).spdxExpression) ?? textOf(objectOf(license).value),
    )
    .filter((license) => license !== undefined),
  purl: textOf(artifact.purl),
  type: textOf(artifact.type),
  references: listOf(artifact.locations)
    .map((location) => textOf(objectOf(location).path))
    .filter((path) => path !== undefined),
});
