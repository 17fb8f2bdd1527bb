import { BitReader } from './bit-reader.ts';
import { bzip2Checksum, readBzip2Block } from './bzip2-block.ts';
import { invalidArchive } from './invalid.ts';

/**
 * What a bzip2 file holds. A block of some forty bytes can stand for 46 MB, so nothing is decoded before the one who
 * reads has taken what came before it, and no loop in here is longer than a block.
 */
export async function* bunzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const input = new Window(source);
  await input.fill();
  let streams = 0;
  while (input.left > 0) {
    streams += 1;
    const level = input.bits.take(24) === MAGIC ? input.bits.take(8) - 0x30 : 0;
    if (level < 1 || level > 9) throw invalidArchive('something follows the end of its bzip2 data');
    const table = new Uint32Array(level * 100_000);
    let all = 0;
    for (;;) {
      await input.fill();
      const mark = [input.bits.take(24), input.bits.take(24)].join();
      const checksum = ((input.bits.take(16) << 16) | input.bits.take(16)) >>> 0;
      if (mark === END) {
        if (checksum !== all) throw damaged();
        break;
      }
      if (mark !== BLOCK) throw damaged();
      let crc = 0xffff_ffff;
      for (const piece of readBzip2Block(input.bits, table)) {
        crc = bzip2Checksum(crc, piece);
        yield piece;
      }
      crc = ~crc >>> 0;
      if (crc !== checksum) throw damaged();
      all = (((all << 1) | (all >>> 31)) ^ crc) >>> 0;
    }
    input.bits.align();
    await input.fill();
  }
  if (streams === 0) throw invalidArchive('it is empty');
}

const MAGIC = 0x425a68; // "BZh"
const BLOCK = [0x314159, 0x265359].join();
const END = [0x177245, 0x385090].join();

/** No block is longer: 900,001 codes of 20 bits each, and their tables. */
const LONGEST_BLOCK = 2_500_000;

/** The part of the input that is being read, with at least a block ahead unless the input ends. */
class Window {
  bits: BitReader;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.bits = new BitReader(this.#bytes);
  }

  get left(): number {
    return this.#bytes.length - this.bits.at;
  }

  async fill(): Promise<void> {
    if (this.#ended || this.left >= LONGEST_BLOCK) return;
    const parts: Uint8Array[] = [this.#bytes.subarray(this.bits.at)];
    for (let size = this.left; size < 2 * LONGEST_BLOCK; ) {
      const next = await this.#chunks.next();
      if (next.done) {
        this.#ended = true;
        break;
      }
      parts.push(next.value);
      size += next.value.length;
    }
    this.#bytes = Buffer.concat(parts);
    this.bits = this.bits.over(this.#bytes);
  }
}

const damaged = () => invalidArchive('its bzip2 data is damaged');
