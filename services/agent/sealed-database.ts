import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { CertusError } from '../../contracts/errors.ts';
import { seal, unseal } from './sealed.ts';

/** A database in a file, of which a row is durable once it is written, and values that are sealed with the key of the site. */
export class SealedDatabase {
  readonly #database: DatabaseSync;
  readonly #key: Uint8Array;

  constructor(file: string, key: Uint8Array) {
    this.#key = key;
    this.#database = new DatabaseSync(file, { timeout: 10_000 });
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#database.exec(TABLES);
    this.#requireOwnKey();
  }

  close(): void {
    this.#database.close();
  }

  first(sql: string, ...values: Value[]): Row | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#database.prepare(sql).all(...values);
  }

  run(sql: string, ...values: Value[]): void {
    this.#database.prepare(sql).run(...values);
  }

  /** All of it or nothing. */
  together(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  sealed(place: string, value: unknown): Buffer {
    return seal(this.#key, place, Buffer.from(JSON.stringify(value)));
  }

  /** Sealed by us, and therefore as we wrote it. */
  opened<T>(place: string, sealed: Uint8Array): T {
    return JSON.parse(unseal(this.#key, place, sealed).toString('utf8')) as T;
  }

  /** Going on with another key, an agent would take everything for new and understand nothing of what waits. */
  #requireOwnKey(): void {
    const row = this.first("SELECT value FROM facts WHERE name = 'key'");
    if (!(row?.value instanceof Uint8Array)) {
      const sealed = this.sealed('key', 'certus');
      this.run(
        "INSERT INTO facts (name, value, at) VALUES ('key', ?, '') ON CONFLICT (name) DO NOTHING",
        sealed,
      );
      return;
    }
    try {
      this.opened('key', row.value);
    } catch (cause) {
      if (!(cause instanceof CertusError)) throw cause;
      this.close();
      throw new CertusError('key_unusable', 'the spool was sealed with another key', { cause });
    }
  }
}

type Value = string | number | null | Uint8Array;
export type Row = Record<string, SQLOutputValue>;

const TABLES = `
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value ANY, at TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL DEFAULT 0, known BLOB,
    read_at TEXT, fault TEXT, sent_at TEXT, sent INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE IF NOT EXISTS items (source TEXT NOT NULL, mark TEXT NOT NULL, known BLOB NOT NULL,
    PRIMARY KEY (source, mark)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, source TEXT NOT NULL, sequence INTEGER NOT NULL,
    size INTEGER NOT NULL, items INTEGER NOT NULL, created_at TEXT NOT NULL, state TEXT NOT NULL, code TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS deliveries_in_order ON deliveries (source, state, sequence);
`;
