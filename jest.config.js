import { join } from 'node:path';

// Processes that suites start find the product's modules compiled.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/customer-graph/compiled');

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Suites start processes and stores of their own, and wait for them more than they compute.
  maxWorkers: '100%',
  // What a suite leaves behind is marked again and again: a worker that begins anew costs less.
  workerIdleMemoryLimit: '600MB',
  testTimeout: 60_000,
};
