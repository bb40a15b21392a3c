// gzip through zlib.
#ifndef INFLATE_H
#define INFLATE_H
#include <stddef.h>
#include <stdint.h>

#include "codec_status.h"

/// Inflates the start of a gzip file, at most `capacity` bytes; fewer where the file has no more.
codec_status codec_gzip_inflate_prefix(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity, size_t *written,
    char *message);

/// Inflates a whole gzip file, whose content must have exactly `size` bytes and the checksum that
/// the file ends with; nothing may follow.
codec_status codec_gzip_inflate(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t size, char *message);

#endif
