// What libjpeg calls back: with an error, and with a warning, which may be one.
#ifndef JPEG_WARNINGS_H
#define JPEG_WARNINGS_H
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "jpeg_codec.h"

// libjpeg calls these from within the one function that holds setjmp and the clean-up.

struct failure {
  struct jpeg_error_mgr manager;  // first, so that libjpeg's pointer is ours too
  jmp_buf jump;
  char *message;
  const uint8_t *bytes;                  // the file that is read
  size_t walked;                         // how far its segments were looked at, at least 2
  uint8_t last;                          // the last of their markers but for restarts
  struct codec_jpeg_warnings *warnings;  // NULL where each is an error
};

static inline void on_error(j_common_ptr codec) {
  struct failure *failure = (struct failure *)codec->err;
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  snprintf(failure->message, CODEC_MESSAGE_SIZE, "%s", text);
  longjmp(failure->jump, 1);
}

// Goes on behind the marker at `at`, which is no pixels' byte: past its segment, if it has one.
static inline size_t after_marker(const uint8_t *bytes, size_t at) {
  uint8_t type = bytes[at + 1];
  int is_alone = type == 0x01 || (type >= 0xD0 && type <= 0xD9);
  return is_alone ? at + 2 : at + 2 + ((size_t)bytes[at + 2] << 8 | bytes[at + 3]);
}

// Whether a marker is at `at`. Pixels' bytes of 255 have a zero behind them; before a marker, any number
// of 255 may stand.
static inline int is_marker(const uint8_t *bytes, size_t at) {
  return bytes[at] == 0xFF && bytes[at + 1] != 0xFF && bytes[at + 1] != 0;
}

// Bytes that libjpeg passed over on its way to a marker. Between segments they are nothing's. Behind a
// scan they may be what is left of codes that were misread, so that only padding is taken for nothing:
// a value that is repeated, or one zero. Before a restart's marker, they are within a scan.
static inline int are_of_a_scan(j_decompress_ptr codec) {
  struct failure *failure = (struct failure *)codec->err;
  const uint8_t *bytes = failure->bytes;
  int count = codec->err->msg_parm.i[0], marker = codec->err->msg_parm.i[1];
  if (marker >= 0xD0 && marker <= 0xD7) return 1;
  size_t end = (size_t)(codec->src->next_input_byte - bytes);
  if (count < 1 || (size_t)count > end) return 1;
  size_t start = end - (size_t)count;
  while (failure->walked + 3 < start) {
    size_t at = failure->walked;
    int is_one = is_marker(bytes, at);
    if (is_one && (bytes[at + 1] < 0xD0 || bytes[at + 1] > 0xD7)) failure->last = bytes[at + 1];
    failure->walked = is_one ? after_marker(bytes, at) : at + 1;
  }
  if (failure->last != 0xDA) return 0;
  for (size_t at = start + 1; at < end; at++)
    if (bytes[at] != bytes[start]) return 1;
  return count == 1 && bytes[start] != 0;
}

// Whether libjpeg, where it would go on after this warning, fills pixels with what is not in the file.
static inline int loses_pixels(j_common_ptr codec) {
  switch (codec->err->msg_code) {
    case JWRN_JPEG_EOF:       // the file is cut: grey from there on
    case JWRN_HIT_MARKER:     // a scan is: zeros in place of its codes
    case JWRN_HUFF_BAD_CODE:  // no such code: a zero, and what follows is misread
    case JWRN_MUST_RESYNC:    // another restart than is due: a part is missing, or there twice
      return 1;
    case JWRN_EXTRANEOUS_DATA:
      return !codec->is_decompressor || are_of_a_scan((j_decompress_ptr)codec);
    case JWRN_ADOBE_XFORM:        // a color transform to come: read as YCbCr, or YCCK
    case JWRN_JFIF_MAJOR:         // a version to come: what is used of the segment is the same
    case JWRN_NOT_SEQUENTIAL:     // numbers that a sequential scan has no use for
    case JWRN_BOGUS_PROGRESSION:  // bits that come early or again: each scan is decoded as it says
      return 0;
    default:
      // What cannot come here: JWRN_ARITH_BAD_CODE, as arithmetic coding is refused; JWRN_BOGUS_ICC, as
      // no color profile is asked for; JWRN_TOO_MUCH_DATA, of more rows than there are. And what later
      // versions may warn of.
      return 1;
  }
}

// Adds a warning to the others, unless it is there already.
static inline void note(j_common_ptr codec, char *warnings) {
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  if (strstr(warnings, text) != NULL) return;
  size_t used = strlen(warnings);
  snprintf(
      warnings + used, CODEC_MESSAGE_SIZE - used, "%s%s", used > 0 ? "; " : "", text);
}

// A negative level is a warning.
static inline void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  struct failure *failure = (struct failure *)codec->err;
  if (failure->warnings == NULL || failure->warnings->are_errors || loses_pixels(codec))
    on_error(codec);
  note(codec, failure->warnings->text);
}

static inline struct jpeg_error_mgr *prepare(
    struct failure *failure, const uint8_t *bytes, struct codec_jpeg_warnings *warnings,
    char *message) {
  jpeg_std_error(&failure->manager);
  failure->manager.error_exit = on_error;
  failure->manager.emit_message = on_message;
  failure->message = message;
  failure->bytes = bytes;
  failure->walked = 2;
  failure->last = 0;
  failure->warnings = warnings;
  return &failure->manager;
}

#endif
