#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "CCodecs.h"
#include "png_memory.h"

// Writes a frame's control chunk: the whole image, shown in place of the one before for a while.
static void write_frame_control(
    png_structp png, uint32_t sequence, size_t width, size_t height, unsigned milliseconds) {
  uint8_t data[26] = {0};
  png_save_uint_32(data, sequence);
  png_save_uint_32(data + 4, (uint32_t)width);
  png_save_uint_32(data + 8, (uint32_t)height);
  png_save_uint_16(data + 20, milliseconds);
  png_save_uint_16(data + 22, 1000);
  png_write_chunk(png, (png_const_bytep) "fcTL", data, sizeof data);
}

// Writes the chunks of one encoded frame: of the first all but the end, of the others the pixels, which
// take a sequence number each. `frame` is changed.
static uint32_t write_frame(
    png_structp png, uint8_t *frame, size_t count, uint32_t sequence, size_t frames, size_t width,
    size_t height, unsigned milliseconds) {
  int is_first = sequence == 0, is_controlled = 0;
  for (size_t at = 8; at + 12 <= count;) {
    size_t length = png_get_uint_32(frame + at);
    uint8_t *type = frame + at + 4, *data = frame + at + 8;
    if (memcmp(type, "IDAT", 4) == 0) {
      if (!is_controlled) {
        if (is_first) {
          uint8_t control[8] = {0};
          png_save_uint_32(control, (uint32_t)frames);
          png_write_chunk(png, (png_const_bytep) "acTL", control, sizeof control);
        }
        write_frame_control(png, sequence++, width, height, milliseconds);
        is_controlled = 1;
      }
      if (is_first) {
        png_write_chunk(png, type, data, length);
      } else {
        // In the place of the chunk's type, which has been read.
        png_save_uint_32(data - 4, sequence++);
        png_write_chunk(png, (png_const_bytep) "fdAT", data - 4, length + 4);
      }
    } else if (is_first && memcmp(type, "IEND", 4) != 0) {
      png_write_chunk(png, type, data, length);
    }
    at += 12 + length;
  }
  return sequence;
}

codec_status codec_apng_encode(
    const uint8_t *pixels, size_t frames, const uint16_t *milliseconds, size_t width, size_t height,
    size_t channels, const char *text, size_t text_pairs, uint8_t *scratch, size_t scratch_size,
    uint8_t *output, size_t capacity, size_t *written, char *message) {
  struct sink sink = {output, capacity, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
  if (png == NULL) {
    snprintf(message, CODEC_MESSAGE_SIZE, "libpng cannot start");
    return CODEC_UNSUPPORTED;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, NULL);
    return CODEC_UNSUPPORTED;
  }
  png_set_write_fn(png, &sink, write_bytes, flush_nothing);
  png_write_sig(png);
  uint32_t sequence = 0;
  for (size_t i = 0; i < frames; i++) {
    size_t size = 0;
    codec_status status = codec_png_encode(
        pixels + i * width * height * channels, width, height, channels, text,
        i == 0 ? text_pairs : 0, scratch, scratch_size, &size, message);
    if (status != CODEC_OK) {
      png_destroy_write_struct(&png, NULL);
      return status;
    }
    sequence = write_frame(
        png, scratch, size, sequence, frames, width, height, milliseconds[i]);
  }
  png_write_chunk(png, (png_const_bytep) "IEND", NULL, 0);
  png_destroy_write_struct(&png, NULL);
  *written = sink.count;
  return CODEC_OK;
}
