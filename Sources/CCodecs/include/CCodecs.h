// libpng, libjpeg, libwebp and zlib behind functions that return a code and a message.
#ifndef C_CODECS_H
#define C_CODECS_H
#include "codec_status.h"
#include "inflate.h"
#include "jpeg_codec.h"
#include "png_codec.h"
#include "webp_codec.h"
#endif
