import { compileFunction, createContext, runInContext } from 'node:vm';
import { DeskError } from '../../core/errors.ts';
import type { CodeFunctions } from '../../core/strategy/code-run.ts';

/** The code of a strategy file, ready to run. */
export type CodeText = Readonly<{ file: string; javascript: string }>;

/**
 * What a strategy is given of the language: all of it but clocks, randomness, time zones and code made of text. There
 * is no process, no file, no network and no timer in a context of its own. It is no wall against an enemy (the file is
 * the user's own); it is what makes the same bars give the same answer.
 */
const withoutClocks = `
  class NotAllowed extends Error {}
  NotAllowed.prototype.name = 'NotAllowed';
  const refuse = (what) => { throw new NotAllowed(what); };
  Math.random = () => refuse('Math.random');
  const PlainDate = Date;
  function DateOfTime(...parts) {
    if (new.target === undefined || parts.length === 0) refuse('Date without a time');
    return Reflect.construct(PlainDate, parts.length > 1 ? [PlainDate.UTC(...parts)] : parts, new.target);
  }
  DateOfTime.UTC = PlainDate.UTC;
  DateOfTime.parse = () => refuse('Date.parse');
  DateOfTime.now = () => refuse('Date.now');
  DateOfTime.prototype = PlainDate.prototype;
  PlainDate.prototype.constructor = DateOfTime;
  for (const name of Object.getOwnPropertyNames(PlainDate.prototype)) {
    const local = /^(get|set)(?!UTC|Time$)/.test(name) || /^to(Locale|Date|Time|String)/.test(name);
    if (local) PlainDate.prototype[name] = () => refuse('Date.' + name);
  }
  globalThis.Date = DateOfTime;
  for (const name of ['Intl', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics', 'WebAssembly', 'console']) {
    delete globalThis[name];
  }
`;

/** @throws what the file throws while it is read; `refusalOf` says what that means */
export function loadCode({ file, javascript }: CodeText): CodeFunctions {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  runInContext(withoutClocks, context);
  const out: { value?: unknown } = {};
  compiled({ file, javascript }, context)(out, (definition: unknown) => definition);
  const definition = out.value as CodeFunctions;
  for (const name of ['start', 'next', 'evaluate'] as const) {
    const part: unknown = definition[name];
    if (typeof part === 'function' || (name === 'evaluate' && part === undefined)) continue;
    throw new DeskError('BadInput', 'is no function', { file, path: name, expected: 'a function', found: typeof part });
  }
  return definition;
}

const strict = "'use strict';";

function compiled({ file, javascript }: CodeText, parsingContext?: ReturnType<typeof createContext>) {
  return compileFunction(strict + javascript, ['$out', 'defineStrategy'], {
    filename: file,
    columnOffset: -strict.length,
    ...(parsingContext && { parsingContext }),
  });
}

/** What the compiler says against a script; it is not run. */
export function syntaxProblem(code: CodeText): DeskError | undefined {
  try {
    compiled(code);
    return undefined;
  } catch (thrown) {
    return refusalOf(thrown, code.file);
  }
}

/** What a strategy threw, as an error of the desk at its line. Errors come from another realm. */
export function refusalOf(thrown: unknown, file: string): DeskError {
  if (thrown instanceof DeskError) {
    return new DeskError(thrown.code, thrown.message, { ...thrown.place, file });
  }
  const { name, message, stack } = textsOf(thrown);
  const line = lineIn(stack, file);
  const place = { file, ...(line === undefined ? {} : { line }) };
  if (name === 'NotAllowed') {
    const expected = 'answers that follow from the bars and the parameters alone';
    return new DeskError('BadInput', `asks for ${message}`, { ...place, path: 'determinism', expected });
  }
  const missing = /^(process|require|fetch|console|performance|setTimeout|Intl) is not defined$/.exec(message)?.[1];
  if (missing === undefined) return new DeskError('BadInput', `throws ${name}: ${message}`, place);
  const expected = 'a strategy that needs nothing but its bars and parameters';
  return new DeskError('BadInput', `asks for ${missing}`, { ...place, path: 'determinism', expected });
}

function textsOf(thrown: unknown): Readonly<{ name: string; message: string; stack: string }> {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'value', message: String(thrown), stack: '' };
  const { name, message, stack } = thrown as Readonly<Partial<Record<'name' | 'message' | 'stack', unknown>>>;
  return { name: textOr(name, 'value'), message: textOr(message, ''), stack: textOr(stack, '') };
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** The first line of the file that a stack names: `at next (file:12:5)`, or `file:12` above a syntax error. */
function lineIn(stack: string, file: string): number | undefined {
  const at = stack.indexOf(`${file}:`);
  const line = at < 0 ? Number.NaN : Number.parseInt(stack.slice(at + file.length + 1), 10);
  return Number.isNaN(line) ? undefined : line;
}
