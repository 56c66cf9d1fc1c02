export { mineTemplates, type Template, type TemplateMiner, type TemplateMinerOptions, templateMiner } from './logs/templates/miner.ts';
export { type CountedWindow, type TemplateChange, type TemplateChangeOptions, type TemplateCount, templateChanges } from './logs/template-change.ts';
export { type ChangePoint, type ChangePointOptions, findChangePoints } from './metrics/change-points.ts';
export { type Deviation, type DeviationOptions, type Deviations, findDeviations } from './metrics/deviations.ts';
export { findSeasonality, type Season, type SeasonalityOptions } from './metrics/seasonality.ts';
export { type Summary, summarise } from './metrics/summary.ts';
