// In place of perf_hooks for prom-client, which measures the process itself. It never lets go of what it has begun, and would go on
// measuring this process for each product that was ever started in it.
class PerformanceObserver {
  observe() {
    // Nothing is observed.
  }
}

module.exports = { PerformanceObserver };
