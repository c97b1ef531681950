import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { replaceFile } from '../../../adapters/market-data/atomic-file.ts';
import { exportsFolder } from '../../../adapters/store/places.ts';
import { openStore } from '../../../adapters/store/open-store.ts';
import { print, printJson } from '../output.ts';
import { learningsText, queueText, registryText } from './texts.ts';

/** Writes the files, each whole or not at all; whoever reads meanwhile sees the old one or the new one. */
export async function exportStore({ out, json }: Readonly<{ out?: string; json?: true }>): Promise<void> {
  const folder = out === undefined ? exportsFolder() : resolve(out);
  const store = await openStore();
  try {
    const texts = {
      'queue.yaml': queueText(await store.queue()),
      'registry.yaml': await registryText(store),
      'learnings.md': learningsText(await store.learnings()),
    };
    const files: string[] = [];
    for (const [name, text] of Object.entries(texts)) {
      const file = join(folder, name);
      await replaceFile(file, (temporary) => writeFileSync(temporary, text));
      files.push(file);
    }
    if (json) printJson({ files });
    else for (const file of files) print(file);
  } finally {
    store.close();
  }
}
