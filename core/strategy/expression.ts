/**
 * The checked tree of an expression. adapters/strategy-files makes it from text (positions, allow-list);
 * everything below works on it alone. Plain JSON, so that it can be hashed, stored and sent to threads.
 */
export type BinaryOperator = '+' | '-' | '*' | '/' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'and' | 'or';
export type UnaryOperator = '-' | 'not';

/** `at` is the 1-based position of the node in the text it came from; it carries no meaning and is not hashed. */
export type Expression = Readonly<{ at: number }> &
  (
    | Readonly<{ kind: 'number'; value: number }>
    /** A built-in series, a parameter or a feature. */
    | Readonly<{ kind: 'name'; name: string }>
    | Readonly<{ kind: 'unary'; operator: UnaryOperator; operand: Expression }>
    | Readonly<{ kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }>
    | Readonly<{ kind: 'conditional'; condition: Expression; whenTrue: Expression; whenFalse: Expression }>
    /** `output` is there exactly when the function has several outputs. */
    | Readonly<{ kind: 'call'; name: string; args: readonly Expression[]; output?: string }>
    /** `alias.output` of the file's `plugins:` section. */
    | Readonly<{ kind: 'pluginOutput'; alias: string; output: string }>
  );

/** The names that every expression knows. `hour` and `weekday` are of the bar's open time, UTC. */
export const builtinSeries = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'hl2',
  'hlc3',
  'ohlc4',
  'returns',
  'hour',
  'weekday',
] as const;
export type BuiltinSeries = (typeof builtinSeries)[number];
