import pathlib
import sys

from . import bundle, loop

try:
    file, size = bundle.add(pathlib.Path(sys.argv[1]))
except loop.Refused as e:
    sys.exit(str(e))
except OSError as e:
    sys.exit(f"{e.filename} cannot be read or written ({e.strerror}).")
print(f"{file} ({size / 2**20:.1f} MiB beside the weights, which stay where they are)")
