import { DeskError, errorDocument } from '../../core/errors.ts';
import type { AskedData, JobResult, JobStage, ValidationJob } from '../../core/ports/validation-compute.ts';
import { compileStrategy } from '../../core/strategy/compile.ts';
import { parameterValues, type Strategy } from '../../core/strategy/strategy.ts';
import { loadNoPlugins, type LoadPlugins, type StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { storedResult, type ValidationArtifact } from '../../core/validation/artifact.ts';
import { gateDefinitions } from '../../core/validation/gates.ts';
import type { Loops } from '../../core/validation/loops.ts';
import { isRefusal } from '../../core/validation/queue.ts';
import { thresholdsOf } from '../../core/validation/thresholds.ts';
import { tierRules } from '../../core/validation/tiers/index.ts';
import { type TierResult, unknownTier, validateTier } from '../../core/validation/validate-tier.ts';
import { tiers, type Verdict } from '../../core/validation/verdict.ts';
import { hashColumns, sha256 } from '../hashing.ts';
import { loadMarkets } from '../market-data/load-markets.ts';
import { readArtifact, writeArtifact } from '../store/artifacts.ts';
import { pluginsFor } from '../strategy-code/load-code.ts';
import { readStrategy } from '../strategy-files/read-strategy.ts';
import { strategyHash } from '../strategy-files/strategy-hash.ts';
import { type JobCheckpoint, loopsOf } from './job-checkpoint.ts';
import { checkDeclared, refuseLeaks } from './leaks.ts';
import { evidenceOf, type FamilyFacts, familyFacts } from './family-facts.ts';

/** Codes that say something about the strategy or its bars; others are about the machine and are thrown. */
const answers = new Set(['BadInput', 'NotFound', 'DataUnavailable', 'Usage', 'ResourceExhausted']);

/**
 * Validates one strategy at one tier from its file: reads it and its bars (from the thread's cache where they are
 * there), judges, and leaves the artifact in the run's folder. For threads: nothing in it waits for the main thread.
 */
export async function runValidationJob(
  job: ValidationJob,
  load: LoadPlugins = loadNoPlugins,
  checkpoint?: JobCheckpoint,
): Promise<JobResult> {
  let stage: JobStage = 'strategy';
  let asked: AskedData | undefined;
  try {
    const strategy = await readStrategy(job.file, load);
    if (strategy.id !== job.strategyId) {
      throw new DeskError('BadInput', 'the file has another strategy now', {
        file: job.file,
        expected: job.strategyId,
        found: strategy.id,
      });
    }
    stage = 'data';
    const rule = tierRules[job.tier];
    if (rule === undefined) throw unknownTier(job.tier);
    const universe = rule.scope === 'primary' ? strategy.universe.slice(0, 1) : strategy.universe;
    asked = { universe, timeframe: strategy.timeframe };
    // Holes are judged in the tier's own window, not over all of history.
    const request = { ...job.data, universe, timeframe: strategy.timeframe, allowGaps: true };
    const { markets, warnings, dataHash } = await loadMarkets(request);
    const inputs = inputsHashOf(job, strategy, dataHash);
    const answered = answeredBefore(job, inputs);
    if (answered !== undefined) return answered;
    stage = 'leaks';
    const declared = checkDeclared(strategy, markets);
    await refuseLeaks(strategy, load, markets);
    stage = 'run';
    const family = familyFacts(job.history, strategy.universe, markets, job.openedElsewhere);
    const plugins = await pluginsFor(strategy, load);
    const kept = checkpoint && loopsOf(checkpoint, job, keyOf(job, strategy, { family, dataHash }));
    const judged = judge(job, strategy, { markets, family, plugins, loops: kept });
    kept?.close();
    const verdict = {
      ...judged.verdict,
      ...(inputs && { inputsHash: inputs }),
      warnings: [...warnings, ...declared, ...family.warnings, ...judged.verdict.warnings],
    };
    writeArtifact(artifactOf(job, strategy, { ...judged, verdict }));
    return { verdict, evidence: evidenceOf(judged) };
  } catch (thrown) {
    if (!(thrown instanceof DeskError) || !answers.has(thrown.code)) throw thrown;
    return { stage: stageOf(thrown, stage), error: errorDocument(thrown), ...(asked && { asked }) };
  }
}

/** Of a verdict of the last tier: all that it depends on but what the ledger knows. */
function inputsHashOf(job: ValidationJob, strategy: Strategy, dataHash: string): string | undefined {
  if (job.tier !== tiers.at(-1)) return undefined;
  const { codeVersion, tier, data } = job;
  const own = thresholdsOf(job.thresholds, strategy.id, tier);
  return sha256(JSON.stringify([codeVersion, tier, strategyHash(strategy), own, dataHash, data.allowGaps ?? false]));
}

/**
 * The verdict that this very question was given before. The holdout opens once: looking again at a number that is known
 * selects nothing, and must not turn a pass into a refusal.
 */
function answeredBefore({ decided = [], runId }: ValidationJob, inputsHash: string | undefined): JobResult | undefined {
  const known = decided.find(({ verdict }) => verdict.inputsHash === inputsHash && stands(verdict));
  if (inputsHash === undefined || known === undefined) return undefined;
  const { verdict } = known;
  const artifact = readArtifact({ runId: known.runId, strategyId: verdict.strategyId, tier: verdict.tier });
  if (artifact !== undefined) writeArtifact({ ...artifact, runId });
  return { verdict };
}

const stands = (verdict: Verdict): boolean => !isRefusal(verdict) && !doubledDeployed(verdict);

/** What is deployed changes, and what doubled it has left the holdout sealed: it may be asked anew. */
const doubledDeployed = ({ gates }: Verdict): boolean =>
  gates.some(({ name, passed }) => name === gateDefinitions.L3.deployedCorrelation.name && !passed);

type Markets = Awaited<ReturnType<typeof loadMarkets>>['markets'];

type Facts = Readonly<{ markets: Markets; family: FamilyFacts; plugins: StrategyPlugins; loops: Loops | undefined }>;

/** Everything that the rows of a tier's loops depend on, in a thunk: most tiers have none. */
const keyOf =
  ({ codeVersion, tier, thresholds }: ValidationJob, strategy: Strategy, { family, dataHash }: KeyFacts) =>
  (): string =>
    sha256(JSON.stringify([codeVersion, tier, strategyHash(strategy), strategy, thresholds, family.tier, dataHash]));

type KeyFacts = Readonly<{ family: FamilyFacts; dataHash: string }>;

function judge(job: ValidationJob, strategy: Strategy, { markets, family, plugins, loops }: Facts): TierResult {
  const compiled = compileStrategy(strategy, plugins);
  return validateTier({
    strategyId: strategy.id,
    tier: job.tier,
    strategyHash: strategyHash(strategy),
    codeVersion: job.codeVersion,
    trialsBefore: job.trialsBefore,
    markets,
    ...family.tier,
    ...(job.deployed && { deployed: job.deployed }),
    ...(job.deployedUnread !== undefined && { deployedUnread: job.deployedUnread }),
    thresholds: job.thresholds,
    allowGaps: job.data.allowGaps ?? false,
    strategy: compiled,
    options: {
      fill: 'nextOpen',
      startEquity: 10_000,
      closeAtEnd: true,
      returns: 'daily',
      costs: strategy.costs,
    },
    hashMarkets: hashColumns,
    ...(loops && { loops }),
  });
}

/** Gaps of the window are found while it runs, and are still the bars' fault. */
const stageOf = ({ place }: DeskError, stage: JobStage): JobStage => (place.path === gapsPath ? 'data' : stage);

const gapsPath = 'bars';

function artifactOf(job: ValidationJob, strategy: Strategy, { verdict, outcome }: TierResult): ValidationArtifact {
  const [window] = outcome.windows;
  return {
    version: 1,
    runId: job.runId,
    strategyId: strategy.id,
    name: strategy.name,
    hypothesis: strategy.hypothesis,
    file: job.file,
    tier: job.tier,
    symbols: outcome.used.map(({ bars }) => bars.symbol),
    timeframe: strategy.timeframe,
    parameters: parameterValues(strategy),
    data: job.data,
    window,
    ...(outcome.result === undefined ? {} : { result: storedResult(outcome.result) }),
    ...(outcome.details && { details: outcome.details }),
    verdict,
  };
}
