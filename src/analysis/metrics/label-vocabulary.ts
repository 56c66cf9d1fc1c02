/**
 * One name for each thing that labels say, and its usual spellings without case, separators and the prefixes of semantic conventions
 * (`k8s.pod.name`, `PodName`, `kubernetes_pod_name` are all `podname`), most telling first. A spelling belongs to one name only.
 */
export const SPELLINGS = {
  pod: ['pod', 'podname', 'k8spodname', 'kubernetespodname', 'kubernetespod', 'exportedpod'],
  function: ['function', 'functionname', 'faasname', 'lambda', 'lambdafunction'],
  queue: ['queue', 'queuename', 'topic', 'topicname', 'messagingdestinationname', 'messagingdestination'],
  table: ['table', 'tablename', 'relname', 'collection'],
  database: [
    'database',
    'databasename',
    'dbinstanceidentifier',
    'dbclusteridentifier',
    'dbname',
    'dbnamespace',
    'datname',
    'dbinstance',
    'cacheclusterid',
  ],
  service: [
    'groupname',
    'service',
    'servicename',
    'app',
    'application',
    'appname',
    'kubernetesapp',
    'appkubernetesioname',
    'k8sapp',
    'k8sdeploymentname',
    'deployment',
    'component',
    'microservice',
    'workload',
    'destinationworkload',
    'destinationservice',
    'statemachinearn',
    'apiname',
    'loadbalancer',
    'targetgroup',
  ],
  container: ['container', 'containername', 'k8scontainername', 'kubernetescontainername'],
  node: ['node', 'nodename', 'k8snodename', 'kubernetesnode', 'kubernetesnodename'],
  host: ['host', 'hostname', 'server', 'machine', 'instanceid', 'computer', 'hostid', 'vm'],
  instance: ['instance', 'instancename', 'serviceinstanceid', 'target', 'address', 'pid'],
  job: ['job', 'exportedjob', 'clustername'],
  endpoint: ['endpoint', 'route', 'httproute', 'path', 'handler', 'operation', 'uri', 'url', 'api'],
  namespace: ['namespace', 'k8snamespacename', 'kubernetesnamespace', 'kubenamespace', 'exportednamespace', 'servicenamespace'],
  region: ['region', 'awsregion', 'cloudregion', 'location'],
  zone: ['zone', 'availabilityzone', 'cloudavailabilityzone', 'az'],
  environment: ['environment', 'env', 'deploymentenvironment', 'deploymentenvironmentname', 'stage', 'tier'],
  version: ['version', 'serviceversion', 'appversion', 'release', 'imagetag', 'containerimagetag', 'appkubernetesioversion'],
  cluster: ['cluster', 'k8scluster', 'k8sclustername', 'kubeclustername', 'eksclustername'],
  account: ['account', 'accountid', 'awsaccount', 'cloudaccountid', 'awsaccountid'],
  team: ['team', 'owner', 'squad'],
  method: ['method', 'httpmethod', 'httprequestmethod', 'verb'],
  status: ['code', 'status', 'statuscode', 'httpstatus', 'httpstatuscode', 'httpresponsestatuscode', 'responsecode'],
  error: ['error', 'errortype', 'exception', 'exceptiontype', 'errorname'],
  device: ['device', 'devicename', 'disk', 'diskname', 'systemdevice'],
  interface: ['interface', 'networkinterface', 'networkinterfacename', 'nic'],
  mountpoint: ['mountpoint', 'systemfilesystemmountpoint', 'mountpath', 'filesystem'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type LabelName = keyof typeof SPELLINGS;

const NAMED = new Map<string, LabelName>();
for (const [name, spellings] of Object.entries(SPELLINGS)) for (const spelling of spellings) NAMED.set(spelling, name as LabelName);

const plain = new Map<string, string>();

/**
 * A label without case and separators, as spellings are compared.
 * @example plainLabel('k8s.pod.name') // => 'k8spodname'
 */
export function plainLabel(label: string): string {
  let name = plain.get(label);
  if (name === undefined) {
    name = label.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (plain.size < 10_000) plain.set(label, name);
  }
  return name;
}

/**
 * The vocabulary's name of a label, however it is spelled.
 * @returns undefined for a label of its own
 * @example commonLabel('PodName') // => 'pod'
 * @example commonLabel('deployment.environment') // => 'environment'
 * @example commonLabel('shard') // => undefined
 */
export function commonLabel(label: string): LabelName | undefined {
  return NAMED.get(plainLabel(label));
}
