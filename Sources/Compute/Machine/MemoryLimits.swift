import CLibrary

/// What keeps a process from having more memory.
public struct MemoryLimit: Equatable, Sendable {
  /// What is counted towards it.
  public enum Measure: Sendable {
    /// Memory that is in use.
    case resident
    /// Addresses, used or not: RLIMIT_AS.
    case addresses
    /// Writable memory that is asked for, used or not: RLIMIT_DATA.
    case writable
  }

  /// What is counted.
  public let measure: Measure
  /// How many bytes there may be.
  public let bytes: Int
  /// What sets it, as the beginning of a sentence: "this machine has".
  public let cause: String

  /// A limit.
  public init(_ measure: Measure, bytes: Int, cause: String) {
    (self.measure, self.bytes, self.cause) = (measure, bytes, cause)
  }

  /// All that limit this process.
  public static func all() -> [MemoryLimit] {
    var limits: [MemoryLimit] = []
    func add(_ measure: Measure, _ bytes: Int?, _ cause: String) {
      if let bytes { limits.append(MemoryLimit(measure, bytes: bytes, cause: cause)) }
    }
    add(.resident, machineMemory(), "this machine has")
    add(.resident, ControlGroups().memoryLimit, "this process's control group may have")
    add(.addresses, limit(of: RLIMIT_AS), "the limit of address space (ulimit -v) is")
    add(.writable, limit(of: RLIMIT_DATA), "the limit of data (ulimit -d) is")
    return limits
  }

  #if os(Linux)
    /// Main memory, and what can be swapped out.
    private static func machineMemory() -> Int? {
      let fields = ProcessStatus.fields(of: "/proc/meminfo")
      return fields["MemTotal"].map { $0 + (fields["SwapTotal"] ?? 0) }
    }
  #else
    private static func machineMemory() -> Int? {
      var (bytes, size) = (Int64(0), MemoryLayout<Int64>.size)
      return sysctlbyname("hw.memsize", &bytes, &size, nil, 0) == 0 ? Int(bytes) : nil
    }
  #endif
}

/// What memory this process has at the moment, in bytes.
public struct ProcessStatus: Sendable {
  /// In use.
  public let resident: Int
  /// The most that has been in use so far.
  public let peak: Int
  /// Addresses.
  public let addresses: Int
  /// Writable memory, used or not.
  public let writable: Int

  /// That of this process; zeros where the system does not say.
  public init() {
    let fields = Self.fields(of: "/proc/self/status")
    resident = fields["VmRSS"] ?? 0
    peak = max(fields["VmHWM"] ?? 0, resident)
    addresses = fields["VmSize"] ?? 0
    writable = fields["VmData"] ?? 0
  }

  /// The sizes that a file of lines such as `VmRSS:   1234 kB` tells, in bytes.
  static func fields(of path: String) -> [String: Int] {
    var fields: [String: Int] = [:]
    for line in ControlGroups.lines(path) {
      let words = line.split { $0 == 0x20 || $0 == 0x09 }
        .map { String(decoding: $0, as: UTF8.self) }
      if words.count == 3, words[2] == "kB", let size = Int(words[1]) {
        fields[String(words[0].dropLast())] = size << 10
      }
    }
    return fields
  }
}
