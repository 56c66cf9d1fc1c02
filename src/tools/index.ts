import type { Tool } from '../model/tool.ts';
import { clusterLogs } from './cluster-logs.ts';
import { compareWindowsTool } from './compare-windows.ts';
import { correlate } from './correlate.ts';
import { detectAnomalies } from './detect-anomalies.ts';
import { discover } from './discover.ts';
import { getDashboard } from './get-dashboard.ts';
import { getEvidence } from './get-evidence.ts';
import { getResult } from './get-result.ts';
import { getService } from './get-service.ts';
import { investigateTool } from './investigate.ts';
import { normalizeLogs } from './normalize-logs.ts';
import { queryEvents } from './query-events.ts';
import { queryLogs } from './query-logs.ts';
import { queryMetrics } from './query-metrics.ts';
import { queryTraces } from './query-traces.ts';
import { rankRootCauses } from './rank-root-causes.ts';
import { recordIncident } from './record-incident.ts';
import { renderDashboardTool } from './render-dashboard.ts';
import { searchKnowledgeTool } from './search-knowledge.ts';

/** Every tool of the server, in the order clients see it: stable, because clients cache prompts by it. */
export const tools: readonly Tool[] = [
  investigateTool,
  discover,
  compareWindowsTool,
  detectAnomalies,
  correlate,
  rankRootCauses,
  clusterLogs,
  normalizeLogs,
  queryLogs,
  queryMetrics,
  queryTraces,
  queryEvents,
  getDashboard,
  renderDashboardTool,
  getService,
  searchKnowledgeTool,
  recordIncident,
  getEvidence,
  getResult,
];
