// JPEG through libjpeg.
#ifndef JPEG_CODEC_H
#define JPEG_CODEC_H
#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

/// What libjpeg warned of. What loses pixels, such as a file cut short, is an error in any case.
struct codec_jpeg_warnings {
  /// Whether every warning is an error; set by the caller.
  int are_errors;
  /// Each warning once, with semicolons between, as far as there is room.
  char text[CODEC_MESSAGE_SIZE];
};

/// Reads the header; no pixel is decoded.
codec_status codec_jpeg_read_header(
    const uint8_t *bytes, size_t count, struct codec_image_header *header,
    struct codec_jpeg_warnings *warnings, char *message);

/// Decodes into `pixels`, [height, width, channels] of 8 bits, at 1/`reduction` of the header's
/// width and height rounded up; `reduction` is 1, 2, 4 or 8. `size` is the buffer's, and must be
/// exactly that.
codec_status codec_jpeg_decode(
    const uint8_t *bytes, size_t count, uint32_t reduction, uint8_t *pixels, size_t size,
    struct codec_jpeg_warnings *warnings, char *message);

/// Enough bytes for such an image, encoded at any quality.
size_t codec_jpeg_bound(size_t width, size_t height, size_t channels);

/// Encodes [height, width, channels] of 8 bits, 1 or 3 channels, at a quality from 1 to 100. Chroma
/// is at half resolution below 90.
codec_status codec_jpeg_encode(
    const uint8_t *pixels, size_t width, size_t height, size_t channels, int quality,
    uint8_t *output, size_t capacity, size_t *written, char *message);

#endif
