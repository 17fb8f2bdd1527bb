import { type JsonObject, listOf, objectOf, ownValue, textOf } from '../reading/json-values.ts';
import type { Rule } from './rules.ts';

/**
 * A message in plain words: its own text, or the one its id stands for with the arguments filled in, links shown as what
 * they say. `max` holds while it grows: an argument named ten thousand times must not become a gigabyte.
 */
export function messageOf(message: unknown, rule: Rule | undefined, max: number): string | undefined {
  const own = objectOf(message);
  const template = textOf(own.text) ?? stringOf(own, rule) ?? textOf(own.markdown);
  if (template === undefined) return undefined;
  return withoutLinks(filled(template.slice(0, max), listOf(own.arguments), max));
}

function stringOf(message: JsonObject, rule: Rule | undefined): string | undefined {
  const id = textOf(message.id);
  if (id === undefined || rule === undefined) return undefined;
  const { text, markdown } = objectOf(
    ownValue(objectOf(rule.descriptor.messageStrings), id) ??
      ownValue(objectOf(rule.component.globalMessageStrings), id),
  );
  return textOf(text) ?? textOf(markdown);
}

function filled(template: string, values: readonly unknown[], max: number): string {
  if (!template.includes('{')) return template;
  let text = '';
  let at = 0;
  for (const match of template.matchAll(/\{\{|\}\}|\{(\d{1,3})\}/g)) {
    if (text.length >= max) break;
    const [whole, number] = match;
    const value =
      number === undefined ? whole[0] : values.length > 0 ? textOf(values[Number(number)]) : whole;
    text += template.slice(at, match.index) + (value ?? whole).slice(0, max);
    at = match.index + whole.length;
  }
  return (text + template.slice(at)).slice(0, max);
}

/** "[the sink](1)" and "[CWE](https://…)" are read as their words; `\[` is no link. */
function withoutLinks(text: string): string {
  if (!text.includes('](')) return text;
  return text
    .replaceAll(/(?<!\\)\[([^[\]]{1,500})\]\([^()\s]{1,2000}\)/g, '$1')
    .replaceAll(/\\([[\]])/g, '$1');
}
