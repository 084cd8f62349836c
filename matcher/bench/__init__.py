"""Measuring the engine: invented input of three sizes, peers, and figures as ratios of one run."""
