import { createHash } from 'node:crypto';
import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DeskError } from '../../core/errors.ts';
import type { Exported, ExportRequest, FeatureStorePlace } from '../../core/ports/feature-store.ts';
import { replaceFile } from '../market-data/atomic-file.ts';
import { sqlText } from '../market-data/duckdb.ts';

/** Writes rows as a Parquet file inside the export folder, by a temporary file that takes its place when it is whole. */
export async function exportRows(
  connection: DuckDBConnection,
  place: FeatureStorePlace,
  request: ExportRequest,
): Promise<Exported> {
  const { BIGINT, LIST, VARCHAR, listValue } = await import('@duckdb/node-api');
  const file = exportFile(place, request.file);
  const { features, from, to } = request;
  // A statement that writes a file takes no bound values, so they select into a table of this connection first.
  await connection.run(
    `create temp table exported as select * from feature_values
     where ($features is null or list_contains($features, feature))
       and event_at between coalesce($from_at, event_at) and coalesce($to_at, event_at)`,
    {
      features: features === undefined ? null : listValue([...features]),
      from_at: from === undefined ? null : BigInt(from),
      to_at: to === undefined ? null : BigInt(to),
    },
    { features: LIST(VARCHAR), from_at: BIGINT, to_at: BIGINT },
  );
  let bytes = 0;
  let sha256 = '';
  await replaceFile(file, async (temporary) => {
    await connection.run(
      `copy (from exported order by feature, entity, event_at, known_at)
       to ${sqlText(temporary)} (format parquet, compression zstd)`,
    );
    bytes = statSync(temporary).size;
    sha256 = await hashFile(temporary);
  });
  const counted = await connection.runAndReadAll('select count(*) from exported');
  return { rows: Number(counted.value(0, 0)), bytes, sha256 };
}

/** The file to write, or a refusal where that, links followed, is not inside the export folder. */
function exportFile({ path, exportDir }: FeatureStorePlace, file: string): string {
  if (exportDir === undefined && path === ':memory:')
    throw new DeskError('BadInput', 'no folder to export to', { path: 'file', expected: 'params.exportDir' });
  const folder = resolve(exportDir ?? dirname(path));
  const target = resolve(folder, file);
  const inside = relative(realOrNearest(folder), realOrNearest(dirname(target)));
  if (inside === '..' || /^\.\.[/\\]/.test(inside) || isAbsolute(inside))
    throw new DeskError('BadInput', 'outside the export folder', {
      path: 'file',
      expected: `in ${folder}`,
      found: file,
    });
  return target;
}

/** A folder with its links resolved; of one that is not there yet, those of its nearest ancestor. */
function realOrNearest(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  const parent = dirname(folder);
  return parent === folder ? folder : resolve(realOrNearest(parent), relative(parent, folder));
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Uint8Array);
  return hash.digest('hex');
}
