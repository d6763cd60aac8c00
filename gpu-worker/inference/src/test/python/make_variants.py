"""Writes src/test/resources/variants: formats x variants as small files, and the pixels that a second decoder reads.

Run: python make_variants.py CASES, with CASES the folder of pictures that no encoder here writes (arithmetic coding,
CgBI, HEIC). Needs pillow, numpy, imagecodecs, tifffile. Pillow decodes where it can; where it cannot, the column
`decoder` says who did: imagecodecs, tifffile, or `source` for files that are written here by hand and without loss.
"""
import csv
import io
import struct
import sys
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms

OUT = Path(__file__).resolve().parent.parent / "resources" / "variants"
W, H = 45, 31  # odd, so that every block, tile and chroma row has an edge

COLUMNS = ["file", "format", "colour", "depth", "alpha", "compression", "frames", "orientation", "profile", "expected", "refused", "levels", "decoder", "mark"]
rows, pictures = [], {}


# ---------------------------------------------------------------- the pictures

def base():
    y, x = np.mgrid[0:H, 0:W]
    a = np.stack([x * 5, y * 8, (x + y) * 3], -1).astype(np.int64)
    a[6:14, 8:20] = [230, 30, 20]
    a[10:24, 22:38] = [10, 90, 220]
    return np.clip(a, 0, 255).astype(np.uint8)


