import { join } from 'node:path';
import { RUNTIME_PACKAGES } from '../../../services/embeddings/onnx/runtime.ts';
import { npmInstall } from '../obtain/npm-install.ts';
import type { ServerEntry } from './entry.ts';

const FILE = 'node_modules/onnxruntime-web/dist/ort.node.min.js';
const VERSION = Object.values(RUNTIME_PACKAGES).join('-');

/** A library without a process: what embeds texts in ours, for those who want it. */
export const onnxruntime: ServerEntry = {
  name: 'onnxruntime',
  title: 'ONNX Runtime',
  onRequest: true,
  artifact: {
    name: 'onnxruntime',
    version: VERSION,
    file: FILE,
    variable: 'CERTUS_EMBEDDINGS_RUNTIME',
    commands: [],
    recipes: [npmInstall(RUNTIME_PACKAGES, FILE, 30)],
  },
  prepare: async ({ path }) => {
    const folder = path.endsWith(FILE) ? path.slice(0, -FILE.length) : path;
    return { environment: { CERTUS_EMBEDDINGS_RUNTIME: join(folder, '.') } };
  },
};
