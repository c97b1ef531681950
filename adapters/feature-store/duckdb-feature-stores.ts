import type { FeatureStore, FeatureStorePlace, FeatureStores } from '../../core/ports/feature-store.ts';
import { exportRows } from './export.ts';
import { closeDatabases, type Database, forgetDatabase, openDatabase } from './instances.ts';
import { putRows } from './put.ts';
import { isInvalidated, resourceError } from './resource-errors.ts';
import { readAsOf, readHistory, readSummaries } from './read.ts';

/** Feature stores in DuckDB files, one instance a file in this process; one in memory lives as long as its use. */
export const duckDbFeatureStores: FeatureStores = {
  async use(place, work) {
    const database = await openDatabase(place);
    try {
      return await work(featureStoreOf(database, place));
    } catch (thrown) {
      if (place.path !== ':memory:' && isInvalidated(thrown)) forgetDatabase(database);
      throw resourceError(thrown, place.path);
    } finally {
      if (place.path === ':memory:') database.close();
    }
  },
  close: closeDatabases,
};

/** A connection a call; temporary tables are its own, so calls run side by side. Writers take turns. */
const featureStoreOf = (database: Database, place: FeatureStorePlace): FeatureStore => ({
  put: (rows) => database.inTurn(() => database.withConnection((connection) => putRows(connection, rows))),
  asOf: (query) => database.withConnection((connection) => readAsOf(connection, query)),
  history: (query) => database.withConnection((connection) => readHistory(connection, query)),
  export: (request) => database.withConnection((connection) => exportRows(connection, place, request)),
  describe: () => database.withConnection(readSummaries),
});
