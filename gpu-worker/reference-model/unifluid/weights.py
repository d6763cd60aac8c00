"""The files of a bundle that hold its weights (ONNX external data)."""


class Bin:
    def __init__(self, path):
        self.name, self.f, self.at, self.off = path.name, open(path, "wb"), {}, 0

    def add(self, key, a):
        if key not in self.at:
            padn = -self.off % 64
            self.f.write(b"\0" * padn)
            self.off += padn
            self.at[key] = self.off
            self.f.write(a.tobytes())
            self.off += a.nbytes
        return self.at[key]
