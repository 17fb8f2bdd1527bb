import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Copy, DockerfileParser, type From, type Instruction } from 'dockerfile-ast';

export type Step = { readonly keyword: string; readonly args: readonly string[]; readonly text: string };
export type Stage = { readonly name: string; readonly base: string; readonly steps: readonly Step[] };

/** The stages in their order, arguments of the build filled in. */
export function readDockerfile(): Stage[] {
  const file = DockerfileParser.parse(readFileSync(resolve('Dockerfile'), 'utf8'));
  const defaults = new Map(file.getInitialARGs().map((arg) => split(arg.getArgumentsContent() ?? '')));
  const stages: { name: string; base: string; steps: Step[] }[] = [];
  for (const instruction of file.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const from = instruction as From;
      const base = (from.getImage() ?? '').replace(/\$\{(\w+)\}/g, (_all, name) => defaults.get(name) ?? '');
      stages.push({ name: from.getBuildStage() ?? '', base, steps: [] });
    } else stages.at(-1)?.steps.push(toStep(instruction));
  }
  return stages;
}

function toStep(instruction: Instruction): Step {
  const keyword = instruction.getKeyword();
  const flags = keyword === 'COPY' ? (instruction as Copy).getFlags().map((flag) => flag.toString()) : [];
  const args = instruction.getArguments().map((argument) => argument.getValue());
  // a continued line, as the shell is given it
  const text = (instruction.getRawArgumentsContent() ?? '').replace(/\\\n/g, '');
  return { keyword, args: [...flags, ...args], text };
}

const split = (assignment: string): [string, string] => {
  const at = assignment.indexOf('=');
  return [assignment.slice(0, at), assignment.slice(at + 1)];
};

/** A stage and those it is built on, the first one first. */
export function lineage(stages: readonly Stage[], name: string): Stage[] {
  const stage = stages.find((one) => one.name === name);
  return stage === undefined ? [] : [...lineage(stages, stage.base), stage];
}

const stepsOf = (stages: readonly Stage[], name: string): Step[] =>
  lineage(stages, name).flatMap(({ steps }) => steps);

/** What processes of an image find in their environment. */
export function environmentOf(stages: readonly Stage[], name: string): Record<string, string> {
  const assignments = stepsOf(stages, name).filter(({ keyword }) => keyword === 'ENV');
  return Object.fromEntries(assignments.flatMap(({ args }) => args.map(split)));
}

export const lastOf = (stages: readonly Stage[], name: string, keyword: string): Step | undefined =>
  stepsOf(stages, name).findLast((step) => step.keyword === keyword);

/** The words of an instruction in its JSON form. */
export function wordsOf(step: Step | undefined): string[] {
  const text = step?.text ?? '[]';
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
}

export type CopyStep = {
  readonly from: string | undefined;
  readonly sources: string[];
  readonly target: string;
};

export function asCopy({ args }: Step): CopyStep {
  const from = args.find((arg) => arg.startsWith('--from='))?.slice('--from='.length);
  const paths = args.filter((arg) => !arg.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}
