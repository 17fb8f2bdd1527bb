import { join } from 'node:path';
import type { SQLOutputValue } from 'node:sqlite';
import type { Json } from '../connectors/connector.ts';
import { type Row, SealedDatabase } from './sealed-database.ts';
import type { SiteKeys } from './site-keys.ts';

/** What is known of an item: enough to see that it has not changed, and to tell the platform when it is gone. */
export type KnownItem = {
  readonly key: string;
  /** As the source tells versions apart; empty while its delivery is not whole. */
  readonly version: string;
  readonly hash: string;
  /** By which rules, and with which labels, it was sent. */
  readonly meant: string;
  /** The keys under which the platform has it. */
  readonly sent: readonly string[];
};

export type KnownSource = { readonly checkpoint: Json; readonly meant: string };

export type SpooledDelivery = {
  readonly id: string;
  readonly source: string;
  readonly sequence: number;
  readonly size: number;
  readonly items: number;
  readonly createdAt: string;
};

export type RefusedDelivery = SpooledDelivery & { readonly code: string };

/** What a delivery has changed, remembered in the very moment in which it counts as spooled. */
export type ItemChanges = { readonly put: readonly KnownItem[]; readonly gone: readonly string[] };

/**
 * What an agent remembers, on its disk. Whatever comes from an item is sealed, and found by a name that only this site can
 * make; in the clear are names of the configuration, digests of what was sealed, sizes and times.
 */
export class SiteState {
  readonly #rows: SealedDatabase;
  readonly #keys: SiteKeys;

  constructor(folder: string, keys: SiteKeys) {
    this.#keys = keys;
    this.#rows = new SealedDatabase(join(folder, STATE_FILE), keys.seal);
  }

  close(): void {
    this.#rows.close();
  }

  source(name: string): KnownSource | undefined {
    const row = this.#rows.first('SELECT known FROM sources WHERE name = ?', name);
    return row?.known instanceof Uint8Array ? this.#rows.opened(`source/${name}`, row.known) : undefined;
  }

