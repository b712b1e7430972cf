"""The benchmarks run, on little."""
