import { CertusError } from '../../contracts/errors.ts';
import type { ScanEvent } from '../../contracts/scan-event.ts';

/** Reads the events of a stream at the places after `after`, up to `through`. */
export type ReadRange = (range: { after: number; through: number }) => Promise<ScanEvent[]>;

export const PAGE = 256;
/** Of all streams together: what one process keeps, however many subscribers it has and however slow they are. */
const MOST_PAGES = 32;

/**
 * Events of streams, page by page, as they were last read here. Events never change, so a page can only grow; who asks
 * for the same page at the same time shares one query, and who is so far behind that its page is gone reads it again.
 */
export class Pages {
  readonly #pages = new Map<string, readonly ScanEvent[]>();
  readonly #reading = new Map<string, Promise<readonly ScanEvent[]>>();

  /** What follows this place, at least one event and at most a page; the caller knows that there is one. */
  async after(stream: string, place: number, read: ReadRange): Promise<readonly ScanEvent[]> {
    const number = Math.floor(place / PAGE);
    const name = `${stream}#${number}`;
    const skip = place - number * PAGE;
    let page = this.#pages.get(name) ?? [];
    // A query that was under way already may be older than the event that is asked for.
    for (let attempt = 0; page.length <= skip && attempt < 2; attempt += 1)
      page = await this.#shared(name, number * PAGE, page, read);
    if (page.length <= skip)
      throw new CertusError('internal_error', `${stream} lacks the event after ${place}`);
    this.#keep(name, page);
    return page.slice(skip);
  }

  #shared(
    name: string,
    start: number,
    known: readonly ScanEvent[],
    read: ReadRange,
  ): Promise<readonly ScanEvent[]> {
    const reading =
      this.#reading.get(name) ??
      grown(start, known, read).finally(() => {
        this.#reading.delete(name);
      });
    this.#reading.set(name, reading);
    return reading;
  }

  #keep(name: string, page: readonly ScanEvent[]): void {
    const known = this.#pages.get(name);
    this.#pages.delete(name);
    this.#pages.set(name, known !== undefined && known.length > page.length ? known : page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
  }
}

async function grown(
  start: number,
  known: readonly ScanEvent[],
  read: ReadRange,
): Promise<readonly ScanEvent[]> {
  const more = await read({ after: start + known.length, through: start + PAGE });
  const page = [...known, ...more];
  const gap = page.findIndex(({ seq }, index) => seq !== start + index + 1);
  if (gap !== -1) throw new CertusError('internal_error', `the stream has a gap after event ${start + gap}`);
  return page;
}
