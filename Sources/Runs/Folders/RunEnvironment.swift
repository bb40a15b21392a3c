import CLibrary
import Compute
import Files

/// Where and with what a run was started: `environment.json`.
public struct RunEnvironment: Codable, Equatable, Sendable {
  /// The program's version.
  public var version: String
  /// The commit that was checked out where it was built.
  public var source: SourceState?
  /// The compiler that built it.
  public var compiler: String
  /// The processor's model.
  public var processor: String
  /// The operating system.
  public var system: String
  /// The vector instructions in use.
  public var instructionSet: String
  /// How many threads.
  public var threads: Int
  /// A checksum of the training data.
  public var dataHash: String?
  /// A checksum of the data that is held out from training.
  public var heldOutHash: String?
  /// How many images or characters the training data has.
  public var dataCount: Int?
  /// How many are held out.
  public var heldOutCount: Int?
  /// What an n-gram loses on the held-out text, in nats a character.
  public var baseline: Double?
  /// The absolute path of the data; nil for a built-in name.
  public var dataPath: String?
  /// By which rules the data's files are read; nil for the first.
  public var reading: Int?
  /// Whether files of the data that cannot be read are left out; nil for no.
  public var skipsBroken: Bool?
  /// When.
  public var started: Timestamp

  /// The environment of this process, now.
  public init(version: String, dataHash: String?, source: SourceState? = nil) {
    self.version = version
    self.source = source
    compiler = Self.compilerName
    processor = Self.processorModel
    system = Self.systemName
    instructionSet = InstructionSet.current.rawValue
    threads = ThreadPool.shared.count
    self.dataHash = dataHash
    started = .now
  }

  /// What is not as it was in `earlier`, a phrase for each: results may then differ in places that
  /// are promised to agree only within one version, such as the data.
  public func changes(since earlier: RunEnvironment) -> [String] {
    var facts = [
      ("version", earlier.version, version), ("compiler", earlier.compiler, compiler),
      ("processor", earlier.processor, processor),
      ("instruction set", earlier.instructionSet, instructionSet),
      ("data", earlier.dataHash ?? "unknown", dataHash ?? "unknown"),
    ]
    // A commit that is not known may be the same.
    if let then = earlier.source, let now = source {
      facts.append(("commit", then.commit, now.commit))
    }
    return facts.filter { $0.1 != $0.2 }.map { "\($0.0) was \($0.1), is \($0.2)" }
  }

  /// Reads the file.
  /// - Throws: `FileError`.
  package init(path: String) throws(FileError) {
    self = try JSONNode(path: path, limit: 1 << 20).decoded()
  }

  /// The file's content.
  func encoded() throws -> [UInt8] {
    try JSONText.indented(self)
  }

  private static var compilerName: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  private static var processorModel: String {
    #if os(Linux)
      func field(_ key: String) -> String? { value(of: key, separator: ":", in: "/proc/cpuinfo") }
      if let name = field("model name") { return name }
      guard let maker = field("CPU implementer"), let part = field("CPU part") else {
        return "unknown"
      }
      return ARMProcessor.name(maker: maker, part: part)
    #else
      return systemValue("machdep.cpu.brand_string") ?? "unknown"
    #endif
  }

  private static var systemName: String {
    #if os(Linux)
      let name = value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release")
      return "Linux" + (name.map { ", \($0.filter { $0 != "\"" })" } ?? "")
    #else
      return "macOS " + (systemValue("kern.osproductversion") ?? "of an unknown version")
    #endif
  }

  #if os(Linux)
    /// What the first line that begins with a key says after the separator.
    private static func value(of key: String, separator: Character, in path: String) -> String? {
      // Files of /proc have no size.
      guard let file = fopen(path, "re") else { return nil }
      defer { fclose(file) }
      var (line, room) = (UnsafeMutablePointer<CChar>?.none, 0)
      defer { free(line) }
      while getline(&line, &room, file) >= 0 {
        let parts = line.map { String(cString: $0) }?.split(separator: separator, maxSplits: 1)
        guard let parts, parts.count == 2, String(parts[0]).trimmed == key else { continue }
        return String(parts[1]).trimmed
      }
      return nil
    }
  #else
    /// A text that sysctl(3) has under a name.
    private static func systemValue(_ name: String) -> String? {
      var size = 0
      guard sysctlbyname(name, nil, &size, nil, 0) == 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  #endif
}