RGB = base()
GREY = np.asarray(Image.fromarray(RGB).convert("L"))
ALPHA = np.clip(np.mgrid[0:H, 0:W][1] * 6, 0, 255).astype(np.uint8)
RGBA = np.dstack([RGB, ALPHA])
SMOOTH = np.stack([np.mgrid[0:H, 0:W][1] * 5, np.mgrid[0:H, 0:W][0] * 8, np.full((H, W), 128)], -1).astype(np.uint8)
GREY16 = (GREY.astype(np.uint16) * 257) ^ 0x55
RGB16 = (RGB.astype(np.uint16) * 257) ^ 0x55
ALPHA16 = ALPHA.astype(np.uint16) * 257
INKS = np.asarray(Image.fromarray(RGB).convert("CMYK")).copy()
INKS[..., 3] = np.clip(INKS[..., :3].min(-1) // 2, 0, 255)
INKS[..., :3] -= INKS[..., 3:] // 2


def on_white(rgb, alpha):
    a = alpha[..., None].astype(float) / np.iinfo(alpha.dtype).max
    c = rgb.astype(float) / np.iinfo(rgb.dtype).max
    return np.round(255 * (c * a + 1 - a)).astype(np.uint8)


def eight(a):
    return np.round(a.astype(float) * 255 / np.iinfo(a.dtype).max).astype(np.uint8)


def three(grey):
    return np.repeat(grey[..., None], 3, -1)


def inks(cmyk):
    return np.asarray(Image.fromarray(cmyk, "CMYK").convert("RGB"))


def pillow(data):
    """First frame as Pillow reads it, transparent parts on white."""
    im = Image.open(io.BytesIO(data))
    im.load()
    if im.mode in ("I;16", "I;16B", "I"):
        return three(np.round(np.asarray(im).astype(float) / 257).astype(np.uint8))
    if im.mode == "LA" or im.mode == "RGBA" or "transparency" in im.info:
        a = np.asarray(im.convert("RGBA"))
        return on_white(a[..., :3], a[..., 3])
    return np.asarray(im.convert("RGB"))


def save(mode_or_array, fmt, **options):
    im = mode_or_array if isinstance(mode_or_array, Image.Image) else Image.fromarray(mode_or_array)
    out = io.BytesIO()
    im.save(out, fmt, **options)
    return out.getvalue()


def cell(file, data, like=None, refused="", decoder="pillow", colour="rgb", depth=8, alpha="", compression="", frames=1, orientation=1, profile="", mark="", levels=3):
    (OUT / file).write_bytes(data)
    expected = ""
    if not refused:
        pixels = pillow(data) if like is None else like
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3, (file, pixels.dtype, pixels.shape)
        key = pixels.shape, pixels.tobytes()
        if key not in pictures:
            pictures[key] = file.replace(".", "-")
            Image.fromarray(pixels).save(OUT / "expected" / f"{pictures[key]}.png", optimize=True)
        expected = pictures[key]
    fmt = file.rsplit(".", 1)[1].upper()
    rows.append([file, {"JPG": "JPEG", "TIF": "TIFF"}.get(fmt, fmt), colour, depth, alpha, compression, frames, orientation, profile, expected, refused, levels if expected else "", decoder if expected else "", mark])


# ---------------------------------------------------------------- colour profiles

def s15(v):
    return struct.pack(">i", round(v * 65536))


def curve(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def icc(kind, tags):
    """A version 2 display profile. tags: name to data."""
    count, table, data = len(tags), b"", b""
    at = 128 + 4 + 12 * count
    for name, body in tags.items():
        body += bytes(-len(body) % 4)
        table += name.encode() + struct.pack(">II", at, len(body))
        data += body
        at += len(body)
    head = struct.pack(">I4sI4s4s4s", at, b"test", 0x02100000, b"mntr", kind, b"XYZ ") + bytes(12) + b"acsp" + bytes(28) + s15(0.9642) + s15(1) + s15(0.8249) + bytes(48)
    return head[:128] + struct.pack(">I", count) + table + data


def text(t):
    return b"desc" + bytes(4) + struct.pack(">I", len(t) + 1) + t.encode() + b"\0" + bytes(78)


def matrix_profile(columns, gamma):
    names = ["rXYZ", "gXYZ", "bXYZ"]
    tags = {"desc": text("test"), "cprt": b"text" + bytes(4) + b"none\0", "wtpt": b"XYZ " + bytes(4) + s15(0.9642) + s15(1) + s15(0.8249)}
    for n, c in zip(names, columns):
        tags[n] = b"XYZ " + bytes(4) + b"".join(s15(v) for v in c)
    for n in ("rTRC", "gTRC", "bTRC"):
        tags[n] = curve(gamma)
    return icc(b"RGB ", tags)


ADOBE_RGB = matrix_profile([(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)], 2.19921875)
DISPLAY_P3 = matrix_profile([(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)], 2.2)
GREY_18 = icc(b"GRAY", {"desc": text("test"), "cprt": b"text" + bytes(4) + b"none\0", "wtpt": b"XYZ " + bytes(4) + s15(0.9642) + s15(1) + s15(0.8249), "kTRC": curve(1.8)})
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
BROKEN = ADOBE_RGB[:200]


def managed(pixels, profile):
    """Colours through the profile to sRGB, by LittleCMS."""
    im = Image.fromarray(pixels)
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return np.asarray(ImageCms.profileToProfile(im, source, ImageCms.createProfile("sRGB"), renderingIntent=1, outputMode="RGB"))


# ---------------------------------------------------------------- JPEG

def segments(jpeg):
    """(marker, at, length of the whole segment) up to the first scan."""
    at = 2
    while True:
        marker, n = jpeg[at + 1], int.from_bytes(jpeg[at + 2:at + 4], "big")
        yield marker, at, n + 2
        if marker == 0xDA:
            return
        at += n + 2


def without(jpeg, *markers):
    for marker, at, n in reversed(list(segments(jpeg))):
        if marker in markers:
            jpeg = jpeg[:at] + jpeg[at + n:]
    return jpeg


def ids(jpeg, *names):
    """Renames the components."""
    out, first = bytearray(jpeg), {}
    for marker, at, n in list(segments(jpeg)):
        if marker in (0xC0, 0xC1, 0xC2):
            for i, name in enumerate(names):
                first[out[at + 10 + 3 * i]] = ord(name)
                out[at + 10 + 3 * i] = ord(name)
    at = 2
    while at < len(out) - 1:
        if out[at] == 0xFF and out[at + 1] == 0xDA:
            for i in range(out[at + 4]):
                out[at + 5 + 2 * i] = first[out[at + 5 + 2 * i]]
        at += 1
    return bytes(out)


def height_later(jpeg):
    """Height 0 in the frame header, and given by a DNL segment after the scan."""
    out = bytearray(jpeg)
    for marker, at, n in list(segments(jpeg)):
        if marker == 0xC0:
            height = bytes(out[at + 5:at + 7])
            out[at + 5:at + 7] = b"\0\0"
    return bytes(out[:-2]) + b"\xff\xdc\x00\x04" + height + b"\xff\xd9"


def frame(jpeg, **change):
    """Writes into the frame header: marker, precision."""
    out = bytearray(jpeg)
    for marker, at, n in list(segments(jpeg)):
        if marker in (0xC0, 0xC1, 0xC2):
            out[at + 1] = change.get("marker", out[at + 1])
            out[at + 4] = change.get("precision", out[at + 4])
    return bytes(out)


def jpegs(cases):
    j = dict(quality=95)
    for name, sub in (("444", 0), ("422", 1), ("420", 2)):
        cell(f"baseline-{name}.jpg", save(RGB, "JPEG", subsampling=sub, **j), compression=f"baseline {name}")
        cell(f"progressive-{name}.jpg", save(RGB, "JPEG", subsampling=sub, progressive=True, **j), compression=f"progressive {name}")
    for name in ("411", "440"):
        data = imagecodecs.jpeg8_encode(RGB, 95, subsampling=name)
        tall = dict(levels=48, mark="colours are not interpolated between two rows: 48 levels at a sharp edge") if name == "440" else {}
        cell(f"baseline-{name}.jpg", data, compression=f"baseline {name}", **tall)
    cell("low-quality.jpg", save(RGB, "JPEG", quality=20), compression="baseline 420")
    cell("restarts.jpg", save(RGB, "JPEG", restart_marker_blocks=1, **j), compression="baseline 420, restart markers")
    cell("grey.jpg", save(GREY, "JPEG", **j), colour="grey", compression="baseline")
    cell("grey-progressive.jpg", save(GREY, "JPEG", progressive=True, **j), colour="grey", compression="progressive")
    cell("rgb-adobe.jpg", imagecodecs.jpeg8_encode(RGB, 95, outcolorspace="RGB"), compression="baseline, not transformed (Adobe 0)")
    rgb_named = ids(without(save(RGB, "JPEG", keep_rgb=True, **j), 0xE0, 0xEE), "R", "G", "B")
    cell("rgb-by-names.jpg", rgb_named, compression="baseline, components named R G B, no marker")
    cell("ycc-unmarked.jpg", without(save(RGB, "JPEG", subsampling=0, **j), 0xE0), compression="baseline 444, neither JFIF nor Adobe")
    cell("ycc-unmarked-420.jpg", without(save(RGB, "JPEG", subsampling=2, **j), 0xE0), compression="baseline 420, neither JFIF nor Adobe")
    im = Image.fromarray(INKS, "CMYK")
    adobe = save(im, "JPEG", subsampling=0, **j)
    cell("cmyk-adobe.jpg", adobe, colour="cmyk", compression="baseline, inverted")
    cell("cmyk-unmarked-inverted.jpg", without(adobe, 0xEE), colour="cmyk", compression="baseline, inverted, no marker", mark="without a marker the reading with less black ink is taken")
    straight = without(save(Image.fromarray(255 - INKS, "CMYK"), "JPEG", subsampling=0, **j), 0xEE)
    cell("cmyk-unmarked.jpg", straight, like=inks(255 - np.asarray(Image.open(io.BytesIO(straight)))), decoder="pillow, inks turned", colour="cmyk", compression="baseline, not inverted, no marker", mark="without a marker the reading with less black ink is taken")
    cell("cmyk-progressive.jpg", save(im, "JPEG", subsampling=0, progressive=True, **j), colour="cmyk", compression="progressive, inverted")
    ycck = imagecodecs.jpeg8_encode(255 - INKS, 95, colorspace="CMYK", outcolorspace="YCCK", subsampling="444")
    cell("ycck.jpg", ycck, colour="ycck", compression="baseline, inverted")
    cell("ycck-420.jpg", imagecodecs.jpeg8_encode(255 - INKS, 95, colorspace="CMYK", outcolorspace="YCCK", subsampling="420"), colour="ycck", compression="baseline 420, inverted")
    cell("trailing.jpg", save(RGB, "JPEG", **j) + bytes(range(256)), compression="baseline, bytes behind the end")
    cell("comments.jpg", save(RGB, "JPEG", comment=b"x" * 300, **j), compression="baseline, comment")
    cell("mpo.jpg", save(RGB, "MPO", save_all=True, append_images=[Image.fromarray(255 - RGB)], **j), frames=2, compression="baseline, two pictures (MPO)")
    cell("height-later.jpg", height_later(save(RGB, "JPEG", subsampling=0, **j)), like=pillow(save(RGB, "JPEG", subsampling=0, **j)), decoder="pillow, height put in", compression="baseline, height by DNL")
    whole = np.asarray(Image.open(io.BytesIO(save(RGB, "JPEG", subsampling=0, **j))))
    for o, turned in orientations(whole).items():
        exif = Image.Exif()
        exif[0x0112] = o
        cell(f"turned-{o}.jpg", save(RGB, "JPEG", subsampling=0, exif=exif, **j), like=turned, orientation=o, compression="baseline")
    for name, profile in (("srgb", SRGB), ("adobe-rgb", ADOBE_RGB), ("display-p3", DISPLAY_P3)):
        data = save(SMOOTH, "JPEG", subsampling=0, icc_profile=profile, **j)
        cell(f"icc-{name}.jpg", data, like=managed(pillow(data), profile), decoder="pillow with LittleCMS", profile=name, compression="baseline", mark="" if name == "srgb" else "converted to sRGB")
    data = save(GREY, "JPEG", icc_profile=GREY_18, **j)
    cell("icc-grey.jpg", data, like=managed(np.asarray(Image.open(io.BytesIO(data))), GREY_18), decoder="pillow with LittleCMS", colour="grey", profile="gamma 1.8", compression="baseline", mark="converted to sRGB")
    cell("icc-broken.jpg", save(RGB, "JPEG", icc_profile=BROKEN, **j), profile="broken", compression="baseline", mark="a broken profile is left aside")
    cell("icc-lab.jpg", save(RGB, "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), **j), profile="of another colour space", compression="baseline", mark="left aside")
    no = dict(compression="")
    base = save(RGB, "JPEG", **j)
    cell("arithmetic.jpg", (cases / "arithmetic.jpg").read_bytes(), refused="arithmetic coding", compression="arithmetic")
    cell("height-never.jpg", (cases / "height-by-dnl.jpg").read_bytes(), refused="(DNL)", compression="baseline, height 0 and no DNL")
    cell("lossless.jpg", imagecodecs.jpeg8_encode(RGB, lossless=True), refused="lossless", compression="lossless")
    cell("twelve-bit.jpg", imagecodecs.jpeg8_encode(RGB.astype(np.uint16) << 4, 95, bitspersample=12), refused="12 bits", depth=12, compression="extended")
    cell("hierarchical.jpg", frame(base, marker=0xC5), refused="hierarchical", compression="hierarchical")
    cell("jpeg-ls.jpg", imagecodecs.jpegls_encode(RGB), refused="JPEG-LS", compression="JPEG-LS")
    two = frame_components(save(GREY, "JPEG", **j))
    cell("two-components.jpg", two, refused="2 colour components", colour="2 components")


def frame_components(jpeg):
    """A grey JPEG whose header claims a second component."""
    out = bytearray(jpeg)
    for marker, at, n in reversed(list(segments(jpeg))):
        if marker == 0xC0:
            out[at + 9] = 2
            out[at + n:at + n] = bytes([2, 0x11, 0])
            out[at + 2:at + 4] = (n - 2 + 3).to_bytes(2, "big")
    return bytes(out)


def orientations(a):
    return {1: a, 2: a[:, ::-1], 3: a[::-1, ::-1], 4: a[::-1], 5: a.swapaxes(0, 1), 6: a.swapaxes(0, 1)[:, ::-1], 7: a[::-1, ::-1].swapaxes(0, 1), 8: a.swapaxes(0, 1)[::-1]}


# ---------------------------------------------------------------- PNG

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(samples, depth):
    """Rows of samples as bytes."""
    h = samples.shape[0]
    flat = samples.reshape(h, -1)
    if depth == 16:
        return flat.astype(">u2").view(np.uint8).reshape(h, -1)
    if depth == 8:
        return flat.astype(np.uint8)
    bits = ((flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8).reshape(h, -1)
    return np.packbits(bits, axis=1)


def filtered(lines, bpp, kind):
    out = bytearray()
    before = np.zeros(lines.shape[1], np.uint8)
    for i, line in enumerate(lines):
        k = (i % 5) if kind is None else kind
        left = np.concatenate([np.zeros(bpp, np.uint8), line[:-bpp]])[:len(line)]
        corner = np.concatenate([np.zeros(bpp, np.uint8), before[:-bpp]])[:len(line)]
        a, b, c = left.astype(int), before.astype(int), corner.astype(int)
        p = a + b - c
        pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
        paeth = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c))
        predicted = [0 * a, a, b, (a + b) // 2, paeth][k]
        out += bytes([k]) + ((line.astype(int) - predicted) & 255).astype(np.uint8).tobytes()
        before = line
    return bytes(out)


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, colour_type, depth, interlace=False, before=(), between=(), after=(), split=1, level=9):
    h, w = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    bpp = max(1, channels * depth // 8)
    if interlace:
        raw = b""
        for x0, y0, dx, dy in PASSES:
            part = samples[y0::dy, x0::dx]
            if part.size:
                raw += filtered(packed(part, depth), bpp, None)
    else:
        raw = filtered(packed(samples, depth), bpp, None)
    data = zlib.compress(raw, level)
    size = -(-len(data) // split)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour_type, 0, 0, int(interlace)))
    for c in before:
        out += chunk(*c)
    for i in range(0, len(data), size):
        out += chunk(b"IDAT", data[i:i + size])
    for c in after:
        out += chunk(*c)
    return out + chunk(b"IEND", b"")


def pngs(cases):
    step = {1: 128, 2: 64, 4: 16}
    for interlace in (False, True):
        tail, how = ("-interlaced", "interlaced") if interlace else ("", "")
        for depth in (1, 2, 4):
            g = GREY // step[depth]
            cell(f"grey-{depth}{tail}.png", png(g, 0, depth, interlace), colour="grey", depth=depth, compression=how)
        cell(f"grey-8{tail}.png", png(GREY, 0, 8, interlace), colour="grey", compression=how)
        cell(f"grey-16{tail}.png", png(GREY16, 0, 16, interlace), colour="grey", depth=16, compression=how)
        cell(f"rgb-8{tail}.png", png(RGB, 2, 8, interlace), compression=how)
        cell(f"rgb-16{tail}.png", png(RGB16, 2, 16, interlace), like=eight(RGB16), decoder="source", depth=16, compression=how)
        for depth in (1, 2, 4, 8):
            colours = 1 << depth
            palette = np.array([[(37 * i + 20) % 256, (91 * i + 130) % 256, (53 * i + 60) % 256] for i in range(colours)], np.uint8)
            index = (GREY.astype(int) * colours // 256).astype(np.uint8)
            cell(f"palette-{depth}{tail}.png", png(index, 3, depth, interlace, [(b"PLTE", palette.tobytes())]), colour="palette", depth=depth, compression=how)
        palette = np.array([[(37 * i + 20) % 256, (91 * i + 130) % 256, (53 * i + 60) % 256] for i in range(16)], np.uint8)
        alphas = np.array([255 - 16 * i for i in range(12)], np.uint8)  # the last four have none: opaque
        cell(f"palette-alpha{tail}.png", png(GREY // 16, 3, 4, interlace, [(b"PLTE", palette.tobytes()), (b"tRNS", alphas.tobytes())]), colour="palette", depth=4, alpha="tRNS", compression=how)
        cell(f"grey-alpha-8{tail}.png", png(np.dstack([GREY, ALPHA]), 4, 8, interlace), colour="grey", alpha="channel", compression=how)
        cell(f"grey-alpha-16{tail}.png", png(np.dstack([GREY16, ALPHA16]), 4, 16, interlace), like=on_white(three(GREY16), ALPHA16), decoder="source", colour="grey", depth=16, alpha="channel", compression=how)
        cell(f"rgba-8{tail}.png", png(RGBA, 6, 8, interlace), alpha="channel", compression=how)
        cell(f"rgba-16{tail}.png", png(np.dstack([RGB16, ALPHA16]), 6, 16, interlace), like=on_white(RGB16, ALPHA16), decoder="source", depth=16, alpha="channel", compression=how)
    clear = np.all(RGB == [230, 30, 20], -1)
    cell("rgb-trns.png", png(RGB, 2, 8, before=[(b"tRNS", struct.pack(">HHH", 230, 30, 20))]), alpha="tRNS")
    level = int(GREY[7, 9])
    cell("grey-trns.png", png(GREY, 0, 8, before=[(b"tRNS", struct.pack(">H", level))]), colour="grey", alpha="tRNS")
    cell("grey-trns-16.png", png(GREY16, 0, 16, before=[(b"tRNS", struct.pack(">H", int(GREY16[7, 9])))]), like=on_white(three(GREY16), np.where(GREY16 == GREY16[7, 9], 0, 255).astype(np.uint8)), decoder="source", colour="grey", depth=16, alpha="tRNS")
    cell("grey-trns-2.png", png(GREY // 64, 0, 2, before=[(b"tRNS", struct.pack(">H", 1))]), like=on_white(three((GREY // 64 * 85).astype(np.uint8)), np.where(GREY // 64 == 1, 0, 255).astype(np.uint8)), decoder="source", colour="grey", depth=2, alpha="tRNS")
    cell("rgb-trns-16.png", png(RGB16, 2, 16, before=[(b"tRNS", struct.pack(">HHH", *map(int, RGB16[7, 9])))]), like=on_white(RGB16, np.where(clear, 0, 255).astype(np.uint8)), decoder="source", depth=16, alpha="tRNS")
    cell("suggested-palette.png", png(RGB, 2, 8, before=[(b"PLTE", bytes(range(48)))]), compression="with a suggested palette")
    cell("many-chunks.png", png(RGB, 2, 8, split=40), compression="data in 40 chunks")
    cell("stored.png", png(RGB, 2, 8, level=0), compression="not compressed")
    cell("text.png", png(RGB, 2, 8, before=[(b"tEXt", b"Comment\0hello"), (b"zTXt", b"Comment\0\0" + zlib.compress(b"hello" * 100))], after=[(b"iTXt", b"Comment\0\0\0\0\0hello")]), compression="text chunks")
    cell("gamma.png", png(RGB, 2, 8, before=[(b"gAMA", struct.pack(">I", 100000)), (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))]), profile="gAMA, cHRM", mark="left aside")
    cell("icc-srgb.png", save(RGB, "PNG", icc_profile=SRGB), profile="srgb")
    data = save(SMOOTH, "PNG", icc_profile=ADOBE_RGB)
    cell("icc-adobe-rgb.png", data, like=managed(SMOOTH, ADOBE_RGB), decoder="pillow with LittleCMS", profile="adobe-rgb", mark="converted to sRGB")
    cell("icc-broken.png", png(RGB, 2, 8, before=[(b"iCCP", b"broken\0\0" + zlib.compress(BROKEN))]), profile="broken", mark="a broken profile is left aside")
    for o in (3, 6):
        exif = Image.Exif()
        exif[0x0112] = o
        cell(f"turned-{o}.png", save(RGB, "PNG", exif=exif), like=orientations(RGB)[o], orientation=o)
    first = save(RGB, "PNG", save_all=True, append_images=[Image.fromarray(255 - RGB)], duration=100)
    cell("animated.png", first, frames=2, compression="APNG")
    hidden = save(RGB, "PNG", save_all=True, default_image=True, append_images=[Image.fromarray(255 - RGB)], duration=100)
    cell("animated-apart.png", hidden, frames=2, compression="APNG, the still picture is no frame", mark="the still picture counts")
    cell("cgbi.png", (cases / "cgbi.png").read_bytes(), refused="CgBI")


# ---------------------------------------------------------------- GIF

def lzw(index, bits):
    """GIF's own LZW, with a clear code before the table would grow: simple and valid."""
    clear, end = 1 << bits, (1 << bits) + 1
    size, out, acc, have, since = bits + 1, bytearray(), 0, 0, 0

    def put(code):
        nonlocal acc, have
        acc |= code << have
        have += size
        while have >= 8:
            out.append(acc & 255)
            acc >>= 8
            have -= 8

    put(clear)
    for v in index:
        if since == (1 << bits) - 2:
            put(clear)
            since = 0
        put(int(v))
        since += 1
    put(end)
    if have:
        out.append(acc & 255)
    return bytes([bits]) + b"".join(bytes([len(out[i:i + 255])]) + bytes(out[i:i + 255]) for i in range(0, len(out), 255)) + b"\0"


def gif_frame(index, bits, at=(0, 0), local=None, clear=None, interlace=False):
    h, w = index.shape
    out = b""
    if clear is not None:
        out += b"!\xf9\x04" + bytes([1, 10, 0, clear]) + b"\0"
    order = list(range(h))
    if interlace:
        order = [*range(0, h, 8), *range(4, h, 8), *range(2, h, 4), *range(1, h, 2)]
    flags = (0x80 | (bits - 1) if local is not None else 0) | (0x40 if interlace else 0)
    out += b"," + struct.pack("<HHHHB", *at, w, h, flags) + (local.tobytes() if local is not None else b"")
    return out + lzw(index[order].reshape(-1), max(2, bits))


def gif(canvas, palette, *frames, version=b"GIF89a", background=0):
    flags = 0x80 | (len(palette).bit_length() - 2) if palette is not None else 0
    return version + struct.pack("<HHBBB", *canvas, flags, background, 0) + (palette.tobytes() if palette is not None else b"") + b"".join(frames) + b";"


def gifs():
    palette = np.array([[(37 * i + 20) % 256, (91 * i + 130) % 256, (53 * i + 60) % 256] for i in range(16)], np.uint8)
    other = palette[::-1].copy()
    index = GREY // 16
    plain = palette[index]
    cell("plain.gif", gif((W, H), palette, gif_frame(index, 4)), colour="palette", depth=4)
    cell("gif87a.gif", gif((W, H), palette, gif_frame(index, 4), version=b"GIF87a"), colour="palette", depth=4)
    cell("interlaced.gif", gif((W, H), palette, gif_frame(index, 4, interlace=True)), colour="palette", depth=4, compression="interlaced")
    cell("local-palette.gif", gif((W, H), palette, gif_frame(index, 4, local=other)), colour="palette", depth=4, compression="local palette")
    cell("local-palette-only.gif", gif((W, H), None, gif_frame(index, 4, local=other)), colour="palette", depth=4, compression="local palette alone")
    cell("transparent.gif", gif((W, H), palette, gif_frame(index, 4, clear=5)), colour="palette", depth=4, alpha="one colour")
    for bits in (1, 2, 8):
        few = np.array([[(37 * i + 20) % 256, (91 * i + 130) % 256, (53 * i + 60) % 256] for i in range(1 << bits)], np.uint8)
        cell(f"depth-{bits}.gif", gif((W, H), few, gif_frame((GREY.astype(int) >> (8 - bits)).astype(np.uint8), bits)), colour="palette", depth=bits)
    cell("pillow.gif", save(Image.fromarray(RGB).quantize(64), "GIF"), colour="palette", depth=6)
    cell("animated.gif", gif((W, H), palette, gif_frame(index, 4), gif_frame(15 - index, 4)), colour="palette", depth=4, frames=2)
    canvas = np.full((H, W, 3), 255, np.uint8)
    canvas[8:24, 10:34] = plain[8:24, 10:34]
    part = index[8:24, 10:34]
    clear_ground = np.where(part[..., None] == 5, 255, palette[part])
    note = "what no frame covers is transparent, whatever the background colour"
    cell("first-frame-smaller.gif", gif((W, H), palette, gif_frame(part, 4, at=(10, 8)), gif_frame(15 - index, 4), background=3), like=canvas, decoder="source", colour="palette", depth=4, frames=2, mark=note)
    clear = canvas.copy()
    clear[8:24, 10:34] = clear_ground
    cell("first-frame-smaller-clear.gif", gif((W, H), palette, gif_frame(part, 4, at=(10, 8), clear=5)), like=clear, decoder="source", colour="palette", depth=4, alpha="one colour")
    sticking = np.full((H, W, 3), 255, np.uint8)
    sticking[20:, 30:] = plain[:H - 20, :W - 30]
    cell("frame-beyond-canvas.gif", gif((W, H), palette, gif_frame(index, 4, at=(30, 20))), like=sticking, decoder="source", colour="palette", depth=4, mark="cut at the canvas; Pillow grows it")
    cell("without-trailer.gif", gif((W, H), palette, gif_frame(index, 4))[:-1], colour="palette", depth=4, compression="end mark missing")


# ---------------------------------------------------------------- WebP

def riff(*chunks):
    body = b"WEBP" + b"".join(n + struct.pack("<I", len(d)) + d + bytes(len(d) & 1) for n, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunks(data):
    at, out = 12, []
    while at + 8 <= len(data):
        n = struct.unpack("<I", data[at + 4:at + 8])[0]
        out.append((data[at:at + 4], data[at + 8:at + 8 + n]))
        at += 8 + n + (n & 1)
    return out


def u24(v):
    return struct.pack("<I", v)[:3]


def vp8x(flags, w=W, h=H):
    return b"VP8X", bytes([flags, 0, 0, 0]) + u24(w - 1) + u24(h - 1)


def anmf(chunks, x, y, w, h, flags=0):
    body = u24(x // 2) + u24(y // 2) + u24(w - 1) + u24(h - 1) + u24(100) + bytes([flags])
    return b"ANMF", body + b"".join(n + struct.pack("<I", len(d)) + d + bytes(len(d) & 1) for n, d in chunks)


def webps():
    for q in (10, 50, 90, 100):
        cell(f"lossy-{q}.webp", save(RGB, "WEBP", quality=q), compression=f"lossy {q}")
    cell("lossy-smooth.webp", save(SMOOTH, "WEBP", quality=90), compression="lossy 90")
    for m in (0, 2, 6):
        cell(f"lossy-method-{m}.webp", save(RGB, "WEBP", quality=70, method=m), compression=f"lossy 70, method {m}")
    big = np.asarray(Image.fromarray(RGB).resize((201, 139), Image.Resampling.BICUBIC))
    cell("lossy-large.webp", save(big, "WEBP", quality=60, method=4), compression="lossy 60")
    noise = np.random.default_rng(3).integers(0, 256, (H, W, 3), np.uint8)
    cell("lossy-noise.webp", save(noise, "WEBP", quality=80), compression="lossy 80, noise")
    cell("lossless.webp", save(RGB, "WEBP", lossless=True), compression="lossless")
    cell("lossless-noise.webp", save(noise, "WEBP", lossless=True), compression="lossless, noise")
    cell("lossless-large.webp", save(big, "WEBP", lossless=True, method=6, quality=100), compression="lossless")
    for colours in (2, 4, 13, 100):
        few = np.asarray(Image.fromarray(RGB).quantize(colours, dither=0).convert("RGB"))
        cell(f"lossless-{colours}-colours.webp", save(few, "WEBP", lossless=True), colour="palette", compression=f"lossless, {colours} colours")
    cell("lossless-alpha.webp", save(RGBA, "WEBP", lossless=True, exact=True), alpha="channel", compression="lossless")
    for aq in (100, 40):
        cell(f"lossy-alpha-{aq}.webp", save(RGBA, "WEBP", quality=80, alpha_quality=aq), alpha="channel", compression=f"lossy 80, alpha {aq}")
    lossy = [c for c in webp_chunks(save(RGB, "WEBP", quality=80)) if c[0] == b"VP8 "]
    for filtering, name in enumerate(("none", "horizontal", "vertical", "gradient")):
        a = ALPHA.astype(int)
        left, up = np.zeros_like(a), np.zeros_like(a)
        left[:, 1:], up[1:] = a[:, :-1], a[:-1]
        corner = np.zeros_like(a)
        corner[1:, 1:] = a[:-1, :-1]
        predicted = [0 * a, left.copy(), up.copy(), np.clip(left + up - corner, 0, 255)][filtering]
        if filtering in (1, 3):
            predicted[1:, 0] = a[:-1, 0]
        if filtering in (2, 3):
            predicted[0, 1:] = a[0, :-1]
        raw = ((a - predicted) & 255).astype(np.uint8).tobytes()
        cell(f"alpha-stored-{name}.webp", riff(vp8x(0x10), (b"ALPH", bytes([filtering << 2]) + raw), *lossy), alpha="channel", compression=f"lossy 80, alpha stored, filter {name}")
    data = save(SMOOTH, "WEBP", lossless=True, icc_profile=ADOBE_RGB)
    cell("icc-adobe-rgb.webp", data, like=managed(SMOOTH, ADOBE_RGB), decoder="pillow with LittleCMS", profile="adobe-rgb", compression="lossless", mark="converted to sRGB")
    for o in (3, 6):
        exif = Image.Exif()
        exif[0x0112] = o
        cell(f"turned-{o}.webp", save(RGB, "WEBP", lossless=True, exif=exif), like=orientations(RGB)[o], orientation=o, compression="lossless")
    cell("animated.webp", save(RGB, "WEBP", save_all=True, append_images=[Image.fromarray(255 - RGB)], lossless=True), frames=2, compression="lossless")
    cell("animated-lossy.webp", save(RGB, "WEBP", save_all=True, append_images=[Image.fromarray(255 - RGB)], quality=80), frames=2, compression="lossy 80")
    anim = b"ANIM", bytes([0, 0, 255, 255]) + bytes(2)
    part = RGB[8:24, 10:34]
    canvas = np.full((H, W, 3), 255, np.uint8)
    canvas[8:24, 10:34] = part
    small = [c for c in webp_chunks(save(part, "WEBP", lossless=True)) if c[0] == b"VP8L"]
    cell("first-frame-smaller.webp", riff(vp8x(0x12), anim, anmf(small, 10, 8, 24, 16)), like=canvas, decoder="source", frames=1, compression="lossless", mark="what no frame covers is transparent, whatever the background colour")
    alpha_part = RGBA[8:24, 10:34]
    small = [c for c in webp_chunks(save(alpha_part, "WEBP", quality=90)) if c[0] in (b"ALPH", b"VP8 ")]
    cell("first-frame-smaller-alpha.webp", riff(vp8x(0x12), anim, anmf(small, 10, 8, 24, 16)), alpha="channel", compression="lossy 90")
    cell("unknown-chunk.webp", riff(vp8x(0), (b"XTRA", b"abc"), *lossy), compression="lossy 80, unknown chunk")


# ---------------------------------------------------------------- BMP

def bmp(w, h, bits, compression, data, palette=b"", header=40, masks=(), size=None, extra=b""):
    if header == 12:
        info = struct.pack("<IHHHH", 12, w, h, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, w, h, 1, bits, compression, len(data) if size is None else size, 2835, 2835, len(palette) // 4 if bits <= 8 else 0, 0)
        info += b"".join(struct.pack("<I", m) for m in masks)
        if header > 40:
            info += bytes(header - len(info))
    at = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", at + len(data), 0, 0, at) + info + palette + data


def bmp_rows(samples, depth):
    lines = packed(samples, depth)
    lines = np.pad(lines, ((0, 0), (0, -lines.shape[1] % 4)))
    return lines[::-1].tobytes()


def rle8(index, four=False):
    out = bytearray()
    for line in index[::-1]:
        x = 0
        while x < len(line):
            n = 1
            while x + n < len(line) and n < 200 and line[x + n] == line[x]:
                n += 1
            if n == 1 and x + 4 <= len(line):
                four_values = line[x:x + 4]
                out += bytes([0, 4])
                out += bytes([four_values[0] << 4 | four_values[1], four_values[2] << 4 | four_values[3]]) if four else bytes(four_values)
                x += 4
            else:
                out += bytes([n, line[x] << 4 | line[x] if four else line[x]])
                x += n
        out += b"\0\0"
    return bytes(out + b"\0\1")


def bmps():
    def pal(n):
        return np.array([[(37 * i + 20) % 256, (91 * i + 130) % 256, (53 * i + 60) % 256, 0] for i in range(n)], np.uint8)
    for bits in (1, 4, 8):
        index = (GREY.astype(int) * (1 << bits) // 256).astype(np.uint8)
        cell(f"palette-{bits}.bmp", bmp(W, H, bits, 0, bmp_rows(index, bits), pal(1 << bits).tobytes()), colour="palette", depth=bits)
    index = GREY // 16
    cell("rle-8.bmp", bmp(W, H, 8, 1, rle8(index), pal(256).tobytes()), colour="palette", compression="RLE")
    cell("rle-4.bmp", bmp(W, H, 4, 2, rle8(index, True), pal(16).tobytes()), like=pal(16)[index][..., 2::-1].copy(), decoder="source", colour="palette", depth=4, compression="RLE")
    cell("short-palette.bmp", bmp(W, H, 8, 0, bmp_rows(index, 8), pal(16).tobytes()), colour="palette", compression="16 colours of 256")
    cell("rgb-24.bmp", save(RGB, "BMP"))
    down = bmp(W, -H, 24, 0, bmp_rows(RGB[::-1, :, ::-1], 8))
    cell("top-down.bmp", down, compression="top row first")
    cell("core-header.bmp", bmp(W, H, 24, 0, bmp_rows(RGB[..., ::-1], 8), header=12), compression="OS/2 header")
    five = RGB.astype(np.uint16) >> 3
    p555 = five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]
    lines = np.pad(p555.astype("<u2"), ((0, 0), (0, W % 2)))[::-1].tobytes()
    cell("rgb-555.bmp", bmp(W, H, 16, 0, lines), depth=5)
    six = RGB.astype(np.uint16)
    p565 = six[..., 0] >> 3 << 11 | six[..., 1] >> 2 << 5 | six[..., 2] >> 3
    lines = np.pad(p565.astype("<u2"), ((0, 0), (0, W % 2)))[::-1].tobytes()
    cell("rgb-565.bmp", bmp(W, H, 16, 3, lines, masks=(0xF800, 0x07E0, 0x001F)), depth="5, 6, 5", compression="bit fields")
    x32 = np.dstack([RGB[..., ::-1], np.zeros((H, W), np.uint8)])
    cell("rgbx-32.bmp", bmp(W, H, 32, 0, bmp_rows(x32, 8)), alpha="unused byte")
    a32 = np.dstack([RGB[..., ::-1], ALPHA])
    cell("rgba-32-v4.bmp", bmp(W, H, 32, 3, bmp_rows(a32, 8), header=108, masks=(0xFF0000, 0xFF00, 0xFF, 0xFF000000)), alpha="channel", compression="bit fields")
    cell("rgba-32-v5.bmp", bmp(W, H, 32, 3, bmp_rows(a32, 8), header=124, masks=(0xFF0000, 0xFF00, 0xFF, 0xFF000000)), alpha="channel", compression="bit fields")
    cell("rgb-32-fields.bmp", bmp(W, H, 32, 3, bmp_rows(x32, 8), masks=(0xFF0000, 0xFF00, 0xFF)), compression="bit fields")
    ten = RGB.astype(np.uint32) << 2
    lines = (ten[..., 0] << 20 | ten[..., 1] << 10 | ten[..., 2]).astype("<u4")[::-1].tobytes()
    cell("rgb-10-fields.bmp", bmp(W, H, 32, 3, lines, masks=(0x3FF00000, 0xFFC00, 0x3FF)), like=eight_of(ten, 1023), decoder="source", depth=10, compression="bit fields")
    cell("jpeg-inside.bmp", bmp(W, H, 0, 4, save(RGB, "JPEG")), refused="a JPEG inside", compression="JPEG")
    cell("png-inside.bmp", bmp(W, H, 0, 5, save(RGB, "PNG")), refused="a PNG inside", compression="PNG")


def eight_of(a, most):
    return np.round(a.astype(float) * 255 / most).astype(np.uint8)


# ---------------------------------------------------------------- TIFF

def tiff(array, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, array, metadata=None, software=None, **options)
    return out.getvalue()


def tiffs():
    for name, compression in (("stored", None), ("packbits", "packbits"), ("lzw", "lzw"), ("deflate", "adobe_deflate"), ("old-deflate", "deflate")):
        cell(f"rgb-{name}.tif", tiff(RGB, photometric="rgb", compression=compression), compression=name)
    for name in ("lzw", "adobe_deflate"):
        cell(f"rgb-{name}-predictor.tif", tiff(RGB, photometric="rgb", compression=name, predictor=True), compression=f"{name}, differences")
    cell("rgb-16-predictor.tif", tiff(RGB16, photometric="rgb", compression="adobe_deflate", predictor=True), like=eight(RGB16), decoder="source", depth=16, compression="adobe_deflate, differences")
    cell("rgb-strips.tif", tiff(RGB, photometric="rgb", rowsperstrip=4, compression="lzw"), compression="lzw, strips of 4 rows")
    cell("rgb-tiles.tif", tiff(RGB, photometric="rgb", tile=(16, 16), compression="adobe_deflate"), compression="adobe_deflate, tiles")
    cell("rgb-tiles-stored.tif", tiff(RGB, photometric="rgb", tile=(16, 32)), compression="stored, tiles")
    cell("rgb-planes.tif", tiff(np.moveaxis(RGB, -1, 0).copy(), photometric="rgb", planarconfig="separate", compression="lzw"), compression="lzw, one plane per colour")
    cell("rgb-planes-tiles.tif", tiff(np.moveaxis(RGB, -1, 0).copy(), photometric="rgb", planarconfig="separate", tile=(16, 16)), compression="stored, one plane per colour, tiles")
    cell("rgb-big-endian.tif", tiff(RGB, photometric="rgb", byteorder=">"), compression="stored, big endian")
    cell("rgb-16.tif", tiff(RGB16, photometric="rgb"), like=eight(RGB16), decoder="source", depth=16, compression="stored")
    cell("rgb-16-big-endian.tif", tiff(RGB16, photometric="rgb", byteorder=">", compression="lzw"), like=eight(RGB16), decoder="source", depth=16, compression="lzw, big endian")
    cell("bigtiff.tif", tiff(RGB, photometric="rgb", bigtiff=True, compression="lzw"), compression="BigTIFF, lzw")
    cell("bigtiff-big-endian.tif", tiff(RGB, photometric="rgb", bigtiff=True, byteorder=">"), like=RGB, decoder="source", compression="BigTIFF, stored, big endian")
    cell("grey-8.tif", tiff(GREY, photometric="minisblack"), colour="grey", compression="stored")
    cell("grey-white-is-zero.tif", tiff(255 - GREY, photometric="miniswhite"), like=three(GREY), decoder="source", colour="grey, white is zero", compression="stored")
    cell("grey-16.tif", tiff(GREY16, photometric="minisblack", compression="lzw"), colour="grey", depth=16, compression="lzw")
    cell("grey-16-white-is-zero.tif", tiff(65535 - GREY16, photometric="miniswhite"), like=three(eight(GREY16)), decoder="source", colour="grey, white is zero", depth=16, compression="stored")
    for depth in (1, 2, 4):
        g = (GREY >> (8 - depth)).astype(np.uint8)
        data = hand_tiff(g, depth, 1)
        cell(f"grey-{depth}.tif", data, like=three((g.astype(int) * 255 // ((1 << depth) - 1)).astype(np.uint8)), decoder="source", colour="grey", depth=depth, compression="stored")
    cell("grey-12.tif", hand_tiff((GREY.astype(np.uint16) << 4), 12, 1), refused="12 bits", colour="grey", depth=12)
    bits = (GREY > 100).astype(np.uint8)
    one = Image.fromarray(bits * 255).convert("1")
    for name, c in (("group3", "group3"), ("group4", "group4"), ("ccitt", "tiff_ccitt"), ("packbits", "packbits")):
        cell(f"bilevel-{name}.tif", save(one, "TIFF", compression=c), colour="bilevel", depth=1, compression=name)
    cell("bilevel-white-is-zero.tif", hand_tiff(1 - bits, 1, 0), like=three(bits * 255), decoder="source", colour="bilevel, white is zero", depth=1, compression="stored")
    flipped = hand_tiff(bits, 1, 1, fill=2)
    cell("bilevel-fill-order.tif", flipped, like=three(bits * 255), decoder="source", colour="bilevel", depth=1, compression="stored, bits from the right")
    pal = (np.array([[(37 * i + 20) % 256, (91 * i + 130) % 256, (53 * i + 60) % 256] for i in range(256)]).T * 257).astype(np.uint16)
    cell("palette-8.tif", tiff(GREY, photometric="palette", colormap=pal), colour="palette", compression="stored")
    cell("palette-4.tif", hand_tiff(GREY // 16, 4, 3, palette=pal[:, :16]), colour="palette", depth=4, compression="stored")
    cell("palette-1.tif", hand_tiff(bits, 1, 3, palette=pal[:, :2]), like=(pal[:, :2].T // 257).astype(np.uint8)[bits], decoder="source", colour="palette", depth=1, compression="stored")
    cell("rgba.tif", tiff(RGBA, photometric="rgb", extrasamples=["unassalpha"]), alpha="channel", compression="stored")
    pre = RGBA.copy()
    pre[..., :3] = np.round(RGB.astype(float) * ALPHA[..., None] / 255)
    cell("rgba-premultiplied.tif", tiff(pre, photometric="rgb", extrasamples=["assocalpha"], compression="lzw"), like=on_white(RGB, ALPHA), decoder="source", alpha="premultiplied", compression="lzw")
    cell("rgb-extra.tif", tiff(RGBA, photometric="rgb", extrasamples=["unspecified"]), like=RGB, decoder="source", alpha="a fourth sample without a meaning", compression="stored", mark="left aside")
    cell("rgba-16.tif", tiff(np.dstack([RGB16, ALPHA16]), photometric="rgb", extrasamples=["unassalpha"], compression="lzw"), like=on_white(RGB16, ALPHA16), decoder="source", depth=16, alpha="channel", compression="lzw")
    cell("grey-alpha.tif", tiff(np.dstack([GREY, ALPHA]), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"]), like=on_white(three(GREY), ALPHA), decoder="source", colour="grey", alpha="channel", compression="stored")
    cell("cmyk.tif", tiff(INKS, photometric="separated", compression="lzw"), colour="cmyk", compression="lzw")
    cell("cmyk-16.tif", tiff(INKS.astype(np.uint16) * 257, photometric="separated"), like=inks(INKS), decoder="source", colour="cmyk", depth=16, compression="stored")
    for sub, name in (((1, 1), "444"), ((2, 2), "420")):
        data = tiff(RGB, photometric="ycbcr", compression="jpeg", subsampling=sub, compressionargs={"level": 95}, tile=(32, 32))
        cell(f"jpeg-{name}-tiles.tif", data, like=tifffile.imread(io.BytesIO(data)), decoder="tifffile", colour="ycbcr", compression=f"JPEG {name}, tiles")
    cell("jpeg-strips.tif", save(RGB, "TIFF", compression="jpeg", quality=95), colour="ycbcr", compression="JPEG, strips")
    data = tiff(RGB, photometric="rgb", compression="jpeg", compressionargs={"level": 95})
    cell("jpeg-rgb.tif", data, like=tifffile.imread(io.BytesIO(data)), decoder="tifffile", compression="JPEG, not transformed")
    cell("jpeg-grey.tif", tiff(GREY, photometric="minisblack", compression="jpeg", compressionargs={"level": 95}), colour="grey", compression="JPEG")
    for o in (2, 3, 6, 7):
        cell(f"turned-{o}.tif", save(RGB, "TIFF", tiffinfo={274: o}), like=orientations(RGB)[o], orientation=o, compression="stored")
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as two:
        two.write(RGB, photometric="rgb", metadata=None)
        two.write(255 - RGB, photometric="rgb", metadata=None)
    cell("two-pages.tif", out.getvalue(), frames=2, compression="stored")
    cell("icc-adobe-rgb.tif", tiff(SMOOTH, photometric="rgb", iccprofile=ADOBE_RGB), like=managed(SMOOTH, ADOBE_RGB), decoder="pillow with LittleCMS", profile="adobe-rgb", compression="stored", mark="converted to sRGB")
    cell("signed-16.tif", tiff(GREY.astype(np.int16), photometric="minisblack"), refused="signed", colour="grey", depth="16, signed")
    cell("float-32.tif", tiff(GREY.astype(np.float32), photometric="minisblack"), refused="floating-point", colour="grey", depth="32, float")
    cell("float-32-rgb.tif", tiff(RGB.astype(np.float32) / 255, photometric="rgb"), refused="floating-point", depth="32, float")
    cell("float-16.tif", tiff(GREY.astype(np.float16), photometric="minisblack"), refused="floating-point", colour="grey", depth="16, float")
    cell("float-64.tif", tiff(GREY.astype(np.float64), photometric="minisblack"), refused="floating-point", colour="grey", depth="64, float")
    cell("complex.tif", tiff(GREY.astype(np.complex64), photometric="minisblack"), refused="complex", colour="grey", depth="64, complex")
    cell("integer-32.tif", tiff(GREY.astype(np.uint32), photometric="minisblack"), refused="32 bits", colour="grey", depth=32)
    cell("lab.tif", tiff(RGB, photometric="cielab"), refused="CIELab", colour="lab")
    cell("cfa.tif", tiff(GREY, photometric="cfa", extratags=[(33421, 3, 2, (2, 2), True), (33422, 1, 4, (0, 1, 1, 2), True)]), refused="camera's raw", colour="cfa")
    for name, c in (("zstd", "zstd"), ("lzma", "lzma"), ("webp", "webp"), ("lerc", "lerc"), ("jpeg2000", "jpeg2000"), ("jpegxl", "jpegxl")):
        word = {"jpeg2000": "JPEG 2000", "jpegxl": "JPEG XL", "webp": "WebP", "lerc": "LERC", "lzma": "LZMA"}.get(name, name)
        cell(f"{name}.tif", tiff(RGB, photometric="rgb", compression=c), refused=word, compression=name)


def hand_tiff(samples, depth, photometric, palette=None, fill=1):
    data = (packed12(samples) if depth == 12 else packed(samples, depth)).tobytes()
    if fill == 2:
        data = bytes(int(f"{b:08b}"[::-1], 2) for b in data)
    tags = [(256, 4, 1, W), (257, 4, 1, H), (258, 3, 1, depth), (259, 3, 1, 1), (262, 3, 1, photometric), (266, 3, 1, fill), (277, 3, 1, 1), (278, 4, 1, H), (279, 4, 1, len(data))]
    count = len(tags) + 1 + (palette is not None)
    at = 8 + 2 + 12 * count + 4
    colours = b""
    if palette is not None:
        colours = palette.astype("<u2").tobytes()
        tags.append((320, 3, len(colours) // 2, at))
    tags.append((273, 4, 1, at + len(colours)))
    ifd = b"".join(struct.pack("<HHII", *t) for t in sorted(tags))
    return b"II*\0" + struct.pack("<IH", 8, count) + ifd + bytes(4) + colours + data


def packed12(samples):
    flat = samples.reshape(samples.shape[0], -1)
    bits = ((flat[..., None] >> np.arange(11, -1, -1)) & 1).astype(np.uint8).reshape(samples.shape[0], -1)
    return np.packbits(bits, axis=1)


# ---------------------------------------------------------------- what is not read

def others(cases):
    def other(file, data, name):
        cell(file, data, refused=name)
    other("picture.avif", save(RGB, "AVIF"), "AVIF")
    other("picture.heic", (cases / "heic-brand.jpg").read_bytes(), "HEIC")
    other("picture.jxl", imagecodecs.jpegxl_encode(RGB), "JPEG XL")
    other("container.jxl", imagecodecs.jpegxl_encode(RGB, usecontainer=True), "JPEG XL")
    other("picture.jp2", save(RGB, "JPEG2000"), "JPEG 2000")
    other("picture.j2k", imagecodecs.jpeg2k_encode(RGB, codecformat="j2k"), "JPEG 2000")
    other("picture.jxr", imagecodecs.jpegxr_encode(RGB), "JPEG XR")
    other("picture.qoi", imagecodecs.qoi_encode(RGB), "QOI")
    other("picture.ico", save(RGB, "ICO", sizes=[(32, 32)]), "icon")
    other("picture.ppm", save(RGB, "PPM"), "PNM")
    other("picture.pdf", save(RGB, "PDF"), "PDF")
    other("picture.eps", save(RGB, "EPS"), "PostScript")
    other("picture.dds", save(RGBA, "DDS"), "DDS")
    other("picture.sgi", save(RGB, "SGI"), "SGI")
    other("picture.pcx", save(RGB, "PCX"), "PCX")
    other("picture.tga", save(RGB, "TGA"), "Targa")
    other("picture.icns", save(Image.fromarray(RGB).resize((32, 32)), "ICNS"), "ICNS")
    other("picture.psd", b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, H, W, 8, 3) + bytes(14), "Photoshop")
    other("picture.exr", b"\x76\x2f\x31\x01\x02\0\0\0" + bytes(40), "OpenEXR")
    other("picture.hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n" + bytes(4), "Radiance")
    other("picture.svg", b'<?xml version="1.0"?>\n<!-- a drawing -->\n<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>\n', "SVG")
    other("bare.svg", b'\xef\xbb\xbf  <svg xmlns="http://www.w3.org/2000/svg"/>', "SVG")
    other("page.html", b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "HTML")
    other("clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(24), "video")
    other("clip.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01" + bytes(24), "video")
    other("archive.zip", b"PK\x03\x04" + bytes(40), "ZIP")
    other("raw.cr2", b"II*\0\x10\0\0\0CR\x02\0" + bytes(40), "camera's raw")
    other("raw.raf", b"FUJIFILMCCD-RAW 0201" + bytes(40), "camera's raw")
    other("pointer.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS")


def main():
    cases = Path(sys.argv[1])
    found = {p.name: p.parent for p in cases.rglob("*") if p.is_file()}
    (OUT / "expected").mkdir(parents=True, exist_ok=True)
    for old in [*OUT.glob("*.*"), *(OUT / "expected").glob("*.png")]:
        old.unlink()
    phone = found["arithmetic.jpg"]
    jpegs(phone)
    pngs(phone)
    gifs()
    webps()
    bmps()
    tiffs()
    others(found["heic-brand.jpg"])
    with open(OUT / "table.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(rows)
    size = sum(p.stat().st_size for p in OUT.rglob("*") if p.is_file())
    print(f"{len(rows)} rows, {len(pictures)} expected pictures, {size} bytes")


if __name__ == "__main__":
    main()
