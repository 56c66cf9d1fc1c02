export { type LogAnomaly, type LogAnomalyOptions, logAnomalies, type TemplatedLogs } from './logs/anomalies.ts';
export { type Heartbeat, type HeartbeatChange, heartbeatChange, heartbeatOf } from './logs/heartbeats.ts';
export { type ParameterChange, type ParameterChangeOptions, parameterChanges } from './logs/parameter-change.ts';
export { type LogParser, type LogParserOptions, logParser, parseLogs } from './logs/parser.ts';
export { type PeerCount, type PeerOutlier, peerOutliers } from './logs/peers.ts';
export {
  type BrokenOrder,
  type BrokenOrderOptions,
  brokenOrders,
  frequentOrders,
  type Order,
  type Session,
  type SessionEvents,
  sessionsOf,
} from './logs/sequences.ts';
export { parseStackTrace, type StackTrace } from './logs/stack-traces/parse.ts';
export {
  type CountedWindow,
  type TemplateChange,
  type TemplateChangeOptions,
  type TemplateCount,
  templateChanges,
} from './logs/template-change.ts';
export { mineTemplates, type Template, type TemplateMiner, type TemplateMinerOptions, templateMiner } from './logs/templates/miner.ts';
export { type ParameterType, parameterNames, parameterReader, typedValue } from './logs/templates/parameter-values.ts';
export {
  type BaselineComparison,
  type BaselineFit,
  compareWithBaseline,
  type MatchedBaseline,
  type MetricBaseline,
  matchBaseline,
  summariseBaseline,
} from './metrics/baseline.ts';
export { type ChangePoint, type ChangePointOptions, findChangePoints } from './metrics/change-points.ts';
export { type CorrelateOptions, correlateLagged, type LaggedCorrelation } from './metrics/correlate.ts';
export { type CorrelatedPair, type CorrelateManyOptions, correlateMany } from './metrics/correlate-many.ts';
export { type Deviation, type DeviationOptions, type Deviations, findDeviations } from './metrics/deviations.ts';
export { coarsen, downsample, type Rollup, rollupPoints, TIERS, type Tier, tierFor } from './metrics/downsample.ts';
export { type Exhaustion, type ExhaustionOptions, timeToExhaustion } from './metrics/exhaustion.ts';
export {
  type Derived,
  type DerivedSeries,
  type EvaluateOptions,
  evaluateExpression,
} from './metrics/expression/evaluate.ts';
export { parseExpression } from './metrics/expression/parse.ts';
export { type Selection, selectionsOf } from './metrics/expression/selections.ts';
export type { Expression } from './metrics/expression/tree.ts';
export { type Forecast, type ForecastOptions, forecast } from './metrics/forecast.ts';
export { type MultivariateOptions, type MultivariateScore, scoreMultivariate } from './metrics/multivariate.ts';
export { type NoveltyDetector, type NoveltyOptions, noveltyDetector } from './metrics/novelty.ts';
export { type OddOne, type OddOneOutOptions, oddOneOut } from './metrics/odd-one-out.ts';
export { findOutliers, type Outlier, type OutlierOptions } from './metrics/outliers.ts';
export { findSeasonality, type Season, type SeasonalityOptions } from './metrics/seasonality.ts';
export { type SemanticNames, semanticNames } from './metrics/semantic-names/names.ts';
export { findSlopeChange, type SlopeChange } from './metrics/slope-change.ts';
export { type Summary, summarise } from './metrics/summary.ts';
export { type Tidied, tidy } from './metrics/tidy.ts';
export { type Trend, testTrend } from './metrics/trend.ts';
export { combineUnits, convertUnit, parseUnit, unitFactor } from './metrics/units.ts';
export { type JudgeOptions, judgeSeries, type SeriesVerdict, type StaticThreshold, type VerdictKind } from './metrics/verdict.ts';
