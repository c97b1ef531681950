import { parseSync, Visitor } from 'oxc-parser';

/** The folders whose code may not ask for the time: it comes in as an argument, and to workflows from their clock. */
export const clocklessFolders = ['core', 'plugins', 'workflows'];

/**
 * Where a source reads the clock by `new Date()` or `Date()`, as `file:line rule`; `new Date(ms)` only writes a time.
 * Date.now, performance.now and Math.random are the linter's (no-restricted-properties), which cannot tell these.
 */
export function clockBreaches(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const breaches: string[] = [];
  const report = (start: number, what: string) =>
    breaches.push(`${file}:${source.slice(0, start).split('\n').length} reads the clock by ${what}`);
  new Visitor({
    NewExpression: ({ callee, arguments: given, start }) => {
      if (isDate(callee) && given.length === 0) report(start, 'new Date()');
    },
    CallExpression: ({ callee, start }) => {
      if (isDate(callee)) report(start, 'Date()');
    },
  }).visit(program);
  return breaches;
}

const isDate = (callee: Readonly<{ type: string; name?: unknown }>) =>
  callee.type === 'Identifier' && callee.name === 'Date';
