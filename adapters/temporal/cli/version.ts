import { runProgram } from '../run-program.ts';

/** The versions that `temporal --version` prints. A build by `go install` calls itself 0.0.0-DEV. */
export type CliVersion = Readonly<{ version: string; serverVersion: string }>;

/** The version that we provide where we may choose: the official download and the wheel. */
export const providedVersion = '1.9.1';

/** The oldest development server that the flags and features we rely on were tried with (CLI 1.5.1). */
const oldestServer = [1, 29] as const;

/** Reads `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`; undefined for anything else. */
export function parseCliVersion(printed: string): CliVersion | undefined {
  const [, version, serverVersion] = /^temporal version (\S+) \(Server (\d+\.\d+\.[\w.-]+),/m.exec(printed) ?? [];
  return version === undefined || serverVersion === undefined ? undefined : { version, serverVersion };
}

/** Runs the file and reads what it is; a reason for people when it is no Temporal CLI that we can use. */
export async function readCliVersion(
  path: string,
  signal?: AbortSignal,
): Promise<Readonly<{ is: CliVersion } | { unusable: string }>> {
  const { code, stdout, stderr } = await runProgram(path, ['--version'], { signal, timeoutMs: 30_000 });
  if (code !== 0) return { unusable: `${path} does not run: ${firstLine(stderr) || `exit code ${code}`}` };
  const is = parseCliVersion(stdout);
  if (is === undefined) return { unusable: `${path} is no Temporal CLI: it prints ${firstLine(stdout) || 'nothing'}` };
  if (!isRecent(is.serverVersion)) {
    return { unusable: `${path} is too old: its server is ${is.serverVersion}, ${oldestServer.join('.')} is needed` };
  }
  return { is };
}

function isRecent(serverVersion: string): boolean {
  const [major = 0, minor = 0] = serverVersion.split('.').map(Number);
  return major > oldestServer[0] || (major === oldestServer[0] && minor >= oldestServer[1]);
}

export const firstLine = (text: string): string => text.trim().split('\n', 1)[0]?.trim() ?? '';
