// The limits on an image's size, for all formats.
#ifndef CODEC_LIMITS_H
#define CODEC_LIMITS_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "codec_status.h"

// A file too short for its image: few bytes must not take the memory of 100 megapixels before it is
// seen that they end.
static inline codec_status check_share(
    uint32_t width, uint32_t height, size_t count, uint64_t least, char *message) {
  if (count >= least) return CODEC_OK;
  snprintf(
      message, CODEC_MESSAGE_SIZE, "%zu bytes, but %u x %u pixels take at least %llu", count, width,
      height, (unsigned long long)least);
  return CODEC_DAMAGED;
}

static inline codec_status check_size(uint32_t width, uint32_t height, char *message) {
  if (width > CODEC_MAX_SIDE || height > CODEC_MAX_SIDE) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "%u x %u pixels; a side may have at most %d", width, height,
        CODEC_MAX_SIDE);
    return CODEC_TOO_LARGE;
  }
  if ((uint64_t)width * height > CODEC_MAX_PIXELS) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "%u x %u pixels; an image may have at most %d megapixels",
        width, height, CODEC_MAX_PIXELS / 1000000);
    return CODEC_TOO_LARGE;
  }
  return CODEC_OK;
}

#endif
