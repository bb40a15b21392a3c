#include <png.h>
#include <setjmp.h>
#include <string.h>
#include <zlib.h>

#include "CCodecs.h"
#include "codec_limits.h"
#include "png_memory.h"

struct source {
  const uint8_t *bytes;
  size_t remaining;
};

static void read_bytes(png_structp png, png_bytep output, size_t count) {
  struct source *source = png_get_io_ptr(png);
  if (count > source->remaining) png_error(png, "the file ends before the image does");
  memcpy(output, source->bytes, count);
  source->bytes += count;
  source->remaining -= count;
}

// Reads up to the pixels, past every ancillary chunk but tRNS.
static codec_status begin(
    png_structp png, png_infop info, size_t count, struct codec_image_header *header,
    char *message) {
  png_set_chunk_malloc_max(png, CODEC_MAX_PNG_CHUNK);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  // The limits are checked below, where the message can say what they are.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(png, info);
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  int color = png_get_color_type(png, info);
  int transparent =
      (color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  header->channels = transparent ? 4 : (color & PNG_COLOR_MASK_COLOR) ? 3 : 1;
  codec_status status = check_size(header->width, header->height, message);
  if (status != CODEC_OK) return status;
  uint64_t raw = (uint64_t)png_get_rowbytes(png, info) * header->height;
  return check_share(header->width, header->height, count, raw / CODEC_MAX_INFLATION, message);
}

static codec_status decode_rows(
    png_structp png, png_infop info, const struct codec_image_header *header, uint8_t *pixels,
    size_t size, char *message) {
  png_set_expand(png);    // palettes, tRNS and 1, 2 or 4 bits, to 8 bits a channel
  png_set_scale_16(png);  // v * 255 / 65535, rounded
  if (header->channels == 4) png_set_gray_to_rgb(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t row_size = (size_t)header->width * header->channels;
  if (png_get_rowbytes(png, info) != row_size || size != row_size * header->height) {
    snprintf(message, CODEC_MESSAGE_SIZE, "the buffer has not the image's size");
    return CODEC_UNSUPPORTED;
  }
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < header->height; y++)
      png_read_row(png, pixels + row_size * y, NULL);
  return CODEC_OK;  // what follows the last row is left unread
}

// Reads the header and, where there are `pixels`, decodes them.
static codec_status read_png(
    const uint8_t *bytes, size_t count, struct codec_image_header *header, uint8_t *pixels,
    size_t size, char *message) {
  struct source source = {bytes, count};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  if (info == NULL) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(message, CODEC_MESSAGE_SIZE, "libpng cannot start");
    return CODEC_UNSUPPORTED;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_read_struct(&png, &info, NULL);
    return CODEC_DAMAGED;
  }
  png_set_read_fn(png, &source, read_bytes);
  codec_status status = begin(png, info, count, header, message);
  if (status == CODEC_OK && pixels != NULL)
    status = decode_rows(png, info, header, pixels, size, message);
  png_destroy_read_struct(&png, &info, NULL);
  return status;
}

codec_status codec_png_read_header(
    const uint8_t *bytes, size_t count, struct codec_image_header *header, char *message) {
  return read_png(bytes, count, header, NULL, 0, message);
}

codec_status codec_png_decode(
    const uint8_t *bytes, size_t count, uint8_t *pixels, size_t size, char *message) {
  struct codec_image_header header;
  return read_png(bytes, count, &header, pixels, size, message);
}

size_t codec_png_bound(
    size_t width, size_t height, size_t channels, size_t text_size, size_t text_pairs) {
  size_t filtered = (width * channels + 1) * height;
  // zlib's deflateBound for any window, then 12 bytes around every IDAT of at most 8192.
  size_t deflated = filtered + filtered / 8 + filtered / 64 + 64;
  return deflated + 12 * (deflated / 8192 + 1) + text_size + 32 * text_pairs + 1024;
}

static void set_text(png_structp png, png_infop info, const char *text, size_t pairs) {
  for (size_t i = 0; i < pairs; i++) {
    const char *key = text, *value = key + strlen(key) + 1;
    size_t length = strlen(value);
    int ascii = 1;
    for (size_t j = 0; j < length; j++) ascii &= (uint8_t)value[j] < 0x80;
    png_text entry = {
        .compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
        .key = (char *)key,
        .text = (char *)value,
        .text_length = ascii ? length : 0,
        .itxt_length = ascii ? 0 : length,
        .lang = "",
        .lang_key = "",
    };
    png_set_text(png, info, &entry, 1);
    text = value + length + 1;
  }
}

codec_status codec_png_encode(
    const uint8_t *pixels, size_t width, size_t height, size_t channels, const char *text,
    size_t text_pairs, uint8_t *output, size_t capacity, size_t *written, char *message) {
  if (width > PNG_UINT_31_MAX || height > PNG_UINT_31_MAX) {
    snprintf(message, CODEC_MESSAGE_SIZE, "%zu x %zu pixels is more than PNG holds", width, height);
    return CODEC_UNSUPPORTED;
  }
  struct sink sink = {output, capacity, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  if (info == NULL) {
    png_destroy_write_struct(&png, NULL);
    snprintf(message, CODEC_MESSAGE_SIZE, "libpng cannot start");
    return CODEC_UNSUPPORTED;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, &info);
    return CODEC_UNSUPPORTED;
  }
  png_set_write_fn(png, &sink, write_bytes, flush_nothing);
  int color = channels == 1   ? PNG_COLOR_TYPE_GRAY
              : channels == 3 ? PNG_COLOR_TYPE_RGB
                              : PNG_COLOR_TYPE_RGB_ALPHA;
  png_set_IHDR(
      png, info, (uint32_t)width, (uint32_t)height, 8, color, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  set_text(png, info, text, text_pairs);
  png_write_info(png, info);
  for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * width * channels);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  *written = sink.count;
  return CODEC_OK;
}

uint32_t codec_png_checksum(const uint8_t *bytes, size_t count) {
  return (uint32_t)crc32_z(0, bytes, count);
}

codec_status codec_png_inflate_text(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity, size_t *written,
    char *message) {
  uLongf length = capacity;
  switch (uncompress(output, &length, bytes, count)) {
    case Z_OK:
      *written = length;
      return CODEC_OK;
    case Z_BUF_ERROR:
      snprintf(message, CODEC_MESSAGE_SIZE, "compressed text is over %zu bytes, or cut", capacity);
      return CODEC_TOO_LARGE;
    default:
      snprintf(message, CODEC_MESSAGE_SIZE, "compressed text does not decompress");
      return CODEC_DAMAGED;
  }
}
