import type { Store } from '../../../core/ports/store.ts';
import type { Database } from './database.ts';
import { learningMethods } from './learnings.ts';
import { queueMethods } from './queue.ts';
import { runMethods } from './runs.ts';
import { trialMethods } from './trials.ts';
import { validationMethods } from './validations.ts';

/** The store on a database: what the desk remembers is said once, in SQL that SQLite and PostgreSQL both speak. */
export const sqlStore = (database: Database): Store => ({
  ...queueMethods(database),
  ...runMethods(database),
  ...validationMethods(database),
  ...trialMethods(database),
  ...learningMethods(database),
  close: () => database.close(),
});
