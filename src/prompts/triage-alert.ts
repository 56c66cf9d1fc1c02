import { type Prompt, quoted } from './prompt.ts';

export const triageAlert: Prompt = {
  name: 'triage_alert',
  title: 'Triage an alert',
  description: 'Five minutes after the page: is it real, how bad is it, who is affected, wake somebody or not.',
  arguments: [
    { name: 'alert', description: 'Id of the alert, as query_events lists it', required: true, completion: 'alerts' },
    { name: 'window', description: 'Time to look at; default: around the alert', required: false, completion: 'windows' },
  ],
  text({ alert, window }) {
    return `Triage the alert ${quoted(alert ?? '')}. Someone was woken by it and wants to know within minutes whether to act. Few calls, clear words.

1. Call query_events${window ? ` with window ${quoted(window)}` : ''}: find this alert, when it really fired and whether it still does; which others fired before or with it; what was changed in the hour before.
2. Is it real? Query what the alert watches (query_metrics with its metric and service). Compare with an equally long time before. Look for the reasons of false alarms: a gap in the data, a single sample, a threshold inside the normal range, a daily peak, a counter reset.
3. Is anyone hurt? Error ratio and latency at the entry points: query_traces with failed_only for the window, or the request metrics. State the share of failed or slow requests, not only their number.
   search_knowledge with the alert's name: is there a runbook, was it a false alarm before?
4. Getting worse, steady or recovering? Look at the last quarter of the window.
5. Only if it is real: call investigate with alert ${quoted(alert ?? '')} for the probable cause and hand on its first cause with confidence and evidence ids.

Answer in this form and nothing more
- Verdict: REAL or FALSE ALARM or CANNOT TELL, with the one reason.
- Severity: impact in a sentence with numbers.
- Trend: worse, steady, recovering; numbers.
- Probable cause: with confidence and evidence ids, or "unknown".
- Do now: act, watch until when, or go back to sleep; and the mildest action that helps (roll back, scale, fail over, silence).
- Not looked at: from the notes.

CANNOT TELL is right when the data are missing: a source that is down is no proof of health.`;
  },
};
