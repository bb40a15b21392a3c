import CLibrary

/// The control groups that this process is in: the one it was put in, and all around that up to the
/// root of what is mounted, since each of them limits what is within it.
///
/// Version 2 has one tree for everything, version 1 a tree for each controller, and a machine may have
/// both. See cgroups(7).
struct ControlGroups {
  /// The folders of a controller's groups, the innermost first, as bytes: names need not be text.
  private let memory: (unified: [[UInt8]], legacy: [[UInt8]])
  private let processors: (unified: [[UInt8]], legacy: [[UInt8]])

  /// The groups of this process; of what lies in the folder `root` in a test, which stands for `/`.
  init(root: String = "") {
    let membership = Self.lines("\(root)/proc/self/cgroup").compactMap(Membership.init)
    let mounts = Self.lines("\(root)/proc/self/mountinfo").compactMap(Mount.init)
    func folders(_ controller: String?) -> [[UInt8]] {
      guard let member = membership.first(where: { $0.isOf(controller) }) else { return [] }
      let mounts = mounts.filter { $0.isOf(controller) }
      // A mount may show a part of the tree alone, such as a container's.
      let found = mounts.lazy.compactMap { mount in
        member.path.removingPrefix(mount.root).map { (mount, $0) }
      }.first
      guard let (mount, path) = found ?? mounts.first.map({ ($0, []) }) else { return [] }
      let place = Array(root.utf8) + mount.place
      let parts = path.split(separator: UInt8(ascii: "/")).map(Array.init)
      return (0...parts.count).reversed().map { place + parts[..<$0].flatMap { [0x2F] + $0 } }
    }
    memory = (folders(nil), folders("memory"))
    processors = (folders(nil), folders("cpu"))
  }

  /// The processors' worth of time that the tightest quota grants; nil where there is none.
  var processorQuota: Double? {
    func quota(_ time: Double?, _ period: Double?) -> Double? {
      guard let time, let period, time > 0, period > 0 else { return nil }
      return time / period
    }
    let unified = processors.unified.compactMap { folder in
      let fields = Self.fields(folder, "cpu.max")
      return fields.count == 2 ? quota(fields[0], fields[1]) : nil
    }
    let legacy = processors.legacy.compactMap { folder in
      quota(
        Self.fields(folder, "cpu.cfs_quota_us").first ?? nil,
        Self.fields(folder, "cpu.cfs_period_us").first ?? nil)
    }
    return (unified + legacy).min()
  }

  /// The bytes of memory that the tightest group may hold; nil where none is limited.
  var memoryLimit: Int? {
    let unified = memory.unified.flatMap { folder in
      ["memory.max", "memory.high"].map { Self.fields(folder, $0).first ?? nil }
    }
    let legacy = memory.legacy.map { Self.fields($0, "memory.limit_in_bytes").first ?? nil }
    // Version 1 says the largest number of pages for no limit.
    return (unified + legacy).compactMap { $0 }.filter { $0 < 0x1p62 }.min().map { Int($0) }
  }

  /// The numbers in the first line of a group's file; nil for a word, such as `max`.
  private static func fields(_ folder: [UInt8], _ name: String) -> [Double?] {
    guard let line = lines(folder + Array("/\(name)".utf8)).first else { return [] }
    return line.split(separator: UInt8(ascii: " ")).map {
      Double(String(decoding: $0, as: UTF8.self))
    }
  }

  /// The lines of a file; none where it cannot be read.
  static func lines(_ path: String) -> [ArraySlice<UInt8>] { lines(Array(path.utf8)) }

  private static func lines(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
    let file = (path + [0]).withUnsafeBytes { path in
      path.baseAddress.flatMap { fopen($0.assumingMemoryBound(to: CChar.self), "re") }
    }
    guard let file else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 {
      bytes += piece[..<count]
    }
    return bytes.split(separator: UInt8(ascii: "\n"))
  }

  /// A line of /proc/self/cgroup: `4:cpu,cpuacct:/path`, or `0::/path` of version 2.
  private struct Membership {
    let controllers: [String]
    let path: [UInt8]

    init?(_ line: ArraySlice<UInt8>) {
      let fields = line.split(
        separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      controllers = names(fields[1])
      path = Array(fields[2])
    }

    func isOf(_ controller: String?) -> Bool {
      controller.map(controllers.contains) ?? controllers.isEmpty
    }
  }

  /// A line of /proc/self/mountinfo that mounts groups.
  private struct Mount {
    /// What of the tree is mounted.
    let root: [UInt8]
    let place: [UInt8]
    let isUnified: Bool
    let options: [String]

    init?(_ line: ArraySlice<UInt8>) {
      let fields = line.split(separator: UInt8(ascii: " "))
      guard let dash = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), dash >= 5,
        fields.count > dash + 3
      else { return nil }
      let type = String(decoding: fields[dash + 1], as: UTF8.self)
      guard type == "cgroup" || type == "cgroup2" else { return nil }
      isUnified = type == "cgroup2"
      (root, place) = (unescaped(fields[3]), unescaped(fields[4]))
      options = names(fields[dash + 3])
    }

    func isOf(_ controller: String?) -> Bool {
      controller.map { !isUnified && options.contains($0) } ?? isUnified
    }
  }
}

private func names(_ field: ArraySlice<UInt8>) -> [String] {
  field.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
}

/// A name of mountinfo, where blanks and the like stand as `\040`.
private func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
  var (result, rest) = ([UInt8](), field)
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "\\"),
      let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
    {
      result.append(code)
      rest = rest.dropFirst(3)
    } else {
      result.append(byte)
    }
  }
  return result
}

extension [UInt8] {
  /// What is left of a path below `root`; nil where it does not lie there.
  fileprivate func removingPrefix(_ root: [UInt8]) -> [UInt8]? {
    let parts = split(separator: UInt8(ascii: "/"))
    let prefix = root.split(separator: UInt8(ascii: "/"))
    // Outside of what a namespace shows, the path goes up.
    guard parts.starts(with: prefix), !parts.contains(where: { $0.elementsEqual("..".utf8) }) else {
      return nil
    }
    return Array(parts[prefix.count...].joined(separator: [UInt8(ascii: "/")]))
  }
}
