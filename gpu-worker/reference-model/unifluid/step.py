"""One step of training: losses, backward, clip, optimiser. On a GPU it is captured once and replayed (CUDA graphs), since the
models here are so small that starting their kernels one by one takes longer than running them."""
from __future__ import annotations

import queue
import threading

import torch


def each(f, x):
    return {k: each(f, v) for k, v in x.items()} if isinstance(x, dict) else f(x)


def flat(x):
    for v in x.values():
        if isinstance(v, dict):
            yield from flat(v)
        else:
            yield v


def optimiser(groups, lr, device, **k):
    """AdamW whose rate can change under a captured graph. Set it with `rate`."""
    if device.type == "cuda":
        for g in groups:
            g["lr"] = torch.tensor(lr, device=device)  # one of its own: a default is the same tensor in all groups
        return torch.optim.AdamW(groups, fused=True, capturable=True, **k)
    return torch.optim.AdamW(groups, lr=lr, **k)


def rate(opt, lr):
    for g in opt.param_groups:
        v = lr * g.get("k", 1.0)
        if isinstance(g["lr"], torch.Tensor):
            g["lr"].fill_(v)
        else:
            g["lr"] = v


class Step:
    """loss(batch) -> (what to minimise, {name: what to report}). Shapes of batches must not change on a GPU."""

    WARM = 4

    def __init__(self, loss, opt, device, bf16=False, clip=1.0, graph=True):
        self.loss, self.opt, self.device, self.bf16, self.clip = loss, opt, device, bf16, clip
        self.params = [p for g in opt.param_groups for p in g["params"] if p.requires_grad]
        self.graph, self.calls, self.static, self.said = None, 0, None, None
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")
        self.side = torch.cuda.Stream() if device.type == "cuda" and graph else None

    def once(self, b):
        self.opt.zero_grad(set_to_none=True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16, cache_enabled=self.device.type == "cpu"):
            loss, said = self.loss(b)
        loss.backward()
        said = {**said, "grad": torch.nn.utils.clip_grad_norm_(self.params, self.clip)}
        self.opt.step()
        return {k: v.detach().float() for k, v in said.items()}

    def __call__(self, batch):
        """batch: a dict, of dicts too, of tensors -> what the loss reports, as tensors (of the same memory every time)"""
        if self.side is None:
            return self.once(each(lambda v: v.to(self.device), batch))
        if self.static is None:
            self.static = each(lambda v: v.to(self.device).clone(), batch)
        else:
            for s, v in zip(flat(self.static), flat(batch)):
                s.copy_(v, non_blocking=True)
        if self.graph is None and self.calls < self.WARM:
            self.side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self.side):
                self.said = self.once(self.static)
            torch.cuda.current_stream().wait_stream(self.side)
        elif self.graph is None:
            torch.cuda.synchronize()
            self.opt.zero_grad(set_to_none=True)
            self.graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graph, capture_error_mode="thread_local"):  # another thread pins memory meanwhile
                self.said = self.once(self.static)
            self.graph.replay()
        else:
            self.graph.replay()
        self.calls += 1
        return self.said


class Ahead:
    """Batches of a feed, as tensors (pinned for a GPU), taken by a thread before they are asked for."""

    def __init__(self, feed, device, depth=3):
        self.queue = queue.Queue(depth)

        def take():
            try:
                while True:
                    b = each(torch.from_numpy, feed.get())
                    self.queue.put(each(lambda v: v.pin_memory(), b) if device.type == "cuda" else b)
            except Exception as e:
                self.queue.put(e)

        threading.Thread(target=take, daemon=True).start()

    def get(self):
        b = self.queue.get()
        if isinstance(b, Exception):
            raise b
        return b
