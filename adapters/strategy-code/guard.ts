import { type MessagePort, Worker, workerData } from 'node:worker_threads';
import { errorDocument, DeskError } from '../../core/errors.ts';
import type { CodeRequest } from '../../core/strategy/code-run.ts';
import type { CodeReply, CodeSource } from './serve.ts';

/** What one request of a strategy's code may take. */
export type CodeLimits = Readonly<{
  timeMs: number;
  /** Its heap and its typed arrays together. */
  memoryMb: number;
}>;

export type GuardData = Readonly<{
  entry: string;
  source: CodeSource;
  limits: CodeLimits;
  port: MessagePort;
  /** Rises by one with each reply, for who waits. */
  replies: Int32Array;
}>;

/** How often the memory of code that runs is looked at. */
const lookMs = 50;
/** V8 ends a thread at twice the limit, should it grow past it between two looks. */
const hardLimitFactor = 2;

/**
 * Runs a strategy's code in a thread of its own and ends that thread where it takes more than it may; the next request
 * gets a new one. For the entry of the thread between: who asks is blocked, and could not watch.
 */
export function guardCode(): void {
  const { entry, source, limits, port, replies } = workerData as GuardData; // code-thread.ts starts this thread with it
  let worker: Worker | undefined;
  async function answer(request: CodeRequest): Promise<void> {
    worker ??= new Worker(new URL(entry), {
      workerData: source,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb * hardLimitFactor },
    }).on('error', () => {}); // while it is being ended
    const reply = await watched(worker, request, limits);
    if ('refused' in reply && ended.has(reply.refused.code)) {
      void worker.terminate();
      worker = undefined;
    }
    port.postMessage(placed(reply, source.file), []);
    Atomics.add(replies, 0, 1);
    Atomics.notify(replies, 0);
  }
  port.on('message', (request: CodeRequest) => void answer(request));
}

/** Codes after which the thread is not used again. */
const ended = new Set(['ResourceExhausted', 'WorkerCrashed']);

const placed = (reply: CodeReply, file: string): CodeReply =>
  'refused' in reply ? { refused: { ...reply.refused, file } } : reply;

function watched(worker: Worker, request: CodeRequest, limits: CodeLimits): Promise<CodeReply> {
  const { timeMs, memoryMb } = limits;
  const { promise, resolve } = Promise.withResolvers<CodeReply>();
  const refuse = (...[code, message, place]: ConstructorParameters<typeof DeskError>) =>
    resolve({ refused: errorDocument(new DeskError(code, message, place)) });
  const tooMuch = () => refuse('ResourceExhausted', 'took too much memory', { expected: `at most ${memoryMb} MB` });
  const timer = setTimeout(() => {
    refuse('ResourceExhausted', 'took too long', {
      expected: `at most ${timeMs / 1_000} s for the bars of one market`,
    });
  }, timeMs);
  const look = setInterval(() => {
    worker.getHeapStatistics().then(
      ({ used_heap_size: heap, external_memory: arrays }) => heap + arrays > memoryMb * 2 ** 20 && tooMuch(),
      () => {}, // it has ended: its own event says so
    );
  }, lookMs);
  const died = (thrown: Error) => {
    const outOfMemory = 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (outOfMemory) tooMuch();
    else refuse('WorkerCrashed', `the thread of the code died: ${thrown.message}`);
  };
  const left = (code: number) => refuse('WorkerCrashed', `the thread of the code ended with ${code}`);
  worker.on('message', resolve).on('error', died).on('exit', left).postMessage(request, []);
  return promise.finally(() => {
    clearTimeout(timer);
    clearInterval(look);
    worker.off('message', resolve).off('error', died).off('exit', left);
  });
}
