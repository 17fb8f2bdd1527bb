import type { Reader } from '../component.ts';
import { Inventory } from '../inventory.ts';
import type { Distribution } from './os-release.ts';
import { paragraphs } from './paragraphs.ts';

/** /lib/apk/db/installed of an image. */
export const apkReader =
  ({ ecosystem, release, id }: Distribution): Reader =>
  ({ path, text }) => {
    const inventory = new Inventory(ecosystem, path, release);
    for (const { line, fields } of paragraphs(text, /^([A-Za-z]):(.*)$/)) {
      const [name, version, license, arch] = ['P', 'V', 'L', 'A'].map((field) => fields.get(field));
      if (name === undefined) continue;
      inventory.add(name, {
        ...{ name, version: version ?? null, line },
        licenses: license ? [license] : [],
        origin: version === undefined ? null : { name: fields.get('o') ?? name, version },
        needs: (fields.get('D') ?? '').split(' ').map((need) => need.split(/[<>=~]/)[0] ?? ''),
        qualifiers: { ...(arch === undefined ? {} : { arch }), distro: `${id}-${release.slice(1)}` },
      });
    }
    return inventory.reading();
  };
