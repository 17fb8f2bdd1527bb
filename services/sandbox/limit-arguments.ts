import type { SandboxLimits } from './sandbox.ts';

/**
 * A command in front of another one that has the kernel hold its limits. Memory is what a process may write to
 * (RLIMIT_DATA) and not its addresses: Go, V8 and OCaml reserve many times of what they use. Outside of a namespace the
 * kernel counts every process of the same user, the worker's too: there they can only be watched.
 */
export function limitArguments(
  prlimit: string | undefined,
  limits: SandboxLimits,
  processCount: 'limited' | 'watched',
): string[] {
  const { seconds, memoryMb, processes, fileMb } = limits;
  if (prlimit === undefined) return byShell(limits);
  return [
    prlimit,
    `--data=${memoryMb * MB}`,
    ...(processCount === 'limited' ? [`--nproc=${processes}`] : []),
    `--fsize=${fileMb * MB}`,
    `--cpu=${seconds * processes}`,
    '--nofile=4096',
    '--core=0',
    '--',
  ];
}

/** A system without prlimit, such as macOS: what its shell can hold. The rest is watched. */
const byShell = ({ seconds, processes, fileMb }: SandboxLimits): string[] => [
  '/bin/sh',
  '-c',
  // a shell counts files in blocks of 512 bytes
  `ulimit -c 0; ulimit -t ${seconds * processes}; ulimit -f ${fileMb * 2048}; exec "$@"`,
  'sh',
];

const MB = 1024 * 1024;
