"""The numbers that pictures are drawn with: those of the worker's `Seeds`, one after the other."""

import numpy

MASK = (1 << 64) - 1
# Nearer to the border between two tokens than this the last bits of scores decide, which differ between machines.
EDGE = 1e-4


class OnTheEdge(Exception):
    """A seed to be left out."""


class Numbers:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        return ((z >> 11) + 0.5) * 2.0**-53

    def multinomial(self, probabilities, num_samples):
        """As torch.multinomial, with one number: the first token up to which the probabilities come to more than it."""
        assert probabilities.shape[0] == 1 and num_samples == 1
        at = min(numpy.float32(self.next()), numpy.nextafter(numpy.float32(1), numpy.float32(0)))
        sums = probabilities.double().cumsum(-1)
        if (sums[0, :-1] - float(at)).abs().min() < EDGE:
            raise OnTheEdge
        return (sums <= float(at)).sum(-1, keepdim=True).clamp(max=probabilities.shape[1] - 1)
