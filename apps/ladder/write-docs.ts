/** Part of `npm run docs`: writes the table of docs/validation.md, about half a minute of work. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../config/paths.ts';
import { print } from '../cli/output.ts';
import { examplesTable, withTable } from './examples-table.ts';

const file = join(projectFolder, 'docs', 'validation.md');
writeFileSync(file, withTable(readFileSync(file, 'utf8'), await examplesTable()));
print('docs/validation.md: where the examples stop');
