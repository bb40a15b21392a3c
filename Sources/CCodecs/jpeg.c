#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "CCodecs.h"
#include "codec_limits.h"
#include "jpeg_warnings.h"

static void on_progress(j_common_ptr codec) {
  struct failure *failure = (struct failure *)codec->err;
  if (((j_decompress_ptr)codec)->input_scan_number <= CODEC_MAX_JPEG_SCANS) return;
  codec->err->msg_code = JERR_OUT_OF_MEMORY;
  snprintf(
      failure->message, CODEC_MESSAGE_SIZE, "more than %d scans; save it with fewer",
      CODEC_MAX_JPEG_SCANS);
  longjmp(failure->jump, 1);
}

// How many scans there are: libjpeg reads all of a progressive file before the first row, so it would be
// late to count them then.
static int count_scans(const uint8_t *bytes, size_t count) {
  int scans = 0;
  for (size_t at = 2; at + 3 < count;) {
    if (!is_marker(bytes, at)) {
      at++;
      continue;
    }
    if (bytes[at + 1] == 0xD9) break;
    scans += bytes[at + 1] == 0xDA;
    at = after_marker(bytes, at);
  }
  return scans;
}

static codec_status begin(
    j_decompress_ptr codec, const uint8_t *bytes, size_t count, struct codec_image_header *header,
    char *message) {
  codec->mem->max_memory_to_use = CODEC_MAX_JPEG_MEMORY;
  jpeg_read_header(codec, TRUE);
  header->width = codec->image_width;
  header->height = codec->image_height;
  switch (codec->jpeg_color_space) {
    case JCS_GRAYSCALE:
      codec->out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_YCbCr:
    case JCS_RGB:
      codec->out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      codec->out_color_space = JCS_CMYK;
      break;
    default:
      snprintf(
          message, CODEC_MESSAGE_SIZE,
          "%d components of no known meaning; grey, color and CMYK are read",
          codec->num_components);
      return CODEC_UNSUPPORTED;
  }
  header->channels = codec->out_color_space == JCS_GRAYSCALE ? 1 : 3;
  codec_status status = check_size(header->width, header->height, message);
  if (status != CODEC_OK) return status;
  if (codec->arith_code) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "arithmetic coding, which few programs read; save it without");
    return CODEC_UNSUPPORTED;
  }
  if (count_scans(bytes, count) > CODEC_MAX_JPEG_SCANS) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "more than %d scans; save it with fewer",
        CODEC_MAX_JPEG_SCANS);
    return CODEC_TOO_LARGE;
  }
  uint64_t blocks = 0;  // of 8 x 8 samples, each of which has a bit at least
  for (int i = 0; i < codec->num_components; i++)
    blocks += (uint64_t)codec->comp_info[i].width_in_blocks * codec->comp_info[i].height_in_blocks;
  return check_share(header->width, header->height, count, blocks / 8, message);
}

// Inks to red, green and blue as without a color profile. Adobe's programs store ink inverted: 255
// is none. Others store it as the standard says.
static void convert_inks(const uint8_t *inks, uint32_t width, int inverted, uint8_t *row) {
  uint32_t flip = inverted ? 0 : 255;
  for (uint32_t x = 0; x < width; x++, inks += 4, row += 3)
    for (int c = 0; c < 3; c++)
      row[c] = (uint8_t)(((inks[c] ^ flip) * (inks[3] ^ flip) + 127) / 255);
}

static codec_status decode_rows(
    j_decompress_ptr codec, uint32_t reduction, uint8_t *pixels, size_t size, char *message) {
  codec->scale_num = 1;
  codec->scale_denom = reduction;
  jpeg_calc_output_dimensions(codec);
  int is_cmyk = codec->out_color_space == JCS_CMYK;
  size_t row_size = (size_t)codec->output_width * (is_cmyk ? 3 : codec->out_color_components);
  if (size != row_size * codec->output_height) {
    snprintf(message, CODEC_MESSAGE_SIZE, "the buffer has not the image's size");
    return CODEC_UNSUPPORTED;
  }
  jpeg_start_decompress(codec);
  JSAMPARRAY inks = NULL;
  if (is_cmyk)
    inks = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, codec->output_width * 4, 1);
  while (codec->output_scanline < codec->output_height) {
    uint8_t *row = pixels + row_size * codec->output_scanline;
    jpeg_read_scanlines(codec, is_cmyk ? inks : &row, 1);
    if (is_cmyk) convert_inks(inks[0], codec->output_width, codec->saw_Adobe_marker, row);
  }
  return CODEC_OK;  // what follows the last row is left unread
}

