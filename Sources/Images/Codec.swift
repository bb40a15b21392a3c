import CCodecs

/// Calls of the C codecs: a code and a message become an error with the file's name.
package enum Codec {
  /// Runs one codec function, which leaves a message where it fails.
  static func call(
    _ name: String, _ function: (UnsafeMutablePointer<CChar>) -> codec_status
  ) throws(ImageError) {
    var status = CODEC_OK
    var problem = ""
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CODEC_MESSAGE_SIZE)) { message in
      message.initialize(repeating: 0)
      guard let start = message.baseAddress else { return }
      status = function(start)
      problem = String(cString: start)
    }
    switch status {
    case CODEC_OK: return
    case CODEC_TOO_LARGE: throw ImageError(.tooLarge, name, problem)
    case CODEC_UNSUPPORTED: throw ImageError(.unsupported, name, problem)
    default: throw ImageError(.damaged, name, problem)
    }
  }

  /// Exactly `count` samples that a codec function writes into a buffer.
  package static func samples(
    _ name: String, count: Int,
    _ function: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<CChar>) -> codec_status
  ) throws(ImageError) -> [UInt8] {
    try output(name, capacity: count) { buffer, written, message in
      written = count
      return function(buffer, message)
    }
  }

  /// The bytes that a codec function writes into a buffer of `capacity`.
  package static func output(
    _ name: String, capacity: Int,
    _ function: (UnsafeMutablePointer<UInt8>, inout Int, UnsafeMutablePointer<CChar>)
      -> codec_status
  ) throws(ImageError) -> [UInt8] {
    var failure: ImageError?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(capacity, 1)) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      do throws(ImageError) {
        var written = 0
        try call(name) { message in function(start, &written, message) }
        count = written
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
