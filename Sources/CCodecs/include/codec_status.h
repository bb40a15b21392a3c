// What every codec function returns, and the limits on files from strangers.
//
// The rules of this folder: setjmp, every library call and the clean-up stay inside one C function
// (a longjmp must never cross a Swift frame); buffers come from the caller; nothing calls back.
#ifndef CODEC_STATUS_H
#define CODEC_STATUS_H
#include <stdint.h>

/// How a codec function ended. All but `CODEC_OK` come with a message.
typedef enum codec_status {
  CODEC_OK = 0,
  /// The bytes are not what the format asks for: cut short, or changed.
  CODEC_DAMAGED = 1,
  /// A valid image may be, but over a limit below.
  CODEC_TOO_LARGE = 2,
  /// A kind of image that is not read or written here.
  CODEC_UNSUPPORTED = 3,
} codec_status;

/// What a file says of its image before the pixels, as stored: no orientation applied.
struct codec_image_header {
  uint32_t width;
  uint32_t height;
  /// Channels once decoded: 1 (grey), 3 (color) or, of a PNG or WebP with any transparency, 4.
  uint32_t channels;
};

/// How many bytes a caller's message buffer must have.
#define CODEC_MESSAGE_SIZE 256

/// A file: 64 MiB.
#define CODEC_MAX_FILE_SIZE 67108864
/// An image: 100 megapixels (phones make 50).
#define CODEC_MAX_PIXELS 100000000
/// An image's width or height.
#define CODEC_MAX_SIDE 32768
/// What a deflate stream, and so a PNG's pixels, can grow to: 1032 times its size.
#define CODEC_MAX_INFLATION 1032
/// A PNG chunk other than pixels: 1 MB.
#define CODEC_MAX_PNG_CHUNK 1000000
/// The scans of a JPEG; each costs a pass over all coefficients.
#define CODEC_MAX_JPEG_SCANS 100
/// What libjpeg may hold: the coefficients of a progressive image of 100 megapixels.
#define CODEC_MAX_JPEG_MEMORY 671088640

#endif
