import { join } from 'node:path';
import { stateFolder } from '../../config/paths.ts';

/** The embedded store's file. */
export const storeFile = (state = stateFolder()): string => join(state, 'desk.sqlite');

/** The embedded order store's file: orders, fills, ledger, decisions. */
export const orderStoreFile = (state = stateFolder()): string => join(state, 'orders.sqlite');

/** Output folders of runs, one each. */
export const runsFolder = (state = stateFolder()): string => join(state, 'runs');

/** Large plugin states, by the hash of their content. */
export const blobsFolder = (state = stateFolder()): string => join(state, 'blobs');

/** Files that `nightdesk export` writes. */
export const exportsFolder = (state = stateFolder()): string => join(state, 'exports');
