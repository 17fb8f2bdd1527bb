/** One project per kind of test; `npm test` decides which of them this machine can run. */
const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: '.',
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  ...extra,
});

export default {
  projects: ['unit', 'contract', 'workflow', 'replay', 'integration'].map((name) => project(name)),
  // where nobody waits for it, a slow machine is no reason to fail
  testTimeout: process.env.CI === undefined ? 60_000 : 240_000,
};
