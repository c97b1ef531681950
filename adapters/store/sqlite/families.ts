import type { StrategyRecord } from '../../../core/ports/store.ts';
import type { Database } from './database.ts';
import { shapeOfId, text } from './rows.ts';

/**
 * Notes a strategy as a member of its family, and makes one family of those that it connects: strategies of its shape,
 * what its file held before under the same id, and its parent with all that goes by that id. A family is named by the
 * first of its shapes in the order of the text, so that the order of joining does not matter.
 */
export function joinFamily(database: Database, strategy: StrategyRecord, atMs: number): void {
  const { strategyId, name, file, strategyHash, shape, parent } = strategy;
  const known = database.row(
    'SELECT shape, parent FROM family_members WHERE strategy_id = ? AND file = ? AND strategy_hash = ?',
    strategyId,
    file,
    strategyHash,
  );
  if (known !== undefined && known['shape'] === shape && (known['parent'] ?? undefined) === parent) return;
  addShape(database, shape);
  if (familyOf(database, shapeOfId(strategyId)) !== undefined) unite(database, shape, shapeOfId(strategyId));
  const edits = database.rows(
    'SELECT DISTINCT shape FROM family_members WHERE strategy_id = ? AND file = ?',
    strategyId,
    file,
  );
  for (const edit of edits) unite(database, shape, text(edit, 'shape'));
  if (parent !== undefined) {
    addShape(database, shapeOfId(parent)); // later strategies of that id find it
    unite(database, shape, shapeOfId(parent));
    const parents = database.rows('SELECT DISTINCT shape FROM family_members WHERE strategy_id = ?', parent);
    for (const each of parents) unite(database, shape, text(each, 'shape'));
  }
  database.run(
    `INSERT INTO family_members (strategy_id, file, strategy_hash, shape, parent, name, seen_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET shape = excluded.shape, parent = excluded.parent`,
    strategyId,
    file,
    strategyHash,
    shape,
    parent ?? null,
    name,
    atMs,
  );
}

/** The family of a shape; undefined for one that nobody has registered. */
export function familyOf(database: Database, shape: string): string | undefined {
  const row = database.row('SELECT family FROM families WHERE shape = ?', shape);
  return row && text(row, 'family');
}

/** The family of the strategy that was registered last under an id, or of what is known by the id only. */
export function familyOfId(database: Database, strategyId: string): string | undefined {
  const row = database.row(
    'SELECT shape FROM family_members WHERE strategy_id = ? ORDER BY seen_ms DESC, strategy_hash LIMIT 1',
    strategyId,
  );
  return familyOf(database, row === undefined ? shapeOfId(strategyId) : text(row, 'shape'));
}

const addShape = (database: Database, shape: string): void =>
  database.run('INSERT INTO families VALUES (?, ?) ON CONFLICT DO NOTHING', shape, shape);

function unite(database: Database, one: string, other: string): void {
  const [a = one, b = other] = [familyOf(database, one), familyOf(database, other)];
  if (a === b) return;
  database.run('UPDATE families SET family = ? WHERE family IN (?, ?)', a < b ? a : b, a, b);
}