// Reads the header and, where there are `pixels`, decodes them.
static codec_status read_jpeg(
    const uint8_t *bytes, size_t count, struct codec_image_header *header, uint32_t reduction,
    uint8_t *pixels, size_t size, struct codec_jpeg_warnings *warnings, char *message) {
  struct failure failure;
  struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
  struct jpeg_decompress_struct codec;
  memset(&codec, 0, sizeof codec);  // so that it can be destroyed before it is created
  codec.err = prepare(&failure, bytes, warnings, message);
  if (setjmp(failure.jump) != 0) {
    int no_memory = failure.manager.msg_code == JERR_OUT_OF_MEMORY ||
                    failure.manager.msg_code == JERR_NO_BACKING_STORE;
    jpeg_destroy_decompress(&codec);
    return no_memory ? CODEC_TOO_LARGE : CODEC_DAMAGED;
  }
  jpeg_create_decompress(&codec);
  codec.progress = &progress;
  jpeg_mem_src(&codec, bytes, count);
  codec_status status = begin(&codec, bytes, count, header, message);
  if (status == CODEC_OK && pixels != NULL)
    status = decode_rows(&codec, reduction, pixels, size, message);
  jpeg_destroy_decompress(&codec);
  return status;
}

codec_status codec_jpeg_read_header(
    const uint8_t *bytes, size_t count, struct codec_image_header *header,
    struct codec_jpeg_warnings *warnings, char *message) {
  return read_jpeg(bytes, count, header, 1, NULL, 0, warnings, message);
}

codec_status codec_jpeg_decode(
    const uint8_t *bytes, size_t count, uint32_t reduction, uint8_t *pixels, size_t size,
    struct codec_jpeg_warnings *warnings, char *message) {
  struct codec_image_header header;
  return read_jpeg(bytes, count, &header, reduction, pixels, size, warnings, message);
}

size_t codec_jpeg_bound(size_t width, size_t height, size_t channels) {
  // libjpeg-turbo's own bound: two bytes a sample of whole 16 x 16 blocks, and the tables.
  size_t blocks = ((width + 15) / 16) * ((height + 15) / 16);
  return blocks * 256 * 2 * channels + 2048;
}

// A destination that is one buffer of the caller's.

static void begin_output(j_compress_ptr codec) { (void)codec; }

static boolean output_is_full(j_compress_ptr codec) {
  ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  return FALSE;
}

static void end_output(j_compress_ptr codec) { (void)codec; }

codec_status codec_jpeg_encode(
    const uint8_t *pixels, size_t width, size_t height, size_t channels, int quality,
    uint8_t *output, size_t capacity, size_t *written, char *message) {
  if (width > JPEG_MAX_DIMENSION || height > JPEG_MAX_DIMENSION) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "%zu x %zu pixels; JPEG holds at most %ld a side", width,
        height, JPEG_MAX_DIMENSION);
    return CODEC_UNSUPPORTED;
  }
  struct failure failure;
  struct jpeg_destination_mgr destination = {
      .next_output_byte = output,
      .free_in_buffer = capacity,
      .init_destination = begin_output,
      .empty_output_buffer = output_is_full,
      .term_destination = end_output,
  };
  struct jpeg_compress_struct codec;
  memset(&codec, 0, sizeof codec);  // so that it can be destroyed before it is created
  codec.err = prepare(&failure, NULL, NULL, message);
  if (setjmp(failure.jump) != 0) {
    jpeg_destroy_compress(&codec);
    return CODEC_UNSUPPORTED;
  }
  jpeg_create_compress(&codec);
  codec.dest = &destination;
  codec.image_width = (JDIMENSION)width;
  codec.image_height = (JDIMENSION)height;
  codec.input_components = (int)channels;
  codec.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  codec.optimize_coding = TRUE;
  if (quality >= 90) codec.comp_info[0].h_samp_factor = codec.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + codec.next_scanline * width * channels);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  *written = capacity - destination.free_in_buffer;
  return CODEC_OK;
}
