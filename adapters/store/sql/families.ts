import type { StrategyRecord } from '../../../core/ports/store.ts';
import type { Transaction } from './database.ts';
import { shapeOfId, text } from './rows.ts';

/**
 * Notes a strategy as a member of its family, and makes one family of those that it connects: strategies of its shape,
 * what its file held before under the same id, and its parent with all that goes by that id. A family is named by the
 * first of its shapes in the order of the text, so that the order of joining does not matter.
 */
export async function joinFamily(sql: Transaction, strategy: StrategyRecord, atMs: number): Promise<void> {
  const { strategyId, name, file, strategyHash, shape, parent } = strategy;
  const known = await sql.row(
    'SELECT shape, parent FROM family_members WHERE strategy_id = ? AND file = ? AND strategy_hash = ?',
    strategyId,
    file,
    strategyHash,
  );
  if (known !== undefined && known['shape'] === shape && (known['parent'] ?? undefined) === parent) return;
  await addShape(sql, shape);
  const byId = shapeOfId(strategyId);
  if ((await familyOf(sql, byId)) !== undefined) await uniteFamilies(sql, shape, byId);
  const edits = await sql.rows(
    'SELECT DISTINCT shape FROM family_members WHERE strategy_id = ? AND file = ?',
    strategyId,
    file,
  );
  for (const edit of edits) await uniteFamilies(sql, shape, text(edit, 'shape'));
  if (parent !== undefined) {
    await addShape(sql, shapeOfId(parent)); // later strategies of that id find it
    await uniteFamilies(sql, shape, shapeOfId(parent));
    const parents = await sql.rows('SELECT DISTINCT shape FROM family_members WHERE strategy_id = ?', parent);
    for (const each of parents) await uniteFamilies(sql, shape, text(each, 'shape'));
  }
  await sql.run(
    `INSERT INTO family_members (strategy_id, file, strategy_hash, shape, parent, name, seen_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (strategy_id, file, strategy_hash) DO UPDATE SET shape = excluded.shape, parent = excluded.parent`,
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
export async function familyOf({ row }: Transaction, shape: string): Promise<string | undefined> {
  const found = await row('SELECT family FROM families WHERE shape = ?', shape);
  return found && text(found, 'family');
}

/** The family of the strategy that was registered last under an id, or of what is known by the id only. */
export async function familyOfId(sql: Transaction, strategyId: string): Promise<string | undefined> {
  const row = await sql.row(
    'SELECT shape FROM family_members WHERE strategy_id = ? ORDER BY seen_ms DESC, strategy_hash LIMIT 1',
    strategyId,
  );
  return familyOf(sql, row === undefined ? shapeOfId(strategyId) : text(row, 'shape'));
}

const addShape = ({ run }: Transaction, shape: string): Promise<void> =>
  run('INSERT INTO families VALUES (?, ?) ON CONFLICT DO NOTHING', shape, shape);

/** Makes one family of those of two shapes. */
export async function uniteFamilies(sql: Transaction, one: string, other: string): Promise<void> {
  const a = (await familyOf(sql, one)) ?? one;
  const b = (await familyOf(sql, other)) ?? other;
  if (a === b) return;
  await sql.run('UPDATE families SET family = ? WHERE family IN (?, ?)', a < b ? a : b, a, b);
}
