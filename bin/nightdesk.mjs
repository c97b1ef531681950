#!/usr/bin/env node
// `nightdesk …`: runs apps/cli under Node 24, whatever Node started this.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeBinary, root, run } from './launch.mjs';

const entry = join(root, 'apps', 'cli', 'nightdesk.ts');
const node = nodeBinary();

if (node === process.execPath) await import(pathToFileURL(entry).href);
else process.exitCode = await run(node, [entry, ...process.argv.slice(2)]);
