#include "inflate.h"

#include <limits.h>
#include <stdio.h>
#include <zlib.h>

// The counters of zlib have 32 bits, ours 64: both ends are handed over piece by piece.
static uInt piece(size_t remaining) { return remaining < UINT_MAX ? (uInt)remaining : UINT_MAX; }

// Every call of zlib is in here. `ended` says that the stream did, with no more than fits. What is left
// of the input and of the output's room comes back in `count` and `capacity`.
static codec_status inflate_gzip(
    const uint8_t *bytes, size_t *count, uint8_t *output, size_t *capacity, int *ended,
    char *message) {
  z_stream stream = {0};
  *ended = 0;
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) {
    snprintf(message, CODEC_MESSAGE_SIZE, "zlib cannot start: no memory");
    return CODEC_UNSUPPORTED;
  }
  // zlib asks for a place to write even where nothing is to come but the end of the stream.
  uint8_t surplus;
  size_t remaining = *count, room = *capacity;
  int code = Z_OK, overfull = 0;
  while (code == Z_OK && !overfull) {
    uInt given = piece(remaining), free = room > 0 ? piece(room) : 1;
    stream.next_in = (Bytef *)bytes + (*count - remaining);
    stream.avail_in = given;
    stream.next_out = room > 0 ? output + (*capacity - room) : &surplus;
    stream.avail_out = free;
    code = inflate(&stream, Z_NO_FLUSH);
    remaining -= given - stream.avail_in;
    if (room > 0)
      room -= free - stream.avail_out;
    else
      overfull = stream.avail_out == 0;
  }
  codec_status status = CODEC_OK;
  if (code == Z_STREAM_END) {
    *ended = !overfull;
  } else if (code == Z_BUF_ERROR) {
    snprintf(message, CODEC_MESSAGE_SIZE, "the file ends before its compressed content does");
    status = CODEC_DAMAGED;
  } else if (code != Z_OK) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "damaged compressed content: %s",
        stream.msg ? stream.msg : zError(code));
    status = CODEC_DAMAGED;
  }
  *count = remaining;
  *capacity = room;
  inflateEnd(&stream);
  return status;
}

codec_status codec_gzip_inflate_prefix(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity, size_t *written,
    char *message) {
  int ended;
  size_t room = capacity;
  codec_status status = inflate_gzip(bytes, &count, output, &room, &ended, message);
  *written = capacity - room;
  // What is wrong after the prefix is for the reader of the whole.
  return room == 0 ? CODEC_OK : status;
}

codec_status codec_gzip_inflate(
    const uint8_t *bytes, size_t count, uint8_t *output, size_t size, char *message) {
  int ended;
  size_t remaining = count, room = size;
  codec_status status = inflate_gzip(bytes, &remaining, output, &room, &ended, message);
  if (status != CODEC_OK) return status;
  if (!ended) {
    snprintf(message, CODEC_MESSAGE_SIZE, "more than the %zu bytes that its header declares", size);
    return CODEC_DAMAGED;
  }
  if (room > 0) {
    snprintf(
        message, CODEC_MESSAGE_SIZE, "%zu bytes instead of the %zu that its header declares",
        size - room, size);
    return CODEC_DAMAGED;
  }
  if (remaining > 0) {
    snprintf(message, CODEC_MESSAGE_SIZE, "%zu bytes follow the compressed content", remaining);
    return CODEC_DAMAGED;
  }
  return CODEC_OK;
}
