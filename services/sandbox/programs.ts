import { onPath } from '../tools/on-path.ts';

/** What of the usual programs for keeping others apart is installed here. */
export type Programs = {
  readonly bwrap: string | undefined;
  readonly unshare: string | undefined;
  readonly prlimit: string | undefined;
  readonly setpriv: string | undefined;
};

export function installedPrograms(): Programs {
  const find = (name: string) => (process.platform === 'linux' ? onPath(name, SYSTEM) : undefined);
  return {
    bwrap: find('bwrap'),
    unshare: find('unshare'),
    prlimit: find('prlimit'),
    setpriv: find('setpriv'),
  };
}

/** Not PATH, which a person may have changed for the sake of other programs: what is run here holds the walls. */
const SYSTEM = ['/usr/bin', '/bin', '/usr/sbin', '/usr/local/bin', '/run/current-system/sw/bin'];
