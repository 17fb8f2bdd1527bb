import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { listFiles } from '../../../activities/scan/content-hash.ts';
import { NewTree, type TreeLimits } from '../../../services/archive/new-tree.ts';
import { unpackArchive } from '../../../services/archive/unpack.ts';
import { temporaryFolder } from '../scan/sources.ts';

export type TarEntry = {
  readonly name?: string | Buffer;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly mode?: number;
  /** What the header says, where that is a lie. */
  readonly size?: number;
  readonly link?: string;
  readonly magic?: string;
};

const field = (text: string | Buffer, length: number) =>
  Buffer.concat([Buffer.from(text).subarray(0, length), Buffer.alloc(length)]).subarray(0, length);
const octal = (value: number, length: number) =>
  field(`${value.toString(8).padStart(length - 1, '0')}\0`, length);

export function tarHeader({
  name = 'file',
  type = '0',
  mode = 0o644,
  size = 0,
  link = '',
  magic = 'ustar\0' + '00',
}: TarEntry) {
  const block = Buffer.concat([
    field(name, 100),
    octal(mode, 8),
    octal(0, 8),
    octal(0, 8),
    size < 8 ** 11 ? octal(size, 12) : Buffer.concat([Buffer.from([0x80, 0, 0, 0]), big(size)]),
    octal(0, 12),
    Buffer.from('        '),
    field(type, 1),
    field(link, 100),
    field(magic, 8),
    Buffer.alloc(247),
  ]);
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(sum, 7).copy(block, 148);
  return block;
}

const big = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

/** The parts of a tar one after the other, hostile or not; nothing is checked on the way. */
export const tarParts = (entries: readonly TarEntry[]): Buffer[] =>
  entries.flatMap((entry) => {
    const body = Buffer.from(entry.body ?? '');
    return [
      tarHeader({ size: body.length, ...entry }),
      body,
      Buffer.alloc((512 - (body.length % 512)) % 512),
    ];
  });

export const tarOf = (...entries: TarEntry[]): Buffer =>
  Buffer.concat([...tarParts(entries), Buffer.alloc(1024)]);

export const paxOf = (records: Record<string, string | Buffer>): TarEntry => {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) length += 1;
    return Buffer.concat([Buffer.from(String(length)), rest]);
  });
  return { name: 'pax', type: 'x', body: Buffer.concat(lines) };
};

export type ZipEntry = {
  readonly name?: string | Buffer;
  readonly body?: string | Buffer;
  readonly stored?: boolean;
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Where the two headers, or they and the content, say different things. */
  readonly local?: {
    readonly name?: string;
    readonly size?: number;
    readonly method?: number;
    readonly flags?: number;
  };
  readonly size?: number;
  readonly crc?: number;
  readonly extra?: Buffer;
};

export type ZipLies = {
  readonly before?: Buffer;
  readonly between?: Buffer;
  readonly behind?: Buffer;
  readonly after?: Buffer;
};

export function zipOf(entries: readonly ZipEntry[], lies: ZipLies = {}): Buffer {
  const parts: Buffer[] = [lies.before ?? Buffer.alloc(0)];
  const central: Buffer[] = [];
  let at = parts[0]?.length ?? 0;
  for (const entry of entries) {
    const body = Buffer.from(entry.body ?? '');
    const content = entry.stored ? body : deflateRawSync(body);
    const described = {
      name: Buffer.from(entry.name ?? 'file'),
      method: entry.method ?? (entry.stored ? 0 : 8),
      flags: entry.flags ?? 0x800,
      crc: entry.crc ?? crc32(body),
      packed: content.length,
      size: entry.size ?? body.length,
    };
    const { name: localName, ...localLies } = entry.local ?? {};
    const local = { ...described, ...localLies, name: Buffer.from(localName ?? described.name) };
    const header = Buffer.concat([Buffer.from('504b03041400', 'hex'), zipFields(local), local.name]);
    const extra = entry.extra ?? Buffer.alloc(0);
    const system = entry.mode === undefined ? '1400' : '1403';
    const more = Buffer.alloc(14);
    more.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    more.writeUInt32LE(at, 10);
    central.push(
      Buffer.concat([
        Buffer.from(`504b0102${system}1400`, 'hex'),
        zipFields({ ...described, extra: extra.length }),
        more,
        described.name,
        extra,
      ]),
    );
    const between = lies.between ?? Buffer.alloc(0);
    parts.push(header, content, between);
    at += header.length + content.length + between.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([
    ...parts,
    directory,
    lies.behind ?? Buffer.alloc(0),
    end,
    lies.after ?? Buffer.alloc(0),
  ]);
}

type ZipFields = {
  name: Buffer;
  method: number;
  flags: number;
  crc: number;
  packed: number;
  size: number;
  extra?: number;
};

function zipFields({ name, method, flags, crc, packed, size, extra = 0 }: ZipFields): Buffer {
  const fields = Buffer.alloc(24);
  fields.writeUInt16LE(flags, 0);
  fields.writeUInt16LE(method, 2);
  fields.writeUInt32LE(crc, 8);
  fields.writeUInt32LE(packed, 12);
  fields.writeUInt32LE(size, 16);
  fields.writeUInt16LE(name.length, 20);
  fields.writeUInt16LE(extra, 22);
  return fields;
}

export const LIMITS: TreeLimits = { maxFileBytes: 1024 * 1024, maxBytes: 16 * 1024 * 1024, maxFiles: 20_000 };

export type Unpacked = { readonly files: Record<string, string>; readonly leftOut: readonly string[] };

/** Unpacks in a folder of its own and shows what came of it; the folder is gone afterwards. */
export async function unpack(
  archive: Buffer | string,
  limits: Partial<TreeLimits> = {},
  maxFlow = 1e12,
): Promise<Unpacked> {
  const folder = temporaryFolder('unpack');
  try {
    const file = typeof archive === 'string' ? archive : join(folder, 'archive');
    if (typeof archive !== 'string') writeFileSync(file, archive);
    const leftOut: string[] = [];
    const tree = new NewTree(join(folder, 'tree'), { ...LIMITS, ...limits }, (code, path) =>
      leftOut.push(`${code} ${path}`),
    );
    await unpackArchive({ file, tree, maxFlow });
    const paths = tree.written.files === 0 ? [] : await listFiles(join(folder, 'tree'));
    const files = await Promise.all(
      paths.map(async (path) => [path, await readFile(join(folder, 'tree', path), 'utf8')] as const),
    );
    return { files: Object.fromEntries(files), leftOut };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The code that unpacking ends in, or `accepted`. */
export const refusal = (
  archive: Buffer | string,
  limits: Partial<TreeLimits> = {},
  maxFlow?: number,
): Promise<string> =>
  unpack(archive, limits, maxFlow).then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );
