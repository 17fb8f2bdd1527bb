import type { Reader } from '../component.ts';
import { Inventory } from '../inventory.ts';
import type { Distribution } from './os-release.ts';
import { paragraphs } from './paragraphs.ts';

/** /var/lib/dpkg/status of an image: what is installed there, with the source package that advisories speak of. */
export const dpkgReader =
  ({ ecosystem, release, id }: Distribution): Reader =>
  ({ path, text }) => {
    const inventory = new Inventory(ecosystem, path, release);
    for (const { line, fields } of paragraphs(text, /^([A-Za-z-]{1,40}):\s*(.*)$/)) {
      const name = fields.get('Package');
      const version = fields.get('Version') ?? null;
      // Removed packages leave a paragraph behind; images without a package manager have no status at all.
      if (name === undefined || !/( installed$|^$)/.test(fields.get('Status') ?? '')) continue;
      const [, source, sourceVersion] = /^(\S+)(?: \(([^)]*)\))?$/.exec(fields.get('Source') ?? '') ?? [];
      const arch = fields.get('Architecture');
      inventory.add(name, {
        ...{ name, version, line },
        origin: version === null ? null : { name: source ?? name, version: sourceVersion ?? version },
        needs: (fields.get('Depends') ?? '').split(',').map((need) => need.trim().split(/[ :(]/)[0] ?? ''),
        qualifiers: { ...(arch === undefined ? {} : { arch }), distro: `${id}-${release.split(':')[0]}` },
      });
    }
    return inventory.reading();
  };
