type LockEntry = Readonly<{ version?: string; resolved?: string; optional?: boolean; os?: string[]; cpu?: string[] }>;
type Lockfile = Readonly<{ packages: Readonly<Record<string, LockEntry>> }>;

export function completeLockfile(lock: Lockfile): { lock: Lockfile; added: string[] };
