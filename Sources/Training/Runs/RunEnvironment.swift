import Compute
import Foundation

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
  /// The absolute path of the data; nil for a built-in name.
  public var dataPath: String?
  /// By which rules the data's files are read; nil for the first.
  public var reading: Int?
  /// Whether files of the data that cannot be read are left out; nil for no.
  public var skipsBroken: Bool?
  /// When.
  public var started: Date

  /// The environment of this process, now.
  public init(version: String, dataHash: String?, source: SourceState? = nil) {
    self.version = version
    self.source = source
    compiler = Self.compilerName
    processor = Self.processorModel
    let version = ProcessInfo.processInfo.operatingSystemVersionString
    #if os(Linux)
      system = "Linux, \(version)"
    #else
      system = version
    #endif
    instructionSet = InstructionSet.current.rawValue
    threads = ThreadPool.shared.count
    self.dataHash = dataHash
    started = Date().inMilliseconds
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
  init(path: String) throws(FileError) {
    self = try JSONNode(path: path, limit: 1 << 20).decoded()
  }

  /// The file's content.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      // The format cuts what follows the milliseconds; half of one more makes it round.
      try container.encode(date.addingTimeInterval(0.0005).formatted(JSONNode.dateFormat))
    }
    return Array(try encoder.encode(self)) + [10]
  }

  private static var compilerName: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #elseif compiler(>=6.2)
      "Swift 6.2"
    #else
      "Swift 6.1"
    #endif
  }

  private static var processorModel: String {
    #if os(Linux)
      let information = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      let line = information?.split(separator: "\n").first { $0.hasPrefix("model name") }
      guard let model = line?.split(separator: ":", maxSplits: 1).last else { return "unknown" }
      return model.trimmingCharacters(in: .whitespaces)
    #else
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0 else {
        return "unknown"
      }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else {
        return "unknown"
      }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }
}
