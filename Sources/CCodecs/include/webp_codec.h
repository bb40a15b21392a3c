// WebP through libwebp, which reads no animations here.
#ifndef WEBP_CODEC_H
#define WEBP_CODEC_H
#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

/// Reads the header; no pixel is decoded.
codec_status codec_webp_read_header(
    const uint8_t *bytes, size_t count, struct codec_image_header *header, char *message);

/// Decodes into `pixels`, [height, width, channels] of 8 bits as the header has them. `size` is the
/// buffer's, and must be exactly that.
codec_status codec_webp_decode(
    const uint8_t *bytes, size_t count, uint8_t *pixels, size_t size, char *message);

#endif
