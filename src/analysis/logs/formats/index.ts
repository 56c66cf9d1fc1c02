import type { LogFormat } from '../format.ts';
import { logcat } from './android.ts';
import { composePrefix, cri, kubectlPrefix } from './container-prefixes.ts';
import { postgresql, redis } from './databases.ts';
import { programDash, windowsServicing } from './desktop.ts';
import { dockerJson } from './docker-json.ts';
import { generic, levelMessage } from './generic.ts';
import { goLog, zapConsole } from './go.ts';
import { java, zookeeper } from './java.ts';
import { json, logfmt } from './json.ts';
import { klog } from './klog.ts';
import { python, pythonBasic } from './python.ts';
import { clusterSyslog, syslog3164, syslog5424, syslogFile } from './syslog.ts';
import { accessLog, apacheError, nginxError } from './web.ts';

/** Every format that is recognised; a new one is a file and a line here. */
export const FORMATS: readonly LogFormat[] = [
  dockerJson,
  cri,
  kubectlPrefix,
  composePrefix,
  syslog5424,
  syslog3164,
  clusterSyslog,
  syslogFile,
  klog,
  accessLog,
  nginxError,
  apacheError,
  redis,
  postgresql,
  logcat,
  windowsServicing,
  zookeeper,
  python,
  zapConsole,
  json,
  logfmt,
  java,
  pythonBasic,
  goLog,
  programDash,
  generic,
  levelMessage,
];
