import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** After vitest's own report: every skipped test with its reason, and the one line that CI reads. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const withState = (state: string) => tests.filter((test) => test.result().state === state);
    const skipped = withState('skipped');
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    const lines = [
      ...skipped.map((test) => `skipped: ${test.fullName}: ${reasonOf(test)}`),
      `${withState('passed').length} passed, ${withState('failed').length + broken} failed, ${skipped.length} skipped`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' && result.note) || 'no reason given';
}
