import { Unreadable } from './component.ts';

/**
 * Lockfiles are written by many versions of many tools, so one odd entry must not cost all others: what is there is
 * taken by its type, and only own properties count, whatever they are called.
 */
export type Table = Readonly<Record<string, unknown>>;

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const entriesOf = (value: unknown): [string, unknown][] =>
  isTable(value) ? Object.entries(value) : [];

export const namesOf = (value: unknown): string[] => (isTable(value) ? Object.keys(value) : []);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const field = (value: unknown, name: string): unknown =>
  isTable(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export const textsOf = (value: unknown): string[] =>
  listOf(value).filter((item): item is string => typeof item === 'string');

/** The parser's own words quote the file, and with it perhaps a password: they are not passed on. */
export function parseJsonTable(text: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable('it is not JSON');
  }
  if (!isTable(value)) throw new Unreadable('it is JSON, but no object');
  return value;
}
