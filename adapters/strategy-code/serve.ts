import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorDocument, errorDocument } from '../../core/errors.ts';
import { type CodeAnswer, type CodeFunctions, type CodeRequest, runCode } from '../../core/strategy/code-run.ts';
import type { StrategyOutput } from '../../core/strategy/define-strategy.ts';
import { type CodeText, loadCode, refusalOf } from './sandbox.ts';

/** The strategy that a thread runs. */
export type CodeSource = CodeText & Readonly<{ outputs: readonly StrategyOutput[] }>;

export type CodeReply = Readonly<{ answer: CodeAnswer } | { refused: ErrorDocument }>;

/** Answers requests with the code of one strategy, until the thread is ended. For the entry of that thread. */
export function serveCode(): void {
  const source = workerData as CodeSource; // guard.ts starts this thread with it
  let functions: CodeFunctions | undefined;
  parentPort?.on('message', (request: CodeRequest) => {
    parentPort?.postMessage(reply(request), []);
  });

  function reply(request: CodeRequest): CodeReply {
    try {
      functions ??= loadCode(source);
      return { answer: runCode({ functions, outputs: source.outputs }, request) };
    } catch (thrown) {
      return { refused: errorDocument(refusalOf(thrown, source.file)) };
    }
  }
}
