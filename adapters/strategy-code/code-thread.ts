import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { DeskError } from '../../core/errors.ts';
import type { CodeAnswer, CodeRequest } from '../../core/strategy/code-run.ts';
import type { CodeLimits, GuardData } from './guard.ts';
import type { CodeReply, CodeSource } from './serve.ts';

const guardEntry = new URL('../../workers/threads/strategy-guard.ts', import.meta.url);
const codeEntry = new URL('../../workers/threads/strategy-code.ts', import.meta.url);

/** What the bars of one market at one set of parameters may take: a three-year hourly history takes some 20 ms. */
export const codeLimits: CodeLimits = { timeMs: 30_000, memoryMb: 512 };

/** How much longer than the limit the guard may take to start, and to say that the limit was reached. */
const graceMs = 30_000;

/** The code of one strategy in a thread of its own. */
export type CodeThread = Readonly<{
  /** Blocks until the answer is there. @throws DeskError */
  ask: (request: CodeRequest) => CodeAnswer;
  close: () => void;
}>;

/** The thread starts with the first request; it keeps no process alive. */
export function createCodeThread(source: CodeSource, limits: CodeLimits = codeLimits): CodeThread {
  let started: ReturnType<typeof start> | undefined;
  return {
    ask(request) {
      started ??= start(source, limits);
      const reply = started.exchange(request);
      if ('answer' in reply) return reply.answer;
      const { code, message, ...place } = reply.refused;
      throw new DeskError(code, message, place);
    },
    close() {
      void started?.guard.terminate();
      started = undefined;
    },
  };
}

function start(source: CodeSource, limits: CodeLimits) {
  const { port1: ours, port2: port } = new MessageChannel();
  const replies = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: GuardData = { entry: codeEntry.href, source, limits, port, replies };
  const guard = new Worker(guardEntry, { workerData: data, transferList: [port] });
  guard.unref();
  ours.unref();
  return {
    guard,
    exchange(request: CodeRequest): CodeReply {
      const seen = Atomics.load(replies, 0);
      ours.postMessage(request, []);
      Atomics.wait(replies, 0, seen, limits.timeMs + graceMs);
      const received = receiveMessageOnPort(ours);
      if (received === undefined) throw new DeskError('WorkerCrashed', 'the guard of the code does not answer');
      return received.message as CodeReply; // the guard answers nothing else
    },
  };
}
