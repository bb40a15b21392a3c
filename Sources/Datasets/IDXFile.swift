import CCodecs
import Files
import Images

/// A file of unsigned bytes in the IDX format of MNIST, gzipped or not.
///
/// A big-endian header names the type of the elements (one byte, after two zeros), the number of
/// dimensions (one byte) and the length of each (four bytes); the elements follow in row-major order
/// (http://yann.lecun.com/exdb/mnist).
struct IDXFile {
  /// The length of each dimension.
  let dimensions: [Int]
  /// The elements, row-major.
  let elements: ArraySlice<UInt8>

  /// A file, and its content, may have so many bytes: 2 GiB.
  private static let limit = 1 << 31
  /// No deflate stream grows to more than 1032 times its size; what claims more is not worth the
  /// memory.
  private static let inflationLimit = 1100

  /// Reads a file of `rank` dimensions.
  init(contentsOf path: String, rank: Int) throws(DatasetError) {
    let file = try InputFile.opened(path, limit: Self.limit)
    // What the first bytes refuse, however large, is not read further.
    let first = try file.read(64 << 10)
    guard first.starts(with: [0x1F, 0x8B]) else {
      try Self.check(first, size: file.size, name: path, rank: rank)
      try self.init(file.read(file.size), name: path, rank: rank)
      return
    }
    let start = try naming { () throws(ImageError) in
      try Codec.output(path, capacity: Self.headerSize(rank)) { output, written, message in
        codec_gzip_inflate_prefix(
          first, first.count, output, Self.headerSize(rank), &written, message)
      }
    }
    let size = try Self.header(start[...], name: path, rank: rank).size
    guard size <= Self.limit, size / Self.inflationLimit <= file.size else {
      throw DatasetError(
        .damaged, path,
        "\(file.size) compressed bytes whose header declares \(size); at most \(Self.limit), and "
          + "\(Self.inflationLimit) for each compressed byte, are read")
    }
    let bytes = try file.read(file.size)
    let content = try naming { () throws(ImageError) in
      try Codec.samples(path, count: size) { output, message in
        codec_gzip_inflate(bytes, bytes.count, output, size, message)
      }
    }
    try self.init(content, name: path, rank: rank)
  }

  private init(_ bytes: [UInt8], name: String, rank: Int) throws(DatasetError) {
    dimensions = try Self.check(bytes, size: bytes.count, name: name, rank: rank)
    elements = bytes[Self.headerSize(rank)...]
  }

  /// The dimensions of a file of so many bytes, of which these are the first.
  @discardableResult
  private static func check(
    _ bytes: [UInt8], size: Int, name: String, rank: Int
  ) throws(DatasetError) -> [Int] {
    let header = try header(bytes.prefix(headerSize(rank)), name: name, rank: rank)
    guard header.size == size else {
      throw DatasetError(
        .damaged, name, "\(size) bytes instead of the \(header.size) that its header declares")
    }
    return header.dimensions
  }

  private static func headerSize(_ rank: Int) -> Int { 4 + 4 * rank }

  /// The dimensions, and the size in bytes of a whole file that has them.
  private static func header(
    _ bytes: ArraySlice<UInt8>, name: String, rank: Int
  ) throws(DatasetError) -> (dimensions: [Int], size: Int) {
    let unsignedBytes: UInt8 = 8
    guard bytes.count == headerSize(rank), bytes.starts(with: [0, 0, unsignedBytes, UInt8(rank)])
    else {
      throw DatasetError(
        .damaged, name,
        "no IDX file of unsigned bytes in \(rank) dimension\(rank == 1 ? "" : "s"): it should begin "
          + "with the bytes 0, 0, 8, \(rank)")
    }
    let dimensions = (1...rank).map { dimension in
      bytes.dropFirst(4 * dimension).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    var (size, overflows) = (1, false)
    for dimension in dimensions {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      (size, overflows) = (product, overflows || overflow)
    }
    let (total, overflow) = size.addingReportingOverflow(headerSize(rank))
    guard !overflows && !overflow else {
      throw DatasetError(.damaged, name, "dimensions of \(dimensions) are beyond all memory")
    }
    return (dimensions, total)
  }
}
