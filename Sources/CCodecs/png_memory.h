// What libpng calls back: with an error, and with what it has written, which goes to memory.
#ifndef PNG_MEMORY_H
#define PNG_MEMORY_H
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "codec_status.h"

// libpng calls these from within the one function that holds setjmp and the clean-up.

static inline void on_error(png_structp png, png_const_charp text) {
  snprintf(png_get_error_ptr(png), CODEC_MESSAGE_SIZE, "%s", text);
  png_longjmp(png, 1);
}

static inline void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

struct sink {
  uint8_t *bytes;
  size_t capacity;
  size_t count;
};

static inline void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  struct sink *sink = png_get_io_ptr(png);
  if (count > sink->capacity - sink->count) png_error(png, "the buffer is too small");
  memcpy(sink->bytes + sink->count, bytes, count);
  sink->count += count;
}

static inline void flush_nothing(png_structp png) { (void)png; }

#endif
