"""A loop over batches of pictures, in one process or in several that share nothing: what the peers of ONNX Runtime have in common.

Prints one line of JSON: pictures, seconds (loading and warming up not counted), processor seconds, and a digest of the answers.
"""
import argparse
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor

from captioner import batches, report


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="inside one operator, 0 for ONNX Runtime's choice")
    parser.add_argument("--callers", type=int, default=1, help="Python threads of each process")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--repeat", type=int, default=5, help="times over the pictures")
    return parser


def work(opened, files, number, arguments, ready, results):
    pictures = [file.read_bytes() for file in files]
    answers_of = opened(arguments.threads)
    mine = batches(pictures * arguments.repeat, arguments.batch)[number::arguments.processes]
    for batch in mine[:2]:
        answers_of(batch)
    ready.wait()
    start, used = time.time(), time.process_time()
    with ThreadPoolExecutor(arguments.callers) as callers:
        answers = [answer for batch in callers.map(answers_of, mine) for answer in batch]
    results.put((start, time.time(), answers, time.process_time() - used))


def run(opened, files, arguments):
    """opened: called with a number of threads in each process, gives what turns a batch of encoded pictures into answers"""
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(arguments.processes), context.Queue()
    processes = [context.Process(target=work, args=(opened, files, number, arguments, ready, results))
                 for number in range(arguments.processes)]
    for process in processes:
        process.start()
    ended = [results.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    answers = [answer for _, _, part, _ in ended for answer in part]
    report(len(answers), max(end for _, end, _, _ in ended) - min(start for start, _, _, _ in ended), answers,
           sum(used for _, _, _, used in ended))
