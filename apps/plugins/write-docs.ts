/** `npm run docs`: writes docs/plugins from the definitions, and removes pages of plugins that are gone. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../config/paths.ts';
import { print } from '../cli/output.ts';
import { pluginPages } from './docs.ts';

const folder = join(projectFolder, 'docs', 'plugins');
const pages = pluginPages();

mkdirSync(folder, { recursive: true });
const wanted = new Set(pages.map(({ name }) => name));
for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name));
for (const { name, text } of pages) writeFileSync(join(folder, name), text);
print(`docs/plugins: ${pages.length} pages`);
