"""Makes the images of this folder with Pillow: files that another program wrote.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pillow && /tmp/venv/bin/python make.py
"""
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

here = Path(__file__).parent


def gradient(x, y):
    return (int(x * 16), int(y * 16), 128)


def image(mode, size, pixel):
    image = Image.new(mode, size)
    image.putdata([pixel(x, y) for y in range(size[1]) for x in range(size[0])])
    return image


# Four flat quadrants of cyan, magenta, yellow and black ink, half of it under half of black.
inks = [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 128)]
cmyk = image("CMYK", (32, 32), lambda x, y: inks[x // 16 + 2 * (y // 16)])
cmyk.save(here / "cmyk.jpg", quality=95)  # with Adobe's marker, its inks inverted

color = image("RGB", (16, 16), gradient)
color.save(here / "color.jpg", quality=95, subsampling="4:2:0")
color.save(here / "progressive.jpg", quality=95, progressive=True)

lossy = image("RGB", (32, 16), lambda x, y: gradient(x / 2, y))
lossy.save(here / "lossy.webp", quality=95)
exif = Image.Exif()
exif[274] = 6  # a quarter turn clockwise
alpha = image("RGBA", (16, 8), lambda x, y: gradient(x, y) + (255 - 10 * x,))
alpha.save(here / "alpha.webp", lossless=True, exact=True, exif=exif)
lossy.save(here / "animated.webp", save_all=True, append_images=[lossy.rotate(180)])

palette = Image.new("P", (3, 1))
palette.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
palette.putdata([0, 1, 2])
palette.save(here / "palette.png", transparency=bytes([255, 128, 0]))

text = PngInfo()
text.add_text("Title", "a caf\u00e9")  # Latin-1, so tEXt
text.add_text("Long", "gen " * 50, zip=True)  # zTXt
text.add_itxt("Prompt", "\u732b\u304c\u597d\u304d", lang="ja", tkey="p")
text.add_itxt("Packed", "\u03c0 " * 50, zip=True)
palette.save(here / "text.png", pnginfo=text)
