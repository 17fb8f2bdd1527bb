/** What a report says is nobody's promise: each value is looked at before it is believed. */
export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : NOTHING);

const NOTHING: JsonObject = Object.freeze(Object.create(null) as JsonObject);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A number also when it is written as text, as many tools write scores. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.length <= 32 ? Number.parseFloat(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** An index into a list of the report. */
export const indexOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** A line or a column; both are counted from one. */
export const positionOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : null;

/** For keys that the report itself chooses: "constructor" must not find what every object inherits. */
export const ownValue = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;
