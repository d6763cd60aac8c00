"""Python and ONNX Runtime: captions of the sample archive in a loop over batches (loop.py)."""
import loop
from captioner import Captioner, picture_files


def opened(threads):
    return Captioner(threads).captions


if __name__ == "__main__":
    loop.run(opened, picture_files(), loop.options().parse_args())
