// PNG through libpng.
#ifndef PNG_CODEC_H
#define PNG_CODEC_H
#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

/// Reads the header; no pixel is decoded.
codec_status codec_png_read_header(
    const uint8_t *bytes, size_t count, struct codec_image_header *header, char *message);

/// Decodes into `pixels`, [height, width, channels] of 8 bits as the header has them. `size` is the
/// buffer's, and must be exactly that.
codec_status codec_png_decode(
    const uint8_t *bytes, size_t count, uint8_t *pixels, size_t size, char *message);

/// Enough bytes for such an image and `text_size` bytes of text in `text_pairs` pairs, encoded.
size_t codec_png_bound(
    size_t width, size_t height, size_t channels, size_t text_size, size_t text_pairs);

/// Encodes [height, width, channels] of 8 bits; 1, 3 or 4 channels. `text` holds `text_pairs` times
/// a keyword and a value in UTF-8, each ending in NUL; a value that is not ASCII becomes an iTXt
/// chunk, the others tEXt.
codec_status codec_png_encode(
    const uint8_t *pixels, size_t width, size_t height, size_t channels, const char *text,
    size_t text_pairs, uint8_t *output, size_t capacity, size_t *written, char *message);

/// Encodes `frames` such images, one behind the other, as an animation that repeats without end: an
/// APNG, whose first frame is what other readers see. `milliseconds` says how long each is shown.
/// `scratch` takes one frame, and `output` all of them with 64 bytes more for each: `codec_png_bound`.
codec_status codec_apng_encode(
    const uint8_t *pixels, size_t frames, const uint16_t *milliseconds, size_t width, size_t height,
    size_t channels, const char *text, size_t text_pairs, uint8_t *scratch, size_t scratch_size,
    uint8_t *output, size_t capacity, size_t *written, char *message);

/// The CRC-32 that a PNG chunk ends with, over its type and its data.
uint32_t codec_png_checksum(const uint8_t *bytes, size_t count);

/// Inflates the compressed text of a chunk; it must fit in the buffer.
codec_status codec_png_inflate_text(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity, size_t *written,
    char *message);

#endif
