"""Python and ONNX Runtime: a loop over batches, in one process or in several that share nothing.

Prints one line of JSON: captions, seconds (loading and warming up not counted), processor seconds, and a digest of the captions.
"""
import argparse
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor

from captioner import Captioner, batches, picture_files, report


def work(number, arguments, ready, results):
    pictures = [file.read_bytes() for file in picture_files()]
    model = Captioner(arguments.threads)
    mine = batches(pictures * arguments.repeat, arguments.batch)[number::arguments.processes]
    for batch in mine[:2]:
        model.captions(batch)
    ready.wait()
    start, used = time.time(), time.process_time()
    with ThreadPoolExecutor(arguments.callers) as callers:
        captions = [caption for batch in callers.map(model.captions, mine) for caption in batch]
    results.put((start, time.time(), captions, time.process_time() - used))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="inside one operator, 0 for ONNX Runtime's choice")
    parser.add_argument("--callers", type=int, default=1, help="Python threads of each process")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--repeat", type=int, default=5, help="times over the sample archive")
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(arguments.processes), context.Queue()
    processes = [context.Process(target=work, args=(number, arguments, ready, results))
                 for number in range(arguments.processes)]
    for process in processes:
        process.start()
    ended = [results.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    captions = [caption for _, _, part, _ in ended for caption in part]
    report(len(captions), max(end for _, end, _, _ in ended) - min(start for start, _, _, _ in ended), captions,
           sum(used for _, _, _, used in ended))


if __name__ == "__main__":
    main()
