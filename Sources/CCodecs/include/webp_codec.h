// WebP through libwebp, which reads no animations here.
#ifndef WEBP_CODEC_H
#define WEBP_CODEC_H
#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

/// What a WebP says of its image before the pixels, as stored: no orientation applied.
struct codec_webp_header {
  uint32_t width;
  uint32_t height;
  /// Channels once decoded: 3 or, with any transparency, 4.
  uint32_t channels;
};

/// Reads the header; no pixel is decoded.
codec_status codec_webp_read_header(
    const uint8_t *bytes, size_t count, struct codec_webp_header *header, char *message);

/// Decodes into `pixels`, [height, width, channels] of 8 bits as the header has them. `size` is the
/// buffer's, and must be exactly that.
codec_status codec_webp_decode(
    const uint8_t *bytes, size_t count, uint8_t *pixels, size_t size, char *message);

#endif
