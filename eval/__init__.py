"""How good the answers are: question files, metrics, samples, benchmarks."""
