import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  asCopy,
  type CopyStep,
  readDockerfile,
  type Stage,
  type Step,
} from '../../unit/container/dockerfile.ts';
import { dockerignore } from '../../unit/container/dockerignore.ts';

const run = promisify(execFile);
const isSent = dockerignore();

/**
 * Does what the Dockerfile says, with plain folders in the place of images. What needs a container to itself is left
 * out: packages of the system, its users, and folders at its root.
 */
export async function buildImages(folder: string): Promise<(image: string) => string> {
  const stages = readDockerfile();
  const root = (stage: string) => join(folder, stage);
  for (const stage of stages) {
    const app = join(root(stage.name), 'app');
    if (isStage(stages, stage.base)) await copyLinked(root(stage.base), root(stage.name));
    else await mkdir(app, { recursive: true });
    for (const step of stage.steps) {
      if (step.keyword === 'COPY') await copy(asCopy(step), app, root);
      if (step.keyword === 'RUN') await runStep(step, stage, app);
    }
  }
  return (image) => join(root(image), 'app');
}

const isStage = (stages: readonly Stage[], name: string) => stages.some((stage) => stage.name === name);

/** Hard links: three images of three hundred megabytes each are one. */
async function copyLinked(from: string, to: string): Promise<void> {
  await run('cp', ['-al', from, to]);
}

async function copy({ from, sources, target }: CopyStep, app: string, root: (stage: string) => string) {
  for (const source of sources) {
    const into = target.endsWith('/') ? join(app, target, basename(source)) : join(app, target);
    await mkdir(dirname(into), { recursive: true });
    if (from !== undefined) await copyLinked(join(root(from), source), into);
    else
      await cp(resolve(source), into, {
        recursive: true,
        filter: (path) => isSent(relative(resolve('.'), path)),
      });
  }
}

async function runStep({ text }: Step, { name }: Stage, app: string): Promise<void> {
  if (/^(apt-get|groupadd|install -d)/.test(text)) return;
  // what the checkout has installed is what this would install, and it takes a minute less
  if (name === 'build' && text.startsWith('npm ci'))
    return symlink(resolve('node_modules'), join(app, 'node_modules'));
  const command = text.replaceAll(' /app/', ` ${app}/`);
  await run('sh', ['-ec', command], { cwd: app, env: { ...process.env, npm_config_prefer_offline: 'true' } });
}
