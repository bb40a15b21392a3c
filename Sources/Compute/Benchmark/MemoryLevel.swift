import CLibrary

/// Where data lies that a kernel streams.
public enum MemoryLevel: String, CaseIterable, Sendable {
  case first = "L1"
  case second = "L2"
  case third = "L3"
  case memory

  /// The nearest level that holds so many bytes for all of that many threads.
  init(holding bytes: Int, threads: Int) {
    self = Self.caches.first { bytes <= $0.capacity(threads: threads) }?.level ?? .memory
  }

  /// A cache, by the system's own account.
  struct Cache {
    let level: MemoryLevel
    let bytes: Int

    /// What all threads can have there: the first two levels are each core's own, the third is shared.
    func capacity(threads: Int) -> Int { level == .third ? bytes : bytes * threads }
  }

  /// The caches that the system tells of, the nearest first.
  static let caches = zip(allCases, 1...3).compactMap { level, number in
    size(ofCache: number).map { Cache(level: level, bytes: $0) }
  }

  #if canImport(Darwin)
    private static func size(ofCache level: Int) -> Int? {
      var (size, length) = (Int64(0), MemoryLayout<Int64>.size)
      let name = level == 1 ? "hw.l1dcachesize" : "hw.l\(level)cachesize"
      return sysctlbyname(name, &size, &length, nil, 0) == 0 && size > 0 ? Int(size) : nil
    }
  #else
    /// The kernel's own table: the C library's figure for the third level is the whole processor's, of
    /// which a core reaches a part.
    private static func size(ofCache level: Int) -> Int? {
      for index in 0..<8 {
        let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)/"
        guard line(folder + "level") == "\(level)", line(folder + "type") != "Instruction",
          let size = line(folder + "size"), size.hasSuffix("K"),
          let kilobytes = Int(size.dropLast())
        else { continue }
        return kilobytes << 10
      }
      return nil
    }

    private static func line(_ path: String) -> String? {
      guard let file = fopen(path, "r") else { return nil }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = fread(&bytes, 1, bytes.count, file)
      return String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
    }
  #endif
}
