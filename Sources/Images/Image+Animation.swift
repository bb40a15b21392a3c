import CCodecs

extension Image {
  /// Images of one size as an animated PNG's bytes; it repeats without end, and what knows no
  /// animations shows the first. [PNG specification, third edition, 11.3.4]
  ///
  /// - Parameters:
  ///   - frames: with one size and as many channels.
  ///   - delay: how long each is shown, in seconds.
  ///   - finalDelay: how long the last is shown; nil as long as the others.
  ///   - text: as of ``pngData(text:)``.
  /// - Throws: ``ImageError`` for no images or such of several sizes, a delay of more than a minute,
  ///   or text that PNG does not allow.
  public static func animatedPNGData(
    _ frames: [Image], delay: Double, finalDelay: Double? = nil,
    text: [(key: String, value: String)] = []
  ) throws(ImageError) -> [UInt8] {
    let name = "animated PNG"
    guard let first = frames.first, !first.pixels.isEmpty else {
      throw ImageError(.unsupported, name, "no images")
    }
    let (width, height, channels) = (first.width, first.height, first.channels)
    for frame in frames
    where frame.width != width || frame.height != height || frame.channels != channels {
      throw ImageError(
        .unsupported, name,
        "images of \(width)x\(height)x\(channels) and "
          + "\(frame.width)x\(frame.height)x\(frame.channels)")
    }
    let delays = frames.indices.map { $0 == frames.count - 1 ? finalDelay ?? delay : delay }
    guard delays.allSatisfy({ (0...60).contains($0) }) else {
      throw ImageError(
        .unsupported, name, "a delay of \(delays.max() ?? 0) s; it goes from 0 to 60")
    }
    let milliseconds = delays.map { UInt16(($0 * 1000).rounded()) }
    let packed = try PNGText.packed(text, name: name)
    let frameCapacity = codec_png_bound(width, height, channels, packed.count, text.count)
    // Each chunk of a later frame has a sequence number more.
    let capacity = frames.count * (frameCapacity + frameCapacity / 1024 + 64)
    let pixels = frames.flatMap(\.pixels)
    var scratch = [UInt8](repeating: 0, count: frameCapacity)
    return try Codec.output(name, capacity: capacity) { output, written, message in
      packed.withUnsafeBytes { packed in
        codec_apng_encode(
          pixels, frames.count, milliseconds, width, height, channels,
          packed.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, &scratch,
          frameCapacity, output, capacity, &written, message)
      }
    }
  }
}
