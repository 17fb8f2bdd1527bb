import { isPlaceholder } from '../secrets/placeholder.ts';
import { imageIssue } from './images.ts';
import type { Issue, TextFile } from './issue.ts';
import { shellIssues } from './shell.ts';

export const isDockerfile = (path: string): boolean =>
  /(?:^|\/)(?:(?:Docker|Container)file(?:\.[\w.-]+)?|[\w.-]+\.(?:Docker|Container|docker)file)$/.test(path);

type Instruction = { readonly name: string; readonly rest: string; readonly line: number };

/** What an image is built from, who it runs as, and what stays in its layers. */
export function checkDockerfile({ path, text }: TextFile): Issue[] {
  const instructions = instructionsOf(text);
  return [
    ...instructions.flatMap((instruction) => CHECKS[instruction.name]?.(instruction, path) ?? []),
    ...baseImages(instructions, path),
    ...runsAsRoot(instructions, path),
  ];
}

/** Line by line, as the builder does it; a line that ends in a backslash goes on in the next. */
function instructionsOf(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  let open: { name: string; parts: string[]; line: number } | undefined;
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    if (/^\s*(?:#|$)/.test(line) && (open === undefined || line !== '')) {
      open?.parts.push('');
      continue;
    }
    const goesOn = line.endsWith('\\');
    const part = goesOn ? line.slice(0, -1) : line;
    if (open === undefined) {
      const match = /^\s*(?<name>[A-Za-z]+)\s+(?<rest>.*)$/s.exec(part);
      open = {
        name: (match?.groups?.name ?? '').toUpperCase(),
        parts: [match?.groups?.rest ?? ''],
        line: at + 1,
      };
    } else open.parts.push(part);
    if (goesOn) continue;
    instructions.push({ name: open.name, rest: open.parts.join('\n'), line: open.line });
    open = undefined;
  }
  if (open !== undefined)
    instructions.push({ name: open.name, rest: open.parts.join('\n'), line: open.line });
  return instructions;
}

function baseImages(instructions: readonly Instruction[], path: string): Issue[] {
  const stages = new Set<string>();
  return instructions
    .filter(({ name }) => name === 'FROM')
    .flatMap(({ rest, line }) => {
      const words = rest.split(/\s+/).filter((word) => word !== '' && !word.startsWith('--'));
      const [image = '', as = '', stage = ''] = words;
      const isStage = stages.has(image.toLowerCase());
      if (as.toUpperCase() === 'AS') stages.add(stage.toLowerCase());
      return isStage ? [] : imageIssue(image, path, line);
    });
}

function runsAsRoot(instructions: readonly Instruction[], path: string): Issue[] {
  const from = instructions.findLastIndex(({ name }) => name === 'FROM');
  if (from === -1) return [];
  const user = instructions.slice(from).findLast(({ name }) => name === 'USER');
  const image = (instructions[from] as Instruction).rest;
  if (
    user === undefined ? /nonroot|rootless|^scratch$/.test(image) : !/^(?:root|0)(?::|\s*$)/.test(user.rest)
  )
    return [];
  const { line } = user ?? (instructions[from] as Instruction);
  return [
    {
      rule: 'container-runs-as-root',
      severity: 'low',
      message: 'Who breaks out of the program has all rights in the container',
      path,
      line,
    },
  ];
}

const CHECKS: Readonly<Record<string, (instruction: Instruction, path: string) => Issue[]>> = {
  RUN: ({ rest, line }, path) => shellIssues(rest.replaceAll('\n', ' \\\n'), path, line),
  ADD: ({ rest, line }, path) => {
    const url = /(?:^|\s)(?<url>https?):\/\/(?!\S{0,200}\.git(?:#|\s|$))/.exec(rest)?.groups?.url;
    if (url === undefined || /--checksum=/.test(rest)) return [];
    const severity = url === 'http' ? 'medium' : 'low';
    return [{ rule: 'remote-add', severity, message: 'Nobody checks what was downloaded', path, line }];
  },
  ENV: (instruction, path) => secretsIn(instruction, path),
  ARG: (instruction, path) => secretsIn(instruction, path),
};

const SECRET_NAME =
  /(?:passw(?:or)?d|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)$/i;

function secretsIn({ name, rest, line }: Instruction, path: string): Issue[] {
  const old = /^(?<name>\w{1,100})\s(?<value>[^=]+)$/.exec(rest);
  const given =
    old === null
      ? [...rest.matchAll(/(?<name>\b\w{1,100})(?:=(?<value>"[^"]{0,500}"|[^\s"]{0,500}))?/g)]
      : [old];
  return given.flatMap(({ groups }): Issue[] => {
    const value = (groups?.value ?? '').replace(/^["']|["']$/g, '').trim();
    if (!SECRET_NAME.test(groups?.name ?? '') || value === '' || isPlaceholder(value)) return [];
    const message = `${groups?.name} is readable by everyone who has the image, also when it is ${name === 'ENV' ? 'unset' : 'overridden'} later`;
    return [{ rule: 'secret-in-image', severity: 'medium', message, path, line }];
  });
}
