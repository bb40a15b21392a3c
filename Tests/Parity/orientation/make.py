"""Which way Pillow turns images, for every form in which an orientation is stored.

    python3 make.py > ../../ImagesTests/Fixtures/orientations.txt

A line is a name, the file's format, its chunks or segments in hexadecimal, and the orientation, 1 to 8,
that ImageOps.exif_transpose of Pillow has applied. A chunk after "+" stands behind the pixels. Where
Pillow refuses a file that is whole but for that text, the image is read upright.
"""

import io
import struct
import sys
import warnings
import zlib

from PIL import Image, ImageOps

warnings.simplefilter("ignore")

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD = range(1, 14)
LONG8 = 16
FORMATS = {
    BYTE: "B", SHORT: "H", LONG: "L", SBYTE: "b", UNDEFINED: "B", SSHORT: "h", SLONG: "l", FLOAT: "f",
    DOUBLE: "d", IFD: "L", LONG8: "Q",
}
RATIONALS = {RATIONAL: "L", SRATIONAL: "l"}


def tiff(order, *entries, header=None, tail=True, first=8, count=None):
    """A TIFF structure with one directory; an entry is a tag, a type and values, or raw bytes."""
    e = "<" if order == "II" else ">"
    head = header or order.encode() + struct.pack(e + "H", 42)
    body, data = b"", b""
    offset = first + 2 + 12 * len(entries) + 4
    for tag, kind, values in entries:
        if isinstance(values, bytes):
            stored, n = values, len(values)
        elif kind in RATIONALS:
            stored = b"".join(struct.pack(e + 2 * RATIONALS[kind], *v) for v in values)
            n = len(values)
        else:
            stored = struct.pack(f"{e}{len(values)}{FORMATS[kind]}", *values)
            n = len(values)
        if len(stored) <= 4:
            field = stored.ljust(4, b"\0")
        else:
            field = struct.pack(e + "L", offset + len(data))
            data += stored
        body += struct.pack(e + "HHL", tag, kind, n) + field
    n = len(entries) if count is None else count
    directory = struct.pack(e + "H", n) + body + (struct.pack(e + "L", 0) + data if tail else b"")
    return head + struct.pack(e + "L", first) + b"\0" * (first - 8) + directory


def segment(data, marker=0xE1):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def chunk(kind, data, spoiled=False):
    crc = zlib.crc32(kind + data) ^ (1 if spoiled else 0)
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", crc)


def xmp(text):
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description {text}</x:xmpmeta>'.encode()


