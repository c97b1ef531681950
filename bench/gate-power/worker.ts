/** Thread of the gate-power bench: simulates its share of a cell and sends what became of it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Cell } from './cells.ts';
import { simulateOne } from './cells.ts';

const { cell, first, step } = workerData as Readonly<{ cell: Cell; first: number; step: number }>;
for (let index = first; index < cell.strategies; index += step) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread port has no origin
  parentPort?.postMessage({ index, ...(await simulateOne(cell, index)) });
}
