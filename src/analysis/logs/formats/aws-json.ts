import type { Json } from '../../../model/json.ts';
import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';
import { jsonFormat } from './json-loggers.ts';

type Fields = Record<string, unknown>;

/** CloudTrail: one event a line, or a delivered file whose one line holds all `Records` (then the first carries the line). */
export const cloudtrail: LogFormat = {
  name: 'aws-cloudtrail',
  rank: 8,
  first: '{',
  single: true,
  read(text, lo, hi, draft) {
    const object = draft.json(text, lo, hi);
    if (!object) return false;
    const records = object['Records'];
    if (Array.isArray(records) && records.length > 0 && isEvent(records[0] as Fields)) {
      draft.rest = (records as Fields[]).slice().reverse();
      return next(draft);
    }
    return isEvent(object) && readEvent(object, draft);
  },
  next,
  samples: [
    sample(
      '{"eventVersion":"1.09","eventTime":"2024-05-01T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1"}',
      '2024-05-01T10:00:00Z',
      'INFO',
      's3.amazonaws.com',
      'GetObject',
    ),
    sample(
      '{"eventVersion":"1.09","eventTime":"2024-05-01T10:00:01Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","errorCode":"Client.UnauthorizedOperation","errorMessage":"no"}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'ec2.amazonaws.com',
      'RunInstances Client.UnauthorizedOperation: no',
    ),
    sample(
      '{"Records":[{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:02Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser"}]}',
      '2024-05-01T10:00:02Z',
      'INFO',
      'iam.amazonaws.com',
      'CreateUser',
    ),
    sample(
      '{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:03Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole"}',
      '2024-05-01T10:00:03Z',
      'INFO',
      'sts.amazonaws.com',
      'AssumeRole',
    ),
    sample(
      '{"eventVersion":"1.08","eventTime":"2024-05-01T10:00:04Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","errorCode":"AccessDenied"}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      'kms.amazonaws.com',
      'Decrypt AccessDenied',
    ),
  ],
  nearMisses: ['{"eventTime":"2024-05-01T10:00:00Z","eventName":"x"}', '{"Records":[]}'],
};

function isEvent(object: Fields): boolean {
  return typeof object['eventVersion'] === 'string' && typeof object['eventSource'] === 'string' && typeof object['eventTime'] === 'string';
}

function next(draft: Draft): boolean {
  const event = draft.rest?.pop() as Fields | undefined;
  return event !== undefined && readEvent(event, draft);
}

function readEvent(event: Fields, draft: Draft): boolean {
  const time = String(event['eventTime']);
  if (draft.readTime(time, 0, time.length) < 0) return false;
  draft.takeTime();
  const failed = event['errorCode'] !== undefined;
  draft.severity = failed ? 17 : 9;
  draft.service = String(event['eventSource']);
  const reason = failed ? ` ${event['errorCode']}${event['errorMessage'] ? `: ${event['errorMessage']}` : ''}` : '';
  const body = `${event['eventName']}${reason}`;
  for (const key in event) if (key !== 'eventTime' && key !== 'eventSource') draft.set(key, event[key] as Json);
  draft.body(body, 0, body.length);
  return true;
}

/** AWS WAF. */
export const waf = jsonFormat({
  name: 'aws-waf',
  is: o => 'webaclId' in o && 'httpRequest' in o && typeof o['timestamp'] === 'number',
  read: (object, draft) => {
    const time = String(object['timestamp']);
    if (draft.readTime(time, 0, time.length) < 0) return false;
    draft.takeTime();
    const request = object['httpRequest'] as Fields;
    draft.severity = object['action'] === 'BLOCK' ? 13 : 9;
    draft.severityText = String(object['action']);
    draft.service = String(object['httpSourceId'] ?? '');
    const body = `${object['action']} ${request['httpMethod']} ${request['uri']} by ${object['terminatingRuleId']}`;
    draft.set('client.address', String(request['clientIp'] ?? ''));
    draft.set('rule', String(object['terminatingRuleId'] ?? ''));
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (['ALLOW', 'BLOCK', 'COUNT', 'BLOCK', 'ALLOW'] as const).map((action, i) =>
    sample(
      `{"timestamp":171455760${i}123,"formatVersion":1,"webaclId":"arn:x","terminatingRuleId":"limit","action":"${action}","httpSourceId":"shop","httpRequest":{"clientIp":"10.0.0.7","uri":"/pay","httpMethod":"POST"}}`,
      `2024-05-01T10:00:0${i}.123Z`,
      action === 'BLOCK' ? 'WARN' : 'INFO',
      'shop',
      `${action} POST /pay by limit`,
    ),
  ),
  nearMisses: ['{"webaclId":"arn:x","timestamp":"soon"}', '{"action":"BLOCK","httpRequest":{}}'],
});

/** Kubernetes audit events (EKS and others). */
export const kubernetesAudit = jsonFormat({
  name: 'kubernetes-audit',
  is: o => o['kind'] === 'Event' && typeof o['apiVersion'] === 'string' && o['apiVersion'].startsWith('audit.k8s.io'),
  read: (object, draft) => {
    const time = String(object['stageTimestamp'] ?? object['requestReceivedTimestamp']);
    if (draft.readTime(time, 0, time.length) < 0) return false;
    draft.takeTime();
    const code = Number((object['responseStatus'] as Fields | undefined)?.['code'] ?? Number.NaN);
    draft.severity = code >= 500 ? 17 : code >= 400 ? 13 : 9;
    draft.service = 'kube-apiserver';
    draft.set('user', String((object['user'] as Fields | undefined)?.['username'] ?? ''));
    draft.set('auditID', String(object['auditID'] ?? ''));
    const body = `${object['verb']} ${object['requestURI']}${Number.isNaN(code) ? '' : ` ${code}`}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      [200, 'INFO'],
      [403, 'WARN'],
      [500, 'ERROR'],
      [201, 'INFO'],
      [409, 'WARN'],
    ] as const
  ).map(([code, level], i) =>
    sample(
      `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a${i}","stage":"ResponseComplete","verb":"get","requestURI":"/api/v1/pods","user":{"username":"ann"},"responseStatus":{"code":${code}},"stageTimestamp":"2024-05-01T10:00:0${i}.123456Z"}`,
      `2024-05-01T10:00:0${i}.123Z`,
      level,
      'kube-apiserver',
      `get /api/v1/pods ${code}`,
    ),
  ),
  nearMisses: ['{"kind":"Event","apiVersion":"v1"}', '{"kind":"Pod","apiVersion":"audit.k8s.io/v1"}'],
});
