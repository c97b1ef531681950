import { join } from 'node:path';
import { projectFolder } from '../../../config/paths.ts';
import { runProgram } from '../run-program.ts';
import { placeCli } from './place-cli.ts';
import type { CliSource } from './source.ts';
import { firstLine } from './version.ts';

/** The CLI that tools/temporal-cli/go.mod names (1.9.1 does not build from the module proxy). */
export const goModuleVersion = '1.8.2';

const oldestGo = [1, 26, 4] as const;
const buildLimitMs = 40 * 60_000;
const progressMs = 15_000;

class BuildFailed extends Error {}

/** Our own Go module tools/temporal-cli, built where a recent Go is installed: 6 to 8 minutes on two cores. */
export const goModuleSource = ({
  moduleFolder = join(projectFolder, 'tools', 'temporal-cli'),
  go = 'go',
}: Readonly<{ moduleFolder?: string; go?: string }> = {}): CliSource => ({
  name: 'go',
  title: `building tools/temporal-cli (needs Go >= ${oldestGo.join('.')}; takes 6 to 8 minutes once)`,
  async provide(context) {
    const { onProgress, signal } = context;
    // GOTOOLCHAIN=local: a Go that would first have to download another Go is not an installed one.
    const env = { ...process.env, GOTOOLCHAIN: 'local' };
    const version = await runProgram(go, ['env', 'GOVERSION'], { env, signal });
    if (version.code !== 0) return { unavailable: 'no Go on PATH' };
    const printed = firstLine(version.stdout);
    if (!isRecentGo(printed)) return { unavailable: `Go is ${printed}, ${oldestGo.join('.')} or newer is needed` };

    const startedMs = performance.now();
    const sayWhere = () => {
      const minutes = Math.floor((performance.now() - startedMs) / 60_000);
      onProgress(`building the Temporal CLI ${goModuleVersion} with Go, ${minutes} of about 7 min`);
    };
    sayWhere();
    const report = setInterval(sayWhere, progressMs);
    try {
      return await placeCli(context, { source: 'go', version: goModuleVersion }, async (unfinished) => {
        const made = join(unfinished, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
        const args = [
          'build',
          '-mod=readonly',
          '-trimpath',
          '-ldflags',
          linkerFlags,
          '-o',
          made,
          'github.com/temporalio/cli/cmd/temporal',
        ];
        const built = await runProgram(go, args, { cwd: moduleFolder, env, signal, timeoutMs: buildLimitMs });
        if (built.code !== 0) throw new BuildFailed(firstLine(built.stderr) || `go build ended with ${built.code}`);
        return made;
      });
    } catch (error) {
      if (error instanceof BuildFailed) return { unavailable: `go build failed: ${error.message}` };
      throw error;
    } finally {
      clearInterval(report);
    }
  },
});

const linkerFlags = `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${goModuleVersion}`;

/** `go1.26.8`, `go1.27rc1`; a missing patch counts as 0. */
export function isRecentGo(goVersion: string): boolean {
  const [, ...parts] = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(goVersion) ?? [];
  if (parts.length === 0) return false;
  const found = parts.map((part) => Number(part ?? 0));
  for (const [index, wanted] of oldestGo.entries()) {
    const part = found[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