def marked():
    """An image of 24 x 16 pixels whose six blocks are different."""
    image = Image.new("L", (24, 16))
    for y in range(16):
        for x in range(24):
            image.putpixel((x, y), x // 8 * 40 + y // 8 * 120)
    return image


def file(form, parts):
    output = io.BytesIO()
    if form == "jpeg":
        marked().save(output, "JPEG", quality=100)
        data = output.getvalue()
        return data[:2] + b"".join(part for part, _ in parts) + data[2:]
    marked().save(output, "PNG")
    data = output.getvalue()
    start, end = 33, len(data) - 12
    before = b"".join(part for part, behind in parts if not behind)
    behind = b"".join(part for part, behind in parts if behind)
    return data[:start] + before + data[start:end] + behind + data[end:]


TURNS = [None, None, Image.FLIP_LEFT_RIGHT, Image.ROTATE_180, Image.FLIP_TOP_BOTTOM, Image.TRANSPOSE,
         Image.ROTATE_270, Image.TRANSVERSE, Image.ROTATE_90]


def orientation(form, parts):
    data = file(form, parts)
    plain = Image.open(io.BytesIO(file(form, []))).convert("L")
    try:
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L")
    except Exception as error:
        print(f"Pillow refuses it: {error!r}", file=sys.stderr)
        return 1
    for value in range(1, 9):
        expected = plain if value == 1 else plain.transpose(TURNS[value])
        if expected.size == turned.size and expected.tobytes() == turned.tobytes():
            return value
    raise AssertionError("turned in no known way")


ROWS = []


def row(name, form, *parts):
    parts = [part if isinstance(part, tuple) else (part, False) for part in parts]
    value = orientation(form, parts)
    print(name, value, file=sys.stderr)
    ROWS.append((name, form, " ".join(("+" if behind else "") + part.hex() for part, behind in parts), value))


def structures():
    """Names and TIFF structures of all kinds."""
    tag = 274
    for order in ("II", "MM"):
        for value in range(0, 10):
            yield f"short {value} {order}", tiff(order, (tag, SHORT, [value]))
        for name, kind in [("byte", BYTE), ("long", LONG), ("sbyte", SBYTE), ("undefined", UNDEFINED),
                           ("sshort", SSHORT), ("slong", SLONG), ("float", FLOAT), ("double", DOUBLE),
                           ("ifd", IFD), ("long8", LONG8)]:
            yield f"{name} {order}", tiff(order, (tag, kind, [6]))
            yield f"{name} two {order}", tiff(order, (tag, kind, [6, 3]))
        yield f"float fraction {order}", tiff(order, (tag, FLOAT, [6.5]))
        yield f"double nan {order}", tiff(order, (tag, DOUBLE, [float("nan")]))
        yield f"sshort negative {order}", tiff(order, (tag, SSHORT, [-6]))
        yield f"long large {order}", tiff(order, (tag, LONG, [65542]))
        yield f"ascii {order}", tiff(order, (tag, ASCII, b"6\0"))
        yield f"ascii alone {order}", tiff(order, (tag, ASCII, b"6"))
        for name, kind in [("rational", RATIONAL), ("srational", SRATIONAL)]:
            yield f"{name} {order}", tiff(order, (tag, kind, [(6, 1)]))
            yield f"{name} twelve halves {order}", tiff(order, (tag, kind, [(12, 2)]))
            yield f"{name} thirteen halves {order}", tiff(order, (tag, kind, [(13, 2)]))
            yield f"{name} of zero {order}", tiff(order, (tag, kind, [(6, 0)]))
            yield f"{name} two {order}", tiff(order, (tag, kind, [(6, 1), (3, 1)]))
        yield f"srational negatives {order}", tiff(order, (tag, SRATIONAL, [(-6, -1)]))
        yield f"short two {order}", tiff(order, (tag, SHORT, [6, 3]))
        yield f"short many {order}", tiff(order, (tag, SHORT, [6, 3, 1, 1]))
        yield f"short none {order}", tiff(order, (tag, SHORT, []))
        yield f"unknown type {order}", tiff(order, (tag, 99, b"\6\0\0\0"))
        yield f"type zero {order}", tiff(order, (tag, 0, b"\6\0\0\0"))
        other = (271, ASCII, b"a long name of a maker\0")
        yield f"among others {order}", tiff(order, other, (tag, LONG, [8]), (282, RATIONAL, [(72, 1)]))
        yield f"twice {order}", tiff(order, (tag, SHORT, [6]), (tag, SHORT, [3]))
        yield f"twice, the last of no use {order}", tiff(order, (tag, SHORT, [6]), (tag, ASCII, b"3\0"))
        yield f"twice, the last unknown {order}", tiff(order, (tag, SHORT, [6]), (tag, 99, b"\3\0\0\0"))
        yield f"twice, the last empty {order}", tiff(order, (tag, SHORT, [6]), (tag, SHORT, []))
        yield f"twice, the first unknown {order}", tiff(order, (tag, 99, b"\6\0\0\0"), (tag, SHORT, [3]))
        yield f"twice, the first empty {order}", tiff(order, (tag, SHORT, []), (tag, SHORT, [3]))
        yield f"twice, the first of no use {order}", tiff(order, (tag, ASCII, b"6\0"), (tag, SHORT, [3]))
        for kind in (14, 15, 17, 18, 129):
            e = "<" if order == "II" else ">"
            yield f"type {kind} {order}", tiff(order, (tag, kind, struct.pack(e + "L", 6)))
            yield f"type {kind} of eight bytes {order}", tiff(order, (tag, kind, struct.pack(e + "Q", 6)))
        yield f"no end of the directory {order}", tiff(order, (tag, SHORT, [6]), tail=False)
        yield f"more entries told than there are {order}", tiff(order, (tag, SHORT, [6]), count=9, tail=False)
        yield f"fewer entries told than there are {order}", tiff(order, (tag, SHORT, [6]), count=0)
        yield f"a far directory {order}", tiff(order, (tag, SHORT, [6]), first=300)
        e = "<" if order == "II" else ">"
        early = struct.pack(e + "HHLL", 271, ASCII, 20, 60000)
        body = struct.pack(e + "HHLHH", tag, SHORT, 1, 6, 0)
        start = order.encode() + struct.pack(e + "HLH", 42, 8, 2)
        yield f"after one that leads outside {order}", start + early + body + bytes(4)
        yield f"before one that leads outside {order}", start + body + early + bytes(4)
        yield f"twice Exif {order}", b"Exif\0\0" + tiff(order, (tag, SHORT, [6]))
        yield f"bytes swapped in the header {order}", tiff(order, (tag, SHORT, [6]), header={"II": b"II\0*", "MM": b"MM*\0"}[order])
        yield f"number of BigTIFF {order}", tiff(order, (tag, SHORT, [6]), header={"II": b"II+\0", "MM": b"MM\0+"}[order])
        yield f"no number {order}", tiff(order, (tag, SHORT, [6]), header=order.encode() + b"\0\0")
        yield f"directory outside {order}", tiff(order, (tag, SHORT, [6]))[:4] + struct.pack(e + "L", 90000)
        yield f"header alone {order}", tiff(order, (tag, SHORT, [6]))[:8]
        yield f"half a header {order}", tiff(order, (tag, SHORT, [6]))[:5]
        yield f"in the Exif directory below {order}", tiff(order, (0x8769, LONG, [26])) + struct.pack(e + "HHHLHHL", 1, tag, SHORT, 1, 6, 0, 0)
    yield "empty", b""
    yield "neither order", b"XX" + tiff("II", (tag, SHORT, [6]))[2:]


def main():
    exif = b"Exif\0\0"
    adobe = b"http://ns.adobe.com/xap/1.0/\0"
    six = tiff("MM", (274, SHORT, [6]))
    three = tiff("II", (274, SHORT, [3]))
    none = tiff("MM", (271, ASCII, b"maker\0"))
    for name, structure in structures():
        row(name, "jpeg", segment(exif + structure))
        row(name, "png", chunk(b"eXIf", structure))

    # JPEG: which segment, and XMP.
    row("two segments, one structure", "jpeg", segment(exif + six[:15]), segment(exif + six[15:]))
    row("two structures", "jpeg", segment(exif + six), segment(exif + three))
    row("an empty segment first", "jpeg", segment(exif), segment(exif + six))
    row("another APP1 first", "jpeg", segment(b"Something\0"), segment(exif + six))
    row("another marker", "jpeg", segment(exif + six, 0xE2))
    row("a fill byte first", "jpeg", b"\xff" + segment(exif + six))
    row("after bytes that are none of a segment's", "jpeg", segment(b"text", 0xFE) + bytes(4) + segment(exif + six))
    row("after an escaped byte", "jpeg", b"\xff\0" + segment(exif + six))
    row("five bytes of a name", "jpeg", segment(b"Exif\0" + six))
    texts = [
        ("attribute", 'tiff:Orientation="6"/>'), ("element", "><tiff:Orientation>8</tiff:Orientation>"),
        ("zero", 'tiff:Orientation="0"/>'), ("nine", 'tiff:Orientation="9"/>'),
        ("two digits", 'tiff:Orientation="61"/>'), ("single quotes", "tiff:Orientation='6'/>"),
        ("spaces", 'tiff:Orientation = "6"/>'), ("twice", 'tiff:Orientation="6" tiff:Orientation="3"/>'),
        ("first without a digit", 'tiff:Orientation="x" tiff:Orientation="3"/>'),
        ("another prefix", 'exif:Orientation="6"/>'),
    ]
    for name, text in texts:
        row("XMP " + name, "jpeg", segment(adobe + xmp(text)))
        row("XMP " + name, "png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(text)))
    ask = xmp('tiff:Orientation="6"/>')
    reply = xmp('tiff:Orientation="8"/>')
    row("XMP beside EXIF without", "jpeg", segment(exif + none), segment(adobe + ask))
    row("XMP beside EXIF with another", "jpeg", segment(exif + three), segment(adobe + ask))
    row("XMP before EXIF with another", "jpeg", segment(adobe + ask), segment(exif + three))
    row("XMP beside EXIF of value 0", "jpeg", segment(exif + tiff("II", (274, SHORT, [0]))), segment(adobe + ask))
    row("XMP beside EXIF as text", "jpeg", segment(exif + tiff("II", (274, ASCII, b"3\0"))), segment(adobe + ask))
    row("XMP beside EXIF of no known type", "jpeg", segment(exif + tiff("II", (274, 99, b"3\0"))), segment(adobe + ask))
    row("XMP beside EXIF that is none", "jpeg", segment(exif + b"nonsense"), segment(adobe + ask))
    row("XMP beside an empty EXIF", "jpeg", segment(exif), segment(adobe + ask))
    row("XMP beside a cut EXIF", "jpeg", segment(exif + six[:9]), segment(adobe + ask))
    row("two of XMP", "jpeg", segment(adobe + ask), segment(adobe + reply))
    row("two of XMP, the last without", "jpeg", segment(adobe + ask), segment(adobe + xmp("/>")))
    row("XMP in UTF-16", "jpeg", segment(adobe + ask.decode().encode("utf-16")))
    row("XMP without its zero", "jpeg", segment(adobe[:-1] + ask))

    # PNG: where, and in what else.
    row("behind the pixels", "png", (chunk(b"eXIf", six), True))
    row("before and behind", "png", chunk(b"eXIf", six), (chunk(b"eXIf", three), True))
    row("two before", "png", chunk(b"eXIf", six), chunk(b"eXIf", three))
    row("with Exif in front", "png", chunk(b"eXIf", exif + six))
    row("a spoiled checksum", "png", chunk(b"eXIf", six, spoiled=True))
    row("XMP beside eXIf without", "png", chunk(b"eXIf", none), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask))
    row("XMP beside eXIf with another", "png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask), chunk(b"eXIf", three))
    row("XMP behind the pixels", "png", (chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask), True))
    row("XMP compressed", "png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(ask)))
    row("XMP as tEXt", "png", chunk(b"tEXt", b"XML:com.adobe.xmp\0" + ask))
    row("XMP as zTXt", "png", chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + zlib.compress(ask)))
    row("two of XMP", "png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + reply))
    row("XMP beside an empty eXIf", "png", chunk(b"eXIf", b""), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask))
    row("XMP beside eXIf that is none", "png", chunk(b"eXIf", b"nonsense"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask))

    def raw(data, kind=b"exif"):
        digits = data.hex()
        lines = [digits[i : i + 72] for i in range(0, len(digits), 72)]
        return b"\n" + kind + b"\n" + f"{len(data):8}".encode() + b"\n" + "\n".join(lines).encode() + b"\n"

    key = b"Raw profile type exif\0"
    row("raw profile as tEXt", "png", chunk(b"tEXt", key + raw(exif + six)))
    row("raw profile as zTXt", "png", chunk(b"zTXt", key + b"\0" + zlib.compress(raw(exif + six))))
    row("raw profile as iTXt", "png", chunk(b"iTXt", key + b"\0\0\0\0" + raw(exif + six)))
    row("raw profile without Exif", "png", chunk(b"zTXt", key + b"\0" + zlib.compress(raw(six))))
    row("raw profile behind the pixels", "png", (chunk(b"zTXt", key + b"\0" + zlib.compress(raw(exif + six))), True))
    row("raw profile beside eXIf", "png", chunk(b"zTXt", key + b"\0" + zlib.compress(raw(exif + six))), chunk(b"eXIf", three))
    row("raw profile beside eXIf without", "png", chunk(b"zTXt", key + b"\0" + zlib.compress(raw(exif + six))), chunk(b"eXIf", none))
    row("raw profile of capital digits", "png", chunk(b"tEXt", key + raw(exif + six).replace(b"4d4d", b"4D4D")))
    row("raw profile with spaces", "png", chunk(b"tEXt", key + raw(exif + six).replace(b"4d4d", b"4d4d ")))
    row("raw profile of no digits", "png", chunk(b"tEXt", key + b"\nexif\n 4\nzzzz\n"))
    row("raw profile of half a byte", "png", chunk(b"tEXt", key + raw(exif + six)[:-2]))
    row("raw profile without lines", "png", chunk(b"tEXt", key + b"45786966"))
    row("raw profile of APP1", "png", chunk(b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(raw(exif + six, b"generic"))))
    row("raw profile that does not inflate", "png", chunk(b"zTXt", key + b"\0nonsense"))
    row("raw profile beside an empty eXIf", "png", chunk(b"eXIf", b""), chunk(b"tEXt", key + raw(exif + six)))
    row("two raw profiles", "png", chunk(b"tEXt", key + raw(exif + six)), chunk(b"tEXt", key + raw(exif + three)))
    row("XMP beside a raw profile without", "png", chunk(b"tEXt", key + raw(exif + none)), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ask))
    for name, form, parts, value in ROWS:
        print(f"{name}\t{form}\t{parts}\t{value}")


main()
