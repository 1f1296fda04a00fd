"""What runs on the lab from outside of Maven shares this: the soak, the benchmarks and the scenes."""
