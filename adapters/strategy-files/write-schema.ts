/** `npm run schema`: writes the schema by which editors complete strategy files. */
import { join } from 'node:path';
import { projectFolder } from '../../config/paths.ts';
import { replaceFile, writeParts } from '../market-data/atomic-file.ts';
import { editorSchemaText } from './strategy-schema.ts';

const file = join(projectFolder, 'config', 'schema', 'strategy.schema.json');
await replaceFile(file, (temporary) => writeParts(temporary, [Buffer.from(editorSchemaText())]));