  settle(name: string, known: KnownSource): void {
    const sealed = this.#rows.sealed(`source/${name}`, known);
    this.#rows.run(
      'INSERT INTO sources (name, known) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET known = excluded.known',
      ...[name, sealed],
    );
  }

  /** What people are shown of how a source was last read: times and codes. */
  noteReading(name: string, at: string, fault: string | null): void {
    this.#rows.run(
      'INSERT INTO sources (name, read_at, fault) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET read_at = excluded.read_at, fault = excluded.fault',
      ...[name, at, fault],
    );
  }

  /**
   * Never one that was given before. Also when all of this was lost, as long as the clock was not set back: in milliseconds it
   * is ahead of whoever writes a delivery after the other.
   */
  nextSequence(name: string, now: Date): number {
    const row = this.#rows.first('SELECT sequence FROM sources WHERE name = ?', name);
    return Math.max(Number(row?.sequence ?? 0) + 1, now.getTime());
  }

  item(source: string, key: string): KnownItem | undefined {
    return this.#item(source, this.markOf(key));
  }

  markOf(key: string): string {
    return this.#keys.nameOf('item', key);
  }

  putItem(source: string, item: KnownItem): void {
    const mark = this.markOf(item.key);
    this.#rows.run(
      'INSERT INTO items (source, mark, known) VALUES (?, ?, ?) ON CONFLICT (source, mark) DO UPDATE SET known = excluded.known',
      ...[source, mark, this.#rows.sealed(`item/${source}/${mark}`, item)],
    );
  }

  /** Those that none of these marks names. */
  unseen(source: string, seen: ReadonlySet<string>): KnownItem[] {
    const rows = this.#rows.all('SELECT mark FROM items WHERE source = ?', source);
    return rows.flatMap(({ mark }) =>
      seen.has(String(mark)) ? [] : (this.#item(source, String(mark)) ?? []),
    );
  }

  /** All of it or nothing: the delivery waits from here on, and what is in it counts as sent. */
  addDelivery(delivery: SpooledDelivery, { put, gone }: ItemChanges): void {
    const { id, source, sequence, size, items, createdAt } = delivery;
    this.#rows.together(() => {
      this.#rows.run(
        "INSERT INTO deliveries (id, source, sequence, size, items, created_at, state) VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
        ...[id, source, sequence, size, items, createdAt],
      );
      this.#rows.run(
        'INSERT INTO sources (name, sequence) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence',
        ...[source, sequence],
      );
      for (const item of put) this.putItem(source, item);
      for (const key of gone)
        this.#rows.run('DELETE FROM items WHERE source = ? AND mark = ?', source, this.markOf(key));
    });
  }

  firstWaiting(source: string): SpooledDelivery | undefined {
    const row = this.#rows.first(
      "SELECT * FROM deliveries WHERE source = ? AND state = 'waiting' ORDER BY sequence LIMIT 1",
      source,
    );
    return row === undefined ? undefined : deliveryIn(row);
  }

  /** Also of those that the configuration names no more: what they have spooled is sent. */
  sourcesWaiting(): string[] {
    const rows = this.#rows.all("SELECT DISTINCT source FROM deliveries WHERE state = 'waiting'");
    return rows.map(({ source }) => String(source));
  }

  waiting(): SpooledDelivery[] {
    const rows = this.#rows.all("SELECT * FROM deliveries WHERE state = 'waiting'");
    return rows.map(deliveryIn);
  }

  spooledBytes(): number {
    return Number(this.#rows.first('SELECT coalesce(sum(size), 0) AS bytes FROM deliveries')?.bytes ?? 0);
  }

  refused(): RefusedDelivery[] {
    const rows = this.#rows.all("SELECT * FROM deliveries WHERE state = 'refused' ORDER BY source, sequence");
    return rows.map((row) => ({ ...deliveryIn(row), code: String(row.code) }));
  }

  /** Everything of it counts as changed the next time; what the platform has of it, and which folder it was, is known still. */
  forgetVersions(source: string): number {
    const items = this.unseen(source, new Set());
    const before = this.source(source);
    this.#rows.together(() => {
      for (const item of items) this.putItem(source, { ...item, version: '', hash: '' });
      if (before !== undefined) this.settle(source, { ...before, meant: '' });
    });
    return items.length;
  }

  /** Keys at the platform that are to be told as gone: the delivery that said so was refused. */
  left(source: string): readonly string[] {
    const row = this.#rows.first('SELECT value FROM facts WHERE name = ?', leftOf(source));
    return row?.value instanceof Uint8Array ? this.#rows.opened(leftOf(source), row.value) : [];
  }

  keepLeft(source: string, keys: readonly string[]): void {
    const all = [...new Set([...this.left(source), ...keys])];
    this.#rows.run(
      "INSERT INTO facts (name, value, at) VALUES (?, ?, '') ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      ...[leftOf(source), this.#rows.sealed(leftOf(source), all)],
    );
  }

  forgetLeft(source: string): void {
    this.#rows.run('DELETE FROM facts WHERE name = ?', leftOf(source));
  }

  setAside(id: string, code: string): void {
    this.#rows.run("UPDATE deliveries SET state = 'refused', code = ? WHERE id = ?", code, id);
  }

  forgetDelivery(id: string): void {
    this.#rows.run('DELETE FROM deliveries WHERE id = ?', id);
  }

  noteSent(source: string, at: string): void {
    this.#rows.run('UPDATE sources SET sent_at = ?, sent = sent + 1 WHERE name = ?', at, source);
  }

  noteLink(fault: string | null, at: string): void {
    this.#rows.run(
      "INSERT INTO facts (name, value, at) VALUES ('link', ?, ?) ON CONFLICT (name) DO UPDATE SET at = CASE WHEN value IS excluded.value THEN at ELSE excluded.at END, value = excluded.value",
      ...[fault, at],
    );
  }

  link(): { readonly fault: string | null; readonly since: string } | undefined {
    const row = this.#rows.first("SELECT value, at FROM facts WHERE name = 'link'");
    return row === undefined ? undefined : { fault: textOrNull(row.value), since: String(row.at) };
  }

  standing(): {
    name: string;
    readAt: string | null;
    fault: string | null;
    sentAt: string | null;
    sent: number;
    items: number;
  }[] {
    const rows = this.#rows.all(
      'SELECT name, read_at, fault, sent_at, sent, (SELECT count(*) FROM items WHERE source = name) AS items FROM sources ORDER BY name',
    );
    return rows.map(({ name, read_at, fault, sent_at, sent, items }) => ({
      ...{ name: String(name), sent: Number(sent), items: Number(items) },
      ...{ readAt: textOrNull(read_at), fault: textOrNull(fault), sentAt: textOrNull(sent_at) },
    }));
  }

  #item(source: string, mark: string): KnownItem | undefined {
    const row = this.#rows.first('SELECT known FROM items WHERE source = ? AND mark = ?', source, mark);
    return row?.known instanceof Uint8Array
      ? this.#rows.opened(`item/${source}/${mark}`, row.known)
      : undefined;
  }
}

export const STATE_FILE = 'state.db';

const leftOf = (source: string): string => `left/${source}`;

const deliveryIn = (row: Row): SpooledDelivery => ({
  id: String(row.id),
  source: String(row.source),
  sequence: Number(row.sequence),
  size: Number(row.size),
  items: Number(row.items),
  createdAt: String(row.created_at),
});

const textOrNull = (value: SQLOutputValue | undefined): string | null =>
  typeof value === 'string' ? value : null;
