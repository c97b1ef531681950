import type { BarField } from '../market/bars.ts';
import type { BinaryOperator, Expression } from './expression.ts';
import type { ElementwiseFunction } from './elementwise.ts';
import type { SeriesFunction } from './functions/series-function.ts';

/** The columns that everything is computed from. */
export type SourceColumn = BarField | 'timeMs';

/**
 * An expression after names were resolved and features put in their place: a graph, in which equal parts are one node.
 * `constant` nodes are made of numbers and parameters alone.
 */
export type Node = Readonly<{ id: number; constant: boolean }> &
  (
    | Readonly<{ kind: 'number'; value: number }>
    | Readonly<{ kind: 'parameter'; index: number }>
    | Readonly<{ kind: 'column'; column: SourceColumn }>
    /** One output of a function that has state; outputs of one call share the call. */
    | Readonly<{ kind: 'output'; call: SeriesCall; output: number }>
    /** The operand one bar earlier; missing at the first bar. */
    | Readonly<{ kind: 'previous'; operand: Node }>
    | Readonly<{ kind: 'negate' | 'not'; operand: Node }>
    | Readonly<{ kind: 'binary'; operator: BinaryOperator; left: Node; right: Node }>
    | Readonly<{ kind: 'conditional'; condition: Node; whenTrue: Node; whenFalse: Node }>
    | Readonly<{ kind: 'elementwise'; definition: ElementwiseFunction; args: readonly Node[] }>
  );

/** A call of a function that has state: a series of its own, computed once and shared. */
export type SeriesCall = Readonly<{
  id: number;
  definition: SeriesFunction;
  series: readonly Node[];
  constants: readonly Node[];
  /** The call as it stands in the file, for error messages. */
  source: Expression & { kind: 'call' };
  /** Where it stands: `features.fastMean`, `signals.enterLong`. */
  path: string;
}>;

/** A node without its identity. */
export type NodeShape = Node extends infer N ? (N extends Node ? Omit<N, 'id' | 'constant'> : never) : never;

/** The nodes that a node is made of inside one bar's formula. */
export function operandsOf(node: NodeShape): readonly Node[] {
  switch (node.kind) {
    case 'number':
    case 'parameter':
    case 'column':
    case 'output':
      return [];
    case 'previous':
    case 'negate':
    case 'not':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'elementwise':
      return node.args;
    default:
      return node satisfies never;
  }
}

export type GraphBuilder = Readonly<{
  node: (shape: NodeShape) => Node;
  call: (call: Omit<SeriesCall, 'id'>) => SeriesCall;
}>;

/** Makes nodes; asked twice for the same node, it gives the same one. */
export function createGraphBuilder(): GraphBuilder {
  const nodes = new Map<string, Node>();
  const calls = new Map<string, SeriesCall>();
  return {
    node(shape) {
      const key = nodeKey(shape);
      const known = nodes.get(key);
      if (known !== undefined) return known;
      const made: Node = { ...shape, id: nodes.size, constant: isConstant(shape) };
      nodes.set(key, made);
      return made;
    },
    call(shape) {
      const key = [shape.definition.name, ids(shape.series), ids(shape.constants)].join('|');
      const known = calls.get(key);
      if (known !== undefined) return known;
      const made = { ...shape, id: calls.size };
      calls.set(key, made);
      return made;
    },
  };
}

const ids = (nodes: readonly Node[]): string => nodes.map(({ id }) => id).join(',');

function nodeKey(shape: NodeShape): string {
  switch (shape.kind) {
    case 'number':
      return `number|${Object.is(shape.value, -0) ? '-0' : shape.value}`;
    case 'parameter':
      return `parameter|${shape.index}`;
    case 'column':
      return `column|${shape.column}`;
    case 'output':
      return `output|${shape.call.id}|${shape.output}`;
    case 'previous':
    case 'negate':
    case 'not':
      return `${shape.kind}|${shape.operand.id}`;
    case 'binary':
      return `${shape.operator}|${shape.left.id}|${shape.right.id}`;
    case 'conditional':
      return `?|${ids([shape.condition, shape.whenTrue, shape.whenFalse])}`;
    case 'elementwise':
      return `${shape.definition.name}|${ids(shape.args)}`;
    default:
      return shape satisfies never;
  }
}

const isConstant = (shape: NodeShape): boolean =>
  shape.kind !== 'column' &&
  shape.kind !== 'output' &&
  shape.kind !== 'previous' &&
  operandsOf(shape).every(({ constant }) => constant);
