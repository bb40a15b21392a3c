import CCodecs
import Files

extension Image {
  /// The image as a PNG file's bytes.
  ///
  /// - Parameter text: what else the file says, such as how the image was made; ``PNGText`` reads
  ///   it back. A keyword is 1 to 79 characters of ASCII; a value that is not ASCII is kept in UTF-8.
  /// - Throws: ``ImageError`` for an image without pixels, a keyword that PNG does not allow, or a
  ///   value with a zero character.
  public func pngData(text: [(key: String, value: String)] = []) throws(ImageError) -> [UInt8] {
    try pngData(text: text, name: "PNG")
  }

  /// The image as a JPEG file's bytes: what is transparent is laid over white.
  ///
  /// - Parameter quality: from 1 to 100, as libjpeg counts it. From 90 on, color has the resolution
  ///   of brightness; below, half of it.
  /// - Throws: ``ImageError`` for an image without pixels or with more than 65,500 to a side, or a
  ///   quality out of range.
  public func jpegData(quality: Int = 90) throws(ImageError) -> [UInt8] {
    try jpegData(quality: quality, name: "JPEG")
  }

  /// Writes the image in the format that the path's extension asks for: `.png`, `.jpg`, `.jpeg`.
  ///
  /// - Parameters:
  ///   - text: for a PNG; a JPEG holds none.
  ///   - quality: for a JPEG.
  /// - Throws: ``ImageError``.
  public func write(
    to path: String, text: [(key: String, value: String)] = [], quality: Int = 90
  ) throws(ImageError) {
    let bytes: [UInt8]
    switch ImageFormat(extensionOf: path) {
    case .png: bytes = try pngData(text: text, name: path)
    case .jpeg: bytes = try jpegData(quality: quality, name: path)
    case .webp, nil:
      throw ImageError(.unsupported, path, "the name must end in .png, .jpg or .jpeg")
    }
    do { try Output(path).write(bytes) } catch {
      throw ImageError(.unwritable, path, (error as? FileError)?.message ?? "\(error)")
    }
  }

  private func pngData(
    text: [(key: String, value: String)], name: String
  ) throws(ImageError) -> [UInt8] {
    try requirePixels(name)
    let packed = try PNGText.packed(text, name: name)
    let capacity = codec_png_bound(width, height, channels, packed.count, text.count)
    return try Codec.output(name, capacity: capacity) { output, written, message in
      packed.withUnsafeBytes { packed in
        codec_png_encode(
          pixels, width, height, channels, packed.baseAddress?.assumingMemoryBound(to: CChar.self),
          text.count, output, capacity, &written, message)
      }
    }
  }

  private func jpegData(quality: Int, name: String) throws(ImageError) -> [UInt8] {
    try requirePixels(name)
    guard (1...100).contains(quality) else {
      throw ImageError(.unsupported, name, "quality \(quality); it goes from 1 to 100")
    }
    let opaque = channels == 4 ? converted(toChannels: 3) : self
    let capacity = codec_jpeg_bound(width, height, opaque.channels)
    return try Codec.output(name, capacity: capacity) { output, written, message in
      codec_jpeg_encode(
        opaque.pixels, width, height, opaque.channels, Int32(quality), output, capacity, &written,
        message)
    }
  }

  private func requirePixels(_ name: String) throws(ImageError) {
    guard !pixels.isEmpty else {
      throw ImageError(.unsupported, name, "\(width) x \(height) pixels; a file must have some")
    }
  }
}
