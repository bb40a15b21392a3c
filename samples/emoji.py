#!/usr/bin/env python3
"""Writes the color emoji of Debian's Noto font as images, a folder for each of Unicode's groups.

usage: emoji.py FOLDER [--size PIXELS] [--skin-tones]

    apt-get install -y fonts-noto-color-emoji unicode-data python3-fonttools python3-pil
    samples/emoji.py emoji
    gen train diffusion --data emoji

1,870 images in nine groups, square, 64 pixels wide unless --size says otherwise, on white; 3,655 with
those that differ by skin tone alone. FOLDER/metadata.jsonl has their names, a line of {"file_name", "text"}
for each, as Hugging Face's imagefolder reads them. The font is under the SIL Open Font License 1.1.
"""

import argparse
import io
import json
import pathlib
import re
import sys

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
TABLE = "/usr/share/unicode/emoji/emoji-test.txt"
VARIATION_SELECTOR = 0xFE0F


def emoji(table):
    """The group, code points and name of each emoji, in Unicode's order."""
    group = None
    for line in table:
        if line.startswith("# group:"):
            group = line.split(":", 1)[1].strip()
        found = re.match(r"([0-9A-F ]+?)\s*; fully-qualified\s*# \S+ E\S+ (.*)", line)
        if found and group != "Component":
            yield group, [int(point, 16) for point in found[1].split()], found[2]


def ligatures(font):
    """The glyph of each sequence of glyphs that the font joins to one."""
    glyphs = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = table.ExtSubTable if table.LookupType == 7 else table
            if table.LookupType == 4:
                for first, joined in table.ligatures.items():
                    for ligature in joined:
                        glyphs[(first, *ligature.Component)] = ligature.LigGlyph
    return glyphs


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--size", type=int, default=64, metavar="PIXELS")
    parser.add_argument("--skin-tones", action="store_true")
    options = parser.parse_args()
    if not 8 <= options.size <= 136:
        parser.error(f"--size is {options.size}, but must be 8 to 136, the font's own")
    for path, package in [(FONT, "fonts-noto-color-emoji"), (TABLE, "unicode-data")]:
        if not pathlib.Path(path).exists():
            sys.exit(f"{path}: is not there: apt-get install {package}")
    if options.folder.exists() and any(options.folder.iterdir()):
        sys.exit(f"{options.folder}: is not empty: name a new folder")

    from fontTools.ttLib import TTFont
    from PIL import Image

    font = TTFont(FONT)
    points, joined, bitmaps = font.getBestCmap(), ligatures(font), font["CBDT"].strikeData[0]
    rows = []
    with open(TABLE, encoding="utf-8") as table:
        for group, sequence, name in emoji(table):
            if "skin tone" in name and not options.skin_tones:
                continue
            glyphs = tuple(points.get(point) for point in sequence if point != VARIATION_SELECTOR)
            glyph = glyphs[0] if len(glyphs) == 1 else joined.get(glyphs)
            if glyph not in bitmaps:
                continue
            bitmap = Image.open(io.BytesIO(bitmaps[glyph].imageData)).convert("RGBA")
            side = max(bitmap.size)
            image = Image.new("RGBA", (side, side), "white")
            image.alpha_composite(bitmap, ((side - bitmap.width) // 2, (side - bitmap.height) // 2))
            folder = re.sub(r"\W+", "-", group.lower()).strip("-")
            file = f"{folder}/{'-'.join(f'{point:x}' for point in sequence)}.png"
            (options.folder / folder).mkdir(parents=True, exist_ok=True)
            size = (options.size, options.size)
            image.convert("RGB").resize(size, Image.LANCZOS).save(options.folder / file)
            rows.append({"file_name": file, "text": name})
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (options.folder / "metadata.jsonl").write_text(lines, encoding="utf-8")
    print(f"{len(rows)} images in {options.folder}")


if __name__ == "__main__":
    main()
