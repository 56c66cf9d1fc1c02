import type { LogFormat } from '../format.ts';
import { logcat } from './android.ts';
import { alb, cloudfront, elb, s3Access, vpcFlow } from './aws-access.ts';
import { cloudtrail, kubernetesAudit, waf } from './aws-json.ts';
import { lambdaJson, lambdaPlatform, lambdaText } from './aws-lambda.ts';
import { w3c, zeek } from './column-headers.ts';
import { composePrefix, cri, kubectlPrefix } from './container-prefixes.ts';
import { mssql, postgresql, redis } from './databases.ts';
import { programDash, windowsServicing } from './desktop.ts';
import { dockerJson } from './docker-json.ts';
import { dotnetConsole, dotnetText } from './dotnet.ts';
import { generic, levelMessage } from './generic.ts';
import { goLog, telegraf, zapConsole } from './go.ts';
import { java, tomcat, weblogic, zookeeper } from './java.ts';
import { javaUtil, journaldExport } from './java-util.ts';
import { json, logfmt } from './json.ts';
import { bunyan, clef, ecs, gcp, gelf, journaldJson, mongodb, pino, winston } from './json-loggers.ts';
import { jsonShipper } from './json-shippers.ts';
import { klog } from './klog.ts';
import { auditd, dmesg, dpkg, macosUnified, strace, tai64n } from './linux-tools.ts';
import { elasticsearch, kafka, mongodbText, rabbitmq } from './messaging.ts';
import { mysqlError, mysqlGeneral, mysqlSlow } from './mysql.ts';
import { cef, cisco, fortinet, juniper, leef, paloAlto } from './network-devices.ts';
import { otlp } from './otlp.ts';
import { monolog, phpErrors } from './php.ts';
import { envoy, envoyAccess, haproxy, squid, uwsgi } from './proxies.ts';
import { python, pythonBasic } from './python.ts';
import { rails, rubyLogger } from './ruby.ts';
import { envLogger, rustTracing } from './rust.ts';
import { clusterSyslog, syslog3164, syslog5424, syslogFile } from './syslog.ts';
import { accessLog, apacheError, nginxError } from './web.ts';
import { windowsCsv, windowsXml } from './windows-events.ts';

/** Every format that is recognised; a new one is a file and a line here. Of formats with equal rank the earlier one is asked first. */
export const FORMATS: readonly LogFormat[] = [
  dockerJson,
  cri,
  kubectlPrefix,
  jsonShipper,
  composePrefix,
  tai64n,
  haproxy,
  cef,
  leef,
  fortinet,
  paloAlto,
  cisco,
  juniper,
  syslog5424,
  syslog3164,
  clusterSyslog,
  syslogFile,
  journaldExport,
  klog,
  alb,
  elb,
  s3Access,
  cloudfront,
  vpcFlow,
  lambdaPlatform,
  lambdaText,
  envoyAccess,
  squid,
  uwsgi,
  accessLog,
  nginxError,
  apacheError,
  envoy,
  w3c,
  zeek,
  redis,
  postgresql,
  mssql,
  mysqlSlow,
  mysqlGeneral,
  mysqlError,
  mongodbText,
  elasticsearch,
  rabbitmq,
  kafka,
  windowsXml,
  windowsCsv,
  windowsServicing,
  logcat,
  macosUnified,
  strace,
  dpkg,
  auditd,
  dmesg,
  otlp,
  cloudtrail,
  waf,
  kubernetesAudit,
  lambdaJson,
  gcp,
  clef,
  gelf,
  mongodb,
  journaldJson,
  ecs,
  bunyan,
  pino,
  winston,
  json,
  rubyLogger,
  rails,
  monolog,
  phpErrors,
  envLogger,
  rustTracing,
  dotnetConsole,
  dotnetText,
  weblogic,
  zookeeper,
  javaUtil,
  python,
  telegraf,
  zapConsole,
  logfmt,
  java,
  tomcat,
  pythonBasic,
  goLog,
  programDash,
  generic,
  levelMessage,
];
