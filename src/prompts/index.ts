import { analyzeDashboard } from './analyze-dashboard.ts';
import { analyzeLogs } from './analyze-logs.ts';
import { analyzeMetrics } from './analyze-metrics.ts';
import { correlateFindings } from './correlate-findings.ts';
import { investigateIncident } from './investigate-incident.ts';
import type { Prompt } from './prompt.ts';
import { triageAlert } from './triage-alert.ts';
import { writePostmortem } from './write-postmortem.ts';

export const prompts: readonly Prompt[] = [
  investigateIncident,
  triageAlert,
  analyzeLogs,
  analyzeMetrics,
  analyzeDashboard,
  correlateFindings,
  writePostmortem,
];
