export { mineTemplates, type Template, type TemplateMiner, type TemplateMinerOptions, templateMiner } from './logs/templates/miner.ts';
export { type CountedWindow, type TemplateChange, type TemplateChangeOptions, type TemplateCount, templateChanges } from './logs/template-change.ts';
