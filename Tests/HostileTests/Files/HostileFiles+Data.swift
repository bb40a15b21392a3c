import Foundation

extension HostileFile {
  private static let images = "train-images-idx3-ubyte"

  /// IDX files, CIFAR-10's, and folders.
  static let dataSets = [
    idx(
      "an overflow of the dimensions' product: CVE-2021-41197 (TensorFlow)",
      says: "beyond all memory",
      header([Int(UInt32.max), Int(UInt32.max), Int(UInt32.max)])),
    idx("fewer elements than declared: CWE-125", says: "declares", header([2, 2, 2]) + [0]),
    idx("more elements than declared: CWE-787", says: "declares", header([1, 1, 1]) + [0, 0]),
    idx("images of no size: CWE-369", says: "no images", header([4, 0, 4])),
    idx(
      "elements of another type: CVE-2021-41203 (TensorFlow)", says: "no IDX file", [0, 0, 13, 3]),
    idx(
      "a file without end: CWE-400", says: "at most 2147483648", header([1, 1, 1]), size: 1 << 40),
    idx(
      "two gigabytes that a look at the header refuses: CWE-400", says: "2147483648 bytes instead",
      header([1, 1, 1]), size: 1 << 31),
    idx(
      "a decompression bomb by its header: 42.zip, CWE-409", says: "compressed bytes whose header",
      name: "\(images).gz", FuzzedFormat.gzipped(header([2000, 1000, 1000]))),
    idx(
      "a decompression bomb by its content: 42.zip, CWE-409", says: "more than the 17 bytes",
      name: "\(images).gz",
      FuzzedFormat.gzipped(header([1, 1, 1]) + [UInt8](repeating: 0, count: 1 << 22))),
    idx(
      "a stream that ends too early: CWE-125", says: "ends before its compressed content",
      name: "\(images).gz",
      Array(
        FuzzedFormat.gzipped(header([1, 8, 8]) + [UInt8](repeating: 0, count: 64)).dropLast(40))),
    idx(
      "a code that no stream has: CVE-2005-2096 (zlib)", says: "damaged compressed content",
      name: "\(images).gz",
      [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xED, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    idx(
      "a header without end: CVE-2022-37434 (zlib)", says: "ends before", name: "\(images).gz",
      [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 100)),
    HostileFile(
      "data_batch_1.bin", .dataset, imitates: "records that are not whole: CWE-125",
      says: "not a number of records"
    ) { try sparse($0, 1 << 28) },
    HostileFile(
      "data_batch_1.bin", .dataset, imitates: "a label that is an index: CWE-129", says: "label 200"
    ) { [200] + [UInt8](repeating: 0, count: 3072) },
    HostileFile(
      "outside.png", .dataset, imitates: "a link out of the folder: CWE-59, CVE-2001-1494",
      says: "a link out of the folder"
    ) { guard symlink("/etc/hostname", $0) == 0 else { throw POSIXError(.EIO) } },
    HostileFile(
      "loop.png", .dataset, imitates: "a link to itself: CWE-674", says: "symbolic links"
    ) { guard symlink("loop.png", $0) == 0 else { throw POSIXError(.EIO) } },
    HostileFile(
      "folder.png", .dataset, imitates: "a folder in itself: CWE-674", says: "a link to a folder"
    ) { guard symlink(".", $0) == 0 else { throw POSIXError(.EIO) } },
    HostileFile(
      "pipe.png", .dataset, imitates: "a pipe that waits for ever: CWE-400",
      says: "not a regular file"
    ) { guard mkfifo($0, 0o600) == 0 else { throw POSIXError(.EIO) } },
    HostileFile(
      "zero.png", .dataset, imitates: "a device without end: CWE-67",
      says: "a link that leads to no file"
    ) { guard symlink("/dev/zero", $0) == 0 else { throw POSIXError(.EIO) } },
    HostileFile(
      "pipe.safetensors", .inspect, imitates: "a pipe that waits for ever: CWE-400",
      says: "is not a regular file"
    ) { guard mkfifo($0, 0o600) == 0 else { throw POSIXError(.EIO) } },
    HostileFile(
      "zero.safetensors", .inspect, imitates: "a device without end: CWE-67",
      says: "is not a regular file"
    ) { guard symlink("/dev/zero", $0) == 0 else { throw POSIXError(.EIO) } },
  ]

  /// Texts.
  static let texts = [
    HostileFile(
      "zeros.txt", .text, imitates: "a gigabyte of nothing: CWE-400",
      says: "a zero byte at byte offset 0"
    ) { try sparse($0, 1 << 30) },
    HostileFile(
      "large.txt", .text, imitates: "a file without end: CWE-400", says: "at most 68719476736"
    ) {
      try sparse($0, 1 << 40)
    },
    HostileFile(
      "overlong.txt", .text, imitates: "a slash in two bytes: CVE-2008-2938 (Tomcat)",
      says: "no UTF-8"
    ) { Array("a".utf8) + [0xC0, 0xAF, 10] },
    HostileFile(
      "surrogate.txt", .text, imitates: "half a character in UTF-8: CWE-176", says: "no UTF-8"
    ) { [0xED, 0xA0, 0x80, 10] },
    HostileFile("utf16.txt", .text, imitates: "another encoding: CWE-838", says: "UTF-16") {
      [0xFF, 0xFE, 0x61, 0]
    },
    HostileFile(
      "pipe.txt", .text, imitates: "a pipe that waits for ever: CWE-400", says: "regular file"
    ) {
      guard mkfifo($0, 0o600) == 0 else { throw POSIXError(.EIO) }
    },
  ]

  private static func header(_ dimensions: [Int]) -> [UInt8] {
    [0, 0, 8, UInt8(dimensions.count)] + dimensions.flatMap(PNGBuilder.bigEndian)
  }

  /// An IDX file of images, beside which there is one of labels.
  private static func idx(
    _ imitates: String, says: String, name: String = images, _ bytes: [UInt8], size: Int? = nil
  ) -> HostileFile {
    HostileFile(name, .dataset, imitates: imitates, says: says) { path in
      try sparse(path, size ?? bytes.count, bytes)
      let labels = URL(fileURLWithPath: path).deletingLastPathComponent()
        .appendingPathComponent("train-labels-idx1-ubyte")
      try Data(header([1]) + [0]).write(to: labels)
    }
  }
}
