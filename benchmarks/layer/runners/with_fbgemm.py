"""FBGEMM's part: its table-batched embeddings on the processor, the step fused in the backward."""

from __future__ import annotations

from typing import Any

import torch
from fbgemm_gpu.split_embedding_configs import EmbOptimType
from fbgemm_gpu.split_table_batched_embeddings_ops_common import EmbeddingLocation, PoolingMode
from fbgemm_gpu.split_table_batched_embeddings_ops_training import (
    ComputeDevice,
    SplitTableBatchedEmbeddingBagsCodegen,
)

from benchmarks.harness.job import Job, answer
from benchmarks.layer import inputs
from benchmarks.layer.runners.steps import learnt, looked_up


class Layer:
    """TBE, called like torch's layers: it takes bags even where nothing is pooled."""

    def __init__(self, job: Job) -> None:
        spec = (job["rows"], job["dim"], EmbeddingLocation.HOST, ComputeDevice.CPU)
        self.tbe = SplitTableBatchedEmbeddingBagsCodegen(
            [spec] * job.get("tables", 1),
            optimizer=EmbOptimType.EXACT_ROWWISE_ADAGRAD,
            learning_rate=job["lr"],
            eps=job["eps"],
            pooling_mode=PoolingMode.SUM if job["pooled"] else PoolingMode.NONE,
            device=torch.device("cpu"),
        )
        weights = self.tbe.split_embedding_weights()
        for one in weights:
            inputs.fill(one.numpy())
        self.weight = weights[0]
        count = job["bags"] * job["length"]
        self.offsets = torch.arange(0, count + 1, job["length"] if job["pooled"] else 1)

    def __call__(self, ids: Any, offsets: Any = None) -> Any:
        return self.tbe(ids, self.offsets)


def look_up(job: Job) -> dict[str, Any]:
    """The forward alone."""
    return looked_up(job, Layer(job))


def learn(job: Job) -> dict[str, Any]:
    """Forward and backward, which steps."""
    return learnt(job, Layer(job), None)


if __name__ == "__main__":
    answer({"look_up": look_up, "learn": learn}, ["torch", "fbgemm_gpu-cpu", "numpy"])
