import { DeskError, errorDocument, type ErrorDocument } from '../../core/errors.ts';

/** What a thread hands back: errors lose class, code and place on the way out, so they travel as documents. */
export type ThreadAnswer<Result> = Readonly<{ result: Result }> | Readonly<{ refused: ErrorDocument }>;

/** Makes an entry of workers/threads/ out of the work: its default export. */
export const answering =
  <Task, Result>(work: (task: Task) => Result | Promise<Result>) =>
  async (task: Task): Promise<ThreadAnswer<Result>> => {
    try {
      return { result: await work(task) };
    } catch (thrown) {
      if (thrown instanceof DeskError) return { refused: errorDocument(thrown) };
      throw thrown;
    }
  };

/** The result, or the error that the thread met. */
export function unwrap<Result>(answer: ThreadAnswer<Result>): Result {
  if ('result' in answer) return answer.result;
  const { code, message, ...place } = answer.refused;
  throw new DeskError(code, message, place);
}
