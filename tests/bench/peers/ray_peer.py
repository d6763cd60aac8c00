"""Ray Data: pictures from files through map_batches with a pool of actors to Parquet, as its documentation has it.

Prints one line of JSON: captions, seconds from the moment when every actor has loaded and warmed up its model (what they
caption before that is counted nevertheless) to the end of the writing, and a digest of the captions.
"""
import argparse
import json
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import pyarrow.parquet  # noqa: E402
import ray  # noqa: E402
from captioner import Captioner, picture_files, report  # noqa: E402


class CaptionActor:
    def __init__(self, folder):
        self.model = Captioner(threads=1)
        self.model.captions([file.read_bytes() for file in picture_files()[:32]])
        Path(folder, f"ready-{os.getpid()}").write_text(str(time.time()))

    def __call__(self, batch):
        return {"path": batch["path"], "caption": self.model.captions(list(batch["bytes"]))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--actors", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--repeat", type=int, default=5, help="times over the pictures")
    parser.add_argument("--folder", type=Path, help="of the pictures; the sample archive unless given")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="ray-peer-")
    # Reading and writing need a place beside the actors; the cores are what the machine has.
    ray.init(num_cpus=arguments.actors + 1, include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False,
             runtime_env={"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}})
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        pictures = picture_files() if arguments.folder is None else sorted(
            file for file in arguments.folder.rglob("*") if file.suffix in (".png", ".jpg"))
        files = [str(file) for file in pictures] * arguments.repeat
        (ray.data.read_binary_files(files, include_paths=True)
            .map_batches(CaptionActor, fn_constructor_args=(folder,), batch_size=arguments.batch, num_cpus=1,
                         compute=ray.data.ActorPoolStrategy(size=arguments.actors))
            .write_parquet(folder + "/captions"))
        end = time.time()
        start = max(float(file.read_text()) for file in Path(folder).glob("ready-*"))
        captions = pyarrow.parquet.read_table(folder + "/captions")["caption"].to_pylist()
        report(len(captions), end - start, captions)
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
