export * from '../metrics';
export { type MetricContext, type MetricInfo, metricsOf, rowContributions, taskMetrics } from './task-metrics';
