#include <webp/decode.h>

#include "CCodecs.h"
#include "codec_limits.h"

static codec_status failed(VP8StatusCode code, char *message) {
  const char *text = "the data is damaged";
  codec_status status = CODEC_DAMAGED;
  switch (code) {
    case VP8_STATUS_OK: return CODEC_OK;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: text = "the file ends before the image does"; break;
    case VP8_STATUS_OUT_OF_MEMORY:
      text = "there is not enough memory for its pixels";
      status = CODEC_TOO_LARGE;
      break;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      text = "a kind of WebP that libwebp does not read";
      status = CODEC_UNSUPPORTED;
      break;
    default: break;
  }
  snprintf(message, CODEC_MESSAGE_SIZE, "%s", text);
  return status;
}

codec_status codec_webp_read_header(
    const uint8_t *bytes, size_t count, struct codec_image_header *header, char *message) {
  WebPBitstreamFeatures features;
  codec_status status = failed(WebPGetFeatures(bytes, count, &features), message);
  if (status != CODEC_OK) return status;
  if (features.has_animation) {
    snprintf(message, CODEC_MESSAGE_SIZE, "an animated WebP; of WebPs, only single images are read");
    return CODEC_UNSUPPORTED;
  }
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  header->channels = features.has_alpha ? 4 : 3;
  return check_size(header->width, header->height, message);
}

codec_status codec_webp_decode(
    const uint8_t *bytes, size_t count, uint8_t *pixels, size_t size, char *message) {
  struct codec_image_header header;
  codec_status status = codec_webp_read_header(bytes, count, &header, message);
  if (status != CODEC_OK) return status;
  size_t row_size = (size_t)header.width * header.channels;
  WebPDecoderConfig config;
  if (size != row_size * header.height || !WebPInitDecoderConfig(&config)) {
    snprintf(message, CODEC_MESSAGE_SIZE, "the buffer has not the image's size");
    return CODEC_UNSUPPORTED;
  }
  config.output.colorspace = header.channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)row_size;
  config.output.u.RGBA.size = size;
  status = failed(WebPDecode(bytes, count, &config), message);
  WebPFreeDecBuffer(&config.output);
  return status;
}
