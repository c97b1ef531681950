import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../../config/paths.ts';

/** Commands of a tutorial, and lines that they are said to print. */
export type Commands = Readonly<{ heading: string; commands: string; expected: readonly string[] }>;

export type Tutorial = Readonly<{
  commands: readonly Commands[];
  /** Blocks that the text says to save, by file name. */
  files: ReadonlyMap<string, string>;
}>;

/**
 * Reads a tutorial as a reader does: ```sh blocks are run, a ```text block after one is what it prints, and any other
 * block behind "Save … as `name` …:" is that file.
 */
export function readTutorial(name: string): Tutorial {
  const text = readFileSync(join(projectFolder, 'docs/tutorials', name), 'utf8');
  const commands: { heading: string; commands: string; expected: string[] }[] = [];
  const files = new Map<string, string>();
  let [end, heading] = [0, ''];
  for (const block of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [whole, language, body = ''] = block;
    const prose = text.slice(end, block.index);
    end = block.index + whole.length;
    heading = [...prose.matchAll(/^## (.*)$/gm)].at(-1)?.[1] ?? heading;
    if (language === 'sh') commands.push({ heading, commands: body, expected: [] });
    else if (language === 'text') commands.at(-1)?.expected.push(...body.trimEnd().split('\n'));
    else files.set(savedAs(prose), body);
  }
  return { commands, files };
}

function savedAs(prose: string): string {
  const name = /[Ss]ave [^\n]*?as `([^`]+)`[^\n]*:\s*$/.exec(prose)?.[1];
  if (name === undefined) throw new Error(`a block that no sentence says to save: …${prose.slice(-80)}`);
  return name;
}

export type Reader = Readonly<{
  folder: string;
  /** Runs commands in a shell, in a folder with the files and the sample data; gives all that they print. */
  run: (commands: string) => Promise<string>;
  leave: () => void;
}>;

/** Somebody who follows a tutorial on a machine of their own. */
export function createReader(files: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv = {}): Reader {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-tutorial-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec '${process.execPath}' '${join(projectFolder, 'apps/cli/nightdesk.ts')}' "$@"\n`;
  writeFileSync(join(bin, 'nightdesk'), script, { mode: 0o755 });
  symlinkSync(join(projectFolder, 'data'), join(folder, 'data'));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return {
    folder,
    async run(commands) {
      const { stdout, stderr } = await promisify(execFile)('sh', ['-e', '-c', commands], {
        cwd: folder,
        env: {
          ...process.env,
          NO_COLOR: '1',
          NIGHTDESK_HOME: join(folder, 'home'),
          ...env,
          PATH: [bin, process.env['PATH']].join(delimiter),
        },
      });
      return stdout + stderr;
    },
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}
