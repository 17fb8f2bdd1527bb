import { indexOf, isObject, type JsonObject, listOf, objectOf, textOf } from '../reading/json-values.ts';

/** A rule's descriptor, and the part of the tool that it belongs to. */
export type Rule = { readonly descriptor: JsonObject; readonly component: JsonObject };

export type Rules = (result: JsonObject) => {
  readonly id: string | undefined;
  readonly rule: Rule | undefined;
};

/**
 * The rules of one run's tool. A result names its rule by id, by a longer id whose beginning is the rule's, by its place
 * in a list or by GUID, in the driver or in an extension. A place that belongs to another id is not believed.
 */
export function createRules(run: JsonObject): Rules {
  const tool = objectOf(run.tool);
  const driver = objectOf(tool.driver);
  const extensions = listOf(tool.extensions).map(objectOf);
  const components = [driver, ...extensions];
  const byId = new Map<string, Rule>();
  const byGuid = new Map<string, Rule>();
  for (const component of components) {
    for (const descriptor of listOf(component.rules)) {
      if (!isObject(descriptor)) continue;
      const rule = { descriptor, component };
      const [id, guid] = [textOf(descriptor.id), textOf(descriptor.guid)];
      if (id !== undefined && !byId.has(id)) byId.set(id, rule);
      if (guid !== undefined && !byGuid.has(guid)) byGuid.set(guid, rule);
    }
  }

  const componentOf = (reference: JsonObject): JsonObject => {
    const { index, guid, name } = objectOf(reference.toolComponent);
    const at = indexOf(index);
    if (at !== undefined && extensions[at] !== undefined) return extensions[at];
    const named = (key: 'guid' | 'name', value: unknown) =>
      textOf(value) === undefined ? undefined : components.find((component) => component[key] === value);
    return named('guid', guid) ?? named('name', name) ?? driver;
  };

  const inComponent = (component: JsonObject, index: number | undefined): Rule | undefined => {
    const descriptor = index === undefined ? undefined : listOf(component.rules)[index];
    return isObject(descriptor) ? { descriptor, component } : undefined;
  };

  return (result) => {
    const reference = objectOf(result.rule);
    const id = textOf(result.ruleId) ?? textOf(reference.id);
    const placed = inComponent(componentOf(reference), indexOf(reference.index) ?? indexOf(result.ruleIndex));
    if (placed !== undefined && (id === undefined || belongsTo(id, textOf(placed.descriptor.id))))
      return { id: id ?? textOf(placed.descriptor.id), rule: placed };
    const guid = textOf(reference.guid);
    const rule =
      (guid === undefined ? undefined : byGuid.get(guid)) ??
      (id === undefined ? undefined : longest(byId, id));
    return { id: id ?? textOf(rule?.descriptor.id), rule };
  };
}

const belongsTo = (id: string, ruleId: string | undefined): boolean =>
  ruleId === undefined || id === ruleId || id.startsWith(`${ruleId}/`);

/** "CA1000/1" is a case of the rule "CA1000". */
function longest(byId: ReadonlyMap<string, Rule>, id: string): Rule | undefined {
  let part = id;
  for (let step = 0; step < 8; step += 1) {
    const rule = byId.get(part);
    if (rule !== undefined) return rule;
    const end = part.lastIndexOf('/');
    if (end <= 0) return undefined;
    part = part.slice(0, end);
  }
  return undefined;
}
