import { type Row, rowsOf } from './row.ts';

const READ = { 'disk.io.direction': 'read' };
const WRITE = { 'disk.io.direction': 'write' };
const RECEIVE = { 'network.io.direction': 'receive' };
const TRANSMIT = { 'network.io.direction': 'transmit' };

/** Attributes of the infrastructure agent's samples; as dimensional metrics they carry `host.` before them. */
const HOST: readonly Row[] = [
  ['cpuPercent', 'system.cpu.utilization', '%', 'gauge'],
  ['cpuUserPercent', 'system.cpu.utilization', '%', 'gauge', { 'cpu.mode': 'user' }],
  ['cpuSystemPercent', 'system.cpu.utilization', '%', 'gauge', { 'cpu.mode': 'system' }],
  ['cpuIOWaitPercent', 'system.cpu.utilization', '%', 'gauge', { 'cpu.mode': 'iowait' }],
  ['cpuStealPercent', 'system.cpu.utilization', '%', 'gauge', { 'cpu.mode': 'steal' }],
  ['cpuIdlePercent', 'system.cpu.utilization', '%', 'gauge', { 'cpu.mode': 'idle' }],
  ['loadAverageOneMinute', 'system.cpu.load_average.1m', '{thread}', 'gauge'],
  ['loadAverageFiveMinute', 'system.cpu.load_average.5m', '{thread}', 'gauge'],
  ['loadAverageFifteenMinute', 'system.cpu.load_average.15m', '{thread}', 'gauge'],
  ['memoryTotalBytes', 'system.memory.limit', 'By', 'gauge'],
  ['memoryUsedBytes', 'system.memory.usage', 'By', 'gauge', { 'system.memory.state': 'used' }],
  ['memoryFreeBytes', 'system.memory.usage', 'By', 'gauge', { 'system.memory.state': 'free' }],
  ['memoryUsedPercent', 'system.memory.utilization', '%', 'gauge'],
  ['swapUsedBytes', 'system.paging.usage', 'By', 'gauge', { 'system.paging.state': 'used' }],
  ['diskTotalBytes', 'system.filesystem.limit', 'By', 'gauge'],
  ['diskUsedBytes', 'system.filesystem.usage', 'By', 'gauge', { 'system.filesystem.state': 'used' }],
  ['diskFreeBytes', 'system.filesystem.usage', 'By', 'gauge', { 'system.filesystem.state': 'free' }],
  ['diskUsedPercent', 'system.filesystem.utilization', '%', 'gauge'],
  ['diskUtilizationPercent', 'system.disk.utilization', '%', 'gauge'],
  ['diskReadsPerSecond', 'system.disk.operation.rate', '{operation}/s', 'gauge', READ],
  ['diskWritesPerSecond', 'system.disk.operation.rate', '{operation}/s', 'gauge', WRITE],
];

const ROWS: readonly Row[] = [
  ...HOST,
  ...HOST.map(([name, ...rest]): Row => [`host.${name}`, ...rest]),
  ['readBytesPerSecond', 'system.disk.io.rate', 'By/s', 'gauge', READ],
  ['writeBytesPerSecond', 'system.disk.io.rate', 'By/s', 'gauge', WRITE],
  ['receiveBytesPerSecond', 'system.network.io.rate', 'By/s', 'gauge', RECEIVE],
  ['transmitBytesPerSecond', 'system.network.io.rate', 'By/s', 'gauge', TRANSMIT],
  ['receiveErrorsPerSecond', 'system.network.error.rate', '{error}/s', 'gauge', RECEIVE],
  ['transmitErrorsPerSecond', 'system.network.error.rate', '{error}/s', 'gauge', TRANSMIT],
  ['receiveDroppedPerSecond', 'system.network.packet.dropped.rate', '{packet}/s', 'gauge', RECEIVE],
  ['host.net.receiveBytesPerSecond', 'system.network.io.rate', 'By/s', 'gauge', RECEIVE],
  ['host.net.transmitBytesPerSecond', 'system.network.io.rate', 'By/s', 'gauge', TRANSMIT],
  ['memoryResidentSizeBytes', 'process.memory.usage', 'By', 'gauge'],
  ['memoryVirtualSizeBytes', 'process.memory.virtual', 'By', 'gauge'],
  ['fileDescriptorCount', 'process.unix.file_descriptor.count', '{file_descriptor}', 'gauge'],
  ['threadCount', 'process.thread.count', '{thread}', 'gauge'],
  ['cpuUsedCores', 'container.cpu.usage', '{cpu}', 'gauge'],
  ['cpuLimitCores', 'k8s.container.cpu.limit', '{cpu}', 'gauge'],
  ['cpuRequestedCores', 'k8s.container.cpu.request', '{cpu}', 'gauge'],
  ['memoryWorkingSetBytes', 'container.memory.working_set', 'By', 'gauge'],
  ['memoryLimitBytes', 'k8s.container.memory.limit', 'By', 'gauge'],
  ['memoryRequestedBytes', 'k8s.container.memory.request', 'By', 'gauge'],
  ['restartCount', 'k8s.container.restart.count', '{restart}', 'gauge'],
  ['podsDesired', 'k8s.deployment.pod.desired', '{pod}', 'gauge'],
  ['podsAvailable', 'k8s.deployment.pod.available', '{pod}', 'gauge'],
  ['podsUnavailable', 'k8s.deployment.pod.unavailable', '{pod}', 'gauge'],
  ['k8s.container.cpuUsedCores', 'container.cpu.usage', '{cpu}', 'gauge'],
  ['k8s.container.cpuLimitCores', 'k8s.container.cpu.limit', '{cpu}', 'gauge'],
  ['k8s.container.memoryWorkingSetBytes', 'container.memory.working_set', 'By', 'gauge'],
  ['k8s.container.memoryLimitBytes', 'k8s.container.memory.limit', 'By', 'gauge'],
  ['k8s.container.restartCount', 'k8s.container.restart.count', '{restart}', 'gauge'],
  ['k8s.pod.isReady', 'k8s.pod.ready', '{pod}', 'gauge'],
  ['k8s.deployment.podsDesired', 'k8s.deployment.pod.desired', '{pod}', 'gauge'],
  ['k8s.deployment.podsAvailable', 'k8s.deployment.pod.available', '{pod}', 'gauge'],
  ['k8s.node.allocatableCpuCores', 'k8s.node.cpu.allocatable', '{cpu}', 'gauge'],
  ['k8s.node.allocatableMemoryBytes', 'k8s.node.memory.allocatable', 'By', 'gauge'],
  ['apm.service.transaction.duration', 'http.server.request.duration', 's', 'histogram'],
  ['apm.service.error.count', 'http.server.request.error.count', '{request}', 'counter'],
  ['apm.service.apdex', 'http.server.apdex', '1', 'gauge'],
  ['apm.service.external.host.duration', 'http.client.request.duration', 's', 'histogram'],
  ['apm.service.datastore.operation.duration', 'db.client.operation.duration', 's', 'histogram'],
  ['apm.service.cpu.usertime.utilization', 'process.cpu.utilization', '1', 'gauge', { 'cpu.mode': 'user' }],
];

/** Attributes of samples and dimensional metrics. */
export const NEWRELIC = rowsOf('newrelic', ROWS);
