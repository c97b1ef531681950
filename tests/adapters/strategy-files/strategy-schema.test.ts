import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editorSchemaText } from '../../../adapters/strategy-files/strategy-schema.ts';
import { projectFolder } from '../../../config/paths.ts';

test('the editor schema is up to date (npm run schema)', async () => {
  const file = join(projectFolder, 'config', 'schema', 'strategy.schema.json');
  expect(await readFile(file, 'utf8')).toBe(editorSchemaText());
});

test('it names every key of a strategy file and refuses others', () => {
  const { properties, required, additionalProperties } = JSON.parse(editorSchemaText());
  expect(Object.keys(properties).toSorted()).toEqual(
    'constraints costs exits features forecast hypothesis id lineage name parameters plugins signals sizing timeframe universe'.split(
      ' ',
    ),
  );
  expect(required).toEqual(['id', 'name', 'universe', 'timeframe', 'signals']);
  expect(additionalProperties).toBe(false);
});
