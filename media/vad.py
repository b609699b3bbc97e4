# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""How likely a window of samples holds speech, by Silero VAD (https://github.com/snakers4/silero-vad)."""

import warnings
from collections.abc import Sequence
from importlib.metadata import distribution
from typing import cast

import numpy as np
import torch

from media.core.windows import WINDOW_SAMPLES, FloatArray

_CONTEXT_SAMPLES = 64
"""How much of the window before the network sees again in front of each window."""
_STATE_SHAPE = (2, 1, 128)
"""Hidden and cell state of the network's LSTM, for one stream."""
_WARM_UP_CALLS = 4
"""The first calls compile the network, 10 to 800 ms each: better at start than in somebody's first words."""


class SileroVad:
    """The network, loaded once for the process; what it remembers of a stream is kept in a `VadStream`.

    The model file's outer wrapper remembers one stream inside itself, so the inner network is called, which
    takes the memory as an argument and gives it back.

    torch is set to one thread, for the whole process: a window is far too little work to share among
    threads, and the server uses torch for nothing else.
    """

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._network = _load_network()
        stream = self.stream()
        for _ in range(_WARM_UP_CALLS):
            stream.probability(np.zeros(WINDOW_SAMPLES, np.float32))

    def stream(self) -> "VadStream":
        """A new stream that has heard nothing yet."""
        return VadStream(self)

    def probabilities(self, streams: Sequence["VadStream"], windows: Sequence[FloatArray]) -> list[float]:
        """The next window of each of several different streams in one run of the network: much cheaper
        than one run for each."""
        with torch.inference_mode():
            blocks = torch.from_numpy(np.stack(windows))
            blocks = torch.cat((torch.cat([stream.context for stream in streams]), blocks), dim=1)
            states = torch.cat([stream.state for stream in streams], dim=1)
            answers, states = self._network(blocks, states)
            for index, stream in enumerate(streams):
                stream.context = blocks[index : index + 1, -_CONTEXT_SAMPLES:]
                stream.state = states[:, index : index + 1]
            return cast("list[float]", answers[:, 0].tolist())


class VadStream:
    """One stream of windows, each following directly on the one before."""

    def __init__(self, vad: SileroVad) -> None:
        self._vad = vad
        self.context = torch.zeros(1, _CONTEXT_SAMPLES)
        self.state = torch.zeros(_STATE_SHAPE)

    def probability(self, window: FloatArray) -> float:
        """How likely this window (512 samples) holds speech, 0 to 1."""
        return self._vad.probabilities([self], [window])[0]


def _load_network() -> torch.jit.ScriptModule:
    # The package itself is not imported: all we need of it is this file.
    path = distribution("silero-vad").locate_file("silero_vad/data/silero_vad.jit")
    with warnings.catch_warnings():
        # torch asks for torch.export, in which this model is not published.
        warnings.simplefilter("ignore", DeprecationWarning)
        model = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
        # Frozen, it need not compile anew for a batch of another size.
        network: torch.jit.ScriptModule = torch.jit.freeze(model.eval()._model)
        return network
