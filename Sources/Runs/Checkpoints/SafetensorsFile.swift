import Compute
import Files

/// A safetensors file that is open for reading: everything about its tensors has been checked, their
/// elements are read when asked for.
public final class SafetensorsFile: Sendable {
  /// The tensors in the order of their bytes.
  public let entries: [SafetensorsEntry]
  /// Free text by key.
  public let metadata: [String: String]
  private let file: InputFile
  private let dataStart: Int
  private let places: [String: Int]

  /// Where it was opened.
  public var path: String { file.path }

  /// Opens the file and checks its header.
  /// - Throws: `FileError`: missing where there is none, and bad data where the file breaks a rule
  ///   of the format, has a header of more than 16 MiB, more than 65,536 tensors or more than 8
  ///   dimensions.
  public convenience init(_ path: String) throws(FileError) { try self.init(InputFile(path)) }

  /// Checks the header of a file that is open.
  /// - Throws: `FileError`, as for a path.
  public init(_ file: InputFile) throws(FileError) {
    let path = file.path
    guard file.size >= 8 else {
      throw FileError(.badData, path, "is no safetensors file: it has only \(file.size) bytes")
    }
    let length = try file.read(at: 0, count: 8).reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    guard length <= SafetensorsHeader.maximumSize else {
      throw FileError(
        .badData, path,
        "is no safetensors file, or has a header of \(length) bytes; "
          + "at most \(SafetensorsHeader.maximumSize) are read")
    }
    dataStart = 8 + Int(length)
    guard dataStart <= file.size else {
      throw FileError(
        .badData, path, "is cut short: the header alone ends at byte \(dataStart) of \(file.size)")
    }
    let json = try file.read(at: 8, count: Int(length))
    do throws(JSONError) {
      let header = try SafetensorsHeader(json: json, dataSize: file.size - dataStart)
      (entries, metadata) = (header.entries, header.metadata)
    } catch { throw FileError(.badData, path, "in the safetensors header: \(error.message)") }
    places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    self.file = file
  }

  /// The tensor of that name, or nil.
  public subscript(name: String) -> SafetensorsEntry? { places[name].map { entries[$0] } }

  /// Reads a tensor as floats to `destination`, which has room for `entry.count` of them.
  ///
  /// F32 is read in place; F16 and BF16 are widened, which is exact.
  /// - Throws: `FileError` when reading fails or the elements are of another type.
  public func read(
    _ entry: SafetensorsEntry, to destination: UnsafeMutablePointer<Float>
  ) throws(FileError) {
    try read(entry, 0..<entry.count, to: destination)
  }

  /// Gives `body` a tensor's floats in turn, some at a time: a file may be larger than the memory.
  /// - Throws: `FileError` when reading fails or the elements are of another type.
  public func forEachPiece(
    of entry: SafetensorsEntry, _ body: (UnsafeBufferPointer<Float>) -> Void
  ) throws(FileError) {
    var piece = [Float](repeating: 0, count: min(entry.count, 1 << 16))
    try piece.withUnsafeMutableBufferPointer { buffer throws(FileError) in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: entry.count, by: 1 << 16) {
        let range = start..<min(start + 1 << 16, entry.count)
        try read(entry, range, to: base)
        body(UnsafeBufferPointer(start: base, count: range.count))
      }
    }
  }

  private func read(
    _ entry: SafetensorsEntry, _ range: Range<Int>, to destination: UnsafeMutablePointer<Float>
  ) throws(FileError) {
    switch entry.type {
    case .f32:
      let bytes = UnsafeMutableRawBufferPointer(start: destination, count: range.count * 4)
      try file.read(at: dataStart + entry.bytes.lowerBound + range.lowerBound * 4, into: bytes)
    case .f16: try readHalves(entry, range, to: destination, widenedHalf)
    case .bf16:
      try readHalves(entry, range, to: destination) { Float(bitPattern: UInt32($0) << 16) }
    default:
      throw FileError(
        .badData, path,
        "tensor \(quoted(entry.name)) is of type \(entry.type.rawValue); "
          + "F32, F16 and BF16 are read as floats")
    }
  }

  private func readHalves(
    _ entry: SafetensorsEntry, _ range: Range<Int>, to destination: UnsafeMutablePointer<Float>,
    _ widened: (UInt16) -> Float
  ) throws(FileError) {
    var piece = [UInt16](repeating: 0, count: min(range.count, 1 << 16))
    var done = 0
    while done < range.count {
      let count = min(piece.count, range.count - done)
      try piece.withUnsafeMutableBufferPointer { buffer throws(FileError) in
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
        try file.read(
          at: dataStart + entry.bytes.lowerBound + (range.lowerBound + done) * 2,
          into: UnsafeMutableRawBufferPointer(part))
        for index in 0..<count {
          destination[done + index] = widened(UInt16(littleEndian: part[index]))
        }
      }
      done += count
    }
  }

  /// Makes sure that a tensor's values are all finite: what is computed with others is noise.
  /// - Throws: `FileError` that names the tensor, and how many of them are not.
  public func checkFinite(_ values: Values, of name: String) throws(FileError) {
    let elements = UnsafeBufferPointer(start: values.pointer, count: values.count)
    guard let first = elements.first(where: { !$0.isFinite }) else { return }
    let count = elements.count { !$0.isFinite }
    throw FileError(
      .badData, path,
      "tensor \(quoted(name)) has \(count) of \(elements.count) numbers that are not finite, the first "
        + "\(first): its training diverged, or the file is damaged")
  }

  /// The tensor of that name as values of its shape, or the first rows of it alone.
  /// - Throws: `FileError` when there is none, reading fails or the elements are of another type.
  public func values(_ name: String, rows: Int? = nil) throws(FileError) -> Values {
    guard let entry = self[name] else {
      throw FileError(.badData, path, "has no tensor \(quoted(name))")
    }
    let values = Values(rows.map { [$0] + entry.shape.dropFirst() } ?? entry.shape)
    try read(entry, 0..<values.count, to: values.storage.base)
    return values
  }
}
