import { mkdirSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Level } from './meters.ts';
import type { TurnState } from './turns.ts';

/** What the processes of a desk know together about what they have used. */
export type LevelFile = Readonly<{
  /** One transaction, alone among all processes. */
  exclusively<Result>(work: (levels: Levels) => Result): Result;
  close(): void;
}>;

export type Levels = Readonly<{
  level(key: string): Level | undefined;
  setLevel(key: string, level: Level): void;
  /** Until when nothing may be asked. */
  pausedUntilMs(scope: string): number;
  pause(scope: string, untilMs: number): void;
  turn(key: string): TurnState | undefined;
  setTurn(key: string, state: TurnState): void;
}>;

/** Another process holds the file for microseconds; this is for one that was stopped in the middle. */
const busyMs = 250;

/** Wall clocks that are set may move the start of the machine by so much before the file counts as of an earlier one. */
const sameBootSeconds = 120;

/**
 * The levels in a SQLite file, or in memory without one. Times are of the machine's monotonic clock, which all its
 * processes share and which starts anew with the machine: a file of an earlier start is emptied, but for the numbers of
 * turns, which never fall. It need not survive a power cut, so nothing is synced.
 */
export function openLevelFile(file: string | undefined): LevelFile {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file ?? ':memory:', { timeout: busyMs });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
  database.exec(`
    CREATE TABLE IF NOT EXISTS levels (key TEXT PRIMARY KEY, used REAL NOT NULL, at_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS pauses (scope TEXT PRIMARY KEY, until_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS turns (
      key TEXT PRIMARY KEY, number INTEGER NOT NULL, owner TEXT NOT NULL, at_ms REAL NOT NULL, open INTEGER NOT NULL,
      next_owner TEXT NOT NULL, next_ms REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS boot (id INTEGER PRIMARY KEY CHECK (id = 1), started_s REAL NOT NULL) STRICT;
  `);
  const getLevel = database.prepare('SELECT used, at_ms FROM levels WHERE key = ?');
  const putLevel = database.prepare(
    'INSERT INTO levels VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET used = excluded.used, at_ms = excluded.at_ms',
  );
  const getPause = database.prepare('SELECT until_ms FROM pauses WHERE scope = ?');
  const putPause = database.prepare(
    'INSERT INTO pauses VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)',
  );
  const getTurn = database.prepare('SELECT * FROM turns WHERE key = ?');
  const putTurn = database.prepare('INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)');
  const levels: Levels = {
    level: (key) => {
      const row = getLevel.get(key);
      return row === undefined ? undefined : { used: Number(row['used']), atMs: Number(row['at_ms']) };
    },
    setLevel: (key, { used, atMs }) => void putLevel.run(key, used, atMs),
    pausedUntilMs: (scope) => Number(getPause.get(scope)?.['until_ms'] ?? 0),
    pause: (scope, untilMs) => void putPause.run(scope, untilMs),
    turn: (key) => {
      const row = getTurn.get(key);
      return row === undefined ? undefined : turnOf(row);
    },
    setTurn: (key, { number, owner, atMs, open, nextOwner, nextMs }) =>
      void putTurn.run(key, number, owner, atMs, open ? 1 : 0, nextOwner, nextMs),
  };
  const exclusively = <Result>(work: (levels: Levels) => Result): Result => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work(levels);
      database.exec('COMMIT');
      return result;
    } catch (thrown) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw thrown;
    }
  };
  exclusively(() => forgetEarlierBoot(database));
  return {
    exclusively,
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}

const turnOf = (row: Readonly<Record<string, unknown>>): TurnState => ({
  number: Number(row['number']),
  owner: String(row['owner']),
  atMs: Number(row['at_ms']),
  open: row['open'] === 1,
  nextOwner: String(row['next_owner']),
  nextMs: Number(row['next_ms']),
});

function forgetEarlierBoot(database: DatabaseSync): void {
  const startedSeconds = Date.now() / 1000 - uptime();
  const row = database.prepare('SELECT started_s FROM boot').get();
  if (row !== undefined && Math.abs(Number(row['started_s']) - startedSeconds) < sameBootSeconds) return;
  database.exec(
    "DELETE FROM levels; DELETE FROM pauses; DELETE FROM boot; UPDATE turns SET open = 0, next_owner = '';",
  );
  database.prepare('INSERT INTO boot VALUES (1, ?)').run(startedSeconds);
}
