import { filesToVerify, type VerifiedFile, verifyBarFile } from '../../../adapters/market-data/verify-bars.ts';
import { DeskError, errorLine, errorRules } from '../../../core/errors.ts';
import { notice, print, printJson } from '../output.ts';
import { createProgress } from '../progress.ts';
import { renderTable } from '../table.ts';
import { type ReadFlags, readOptionsOf } from './read-options.ts';
import { dayText } from './text.ts';

type VerifyFlags = ReadFlags & Readonly<{ allowGaps?: boolean }>;

/** `nightdesk data verify`: 2 is the exit code where a file is bad. */
export async function runVerify(path: string, flags: VerifyFlags): Promise<void> {
  const paths = filesToVerify(path);
  if (paths.length === 0) throw new DeskError('NotFound', 'there are no bar files in it', { file: path });
  const options = { ...readOptionsOf(flags), allowGaps: flags.allowGaps ?? false };
  const progress = createProgress('verifying');
  const files: VerifiedFile[] = [];
  for (const [index, file] of paths.entries()) {
    progress.update(index, paths.length, file);
    files.push(await verifyBarFile(file, options));
  }
  progress.finish();
  if (files.some(({ errors }) => errors.length > 0)) process.exitCode = errorRules.BadInput.exitCode;
  if (flags.json === true) return printJson({ files });
  printTable(files);
  for (const file of files) printErrors(file);
}

function printTable(files: readonly VerifiedFile[]): void {
  print(
    renderTable(
      [
        { title: 'file' },
        { title: 'symbol' },
        { title: 'timeframe' },
        { title: 'bars', align: 'right' },
        { title: 'from' },
        { title: 'to' },
        { title: 'missing', align: 'right' },
        { title: 'errors', align: 'right' },
      ],
      files.map((row) => [
        row.file,
        row.symbol ?? '?',
        row.timeframe ?? '?',
        `${row.bars}`,
        dayText(row.from),
        dayText(row.to),
        `${row.missingBars}`,
        row.errorCount === 0 ? 'none' : `${row.errorCount}`,
      ]),
    ),
  );
}

function printErrors({ file, errors, errorCount }: VerifiedFile): void {
  for (const { row, field, message } of errors) {
    notice(errorLine({ file, ...(row === 0 ? {} : { line: row }), ...(field === '' ? {} : { path: field }), message }));
  }
  if (errorCount > errors.length) notice(`${file}: and ${errorCount - errors.length} more`);
}
