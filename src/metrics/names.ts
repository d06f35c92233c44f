const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
/** Those that begin with two underscores are Prometheus's own. */
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/

export function isMetricName(name: string): boolean {
  return METRIC.test(name)
}

export function isLabelName(name: string): boolean {
  return LABEL.test(name)
}
