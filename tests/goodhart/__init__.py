"""Does cheating pay? For each cheat of the simulator, the scores of the cheating team beside those of its honest twin.

The twin is the same team of the same organisation, drawn from the same seed, in which nobody cheats.
"""
