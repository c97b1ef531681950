import type { Store } from '../../../core/ports/store.ts';
import { openDatabase } from './database.ts';
import { learningMethods } from './learnings.ts';
import { queueMethods } from './queue.ts';
import { runMethods } from './runs.ts';
import { trialMethods } from './trials.ts';
import { validationMethods } from './validations.ts';

/** The embedded store: one SQLite file, any number of processes. */
export function openSqliteStore(file: string): Store {
  const database = openDatabase(file);
  return {
    ...queueMethods(database),
    ...runMethods(database),
    ...validationMethods(database),
    ...trialMethods(database),
    ...learningMethods(database),
    close: () => database.close(),
  };
}
