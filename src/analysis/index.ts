export { mineTemplates, type Template, type TemplateMiner, type TemplateMinerOptions, templateMiner } from './logs/templates/miner.ts';
